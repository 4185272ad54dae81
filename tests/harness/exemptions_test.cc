// That a failure is only ever accepted openly: by whom, why, and until when.
#include "harness/certify/exemptions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "reference_providers/memory/memory_provider.h"
#include "reports/exemptions.h"
#include "reports/judgement.h"
#include "tests/reports/sample_run.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using reports::certified_run;
using reports::Record;
using testing_support::fresh_folder;

constexpr char kToday[] = "2026-11-27";

constexpr char kGood[] = R"([[exemption]]
requirement = "LOCK_2"
provider = "sqlite"
versions = ">=1.0, <2"
mode = "known-failing"
reason = "renewals are rounded"
link = "https://example.org/17"
owner = "storage team"
expires = 2026-12-31
)";

Registry registry() {
  ProviderFactory factory = memory::factory();
  factory.name = "sqlite";
  return Registry{{factory}, no_mutants};
}

// `text` with one line replaced: the one that begins with `key`.
std::string with(const std::string& key, const std::string& line) {
  std::string text = kGood;
  const std::size_t at = text.find(key);
  text.replace(at, text.find('\n', at) - at, line);
  return text;
}

Result<std::vector<ExemptionFor>> read(const std::string& text) {
  const std::string file = fresh_folder() + "/exemptions.toml";
  std::ofstream(file) << text;
  return read_exemptions(file, registry(), kToday);
}

std::string refusal(const std::string& text, ErrorKind kind = ErrorKind::invalid) {
  const auto all = read(text);
  if (all) return "";
  EXPECT_EQ(all.error().kind, kind) << all.error().message;
  const std::size_t at = all.error().message.find("exemptions.toml");
  return all.error().message.substr(at == std::string::npos ? 0 : at);
}

TEST(Exemptions, are_read_whole) {
  const auto all = read(kGood).value();

  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].provider, "sqlite");
  const Exemption expected{.subject = "LOCK_2",
                           .mode = Exemption::Mode::known_failing,
                           .versions = ">=1.0, <2",
                           .reason = "renewals are rounded",
                           .link = "https://example.org/17",
                           .owner = "storage team",
                           .expires = "2026-12-31"};
  EXPECT_EQ(all[0].exemption, expected);
  EXPECT_TRUE(read("").value().empty());
}

TEST(Exemptions, say_everything_or_are_refused) {
  for (const std::string key : {"provider", "mode", "reason", "link", "owner", "expires"}) {
    EXPECT_EQ(refusal(with(key, "")), "exemptions.toml:1: the exemption has no " + key);
  }
  EXPECT_EQ(refusal(with("requirement", "")),
            "exemptions.toml:1: the exemption is about either a requirement or a validation");
  EXPECT_EQ(refusal(with("reason", "reason = \"\"")),
            "exemptions.toml:1: the exemption reason is not a text");
  EXPECT_EQ(refusal(with("mode", "mode = \"fine\"")),
            "exemptions.toml:1: the exemption has the unknown mode 'fine'; there are known-failing "
            "and known-flaky");
  EXPECT_EQ(
      refusal(with("versions", "versions = \"~1\"")),
      "exemptions.toml:1: the exemption has versions '~1', which are no range like >=1.2, <2");
  EXPECT_EQ(refusal(with("expires", "expires = \"soon\"")),
            "exemptions.toml:1: the exemption expires is not a date like 2026-12-31");
  EXPECT_EQ(refusal(std::string(kGood) + "approved = true\n"),
            "exemptions.toml:1: the exemption has an unknown key approved");
  EXPECT_EQ(refusal("[[exception]]\n"),
            "exemptions.toml:1: only [[exemption]] is known here, not exception");
  EXPECT_EQ(refusal("[[exemption]]\nreason = \n").substr(0, 18), "exemptions.toml:2:");
}

TEST(Exemptions, of_what_does_not_exist_are_refused) {
  const ErrorKind kind = ErrorKind::conflict;
  EXPECT_EQ(
      refusal(with("requirement", "requirement = \"LOCK_99\""), kind),
      "exemptions.toml:1: the exemption is about 'LOCK_99', and there is no such requirement");
  EXPECT_EQ(refusal(with("requirement", "validation = \"nosuch\""), kind),
            "exemptions.toml:1: the exemption is about 'nosuch', and there is no such validation");
  EXPECT_EQ(refusal(with("provider", "provider = \"oracle\""), kind),
            "exemptions.toml:1: the exemption is for the provider 'oracle', and there is none of "
            "that name");
}

TEST(Exemptions, last_half_a_year_at_most_and_end) {
  const ErrorKind kind = ErrorKind::conflict;
  EXPECT_TRUE(read(with("expires", "expires = 2026-11-27"))) << "today is the last day";
  EXPECT_EQ(refusal(with("expires", "expires = 2026-11-26"), kind),
            "exemptions.toml:1: the exemption expired on 2026-11-26");
  EXPECT_TRUE(read(with("expires", "expires = 2027-05-26")));
  EXPECT_EQ(
      refusal(with("expires", "expires = 2027-05-27"), kind),
      "exemptions.toml:1: the exemption is for longer than 180 days: until 2027-05-26 at most");
}

// --- What they do to a run

// Takes the exemptions of a file into the record, and says what is wrong with them.
std::vector<std::string> wrong_in(Record& run, const std::string& text = kGood) {
  exempt(read(text).value(), run);
  return wrong_exemptions(run);
}

Record run_with(Outcome outcome) {
  Record run = certified_run();
  std::ranges::find(run.verdicts, "LOCK_2", &Verdict::requirement)->outcome = outcome;
  return run;
}

TEST(Exemptions, accept_a_failure_and_grant_nothing) {
  for (const Outcome outcome :
       {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::flaky}) {
    Record run = run_with(outcome);

    EXPECT_TRUE(wrong_in(run).empty());

    const Verdict& verdict = *std::ranges::find(run.verdicts, "LOCK_2", &Verdict::requirement);
    EXPECT_EQ(verdict.outcome, Outcome::exempted);
    EXPECT_EQ(verdict.reason.rfind(name(outcome), 0), 0U) << verdict.reason;
    const Judgement judgement = judge(run);
    EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
    EXPECT_TRUE(judgement.is_exempted);
    EXPECT_EQ(exit_code(run, judgement), 0);
  }
}

TEST(Exemptions, accept_nothing_else) {
  Record run = run_with(Outcome::failed);
  std::ranges::find(run.verdicts, "ACK_1", &Verdict::requirement)->outcome = Outcome::failed;
  exempt(read(kGood).value(), run);

  EXPECT_FALSE(judge(run).is_exempted);
  EXPECT_EQ(exit_code(run, judge(run)), 1);

  Record doubtful = run_with(Outcome::inconclusive);
  EXPECT_TRUE(wrong_in(doubtful).empty()) << "neither stale nor accepted";
  EXPECT_EQ(judge(doubtful).conclusion, Conclusion::undecided);
}

TEST(Exemptions, of_what_passes_are_stale) {
  Record run = certified_run();
  EXPECT_EQ(wrong_in(run),
            std::vector<std::string>{
                "The exemption of LOCK_2 is stale: everything that it is about passes."});
  const Judgement judgement = judge(run);
  EXPECT_EQ(judgement.conclusion, Conclusion::undecided) << "no certificate, and no green badge";
  EXPECT_EQ(judgement.obstacles, wrong_exemptions(run));
  EXPECT_EQ(judgement.sentence,
            "There is no verdict on sqlite 1.0.0 for core, level 1 functional: an exemption is "
            "wrong.");
  EXPECT_EQ(exit_code(run, judgement), 4);

  Record flaky = certified_run();
  EXPECT_TRUE(wrong_in(flaky, with("mode", "mode = \"known-flaky\"")).empty());
}

TEST(Exemptions, of_what_fails_now_and_then_are_wrong_when_it_fails_each_time) {
  const auto wrong_after = [](std::initializer_list<Outcome> retries) {
    Record run = run_with(Outcome::failed);
    Verdict& verdict = *std::ranges::find(run.verdicts, Outcome::failed, &Verdict::outcome);
    for (const Outcome outcome : retries) verdict.retries.push_back({outcome, "", {}, Duration(1)});
    return wrong_in(run, with("mode", "mode = \"known-flaky\""));
  };

  const auto wrong = wrong_after({Outcome::failed, Outcome::timed_out});

  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_TRUE(wrong[0].starts_with("The exemption of LOCK_2 is not of what fails now and then: "));
  EXPECT_TRUE(wrong_after({}).empty()) << "this may be such a time";
  EXPECT_TRUE(wrong_after({Outcome::failed, Outcome::passed}).empty());
  EXPECT_TRUE(wrong_after({Outcome::failed, Outcome::inconclusive}).empty()) << "two answers";
}

TEST(Exemptions, that_are_wrong_beside_a_failure_accept_nothing) {
  Record run = run_with(Outcome::failed);
  exempt(read(std::string(kGood) + with("requirement", "requirement = \"ACK_1\"")).value(), run);

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_FALSE(judgement.is_exempted) << "of ACK_1 everything passes";
  EXPECT_EQ(exit_code(run, judgement), 4);
}

TEST(Exemptions, that_ended_before_the_run_are_wrong) {
  Record run = run_with(Outcome::failed);
  exempt(read(kGood).value(), run);
  run.started_at = "2026-12-31T23:59:59Z";
  EXPECT_TRUE(wrong_exemptions(run).empty());

  run.started_at = "2027-01-01T00:00:00Z";
  EXPECT_EQ(
      wrong_exemptions(run),
      std::vector<std::string>{"The exemption of LOCK_2 expired on 2026-12-31, before the run "
                               "began."});
  EXPECT_EQ(exit_code(run, judge(run)), 4);
}

TEST(Exemptions, of_what_was_not_asked_are_unmatched) {
  Record run = certified_run();
  std::erase_if(run.verdicts, [](const Verdict& v) { return v.requirement == "LOCK_2"; });
  EXPECT_EQ(wrong_in(run),
            std::vector<std::string>{"The exemption of LOCK_2 is about nothing that was asked."});

  run.selection.filter = "keeps_ACK*";
  EXPECT_TRUE(wrong_exemptions(run).empty()) << "a part says nothing about the rest";
}

TEST(Exemptions, are_for_all_profiles_though_each_run_is_of_one) {
  Record run = certified_run();
  EXPECT_TRUE(wrong_in(run, with("requirement", "requirement = \"CTX_1\"")).empty())
      << "nobody asked for the profile of that clause";
}

TEST(Exemptions, say_why_it_failed_before_they_say_why_that_is_accepted) {
  Record run = run_with(Outcome::timed_out);
  Verdict& verdict = *std::ranges::find(run.verdicts, "LOCK_2", &Verdict::requirement);
  verdict.reason = "no answer within 60 s, killed";
  exempt(read(kGood).value(), run);

  EXPECT_EQ(verdict.reason.rfind("timed_out (no answer within 60 s, killed); ", 0), 0U);
}

TEST(Exemptions, are_for_their_provider_and_versions) {
  Record other = run_with(Outcome::failed);
  other.provider = "memory";
  EXPECT_TRUE(wrong_in(other).empty());
  EXPECT_TRUE(other.exemptions.empty());

  Record newer = run_with(Outcome::failed);
  newer.description.version = "2.0";
  exempt(read(kGood).value(), newer);
  EXPECT_EQ(exit_code(newer, judge(newer)), 1);
}

TEST(Exemptions, cannot_be_written_into_a_record_by_hand) {
  const Record run = run_with(Outcome::exempted);  // And no exemption in it.

  EXPECT_FALSE(judge(run).is_exempted);
  EXPECT_NE(exit_code(run, judge(run)), 0);
}

TEST(Versions, are_compared_number_by_number) {
  EXPECT_TRUE(is_in_range("1.10", ">1.9"));
  EXPECT_TRUE(is_in_range("1.0.0", "=1"));
  EXPECT_TRUE(is_in_range("v1.3", ">=1.2"));
  EXPECT_TRUE(is_in_range("1.2-rc1", ">=1.2, <2"));
  EXPECT_FALSE(is_in_range("2.0", ">=1.2, <2"));
  EXPECT_FALSE(is_in_range("1.1", ">=1.2, <2"));
  EXPECT_TRUE(is_in_range("7", ""));
  EXPECT_FALSE(is_in_range("7", "newer"));
}

}  // namespace
}  // namespace ackproof
