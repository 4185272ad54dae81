#include "reference_providers/memory/message_queue.h"

#include <algorithm>

#include "contract/rules.h"
#include "contract/token.h"

namespace ackproof::memory {

const Message* Mailbox::first_start(Time moment) const {
  for (const auto& [sequence, queued] : messages) {
    if (queued.visible_at <= moment && queued.message.is_start()) return &queued.message;
  }
  return nullptr;
}

void MessageQueue::put(Message message, Time visible_at) noexcept {
  const auto [entry, is_new] = mailboxes_.try_emplace(message.target);
  Mailbox& mailbox = entry->second;
  if (is_new) {
    mailbox.instance = message.target;
    mailbox.turn_number = ++last_turn_number_;
  }
  add(mailbox, ++last_sequence_, {.message = std::move(message), .visible_at = visible_at});
}

std::optional<TurnTaken> MessageQueue::choose(const FetchTurn& options, Time now) const {
  const Mailbox* mailbox = first_ready(options, now);
  if (mailbox == nullptr) return std::nullopt;
  return TurnTaken{.instance = mailbox->instance,
                   .batch = visible_batch(*mailbox, now),
                   .token = random_token().value,
                   .taken_at = now,
                   .until = rules::later(now, options.lock_timeout)};
}

// Those that are ready but refused by a filter get a chance only by a change of the store.
Time MessageQueue::next_chance(Time now) const {
  const auto next = line_.upper_bound({now, ~std::uint64_t{0}});
  return next == line_.end() ? Time::max() : next->first.first;
}

void MessageQueue::take(TurnTaken taken) noexcept {
  Mailbox& mailbox = mailboxes_.at(taken.instance);
  tokens_.erase(mailbox.token);
  tokens_.emplace(taken.token, &mailbox);
  for (const Sequence sequence : taken.batch) ++mailbox.messages.at(sequence).attempts;
  mailbox.batch = std::move(taken.batch);
  mailbox.token = std::move(taken.token);
  mailbox.taken_at = taken.taken_at;
  mailbox.free_at = taken.until;
  line_up(mailbox);
}

void MessageQueue::give_back(const TurnReturned& returned) noexcept {
  Mailbox& mailbox = mailboxes_.at(returned.instance);
  for (const Sequence sequence : mailbox.batch) {
    if (returned.uncounts) uncount(mailbox.messages.at(sequence).attempts);
    if (returned.hidden_until) hide(mailbox, sequence, *returned.hidden_until);
  }
  unlock(mailbox, returned.now);
}

void MessageQueue::renew(const TurnRenewed& renewed) noexcept {
  Mailbox& mailbox = mailboxes_.at(renewed.instance);
  mailbox.free_at = renewed.until;
  line_up(mailbox);
}

const Mailbox* MessageQueue::opened_by(const LockToken& token, Time now) const {
  const auto found = tokens_.find(token.value);
  if (found == tokens_.end() || !found->second->is_locked(now)) return nullptr;
  return found->second;
}

void MessageQueue::finish(const std::string& target, Time now) noexcept {
  Mailbox& mailbox = mailboxes_.at(target);
  for (const Sequence sequence : mailbox.batch) {
    const auto entry = mailbox.messages.find(sequence);
    mailbox.visible.erase({entry->second.visible_at, sequence});
    mailbox.starts.erase({entry->second.visible_at, sequence});
    mailbox.messages.erase(entry);
  }
  unlock(mailbox, now);
}

void MessageQueue::remove_all(const std::string& target) noexcept {
  const auto found = mailboxes_.find(target);
  if (found == mailboxes_.end()) return;
  Mailbox& mailbox = found->second;
  tokens_.erase(mailbox.token);
  leave_line(mailbox);
  mailboxes_.erase(found);
}

const Mailbox* MessageQueue::find(const std::string& target) const {
  const auto found = mailboxes_.find(target);
  return found == mailboxes_.end() ? nullptr : &found->second;
}

QueueDepth MessageQueue::depth(Time now) const {
  QueueDepth depth;
  for (const auto& [target, mailbox] : mailboxes_) add_depth(mailbox, now, depth);
  return depth;
}

bool MessageQueue::corrupt(const std::string& target, std::uint64_t id) {
  const auto found = mailboxes_.find(target);
  if (found == mailboxes_.end()) return false;
  bool is_found = false;
  for (auto& [sequence, queued] : found->second.messages) {
    if (queued.message.id != id) continue;
    queued.undecodable = true;
    is_found = true;
  }
  return is_found;
}

void MessageQueue::dump(const std::function<void(Effect)>& sink) const {
  for (const auto& [target, mailbox] : mailboxes_) {
    sink(MailboxRestored{.instance = target,
                         .token = mailbox.token,
                         .batch = mailbox.batch,
                         .taken_at = mailbox.taken_at,
                         .free_at = mailbox.free_at,
                         .turn_number = mailbox.turn_number});
    for (const auto& [sequence, queued] : mailbox.messages) {
      sink(MessageRestored{sequence, queued.message, queued.visible_at, queued.attempts});
    }
  }
}

void MessageQueue::restore(const CountersRestored& counters) noexcept {
  last_sequence_ = counters.last_message;
  last_turn_number_ = counters.last_turn_number;
}

void MessageQueue::restore(MailboxRestored restored) noexcept {
  Mailbox& mailbox = mailboxes_[restored.instance];
  mailbox.instance = std::move(restored.instance);
  mailbox.batch = std::move(restored.batch);
  mailbox.taken_at = restored.taken_at;
  mailbox.free_at = restored.free_at;
  mailbox.turn_number = restored.turn_number;
  mailbox.token = std::move(restored.token);
  if (!mailbox.token.empty()) tokens_.emplace(mailbox.token, &mailbox);
}

void MessageQueue::restore(MessageRestored restored) noexcept {
  Mailbox& mailbox = mailboxes_.at(restored.message.target);
  add(mailbox, restored.sequence,
      {.message = std::move(restored.message),
       .visible_at = restored.visible_at,
       .attempts = restored.attempts});
}

void MessageQueue::add(Mailbox& mailbox, Sequence sequence, QueuedMessage queued) noexcept {
  mailbox.visible.emplace(queued.visible_at, sequence);
  if (queued.message.is_start()) mailbox.starts.emplace(queued.visible_at, sequence);
  mailbox.messages.emplace(sequence, std::move(queued));
  line_up(mailbox);
}

void MessageQueue::hide(Mailbox& mailbox, Sequence sequence, Time until) noexcept {
  QueuedMessage& queued = mailbox.messages.at(sequence);
  for (Schedule* schedule : {&mailbox.visible, &mailbox.starts}) {
    if (schedule->erase({queued.visible_at, sequence}) > 0) schedule->emplace(until, sequence);
  }
  queued.visible_at = until;
}

// Ends the lock and sends the instance to the back of the line.
void MessageQueue::unlock(Mailbox& mailbox, Time now) noexcept {
  tokens_.erase(mailbox.token);
  mailbox.token.clear();
  mailbox.batch.clear();
  mailbox.free_at = now;
  mailbox.turn_number = ++last_turn_number_;
  line_up(mailbox);
  if (mailbox.messages.empty()) mailboxes_.erase(mailboxes_.find(mailbox.instance));
}

// Called after every change to the messages or the lock, and to whether the instance exists and what
// it is pinned to.
void MessageQueue::line_up(Mailbox& mailbox) noexcept {
  std::optional<Mailbox::Place> place;
  if (const std::optional<Time> ready = ready_at(mailbox)) {
    place.emplace(*ready, mailbox.turn_number);
  }
  const Instance* instance = memory::find(instances_, mailbox.instance);
  std::optional<EngineVersion> pin = instance == nullptr ? std::nullopt : instance->pin();
  if (place == mailbox.place && pin == mailbox.pin) return;
  leave_line(mailbox);
  mailbox.place = place;
  mailbox.pin = pin;
  if (!place) return;
  line_.emplace(*place, &mailbox);
  lines_[pin].emplace(*place, &mailbox);
}

void MessageQueue::leave_line(Mailbox& mailbox) noexcept {
  if (!mailbox.place) return;
  line_.erase(*mailbox.place);
  const auto line = lines_.find(mailbox.pin);
  line->second.erase(*mailbox.place);
  if (line->second.empty()) lines_.erase(line);
  mailbox.place.reset();
}

// Ready is: no live lock, and a visible message; unless the instance exists, a visible start
// message. Nothing, if no passing of time leads there: the messages are held (TURN_5).
std::optional<Time> MessageQueue::ready_at(const Mailbox& mailbox) const {
  const bool exists = instances_.contains(mailbox.instance);
  const Schedule& wakers = exists ? mailbox.visible : mailbox.starts;
  if (wakers.empty()) return std::nullopt;
  return std::max(mailbox.free_at, wakers.begin()->first);
}

// The first in line whose pin the filter admits (VER_1); what is not admitted keeps its place.
const Mailbox* MessageQueue::first_ready(const FetchTurn& options, Time now) const {
  const Line::value_type* first = nullptr;
  const auto consider = [&](const Line& line) {
    const Line::value_type& head = *line.begin();
    if (head.first.first <= now && (first == nullptr || head.first < first->first)) first = &head;
  };
  if (options.versions) {
    for (const auto& [pin, line] : lines_) {
      if (rules::admits(*options.versions, pin)) consider(line);
    }
  } else if (!line_.empty()) {
    consider(line_);
  }
  return first == nullptr ? nullptr : first->second;
}

// In queue order, which need not be the order in which they became visible (TURN_2).
std::vector<Sequence> MessageQueue::visible_batch(const Mailbox& mailbox, Time now) const {
  std::vector<Sequence> batch;
  for (const auto& [visible_at, sequence] : mailbox.visible) {
    if (visible_at > now) break;
    batch.push_back(sequence);
  }
  std::sort(batch.begin(), batch.end());
  if (batch.size() > batch_limit_) batch.resize(batch_limit_);
  return batch;
}

Turn MessageQueue::turn_of(const TurnTaken& taken) const {
  const Mailbox& mailbox = mailboxes_.at(taken.instance);
  Turn turn;
  turn.instance = taken.instance;
  turn.now = taken.taken_at;
  turn.token.value = taken.token;
  if (const Instance* instance = memory::find(instances_, taken.instance)) {
    const Execution& execution = instance->current_execution();
    turn.name = instance->name;
    turn.version = instance->version;
    turn.execution = instance->current;
    turn.values = instance->values.merged();
    if (execution.undecodable) {
      turn.history_error = kUndecodable;  // TURN_6
    } else {
      turn.history = history_of(execution);
    }
  } else if (const Message* start = mailbox.first_start(turn.now)) {
    turn.name = start->name.value_or("");
    turn.version = start->version;
  }
  for (const Sequence sequence : taken.batch) {
    const QueuedMessage& queued = mailbox.messages.at(sequence);
    turn.messages.push_back(delivered(queued.message, queued.undecodable));
    turn.attempt = std::max(turn.attempt, queued.attempts + 1);  // With this delivery (POISON_1).
  }
  return turn;
}

// Counts each message once, as the first of locked, hidden, held, ready that it is (MGMT_2).
void MessageQueue::add_depth(const Mailbox& mailbox, Time now, QueueDepth& depth) const {
  const std::uint64_t all = mailbox.messages.size();
  if (mailbox.is_locked(now)) {
    depth.locked += all;
    return;
  }
  const auto first_hidden = mailbox.visible.upper_bound({now, kLastSequence});
  const auto hidden =
      static_cast<std::uint64_t>(std::distance(first_hidden, mailbox.visible.end()));
  const bool has_started = instances_.contains(mailbox.instance) || mailbox.first_start(now);
  depth.hidden += hidden;
  (has_started ? depth.ready : depth.held) += all - hidden;
}

}  // namespace ackproof::memory
