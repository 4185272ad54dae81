// How often each activity was executed in this process: what no history tells.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/registry.h"

namespace ackproof::stress {

// Safe from any thread.
class Executions {
 public:
  // By the execution that asked for the activity, and its id.
  using Times = std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>;

  void note(const engine::ActivityContext& activity) {
    const std::lock_guard lock(mutex_);
    std::uint64_t& times = times_[activity.instance][{activity.execution, activity.id}];
    if (++times == 1) ++different_;
  }

  // Those of the instance, which are then forgotten.
  Times take(const std::string& instance) {
    const std::lock_guard lock(mutex_);
    auto found = times_.extract(instance);
    return found ? std::move(found.mapped()) : Times();
  }

  // How many different activities have been executed. One of an instance that was taken counts anew.
  std::uint64_t different() const {
    const std::lock_guard lock(mutex_);
    return different_;
  }

  // Those that nobody has taken. When all instances were taken, these came after that: executions of activities
  // that had been answered.
  std::uint64_t left() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t sum = 0;
    for (const auto& [instance, times] : times_) {
      for (const auto& [id, number] : times) sum += number;
    }
    return sum;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Times> times_;  // This and below are guarded by mutex_.
  std::uint64_t different_ = 0;
};

}  // namespace ackproof::stress
