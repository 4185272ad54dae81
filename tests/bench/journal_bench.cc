// The file-system provider beside what the disk can do: as many appends, with as many bytes, each
// synced, in turn with each other; and how long it takes to open a store with a long journal.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/filesystem/opening.h"
#include "tests/support/command.h"
#include "validations/build.h"

namespace ackproof {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// Appends and syncs, in the plainest way.
class RawJournal {
 public:
  explicit RawJournal(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666)) {}
  ~RawJournal() { ::close(descriptor_); }
  RawJournal(const RawJournal&) = delete;
  RawJournal& operator=(const RawJournal&) = delete;

  void append(std::size_t size) {
    const std::string bytes(size, 'x');
    if (::write(descriptor_, bytes.data(), size) != static_cast<ssize_t>(size) ||
        ::fdatasync(descriptor_) != 0) {
      throw std::runtime_error("an append failed");
    }
  }

 private:
  int descriptor_;
};

constexpr std::size_t kPayload = 200;

// Enqueue, fetch, ack with an event and an activity. Each on an instance of its own, so that workers
// may take each other's turns.
void one_turn(Provider& provider, const std::string& instance) {
  Message begin = start(instance);
  begin.payload.assign(kPayload, 'p');
  provider.enqueue_message(begin).value();
  const Turn turn = take_turn(provider);
  TurnCommit commit = commit_events({event(1)});
  commit.events[0].payload.assign(kPayload, 'e');
  commit.activities = {activity(turn.instance, 1)};
  commit.activities[0].payload.assign(kPayload, 'a');
  provider.ack_turn(turn.token, commit).value();
}

// What a turn has to write at least: the message; the lock; event and activity.
void one_raw_turn(RawJournal& journal) {
  journal.append(kPayload + 64);
  journal.append(128);
  journal.append(2 * kPayload + 64);
}

constexpr std::uint64_t kTurnsPerRound = 20;

// `workers` threads on one handle.
void turns(Provider& provider, int workers, std::uint64_t round) {
  std::vector<std::thread> threads;
  for (int worker = 0; worker < workers; ++worker) {
    threads.emplace_back([&, worker] {
      const std::string id = "order-" + std::to_string(round) + "-" + std::to_string(worker);
      for (std::uint64_t n = 0; n < kTurnsPerRound; ++n) {
        one_turn(provider, id + "-" + std::to_string(n));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void turns_beside_raw_appends(benchmark::State& state) {
  const std::filesystem::path folder = testing_support::fresh_folder();
  const auto provider = filesystem::open(folder / "store", nullptr).value();
  RawJournal raw(folder / "raw");
  const auto workers = static_cast<int>(state.range(0));
  double provider_seconds = 0;
  double raw_seconds = 0;
  std::uint64_t round = 0;
  for ([[maybe_unused]] auto _ : state) {
    auto started = Steady::now();
    turns(*provider, workers, ++round);
    provider_seconds += seconds_since(started);
    started = Steady::now();
    for (std::uint64_t n = 0; n < kTurnsPerRound; ++n) one_raw_turn(raw);
    raw_seconds += seconds_since(started);
  }
  const auto each = static_cast<double>(round * kTurnsPerRound);
  state.counters["turns/s"] = each * workers / provider_seconds;
  state.counters["raw/s"] = each / raw_seconds;
  state.counters["ratio"] = workers * raw_seconds / provider_seconds;
}
BENCHMARK(turns_beside_raw_appends)
    ->Arg(1)
    ->Arg(4)
    ->Arg(16)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MinTime(3);

// So many records, each one call; without the syncs that they cost a caller.
void open_a_long_journal(benchmark::State& state) {
  class NoSync : public filesystem::Files {
    void sync(const filesystem::File&) override {}
  };
  const std::filesystem::path folder =
      std::filesystem::path(testing_support::fresh_folder()) / "store";
  filesystem::Seams seams;
  seams.files = std::make_shared<NoSync>();
  seams.snapshot_after = std::uint64_t{1} << 40U;
  const auto provider = filesystem::open(folder, nullptr, seams).value();
  Activity item = activity("order", 1);
  item.payload.assign(kPayload, 'a');
  for (std::int64_t n = 0; n < state.range(0); ++n) provider->enqueue_activity(item).value();
  for ([[maybe_unused]] auto _ : state) filesystem::open(folder, nullptr).value();
}
BENCHMARK(open_a_long_journal)->Arg(1)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(3);

// A handle that begins and ends, as each of a suite's many stores has some.
void open_a_new_store(benchmark::State& state) {
  const std::filesystem::path folder = testing_support::fresh_folder();
  std::uint64_t n = 0;
  for ([[maybe_unused]] auto _ : state) {
    filesystem::open(folder / std::to_string(++n), nullptr).value();
  }
}
BENCHMARK(open_a_new_store)->Unit(benchmark::kMillisecond)->Iterations(50);

// How long all calls stand still while a snapshot of so many items is taken, and the next reads it.
void take_a_snapshot(benchmark::State& state) {
  const std::filesystem::path folder =
      std::filesystem::path(testing_support::fresh_folder()) / "store";
  filesystem::Seams seams;
  seams.snapshot_after = std::uint64_t{1} << 40U;
  {
    const auto provider = filesystem::open(folder, nullptr, seams).value();
    provider->enqueue_message(start("order")).value();
    for (std::int64_t left = state.range(0); left > 0; left -= 10'000) {
      provider->enqueue_message(external("order", 1)).value();
      TurnCommit commit;
      for (std::uint64_t n = 0; n < 10'000; ++n) commit.activities.push_back(activity("order", n));
      provider->ack_turn(take_turn(*provider).token, commit).value();
    }
  }
  seams.snapshot_after = 0;
  seams.snapshot_times = 0;
  const auto provider = filesystem::open(folder, nullptr, seams).value();
  provider->enqueue_activity(activity("order", 1)).value();
  for ([[maybe_unused]] auto _ : state) provider->enqueue_activity(activity("order", 1)).value();
}
BENCHMARK(take_a_snapshot)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);

}  // namespace
}  // namespace ackproof

BENCHMARK_MAIN();
