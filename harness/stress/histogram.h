// Latencies in buckets: however many there are, in little memory, within 1 %.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>

#include "reports/stress.h"

namespace ackproof::stress {

class Histogram {
 public:
  void add(std::uint64_t us) {
    ++buckets_[bucket_of(us)];
    ++count_;
    max_us_ = std::max(max_us_, us);
  }

  Latency told() const {
    Latency latency{percentile(0.50), percentile(0.95), percentile(0.99), max_us_, {}};
    for (const auto& [up_to, count] : buckets_) {
      latency.buckets.push_back({std::min(up_to, max_us_), count});
    }
    return latency;
  }

 private:
  // The largest value that counts with this one: it differs from it behind its eight leading bits only.
  static std::uint64_t bucket_of(std::uint64_t us) {
    const int loose = std::max(0, static_cast<int>(std::bit_width(us)) - kBits);
    return us | ((std::uint64_t{1} << static_cast<unsigned>(loose)) - 1);
  }

  // The smallest bucket that has so many with those before it: never lower than the truth.
  std::uint64_t percentile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (const auto& [up_to, count] : buckets_) {
      seen += count;
      if (seen >= wanted) return std::min(up_to, max_us_);
    }
    return 0;
  }

  static constexpr int kBits = 8;

  std::map<std::uint64_t, std::uint64_t> buckets_;  // By the largest value that counts there.
  std::uint64_t count_ = 0;
  std::uint64_t max_us_ = 0;
};

}  // namespace ackproof::stress
