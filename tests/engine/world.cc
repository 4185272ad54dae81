#include "tests/engine/world.h"

#include <gtest/gtest.h>

namespace ackproof::engine {

World::World() : clock_(std::make_shared<ManualClock>()) {
  scope_.name = "engine";
  scope_.clock = clock_;
  provider_ = factory_.open(scope_).value();
  restart();
}

World::~World() {
  engine_.reset();
  provider_.reset();
  factory_.destroy(scope_);
}

void World::decorate(
    const std::function<std::unique_ptr<Provider>(std::unique_ptr<Provider>)>& around) {
  engine_.reset();
  provider_ = around(std::move(provider_));
  restart();
}

void World::restart(Settings settings) {
  engine_ = std::make_unique<Engine>(*provider_, registry, std::move(settings));
}

void World::echo(const std::string& name) {
  registry.activity_of_values(name, [this, name](const ActivityContext&, const Value& input) {
    log.push_back(name + " " + input.dump());
    return input;
  });
}

void World::fail_first(const std::string& name, int times, bool is_retryable) {
  const auto left = std::make_shared<int>(times);
  registry.activity_of_values(
      name, [this, name, left, is_retryable](const ActivityContext&, const Value& input) {
        log.push_back(name + " " + input.dump());
        if ((*left)-- > 0) throw is_retryable ? temporary("not now") : permanent("never");
        return input;
      });
}

void World::settle() {
  for (bool moved = true; moved;) {
    moved = false;
    while (engine_->take_turn() != Step::nothing) moved = true;
    while (engine_->work() != Step::nothing) moved = true;
  }
}

void World::run(Duration most) {
  const Time until = clock_->now() + most;
  settle();
  while (clock_->now() < until) {
    const QueueDepths depths = provider_->read_queue_depths().value();
    if (depths.messages.hidden + depths.activities.hidden + depths.messages.locked == 0) return;
    clock_->advance(Duration(50));
    settle();
  }
}

Ending World::end_of(const std::string& program, const Value& input) {
  EXPECT_TRUE(engine_->start("one", program, input));
  run();
  return ending("one");
}

Ending World::ending(const std::string& instance) {
  const std::optional<Ending> ended = engine_->ending(instance).value();
  EXPECT_TRUE(ended.has_value()) << instance << " has not ended: " << kinds(instance);
  return ended.value_or(Ending());
}

std::string World::kinds(const std::string& instance, std::uint64_t execution) {
  std::string kinds;
  const std::vector<Event> events = provider_->read_history(instance, execution).value();
  for (const Event& event : events) {
    kinds += (kinds.empty() ? "" : " ") + event.kind;
  }
  return kinds;
}

}  // namespace ackproof::engine
