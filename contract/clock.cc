#include "contract/clock.h"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <sstream>

namespace ackproof {

Time SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

void SystemClock::wait_until(Time deadline, const std::function<bool()>& stop) {
  std::unique_lock lock(mutex_);
  while (now() < deadline && !stop()) {
    // In stretches, because the end of time does not fit into the system's finer time points.
    const Time next = std::min(deadline, now() + std::chrono::hours(1));
    changed_.wait_until(lock, std::chrono::system_clock::time_point(next));
  }
}

void SystemClock::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

Time ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void ManualClock::wait_until(Time deadline, const std::function<bool()>& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return now_ >= deadline || stop(); });
}

void ManualClock::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void ManualClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ += by;
  changed_.notify_all();
}

std::string to_text(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t since_epoch = seconds.time_since_epoch().count();
  std::tm utc{};
  if (gmtime_r(&since_epoch, &utc) == nullptr) {
    return std::to_string(time.time_since_epoch().count()) + " ms";
  }
  std::ostringstream text;
  text << std::put_time(&utc, "%Y-%m-%dT%H:%M:%S") << '.' << std::setw(3) << std::setfill('0')
       << (time - seconds).count() << 'Z';
  return text.str();
}

}  // namespace ackproof
