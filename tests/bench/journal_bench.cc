// How long the file-system provider needs to open a store, by the length of its journal, and how long
// all calls stand still while a snapshot is taken.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "reference_providers/filesystem/filesystem_provider.h"
#include "reference_providers/filesystem/opening.h"
#include "tests/support/command.h"
#include "validations/build.h"

namespace ackproof {
namespace {

constexpr std::size_t kPayload = 200;

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
