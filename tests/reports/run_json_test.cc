#include "reports/run_json.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <limits>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

using nlohmann::json;

json sample_document() { return json::parse(write_run(sample_run())); }

// The schema that is published beside the reports.
class RunSchema {
 public:
  RunSchema() {
    std::ifstream file(std::string(ACKPROOF_SOURCE_DIR) + "/reports/run.schema.json");
    const json text = json::parse(file);
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema_);
  }

  bool takes(const json& document) const {
    const valijson::adapters::NlohmannJsonAdapter adapter(document);
    return valijson::Validator().validate(schema_, adapter, nullptr);
  }

 private:
  valijson::Schema schema_;
};

bool keeps_schema(const json& document) {
  static const RunSchema kSchema;
  return kSchema.takes(document);
}

// The answer to a document that has to be refused: where and what.
std::string refusal(const json& document) {
  const Result<Record> run = read_run(document.dump());
  if (run) return "accepted";
  return run.error().kind == ErrorKind::invalid ? run.error().message : "not invalid";
}

// Calls `visit` with a pointer to every value of the document.
void each_value(const json& document, const json::json_pointer& at,
                const std::function<void(const json::json_pointer&)>& visit) {
  visit(at);
  const json& here = document.at(at);
  if (here.is_object()) {
    for (const auto& [key, value] : here.items()) each_value(document, at / key, visit);
  } else if (here.is_array()) {
    for (std::size_t i = 0; i < here.size(); ++i) each_value(document, at / i, visit);
  }
}

// A value of another type.
json otherwise(const json& value) {
  return value.is_array() || value.is_object() ? json("text") : json::array();
}

TEST(RunJson, the_sample_reads_back_equal) {
  const Record run = sample_run();
  const Result<Record> back = read_run(write_run(run));

  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back.value(), run);
}

TEST(RunJson, extreme_values_read_back_equal) {
  Record run = sample_run();
  run.selection.seed = std::numeric_limits<std::uint64_t>::max();
  run.took = Duration::max();
  run.verdicts[0].took = Duration::min();
  run.verdicts[0].failures = {{std::string("a\0b", 3), "", std::numeric_limits<int>::min()}};
  run.description.capabilities.facets = {};
  run.description.capabilities.limits.payload_bytes = std::numeric_limits<std::uint64_t>::max();
  run.description.capabilities.clocks = {};

  EXPECT_EQ(read_run(write_run(run)).value(), run);
  EXPECT_EQ(read_run(write_run(Record())).value(), Record());
}

TEST(RunJson, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("report_sample.json", write_run(sample_run())), "");
}

TEST(RunJson, bytes_that_are_not_text_are_replaced) {
  Record run = sample_run();
  run.verdicts[0].output = "a\xff z";

  const Result<Record> back = read_run(write_run(run));

  ASSERT_TRUE(back);
  EXPECT_EQ(back.value().verdicts[0].output, "a\xef\xbf\xbd z");
}

TEST(RunJson, the_schema_takes_what_is_written) {
  EXPECT_TRUE(keeps_schema(sample_document()));
  EXPECT_TRUE(keeps_schema(json::parse(write_run(certified_run()))));
}

// Whose fields are no part of the format.
bool is_free(const json::json_pointer& at) { return at.to_string() == "/options"; }

TEST(RunJson, a_missing_field_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (at.empty() || !document.at(at.parent_pointer()).is_object()) return;
    if (is_free(at.parent_pointer())) return;
    json broken = document;
    broken.at(at.parent_pointer()).erase(at.back());
    EXPECT_NE(refusal(broken).find(at.back() + ": missing"), std::string::npos)
        << at << ": " << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << at;
  });
}

TEST(RunJson, an_unknown_field_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (!document.at(at).is_object() || is_free(at)) return;
    json broken = document;
    broken.at(at)["surprise"] = 1;
    EXPECT_NE(refusal(broken).find("surprise: unknown field"), std::string::npos)
        << at << ": " << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << at;
  });
}

TEST(RunJson, a_wrong_type_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    for (const json& wrong : {otherwise(document.at(at)), json(), json(1.5)}) {
      json broken = document;
      broken.at(at) = wrong;
      const Result<Record> run = read_run(broken.dump());
      EXPECT_FALSE(run.has_value()) << at;
      EXPECT_EQ(run.error().kind, ErrorKind::invalid) << at;
      EXPECT_FALSE(keeps_schema(broken)) << at << " " << wrong;
    }
  });
}

TEST(RunJson, a_refusal_names_the_place) {
  json document = sample_document();
  document["verdicts"][3]["outcome"] = "fine";
  EXPECT_EQ(refusal(document), "verdicts[3].outcome: unknown name `fine`");

  document = sample_document();
  document["selection"]["seed"] = -1;
  EXPECT_EQ(refusal(document), "selection.seed: the number -1 is out of range");

  document = sample_document();
  document["verdicts"][0]["failures"] = json::array({json::object({{"text", 1}})});
  EXPECT_EQ(refusal(document), "verdicts[0].failures[0].text: a string is expected");

  EXPECT_EQ(refusal(json::array()), "the document: an object is expected");
}

TEST(RunJson, what_the_contract_does_not_know_is_invalid) {
  const auto with = [](const char* pointer, const json& value) {
    json document = sample_document();
    document.at(json::json_pointer(pointer)) = value;
    return refusal(document);
  };
  EXPECT_EQ(with("/verdicts/0/requirement", "LOCK_99"),
            "verdicts[0].requirement: unknown: \"LOCK_99\"");
  EXPECT_EQ(with("/clauses/0/requirement", "lock-2"),
            "clauses[0].requirement: unknown: \"lock-2\"");
  EXPECT_EQ(with("/selection/profiles/0", "all"),
            "selection.profiles: unknown: [\"all\",\"polling\"]");
  EXPECT_EQ(with("/selection/level", "none"), "selection.level: unknown name `none`");
  EXPECT_EQ(with("/clauses/0/force", "MAY"), "clauses[0].force: unknown name `MAY`");
  EXPECT_EQ(with("/schema", "urn:ackproof:schema:run:2"),
            "schema: urn:ackproof:schema:run:1 is expected");
}

TEST(RunJson, text_that_is_not_json_is_invalid) {
  for (const std::string text : {"", "{", "nonsense", "{}{}", "[1e999]", "\"\xff\"", "null"}) {
    const Result<Record> run = read_run(text);
    ASSERT_FALSE(run.has_value()) << text;
    EXPECT_EQ(run.error().kind, ErrorKind::invalid) << text;
  }
  EXPECT_FALSE(read_run(std::string(100'000, '[')).has_value());
  // The library alone would skip the one, and read up to the other.
  EXPECT_FALSE(read_run("\xEF\xBB\xBF" + write_run(sample_run())).has_value());
  EXPECT_FALSE(read_run(write_run(sample_run()) + '\0' + "more").has_value());
}

TEST(RunJson, a_key_said_twice_is_invalid) {
  std::string text = write_run(sample_run());
  text.insert(text.find('{') + 1, "\"interrupted\": false,");

  const Result<Record> run = read_run(text);

  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().message, "the document: the key \"interrupted\" is repeated in an object");
}

TEST(RunJson, every_truncation_is_invalid) {
  const std::string text = write_run(sample_run());
  for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
    EXPECT_FALSE(read_run(text.substr(0, length)).has_value()) << length;
  }
}

TEST(VerdictJson, every_verdict_is_one_line_and_reads_back_equal) {
  for (const Verdict& verdict : sample_run().verdicts) {
    const std::string line = write_verdict(verdict);

    EXPECT_EQ(line.find('\n'), std::string::npos);
    const Result<Verdict> back = read_verdict(line);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back.value(), verdict);
  }
}

TEST(VerdictJson, half_a_line_is_invalid) {
  const std::string line = write_verdict(sample_run().verdicts.front());
  const Result<Verdict> back = read_verdict(line.substr(0, line.size() / 2));

  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().kind, ErrorKind::invalid);
}

TEST(DescriptionJson, it_reads_back_equal) {
  const Description description = sample_run().description;

  EXPECT_EQ(read_description(write_description(description)).value(), description);
  EXPECT_EQ(read_description(write_description({})).value(), Description());
}

TEST(DescriptionJson, a_facet_said_twice_is_invalid) {
  std::string text = write_description(sample_run().description);
  const std::string facet = "\"queues\"";
  text.replace(text.find(facet), facet.size(), "\"queues\",\"queues\"");

  EXPECT_FALSE(read_description(text).has_value());
}

}  // namespace
}  // namespace ackproof::reports
