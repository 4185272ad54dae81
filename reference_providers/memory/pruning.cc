// Pruning (PRUNE_1, PRUNE_2): lower executions go, the current one never. Key-values and queued
// items are the instance's and stay.
#include <algorithm>
#include <utility>

#include "reference_providers/memory/errors.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

namespace {

// Goes down from the current execution, which is the first that is kept. All others have ended, so
// both criteria are all there is to ask.
void prune(const Instances::value_type& entry, const PruneOptions& options, PruneCounts& counts,
           ExecutionsRemoved& removed) {
  const auto& [id, instance] = entry;
  const std::uint64_t keep = std::max<std::uint64_t>(options.keep_last.value_or(1), 1);
  std::uint64_t rank = 0;
  for (auto next = instance.executions.rbegin(); next != instance.executions.rend(); ++next) {
    const Execution& execution = next->second;
    if (++rank <= keep || !completed_before(execution, options.completed_before)) continue;
    ++counts.executions;
    counts.events += execution.events.size();
    removed.executions.emplace_back(id, next->first);
  }
  ++counts.instances;  // Also if nothing of it goes.
}

}  // namespace

Result<PruneCounts> Store::prune_instance(const std::string& instance,
                                          const PruneOptions& options) {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return not_found("no such instance");
  PruneCounts counts;
  ExecutionsRemoved removed;
  prune(*found, options, counts, removed);
  if (!removed.executions.empty()) perform(std::move(removed));
  return counts;
}

Result<PruneCounts> Store::prune_matching(const InstanceFilter& filter,
                                          const PruneOptions& options) {
  PruneCounts counts;
  ExecutionsRemoved removed;
  for (const std::string& id : candidates(filter)) {
    if (counts.instances == filter.limit) break;
    prune(*instances_.find(id), options, counts, removed);
  }
  if (!removed.executions.empty()) perform(std::move(removed));
  return counts;
}

}  // namespace ackproof::memory
