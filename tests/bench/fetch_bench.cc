// What a fetch costs against the length of the queues, and behind heads that cannot be delivered.
// It must not grow.
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/build.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif

namespace ackproof {
namespace {

constexpr std::uint64_t kPerCommit = 10'000;
constexpr std::uint64_t kHeads = 100'000;

// A store with a provider on it, in virtual time.
struct Subject {
  explicit Subject(const ProviderFactory& chosen)
      : factory(chosen),
        scope{"bench", testing_support::fresh_folder(), std::make_shared<ManualClock>()},
        provider(factory.open(scope).value()) {}
  ~Subject() {
    provider.reset();
    if (factory.destroy) factory.destroy(scope);
    std::filesystem::remove_all(scope.folder);
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  ProviderFactory factory;
  Scope scope;
  std::unique_ptr<Provider> provider;
};

// Puts `n` items into the store, many per commit. Done by instances of their own, whose turns are
// taken before there is anything else in the queue.
void fill(Provider& provider, std::uint64_t n,
          const std::function<void(TurnCommit&, std::uint64_t)>& add) {
  std::vector<LockToken> turns;
  for (std::uint64_t i = 0; i * kPerCommit < n; ++i) {
    provider.enqueue_message(start("filler-" + std::to_string(i))).value();
    turns.push_back(take_turn(provider).token);
  }
  std::uint64_t next = 0;
  for (const LockToken& turn : turns) {
    TurnCommit commit;
    for (std::uint64_t i = 0; i < kPerCommit && next < n; ++i) add(commit, next++);
    provider.ack_turn(turn, commit).value();
  }
}

std::string instance(std::uint64_t n) { return "order-" + std::to_string(n); }

// --- What stands in the queue before the fetch that is measured

using Prepare = std::function<void(Subject&)>;

Prepare ready_instances(std::uint64_t n) {
  return [n](Subject& subject) {
    fill(*subject.provider, n, [](TurnCommit& commit, std::uint64_t i) {
      commit.messages.push_back(start(instance(i)));
    });
  };
}

void held_heads(Subject& subject) {
  fill(*subject.provider, kHeads, [](TurnCommit& commit, std::uint64_t i) {
    commit.messages.push_back(external(instance(i), 1));
  });
}

void hidden_heads(Subject& subject) {
  const Time later = subject.scope.clock->now() + std::chrono::hours(1);
  fill(*subject.provider, kHeads, [&](TurnCommit& commit, std::uint64_t i) {
    commit.messages.push_back(start(instance(i)));
    commit.messages.back().visible_at = later;
  });
}

void locked_heads(Subject& subject) {
  ready_instances(kHeads)(subject);
  for (std::uint64_t i = 0; i < kHeads; ++i) take_turn(*subject.provider);
}

void ready_activities(Subject& subject) {
  fill(*subject.provider, 1'000'000, [](TurnCommit& commit, std::uint64_t i) {
    commit.activities.push_back(activity("order", i));
  });
}

void locked_activities(Subject& subject) {
  fill(*subject.provider, kHeads, [](TurnCommit& commit, std::uint64_t i) {
    commit.activities.push_back(activity("order", i));
  });
  for (std::uint64_t i = 0; i < kHeads; ++i) take_activity(*subject.provider);
}

// --- The measurement: the fetch alone; what is fetched is given back outside of it

template <class Fetch, class GiveBack>
void measure(benchmark::State& state, const Fetch& fetch, const GiveBack& give_back) {
  for ([[maybe_unused]] auto _ : state) {
    const auto started = std::chrono::steady_clock::now();
    const auto taken = fetch();
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    give_back(taken);
  }
}

void fetch_turns(benchmark::State& state, const ProviderFactory& factory, const Prepare& prepare) {
  Subject subject(factory);
  prepare(subject);
  Provider& provider = *subject.provider;
  provider.enqueue_message(start("last in line")).value();
  measure(
      state, [&] { return take_turn(provider); },
      [&](const Turn& turn) { provider.abandon_turn(turn.token).value(); });
}

void fetch_activities(benchmark::State& state, const ProviderFactory& factory,
                      const Prepare& prepare) {
  Subject subject(factory);
  prepare(subject);
  Provider& provider = *subject.provider;
  provider.enqueue_activity(activity("last in line", 1)).value();
  measure(
      state, [&] { return take_activity(provider); },
      [&](const LockedActivity& taken) { provider.abandon_activity(taken.token).value(); });
}

void register_for(const ProviderFactory& factory) {
  const auto add = [&](const std::string& name, const auto& measured, const Prepare& prepare) {
    benchmark::RegisterBenchmark((factory.name + "/" + name).c_str(),
                                 [factory, measured, prepare](benchmark::State& state) {
                                   measured(state, factory, prepare);
                                 })
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond)
        ->Iterations(2'000);
  };
  add("turn/100_ready", fetch_turns, ready_instances(100));
  add("turn/10000_ready", fetch_turns, ready_instances(10'000));
  add("turn/1000000_ready", fetch_turns, ready_instances(1'000'000));
  add("turn/behind_100000_held", fetch_turns, held_heads);
  add("turn/behind_100000_hidden", fetch_turns, hidden_heads);
  add("turn/behind_100000_locked", fetch_turns, locked_heads);
  add("activity/1000000_ready", fetch_activities, ready_activities);
  add("activity/behind_100000_locked", fetch_activities, locked_activities);
}

}  // namespace
}  // namespace ackproof

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  ackproof::register_for(ackproof::memory::factory());
  ackproof::register_for(ackproof::filesystem::factory());
#ifdef ACKPROOF_HAVE_SQLITE
  ackproof::register_for(ackproof::sqlite::factory());
#endif
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
