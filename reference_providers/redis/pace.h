// A clock to wait with when the store's clock is the server's: it only ever measures how long.
//
// The machine's wall clock would not do, because somebody may set it while a fetch waits (TIME_2).
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "contract/clock.h"

namespace ackproof::redis {

class Pace final : public Clock {
 public:
  Time now() const override {
    return Time(std::chrono::floor<Duration>(Steady::now().time_since_epoch()));
  }
  void wait_until(Time deadline, const std::function<bool()>& stop) override {
    std::unique_lock lock(mutex_);
    while (now() < deadline && !stop()) {
      // In stretches, because the end of time does not fit into the clock's finer time points.
      const Time next = std::min(deadline, now() + std::chrono::hours(1));
      changed_.wait_until(lock, Steady::time_point(next.time_since_epoch()));
    }
  }
  void wake() override {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

 private:
  using Steady = std::chrono::steady_clock;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace ackproof::redis
