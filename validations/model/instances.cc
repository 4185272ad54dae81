// Reading, management, deletion and pruning in the model.
#include <algorithm>

#include "validations/model/model.h"

namespace ackproof::model {

namespace {

ExecutionInfo info_of(std::uint64_t number, const Execution& execution) {
  return {.execution = number,
          .status = execution.status,
          .output = execution.output,
          .pinned_version = execution.pinned_version,
          .created_at = execution.created_at,
          .completed_at = execution.completed_at,
          .event_count = execution.events.size()};
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

// --- Reading

std::vector<Event> Model::history(const std::string& instance,
                                  std::optional<std::uint64_t> execution) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return {};
  const auto entry = found->second.executions.find(execution.value_or(found->second.current));
  if (entry == found->second.executions.end()) return {};
  std::vector<Event> events;
  for (const auto& [id, event] : entry->second.events) events.push_back(event);
  return events;
}

std::optional<InstanceInfo> Model::info(const std::string& instance) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return std::nullopt;
  const Instance& record = found->second;
  const Execution& current = record.executions.at(record.current);
  return InstanceInfo{.instance = instance,
                      .name = record.name,
                      .version = record.version,
                      .parent = record.parent,
                      .execution = record.current,
                      .status = current.status,
                      .output = current.output,
                      .pinned_version = current.pinned_version,
                      .created_at = record.created_at,
                      .updated_at = record.updated_at};
}

std::optional<CustomStatus> Model::custom_status(const std::string& instance,
                                                 std::uint64_t seen) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end() || found->second.custom_status.version <= seen) return std::nullopt;
  return found->second.custom_status;
}

std::map<std::string, KeyValue> Model::values(const std::string& instance) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return {};
  std::map<std::string, KeyValue> view = found->second.merged;
  for (const auto& [key, value] : found->second.pending) {
    if (value) {
      view[key] = *value;
    } else {
      view.erase(key);
    }
  }
  return view;
}

// --- Management

std::vector<std::string> Model::list(std::optional<Status> status) const {
  std::vector<std::string> ids;
  for (const auto& [id, instance] : instances_) {
    if (!status || instance.executions.at(instance.current).status == *status) ids.push_back(id);
  }
  return ids;
}

std::vector<std::uint64_t> Model::executions(const std::string& instance) const {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, execution] : instances_.at(instance).executions) {
    numbers.push_back(number);
  }
  return numbers;
}

std::optional<ExecutionInfo> Model::execution(const std::string& instance,
                                              std::uint64_t number) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return std::nullopt;
  const auto entry = found->second.executions.find(number);
  if (entry == found->second.executions.end()) return std::nullopt;
  return info_of(number, entry->second);
}

std::vector<std::string> Model::children(const std::string& instance) const {
  std::vector<std::string> ids;
  if (!exists(instance)) return ids;
  for (const auto& [id, child] : instances_) {
    if (child.parent == instance) ids.push_back(id);
  }
  return ids;
}

std::optional<std::string> Model::parent(const std::string& instance) const {
  return instances_.at(instance).parent;
}

std::vector<std::string> Model::tree(const std::string& instance) const {
  std::vector<std::string> members{instance};
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const std::string& child : children(members[i])) {
      if (!contains(members, child)) members.push_back(child);
    }
  }
  return members;
}

QueueDepths Model::depths(Time now) const {
  QueueDepths depths;
  for (const auto& [instance, mailbox] : mailboxes_) {
    const bool is_locked = !mailbox.token.empty() && now < mailbox.deadline;
    const bool is_held = !exists(instance) && first_start(mailbox, now) == nullptr;
    for (const QueuedMessage& queued : mailbox.messages) {
      QueueDepth& depth = depths.messages;
      ++(is_locked                 ? depth.locked
         : queued.visible_at > now ? depth.hidden
         : is_held                 ? depth.held
                                   : depth.ready);
    }
  }
  for (const QueuedActivity& item : activities_) {
    QueueDepth& depth = depths.activities;
    ++(now >= item.away_until ? depth.ready : item.token.empty() ? depth.hidden : depth.locked);
  }
  return depths;
}

StoreTotals Model::totals() const {
  StoreTotals totals;
  for (const auto& [id, instance] : instances_) {
    ++totals.instances;
    for (const auto& [number, execution] : instance.executions) {
      ++totals.executions;
      totals.events += execution.events.size();
    }
    switch (instance.executions.at(instance.current).status) {
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

// --- Deletion

bool Model::is_running(const std::string& instance) const {
  const Status status = info(instance)->status;
  return status == Status::running || status == Status::continued_as_new;
}

bool Model::is_root(const std::string& instance) const {
  const std::optional<std::string> up = parent(instance);
  return !up || !exists(*up);
}

bool Model::has_items(const std::string& instance) const {
  const auto mailbox = mailboxes_.find(instance);
  if (mailbox != mailboxes_.end() && !mailbox->second.messages.empty()) return true;
  return std::ranges::any_of(
      activities_, [&](const QueuedActivity& item) { return item.activity.instance == instance; });
}

Refusals Model::against_deleting(const std::string& instance, bool force) const {
  if (!exists(instance)) return against_deleting(std::vector{instance}, force);
  if (!is_root(instance)) return {ErrorKind::conflict};
  return against_deleting(tree(instance), force);
}

Refusals Model::against_deleting(const std::vector<std::string>& instances, bool force) const {
  Refusals why;
  for (const std::string& id : instances) {
    if (!exists(id)) {
      if (!has_items(id)) why.push_back(ErrorKind::not_found);
      if (has_items(id) && !force) why.push_back(ErrorKind::conflict);
      continue;
    }
    if (is_running(id) && !force) why.push_back(ErrorKind::conflict);
    for (const std::string& child : children(id)) {
      if (!contains(instances, child)) why.push_back(ErrorKind::conflict);
    }
  }
  return why;
}

DeletionCounts Model::remove(const std::vector<std::string>& instances) {
  DeletionCounts counts;
  std::set<std::string> touched;  // Sessions of activities that go.
  for (const std::string& id : std::set<std::string>(instances.begin(), instances.end())) {
    if (const auto found = instances_.find(id); found != instances_.end()) {
      ++counts.instances;
      for (const auto& [number, execution] : found->second.executions) {
        ++counts.executions;
        counts.events += execution.events.size();
      }
      instances_.erase(found);
    }
    if (const auto mailbox = mailboxes_.find(id); mailbox != mailboxes_.end()) {
      counts.queued_items += mailbox->second.messages.size();
      mailboxes_.erase(mailbox);
    }
    counts.queued_items += std::erase_if(activities_, [&](const QueuedActivity& item) {
      if (item.activity.instance != id) return false;
      if (item.activity.session) touched.insert(*item.activity.session);
      return true;
    });
    waited_through_.erase(id);
    for (auto& [token, waiting] : passed_over_) waiting.erase(id);
  }
  for (const std::string& session : touched) {
    const bool is_empty = std::ranges::none_of(
        activities_, [&](const QueuedActivity& item) { return item.activity.session == session; });
    if (is_empty) sessions_.erase(session);
  }
  return counts;
}

std::vector<std::string> Model::deletable(const InstanceFilter& filter) const {
  std::vector<std::string> roots;
  for (const auto& [id, instance] : instances_) {
    if (filter.instances && !contains(*filter.instances, id)) continue;
    const std::vector<std::string> members = tree(id);
    const bool is_live =
        std::ranges::any_of(members, [&](const std::string& member) { return is_running(member); });
    if (!is_root(id) || is_live) continue;
    const Time completed = *instance.executions.at(instance.current).completed_at;
    if (filter.completed_before && completed >= *filter.completed_before) continue;
    roots.push_back(id);
  }
  return roots;
}

// --- Pruning

PruneCounts Model::prune(const std::string& instance, const PruneOptions& options) {
  PruneCounts counts{.instances = 1};
  Instance& record = instances_.at(instance);
  const std::uint64_t kept = std::max<std::uint64_t>(options.keep_last.value_or(1), 1);
  std::uint64_t rank = record.executions.size();  // By number downwards, from 1.
  for (auto entry = record.executions.begin(); entry != record.executions.end(); --rank) {
    const auto& [number, execution] = *entry;
    const bool is_old =
        !options.completed_before || *execution.completed_at < *options.completed_before;
    if (number == record.current || rank <= kept || !is_old) {
      ++entry;
      continue;
    }
    ++counts.executions;
    counts.events += execution.events.size();
    entry = record.executions.erase(entry);
  }
  return counts;
}

std::vector<std::string> Model::prunable(const InstanceFilter& filter) const {
  std::vector<std::string> ids;
  for (const auto& [id, instance] : instances_) {
    if (filter.instances && !contains(*filter.instances, id)) continue;
    const std::optional<Time> completed = instance.executions.at(instance.current).completed_at;
    if (filter.completed_before && (!completed || *completed >= *filter.completed_before)) continue;
    ids.push_back(id);
  }
  return ids;
}

}  // namespace ackproof::model
