// Workflows per second of the engine over every provider.
//
//   engine_bench [--seconds S] [PROVIDER...]
//
// The workload is that by which the closest peer publishes its figures: workflows of five activities one after the
// other, twenty workflows under way at a time, two turn and two activity workers; activities of 10 ms, and of none.
// With 10 ms two workers can do forty workflows a second at most.
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "engine/workers.h"
#include "tests/support/stores.h"

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
using testing_support::chosen;
using testing_support::durable_providers;
using testing_support::Place;
using testing_support::Store;
using Moment = std::chrono::steady_clock::time_point;

constexpr int kUnderWay = 20;
constexpr int kSteps = 5;

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

struct Outcome {
  int right = 0;
  int all = 0;
  double seconds = 0;
};

// Keeps so many under way, for so long, and then lets them end.
Outcome run(Engine& engine, double seconds) {
  Outcome outcome;
  const Moment begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::vector<int> open;
  int started = 0;
  const auto name = [](int number) { return "flow-" + std::to_string(number); };
  const Workers workers(engine, 2, 2);
  while (elapsed() < seconds || !open.empty()) {
    while (elapsed() < seconds && static_cast<int>(open.size()) < kUnderWay) {
      engine.start(name(started), "five_steps", started).value();
      open.push_back(started++);
    }
    std::erase_if(open, [&](int number) {
      const std::optional<Ending> ending = engine.ending(name(number)).value();
      if (!ending) return false;
      ++outcome.all;
      outcome.right += ending->result == number + kSteps ? 1 : 0;
      return true;
    });
    std::this_thread::sleep_for(Duration(1));
  }
  outcome.seconds = elapsed();
  return outcome;
}

void tell(const ProviderFactory& factory, double seconds) {
  const Place place(factory);
  for (const Duration length : {Duration(10), Duration(0)}) {
    Store store(place);
    const Registry registry = registry_with(length);
    Engine engine(store.provider(), registry);
    const Outcome outcome = run(engine, seconds);
    std::printf("%-12s %-6s activities of %2d ms: %8.1f workflows/s, %d of %d right\n",
                factory.name.c_str(), place.file_system().c_str(), static_cast<int>(length.count()),
                outcome.all / outcome.seconds, outcome.right, outcome.all);
    std::fflush(stdout);
  }
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
