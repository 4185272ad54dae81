// What the judging of workflows has come to so far.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "harness/stress/judge.h"

namespace ackproof::stress {

// Safe from any thread.
class Results {
 public:
  enum class Kind : std::uint8_t { ended, lost, refused };

  void add(const Load& load, Kind kind, const Judged& judged) {
    const std::lock_guard lock(mutex_);
    StressCounts& counts = counts_[&load];
    const bool is_lost = kind == Kind::lost || has(judged, StressFault::lost);
    ++(judged.findings.empty() ? counts.right : is_lost ? counts.lost : counts.wrong);
    for (const StressFinding& finding : judged.findings) {
      if (findings_.size() < kKept) {
        findings_.push_back(finding);
      } else {
        ++more_findings_;
      }
    }
    const StressActivities& more = judged.activities;
    activities_.scheduled += more.scheduled;
    activities_.recorded += more.recorded;
    activities_.recorded_again += more.recorded_again;
    activities_.unanswered += more.unanswered;
    activities_.executed_again += more.executed_again;
  }

  struct Numbers {
    std::uint64_t judged = 0;
    std::uint64_t failed = 0;
  };
  Numbers numbers() const {
    const std::lock_guard lock(mutex_);
    Numbers numbers;
    for (const auto& [load, counts] : counts_) {
      numbers.failed += counts.wrong + counts.lost;
      numbers.judged += counts.right + counts.wrong + counts.lost;
    }
    return numbers;
  }

  // Without names, starts and latencies.
  StressCounts counts(const Load& load) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(&load);
    return found == counts_.end() ? StressCounts() : found->second;
  }

  void put_into(Stressed& stressed) const {
    const std::lock_guard lock(mutex_);
    stressed.activities = activities_;
    stressed.findings = findings_;
    stressed.more_findings = more_findings_;
  }

 private:
  static constexpr std::size_t kKept = 50;

  static bool has(const Judged& judged, StressFault fault) {
    return std::ranges::find(judged.findings, fault, &StressFinding::fault) !=
           judged.findings.end();
  }

  mutable std::mutex mutex_;  // Guards all below.
  std::map<const Load*, StressCounts> counts_;
  StressActivities activities_;
  std::vector<StressFinding> findings_;
  std::uint64_t more_findings_ = 0;
};

}  // namespace ackproof::stress
