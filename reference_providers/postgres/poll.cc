#include "reference_providers/postgres/poll.h"

#include <algorithm>

#include "contract/rules.h"

namespace ackproof::postgres {

namespace {

using std::chrono::steady_clock;

// The steady clock counts nanoseconds, so centuries do not fit. Nobody waits that long.
constexpr Duration kLongest = std::chrono::hours(24 * 365);

}  // namespace

Poll::Poll(Clock* clock, Duration timeout)
    : clock_(clock),
      end_(clock == nullptr ? Time() : rules::later(clock->now(), timeout)),
      steady_end_(steady_clock::now() + std::min(timeout, kLongest)) {}

bool Poll::is_over(Time now) const {
  return clock_ == nullptr ? steady_clock::now() >= steady_end_ : now >= end_;
}

void Poll::wait(Listener& listener, std::uint64_t seen, Time now, std::optional<Time> next) const {
  if (clock_ != nullptr) {
    clock_->wait_until(std::min(end_, next.value_or(end_)),
                       [&] { return listener.changes() != seen; });
    return;
  }
  Moment until = steady_end_;
  if (next && *next < rules::later(now, kLongest)) {
    // The server floors its clock: what it says is at most a millisecond too early.
    until = std::min(until, steady_clock::now() + (*next - now));
  }
  listener.wait(seen, until);
}

}  // namespace ackproof::postgres
