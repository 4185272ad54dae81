// Time as the contract means it: UTC milliseconds, half-open intervals, one clock per store.
//
// A provider that offers an injected clock takes every "now" from the `Clock` it was opened with
// and waits with it too. So a suite can stand one millisecond before a deadline, and at it, without
// waiting for either.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace ackproof {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

// Safe for concurrent calls.
class Clock {
 public:
  virtual ~Clock() = default;

  // The present moment, floored to milliseconds.
  virtual Time now() const = 0;

  // Blocks until `now() >= deadline` or `stop()` is true. `stop` is asked at once, after every
  // `wake()`, and it must not call this clock.
  virtual void wait_until(Time deadline, const std::function<bool()>& stop) = 0;

  // Makes every waiting call look at its deadline and its `stop` again.
  virtual void wake() = 0;
};

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  void wait_until(Time deadline, const std::function<bool()>& stop) override;
  void wake() override;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = Time(std::chrono::hours(24 * 365 * 50))) : now_(start) {}

  Time now() const override;
  void wait_until(Time deadline, const std::function<bool()>& stop) override;
  void wake() override;

  void advance(Duration by);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Time now_;  // Guarded by mutex_.
};

// 2020-01-01T00:00:00.000Z. (libstdc++ 12 cannot print a sys_time.)
std::string to_text(Time time);

}  // namespace ackproof
