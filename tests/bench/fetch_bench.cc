// What a fetch costs against the length of the queues, and behind heads that cannot be delivered. It
// must not grow.
//
//   fetch_bench [--only PART-OF-A-CASE] [PROVIDER...]
//
// Each case has a store of its own. Only the fetch is timed, alone, as the store is configured;
// filling it is not. Each is measured by turns with the smallest case of its kind, which is what the
// times are times of: what slows the machine down does so to both.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>

#include "reference_providers/memory/memory_provider.h"
#include "tests/bench/workers.h"
#include "tests/support/stores.h"
#include "validations/build.h"

namespace ackproof::bench {

using testing_support::chosen;
using testing_support::durable_providers;
using testing_support::Place;
using testing_support::Store;
namespace {

constexpr std::uint64_t kHeads = 100'000;
constexpr std::uint64_t kPerInstance = 10;
constexpr std::uint64_t kPerCommit = 5'000;

// --- Filling

std::string instance(std::uint64_t n) { return "order-" + std::to_string(n); }

// Puts `n` items into the store, many per commit. Done by an instance of its own, whose turns are
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
    insist([&] { return provider.ack_turn(turn, commit); }).value();
  }
}

// Does `once` so many times, by a few threads.
void repeat(std::uint64_t n, const std::function<void()>& once) {
  constexpr int kThreads = 4;
  std::atomic<std::int64_t> left = static_cast<std::int64_t>(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      while (left-- > 0) once();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Turn turn_at_last(Provider& provider) {
  return insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); }).value().value();
}

LockedActivity activity_at_last(Provider& provider, const FetchActivity& options) {
  return insist([&] { return provider.fetch_activity(options); }).value().value();
}

using Prepare = std::function<void(Provider&)>;

void nothing(Provider&) {}

Prepare ready_messages(std::uint64_t n) {
  return [n](Provider& provider) {
    fill(provider, n, [](TurnCommit& commit, std::uint64_t i) {
      const std::string target = instance(i / kPerInstance);
      const bool is_first = i % kPerInstance == 0;
      commit.messages.push_back(is_first ? start(target) : external(target, i));
    });
  };
}

void ready_heads(Provider& provider) {
  fill(provider, kHeads,
       [](TurnCommit& commit, std::uint64_t i) { commit.messages.push_back(start(instance(i))); });
}

void held_heads(Provider& provider) {
  fill(provider, kHeads, [](TurnCommit& commit, std::uint64_t i) {
    commit.messages.push_back(external(instance(i), 1));
  });
}

void hidden_heads(Provider& provider) {
  const Time later = SystemClock().now() + std::chrono::hours(1);
  fill(provider, kHeads, [&](TurnCommit& commit, std::uint64_t i) {
    commit.messages.push_back(start(instance(i)));
    commit.messages.back().visible_at = later;
  });
}

void locked_heads(Provider& provider) {
  ready_heads(provider);
  repeat(kHeads, [&] { turn_at_last(provider); });
}

// Pinned to a version for which nobody asks.
void pinned_heads(Provider& provider) {
  ready_heads(provider);
  repeat(kHeads, [&] {
    const Turn turn = turn_at_last(provider);
    TurnCommit commit;
    commit.metadata.pinned_version = EngineVersion{1, 0, 0};
    commit.messages = {external(turn.instance, 1)};
    insist([&] { return provider.ack_turn(turn.token, commit); }).value();
  });
}

Prepare ready_activities(std::uint64_t n) {
  return [n](Provider& provider) {
    fill(provider, n, [](TurnCommit& commit, std::uint64_t i) {
      commit.activities.push_back(activity(instance(i / kPerInstance), i));
    });
  };
}

void locked_activities(Provider& provider) {
  ready_activities(kHeads)(provider);
  repeat(kHeads, [&] { activity_at_last(provider, {.lock_timeout = kLongLock}); });
}

void tagged_activities(Provider& provider) {
  fill(provider, kHeads, [](TurnCommit& commit, std::uint64_t i) {
    commit.activities.push_back(tagged(instance(i), i, "gpu"));
  });
}

// Of sessions that another worker has.
Prepare activities_of_sessions(std::uint64_t sessions) {
  return [sessions](Provider& provider) {
    fill(provider, kHeads, [&](TurnCommit& commit, std::uint64_t i) {
      commit.activities.push_back(bound(instance(i), i, "session-" + std::to_string(i % sessions)));
    });
    repeat(sessions, [&] {
      activity_at_last(provider,
                       {.lock_timeout = kLongLock, .session = SessionClaim{"somebody", kLongLock}});
    });
  };
}

// --- Measuring

// Fetches once, gives back what it got, behind all others, and says how long the fetch took.
using Measured = std::function<double(Provider&)>;

template <class Fetch, class GiveBack>
double microseconds(const Fetch& fetch, const GiveBack& give_back) {
  const auto started = std::chrono::steady_clock::now();
  const auto taken = fetch();
  const std::chrono::duration<double, std::micro> spent =
      std::chrono::steady_clock::now() - started;
  give_back(taken);
  return spent.count();
}

Measured turn(const FetchTurn& options) {
  return [options](Provider& provider) {
    return microseconds([&] { return take_turn(provider, options); },
                        [&](const Turn& taken) { provider.abandon_turn(taken.token).value(); });
  };
}

Measured activity_for(const FetchActivity& options) {
  return [options](Provider& provider) {
    return microseconds(
        [&] { return take_activity(provider, options); },
        [&](const LockedActivity& taken) { provider.abandon_activity(taken.token).value(); });
  };
}

// The medians of the fetches from two stores, and how long 99 of 100 from the second took at most.
struct Cost {
  double smallest = 0;
  double median = 0;
  double late = 0;
};

Cost measure(const Measured& fetch, Provider& smallest, Provider& provider) {
  constexpr std::size_t kMost = 2'000;
  constexpr std::size_t kLeast = 20;
  constexpr std::chrono::seconds kEnough{3};
  std::vector<double> of_smallest;
  std::vector<double> took;
  const auto begin = std::chrono::steady_clock::now();
  while (took.size() < kMost &&
         (took.size() < kLeast || std::chrono::steady_clock::now() - begin < kEnough)) {
    of_smallest.push_back(fetch(smallest));
    took.push_back(fetch(provider));
  }
  std::ranges::sort(of_smallest);
  std::ranges::sort(took);
  const std::size_t middle = took.size() / 2;
  return {of_smallest[middle], took[middle], took[took.size() * 99 / 100]};
}

// --- The cases

struct Case {
  std::string name;
  Prepare prepare;
};

// Cases that are fetched from alike, the smallest first.
struct Kind {
  std::string name;
  Measured fetch;
  std::vector<Case> cases;
};

// One more, and it alone can be delivered.
Prepare last_turn(const Prepare& heads) {
  return [heads](Provider& provider) {
    heads(provider);
    provider.enqueue_message(start("last in line")).value();
  };
}

Prepare last_activity(const Prepare& heads) {
  return [heads](Provider& provider) {
    heads(provider);
    provider.enqueue_activity(activity("last in line", 1)).value();
  };
}

std::vector<Kind> kinds() {
  const FetchTurn any_turn{.lock_timeout = kLongLock};
  const FetchTurn filtered{.lock_timeout = kLongLock, .versions = {{{{2, 0, 0}, {2, 9, 9}}}}};
  const FetchActivity any_activity{.lock_timeout = kLongLock};
  const FetchActivity of_owner{.lock_timeout = kLongLock,
                               .session = SessionClaim{"anybody else", kLongLock}};
  return {
      {"turn beside",
       turn(any_turn),
       {{"100 ready messages", ready_messages(100)},
        {"10,000 ready messages", ready_messages(10'000)},
        {"1,000,000 ready messages", ready_messages(1'000'000)}}},
      {"turn behind",
       turn(any_turn),
       {{"nobody", last_turn(nothing)},
        {"100,000 held", last_turn(held_heads)},
        {"100,000 hidden", last_turn(hidden_heads)},
        {"100,000 locked", last_turn(locked_heads)}}},
      {"filtered turn behind",
       turn(filtered),
       {{"nobody", last_turn(nothing)}, {"100,000 of other versions", last_turn(pinned_heads)}}},
      {"activity beside",
       activity_for(any_activity),
       {{"100 ready", ready_activities(100)},
        {"10,000 ready", ready_activities(10'000)},
        {"1,000,000 ready", ready_activities(1'000'000)}}},
      {"activity behind",
       activity_for(any_activity),
       {{"nobody", last_activity(nothing)},
        {"100,000 locked", last_activity(locked_activities)},
        {"100,000 of another tag", last_activity(tagged_activities)}}},
      {"owner's activity behind",
       activity_for(of_owner),
       {{"nobody", last_activity(nothing)},
        {"100,000 of another's session", last_activity(activities_of_sessions(1))},
        {"100,000 of another's 1,000 sessions", last_activity(activities_of_sessions(1'000))}}},
  };
}

void tell(const Place& place, const Kind& kind, const std::string& part) {
  const std::string provider = place.factory().name;
  Store smallest(place);
  kind.cases.front().prepare(smallest.provider());
  for (const Case& each : kind.cases) {
    if ((kind.name + " " + each.name).find(part) == std::string::npos) continue;
    Store store(place);
    const auto begin = std::chrono::steady_clock::now();
    each.prepare(store.provider());
    const std::chrono::duration<double> filling = std::chrono::steady_clock::now() - begin;
    const Cost cost = measure(kind.fetch, smallest.provider(), store.provider());
    std::printf("%-11s %-24s %-36s %8.0f %8.0f %7.2f %8.1fs\n", provider.c_str(), kind.name.c_str(),
                each.name.c_str(), cost.median, cost.late, cost.median / cost.smallest,
                filling.count());
    std::fflush(stdout);
  }
}

}  // namespace

void run(const std::vector<ProviderFactory>& providers, const std::string& part) {
  std::printf("%-11s %-24s %-36s %8s %8s %7s %9s\n", "provider", "fetch of a", "", "median us",
              "99% us", "times", "filled in");
  for (const ProviderFactory& factory : providers) {
    const Place place(factory);
    std::printf("# %s on %s\n", factory.name.c_str(), place.file_system().c_str());
    for (const Kind& kind : kinds()) tell(place, kind, part);
  }
}

}  // namespace ackproof::bench

int main(int argc, char** argv) {
  std::vector<std::string> names(argv + 1, argv + argc);
  try {
    std::string part;
    if (names.size() >= 2 && names[0] == "--only") {
      part = names[1];
      names.erase(names.begin(), names.begin() + 2);
    }
    ackproof::testing_support::prefer_a_disk();
    using namespace ackproof::bench;
    std::vector<ackproof::ProviderFactory> all = durable_providers();
    all.insert(all.begin(), ackproof::memory::factory());
    run(chosen(all, names), part);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fetch_bench: %s\n", error.what());
    return 2;
  }
}
