// What the judging of workflows has come to so far.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "harness/stress/judge.h"

namespace ackproof::stress {

// Safe from any thread.
class Results {
 public:
  enum class Kind : std::uint8_t { ended, lost, refused };

  void add(const Load& load, const std::string& instance, Kind kind, const Judged& judged) {
    const std::lock_guard lock(mutex_);
    StressCounts& counts = counts_[&load];
    const bool is_lost = kind == Kind::lost || has(judged, StressFault::lost);
    ++(judged.findings.empty() ? counts.right : is_lost ? counts.lost : counts.wrong);
    if (!judged.findings.empty()) failed_.insert(instance);
    keep(judged.findings);
    const StressActivities& more = judged.activities;
    activities_.scheduled += more.scheduled;
    activities_.recorded += more.recorded;
    activities_.recorded_again += more.recorded_again;
    activities_.unanswered += more.unanswered;
    activities_.executed_again += more.executed_again;
  }

  // One that was added already is not right after all.
  void change(const Load& load, const std::string& instance,
              const std::vector<StressFinding>& findings) {
    const std::lock_guard lock(mutex_);
    keep(findings);
    if (!failed_.insert(instance).second) return;
    StressCounts& counts = counts_[&load];
    --counts.right;
    ++counts.wrong;
  }

  // What is about none that was added.
  void note(const std::vector<StressFinding>& findings) {
    const std::lock_guard lock(mutex_);
    keep(findings);
  }

  void count_look() {
    const std::lock_guard lock(mutex_);
    ++looked_again_;
  }

  struct Numbers {
    std::uint64_t judged = 0;
    std::uint64_t failed = 0;
    std::uint64_t looked_again = 0;
  };
  Numbers numbers() const {
    const std::lock_guard lock(mutex_);
    Numbers numbers;
    numbers.looked_again = looked_again_;
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
    stressed.looked_again = looked_again_;
    stressed.findings = findings_;
    stressed.more_findings = more_findings_;
  }

 private:
  static constexpr std::size_t kKept = 50;

  void keep(const std::vector<StressFinding>& findings) {
    for (const StressFinding& finding : findings) {
      if (findings_.size() < kKept) {
        findings_.push_back(finding);
      } else {
        ++more_findings_;
      }
    }
  }

  static bool has(const Judged& judged, StressFault fault) {
    return std::ranges::find(judged.findings, fault, &StressFinding::fault) !=
           judged.findings.end();
  }

  mutable std::mutex mutex_;  // Guards all below.
  std::map<const Load*, StressCounts> counts_;
  std::set<std::string> failed_;  // Those that are not counted as right.
  StressActivities activities_;
  std::vector<StressFinding> findings_;
  std::uint64_t more_findings_ = 0;
  std::uint64_t looked_again_ = 0;
};

}  // namespace ackproof::stress
