#include "reference_providers/memory/store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "contract/rules.h"
#include "reference_providers/memory/errors.h"

namespace ackproof::memory {

namespace {

// Whether there is something in it that a lower execution has no say in (ACK_17).
bool changes_instance(const TurnCommit& commit) {
  return commit.metadata.name || commit.metadata.version || commit.metadata.parent ||
         !commit.custom_status.empty() || !commit.values.empty();
}

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

}  // namespace

// --- Instance queue

Result<void> Store::enqueue_message(Message message, Duration delay, Time now) {
  const Time earliest = rules::later(now, delay);
  const Time visible_at = std::max(earliest, message.visible_at.value_or(earliest));
  messages_.put(std::move(message), visible_at);
  return {};
}

Result<std::optional<Turn>> Store::fetch_turn(const FetchTurn& options, Time now) {
  return messages_.fetch(options, now);
}

Time Store::next_chance(const FetchTurn&, Time now) const { return messages_.next_chance(now); }

// One atomic step: all checks come before the first write, and nobody looks in between (ACK_1).
Result<void> Store::ack_turn(const LockToken& token, TurnCommit commit, Time now) {
  Mailbox* mailbox = messages_.opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  if (std::optional<Error> error = refusal(*mailbox, commit)) return *error;
  write(*mailbox, commit, now);
  messages_.finish(*mailbox, now);
  return {};
}

Result<void> Store::abandon_turn(const LockToken& token, const Abandon& how, Time now) {
  return messages_.abandon(token, how, now);
}

Result<void> Store::renew_turn(const LockToken& token, Duration extend_for, Time now) {
  return messages_.renew(token, extend_for, now);
}

// --- Turn commit

// What speaks against the commit, given what is stored.
std::optional<Error> Store::refusal(const Mailbox& mailbox, const TurnCommit& commit) const {
  if (const Instance* instance = find(instances_, mailbox.instance)) {
    const std::optional<std::string>& parent = commit.metadata.parent;
    if (commit.execution < instance->current && changes_instance(commit)) {
      return invalid("a lower execution cannot change the instance");
    }
    if (parent && parent != instance->parent) {
      return conflict("the instance has another parent");  // ACK_15
    }
  }
  return refusal(find(instances_, mailbox.instance, commit.execution), commit.events);
}

// What speaks against appending `delta` to the execution, which may be new (null).
std::optional<Error> Store::refusal(const Execution* execution,
                                    const std::vector<Event>& delta) const {
  const std::size_t stored = execution == nullptr ? 0 : execution->events.size();
  if (stored + delta.size() > limits_.history_events) {
    return invalid("the history would have too many events");  // CAP_3
  }
  std::set<std::uint64_t> seen;
  for (const Event& event : delta) {
    const bool is_stored = execution != nullptr && execution->events.contains(event.id);
    if (is_stored || !seen.insert(event.id).second) {
      return conflict("an event id is there already");  // ACK_4
    }
  }
  return std::nullopt;
}

// Everything that a commit brings, in the order that the contract gives.
void Store::write(const Mailbox& mailbox, TurnCommit& commit, Time now) noexcept {
  Instance& instance = record(mailbox, commit.metadata, now);
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
}

// The instance's record with the commit's metadata in it, created by the first ack (ACK_10).
Instance& Store::record(const Mailbox& mailbox, const Metadata& metadata, Time now) noexcept {
  const auto [entry, is_new] = instances_.try_emplace(mailbox.instance);
  Instance& instance = entry->second;
  if (is_new) {
    if (const Message* start = mailbox.first_start(mailbox.fetched_at)) {
      instance.name = start->name.value_or("");
      instance.version = start->version;
      instance.parent = start->parent;
    }
    if (metadata.parent) instance.parent = metadata.parent;  // Fixed from here on (ACK_15).
    instance.created_at = now;
  }
  if (metadata.name) instance.name = *metadata.name;
  if (metadata.version) instance.version = metadata.version;
  instance.updated_at = now;
  return instance;
}

// --- Activity queue

Result<void> Store::enqueue_activity(Activity activity) {
  activities_.put(std::move(activity));
  return {};
}

Result<std::optional<LockedActivity>> Store::fetch_activity(const FetchActivity& options,
                                                            Time now) {
  return activities_.fetch(options, now);
}

Time Store::next_chance(const FetchActivity& options, Time now) const {
  return activities_.next_chance(options, now);
}

// The completion goes to the target that it names, whether or not anybody still waits for it
// (WORK_4, WORK_9).
Result<void> Store::ack_activity(const LockToken& token, std::optional<Message> completion,
                                 Time now) {
  if (Result<void> removed = activities_.ack(token, now); !removed) return removed;
  if (completion) {
    const Time visible_at = std::max(now, completion->visible_at.value_or(now));
    messages_.put(std::move(*completion), visible_at);
  }
  return {};
}

Result<void> Store::abandon_activity(const LockToken& token, const Abandon& how, Time now) {
  return activities_.abandon(token, how, now);
}

Result<void> Store::renew_activity(const LockToken& token, Duration extend_for, Time now) {
  return activities_.renew(token, extend_for, now);
}

Result<std::uint64_t> Store::renew_sessions(const RenewSessions& options, Time now) {
  return activities_.renew_sessions(options, now);
}

Result<std::uint64_t> Store::cleanup_sessions(Time now) {
  return activities_.clean_up_sessions(now);
}

// --- Damage

Result<void> Store::corrupt_history(const std::string& instance, std::uint64_t execution) {
  const Execution* stored = find(instances_, instance, execution);
  if (stored == nullptr || stored->events.empty()) return not_found("no events in this execution");
  instances_.at(instance).executions.at(execution).undecodable = true;
  return {};
}

Result<void> Store::corrupt_message(const std::string& target, std::uint64_t id) {
  if (!messages_.corrupt(target, id)) return not_found("no message with this target and id");
  return {};
}

Result<void> Store::corrupt_activity(const ActivityKey& key) {
  if (!activities_.corrupt(key)) return not_found("no such activity");
  return {};
}

}  // namespace ackproof::memory
