// Issuing and verifying, in this process and with a small requirement set.
#include "certificates/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "certificates/digest.h"
#include "certificates/utc.h"
#include "reports/run_json.h"
#include "tests/certificates/signing.h"
#include "tests/reports/sample_run.h"

namespace ackproof::certificates {
namespace {

using reports::certified_run;
using reports::write_run;

std::string why_not_issued(const Record& run, const Terms& terms = sample_terms()) {
  const Result<std::string> issued = issue(write_run(run), known_key(), terms, small_set());
  return issued ? "issued" : issued.error().message;
}

std::string issued_on(const std::string& record) {
  return issue(record, known_key(), sample_terms(), small_set()).value();
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

TEST(Certificate, of_a_record_that_certifies_is_believed) {
  const std::string record = write_run(certified_run());
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();

  const Result<Verified> verified =
      verify({certificate, record, key, std::nullopt, sample_time()}, small_set());

  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified.value().judgement.conclusion, Conclusion::certified);
  EXPECT_EQ(verified.value().statement.predicate.ackproof.signer.name, "Ann Example");
}

TEST(Certificate, is_the_same_each_time) {
  const std::string record = write_run(certified_run());
  EXPECT_EQ(issued_on(record), issued_on(record));
}

TEST(Certificate, summary_says_who_what_until_when_and_what_was_not_tried) {
  const std::string record = write_run(certified_run());
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();
  const std::string list = "ackproof-revocations 1\nsuite 0.9.0 too kind\nend\n";

  const std::string text =
      summary(verify({certificate, record, key, list, sample_time()}, small_set()).value());

  for (const char* words :
       {"sqlite 1.0.0 is certified: core, level 1 functional.", "Ann Example, self-certified",
        "until 2027-05-04T12:00:00Z", "looked at for 2026-06-01T00:00:00Z",
        "not revoked by the list, which has 1 line", "seed 42", "SQLite 3.40.1",
        "level 3 durable: killed processes", "profiles: engine, admin, polling",
        "computed again from the record"}) {
    EXPECT_TRUE(says(text, words)) << words << "\n" << text;
  }
  EXPECT_TRUE(says(text, known_key().public_key().id())) << text;
  EXPECT_TRUE(says(text, sha256(record))) << text;
}

TEST(Certificate, summary_cannot_be_made_to_paint_the_terminal) {
  Record run = certified_run();
  run.description.store_version = "SQLite \x1b[2J\nverdict: all good";
  const std::string record = write_run(run);
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();

  const std::string text =
      summary(verify({certificate, record, key, std::nullopt, sample_time()}, small_set()).value());

  EXPECT_FALSE(says(text, "\x1b")) << text;
  EXPECT_FALSE(says(text, "\nverdict: all good")) << text;
}

TEST(Certificate, is_not_issued_on_what_does_not_certify) {
  EXPECT_EQ(why_not_issued(certified_run()), "issued");

  Record run = certified_run();
  run.interrupted = true;
  EXPECT_TRUE(says(why_not_issued(run), "the run was interrupted"));

  run = certified_run();
  run.selection.filter = "keeps_*";
  EXPECT_TRUE(says(why_not_issued(run), "only a part of core"));

  run = certified_run();
  run.selection.requirements = {"LOCK"};
  EXPECT_TRUE(says(why_not_issued(run), "only a part of core"));

  run = certified_run();
  run.selection.sequences = kSequences - 1;
  EXPECT_TRUE(says(why_not_issued(run), "only a part of core"));

  run = certified_run();
  run.verdicts[3].outcome = Outcome::failed;
  EXPECT_TRUE(says(why_not_issued(run), "is not certified"));

  run = certified_run();
  run.verdicts[3].outcome = Outcome::exempted;
  EXPECT_TRUE(says(why_not_issued(run), "is not certified"));

  run = certified_run();
  run.exemptions = {{.subject = "LOCK_2", .expires = "2026-12-31"}};
  EXPECT_TRUE(says(why_not_issued(run), "The exemption of LOCK_2 is stale")) << why_not_issued(run);

  run = certified_run();
  run.exemptions = {{.subject = "LOCK_2",
                     .mode = Exemption::Mode::known_flaky,
                     .expires = run.started_at.substr(0, 10)}};
  EXPECT_EQ(why_not_issued(run), "issued") << "it holds on its last day";
  run.exemptions.front().expires = "2026-05-03";
  EXPECT_TRUE(says(why_not_issued(run), "The exemption of LOCK_2 expired on 2026-05-03"));

  run = certified_run();
  run.verdicts[3].outcome = Outcome::inconclusive;
  EXPECT_TRUE(says(why_not_issued(run), "undecided"));

  run = certified_run();
  run.description.capabilities.facets = {};
  EXPECT_TRUE(says(why_not_issued(run), "is not certified")) << why_not_issued(run);

  run = certified_run();
  run.suite.contract_version = "2";
  EXPECT_TRUE(says(why_not_issued(run), "it is about contract 2"));

  run = certified_run();
  run.suite.binary_digest.clear();
  EXPECT_TRUE(says(why_not_issued(run), "which program judged"));
}

TEST(Certificate, is_not_issued_on_a_record_that_is_incomplete_or_contradicts_itself) {
  Record run = certified_run();
  run.verdicts.erase(run.verdicts.begin() + 3);
  EXPECT_TRUE(says(why_not_issued(run), "it has no verdict of keeps_")) << why_not_issued(run);

  run = certified_run();
  run.verdicts.push_back(run.verdicts.back());
  EXPECT_TRUE(says(why_not_issued(run), "it has two verdicts of keeps_"));

  run = certified_run();
  run.verdicts.push_back(run.verdicts.back());
  run.verdicts.back().validation = "something_else";
  EXPECT_TRUE(says(why_not_issued(run), "nobody asks for, of something_else"));

  run = certified_run();
  std::swap(run.verdicts[0].requirement, run.verdicts[1].requirement);
  EXPECT_TRUE(says(why_not_issued(run), "stands under")) << why_not_issued(run);

  run = certified_run();
  run.verdicts[3].level = Level::durable;
  EXPECT_TRUE(says(why_not_issued(run), "stands at level 3 durable instead of level 1"));

  run = certified_run();
  run.verdicts[3].outcome = Outcome::not_applicable;
  run.verdicts[3].reason = "the provider is nice";
  EXPECT_TRUE(says(why_not_issued(run), "nothing that the provider declares excuses it"));

  run = certified_run();
  run.clauses.pop_back();
  EXPECT_TRUE(says(why_not_issued(run), "list of clauses lacks")) << why_not_issued(run);

  run = certified_run();
  run.clauses[3].planned = 0;
  EXPECT_TRUE(says(why_not_issued(run), "0 validations of this MUST clause were planned"))
      << why_not_issued(run);

  run = certified_run();
  run.verdicts[3].failures = {{"Expected: less", "", 0}};
  EXPECT_TRUE(says(why_not_issued(run), "contradicts itself")) << why_not_issued(run);
}

TEST(Certificate, is_not_issued_on_a_number_of_repetitions_that_was_not_done) {
  for (const std::uint64_t repeat :
       {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    Record run = certified_run();
    run.selection.repeat = repeat;
    EXPECT_NE(why_not_issued(run), "issued") << repeat;
  }
}

TEST(Certificate, every_repetition_counts) {
  Record run = certified_run();
  run.selection.repeat = 2;
  std::vector<Verdict> twice;
  for (const Verdict& verdict : run.verdicts) {
    twice.push_back(verdict);
    twice.push_back(verdict);
    twice.back().repetition = 2;
  }
  run.verdicts = twice;
  EXPECT_EQ(why_not_issued(run), "issued");
  run.verdicts[5].outcome = Outcome::crashed;
  EXPECT_TRUE(says(why_not_issued(run), "is not certified"));
}

TEST(Certificate, a_failed_should_clause_warns) {
  Record run = certified_run();
  const auto should = std::ranges::find(run.clauses, Force::should, &Clause::force);
  ASSERT_NE(should, run.clauses.end());
  run.verdicts[static_cast<std::size_t>(should - run.clauses.begin())].outcome = Outcome::failed;
  const std::string record = write_run(run);
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();

  const Result<Verified> verified =
      verify({certificate, record, key, std::nullopt, sample_time()}, small_set());

  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified.value().statement.predicate.result, "WARNED");
  EXPECT_TRUE(says(summary(verified.value()), "(SHOULD) does not hold"));
}

TEST(Certificate, terms_have_to_make_sense) {
  const auto with = [](const std::function<void(Terms&)>& change) {
    Terms terms = sample_terms();
    change(terms);
    return why_not_issued(certified_run(), terms);
  };
  EXPECT_TRUE(says(with([](Terms& t) { t.issued_at = "noon"; }), "no time"));
  EXPECT_TRUE(
      says(with([](Terms& t) { t.issued_at = "2026-05-04T09:59:59Z"; }), "before the run began"));
  EXPECT_TRUE(says(with([](Terms& t) { t.valid_until = t.issued_at; }), "no later"));
  EXPECT_TRUE(says(with([](Terms& t) {
                     t.signer = {SignerKind::third_party, "", ""};
                   }),
                   "does not say its name"));
  EXPECT_TRUE(says(with([](Terms& t) {
                     t.signer = {SignerKind::third_party, "  ", ""};
                   }),
                   "is blank"));
  EXPECT_TRUE(says(with([](Terms& t) { t.signer.name = " \u00a0"; }), "is blank"));
  EXPECT_TRUE(says(with([](Terms& t) { t.signer.name = std::string(201, 'a'); }), "longer than"));
  EXPECT_TRUE(says(with([](Terms& t) { t.signer.name = "Ann\x1b[2J"; }), "cannot be shown"));
  EXPECT_TRUE(says(with([](Terms& t) { t.signer.name = "Ann\xff"; }), "cannot be shown"));
}

TEST(Certificate, is_valid_from_its_issue_until_before_its_end) {
  const std::string record = write_run(certified_run());
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();
  const auto at = [&](const char* time) {
    return verify({certificate, record, key, std::nullopt, *read_utc(time)}, small_set())
        .has_value();
  };
  EXPECT_FALSE(at("2026-05-04T11:59:59Z"));
  EXPECT_TRUE(at("2026-05-04T12:00:00Z"));
  EXPECT_TRUE(at("2027-05-04T11:59:59Z"));
  EXPECT_FALSE(at("2027-05-04T12:00:00Z"));
}

TEST(Certificate, of_a_requirement_set_that_is_not_known_is_refused_and_said_so) {
  const std::string record = write_run(certified_run());
  const std::string certificate = issued_on(record);
  const std::string key = known_key().public_key().pem();
  RequirementSet newer = small_set();
  newer.digest = sha256("a newer set");

  const Result<Verified> verified =
      verify({certificate, record, key, std::nullopt, sample_time()}, newer);

  ASSERT_FALSE(verified);
  EXPECT_TRUE(says(verified.error().message, "cannot know whether the record is complete"))
      << verified.error().message;
}

}  // namespace
}  // namespace ackproof::certificates
