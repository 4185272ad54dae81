#include "reports/judgement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/reports/sample_run.h"

namespace ackproof {
namespace {

using reports::certified_run;
using reports::Record;

// The certified run, with this outcome for one MUST clause.
Record run_with(Outcome outcome, const std::string& requirement = "LOCK_2",
                const std::string& reason = {}) {
  Record run = certified_run();
  const auto found = std::ranges::find(run.verdicts, requirement, &Verdict::requirement);
  found->outcome = outcome;
  found->reason = reason;
  return run;
}

Clause& clause(Run& run, const std::string& requirement) {
  return *std::ranges::find(run.clauses, requirement, &Clause::requirement);
}

// The clause stays in the record, nothing was planned for it.
Record run_without_trying(const std::string& requirement, const std::string& untried = {},
                          Level level = Level::functional) {
  Record run = certified_run(level);
  clause(run, requirement).planned = 0;
  clause(run, requirement).untried = untried;
  std::erase_if(run.verdicts, [&](const Verdict& v) { return v.requirement == requirement; });
  return run;
}

bool mentions(const std::vector<std::string>& sentences, std::string_view words) {
  return std::ranges::any_of(sentences, [&](const std::string& sentence) {
    return sentence.find(words) != std::string::npos;
  });
}

TEST(Judgement, a_run_in_which_everything_passed_is_certified) {
  const Record run = certified_run();
  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::certified);
  EXPECT_EQ(judgement.sentence, "sqlite 1.0.0 is certified: core, level 1 functional.");
  EXPECT_TRUE(judgement.obstacles.empty());
  EXPECT_EQ(exit_code(run, judgement), 0);
}

TEST(Judgement, a_failed_must_clause_is_not_certified) {
  const Record run = run_with(Outcome::failed);
  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_EQ(judgement.sentence,
            "sqlite 1.0.0 is not certified for core, level 1 functional: there is 1 obstacle.");
  EXPECT_EQ(judgement.obstacles,
            std::vector<std::string>{"LOCK_2 does not hold: keeps_LOCK_2 failed."});
  EXPECT_EQ(exit_code(run, judgement), 1);
}

TEST(Judgement, a_crash_or_a_timeout_of_a_must_clause_is_not_certified) {
  EXPECT_EQ(judge(run_with(Outcome::crashed)).conclusion, Conclusion::not_certified);
  EXPECT_EQ(judge(run_with(Outcome::timed_out)).conclusion, Conclusion::not_certified);
}

TEST(Judgement, what_passed_when_asked_again_has_failed) {
  Record run = run_with(Outcome::flaky);
  for (Verdict& verdict : run.verdicts) {
    if (verdict.outcome == Outcome::flaky) verdict.retries = {{.outcome = Outcome::passed}};
  }

  EXPECT_EQ(judge(run).conclusion, Conclusion::not_certified);
  EXPECT_EQ(exit_code(run, judge(run)), 1);
  EXPECT_TRUE(mentions(judge(run).obstacles, "LOCK_2 does not hold: keeps_LOCK_2 flaky."));
}

TEST(Judgement, a_record_that_hides_a_failed_attempt_contradicts_itself) {
  Record hidden = certified_run();
  hidden.verdicts.front().retries = {{.outcome = Outcome::passed}};
  EXPECT_NE(judge(hidden).conclusion, Conclusion::certified);

  Record never_passed = run_with(Outcome::flaky);
  EXPECT_TRUE(mentions(judge(never_passed).obstacles, "is flaky and never passed"));
}

TEST(Judgement, a_pass_that_still_shows_the_calls_of_a_failure_contradicts_itself) {
  Record run = certified_run();
  run.verdicts.front().calls = {"+0 ms  #1 fetch_turn(lock 30000 ms) -> nothing"};
  EXPECT_TRUE(mentions(judge(run).obstacles, "shows what only a failure shows"));

  Record other = certified_run();
  other.verdicts.front().output = "Expected: less\n";
  EXPECT_EQ(judge(other).conclusion, Conclusion::undecided);
}

TEST(Judgement, an_exemption_does_not_certify_a_must_clause) {
  const Judgement judgement = judge(run_with(Outcome::exempted));

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_TRUE(mentions(judgement.obstacles, "LOCK_2 does not hold: keeps_LOCK_2 exempted."));
}

TEST(Judgement, one_failed_repetition_refutes_the_clause) {
  Record run = certified_run();
  run.selection.repeat = 2;
  const std::vector<Verdict> first = run.verdicts;
  for (Verdict again : first) {
    again.repetition = 2;
    if (again.requirement == "LOCK_2") again.outcome = Outcome::failed;
    run.verdicts.push_back(again);
  }

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_TRUE(mentions(judgement.obstacles, "keeps_LOCK_2 #2 failed"));
}

TEST(Judgement, a_profile_whose_capability_is_not_declared_is_not_certified) {
  Record run = certified_run();
  run.selection.profiles = {"core", "engine"};

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_TRUE(mentions(judgement.obstacles,
                       "The profile engine needs sessions, which the provider does not declare."));
}

TEST(Judgement, an_inconclusive_must_clause_is_undecided) {
  const Record run = run_with(Outcome::inconclusive);
  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
  EXPECT_EQ(judgement.sentence,
            "It is undecided whether sqlite 1.0.0 keeps core, level 1 functional: there is 1 "
            "obstacle.");
  EXPECT_EQ(exit_code(run, judgement), 3);
}

TEST(Judgement, a_broken_must_clause_is_undecided) {
  EXPECT_EQ(judge(run_with(Outcome::broken)).conclusion, Conclusion::undecided);
}

TEST(Judgement, a_refuted_clause_outweighs_an_undecided_one) {
  Record run = run_with(Outcome::failed);
  std::ranges::find(run.verdicts, "LOCK_1", &Verdict::requirement)->outcome = Outcome::broken;

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::not_certified);
  EXPECT_EQ(judgement.obstacles.size(), 2U);
}

TEST(Judgement, a_missing_verdict_is_undecided) {
  Record run = certified_run();
  run.verdicts.pop_back();

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
  EXPECT_EQ(judgement.missing, 1U);
  EXPECT_TRUE(mentions(judgement.obstacles, "Missing: 1 verdict on"));
}

TEST(Judgement, a_missing_repetition_is_undecided) {
  Record run = certified_run();
  run.selection.repeat = 2;

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
  EXPECT_EQ(judgement.missing, run.verdicts.size());
}

TEST(Judgement, a_verdict_that_was_not_planned_is_undecided) {
  Record doubled = certified_run();
  doubled.verdicts.push_back(doubled.verdicts.front());
  Record foreign = certified_run();
  foreign.verdicts.push_back(reports::verdict("x", "BATCH_1", Outcome::passed));

  EXPECT_EQ(judge(doubled).conclusion, Conclusion::undecided);
  EXPECT_EQ(judge(foreign).conclusion, Conclusion::undecided);
}

TEST(Judgement, a_surplus_verdict_does_not_stand_in_for_a_missing_one) {
  Record run = certified_run();
  run.verdicts.back() = run.verdicts.front();

  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
}

TEST(Judgement, a_must_clause_that_nothing_tries_is_undecided) {
  EXPECT_TRUE(mentions(judge(run_without_trying("LOCK_2")).obstacles, "LOCK_2 was not tried."));
  EXPECT_EQ(judge(run_without_trying("LOCK_2")).conclusion, Conclusion::undecided);
  EXPECT_EQ(judge(run_without_trying("LOCK_2", "no validation yet")).conclusion,
            Conclusion::undecided);
}

TEST(Judgement, a_should_clause_that_nothing_tries_is_no_obstacle) {
  EXPECT_EQ(judge(run_without_trying("LOCK_11")).conclusion, Conclusion::certified);
}

TEST(Judgement, a_clause_that_binds_no_provider_is_a_remark) {
  Record run = certified_run();
  run.selection.profiles.push_back("context");
  run.description.capabilities.facets.insert(Capability::context_store);
  for (const char* id : {"CTX_1", "CTX_2"}) {
    run.clauses.push_back({id, Force::must, 1, ""});
    run.verdicts.push_back(reports::verdict("keeps", id, Outcome::passed));
    run.verdicts.back().validation += id;
  }
  run.clauses.push_back({"CTX_3", Force::must, 0, "it binds the engine"});

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::certified);
  EXPECT_TRUE(mentions(judgement.remarks, "CTX_3 is not asked of providers: It binds the engine"));
}

TEST(Judgement, a_must_clause_that_is_left_out_of_the_record_is_undecided) {
  Record run = run_without_trying("LOCK_2");
  std::erase_if(run.clauses, [](const Clause& c) { return c.requirement == "LOCK_2"; });

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
  EXPECT_EQ(judgement.obstacles, std::vector<std::string>{"LOCK_2 was left out."});
}

TEST(Judgement, a_should_clause_that_is_left_out_of_the_record_is_no_obstacle) {
  Record run = run_without_trying("LOCK_11");
  std::erase_if(run.clauses, [](const Clause& c) { return c.requirement == "LOCK_11"; });

  EXPECT_EQ(judge(run).conclusion, Conclusion::certified);
}

TEST(Judgement, an_absent_hook_is_named_once_however_often_it_was_asked_for) {
  Record run = run_with(Outcome::not_applicable, "TURN_6", "needs the hook corrupt_history");
  run.selection.repeat = 2;
  const std::vector<Verdict> first = run.verdicts;
  for (Verdict again : first) {
    again.repetition = 2;
    run.verdicts.push_back(again);
  }

  EXPECT_EQ(
      std::ranges::count_if(judge(run).remarks,
                            [](const std::string& each) { return each.starts_with("TURN_6"); }),
      1);
}

TEST(Judgement, an_absent_hook_is_a_remark_below_level_3) {
  for (const Level level : {Level::functional, Level::concurrent}) {
    const Judgement judgement =
        judge(run_without_trying("TURN_6", "needs the hook corrupt_history", level));

    EXPECT_EQ(judgement.conclusion, Conclusion::certified);
    EXPECT_TRUE(
        mentions(judgement.remarks, "TURN_6 was not tried: needs the hook corrupt_history."));
  }
}

TEST(Judgement, an_absent_hook_is_an_obstacle_from_level_3_on) {
  const Record untried =
      run_without_trying("TURN_6", "needs the hook corrupt_history", Level::durable);
  Record partly = certified_run(Level::resilient);
  Verdict& verdict = *std::ranges::find(partly.verdicts, "TURN_6", &Verdict::requirement);
  verdict.outcome = Outcome::not_applicable;
  verdict.reason = "needs the hook corrupt_history";

  for (const Record& run : {untried, partly}) {
    const Judgement judgement = judge(run);
    EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
    ASSERT_EQ(judgement.obstacles.size(), 1U);
    EXPECT_TRUE(mentions(judgement.obstacles, "TURN_6 was not tried"));
    EXPECT_TRUE(judgement.remarks.empty());
  }
}

TEST(Judgement, a_not_applicable_verdict_is_no_obstacle) {
  const Judgement hook =
      judge(run_with(Outcome::not_applicable, "TURN_6", "needs the hook corrupt_history"));
  const Judgement undeclared =
      judge(run_with(Outcome::not_applicable, "CAP_1", "the provider does not declare sessions"));

  EXPECT_EQ(hook.conclusion, Conclusion::certified);
  EXPECT_TRUE(mentions(
      hook.remarks, "TURN_6 was not tried in full: keeps_TURN_6 needs the hook corrupt_history."));
  EXPECT_EQ(undeclared.conclusion, Conclusion::certified);
  EXPECT_TRUE(undeclared.remarks.empty());
}

TEST(Judgement, a_should_clause_that_does_not_hold_is_a_remark) {
  for (const Outcome outcome : {Outcome::failed, Outcome::crashed, Outcome::exempted}) {
    Record run = run_with(outcome, "LOCK_11");
    if (outcome == Outcome::exempted) run.exemptions = {{.subject = "LOCK_11"}};
    const Judgement judgement = judge(run);

    EXPECT_EQ(judgement.conclusion, Conclusion::certified);
    EXPECT_TRUE(mentions(judgement.remarks, "LOCK_11 (SHOULD) does not hold"));
  }
}

TEST(Judgement, a_should_clause_that_is_undecided_is_a_remark) {
  const Judgement judgement = judge(run_with(Outcome::broken, "LOCK_11"));

  EXPECT_EQ(judgement.conclusion, Conclusion::certified);
  EXPECT_TRUE(mentions(judgement.remarks, "LOCK_11 (SHOULD) is undecided"));
}

TEST(Judgement, a_part_of_a_profile_is_partial) {
  Record filtered = certified_run();
  filtered.selection.filter = "keeps_*";
  Record chosen = certified_run();
  chosen.selection.requirements = {"LOCK"};
  std::erase_if(chosen.clauses, [](const Clause& c) { return c.requirement != "LOCK_2"; });
  std::erase_if(chosen.verdicts, [](const Verdict& v) { return v.requirement != "LOCK_2"; });

  for (const Record& run : {filtered, chosen}) {
    const Judgement judgement = judge(run);
    EXPECT_EQ(judgement.conclusion, Conclusion::partial);
    EXPECT_EQ(judgement.sentence,
              "sqlite 1.0.0 passed what was asked, which is a part of core, level 1 functional and "
              "certifies nothing.");
    EXPECT_EQ(exit_code(run, judgement), 0);
  }
}

TEST(Judgement, a_failed_part_is_not_certified) {
  Record run = run_with(Outcome::failed);
  run.selection.filter = "keeps_*";

  EXPECT_EQ(judge(run).conclusion, Conclusion::not_certified);
}

TEST(Judgement, an_interrupted_run_is_undecided) {
  Record run = certified_run();
  run.interrupted = true;

  const Judgement judgement = judge(run);

  EXPECT_EQ(judgement.conclusion, Conclusion::undecided);
  EXPECT_EQ(judgement.obstacles, std::vector<std::string>{"The run was interrupted."});
  EXPECT_EQ(exit_code(run, judgement), 130);
}

TEST(Judgement, a_run_in_which_nothing_passed_is_undecided) {
  EXPECT_EQ(judge(Record()).conclusion, Conclusion::undecided);
  Record run = certified_run();
  run.selection.filter = "no_such_*";
  run.clauses.clear();
  run.verdicts.clear();
  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
}

TEST(Judgement, an_unknown_profile_is_undecided) {
  Record run = certified_run();
  run.selection.profiles = {"core", "everything"};

  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
}

TEST(Judgement, outcomes_and_missing_verdicts_add_up_to_what_was_planned) {
  for (const Record& run : {reports::sample_run(), certified_run(), Record()}) {
    const Judgement judgement = judge(run);
    std::uint64_t planned = 0;
    for (const Clause& clause : run.clauses) planned += clause.planned * run.selection.repeat;

    EXPECT_EQ(judgement.planned, planned);
    EXPECT_EQ(std::accumulate(judgement.count.begin(), judgement.count.end(), judgement.missing),
              planned);
  }
}

TEST(Judgement, the_sample_has_every_outcome) {
  const Judgement judgement = judge(reports::sample_run());
  for (const std::uint64_t count : judgement.count) EXPECT_GT(count, 0U);
}

TEST(Outcome, every_name_is_found_again) {
  for (int i = 0; i < 8; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(find_outcome(name(outcome)), outcome);
  }
  EXPECT_EQ(find_outcome("Passed"), std::nullopt);
  EXPECT_EQ(find_outcome(""), std::nullopt);
}

TEST(Judgement, a_passed_verdict_with_findings_contradicts_itself) {
  Record run = certified_run();
  run.verdicts[0].failures = {{"Expected: one, actual: two", "validations/locks/locks.cc", 1}};

  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
  EXPECT_TRUE(mentions(judge(run).obstacles, "has findings"));
}

TEST(Judgement, what_is_not_applicable_has_a_reason) {
  const Record run = run_with(Outcome::not_applicable);

  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
  EXPECT_TRUE(mentions(judge(run).obstacles, "has no reason"));
}

TEST(Judgement, what_is_declared_cannot_be_the_reason_for_not_asking) {
  for (const char* reason :
       {"the provider does not declare queues",
        "the provider does not declare that anything outlives its last handle"}) {
    Record run = run_with(Outcome::not_applicable, "LOCK_2", reason);
    run.description.capabilities.durability = Durability::power_loss;

    EXPECT_EQ(judge(run).conclusion, Conclusion::undecided) << reason;
    EXPECT_TRUE(mentions(judge(run).obstacles, "names what the provider declares")) << reason;
  }
}

TEST(Judgement, the_force_of_a_clause_is_the_contracts) {
  Record run = run_with(Outcome::failed);
  clause(run, "LOCK_2").force = Force::should;

  EXPECT_NE(judge(run).conclusion, Conclusion::certified);
  EXPECT_TRUE(mentions(judge(run).obstacles, "LOCK_2 is a MUST"));
}

TEST(Judgement, two_verdicts_of_one_validation_are_no_substitute_for_another) {
  Record run = certified_run();
  run.verdicts.push_back(run.verdicts[0]);

  EXPECT_EQ(judge(run).conclusion, Conclusion::undecided);
  EXPECT_TRUE(mentions(judge(run).obstacles, "two verdicts"));
}

TEST(Judgement, a_volatile_provider_is_certified_with_a_remark) {
  Record run = run_with(Outcome::not_applicable, "LOCK_2",
                        "the provider does not declare that anything outlives its last handle");
  run.description.capabilities.durability = Durability::is_volatile;

  EXPECT_EQ(judge(run).conclusion, Conclusion::certified);
  EXPECT_TRUE(mentions(judge(run).remarks, "volatile"));
}

}  // namespace
}  // namespace ackproof
