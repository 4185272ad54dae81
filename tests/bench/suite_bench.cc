// What certifying costs: the whole core suite per provider, and what a process per validation adds.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "harness/runner/runner.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/catalogue.h"
#include "validations/trial.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include "reference_providers/sqlite/sqlite_provider.h"
#endif

namespace ackproof {
namespace {

const Registry& registry() {
  static const Registry all{{
#ifdef ACKPROOF_HAVE_SQLITE
                                sqlite::factory(),
#endif
                                memory::factory()},
                            {}};
  return all;
}

// A validation that does next to nothing, so that what is around it shows.
constexpr const char* kSmall = "expired_token_is_dead_though_nobody_took_over";

// The whole core suite, two at a time.
Run certify(const std::string& provider) {
  Orders orders;
  orders.provider = provider;
  orders.selection.profiles = {"core"};
  orders.jobs = 2;
  Run run = carry_out(registry(), orders, {}).value();
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.outcome != Outcome::passed && verdict.outcome != Outcome::not_applicable) {
      throw std::runtime_error(verdict.validation + " did not pass");
    }
  }
  return run;
}

void core_suite(benchmark::State& state, const std::string& provider) {
  std::size_t validations = 0;
  for ([[maybe_unused]] auto _ : state) {
    validations = certify(provider).verdicts.size();
  }
  state.counters["validations"] = static_cast<double>(validations);
}

void one_validation(benchmark::State& state, const std::string& provider, bool in_process) {
  constexpr std::uint64_t kRepeat = 50;
  Orders orders;
  orders.provider = provider;
  orders.selection.profiles = {"core"};
  orders.selection.filter = kSmall;
  orders.selection.repeat = kRepeat;
  orders.in_process = in_process;
  for ([[maybe_unused]] auto _ : state) {
    const Run run = carry_out(registry(), orders, {}).value();
    benchmark::DoNotOptimize(run.verdicts.size());
  }
  state.counters["each"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kRepeat,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void register_all() {
  for (const ProviderFactory& factory : registry().providers) {
    const std::string provider = factory.name;
    benchmark::RegisterBenchmark(
        ("core_suite/" + provider).c_str(),
        [provider](benchmark::State& state) { core_suite(state, provider); })
        ->Unit(benchmark::kSecond)
        ->UseRealTime()
        ->Iterations(1)
        ->Repetitions(5);
    for (const bool in_process : {false, true}) {
      benchmark::RegisterBenchmark(
          ((in_process ? "one_validation_in_process/" : "one_validation_in_a_child/") + provider)
              .c_str(),
          [provider, in_process](benchmark::State& state) {
            one_validation(state, provider, in_process);
          })
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    }
  }
}

}  // namespace
}  // namespace ackproof

int main(int argc, char** argv) {
  if (const int code = ackproof::child_main(argc, argv, ackproof::registry()); code >= 0) {
    return code;
  }
  benchmark::Initialize(&argc, argv);
  ackproof::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
