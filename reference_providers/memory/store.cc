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

}  // namespace

// --- Instance queue

Result<void> Store::enqueue_message(Message message, Duration delay, Time now) {
  const Time earliest = rules::later(now, delay);
  const Time visible_at = std::max(earliest, message.visible_at.value_or(earliest));
  perform(MessagePut{std::move(message), visible_at});
  return {};
}

// What is handed out is made before the lock is: should that fail, there is none (ERR_4).
Result<std::optional<Turn>> Store::fetch_turn(const FetchTurn& options, Time now) {
  std::optional<TurnTaken> taken = messages_.choose(options, now);
  if (!taken) return std::optional<Turn>();
  std::optional<Turn> turn = messages_.turn_of(*taken);
  perform(std::move(*taken));
  return turn;
}

Time Store::next_chance(const FetchTurn&, Time now) const { return messages_.next_chance(now); }

// One atomic step: all checks come before the first write, and nobody looks in between (ACK_1).
Result<void> Store::ack_turn(const LockToken& token, TurnCommit commit, Time now) {
  const Mailbox* mailbox = messages_.opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  if (std::optional<Error> error = refusal(*mailbox, commit)) return *error;
  complete(*mailbox, commit.metadata);
  perform(TurnCommitted{mailbox->instance, std::move(commit), now});
  return {};
}

Result<void> Store::abandon_turn(const LockToken& token, const Abandon& how, Time now) {
  const Mailbox* mailbox = messages_.opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  std::optional<Time> hidden_until;
  if (how.delay > Duration(0)) hidden_until = rules::later(now, how.delay);
  perform(TurnReturned{mailbox->instance, how.ignore_attempt, hidden_until, now});
  return {};
}

Result<void> Store::renew_turn(const LockToken& token, Duration extend_for, Time now) {
  const Mailbox* mailbox = messages_.opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  perform(TurnRenewed{mailbox->instance, rules::later(now, extend_for)});
  return {};
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

// The first ack creates the record: what the engine does not say comes from the start (ACK_10).
void Store::complete(const Mailbox& mailbox, Metadata& metadata) const {
  if (find(instances_, mailbox.instance) != nullptr) return;
  const Message* start = mailbox.first_start(mailbox.taken_at);
  if (start == nullptr) return;
  if (!metadata.name) metadata.name = start->name;
  if (!metadata.version) metadata.version = start->version;
  if (!metadata.parent) metadata.parent = start->parent;
}

// --- Activity queue

Result<void> Store::enqueue_activity(Activity activity) {
  perform(ActivityPut{std::move(activity)});
  return {};
}

Result<std::optional<LockedActivity>> Store::fetch_activity(const FetchActivity& options,
                                                            Time now) {
  std::optional<ActivityTaken> taken = activities_.choose(options, now);
  if (!taken) return std::optional<LockedActivity>();
  std::optional<LockedActivity> locked = activities_.activity_of(*taken);
  perform(std::move(*taken));
  return locked;
}

Time Store::next_chance(const FetchActivity& options, Time now) const {
  return activities_.next_chance(options, now);
}

// The completion goes to the target that it names, whether or not anybody still waits for it
// (WORK_4, WORK_9).
Result<void> Store::ack_activity(const LockToken& token, std::optional<Message> completion,
                                 Time now) {
  const std::optional<Sequence> sequence = activities_.opened_by(token, now);
  if (!sequence) return lock_lost();
  perform(ActivityFinished{*sequence, std::move(completion), now});
  return {};
}

Result<void> Store::abandon_activity(const LockToken& token, const Abandon& how, Time now) {
  const std::optional<Sequence> sequence = activities_.opened_by(token, now);
  if (!sequence) return lock_lost();
  perform(ActivityReturned{*sequence, how.ignore_attempt, rules::later(now, how.delay)});
  return {};
}

Result<void> Store::renew_activity(const LockToken& token, Duration extend_for, Time now) {
  const std::optional<Sequence> sequence = activities_.opened_by(token, now);
  if (!sequence) return lock_lost();
  perform(ActivityRenewed{*sequence, rules::later(now, extend_for), now});
  return {};
}

Result<std::uint64_t> Store::renew_sessions(const RenewSessions& options, Time now) {
  std::vector<std::string> sessions = activities_.sessions().renewable(options, now);
  const std::uint64_t count = sessions.size();
  if (count > 0) {
    perform(SessionsRenewed{std::move(sessions), rules::later(now, options.extend_for)});
  }
  return count;
}

Result<std::uint64_t> Store::cleanup_sessions(Time now) {
  std::vector<std::string> sessions =
      activities_.sessions().removable(activities_.sessions_in_use(), now);
  const std::uint64_t count = sessions.size();
  if (count > 0) perform(SessionsRemoved{std::move(sessions)});
  return count;
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
