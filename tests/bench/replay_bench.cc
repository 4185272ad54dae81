// How long a turn of a workflow with a long history takes the engine: decoding, replay, and the commit.
//
//   replay_bench [--events N]
//
// N is 10,000 if it is not given. No store takes part: what is measured is the function `decide`, with a
// history of that length and one new answer, for programs that ask for one thing at a time and for many.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/decide.h"

namespace ackproof::bench {
namespace {

using engine::Codec;
using engine::Context;
using engine::EntryKind;
using engine::Future;
using engine::Registry;
using engine::Spawned;
using engine::Task;
using engine::Value;

constexpr int kTimes = 15;
constexpr std::size_t kStrands = 10;

// One activity after the other.
Task<int> in_sequence(Context& context, int steps) {
  int sum = 0;
  for (int i = 0; i < steps; ++i) {
    const int next = co_await context.activity<int>("step", i);
    sum += next;
  }
  co_return sum;
}

// All at once.
Task<int> fan_out(Context& context, int steps) {
  std::vector<Future<int>> asked;
  for (int i = 0; i < steps; ++i) asked.push_back(context.activity<int>("step", i));
  int sum = 0;
  for (const Future<int>& one : asked) {
    const int next = co_await one;
    sum += next;
  }
  co_return sum;
}

// Ten tasks side by side, each with one activity after the other.
Task<int> side_by_side(Context& context, int steps) {
  std::vector<Spawned<int>> tasks;
  for (std::size_t i = 0; i < kStrands; ++i) {
    tasks.push_back(context.spawn(in_sequence(context, steps / static_cast<int>(kStrands))));
  }
  int sum = 0;
  for (const Spawned<int>& task : tasks) {
    const int part = co_await task;
    sum += part;
  }
  co_return sum;
}

// One task for each activity.
Task<int> task_for_each(Context& context, int steps) {
  std::vector<Spawned<int>> tasks;
  for (int i = 0; i < steps; ++i) tasks.push_back(context.spawn(in_sequence(context, 1)));
  int sum = 0;
  for (const Spawned<int>& task : tasks) {
    const int part = co_await task;
    sum += part;
  }
  co_return sum;
}

Registry programs() {
  Registry registry;
  registry.program("in_sequence", in_sequence)
      .program("fan_out", fan_out)
      .program("side_by_side", side_by_side)
      .program("task_for_each", task_for_each);
  return registry;
}

// A program, and how many of its activities are open at a time.
struct Shape {
  const char* program;
  std::size_t open;
};

// A turn with such a history, in which the first activity that is open has just been answered.
class Tale {
 public:
  Tale(const Registry& registry, const Shape& shape, std::size_t events) : registry_(registry) {
    const std::size_t steps = events / 2;
    turn_.instance = "one";
    turn_.name = shape.program;
    add(EntryKind::started, std::nullopt,
        {{"name", shape.program}, {"version", "1"}, {"input", steps}});
    std::deque<std::uint64_t> open;
    const auto ask = [&] {
      open.push_back(add(EntryKind::activity_scheduled, std::nullopt,
                         {{"name", "step"}, {"input", asked_++ / shape.open}}));
    };
    while (open.size() < std::min(shape.open, steps)) ask();
    while (turn_.history.size() + 2 <= events) {
      add(EntryKind::activity_completed, open.front(), {{"result", 1}});
      open.pop_front();
      if (asked_ < steps) ask();
    }
    Message answer;
    answer.kind = MessageKind::activity_completed;
    answer.target = turn_.instance;
    answer.execution = 1;
    answer.id = open.front();
    answer.payload = encode({{"result", 1}}, Codec::json);
    turn_.messages = {answer};
  }

  std::size_t events() const { return turn_.history.size(); }

  // Of this thread's processor time: what others do on the machine is not counted.
  double milliseconds() const {
    const double begin = processor_ms();
    const auto decided = engine::decide(turn_, registry_, engine::Settings(), Capabilities());
    const double end = processor_ms();
    const auto& events = std::get<TurnCommit>(decided).events;
    const bool is_replayed = !events.empty() && events.back().kind != "Failed";
    if (!is_replayed) throw std::runtime_error(turn_.name + " does not do what its history says");
    return end - begin;
  }

 private:
  std::uint64_t add(EntryKind kind, std::optional<std::uint64_t> source, Value data) {
    const std::uint64_t id = turn_.history.size() + 1;
    turn_.history.push_back(
        to_event({id, kind, source, Time(), std::move(data)}, Codec::json, "1.0.0"));
    return id;
  }

  static double processor_ms() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }

  const Registry& registry_;
  Turn turn_;
  std::size_t asked_ = 0;
};

void tell(const Registry& registry, const Shape& shape, std::size_t events) {
  const Tale tale(registry, shape, events);
  std::vector<double> took;
  for (int i = 0; i < kTimes; ++i) took.push_back(tale.milliseconds());
  std::ranges::sort(took);
  std::printf("%-14s %7zu events: %8.1f ms (median of %d, %.1f to %.1f)\n", shape.program,
              tale.events(), took[kTimes / 2], kTimes, took.front(), took.back());
  std::fflush(stdout);
}

}  // namespace
}  // namespace ackproof::bench

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool is_told = words.size() == 2 && words[0] == "--events";
    if (!words.empty() && !is_told) throw std::runtime_error("replay_bench [--events N]");
    const std::size_t events = is_told ? std::stoul(words[1]) : 10'000;
    const ackproof::engine::Registry registry = ackproof::bench::programs();
    for (const auto& shape :
         std::initializer_list<ackproof::bench::Shape>{{"in_sequence", 1},
                                                       {"side_by_side", ackproof::bench::kStrands},
                                                       {"fan_out", events},
                                                       {"task_for_each", events}}) {
      ackproof::bench::tell(registry, shape, events);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "replay_bench: %s\n", error.what());
    return 2;
  }
  return 0;
}
