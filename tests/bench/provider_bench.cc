// Turns and activities per second of every durable provider, by 1, 4 and 16 workers on one handle,
// beside what its disk or server can do at most.
//
//   provider_bench [--seconds S] [PROVIDER...]
//
// S is for how long each figure is taken, 2 if it is not given.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <string>

#include "tests/bench/raw.h"
#include "tests/bench/workers.h"
#include "validations/build.h"

namespace ackproof::bench {

using testing_support::chosen;
using testing_support::durable_providers;
using testing_support::Place;
using testing_support::Store;
namespace {

Bytes payload(char letter) { return Bytes(kPayload, letter); }

// Instances that are all ready all the time: whoever acked one wakes it again. So each turn has one
// message, and nobody looks for one in vain. History is read whole at each fetch, so an instance is
// left when it is as old as usual, and another begun.
class Turns {
 public:
  explicit Turns(Provider& provider) : provider_(provider) {
    for (std::size_t n = 0; n < kReady; ++n) begin_instance();
  }

  void once() {
    const Turn turn = fetch();
    const std::uint64_t id = turn.history.size() + 1;
    TurnCommit commit = commit_events({event(id)});
    commit.events[0].payload = payload('e');
    commit.activities = {activity(turn.instance, id)};
    commit.activities[0].payload = payload('a');
    insist([&] { return provider_.ack_turn(turn.token, commit); }).value();
    if (id == kOldest) return begin_instance();
    Message poke = external(turn.instance, id);
    poke.payload = payload('p');
    insist([&] { return provider_.enqueue_message(poke); }).value();
  }

 private:
  static constexpr std::size_t kReady = 64;
  static constexpr std::uint64_t kOldest = 20;

  void begin_instance() {
    Message begin = start("order-" + std::to_string(++instances_));
    begin.payload = payload('p');
    insist([&] { return provider_.enqueue_message(begin); }).value();
  }

  Turn fetch() {
    return insist([&] { return provider_.fetch_turn({.lock_timeout = kLongLock}); })
        .value()
        .value();
  }

  Provider& provider_;
  std::atomic<std::uint64_t> instances_ = 0;
};

// Whoever put an activity takes the first one that there is, so there is always one.
class Activities {
 public:
  explicit Activities(Provider& provider) : provider_(provider) {
    for (std::size_t n = 0; n < kInstances; ++n) create_instance(provider_, instance(n));
  }

  void once() {
    const std::uint64_t id = ++activities_;
    Activity item = activity(instance(id), id);
    item.payload = payload('a');
    insist([&] { return provider_.enqueue_activity(item); }).value();
    const LockedActivity taken =
        insist([&] { return provider_.fetch_activity({.lock_timeout = kLongLock}); })
            .value()
            .value();
    Message result = completion(taken.activity);
    result.payload = payload('c');
    insist([&] { return provider_.ack_activity(taken.token, result); }).value();
  }

 private:
  static constexpr std::size_t kInstances = 64;

  static std::string instance(std::uint64_t n) { return "order-" + std::to_string(n % kInstances); }

  Provider& provider_;
  std::atomic<std::uint64_t> activities_ = 0;
};

constexpr std::array kWorkers = {1, 4, 16};

// Per second, with so many workers.
struct Figure {
  double provider = 0;
  std::optional<double> raw = 0;
};
using Figures = std::array<Figure, kWorkers.size()>;

// In short slices, by turns: what slows the machine down meanwhile does so to all of them.
template <class Workload>
Figures measure(Workload& workload, RawLimit& raw, Work work, double seconds) {
  constexpr double kSlice = 0.25;
  const int slices = std::max(1, static_cast<int>(seconds / kSlice));
  Figures means;
  for (int slice = 0; slice < slices; ++slice) {
    for (std::size_t n = 0; n < kWorkers.size(); ++n) {
      Figure& mean = means[n];
      mean.provider += per_second(kWorkers[n], kSlice, [&](int) { workload.once(); }) / slices;
      const std::optional<double> most = raw.per_second(work, kWorkers[n], kSlice);
      mean.raw = mean.raw && most ? std::optional(*mean.raw + *most / slices) : std::nullopt;
    }
  }
  return means;
}

template <class Workload>
void tell(const Place& place, RawLimit& raw, Work work, double seconds) {
  Store store(place);
  Workload workload(store.provider());
  const Figures figures = measure(workload, raw, work, seconds);
  const double best = std::ranges::max(figures, {}, &Figure::provider).provider;
  for (std::size_t n = 0; n < kWorkers.size(); ++n) {
    const auto& [provider, most] = figures[n];
    std::printf("%-11s %-9s %7d %9.0f", place.factory().name.c_str(),
                work == Work::turn ? "turn" : "activity", kWorkers[n], provider);
    if (most) {
      std::printf(" %9.0f %7.2f", *most, provider / *most);
    } else {
      std::printf(" %9s %7s", "-", "-");
    }
    std::printf(" %8.2f\n", provider / best);
  }
  std::fflush(stdout);
}

}  // namespace

void run(const std::vector<ProviderFactory>& providers, double seconds) {
  std::printf("%-11s %-9s %7s %9s %9s %7s %8s\n", "provider", "work", "workers", "per s",
              "raw per s", "ratio", "of best");
  for (const ProviderFactory& factory : providers) {
    const Place place(factory);
    std::printf("# %s on %s\n", factory.name.c_str(), place.file_system().c_str());
    const std::unique_ptr<RawLimit> raw = raw_limit(place);
    tell<Turns>(place, *raw, Work::turn, seconds);
    tell<Activities>(place, *raw, Work::activity, seconds);
  }
}

}  // namespace ackproof::bench

int main(int argc, char** argv) {
  std::vector<std::string> names(argv + 1, argv + argc);
  try {
    double seconds = 2;
    if (names.size() >= 2 && names[0] == "--seconds") {
      seconds = std::stod(names[1]);
      names.erase(names.begin(), names.begin() + 2);
    }
    ackproof::testing_support::prefer_a_disk();
    using namespace ackproof::bench;
    run(chosen(durable_providers(), names), seconds);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "provider_bench: %s\n", error.what());
    return 2;
  }
}
