#include "validations/context.h"

#include <algorithm>
#include <map>
#include <set>

namespace ackproof {

namespace {

// No whole number of seconds, so that a provider that counts in seconds is found out.
constexpr Duration kVirtualWindow{1'337};
constexpr Duration kRealWindow{300};
// Covers the flooring to milliseconds at both ends, and clocks that are slewed by up to a
// hundredth.
constexpr Duration kRounding{2};
constexpr int kSlewDivisor = 100;

Duration tolerance(const Window& window) { return kRounding + window.length / kSlewDivisor; }

}  // namespace

// A clock that stands still until it is moved, and knows who looks at it and who waits for it.
class WatchedClock final : public Clock {
 public:
  Time now() const override {
    {
      const std::lock_guard lock(mutex_);
      ++looks_[std::this_thread::get_id()];
    }
    return clock_.now();
  }
  void wait_until(Time deadline, const std::function<bool()>& stop) override {
    note(std::this_thread::get_id(), true);
    clock_.wait_until(deadline, stop);
    note(std::this_thread::get_id(), false);
  }
  void wake() override { clock_.wake(); }

  Time unnoticed() const { return clock_.now(); }
  void advance(Duration by) { clock_.advance(by); }
  std::uint64_t looks(std::thread::id thread) const {
    const std::lock_guard lock(mutex_);
    return looks_[thread];
  }
  bool has_asleep(std::thread::id thread) const {
    const std::lock_guard lock(mutex_);
    return asleep_.contains(thread);
  }

 private:
  void note(std::thread::id thread, bool sleeps) {
    const std::lock_guard lock(mutex_);
    if (sleeps) {
      asleep_.insert(thread);
    } else {
      asleep_.erase(thread);
    }
  }

  ManualClock clock_;
  mutable std::mutex mutex_;
  mutable std::map<std::thread::id, std::uint64_t> looks_;  // Guarded by mutex_.
  std::set<std::thread::id> asleep_;                        // Guarded by mutex_.
};

Context::Context(const ProviderFactory& factory, Scope scope, const Conditions& conditions,
                 unsigned stretch)
    : factory_(factory),
      conditions_(conditions),
      scope_(std::move(scope)),
      stretch_(stretch),
      trace_(std::make_shared<Trace>()),
      rng_(conditions.seed) {
  if (conditions.clock == ClockSource::injected) {
    clock_ = std::make_shared<WatchedClock>();
    scope_.clock = clock_;
  }
}

std::unique_ptr<Provider> Context::open() {
  std::unique_ptr<Provider> provider = factory_.open(scope_).value();
  ever_opened_ = true;
  return traced(std::move(provider), trace_, [this] { return now(); });
}

const Description& Context::description() {
  if (!description_) description_ = open()->describe();
  return *description_;
}

Duration Context::usual_length() { return at_least(is_virtual() ? kVirtualWindow : kRealWindow); }

Duration Context::at_least(Duration length) {
  return std::max(length, description().capabilities.limits.smallest_lock);
}

Duration Context::stretched(Duration length) const {
  return is_virtual() ? length : length * stretch_;
}

Window Context::window() { return window(usual_length()); }

Window Context::window(Duration length) {
  length = stretched(at_least(length));
  const Window window{length, windows_.size()};
  windows_.push_back({window, now(), Steady::now(), trace_->next_call()});
  return window;
}

void Context::to_last_moment(const Window& window) {
  const Opened& opened = windows_[window.number];
  if (is_virtual()) {
    clock_->advance(opened.start + window.length - Duration(1) - now());
  } else {
    std::this_thread::sleep_until(opened.called + window.length / 2);
  }
}

void Context::to_end(const Window& window) {
  Opened& opened = windows_[window.number];
  if (is_virtual()) {
    clock_->advance(opened.start + window.length - now());
    return;
  }
  if (is_over(opened)) give_up();
  opened.over = true;
  const auto returned = trace_->returned_at(opened.first_call).value_or(Steady::now());
  std::this_thread::sleep_until(returned + window.length + tolerance(window));
}

void Context::advance(Duration by) {
  if (is_virtual()) {
    clock_->advance(by);
  } else {
    std::this_thread::sleep_for(by);
  }
}

Time Context::now() const { return clock_ ? clock_->unnoticed() : SystemClock().now(); }

std::uint64_t Context::looks_at_the_clock(std::thread::id thread) const {
  return clock_ ? clock_->looks(thread) : 0;
}

bool Context::sleeps_on_the_clock(std::thread::id thread) const {
  return clock_ && clock_->has_asleep(thread);
}

void Context::corrupt_history(const std::string& instance, std::uint64_t execution) {
  factory_.corrupt_history(scope_, instance, execution).value();
}

void Context::corrupt_message(const std::string& target, std::uint64_t id) {
  factory_.corrupt_message(scope_, target, id).value();
}

void Context::corrupt_activity(const ActivityKey& key) {
  factory_.corrupt_activity(scope_, key).value();
}

void Context::give_up() {
  slipped_ = true;
  throw Slipped();
}

bool Context::decided() const {
  if (trace_->gave_up()) return false;
  if (slipped_ || is_virtual()) return !slipped_;
  return std::ranges::all_of(windows_,
                             [](const Opened& opened) { return opened.over || !is_over(opened); });
}

// From here on a look at it decides nothing.
bool Context::is_over(const Opened& opened) {
  return Steady::now() >= opened.called + opened.window.length - tolerance(opened.window);
}

}  // namespace ackproof
