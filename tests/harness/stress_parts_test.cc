// The parts of a stress run that can be asked alone.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <stdexcept>

#include "harness/stress/board.h"
#include "harness/stress/contained.h"
#include "harness/stress/histogram.h"
#include "harness/stress/loads.h"
#include "harness/stress/sample.h"
#include "harness/stress/usage.h"

namespace ackproof::stress {
namespace {

// --- Latencies

std::uint64_t exact(const std::vector<std::uint64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[rank - 1];
}

TEST(Histogram, percentiles_are_never_too_low_and_at_most_one_percent_too_high) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    Histogram histogram;
    std::vector<std::uint64_t> all;
    const std::uint64_t number = 1 + random() % 2'000;
    for (std::uint64_t i = 0; i < number; ++i) {
      all.push_back(random() >> (random() % 64));  // Of every size.
      histogram.add(all.back());
    }
    std::ranges::sort(all);
    const Latency told = histogram.told();
    for (const auto& [share, us] :
         {std::pair{0.50, told.p50_us}, {0.95, told.p95_us}, {0.99, told.p99_us}}) {
      EXPECT_GE(us, exact(all, share));
      EXPECT_LE(us - exact(all, share), exact(all, share) / 100);
    }
    EXPECT_EQ(told.max_us, all.back());
    std::uint64_t count = 0;
    for (const LatencyBucket& bucket : told.buckets) count += bucket.count;
    EXPECT_EQ(count, number);
    EXPECT_EQ(told.buckets.back().up_to_us, told.max_us);
  }
}

TEST(Histogram, without_anything_it_tells_nothing) { EXPECT_EQ(Histogram().told(), Latency()); }

// --- Who is under way

Flow flow(const std::string& instance, Moment due) {
  return {instance, 1, loads_named("steps").front(), due};
}

TEST(Board, a_workflow_is_due_when_the_one_before_it_has_ended) {
  const Moment begin = std::chrono::steady_clock::now() - std::chrono::seconds(5);
  Board board(1, begin);
  const std::optional<Moment> first = board.take_place(begin);
  ASSERT_EQ(first, begin) << "all places are free from the beginning on";
  board.began(flow("a", *first));
  EXPECT_FALSE(board.take_place(begin)) << "there is one place";
  EXPECT_EQ(board.numbers().under_way, 1U);

  board.ended("a");
  board.ended("a");
  board.ended("a.child-0");

  EXPECT_EQ(board.numbers().ended, 1U) << "an end counts once, and a child is nobody's";
  EXPECT_GE(board.latency().max_us, 5'000'000U) << "from when it was due, not from when it began";
  EXPECT_EQ(board.latency(), board.latency(*loads_named("steps").front()));
  const std::optional<Moment> second = board.take_place(begin);
  ASSERT_TRUE(second);
  EXPECT_GE(*second, begin + std::chrono::seconds(5)) << "when the place became free";
  EXPECT_EQ(board.take_ended(Duration(0))->instance, "a");
  EXPECT_FALSE(board.take_ended(Duration(0)));
}

TEST(Board, seconds_and_phases_add_up) {
  const Moment begin = std::chrono::steady_clock::now() - std::chrono::seconds(3);
  Board board(2, begin);
  const auto pass = [&] {
    EXPECT_FALSE(
        board.wait_until_drained(std::chrono::steady_clock::now() + std::chrono::milliseconds(2)));
  };
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) board.began(flow(name, begin));
  board.ended("a");
  board.ended("b");
  pass();
  board.ended("c");
  board.ended("d");
  pass();
  board.ended("e");
  pass();
  board.stop_feeding();
  board.ended("f");

  const StressPhases phases = board.phases();
  EXPECT_EQ(phases.ended_between, 2U) << "c and d: behind the ramp of two; e is part of a round";
  EXPECT_LE(phases.ramp_us, phases.feed_us);
  EXPECT_LE(phases.feed_us, phases.whole_us);
  EXPECT_GE(phases.between_us, 2'000U) << "from b to d";
  EXPECT_LE(phases.between_us + 4'000, phases.feed_us - phases.ramp_us) << "not until the drain";
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  for (const StressSecond& second : board.seconds()) {
    started += second.started;
    ended += second.ended;
  }
  EXPECT_EQ(started, 6U);
  EXPECT_EQ(ended, 6U);
  EXPECT_EQ(board.seconds().back().under_way, 0U);
  EXPECT_TRUE(board.wait_until_drained(begin));
}

// --- Loads

TEST(Loads, a_mixed_load_has_all_of_them_and_an_unknown_name_none) {
  EXPECT_EQ(loads_named("mixed").size(), loads().size());
  EXPECT_TRUE(loads_named("nosuch").empty());
  for (const Load& load : loads()) {
    ASSERT_EQ(loads_named(load.name).size(), 1U);
    EXPECT_EQ(loads_named(load.name).front(), &load);
  }
}

TEST(Loads, some_continue_as_new_some_are_cancelled_and_some_get_mail) {
  using Kind = Sent::Kind;
  std::set<Kind> sent;
  std::uint64_t most_executions = 0;
  for (const Load& load : loads()) {
    most_executions = std::max(most_executions, load.expected(5, {}).executions);
    if (load.sent == nullptr) continue;
    for (const Sent& each : load.sent(5)) sent.insert(each.kind);
  }
  EXPECT_EQ(sent, (std::set{Kind::event, Kind::message, Kind::cancellation}));
  EXPECT_GT(most_executions, 1U);
}

TEST(Loads, another_seed_makes_other_workflows) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (std::uint64_t number = 0; number < 30; ++number) keys.insert(key_of(seed, number));
  }
  EXPECT_EQ(keys.size(), 900U);
  for (const Load& load : loads()) {
    StressSettings settings;
    settings.payload_bytes = 100;
    EXPECT_EQ(load.expected(5, settings).result, load.expected(5, settings).result) << load.name;
    if (load.name == "saga") continue;  // Of which a third ends all the same.
    EXPECT_NE(load.expected(5, settings).result, load.expected(6, settings).result) << load.name;
  }
}

// --- What is looked at again

// Found right in any order, since workflows end in any.
TEST(Sample, is_bounded_spread_over_the_run_and_the_same_for_the_same_seed) {
  constexpr std::uint64_t kRun = 20'000;
  const auto sample_of = [](std::uint64_t seed, bool is_backwards) {
    Sample sample;
    for (std::uint64_t i = 0; i < kRun; ++i) {
      const std::uint64_t number = is_backwards ? kRun - 1 - i : i;
      sample.add({std::to_string(number), key_of(seed, number), &loads().front(), Moment()});
    }
    std::set<std::uint64_t> numbers;
    for (const auto& [key, flow] : sample.flows()) numbers.insert(std::stoull(flow.instance));
    return numbers;
  };

  const std::set<std::uint64_t> numbers = sample_of(7, false);

  EXPECT_EQ(numbers.size(), Sample::kMost);
  EXPECT_EQ(numbers, sample_of(7, true));
  EXPECT_NE(numbers, sample_of(8, false));
  for (std::uint64_t tenth = 0; tenth < 10; ++tenth) {
    const auto first = numbers.lower_bound(tenth * kRun / 10);
    const auto last = numbers.lower_bound((tenth + 1) * kRun / 10);
    EXPECT_NEAR(static_cast<double>(std::distance(first, last)), 100, 50) << tenth;
  }
}

TEST(Sample, has_all_of_a_short_run) {
  Sample sample;
  for (std::uint64_t number = 0; number < 12; ++number) {
    sample.add({std::to_string(number), key_of(7, number), &loads().front(), Moment()});
  }
  EXPECT_EQ(sample.flows().size(), 12U);
}

// --- A process of its own

const auto kNobody = [](const std::string&) {};

TEST(Contained, what_the_work_returns_and_tells_arrives) {
  std::vector<std::string> shown;
  const ContainedEnd end = contained(
      [](const Tell& tell) {
        tell("one", true);
        tell("", false);
        tell("two", false);
        std::printf("noise\n");
        return std::string(200'000, 'x');
      },
      Duration(30'000), [&](const std::string& line) { shown.push_back(line); });

  EXPECT_EQ(end.said, std::string(200'000, 'x'));
  EXPECT_EQ(end.trouble, "");
  EXPECT_EQ(end.printed, "noise\n");
  EXPECT_EQ(shown, (std::vector<std::string>{"one", "two"}));
}

TEST(Contained, a_process_that_dies_is_told_of) {
  const ContainedEnd aborted = contained(
      [](const Tell&) -> std::string {
        std::fprintf(stderr, "last words\n");
        std::abort();
      },
      Duration(30'000), kNobody);
  EXPECT_NE(aborted.trouble.find("signal 6"), std::string::npos) << aborted.trouble;
  EXPECT_EQ(aborted.printed, "last words\n");

  const ContainedEnd left =
      contained([](const Tell&) -> std::string { _exit(0); }, Duration(30'000), kNobody);
  EXPECT_EQ(left.trouble, "its process ended without a word");

  const ContainedEnd thrown =
      contained([](const Tell&) -> std::string { throw std::runtime_error("thrown"); },
                Duration(30'000), kNobody);
  EXPECT_EQ(thrown.trouble, "its process ended with 1");
  EXPECT_EQ(thrown.printed, "thrown\n");
}

TEST(Contained, one_that_hangs_is_killed_though_it_goes_on_telling) {
  const ContainedEnd end = contained(
      [](const Tell& tell) -> std::string {
        for (;;) {
          tell("still here", false);
          usleep(10'000);
        }
      },
      Duration(200), kNobody);
  EXPECT_NE(end.trouble.find("a call of the provider has not ended"), std::string::npos)
      << end.trouble;
  EXPECT_EQ(end.said, "");
}

// --- What processes use

TEST(Usage, what_this_process_uses_is_seen) {
  const StressUsage before = usage_of_this_process();
  std::vector<char> memory(before.peak_bytes + (32U << 20U), 'x');
  volatile std::uint64_t sum = 0;
  while (usage_of_this_process().user_us < before.user_us + 20'000) {
    for (const char byte : memory) sum = sum + static_cast<std::uint64_t>(byte);
  }
  EXPECT_GE(usage_of_this_process().peak_bytes, memory.size());
}

// The test takes itself for a server.
TEST(Usage, a_servers_processes_count_together_also_those_that_have_ended) {
  ServerUsage server(getpid());
  server.look();
  const StressUsage before = server.told();
  contained(
      [](const Tell&) {
        const std::uint64_t begin = usage_of_this_process().user_us;
        volatile std::uint64_t number = 0;
        while (usage_of_this_process().user_us < begin + 100'000) number = number + 1;
        return std::string("done");
      },
      Duration(60'000), kNobody);
  server.look();

  EXPECT_GE(server.told().user_us, before.user_us + 80'000);
  EXPECT_GT(server.told().peak_bytes, 0U);
}

}  // namespace
}  // namespace ackproof::stress
