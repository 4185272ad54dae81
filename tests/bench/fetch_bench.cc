// What a fetch costs against the length of the queues, and behind heads that cannot be delivered. It
// must not grow.
//
//   fetch_bench [--only PART-OF-A-CASE] [PROVIDER...]
//
// Each case has a store of its own. Only the fetch is timed, alone, as the store is configured;
// filling it is not. Told are the median, the 99th of 100, and how many times the median of the
// smallest case of its kind the median is.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>

#include "reference_providers/memory/memory_provider.h"
#include "tests/bench/store.h"
#include "tests/bench/workers.h"
#include "validations/build.h"

namespace ackproof::bench {
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
  repeat(kHeads, [&] { take_turn(provider); });
}

// Pinned to a version for which nobody asks.
void pinned_heads(Provider& provider) {
  ready_heads(provider);
  repeat(kHeads, [&] {
    const Turn turn = take_turn(provider);
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
  repeat(kHeads, [&] { take_activity(provider); });
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
      take_activity(provider,
                    {.lock_timeout = kLongLock, .session = SessionClaim{"somebody", kLongLock}});
    });
  };
}

// --- Measuring

struct Cost {
  double median = 0;  // Microseconds.
  double late = 0;    // 99 of 100 took no longer.
};

// What is fetched is given back, behind all others.
template <class Fetch, class GiveBack>
Cost measure(const Fetch& fetch, const GiveBack& give_back) {
  constexpr std::size_t kMost = 2'000;
  constexpr std::size_t kLeast = 20;
  constexpr std::chrono::seconds kEnough{2};
  std::vector<double> took;
  const auto begin = std::chrono::steady_clock::now();
  while (took.size() < kMost &&
         (took.size() < kLeast || std::chrono::steady_clock::now() - begin < kEnough)) {
    const auto started = std::chrono::steady_clock::now();
    const auto taken = fetch();
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - started;
    took.push_back(spent.count());
    give_back(taken);
  }
  std::ranges::sort(took);
  return {took[took.size() / 2], took[took.size() * 99 / 100]};
}

Cost fetch_turns(Provider& provider, const FetchTurn& options) {
  return measure([&] { return take_turn(provider, options); },
                 [&](const Turn& turn) { provider.abandon_turn(turn.token).value(); });
}

Cost fetch_activities(Provider& provider, const FetchActivity& options) {
  return measure(
      [&] { return take_activity(provider, options); },
      [&](const LockedActivity& taken) { provider.abandon_activity(taken.token).value(); });
}

using Measured = std::function<Cost(Provider&)>;

// --- The cases

struct Case {
  std::string kind;  // Those of one kind are compared with the first of them.
  std::string name;
  Prepare prepare;
  Measured fetch;
};

FetchTurn any_turn() { return {.lock_timeout = kLongLock}; }

// One more turn is ready, and it alone can be delivered.
Measured last_turn(const FetchTurn& options = any_turn()) {
  return [options](Provider& provider) {
    provider.enqueue_message(start("last in line")).value();
    return fetch_turns(provider, options);
  };
}

Measured last_activity(const FetchActivity& options = {.lock_timeout = kLongLock}) {
  return [options](Provider& provider) {
    provider.enqueue_activity(activity("last in line", 1)).value();
    return fetch_activities(provider, options);
  };
}

std::vector<Case> cases() {
  const Measured turns = [](Provider& provider) { return fetch_turns(provider, any_turn()); };
  const FetchTurn filtered{.lock_timeout = kLongLock, .versions = {{{{2, 0, 0}, {2, 9, 9}}}}};
  const Measured activities = last_activity();
  const Measured of_owner = last_activity(
      {.lock_timeout = kLongLock, .session = SessionClaim{"anybody else", kLongLock}});
  return {
      {"turn", "100 ready messages", ready_messages(100), turns},
      {"turn", "10,000 ready messages", ready_messages(10'000), turns},
      {"turn", "1,000,000 ready messages", ready_messages(1'000'000), turns},
      {"turn behind", "nobody", nothing, last_turn()},
      {"turn behind", "100,000 held", held_heads, last_turn()},
      {"turn behind", "100,000 hidden", hidden_heads, last_turn()},
      {"turn behind", "100,000 locked", locked_heads, last_turn()},
      {"filtered turn behind", "nobody", nothing, last_turn(filtered)},
      {"filtered turn behind", "100,000 of other versions", pinned_heads, last_turn(filtered)},
      {"activity", "100 ready", ready_activities(100), activities},
      {"activity", "10,000 ready", ready_activities(10'000), activities},
      {"activity", "1,000,000 ready", ready_activities(1'000'000), activities},
      {"activity behind", "nobody", nothing, activities},
      {"activity behind", "100,000 locked", locked_activities, activities},
      {"activity behind", "100,000 of another tag", tagged_activities, activities},
      {"owner's activity behind", "nobody", nothing, of_owner},
      {"owner's activity behind", "100,000 of another's session", activities_of_sessions(1),
       of_owner},
      {"owner's activity behind", "100,000 of another's 1,000 sessions",
       activities_of_sessions(1'000), of_owner},
  };
}

}  // namespace

void run(const std::vector<ProviderFactory>& providers, const std::string& part) {
  std::printf("%-11s %-24s %-36s %8s %8s %7s %9s\n", "provider", "fetch of", "beside", "median us",
              "99% us", "times", "filled in");
  for (const ProviderFactory& factory : providers) {
    const Place place(factory);
    std::printf("# %s on %s\n", factory.name.c_str(), place.file_system().c_str());
    std::map<std::string, double> smallest;
    for (const Case& each : cases()) {
      if ((each.kind + " " + each.name).find(part) == std::string::npos) continue;
      Store store(place);
      const auto begin = std::chrono::steady_clock::now();
      each.prepare(store.provider());
      const std::chrono::duration<double> filling = std::chrono::steady_clock::now() - begin;
      const Cost cost = each.fetch(store.provider());
      const double base = smallest.emplace(each.kind, cost.median).first->second;
      std::printf("%-11s %-24s %-36s %8.0f %8.0f %7.2f %8.1fs\n", factory.name.c_str(),
                  each.kind.c_str(), each.name.c_str(), cost.median, cost.late, cost.median / base,
                  filling.count());
      std::fflush(stdout);
    }
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
    ackproof::bench::prefer_a_disk();
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
