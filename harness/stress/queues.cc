#include "harness/stress/queues.h"

#include <thread>

#include "harness/stress/judge.h"

namespace ackproof::stress {

namespace {

using Clock = std::chrono::steady_clock;
using engine::Step;

constexpr Duration kAgain{20};
// When draining took all of its time, there is still a moment to look.
constexpr Duration kAtLeast{500};

bool has_depths(const Provider& provider) {
  return provider.describe().capabilities.facets.has(Capability::management);
}

std::string told(const QueueDepth& depth, const std::string& items) {
  std::string all;
  const auto add = [&](std::uint64_t number, const char* state) {
    if (number == 0) return;
    all += (all.empty() ? "" : ", ") + std::to_string(number) + " " + state;
  };
  add(depth.ready, "ready");
  add(depth.hidden, "hidden");
  add(depth.locked, "locked");
  add(depth.held, "held");
  return all.empty() ? all : items + ": " + all;
}

std::string told(const QueueDepths& depths) {
  const std::string messages = told(depths.messages, "messages");
  const std::string activities = told(depths.activities, "activities");
  return messages + (messages.empty() || activities.empty() ? "" : "; ") + activities;
}

}  // namespace

bool is_empty(Provider& provider) {
  if (!has_depths(provider)) return false;
  const Result<QueueDepths> depths = provider.read_queue_depths();
  return depths && told(depths.value()).empty();
}

StressQueues look_at_depths(Provider& provider, Moment limit) {
  if (!has_depths(provider)) return {};
  limit = std::max(limit, Clock::now() + kAtLeast);
  StressQueues queues{StressLook::depths, false, ""};
  do {
    const Result<QueueDepths> depths = patiently([&] { return provider.read_queue_depths(); });
    if (!depths) {
      queues.left = "the depths cannot be read: " + depths.error().message;
      return queues;
    }
    queues.left = told(depths.value());
    queues.drained = queues.left.empty();
    if (!queues.drained) std::this_thread::sleep_for(kAgain);
  } while (!queues.drained && Clock::now() < limit);
  return queues;
}

StressQueues look_by_fetching(engine::Engine& engine, Moment limit) {
  limit = std::max(limit, Clock::now() + kAtLeast);
  StressQueues queues{StressLook::fetches, false, ""};
  do {
    const Step turn = engine.take_turn();
    const Step activity = engine.work();
    queues.drained = turn == Step::nothing && activity == Step::nothing;
    queues.left =
        turn == Step::nothing ? "fetches still find activities" : "fetches still find turns";
    if (turn == Step::failed || activity == Step::failed) {
      queues.left = "fetches fail";
      std::this_thread::sleep_for(kAgain);
    }
  } while (!queues.drained && Clock::now() < limit);
  if (queues.drained) queues.left.clear();
  return queues;
}

}  // namespace ackproof::stress
