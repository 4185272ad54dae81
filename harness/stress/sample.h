// Some of the workflows that were found right, for another look at them.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>

#include "harness/stress/board.h"

namespace ackproof::stress {

// Those with the smallest keys. Keys are random, whenever a workflow ends: so they are spread over the whole run, and
// the same seed gives the same ones.
class Sample {
 public:
  static constexpr std::size_t kMost = 1'000;

  void add(const Flow& flow) {
    flows_.emplace(flow.key, flow);
    if (flows_.size() > kMost) flows_.erase(std::prev(flows_.end()));
  }
  const std::map<std::uint64_t, Flow>& flows() const { return flows_; }

 private:
  std::map<std::uint64_t, Flow> flows_;  // By key.
};

}  // namespace ackproof::stress
