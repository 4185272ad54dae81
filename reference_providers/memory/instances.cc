#include "reference_providers/memory/instances.h"

#include <set>

namespace ackproof::memory {

const Instance* find(const Instances& instances, const std::string& id) {
  const auto found = instances.find(id);
  return found == instances.end() ? nullptr : &found->second;
}

const Execution* find(const Instances& instances, const std::string& id, std::uint64_t execution) {
  const Instance* instance = find(instances, id);
  if (instance == nullptr) return nullptr;
  const auto found = instance->executions.find(execution);
  return found == instance->executions.end() ? nullptr : &found->second;
}

std::vector<Event> history_of(const Execution& execution) {
  std::vector<Event> history;
  history.reserve(execution.events.size());
  for (const auto& [id, event] : execution.events) history.push_back(event);
  return history;
}

bool completed_before(const Execution& execution, const std::optional<Time>& bound) {
  return !bound || (execution.completed_at && *execution.completed_at < *bound);
}

Families::Families(const Instances& instances) : instances_(instances) {
  for (const auto& [id, instance] : instances) {
    if (instance.parent && instances.contains(*instance.parent)) {
      children_[*instance.parent].push_back(id);
    }
  }
}

std::vector<std::string> Families::children(const std::string& instance) const {
  const auto found = children_.find(instance);
  return found == children_.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> Families::tree(const std::string& root) const {
  std::vector<std::string> members = {root};
  std::set<std::string> seen = {root};
  for (std::size_t next = 0; next < members.size(); ++next) {
    for (const std::string& child : children(members[next])) {
      if (seen.insert(child).second) members.push_back(child);
    }
  }
  return members;
}

bool Families::is_root(const std::string& instance) const {
  const std::optional<std::string>& parent = instances_.at(instance).parent;
  return !parent || !instances_.contains(*parent);
}

}  // namespace ackproof::memory
