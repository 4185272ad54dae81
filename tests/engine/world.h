// An engine over the memory provider, in virtual time: tests say what programs and activities there are and
// run them until nothing moves.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/clock.h"
#include "engine/engine.h"
#include "engine/saga.h"
#include "reference_providers/memory/memory_provider.h"

namespace ackproof::engine {

class World {
 public:
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Registry registry;

  // Puts down what activities were asked to do, in order.
  std::vector<std::string> log;

  // An activity that notes "name input" and answers its input.
  void echo(const std::string& name);
  // One that notes, and fails its first `times` calls.
  void fail_first(const std::string& name, int times, bool is_retryable = true);

  Engine& engine() { return *engine_; }
  Provider& provider() { return *provider_; }
  // Puts something between the store and a new engine.
  void decorate(const std::function<std::unique_ptr<Provider>(std::unique_ptr<Provider>)>& around);
  // A new engine, as after a crash of the process: nothing is left but the store.
  void restart(Settings settings = {});

  // Takes turns and works until there is nothing to do now.
  void settle();
  // The same, moving the clock on while something is hidden, at most for so long.
  void run(Duration most = Duration(std::chrono::hours(1)));
  void advance(Duration by) { clock_->advance(by); }

  // Starts, runs, and tells the ending; fails the test when there is none.
  Ending end_of(const std::string& program, const Value& input);
  Ending ending(const std::string& instance);
  // The kinds of an execution's events, in order: "Started ActivityScheduled …".
  std::string kinds(const std::string& instance, std::uint64_t execution = 1);

 private:
  const ProviderFactory factory_ = memory::factory();
  Scope scope_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace ackproof::engine
