#include "reports/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

Record with(Outcome outcome, const std::string& requirement = "LOCK_2") {
  Record run = certified_run();
  std::ranges::find(run.verdicts, requirement, &Verdict::requirement)->outcome = outcome;
  return run;
}

Record without(const std::string& requirement) {
  Record run = certified_run();
  std::erase_if(run.verdicts, [&](const Verdict& v) { return v.requirement == requirement; });
  return run;
}

// The one change between the two, "regressed keeps_LOCK_2".
std::string change(const Record& before, const Record& after) {
  const Comparison comparison = compare(before, after);
  std::string all;
  for (const Change& each : comparison.changes) {
    all += (all.empty() ? "" : ", ") + std::string(name(each.trend)) + " " + each.validation;
  }
  return all;
}

TEST(Comparison, of_a_run_with_itself_tells_nothing) {
  const Comparison comparison = compare(certified_run(), certified_run());

  EXPECT_TRUE(comparison.changes.empty());
  EXPECT_TRUE(comparison.remarks.empty());
  EXPECT_EQ(comparison.still_passing, certified_run().verdicts.size());
  EXPECT_FALSE(comparison.is_worse());
}

TEST(Comparison, what_passed_and_does_not_any_more_has_regressed_however_it_ended) {
  for (const Outcome outcome : {Outcome::failed, Outcome::crashed, Outcome::timed_out,
                                Outcome::inconclusive, Outcome::broken, Outcome::exempted}) {
    EXPECT_EQ(change(certified_run(), with(outcome)), "regressed keeps_LOCK_2");
    EXPECT_EQ(compare(certified_run(), with(outcome)).is_worse(), outcome != Outcome::exempted)
        << "an exemption may be introduced";
    EXPECT_EQ(change(with(outcome), certified_run()), "fixed keeps_LOCK_2");
    EXPECT_FALSE(compare(with(outcome), certified_run()).is_worse());
    EXPECT_EQ(change(with(outcome), with(outcome)), "still failing keeps_LOCK_2");
  }
  EXPECT_EQ(change(with(Outcome::failed), with(Outcome::inconclusive)),
            "still failing keeps_LOCK_2")
      << "a doubt is no mend";
  EXPECT_EQ(change(with(Outcome::inconclusive), with(Outcome::failed)), "regressed keeps_LOCK_2")
      << "nor is a refutation what a doubt was";
}

// An exemption is an agreement about a failure, and ends when the failure counts again.
TEST(Comparison, what_was_bad_and_has_become_worse_has_regressed) {
  constexpr std::array kFromTheWorst = {Outcome::failed, Outcome::flaky, Outcome::exempted,
                                        Outcome::inconclusive};
  for (std::size_t before = 0; before < kFromTheWorst.size(); ++before) {
    for (std::size_t after = 0; after < kFromTheWorst.size(); ++after) {
      const Record then = with(kFromTheWorst[before]);
      const Record now = with(kFromTheWorst[after]);
      const bool is_worse = after < before;

      EXPECT_EQ(change(then, now),
                is_worse ? "regressed keeps_LOCK_2" : "still failing keeps_LOCK_2")
          << before << " " << after;
      EXPECT_EQ(compare(then, now).is_worse(),
                is_worse && kFromTheWorst[after] != Outcome::exempted);
    }
  }
}

TEST(Comparison, with_a_run_that_asked_less_hard_is_worse) {
  Record hard = certified_run();
  const auto eased = [&hard](const auto& ease) {
    Record easy = hard;
    ease(easy.selection);
    const Comparison comparison = compare(hard, easy);
    EXPECT_FALSE(compare(easy, hard).is_worse()) << "to ask harder is no harm";
    EXPECT_EQ(comparison.is_worse(), !comparison.remarks.empty());
    return comparison.remarks.empty() ? "" : comparison.remarks.back();
  };
  hard.selection.sequences = 20'000;
  hard.selection.sequence_length = 100;
  EXPECT_EQ(eased([](Selection& asked) { asked.sequences = 1'000; }),
            "The later run asked less hard: 20,000 random sequences before, and 1,000 now.");
  EXPECT_EQ(eased([](Selection& asked) { asked.sequence_length = 60; }),
            "The later run asked less hard: 100 calls of a sequence before, and 60 now.");
  EXPECT_EQ(eased([](Selection&) {}), "");

  hard.verdicts = with(Outcome::not_applicable, "CONC_4").verdicts;
  EXPECT_EQ(eased([](Selection& asked) { asked.sequences = 1'000; }), "") << "there were none";
}

TEST(Comparison, fewer_repetitions_are_worse) {
  const Record once = certified_run();
  Record twice = once;
  twice.selection.repeat = 2;
  for (const Verdict& verdict : once.verdicts) {
    twice.verdicts.push_back(verdict);
    twice.verdicts.back().repetition = 2;
  }

  const Comparison comparison = compare(twice, once);

  EXPECT_TRUE(comparison.is_worse());
  EXPECT_EQ(
      comparison.remarks,
      std::vector<std::string>{"The later run asked less hard: 2 repetitions before, and 1 now."});
  EXPECT_FALSE(compare(once, twice).is_worse());
}

TEST(Comparison, what_is_not_asked_any_more_is_worse) {
  EXPECT_EQ(change(certified_run(), without("LOCK_2")), "removed keeps_LOCK_2");
  EXPECT_EQ(change(certified_run(), with(Outcome::not_applicable)), "removed keeps_LOCK_2");
  EXPECT_TRUE(compare(certified_run(), without("LOCK_2")).is_worse());
}

TEST(Comparison, with_a_run_that_is_not_whole_is_worse) {
  Record interrupted = certified_run();
  interrupted.interrupted = true;
  EXPECT_TRUE(compare(certified_run(), interrupted).is_worse());
  EXPECT_FALSE(compare(interrupted, certified_run()).is_worse());

  Record missing = certified_run();
  missing.selection.repeat = 2;
  EXPECT_TRUE(compare(certified_run(), missing).is_worse()) << "repetitions are missing";
}

TEST(Comparison, what_is_asked_for_the_first_time_is_added_or_new) {
  EXPECT_EQ(change(without("LOCK_2"), certified_run()), "added keeps_LOCK_2");
  EXPECT_FALSE(compare(without("LOCK_2"), certified_run()).is_worse());
  EXPECT_EQ(change(without("LOCK_2"), with(Outcome::failed)), "new keeps_LOCK_2");
  EXPECT_TRUE(compare(without("LOCK_2"), with(Outcome::failed)).is_worse());
}

TEST(Comparison, one_failed_repetition_of_many_counts) {
  Record flaky = certified_run();
  flaky.verdicts.push_back(flaky.verdicts.front());
  flaky.verdicts.back().repetition = 2;
  flaky.verdicts.back().outcome = Outcome::failed;

  EXPECT_EQ(change(certified_run(), flaky), "regressed " + flaky.verdicts.front().validation);
}

TEST(Comparison, says_what_else_differs) {
  Record other = certified_run();
  other.description.version = "1.1.0";
  other.suite.contract_version = "2";
  other.selection.filter = "keeps_*";

  const Comparison comparison = compare(certified_run(), other);

  EXPECT_EQ(comparison.remarks,
            (std::vector<std::string>{"The provider was sqlite 1.0.0 and is sqlite 1.1.0.",
                                      "The contract was 1 and is 2.",
                                      "The later run asked only a part of its profiles."}));
}

TEST(Comparison, tells_the_worst_first_and_counts_at_the_end) {
  Record after = with(Outcome::failed);
  std::ranges::find(after.verdicts, "ACK_1", &Verdict::requirement)->outcome = Outcome::passed;

  const std::string text = render_comparison(compare(with(Outcome::failed, "ACK_1"), after));

  EXPECT_LT(text.find("regressed"), text.find("fixed"));
  EXPECT_NE(text.find("keeps_LOCK_2: passed, now failed"), std::string::npos) << text;
  EXPECT_NE(text.find("1 regressed, 0 new, 0 removed, 0 still failing, 1 fixed, 0 added, "),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace ackproof::reports
