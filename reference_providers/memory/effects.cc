// How effects change the data, whether they come from a verb or from another store.
#include "reference_providers/memory/effects.h"

#include <algorithm>
#include <utility>

#include "reference_providers/memory/store.h"

namespace ackproof::memory {

namespace {

// The commit of its execution, new or not, but for what it brings to the instance and the queues.
void write_execution(Instance& instance, TurnCommit& commit, Time now) noexcept {
  const auto [entry, is_new] = instance.executions.try_emplace(commit.execution);
  Execution& execution = entry->second;  // New: Running, without output (ACK_12).
  if (is_new) execution.created_at = now;
  if (commit.metadata.status) execution.status = *commit.metadata.status;
  if (commit.metadata.output) execution.output = std::move(commit.metadata.output);
  if (commit.metadata.pinned_version) execution.pinned_version = commit.metadata.pinned_version;
  for (Event& event : commit.events) execution.events.emplace(event.id, std::move(event));
}

// Several changes count as one (STAT_1, STAT_3).
void write_custom_status(CustomStatus& stored, std::vector<StatusChange>& changes) noexcept {
  if (changes.empty()) return;
  stored.value = std::move(changes.back().value);
  ++stored.version;
}

// An execution that ends keeps the time of the ack that ended it; one that was taken back to
// Running has none.
void note_end(Instance& instance, std::uint64_t execution, Time now) noexcept {
  std::optional<Time>& completed_at = instance.executions.at(execution).completed_at;
  if (!instance.has_ended(execution)) {
    completed_at.reset();
  } else if (!completed_at) {
    completed_at = now;
  }
}

// Its record with the commit's metadata in it. The parent is fixed at creation (ACK_15).
Instance& write_record(Instances& instances, const std::string& id, Metadata& metadata,
                       Time now) noexcept {
  const auto [entry, is_new] = instances.try_emplace(id);
  Instance& instance = entry->second;
  if (is_new) {
    instance.parent = std::move(metadata.parent);
    instance.created_at = now;
  }
  if (metadata.name) instance.name = std::move(*metadata.name);
  if (metadata.version) instance.version = std::move(metadata.version);
  instance.updated_at = now;
  return instance;
}

}  // namespace

void Store::perform(Effect effect) {
  if (witness_) witness_(effect);
  apply(std::move(effect));
}

void Store::apply(Effect effect) noexcept {
  std::visit([this](auto& change) { apply_one(change); }, effect);
}

// --- Instance queue

void Store::apply_one(MessagePut& put) noexcept {
  messages_.put(std::move(put.message), put.visible_at);
}

void Store::apply_one(TurnTaken& taken) noexcept { messages_.take(std::move(taken)); }

// Everything that a commit brings, in the order that the contract gives.
void Store::apply_one(TurnCommitted& committed) noexcept {
  auto& [id, commit, now] = committed;
  Instance& instance = write_record(instances_, id, commit.metadata, now);
  write_execution(instance, commit, now);
  const std::uint64_t before =
      std::exchange(instance.current, std::max(instance.current, commit.execution));
  if (before != 0) note_end(instance, before, now);  // A higher one may be current now.
  note_end(instance, commit.execution, now);

  write_custom_status(instance.custom_status, commit.custom_status);
  if (commit.execution == instance.current) {
    if (before < instance.current) instance.values.merge();  // What the lower one left (KV_2).
    for (KeyValueChange& change : commit.values) instance.values.change(std::move(change));
    if (instance.has_ended(instance.current)) instance.values.merge();
  }

  for (Activity& activity : commit.activities) activities_.put(std::move(activity));
  for (const ActivityKey& key : commit.cancelled) activities_.cancel(key);  // New ones too (ACK_9).
  for (Message& message : commit.messages) {
    const Time visible_at = std::max(now, message.visible_at.value_or(now));
    messages_.put(std::move(message), visible_at);
  }
  messages_.finish(id, now);
}

void Store::apply_one(TurnReturned& returned) noexcept { messages_.give_back(returned); }

void Store::apply_one(TurnRenewed& renewed) noexcept { messages_.renew(renewed); }

// --- Activity queue

void Store::apply_one(ActivityPut& put) noexcept { activities_.put(std::move(put.activity)); }

void Store::apply_one(ActivityTaken& taken) noexcept { activities_.take(std::move(taken)); }

void Store::apply_one(ActivityFinished& finished) noexcept {
  activities_.finish(finished.sequence, finished.now);
  if (!finished.completion) return;
  const Time visible_at =
      std::max(finished.now, finished.completion->visible_at.value_or(finished.now));
  messages_.put(std::move(*finished.completion), visible_at);
}

void Store::apply_one(ActivityReturned& returned) noexcept { activities_.give_back(returned); }

void Store::apply_one(ActivityRenewed& renewed) noexcept { activities_.renew(renewed); }

void Store::apply_one(SessionsRenewed& renewed) noexcept {
  for (const std::string& session : renewed.sessions) {
    activities_.sessions().renew(session, renewed.until);
  }
}

void Store::apply_one(SessionsRemoved& removed) noexcept {
  for (const std::string& session : removed.sessions) activities_.sessions().forget(session);
}

// --- Deletion and pruning

void Store::apply_one(InstancesRemoved& removed) noexcept {
  for (const std::string& id : removed.instances) {
    instances_.erase(id);
    messages_.remove_all(id);
    activities_.remove_all(id);
  }
  for (const std::string& session : removed.sessions) activities_.sessions().forget(session);
}

void Store::apply_one(ExecutionsRemoved& removed) noexcept {
  for (const auto& [id, execution] : removed.executions) {
    instances_.at(id).executions.erase(execution);
  }
}

// --- A whole store

void Store::apply_one(CountersRestored& counters) noexcept {
  messages_.restore(counters);
  activities_.restore(counters);
}

void Store::apply_one(InstanceRestored& restored) noexcept {
  Instance& instance = instances_[restored.instance];
  instance.name = std::move(restored.name);
  instance.version = std::move(restored.version);
  instance.parent = std::move(restored.parent);
  instance.current = restored.current;
  instance.created_at = restored.created_at;
  instance.updated_at = restored.updated_at;
  instance.custom_status = std::move(restored.custom_status);
  instance.values.restore(std::move(restored.live_values), std::move(restored.merged_values));
}

void Store::apply_one(ExecutionRestored& restored) noexcept {
  ExecutionInfo& info = restored.info;
  Execution& execution = instances_.at(restored.instance).executions[info.execution];
  execution.status = info.status;
  execution.output = std::move(info.output);
  execution.pinned_version = info.pinned_version;
  execution.created_at = info.created_at;
  execution.completed_at = info.completed_at;
}

void Store::apply_one(EventRestored& restored) noexcept {
  Execution& execution = instances_.at(restored.instance).executions.at(restored.execution);
  execution.events.emplace(restored.event.id, std::move(restored.event));
}

void Store::apply_one(MailboxRestored& restored) noexcept {
  messages_.restore(std::move(restored));
}

void Store::apply_one(MessageRestored& restored) noexcept {
  messages_.restore(std::move(restored));
}

void Store::apply_one(ActivityRestored& restored) noexcept {
  activities_.restore(std::move(restored));
}

void Store::apply_one(SessionRestored& restored) noexcept {
  activities_.sessions().restore(std::move(restored));
}

void Store::dump(const std::function<void(Effect)>& sink) const {
  sink(CountersRestored{messages_.last_sequence(), messages_.last_turn_number(),
                        activities_.last_sequence()});
  for (const auto& [id, instance] : instances_) {
    sink(InstanceRestored{.instance = id,
                          .name = instance.name,
                          .version = instance.version,
                          .parent = instance.parent,
                          .current = instance.current,
                          .created_at = instance.created_at,
                          .updated_at = instance.updated_at,
                          .custom_status = instance.custom_status,
                          .live_values = instance.values.live(),
                          .merged_values = instance.values.merged()});
    for (const auto& [number, execution] : instance.executions) {
      sink(ExecutionRestored{id, read_execution(id, number).value()});
      for (const auto& [event_id, event] : execution.events) sink(EventRestored{id, number, event});
    }
  }
  messages_.dump(sink);
  activities_.dump(sink);
}

// --- Whether what an effect names is there

namespace {

struct Fits {
  const Instances& instances;
  const MessageQueue& messages;
  const ActivityQueue& activities;

  bool has(const std::string& instance, const std::vector<Sequence>& batch) const {
    const Mailbox* mailbox = messages.find(instance);
    return mailbox != nullptr && std::ranges::all_of(batch, [&](Sequence sequence) {
             return mailbox->messages.contains(sequence);
           });
  }
  bool is_locked(const std::string& instance) const {
    const Mailbox* mailbox = messages.find(instance);
    return mailbox != nullptr && !mailbox->token.empty() && has(instance, mailbox->batch);
  }

  bool operator()(const TurnTaken& taken) const { return has(taken.instance, taken.batch); }
  bool operator()(const TurnCommitted& committed) const { return is_locked(committed.instance); }
  bool operator()(const TurnReturned& returned) const { return is_locked(returned.instance); }
  bool operator()(const TurnRenewed& renewed) const { return is_locked(renewed.instance); }
  bool operator()(const ActivityTaken& taken) const { return activities.has(taken.sequence); }
  bool operator()(const ActivityFinished& done) const { return activities.has(done.sequence); }
  bool operator()(const ActivityReturned& item) const { return activities.has(item.sequence); }
  bool operator()(const ActivityRenewed& item) const { return activities.has(item.sequence); }
  bool operator()(const SessionsRenewed& renewed) const {
    return std::ranges::all_of(renewed.sessions, [&](const std::string& session) {
      return activities.sessions().has(session);
    });
  }
  bool operator()(const ExecutionsRemoved& removed) const {
    return std::ranges::all_of(removed.executions, [&](const auto& key) {
      return find(instances, key.first, key.second) != nullptr;
    });
  }
  bool operator()(const ExecutionRestored& restored) const {
    return find(instances, restored.instance) != nullptr;
  }
  bool operator()(const EventRestored& restored) const {
    return find(instances, restored.instance, restored.execution) != nullptr;
  }
  bool operator()(const MessageRestored& restored) const {
    return messages.find(restored.message.target) != nullptr;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return true;
  }
};

}  // namespace

bool Store::fits(const Effect& effect) const {
  return std::visit(Fits{instances_, messages_, activities_}, effect);
}

}  // namespace ackproof::memory
