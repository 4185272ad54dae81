// Deletion (DEL_1 to DEL_5): first the set of instances that have to go is made, then what speaks
// against it is looked for, then everything of each member is removed.
#include <algorithm>
#include <utility>

#include "reference_providers/memory/errors.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

// A root goes with its tree; an id that has only queued items goes alone (DEL_4).
Result<DeletionCounts> Store::delete_instance(const std::string& instance, bool force) {
  std::set<std::string> doomed = {instance};
  if (find(instances_, instance) != nullptr) {
    const Families families(instances_);
    if (!families.is_root(instance)) return conflict("the instance is not a root");
    const std::vector<std::string> tree = families.tree(instance);
    doomed.insert(tree.begin(), tree.end());
  }
  if (std::optional<Error> error = refusal(doomed, force)) return *error;
  return remove(std::move(doomed));
}

Result<DeletionCounts> Store::delete_instances(const std::vector<std::string>& instances,
                                               bool force) {
  std::set<std::string> doomed(instances.begin(), instances.end());
  if (std::optional<Error> error = refusal(doomed, force)) return *error;
  return remove(std::move(doomed));
}

// Roots whose whole tree is terminal, and that completed early enough (DEL_5).
Result<DeletionCounts> Store::delete_matching(const InstanceFilter& filter) {
  const Families families(instances_);
  std::set<std::string> doomed;
  std::uint64_t roots = 0;
  for (const std::string& id : candidates(filter)) {
    if (roots == filter.limit) break;
    if (!families.is_root(id)) continue;
    const std::vector<std::string> tree = families.tree(id);
    const auto is_running = [&](const std::string& member) {
      return instances_.at(member).is_running();
    };
    if (std::ranges::any_of(tree, is_running)) continue;
    doomed.insert(tree.begin(), tree.end());
    ++roots;
  }
  return remove(std::move(doomed));
}

// The existing instances that a filter is about, each once.
std::vector<std::string> Store::candidates(const InstanceFilter& filter) const {
  std::set<std::string> named;
  if (filter.instances) named.insert(filter.instances->begin(), filter.instances->end());
  std::vector<std::string> ids;
  for (const auto& [id, instance] : instances_) {
    if (filter.instances && !named.contains(id)) continue;
    if (completed_before(instance.current_execution(), filter.completed_before)) ids.push_back(id);
  }
  return ids;
}

bool Store::is_queued(const std::string& instance) const {
  return messages_.find(instance) != nullptr || activities_.count(instance) > 0;
}

// What speaks against deleting exactly this set (DEL_1, DEL_3, DEL_4). Force helps against what
// still runs or waits, not against what would be orphaned.
std::optional<Error> Store::refusal(const std::set<std::string>& doomed, bool force) const {
  const Families families(instances_);
  for (const std::string& id : doomed) {
    const Instance* instance = find(instances_, id);
    if (instance == nullptr && !is_queued(id)) return not_found("nothing of the instance exists");
    if (instance == nullptr && !force) return conflict("the instance has yet to start");
    if (instance != nullptr && instance->is_running() && !force) return conflict("it is running");
    for (const std::string& child : families.children(id)) {
      if (!doomed.contains(child)) return conflict("a child would lose its parent");
    }
  }
  return std::nullopt;
}

// Everything of each of them; tokens from before find nothing (DEL_2).
DeletionCounts Store::remove(std::set<std::string> doomed) {
  DeletionCounts counts;
  for (const std::string& id : doomed) {
    if (const Instance* instance = find(instances_, id)) {
      ++counts.instances;
      counts.executions += instance->executions.size();
      for (const auto& [number, execution] : instance->executions) {
        counts.events += execution.events.size();
      }
    }
    if (const Mailbox* mailbox = messages_.find(id))
      counts.queued_items += mailbox->messages.size();
    counts.queued_items += activities_.count(id);
  }
  if (counts == DeletionCounts()) return counts;
  std::set<std::string> sessions = activities_.sessions_only_of(doomed);
  perform(InstancesRemoved{std::move(doomed), std::move(sessions)});
  return counts;
}

}  // namespace ackproof::memory
