// Who is under way, and what has ended: where the threads of a stress run meet.
//
// There are so many places. Whoever starts workflows waits for a free one; it became free when the workflow
// before it ended, and that moment is when the next one was due. So a starter that is slow, or a store that is
// slow to take a start, shows as latency, and not as fewer measurements.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/stress/histogram.h"
#include "harness/stress/loads.h"
#include "reports/stress.h"

namespace ackproof::stress {

using Moment = std::chrono::steady_clock::time_point;

struct Flow {
  std::string instance;
  std::uint64_t key = 0;
  const Load* load = nullptr;
  Moment due;
};

// Safe from any thread.
class Board {
 public:
  Board(std::uint64_t places, Moment begin);

  // --- For who starts

  // When the place became free that is now the caller's; nothing when there is none before `limit`.
  std::optional<Moment> take_place(Moment limit);
  // Before the workflow is started, because it may end before that call has returned.
  void began(const Flow& flow);
  // It was not started after all. Its place is not free again. False: it has ended already.
  bool withdraw(const std::string& instance);
  // Nothing more is started.
  void stop_feeding();
  // Waits until nothing is under way. False: it is, and `limit` has come.
  bool wait_until_drained(Moment limit);

  // --- For who sees an end

  // The end of an instance was seen now. Does nothing for one that is not, or no longer, under way.
  void ended(const std::string& instance);
  // Those that have been under way for `span`, and were not given by this for as long.
  std::vector<std::string> long_under_way(Duration span);

  // --- For who judges

  // One that has ended. Nothing: none has within `patience`.
  std::optional<Flow> take_ended(Duration patience);
  std::vector<Flow> under_way() const;

  // --- What there is to tell

  struct Numbers {
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
    std::uint64_t under_way = 0;
  };
  Numbers numbers() const;
  StressPhases phases() const;
  std::vector<StressSecond> seconds() const;
  Latency latency() const;
  Latency latency(const Load& load) const;
  std::uint64_t started(const Load& load) const;

 private:
  struct Open {
    Flow flow;
    Moment looked_at;
  };
  StressSecond& second_of(Moment moment);
  std::uint64_t since_begin(Moment moment) const;

  const std::uint64_t places_;
  const Moment begin_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // And all below is guarded by mutex_.
  std::deque<Moment> free_;
  std::map<std::string, Open> open_;
  std::deque<Flow> ended_;
  std::vector<StressSecond> seconds_;
  Histogram all_;
  std::map<const Load*, Histogram> by_load_;
  std::map<const Load*, std::uint64_t> started_by_load_;
  std::uint64_t started_ = 0;
  std::uint64_t ended_count_ = 0;
  std::uint64_t ended_in_rounds_ = 0;
  Moment ramp_end_;
  std::optional<Moment> feed_end_;
  Moment round_end_;
  Moment last_end_;
};

}  // namespace ackproof::stress
