// The instance queue and the turn's commit in the model.
#include <algorithm>

#include "contract/rules.h"
#include "validations/model/model.h"

namespace ackproof::model {

void Model::put(const Message& message, Time visible_at) {
  mailboxes_[message.target].messages.push_back({.message = message, .visible_at = visible_at});
}

void Model::enqueue_message(const Message& message, Duration delay, Time now) {
  const Time earliest = rules::later(now, delay);
  put(message, std::max(earliest, message.visible_at.value_or(earliest)));
}

// --- Fetching

const QueuedMessage* Model::first_start(const Mailbox& mailbox, Time now) const {
  for (const QueuedMessage& queued : mailbox.messages) {
    if (queued.visible_at <= now && queued.message.is_start()) return &queued;
  }
  return nullptr;
}

bool Model::is_ready(const std::string& instance, const Mailbox& mailbox, Time now) const {
  if (!mailbox.token.empty() && now < mailbox.deadline) return false;
  if (!exists(instance)) return first_start(mailbox, now) != nullptr;
  return std::ranges::any_of(mailbox.messages,
                             [&](const QueuedMessage& queued) { return queued.visible_at <= now; });
}

std::optional<EngineVersion> Model::pin_of(const std::string& instance) const {
  const auto found = instances_.find(instance);
  if (found == instances_.end()) return std::nullopt;
  return found->second.executions.at(found->second.current).pinned_version;
}

std::vector<std::string> Model::ready(const FetchTurn& options, Time now) const {
  std::vector<std::string> list;
  for (const auto& [instance, mailbox] : mailboxes_) {
    if (!is_ready(instance, mailbox, now)) continue;
    if (options.versions && !rules::admits(*options.versions, pin_of(instance))) continue;
    list.push_back(instance);
  }
  return list;
}

Turn Model::turn_of(const std::string& instance, Time now) const {
  const Mailbox& mailbox = mailboxes_.at(instance);
  Turn turn;
  turn.instance = instance;
  turn.now = now;
  turn.attempt = 0;
  if (const auto found = instances_.find(instance); found != instances_.end()) {
    turn.name = found->second.name;
    turn.version = found->second.version;
    turn.execution = found->second.current;
    turn.history = history(instance, std::nullopt);
    turn.values = found->second.merged;
  } else if (const QueuedMessage* start = first_start(mailbox, now)) {
    turn.name = start->message.name.value_or("");
    turn.version = start->message.version;
  }
  for (const QueuedMessage& queued : mailbox.messages) {
    if (queued.visible_at > now) continue;
    turn.messages.push_back(queued.message);
    turn.attempt = std::max(turn.attempt, queued.attempts + 1);
  }
  return turn;
}

void Model::take_turn(const Turn& turn, const FetchTurn& options, Time now) {
  for (const std::string& other : ready(options, now)) {
    if (other != turn.instance) passed_over_[turn.token.value].insert(other);
  }
  waited_through_.erase(turn.instance);
  Mailbox& mailbox = mailboxes_.at(turn.instance);
  for (auto& [token, waiting] : passed_over_) waiting.erase(turn.instance);
  for (QueuedMessage& queued : mailbox.messages) {
    queued.in_batch = queued.visible_at <= now;
    if (queued.in_batch) ++queued.attempts;
  }
  mailbox.token = turn.token.value;
  mailbox.deadline = rules::later(now, options.lock_timeout);
}

// --- Ending a turn

std::optional<std::string> Model::opened(const LockToken& token, Time now) const {
  for (const auto& [instance, mailbox] : mailboxes_) {
    if (mailbox.token.empty() || mailbox.token != token.value || now >= mailbox.deadline) continue;
    return instance;
  }
  return std::nullopt;
}

Refusals Model::against_turn_token(const LockToken& token, Time now) const {
  if (opened(token, now)) return {};
  return {ErrorKind::lock_lost};
}

Refusals Model::against_ack(const LockToken& token, const TurnCommit& commit, Time now) const {
  const std::optional<std::string> id = opened(token, now);
  if (!id) return {ErrorKind::lock_lost};
  Refusals why;
  std::set<std::uint64_t> seen;
  const auto stored = history(*id, commit.execution);
  for (const Event& event : stored) seen.insert(event.id);
  for (const Event& event : commit.events) {
    if (!seen.insert(event.id).second) why.push_back(ErrorKind::conflict);  // ACK_4
  }
  const auto found = instances_.find(*id);
  if (found == instances_.end()) return why;
  const Metadata& said = commit.metadata;
  if (commit.execution < found->second.current &&
      (said.name || said.version || said.parent || !commit.custom_status.empty() ||
       !commit.values.empty())) {
    why.push_back(ErrorKind::invalid);  // ACK_17
  }
  if (said.parent && said.parent != found->second.parent) {
    why.push_back(ErrorKind::conflict);  // ACK_15
  }
  return why;
}

std::optional<std::string> Model::overtaken_by(const LockToken& token) const {
  constexpr int kMostTurns = 2;
  const auto passed = passed_over_.find(token.value);
  if (passed == passed_over_.end()) return std::nullopt;
  for (const auto& [instance, mailbox] : mailboxes_) {
    if (mailbox.token != token.value) continue;
    for (const std::string& waiting : passed->second) {
      const auto counts = waited_through_.find(waiting);
      if (counts == waited_through_.end()) continue;
      const auto count = counts->second.find(instance);
      if (count != counts->second.end() && count->second >= kMostTurns) return waiting;
    }
  }
  return std::nullopt;
}

void Model::ack_turn(const LockToken& token, const TurnCommit& commit, Time now) {
  const std::string id = *opened(token, now);
  Instance& instance = record(id, commit, now);
  Execution& execution = instance.executions.at(commit.execution);
  for (const Event& event : commit.events) execution.events.emplace(event.id, event);
  if (!commit.custom_status.empty()) {
    instance.custom_status.value = commit.custom_status.back().value;
    ++instance.custom_status.version;
  }
  change_values(instance, commit.values);
  if (has_ended(instance, instance.current)) merge(instance);

  for (const std::string& waiting : passed_over_[token.value]) ++waited_through_[waiting][id];
  passed_over_.erase(token.value);
  Mailbox& mailbox = mailboxes_.at(id);
  std::erase_if(mailbox.messages, [](const QueuedMessage& queued) { return queued.in_batch; });
  mailbox.token.clear();
  for (const Activity& activity : commit.activities) enqueue_activity(activity);
  std::erase_if(activities_, [&](const QueuedActivity& queued) {
    const Activity& item = queued.activity;
    const ActivityKey key{item.instance, item.execution, item.id};
    return std::ranges::find(commit.cancelled, key) != commit.cancelled.end();
  });
  for (const Message& message : commit.messages) {
    put(message, std::max(now, message.visible_at.value_or(now)));
  }
}

void Model::abandon_turn(const LockToken& token, const Abandon& how, Time now) {
  Mailbox& mailbox = mailboxes_.at(*opened(token, now));
  for (QueuedMessage& queued : mailbox.messages) {
    if (!queued.in_batch) continue;
    queued.in_batch = false;
    if (how.ignore_attempt && queued.attempts > 0) --queued.attempts;
    if (how.delay > Duration(0)) queued.visible_at = rules::later(now, how.delay);
  }
  mailbox.token.clear();
  passed_over_.erase(token.value);
}

void Model::renew_turn(const LockToken& token, Duration extend_for, Time now) {
  mailboxes_.at(*opened(token, now)).deadline = rules::later(now, extend_for);
}

// --- The record

// Brings instance and execution up to date with what the commit says of them.
Instance& Model::record(const std::string& id, const TurnCommit& commit, Time now) {
  const bool is_new = !exists(id);
  Instance& instance = instances_[id];
  const Metadata& said = commit.metadata;
  if (is_new) {
    for (const QueuedMessage& queued : mailboxes_.at(id).messages) {
      if (!queued.in_batch || !queued.message.is_start()) continue;
      instance.name = queued.message.name.value_or("");
      instance.version = queued.message.version;
      instance.parent = queued.message.parent;
      break;
    }
    if (said.parent) instance.parent = said.parent;
    instance.created_at = now;
  }
  if (said.name) instance.name = *said.name;
  if (said.version) instance.version = said.version;
  instance.updated_at = now;

  const std::uint64_t before = instance.current;
  instance.current = std::max(before, commit.execution);
  if (before != 0 && before != instance.current) merge(instance);
  const bool is_first = instance.executions.count(commit.execution) == 0;
  Execution& execution = instance.executions[commit.execution];
  if (is_first) execution.created_at = now;
  if (said.status) execution.status = *said.status;
  if (said.output) execution.output = said.output;
  if (said.pinned_version) execution.pinned_version = said.pinned_version;

  for (const std::uint64_t number : {before, commit.execution}) {
    const auto entry = instance.executions.find(number);
    if (entry == instance.executions.end()) continue;
    std::optional<Time>& completed_at = entry->second.completed_at;
    if (!has_ended(instance, number)) {
      completed_at.reset();
    } else if (!completed_at) {
      completed_at = now;
    }
  }
  return instance;
}

bool Model::has_ended(const Instance& instance, std::uint64_t execution) {
  return execution < instance.current ||
         instance.executions.at(execution).status != Status::running;
}

void Model::change_values(Instance& instance, const std::vector<KeyValueChange>& changes) {
  using Kind = KeyValueChange::Kind;
  for (const KeyValueChange& change : changes) {
    if (change.kind == Kind::set) {
      instance.pending[change.key] = KeyValue{change.value, change.updated_at};
    } else if (change.kind == Kind::clear) {
      instance.pending[change.key] = std::nullopt;
    } else {
      for (auto& [key, value] : instance.pending) value.reset();
      for (const auto& [key, value] : instance.merged) instance.pending[key] = std::nullopt;
    }
  }
}

void Model::merge(Instance& instance) {
  for (const auto& [key, value] : instance.pending) {
    if (value) {
      instance.merged[key] = *value;
    } else {
      instance.merged.erase(key);
    }
  }
  instance.pending.clear();
}

}  // namespace ackproof::model
