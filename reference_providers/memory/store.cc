#include "reference_providers/memory/store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "contract/rules.h"
#include "contract/token.h"

namespace ackproof::memory {

namespace {

Error not_found(const char* what) { return {ErrorKind::not_found, "", what}; }

// The message that names a new instance: the first visible start, wherever it stands, and also when it lies beyond
// the limit of the batch (TURN_2, TURN_13).
const Message* first_start(const Mailbox& mailbox, Time now) {
  for (const auto& [sequence, queued] : mailbox.messages) {
    if (queued.visible_at <= now && queued.message.is_start()) return &queued.message;
  }
  return nullptr;
}

std::vector<Event> in_order(const std::map<std::uint64_t, Event>& events) {
  std::vector<Event> list;
  list.reserve(events.size());
  for (const auto& [id, event] : events) list.push_back(event);
  return list;
}

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
  put(std::move(message), visible_at);
  return {};
}

Result<std::optional<Turn>> Store::fetch_turn(const FetchTurn& options, Time now) {
  if (line_.empty() || line_.begin()->first.first > now) return std::optional<Turn>();
  Mailbox& mailbox = *line_.begin()->second;
  std::vector<Sequence> batch = visible_batch(mailbox, now);
  Turn turn = turn_of(mailbox, batch, now);
  turn.token = random_token();
  take(mailbox, std::move(batch), turn.token.value, rules::later(now, options.lock_timeout));
  mailbox.fetched_at = now;
  return std::optional<Turn>(std::move(turn));
}

// One atomic step: all checks come before the first write, and nobody looks in between (ACK_1).
Result<void> Store::ack_turn(const LockToken& token, TurnCommit commit, Time now) {
  Mailbox* mailbox = opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  if (std::optional<Error> error = refusal(*mailbox, commit)) return *error;
  write(*mailbox, commit, now);
  remove_batch(*mailbox);
  give_back(*mailbox, now);
  return {};
}

Result<void> Store::abandon_turn(const LockToken& token, const Abandon& how, Time now) {
  Mailbox* mailbox = opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  for (const Sequence sequence : mailbox->batch) {
    if (how.ignore_attempt) uncount(mailbox->messages.at(sequence).attempts);
    if (how.delay > Duration(0)) hide(*mailbox, sequence, rules::later(now, how.delay));
  }
  give_back(*mailbox, now);
  return {};
}

Result<void> Store::renew_turn(const LockToken& token, Duration extend_for, Time now) {
  Mailbox* mailbox = opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  mailbox->free_at = rules::later(now, extend_for);
  line_up(*mailbox);
  return {};
}

void Store::put(Message message, Time visible_at) noexcept {
  const auto [entry, is_new] = mailboxes_.try_emplace(message.target);
  Mailbox& mailbox = entry->second;
  if (is_new) {
    mailbox.instance = message.target;
    mailbox.turn_number = ++last_turn_number_;
  }
  const Sequence sequence = ++last_sequence_;
  mailbox.visible.emplace(visible_at, sequence);
  if (message.is_start()) mailbox.starts.emplace(visible_at, sequence);
  mailbox.messages.emplace(sequence,
                           QueuedMessage{.message = std::move(message), .visible_at = visible_at});
  line_up(mailbox);
}

void Store::hide(Mailbox& mailbox, Sequence sequence, Time until) noexcept {
  QueuedMessage& queued = mailbox.messages.at(sequence);
  for (Schedule* schedule : {&mailbox.visible, &mailbox.starts}) {
    if (schedule->erase({queued.visible_at, sequence}) > 0) schedule->emplace(until, sequence);
  }
  queued.visible_at = until;
}

// Exactly what was handed out; what arrived since stays (ACK_6).
void Store::remove_batch(Mailbox& mailbox) noexcept {
  for (const Sequence sequence : mailbox.batch) {
    const auto entry = mailbox.messages.find(sequence);
    mailbox.visible.erase({entry->second.visible_at, sequence});
    mailbox.starts.erase({entry->second.visible_at, sequence});
    mailbox.messages.erase(entry);
  }
}

// Locks the mailbox and counts the delivery. An expired lock's token goes for good (LOCK_3).
void Store::take(Mailbox& mailbox, std::vector<Sequence> batch, std::string token, Time deadline) {
  turn_tokens_.emplace(token, &mailbox);
  turn_tokens_.erase(mailbox.token);
  for (const Sequence sequence : batch) ++mailbox.messages.at(sequence).attempts;
  mailbox.batch = std::move(batch);
  mailbox.token = std::move(token);
  mailbox.free_at = deadline;
  line_up(mailbox);
}

// Ends the lock and sends the instance to the back of the line.
void Store::give_back(Mailbox& mailbox, Time now) noexcept {
  turn_tokens_.erase(mailbox.token);
  mailbox.token.clear();
  mailbox.batch.clear();
  mailbox.free_at = now;
  mailbox.turn_number = ++last_turn_number_;
  line_up(mailbox);
  if (mailbox.messages.empty()) mailboxes_.erase(mailboxes_.find(mailbox.instance));
}

// Called after every change to the messages or the lock, and to whether the instance exists.
void Store::line_up(Mailbox& mailbox) noexcept {
  std::optional<Mailbox::Place> place;
  if (const std::optional<Time> ready = ready_at(mailbox)) {
    place.emplace(*ready, mailbox.turn_number);
  }
  if (place == mailbox.place) return;
  if (mailbox.place) line_.erase(*mailbox.place);
  if (place) line_.emplace(*place, &mailbox);
  mailbox.place = place;
}

// Ready is: no live lock, and a visible message; unless the instance exists, a visible start
// message. Nothing, if no passing of time leads there: the messages are held (TURN_5).
std::optional<Time> Store::ready_at(const Mailbox& mailbox) const {
  const bool exists = instances_.contains(mailbox.instance);
  const Schedule& wakers = exists ? mailbox.visible : mailbox.starts;
  if (wakers.empty()) return std::nullopt;
  return std::max(mailbox.free_at, wakers.begin()->first);
}

// In queue order, which need not be the order in which they became visible (TURN_2).
std::vector<Sequence> Store::visible_batch(const Mailbox& mailbox, Time now) const {
  std::vector<Sequence> batch;
  for (const auto& [visible_at, sequence] : mailbox.visible) {
    if (visible_at > now) break;
    batch.push_back(sequence);
  }
  std::sort(batch.begin(), batch.end());
  if (batch.size() > limits_.batch_messages) batch.resize(limits_.batch_messages);
  return batch;
}

// What a fetch of this batch returns, but for the token.
Turn Store::turn_of(const Mailbox& mailbox, const std::vector<Sequence>& batch, Time now) const {
  Turn turn;
  turn.instance = mailbox.instance;
  turn.now = now;
  if (const auto found = instances_.find(mailbox.instance); found != instances_.end()) {
    const Instance& instance = found->second;
    const Execution& execution = instance.executions.at(instance.current);
    turn.name = instance.name;
    turn.version = instance.version;
    turn.execution = instance.current;
    if (execution.undecodable) {
      turn.history_error = kUndecodable;  // TURN_6
    } else {
      turn.history = in_order(execution.events);
    }
  } else if (const Message* start = first_start(mailbox, now)) {
    turn.name = start->name.value_or("");
    turn.version = start->version;
  }
  for (const Sequence sequence : batch) {
    const QueuedMessage& queued = mailbox.messages.at(sequence);
    turn.messages.push_back(delivered(queued.message, queued.undecodable));
    turn.attempt = std::max(turn.attempt, queued.attempts + 1);  // With this delivery (POISON_1).
  }
  return turn;
}

// The mailbox whose live lock this token is. From the deadline instant on there is none, also when
// nobody took over (LOCK_2).
Mailbox* Store::opened_by(const LockToken& token, Time now) {
  const auto found = turn_tokens_.find(token.value);
  if (found == turn_tokens_.end() || now >= found->second->free_at) return nullptr;
  return found->second;
}

// --- Turn commit

// What speaks against the commit, given what is stored.
std::optional<Error> Store::refusal(const Mailbox& mailbox, const TurnCommit& commit) const {
  if (const auto found = instances_.find(mailbox.instance); found != instances_.end()) {
    const Instance& instance = found->second;
    const std::optional<std::string>& parent = commit.metadata.parent;
    if (commit.execution < instance.current && changes_instance(commit)) {
      return Error{ErrorKind::invalid, "", "a lower execution cannot change the instance"};
    }
    if (parent && parent != instance.parent) {
      return Error{ErrorKind::conflict, "", "the instance has another parent"};  // ACK_15
    }
  }
  return refusal(execution_of(mailbox.instance, commit.execution), commit.events);
}

// What speaks against appending `delta` to the execution, which may be new (null).
std::optional<Error> Store::refusal(const Execution* execution,
                                    const std::vector<Event>& delta) const {
  const std::size_t stored = execution == nullptr ? 0 : execution->events.size();
  if (stored + delta.size() > limits_.history_events) {
    return Error{ErrorKind::invalid, "", "the history would have too many events"};  // CAP_3
  }
  std::set<std::uint64_t> seen;
  for (const Event& event : delta) {
    const bool is_stored = execution != nullptr && execution->events.contains(event.id);
    if (is_stored || !seen.insert(event.id).second) {
      return Error{ErrorKind::conflict, "", "an event id is there already"};  // ACK_4
    }
  }
  return std::nullopt;
}

// Everything that a commit brings, in the order that the contract gives.
void Store::write(const Mailbox& mailbox, TurnCommit& commit, Time now) noexcept {
  Instance& instance = record(mailbox, commit, now);
  Execution& execution = instance.executions[commit.execution];  // New: Running (ACK_12).
  if (commit.metadata.status) execution.status = *commit.metadata.status;
  if (commit.metadata.output) execution.output = std::move(commit.metadata.output);
  for (Event& event : commit.events) execution.events.emplace(event.id, std::move(event));

  for (Activity& activity : commit.activities) activities_.put(std::move(activity));
  for (const ActivityKey& key : commit.cancelled) activities_.cancel(key);  // New ones too (ACK_9).
  for (Message& message : commit.messages) {
    const Time visible_at = std::max(now, message.visible_at.value_or(now));
    put(std::move(message), visible_at);
  }
}

// The instance's record with the commit's metadata in it, created by the first ack (ACK_10).
Instance& Store::record(const Mailbox& mailbox, const TurnCommit& commit, Time now) noexcept {
  const auto [entry, is_new] = instances_.try_emplace(mailbox.instance);
  Instance& instance = entry->second;
  const Metadata& metadata = commit.metadata;
  if (is_new) {
    if (const Message* start = first_start(mailbox, mailbox.fetched_at)) {
      instance.name = start->name.value_or("");
      instance.version = start->version;
      instance.parent = start->parent;
    }
    if (metadata.parent) instance.parent = metadata.parent;  // Fixed from here on (ACK_15).
    instance.created_at = now;
  }
  if (metadata.name) instance.name = *metadata.name;
  if (metadata.version) instance.version = metadata.version;
  instance.current = std::max(instance.current, commit.execution);
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

// The completion goes to the target that it names, whether or not anybody still waits for it
// (WORK_4, WORK_9).
Result<void> Store::ack_activity(const LockToken& token, std::optional<Message> completion,
                                 Time now) {
  if (Result<void> removed = activities_.ack(token, now); !removed) return removed;
  if (completion) {
    const Time visible_at = std::max(now, completion->visible_at.value_or(now));
    put(std::move(*completion), visible_at);
  }
  return {};
}

Result<void> Store::abandon_activity(const LockToken& token, const Abandon& how, Time now) {
  return activities_.abandon(token, how, now);
}

Result<void> Store::renew_activity(const LockToken& token, Duration extend_for, Time now) {
  return activities_.renew(token, extend_for, now);
}

// --- Reading

const Execution* Store::execution_of(const std::string& instance, std::uint64_t execution) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return nullptr;
  const auto entry = found->second.executions.find(execution);
  return entry == found->second.executions.end() ? nullptr : &entry->second;
}

Result<std::vector<Event>> Store::read_history(const std::string& instance,
                                               std::optional<std::uint64_t> execution) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return std::vector<Event>();
  const Execution* stored = execution_of(instance, execution.value_or(found->second.current));
  if (stored == nullptr) return std::vector<Event>();
  if (stored->undecodable) return Error{ErrorKind::corrupt, "", kUndecodable};  // HIST_2
  return in_order(stored->events);
}

Result<std::optional<InstanceInfo>> Store::read_instance(const std::string& instance) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return std::optional<InstanceInfo>();
  const Instance& record = found->second;
  const Execution& current = record.executions.at(record.current);
  InstanceInfo info;
  info.instance = instance;
  info.name = record.name;
  info.version = record.version;
  info.parent = record.parent;
  info.execution = record.current;
  info.status = current.status;
  info.output = current.output;
  info.created_at = record.created_at;
  info.updated_at = record.updated_at;
  return std::optional<InstanceInfo>(std::move(info));
}

// --- Damage

Result<void> Store::corrupt_history(const std::string& instance, std::uint64_t execution) {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return not_found("no such instance");
  const auto entry = found->second.executions.find(execution);
  if (entry == found->second.executions.end() || entry->second.events.empty()) {
    return not_found("no events in this execution");
  }
  entry->second.undecodable = true;
  return {};
}

Result<void> Store::corrupt_message(const std::string& target, std::uint64_t id) {
  const auto found = mailboxes_.find(target);
  if (found == mailboxes_.end()) return not_found("no message for this target");
  bool is_found = false;
  for (auto& [sequence, queued] : found->second.messages) {
    if (queued.message.id != id) continue;
    queued.undecodable = true;
    is_found = true;
  }
  if (!is_found) return not_found("no message with this id");
  return {};
}

Result<void> Store::corrupt_activity(const ActivityKey& key) {
  if (!activities_.corrupt(key)) return not_found("no such activity");
  return {};
}

}  // namespace ackproof::memory
