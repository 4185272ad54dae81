#include "engine/workers.h"

namespace ackproof::engine {

namespace {

// Between two looks at a provider that cannot wait for work itself, or that does not answer.
constexpr Duration kPause{10};

}  // namespace

Workers::Workers(Engine& engine, unsigned turns, unsigned activities)
    : engine_(engine), slots_(activities) {
  for (unsigned i = 0; i < turns; ++i) {
    threads_.emplace_back(
        [this] { run([this](Duration poll) { return engine_.take_turn(poll); }); });
  }
  const unsigned threads = 2 * activities;
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back(
        [this] { run([this](Duration poll) { return engine_.work(poll, slots_); }); });
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::run(const std::function<Step(Duration)>& step) {
  while (!stop_) {
    const Step did = step(engine_.settings().poll);
    const bool waited = did == Step::nothing && engine_.can_wait();
    if (did == Step::too_soon) slots_.wait_for_one();
    if (did == Step::failed || (did == Step::nothing && !waited)) pause(kPause);
  }
}

void Workers::pause(Duration span) {
  std::unique_lock lock(mutex_);
  stopping_.wait_for(lock, span, [this] { return stop_.load(); });
}

}  // namespace ackproof::engine
