// A mutex whose wait ends. (std::timed_mutex would do, were its wait known to ThreadSanitizer.)
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace ackproof::sqlite {

class Gate {
 public:
  bool try_lock_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!opened_.wait_until(lock, deadline, [&] { return !is_taken_; })) return false;
    is_taken_ = true;
    return true;
  }
  void unlock() {
    {
      const std::lock_guard lock(mutex_);
      is_taken_ = false;
    }
    opened_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_taken_ = false;  // Guarded by mutex_.
};

}  // namespace ackproof::sqlite
