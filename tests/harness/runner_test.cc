// The runner contains what a provider does to its process, and names it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <utility>

#include "reports/judgement.h"
#include "reports/run_json.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

constexpr const char* kOneValidation = "expired_token_is_dead_though_nobody_took_over";

using Record = Run;  // In a test's body `Run` is GoogleTest's.

struct Certified {
  CommandEnd end;
  Record run;
};

Certified certify(const std::string& arguments) {
  const std::string out = fresh_folder();
  Certified result;
  result.end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " certify " + arguments + " --out " + out);
  const Result<Run> run = reports::read_run(read_file(out + "/run.json"));
  EXPECT_TRUE(run.has_value()) << result.end.err << result.end.out;
  if (run) result.run = run.value();
  return result;
}

Certified certify_one(const std::string& provider, const std::string& more = "") {
  return certify(provider + " --filter " + kOneValidation + " " + more);
}

TEST(Runner, a_passing_validation_of_a_part_is_no_certificate_but_exits_0) {
  const Certified result = certify_one("memory");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::passed);
  EXPECT_EQ(judge(result.run).conclusion, Conclusion::partial);
  EXPECT_EQ(result.end.exit_code, 0);
}

TEST(Runner, a_store_without_queues_can_be_certified) {
  for (const auto& [provider, profile] : {std::pair("event_store_alone", "event_store"),
                                          std::pair("context_store_alone", "context")}) {
    const Certified result = certify(provider);

    EXPECT_EQ(result.run.selection.profiles, std::vector<std::string>{profile});
    EXPECT_EQ(judge(result.run).conclusion, Conclusion::certified);
    EXPECT_EQ(result.end.exit_code, 0) << result.end.out;
  }
}

TEST(Runner, a_crash_is_contained_and_named) {
  const Certified result = certify_one("crashing");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::crashed);
  EXPECT_NE(result.run.verdicts[0].reason.find("signal 6"), std::string::npos);
  EXPECT_EQ(result.end.exit_code, 1);
}

TEST(Runner, a_hang_is_killed_after_the_time_limit) {
  const Certified result = certify_one("hanging", "--timeout 1");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::timed_out);
  EXPECT_EQ(result.end.exit_code, 1);
}

// Beside others a slow machine may be why. The one that hung is asked again alone; what hangs then, hangs.
TEST(Runner, what_did_not_end_beside_others_is_asked_again_alone) {
  setenv("HUNG_FILE", (fresh_folder() + "/hung").c_str(), 1);
  const std::string two = "--filter 'expired_*_is_dead_though_nobody_took_over' -j 2 --timeout 2";

  const Certified once = certify("hanging_once " + two);
  const Certified always = certify("hanging " + two);

  ASSERT_EQ(once.run.verdicts.size(), 2U);
  std::uint64_t attempts = 0;
  for (const Verdict& verdict : once.run.verdicts) {
    EXPECT_EQ(verdict.outcome, Outcome::passed) << verdict.reason;
    attempts += verdict.attempts;
  }
  EXPECT_EQ(attempts, 3U);
  EXPECT_EQ(once.end.exit_code, 0);
  EXPECT_EQ(always.end.exit_code, 1);
}

// A retry tells what kind of failure it is, and never makes it a pass.
TEST(Runner, what_passes_when_asked_again_is_flaky) {
  setenv("CRASHED_FILE", (fresh_folder() + "/crashed").c_str(), 1);
  const Certified once = certify_one("crashing_once", "--retries 3");
  const Certified always = certify_one("crashing", "--retries 2");

  ASSERT_EQ(once.run.verdicts.size(), 1U);
  const Verdict& flaky = once.run.verdicts[0];
  EXPECT_EQ(flaky.outcome, Outcome::flaky);
  EXPECT_NE(flaky.reason.find("signal 6"), std::string::npos) << flaky.reason;
  ASSERT_EQ(flaky.retries.size(), 1U) << "what has passed need not be asked again";
  EXPECT_EQ(flaky.retries[0].outcome, Outcome::passed);
  EXPECT_EQ(once.end.exit_code, 1);

  ASSERT_EQ(always.run.verdicts.size(), 1U);
  EXPECT_EQ(always.run.verdicts[0].outcome, Outcome::crashed);
  EXPECT_EQ(always.run.verdicts[0].retries.size(), 2U);
  EXPECT_EQ(always.end.exit_code, 1);
}

TEST(Runner, an_end_without_a_verdict_is_broken_and_not_passed) {
  const Certified result = certify_one("leaving");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::broken);
  EXPECT_EQ(result.end.exit_code, 3);
}

TEST(Runner, an_exception_out_of_a_provider_is_a_failure_with_its_text) {
  const Certified result = certify_one("throwing");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::failed);
  ASSERT_FALSE(result.run.verdicts[0].failures.empty());
  EXPECT_NE(result.run.verdicts[0].failures[0].text.find("thrown out of fetch_turn"),
            std::string::npos);
  EXPECT_EQ(result.end.exit_code, 1);
}

TEST(Runner, a_process_left_behind_neither_delays_the_verdict_nor_survives) {
  const std::string file = fresh_folder() + "/pid";
  setenv("LITTER_FILE", file.c_str(), 1);
  const Certified result = certify_one("littering", "--timeout 30");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::passed);
  const std::string pid = read_file(file);
  ASSERT_NE(pid, "");
  // It may stay a zombie for whoever inherited it; alive it must not be.
  const std::string status = read_file("/proc/" + pid + "/stat");
  EXPECT_TRUE(status.empty() || status.find(") Z") != std::string::npos) << status;
}

TEST(Runner, endless_output_neither_hides_the_time_limit_nor_fills_the_record) {
  const Certified result = certify_one("babbling", "--timeout 1");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::timed_out);
  EXPECT_LE(result.run.verdicts[0].output.size(), 2U * 65'536U);
}

TEST(Runner, a_provider_that_cannot_be_opened_is_broken_with_its_reason) {
  const CommandEnd end = run_command(std::string(ACKPROOF_MISBEHAVING) +
                                     " certify unopenable --out " + fresh_folder());

  EXPECT_EQ(end.exit_code, 3);
  EXPECT_NE(end.err.find("nobody answers"), std::string::npos) << end.err;
}

TEST(Runner, a_store_that_cannot_be_opened_for_a_validation_is_broken_with_its_reason) {
  const Certified result = certify_one("opens_once");

  ASSERT_EQ(result.run.verdicts.size(), 1U);
  EXPECT_EQ(result.run.verdicts[0].outcome, Outcome::broken);
  EXPECT_NE(result.run.verdicts[0].reason.find("nobody answers any more"), std::string::npos);
  EXPECT_EQ(result.end.exit_code, 3);
}

TEST(Runner, in_process_gives_the_same_verdicts) {
  const Certified apart = certify("memory --requirement LOCK");
  const Certified here = certify("memory --requirement LOCK --in-process");

  const auto outcomes = [](const Record& run) {
    std::vector<std::pair<std::string, Outcome>> all;
    for (const Verdict& verdict : run.verdicts) {
      all.emplace_back(verdict.validation, verdict.outcome);
    }
    return all;
  };
  EXPECT_FALSE(apart.run.verdicts.empty());
  EXPECT_EQ(outcomes(apart.run), outcomes(here.run));
}

TEST(Runner, repeat_asks_everything_so_often_with_seeds_of_its_own) {
  const Certified result = certify_one("memory", "--repeat 3 --seed 7");

  ASSERT_EQ(result.run.verdicts.size(), 3U);
  for (std::uint64_t n = 0; n < 3; ++n) {
    EXPECT_EQ(result.run.verdicts[n].repetition, n + 1);
    EXPECT_EQ(result.run.verdicts[n].seed, 7 + n);
  }
}

TEST(Runner, rerun_failed_asks_exactly_what_did_not_pass) {
  const std::string out = fresh_folder();
  const std::string program = ACKPROOF_MISBEHAVING;
  run_command(program + " certify throwing --requirement LOCK,CAP_4 --out " + out);
  const Record first = reports::read_run(read_file(out + "/run.json")).value();
  const Certified again = certify("throwing --rerun-failed " + out + "/run.json");

  std::vector<std::string> failed;
  for (const Verdict& verdict : first.verdicts) {
    if (verdict.outcome != Outcome::passed && verdict.outcome != Outcome::not_applicable) {
      failed.push_back(verdict.validation);
    }
  }
  std::vector<std::string> asked;
  for (const Verdict& verdict : again.run.verdicts) asked.push_back(verdict.validation);
  EXPECT_LT(failed.size(), first.verdicts.size());
  EXPECT_EQ(asked, failed);
  EXPECT_EQ(again.run.selection.seed, first.selection.seed);
}

TEST(Runner, an_interrupt_ends_the_run_with_130_and_a_record_of_what_was_done) {
  const std::string out = fresh_folder();
  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " certify hanging -j 2 --out " + out + " >" +
                  out + "/log & run=$!; until grep -q seed " + out + "/log; do sleep 0.05; done; " +
                  "kill -INT $run; wait $run");

  EXPECT_EQ(end.exit_code, 130) << end.err;
  const Result<Record> run = reports::read_run(read_file(out + "/run.json"));
  ASSERT_TRUE(run.has_value()) << end.err;
  EXPECT_TRUE(run.value().interrupted);
}

}  // namespace
}  // namespace ackproof
