#include "reports/stress_json.h"

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
#include "tests/reports/sample_stress.h"

namespace ackproof::reports {
namespace {

using nlohmann::json;

json sample_document() { return json::parse(write_stress(sample_stress())); }

// The schema that is published beside the reports.
bool keeps_schema(const json& document) {
  static const auto kSchema = [] {
    std::ifstream file(std::string(ACKPROOF_SOURCE_DIR) + "/reports/stress.schema.json");
    const json text = json::parse(file);
    auto schema = std::make_unique<valijson::Schema>();
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(text), *schema);
    return schema;
  }();
  const valijson::adapters::NlohmannJsonAdapter adapter(document);
  return valijson::Validator().validate(*kSchema, adapter, nullptr);
}

std::string refusal(const json& document) {
  const Result<Stress> stress = read_stress(document.dump());
  if (stress) return "accepted";
  return stress.error().kind == ErrorKind::invalid ? stress.error().message : "not invalid";
}

// Calls `visit` with a pointer to every value of the document; of a list only its first two items.
void each_value(const json& document, const json::json_pointer& at,
                const std::function<void(const json::json_pointer&)>& visit) {
  visit(at);
  const json& here = document.at(at);
  if (here.is_object()) {
    for (const auto& [key, value] : here.items()) each_value(document, at / key, visit);
  } else if (here.is_array()) {
    for (std::size_t i = 0; i < std::min<std::size_t>(here.size(), 2); ++i) {
      each_value(document, at / i, visit);
    }
  }
}

bool is_optional(const json::json_pointer& at) { return at.back() == "server"; }

TEST(StressJson, the_sample_reads_back_equal) {
  const Stress stress = sample_stress();
  const Result<Stress> back = read_stress(write_stress(stress));

  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back.value(), stress);
  EXPECT_EQ(read_stress(write_stress(Stress())).value(), Stress());
}

TEST(StressJson, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("stress_sample.json", write_stress(sample_stress())), "");
}

TEST(StressJson, the_schema_takes_what_is_written) {
  EXPECT_TRUE(keeps_schema(sample_document()));
  EXPECT_TRUE(keeps_schema(json::parse(write_stress(right_stress()))));
  EXPECT_FALSE(keeps_schema(json::object()));
}

TEST(StressJson, what_is_missing_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (at.empty() || !document.at(at.parent_pointer()).is_object()) return;
    const bool is_usage = is_optional(at) && document.at(at).is_object();
    if (is_usage) return;
    json broken = document;
    broken.at(at.parent_pointer()).erase(at.back());
    EXPECT_NE(refusal(broken).find(at.back() + ": missing"), std::string::npos)
        << at << ": " << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << at;
  });
}

TEST(StressJson, what_is_unknown_or_of_another_type_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (document.at(at).is_object()) {
      json broken = document;
      broken.at(at)["surprise"] = 1;
      EXPECT_NE(refusal(broken).find("surprise: unknown field"), std::string::npos) << at;
      EXPECT_FALSE(keeps_schema(broken)) << at;
    }
    for (const json& wrong :
         {document.at(at).is_array() ? json("text") : json::array(), json(), json(1.5)}) {
      json broken = document;
      broken.at(at) = wrong;
      EXPECT_FALSE(read_stress(broken.dump())) << at;
      EXPECT_FALSE(keeps_schema(broken)) << at << " " << wrong;
    }
  });
}

TEST(StressJson, a_refusal_names_the_place) {
  json document = sample_document();
  document["providers"][1]["findings"][0]["fault"] = "odd";
  EXPECT_EQ(refusal(document), "providers[1].findings[0].fault: unknown name `odd`");

  document = sample_document();
  document["schema"] = "urn:ackproof:schema:run:1";
  EXPECT_EQ(refusal(document), "schema: urn:ackproof:schema:stress:1 is expected");
}

TEST(StressJson, sums_that_do_not_agree_are_invalid) {
  struct Row {
    const char* at;  // Of the first provider, which is right.
    json changed;
    const char* says;
  };
  const json none = json::array();
  const json queues = {{"look", "none"}, {"drained", true}, {"left", ""}};
  const json left = {{"look", "depths"}, {"drained", true}, {"left", "messages: 1 ready"}};
  for (const Row& row : {
           Row{"/all/right", 158,
               "of 159 workflows it counts 158 right, 0 wrong, 0 lost and 0 unfinished"},
           Row{"/all/lost", 1'000'000, "workflows it counts"},
           Row{"/all/started", 160, "workflows it counts"},
           Row{"/loads/1/started", 80, "load saga: of 80 workflows it counts 79 right"},
           Row{"/all/latency/p50_us", 999'999'999, "a percentile of its latency"},
           Row{"/loads/1", json(), "its loads have not started as many workflows"},
           Row{"/activities/recorded", 641, "its activities"},
           Row{"/activities/unanswered", 1, "its activities"},
           Row{"/queues", queues, "its queues are drained, and something is left in them"},
           Row{"/queues", left, "its queues are drained, and something is left in them"},
           Row{"/seconds/2/started", 38, "other workflows were started than in all of its seconds"},
           Row{"/seconds/2/ended", 40, "the ends of its seconds"},
           Row{"/all/latency/buckets", none, "the ends of its seconds"},
           Row{"/phases/ended_between", 160, "what ended between its ramp and its drain"},
           Row{"/phases/ended_between", 0, "what ended between its ramp and its drain"},
           Row{"/phases/between_us", 4'000'000, "what ended between its ramp and its drain"},
           Row{"/phases/ramp_us", 4'200'000, "what ended between its ramp and its drain"},
           Row{"/end", "died", "it has workflows, and no end of them"},
           Row{"/looked_again", 160, "more workflows were looked at again than had ended"},
       }) {
    json document = sample_document();
    const json::json_pointer at("/providers/0" + std::string(row.at));
    if (row.changed.is_null()) {
      document.at(at.parent_pointer()).erase(std::stoul(at.back()));
    } else {
      document.at(at) = row.changed;
    }
    EXPECT_EQ(refusal(document).rfind("memory contradicts itself: ", 0), 0U) << row.at;
    EXPECT_NE(refusal(document).find(row.says), std::string::npos)
        << row.at << ": " << refusal(document);
    EXPECT_TRUE(keeps_schema(document)) << row.at;
  }
}

// Two that agree with each other, and not with the rest.
TEST(StressJson, lost_workflows_cannot_be_left_out) {
  json document = sample_document();
  json& sqlite = document["providers"][1];
  sqlite["all"]["lost"] = sqlite["all"]["wrong"] = 0;
  sqlite["all"]["started"] = sqlite["all"]["right"];
  EXPECT_EQ(refusal(document),
            "sqlite contradicts itself: other workflows were started than in all of its seconds");

  document = sample_document();
  document["providers"][1]["findings"] = json::array();
  EXPECT_EQ(
      refusal(document),
      "sqlite contradicts itself: it has fewer findings than workflows that are wrong or lost");

  document = sample_document();
  document["providers"][4]["end"] = "complete";
  EXPECT_EQ(refusal(document),
            "filesystem contradicts itself: it is complete, and workflows are unfinished");
}

TEST(StressJson, one_provider_is_one_line_and_reads_back_equal) {
  for (const Stressed& stressed : sample_stress().providers) {
    const std::string line = write_stressed(stressed);

    EXPECT_EQ(line.find('\n'), std::string::npos);
    const Result<Stressed> back = read_stressed(line);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back.value(), stressed);
    EXPECT_FALSE(read_stressed(line.substr(0, line.size() / 2)));
  }
}

TEST(StressJson, bytes_that_are_not_text_are_replaced) {
  Stress stress = sample_stress();
  stress.providers[0].trouble = "a\xff z";

  EXPECT_EQ(read_stress(write_stress(stress)).value().providers[0].trouble, "a\xef\xbf\xbd z");
}

}  // namespace
}  // namespace ackproof::reports
