// What operators read (MGMT_1 to MGMT_3). Nothing is counted beforehand: each answer is made from
// the facts when it is asked for.
#include "reference_providers/memory/errors.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

namespace {

Error no_instance() { return not_found("no such instance"); }

}  // namespace

Result<std::vector<std::string>> Store::list_instances(std::optional<Status> status) const {
  std::vector<std::string> ids;
  for (const auto& [id, instance] : instances_) {
    if (!status || instance.current_execution().status == *status) ids.push_back(id);
  }
  return ids;
}

Result<std::vector<std::uint64_t>> Store::list_executions(const std::string& instance) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr) return no_instance();
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, execution] : record->executions) numbers.push_back(number);
  return numbers;
}

Result<ExecutionInfo> Store::read_execution(const std::string& instance,
                                            std::uint64_t execution) const {
  const Execution* stored = find(instances_, instance, execution);
  if (stored == nullptr) return not_found("no such execution");
  return ExecutionInfo{
      .execution = execution,
      .status = stored->status,
      .output = stored->output,
      .pinned_version = stored->pinned_version,
      .created_at = stored->created_at,
      .completed_at = stored->completed_at,
      .event_count = stored->events.size(),
  };
}

Result<std::vector<std::string>> Store::list_children(const std::string& instance) const {
  return Families(instances_).children(instance);
}

// As it is stored, also when the parent is gone.
Result<std::optional<std::string>> Store::read_parent(const std::string& instance) const {
  const Instance* record = find(instances_, instance);
  if (record == nullptr) return no_instance();
  return record->parent;
}

Result<InstanceTree> Store::read_tree(const std::string& instance) const {
  if (find(instances_, instance) == nullptr) return no_instance();
  return InstanceTree{.root = instance, .members = Families(instances_).tree(instance)};
}

Result<QueueDepths> Store::read_queue_depths(Time now) const {
  return QueueDepths{.messages = messages_.depth(now), .activities = activities_.depth(now)};
}

Result<StoreTotals> Store::read_totals() const {
  StoreTotals totals;
  totals.instances = instances_.size();
  for (const auto& [id, instance] : instances_) {
    totals.executions += instance.executions.size();
    for (const auto& [number, execution] : instance.executions) {
      totals.events += execution.events.size();
    }
    switch (instance.current_execution().status) {
      case Status::running:
        ++totals.running;
        break;
      case Status::completed:
        ++totals.completed;
        break;
      case Status::failed:
        ++totals.failed;
        break;
      case Status::continued_as_new:
        ++totals.continued_as_new;
        break;
    }
  }
  return totals;
}

}  // namespace ackproof::memory
