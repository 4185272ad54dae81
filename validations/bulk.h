// Bulk deletion and bulk pruning, which may stop early when they take long: then their counts say
// what was done, and another call does the rest (contract/DECISIONS.md).
//
// So validations call again for as long as a call took a tenth of the call limit, and judge what all
// of them did together. A call that was quicker, and alone, has nothing to stop for.
#pragma once

#include <algorithm>
#include <chrono>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/context.h"

namespace ackproof {

// Looks at the machine's time from its making on.
class BulkWatch {
 public:
  explicit BulkWatch(const Capabilities& capabilities) : long_(capabilities.call_limit / 10) {}
  bool may_have_stopped() const { return std::chrono::steady_clock::now() - began_ >= long_; }

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  const Duration long_;
};

inline constexpr int kMostParts = 20;

// What deletions with this filter took until nothing was left to be taken. Trees of several
// members have to be fewer than the limit, which bounds roots.
inline DeletionCounts delete_all(Context& ctx, Provider& provider, InstanceFilter filter) {
  const Capabilities capabilities = ctx.description().capabilities;
  DeletionCounts sum;
  for (int part = 0; part < kMostParts; ++part) {
    const BulkWatch watch(capabilities);
    const DeletionCounts counts = provider.delete_matching(filter).value();
    sum.instances += counts.instances;
    sum.executions += counts.executions;
    sum.events += counts.events;
    sum.queued_items += counts.queued_items;
    if (counts.instances == 0 || !watch.may_have_stopped()) return sum;
    filter.limit -= std::min(filter.limit, counts.instances);
  }
  ctx.give_up();
}

// What prunings with this filter and these options took. Instances match again when they are
// pruned, so they are those of the last call, which went through them all.
inline PruneCounts prune_all(Context& ctx, Provider& provider, const InstanceFilter& filter,
                             const PruneOptions& options) {
  const Capabilities capabilities = ctx.description().capabilities;
  PruneCounts sum;
  for (int part = 0; part < kMostParts; ++part) {
    const BulkWatch watch(capabilities);
    const PruneCounts counts = provider.prune_matching(filter, options).value();
    sum.instances = counts.instances;
    sum.executions += counts.executions;
    sum.events += counts.events;
    if (!watch.may_have_stopped()) return sum;
  }
  ctx.give_up();
}

}  // namespace ackproof
