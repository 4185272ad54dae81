// What a certificate says, and that its schema and its reader agree.
#include "certificates/statement.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <limits>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "certificates/digest.h"
#include "certificates/envelope.h"
#include "tests/certificates/signing.h"
#include "tests/reports/sample_run.h"
#include "tests/support/command.h"

namespace ackproof::certificates {
namespace {

using nlohmann::json;
using reports::certified_run;

// One of a level that has everything: tests that warned, and some that were not tried.
Statement sample_statement() {
  Record run = certified_run();
  run.verdicts[1].outcome = Outcome::not_applicable;
  run.verdicts[1].reason = "needs the hook corrupt_history";
  run.verdicts[2].outcome = Outcome::failed;
  run.clauses.push_back({"CTX_1", Force::must, 0, "nothing could"});
  return make_statement(run, sha256("a record"), small_set().digest, sample_terms());
}

json sample_document() { return json::parse(write_statement(sample_statement())); }

// The schema that is published, or one of its definitions.
class Schema {
 public:
  explicit Schema(const char* definition) {
    std::ifstream file(std::string(ACKPROOF_SOURCE_DIR) + "/certificates/certificate.schema.json");
    json text = json::parse(file);
    if (definition != nullptr) {
      text = {{"$schema", text["$schema"]},
              {"definitions", text["definitions"]},
              {"$ref", std::string("#/definitions/") + definition}};
    }
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
  static const Schema kSchema("statement");
  return kSchema.takes(document);
}

std::string refusal(const json& document) {
  const Result<Statement> statement = read_statement(document.dump());
  return statement ? "accepted" : statement.error().message;
}

// Calls `visit` with a pointer to every value of the document.
void each_value(const json& document, const json::json_pointer& at,
                const std::function<void(const json::json_pointer&)>& visit) {
  visit(at);
  const json& here = document.at(at);
  if (here.is_object()) {
    for (const auto& [key, value] : here.items()) each_value(document, at / key, visit);
  } else if (here.is_array()) {
    for (std::size_t i = 0; i < here.size() && i < 3; ++i) each_value(document, at / i, visit);
  }
}

json otherwise(const json& value) { return value.is_array() ? json("text") : json::array(); }

TEST(Statement, follows_from_the_record) {
  const Statement statement = sample_statement();
  const Record run = certified_run();
  const TestResult& result = statement.predicate;
  const Claims& claims = result.ackproof;

  EXPECT_EQ(statement.subject[0].digest.sha256, hex_of(sha256("a record")));
  EXPECT_EQ(statement.subject[1].name, "sqlite 1.0.0");
  EXPECT_EQ("sha256:" + statement.subject[1].digest.sha256, run.suite.binary_digest);
  EXPECT_EQ(result.result, "WARNED");
  EXPECT_EQ(result.warned_tests, std::vector<std::string>{run.verdicts[2].validation});
  EXPECT_EQ(result.passed_tests.size(), run.verdicts.size() - 2);
  EXPECT_TRUE(result.failed_tests.empty());
  EXPECT_EQ(claims.counts.planned, run.verdicts.size());
  EXPECT_EQ(claims.counts.passed, run.verdicts.size() - 2);
  EXPECT_EQ(claims.counts.failed, 1U);
  EXPECT_EQ(claims.counts.not_applicable, 1U);
  ASSERT_EQ(claims.not_tried.size(), 2U);
  EXPECT_EQ(claims.not_tried[0], (NotTried{"CTX_1", "", "nothing could"}));
  EXPECT_EQ(claims.not_tried[1].reason, "needs the hook corrupt_history");
}

TEST(Statement, of_a_repeated_run_has_the_worst_of_each_validation) {
  Record run = certified_run();
  const Statement once = make_statement(run, sha256(""), sha256(""), sample_terms());
  EXPECT_EQ(once.predicate.result, "PASSED");
  Verdict again = run.verdicts[0];
  again.repetition = 2;
  again.outcome = Outcome::inconclusive;
  run.verdicts.push_back(again);
  run.verdicts.push_back(run.verdicts[0]);

  const TestResult twice = make_statement(run, sha256(""), sha256(""), sample_terms()).predicate;

  EXPECT_EQ(twice.warned_tests, std::vector<std::string>{again.validation});
  EXPECT_EQ(twice.passed_tests.size() + 1, once.predicate.passed_tests.size());
}

TEST(Statement, reads_back_equal) {
  Statement statement = sample_statement();
  EXPECT_EQ(read_statement(write_statement(statement)).value(), statement);
  statement.predicate.ackproof.seed = std::numeric_limits<std::uint64_t>::max();
  statement.predicate.ackproof.signer.kind = SignerKind::third_party;
  statement.predicate.ackproof.exemptions = sha256("");
  EXPECT_EQ(read_statement(write_statement(statement)).value(), statement);
  statement.predicate.ackproof.seed =
      std::numeric_limits<std::int64_t>::max();  // As far as valijson counts.
  EXPECT_TRUE(keeps_schema(json::parse(write_statement(statement))));
}

TEST(Statement, is_as_in_the_golden_file) {
  const std::string pretty =
      nlohmann::ordered_json::parse(write_statement(sample_statement())).dump(2) + "\n";
  EXPECT_EQ(testing_support::differs_from_golden(pretty, "certificate_statement.json"), "");
}

TEST(Statement, the_schema_takes_what_is_written) {
  EXPECT_TRUE(keeps_schema(sample_document()));
  const json envelope = json::parse(signed_with(known_key(), write_statement(sample_statement())));
  EXPECT_TRUE(Schema(nullptr).takes(envelope));
}

TEST(Statement, the_schema_refuses_envelopes_that_are_none_of_ours) {
  const Schema schema(nullptr);
  const json good = json::parse(signed_with(known_key(), write_statement(sample_statement())));
  const auto refuses = [&](const std::function<void(json&)>& change) {
    json changed = good;
    change(changed);
    return !schema.takes(changed);
  };
  for (const char* field : {"payload", "payloadType", "signatures"}) {
    EXPECT_TRUE(refuses([&](json& document) { document.erase(field); })) << field;
    EXPECT_TRUE(refuses([&](json& document) { document[field] = 1; })) << field;
  }
  EXPECT_TRUE(refuses([](json& document) { document["payloadType"] = "text/plain"; }));
  EXPECT_TRUE(refuses([](json& document) { document["payload"] = "?"; }));
  EXPECT_TRUE(refuses([](json& document) { document["signatures"] = json::array(); }));
  EXPECT_TRUE(
      refuses([](json& document) { document["signatures"].push_back(document["signatures"][0]); }));
  EXPECT_TRUE(refuses([](json& document) { document["signatures"][0].erase("sig"); }));
  EXPECT_FALSE(refuses([](json& document) { document["more"] = 1; }));
}

TEST(Statement, a_missing_field_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (at.empty() || !document.at(at.parent_pointer()).is_object()) return;
    json broken = document;
    broken.at(at.parent_pointer()).erase(at.back());
    EXPECT_NE(refusal(broken).find(at.back() + ": missing"), std::string::npos)
        << at << ": " << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << at;
  });
}

TEST(Statement, an_unknown_field_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    if (!document.at(at).is_object()) return;
    json broken = document;
    broken.at(at)["surprise"] = 1;
    EXPECT_NE(refusal(broken).find("surprise: unknown field"), std::string::npos)
        << at << ": " << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << at;
  });
}

TEST(Statement, a_wrong_type_is_invalid_wherever_it_is) {
  const json document = sample_document();
  each_value(document, json::json_pointer(), [&](const json::json_pointer& at) {
    for (const json& wrong : {otherwise(document.at(at)), json(), json(1.5)}) {
      json broken = document;
      broken.at(at) = wrong;
      EXPECT_NE(refusal(broken), "accepted") << at << " " << wrong;
      EXPECT_FALSE(keeps_schema(broken)) << at << " " << wrong;
    }
  });
}

TEST(Statement, other_types_digests_and_times_are_invalid) {
  const std::string claims = "/predicate/ackproof";
  for (const auto& [where, what] : std::vector<std::pair<std::string, const char*>>{
           {"/_type", "https://in-toto.io/Statement/v0.1"},
           {"/predicateType", "https://slsa.dev/provenance/v1"},
           {"/predicate/result", "FAILED"},
           {"/subject/0/digest/sha256", "sha256:00"},
           {claims + "/schema", "urn:ackproof:schema:certificate:2"},
           {claims + "/level", "heroic"},
           {claims + "/clock", "sun"},
           {claims + "/record", ""},
           {claims + "/exemptions", "none"},
           {claims + "/suite/binary", "sha256:0"},
           {claims + "/issued_at", "today"},
           {claims + "/valid_until", "2026-05-04"},
           {claims + "/signer/kind", "friend"},
           {claims + "/signer/key_id", "mine"}}) {
    json broken = sample_document();
    broken.at(json::json_pointer(where)) = what;
    EXPECT_NE(refusal(broken).find("nknown"), std::string::npos) << where << refusal(broken);
    EXPECT_FALSE(keeps_schema(broken)) << where;
  }
}

TEST(Statement, the_first_difference_is_named) {
  const Statement one = sample_statement();
  EXPECT_EQ(first_difference(one, one), "");
  Statement other = one;
  other.predicate.ackproof.seed = 7;
  EXPECT_EQ(first_difference(one, other), "predicate.ackproof.seed is 42, and the record gives 7");
  other = one;
  other.subject[1].name = "other";
  EXPECT_EQ(first_difference(one, other),
            "subject[1].name is \"sqlite 1.0.0\", and the record gives \"other\"");
  other = one;
  other.predicate.warned_tests.clear();
  EXPECT_EQ(first_difference(one, other),
            "predicate.warnedTests is 1 item, and the record gives 0 items");
}

}  // namespace
}  // namespace ackproof::certificates
