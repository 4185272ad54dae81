#include "reports/shards.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "reports/judgement.h"
#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

// The run that is dealt out.
Record whole_run() {
  Record run = certified_run();
  run.selection.repeat = 2;
  std::vector<Verdict> twice;
  for (const Verdict& verdict : run.verdicts) {
    twice.push_back(verdict);
    twice.push_back(verdict);
    twice.back().repetition = 2;
  }
  run.verdicts = twice;
  return run;
}

// As so many processes would have recorded it.
std::vector<Record> dealt(const Record& run, std::uint64_t count) {
  std::vector<Record> shards(count, run);
  for (std::uint64_t i = 0; i < count; ++i) {
    shards[i].selection.shard = {i + 1, count};
    shards[i].verdicts.clear();
    for (Clause& clause : shards[i].clauses) clause.planned = 0;
  }
  for (std::size_t i = 0; i < run.verdicts.size(); ++i) {
    Record& shard = shards[i / run.selection.repeat % count];
    shard.verdicts.push_back(run.verdicts[i]);
    for (Clause& clause : shard.clauses) {
      const bool is_its = clause.requirement == run.verdicts[i].requirement;
      if (is_its && run.verdicts[i].repetition == 1) ++clause.planned;
    }
  }
  return shards;
}

std::vector<std::string> names_for(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i)
    names.push_back(std::string(1, static_cast<char>('a' + i)));
  return names;
}

std::string refusal(const std::vector<Record>& shards) {
  const Result<Record> merged = merge(shards, names_for(shards.size()));
  return merged ? "" : merged.error().message;
}

TEST(Shards, put_together_are_the_whole_run_in_any_order) {
  Record expected = whole_run();
  expected.command = "ackproof certify sqlite --seed 42";
  expected.options = {{"repeat", "2"}};
  for (const std::uint64_t count : {1, 2, 3, 7}) {
    std::vector<Record> shards = dealt(whole_run(), count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string part = std::to_string(i + 1) + "/" + std::to_string(count);
      shards[i].command = "ackproof certify sqlite --shard " + part + " --seed 42 --out 'a b'";
      shards[i].options = {{"repeat", "2"}, {"shard", part}, {"out", "a b"}};
    }
    std::ranges::reverse(shards);

    const Record merged = merge(shards, names_for(count)).value();

    EXPECT_EQ(merged, expected) << count;
    EXPECT_EQ(judge(merged).conclusion, Conclusion::certified);
  }
}

TEST(Shards, may_be_dealt_nothing) {
  const std::vector<Record> shards = dealt(whole_run(), 500);
  EXPECT_TRUE(shards.back().verdicts.empty());
  EXPECT_EQ(exit_code(shards.back(), judge(shards.back())), 0);
  EXPECT_EQ(judge(merge(shards, names_for(500)).value()).conclusion, Conclusion::certified);
}

TEST(Shards, alone_certify_nothing) {
  EXPECT_EQ(judge(dealt(whole_run(), 2)[0]).conclusion, Conclusion::partial);
}

TEST(Shards, that_are_missing_or_there_twice_are_refused) {
  std::vector<Record> shards = dealt(whole_run(), 3);
  EXPECT_EQ(refusal({shards[0], shards[2]}), "of 3 shards these are missing: 2");
  EXPECT_EQ(refusal({shards[0]}), "of 3 shards these are missing: 2 and 3");
  EXPECT_EQ(refusal({shards[0], shards[1], shards[0], shards[2]}), "a and c are both shard 1 of 3");
  EXPECT_EQ(refusal({}), "there is nothing to merge");
}

TEST(Shards, of_different_runs_are_refused) {
  const auto spoiled = [](auto spoil) {
    std::vector<Record> shards = dealt(whole_run(), 2);
    spoil(shards[1]);
    return refusal(shards);
  };
  EXPECT_EQ(spoiled([](Record& run) { run.suite.binary_digest = "sha256:other"; }),
            "a and b were made by different suites");
  EXPECT_EQ(spoiled([](Record& run) { run.provider = "memory"; }),
            "a and b are about different providers, or one that says different things of itself");
  EXPECT_EQ(spoiled([](Record& run) { run.description.capabilities.limits.id_bytes = 7; }),
            "a and b are about different providers, or one that says different things of itself");
  EXPECT_EQ(spoiled([](Record& run) { run.selection.seed = 7; }),
            "a and b have different seeds: give all shards the same --seed");
  EXPECT_EQ(spoiled([](Record& run) { run.selection.profiles = {"engine"}; }),
            "a and b have different selections");
  EXPECT_EQ(spoiled([](Record& run) { run.selection.shard.count = 3; }),
            "a and b are parts of 2 and of 3");
  EXPECT_EQ(spoiled([](Record& run) { run.clauses.pop_back(); }), "a and b list different clauses");
  EXPECT_EQ(spoiled([](Record& run) { run.exemptions.push_back({.subject = "LOCK_2"}); }),
            "a and b have different exemptions");
}

TEST(Shards, that_lost_a_verdict_or_were_interrupted_make_a_run_that_did) {
  std::vector<Record> shards = dealt(whole_run(), 2);
  shards[1].verdicts.pop_back();
  shards[0].interrupted = true;

  const Record merged = merge(shards, names_for(2)).value();

  EXPECT_TRUE(merged.interrupted);
  EXPECT_EQ(judge(merged).missing, 1U);
}

TEST(Shards, of_different_machines_name_all_of_them) {
  std::vector<Record> shards = dealt(whole_run(), 2);
  shards[1].environment.system = "Linux 6.9 aarch64";
  shards[1].environment.cores = 1;
  shards[1].started_at = "2026-01-01T00:00:00Z";

  const Record merged = merge(shards, names_for(2)).value();

  EXPECT_EQ(merged.environment.system, "Linux 6.1.0 x86_64; Linux 6.9 aarch64");
  EXPECT_EQ(merged.environment.cores, 1U);
  EXPECT_EQ(merged.started_at, "2026-01-01T00:00:00Z");
}

}  // namespace
}  // namespace ackproof::reports
