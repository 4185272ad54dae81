// Workflows per second of the engine over every provider.
//
//   engine_bench [--seconds S] [PROVIDER...]
//
// The workload is that by which the closest peer publishes its figures: workflows of five activities one after the
// other, twenty workflows under way at a time, two turn and two activity workers; activities of 10 ms, and of none.
// With 10 ms two workers can do forty workflows a second at most. With 0 ms the store is the limit: what it could do
// at most is how many commits as durable and as long as the provider's it takes a second (raw.h), from as many
// threads, divided by how many of them a workflow needs, which is counted.
//
// Two rates are told: of the workflows that ended behind the ramp (as many ended as are under way) and before the
// drain (no more are started), and of all of them in all of the time.
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "contract/forwarding_provider.h"
#include "engine/workers.h"
#include "harness/stress/board.h"
#include "tests/bench/raw.h"

namespace ackproof::bench {
namespace {

using engine::ActivityContext;
using engine::Context;
using engine::Ending;
using engine::Engine;
using engine::Registry;
using engine::Task;
using engine::Value;
using engine::Workers;
using stress::Board;
using stress::Moment;
using testing_support::Place;
using testing_support::Store;

constexpr int kUnderWay = 20;
constexpr int kSteps = 5;
constexpr unsigned kTurnWorkers = 2;
constexpr unsigned kActivityWorkers = 2;

Task<int> five_steps(Context& context, int input) {
  int sum = input;
  for (int i = 0; i < kSteps; ++i) {
    const int next = co_await context.activity<int>("step", sum);
    sum = next;
  }
  co_return sum;
}

Registry registry_with(Duration length) {
  Registry registry;
  registry.program("five_steps", five_steps);
  registry.activity_of_values("step", [length](const ActivityContext&, const Value& input) {
    if (length > Duration(0)) std::this_thread::sleep_for(length);
    return Value(input.get<int>() + 1);
  });
  return registry;
}

// Counts the calls that have changed the store.
class CountedWrites final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return counted(inner().enqueue_message(message, delay));
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return counted_if_any(inner().fetch_turn(options));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return counted(inner().ack_turn(token, commit));
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return counted(inner().abandon_turn(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return counted(inner().renew_turn(token, extend_for));
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return counted_if_any(inner().fetch_activity(options));
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return counted(inner().ack_activity(token, completion));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return counted(inner().abandon_activity(token, how));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return counted(inner().renew_activity(token, extend_for));
  }

  std::uint64_t writes() const { return writes_; }

 private:
  Result<void> counted(Result<void> result) {
    if (result) ++writes_;
    return result;
  }
  template <class Item>
  Result<std::optional<Item>> counted_if_any(Result<std::optional<Item>> result) {
    if (result && result.value()) ++writes_;
    return result;
  }

  std::atomic<std::uint64_t> writes_ = 0;
};

struct Outcome {
  int right = 0;
  int all = 0;
  double steady = 0;
  double whole = 0;
  double writes_each = 0;
};

// Keeps so many under way, for so long, and then lets them end.
Outcome run(CountedWrites& provider, const Registry& registry, double seconds) {
  const Moment begin = std::chrono::steady_clock::now();
  const Moment limit = begin + std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
  Board board(kUnderWay, begin);
  engine::Settings settings;
  settings.ended = [&](const std::string& instance) { board.ended(instance); };
  Engine engine(provider, registry, settings);
  {
    const Workers workers(engine, kTurnWorkers, kActivityWorkers);
    for (int number = 0; std::chrono::steady_clock::now() < limit; ++number) {
      const std::optional<Moment> due = board.take_place(limit);
      if (!due) break;
      const std::string name = std::to_string(number);
      board.began({name, static_cast<std::uint64_t>(number), nullptr, *due});
      engine.start(name, "five_steps", number).value();
    }
    board.stop_feeding();
    if (!board.wait_until_drained(std::chrono::steady_clock::now() + std::chrono::minutes(2))) {
      throw std::runtime_error("workflows did not end");
    }
  }
  Outcome outcome;
  while (const auto flow = board.take_ended(Duration(0))) {
    const std::optional<Ending> ending = engine.ending(flow->instance).value();
    ++outcome.all;
    outcome.right += ending && ending->result == static_cast<int>(flow->key) + kSteps ? 1 : 0;
  }
  const StressPhases phases = board.phases();
  outcome.steady = steady_rate(phases).value_or(0);
  outcome.whole = outcome.all * 1e6 / static_cast<double>(phases.whole_us);
  outcome.writes_each = static_cast<double>(provider.writes()) / outcome.all;
  return outcome;
}

// Commits per second of the disk or server, from as many threads as take part: of turns and of activities, the mean.
std::optional<double> raw_commits(RawLimit& raw, double seconds) {
  const int threads = kTurnWorkers + kActivityWorkers;
  const auto turns = raw.per_second(Work::turn, threads, seconds / 2);
  const auto activities = raw.per_second(Work::activity, threads, seconds / 2);
  if (!turns || !activities) return std::nullopt;
  return kCommitsOfWork * (*turns + *activities) / 2;
}

Outcome measured(const Place& place, Duration length, double seconds) {
  Store store(place);
  const Registry registry = registry_with(length);
  CountedWrites provider(place.factory().open(store.scope()).value());
  const Outcome outcome = run(provider, registry, seconds);
  std::printf(
      "%-11s %-6s activities of %2d ms: %7.1f workflows/s, %7.1f with ramp and drain; "
      "%d of %d right\n",
      place.factory().name.c_str(), place.file_system().c_str(), static_cast<int>(length.count()),
      outcome.steady, outcome.whole, outcome.right, outcome.all);
  std::fflush(stdout);
  return outcome;
}

void tell(const ProviderFactory& factory, double seconds) {
  const Place place(factory);
  measured(place, Duration(10), seconds);
  const std::unique_ptr<RawLimit> raw = raw_limit(place);
  // Before and after: what slows the machine down meanwhile does so to both, mostly.
  const std::optional<double> before = raw_commits(*raw, seconds / 2);
  const Outcome outcome = measured(place, Duration(0), seconds);
  const std::optional<double> after = raw_commits(*raw, seconds / 2);
  if (!before || !after) {
    std::printf("%-11s the program that measures its server is not installed\n",
                factory.name.c_str());
    return;
  }
  const double most = (*before + *after) / 2 / outcome.writes_each;
  std::printf(
      "%-11s of %7.1f at most: %.0f raw commits/s (%.0f before, %.0f after), %.2f a "
      "workflow; ratio %.2f\n",
      factory.name.c_str(), most, (*before + *after) / 2, *before, *after, outcome.writes_each,
      outcome.steady / most);
  std::fflush(stdout);
}

}  // namespace
}  // namespace ackproof::bench

int main(int argc, char** argv) {
  try {
    double seconds = 5;
    std::vector<std::string> names(argv + 1, argv + argc);
    if (names.size() > 1 && names[0] == "--seconds") {
      seconds = std::stod(names[1]);
      names.erase(names.begin(), names.begin() + 2);
    }
    ackproof::testing_support::prefer_a_disk();
    for (const ackproof::ProviderFactory& factory :
         ackproof::testing_support::chosen(ackproof::testing_support::durable_providers(), names)) {
      ackproof::bench::tell(factory, seconds);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_bench: %s\n", error.what());
    return 2;
  }
  return 0;
}
