#include "reference_providers/memory/message_queue.h"

#include <algorithm>

#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/memory/errors.h"

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
  const Sequence sequence = ++last_sequence_;
  mailbox.visible.emplace(visible_at, sequence);
  if (message.is_start()) mailbox.starts.emplace(visible_at, sequence);
  mailbox.messages.emplace(sequence,
                           QueuedMessage{.message = std::move(message), .visible_at = visible_at});
  line_up(mailbox);
}

std::optional<Turn> MessageQueue::fetch(const FetchTurn& options, Time now) {
  Mailbox* mailbox = first_ready(options, now);
  if (mailbox == nullptr) return std::nullopt;
  std::vector<Sequence> batch = visible_batch(*mailbox, now);
  Turn turn = turn_of(*mailbox, batch, now);
  turn.token = random_token();
  take(*mailbox, std::move(batch), turn.token.value, now, options.lock_timeout);
  return turn;
}

// Those that are ready but refused by a filter get a chance only by a change of the store.
Time MessageQueue::next_chance(Time now) const {
  const auto next = line_.upper_bound({now, ~std::uint64_t{0}});
  return next == line_.end() ? Time::max() : next->first.first;
}

Result<void> MessageQueue::abandon(const LockToken& token, const Abandon& how, Time now) {
  Mailbox* mailbox = opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  for (const Sequence sequence : mailbox->batch) {
    if (how.ignore_attempt) uncount(mailbox->messages.at(sequence).attempts);
    if (how.delay > Duration(0)) hide(*mailbox, sequence, rules::later(now, how.delay));
  }
  give_back(*mailbox, now);
  return {};
}

Result<void> MessageQueue::renew(const LockToken& token, Duration extend_for, Time now) {
  Mailbox* mailbox = opened_by(token, now);
  if (mailbox == nullptr) return lock_lost();
  mailbox->free_at = rules::later(now, extend_for);
  line_up(*mailbox);
  return {};
}

Mailbox* MessageQueue::opened_by(const LockToken& token, Time now) {
  const auto found = tokens_.find(token.value);
  if (found == tokens_.end() || !found->second->is_locked(now)) return nullptr;
  return found->second;
}

void MessageQueue::finish(Mailbox& mailbox, Time now) noexcept {
  for (const Sequence sequence : mailbox.batch) {
    const auto entry = mailbox.messages.find(sequence);
    mailbox.visible.erase({entry->second.visible_at, sequence});
    mailbox.starts.erase({entry->second.visible_at, sequence});
    mailbox.messages.erase(entry);
  }
  give_back(mailbox, now);
}

std::uint64_t MessageQueue::remove_all(const std::string& target) noexcept {
  const auto found = mailboxes_.find(target);
  if (found == mailboxes_.end()) return 0;
  Mailbox& mailbox = found->second;
  const std::uint64_t removed = mailbox.messages.size();
  tokens_.erase(mailbox.token);
  if (mailbox.place) line_.erase(*mailbox.place);
  mailboxes_.erase(found);
  return removed;
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

void MessageQueue::hide(Mailbox& mailbox, Sequence sequence, Time until) noexcept {
  QueuedMessage& queued = mailbox.messages.at(sequence);
  for (Schedule* schedule : {&mailbox.visible, &mailbox.starts}) {
    if (schedule->erase({queued.visible_at, sequence}) > 0) schedule->emplace(until, sequence);
  }
  queued.visible_at = until;
}

// Locks the mailbox and counts the delivery. An expired lock's token goes for good (LOCK_3).
void MessageQueue::take(Mailbox& mailbox, std::vector<Sequence> batch, std::string token, Time now,
                        Duration lock_timeout) {
  tokens_.emplace(token, &mailbox);
  tokens_.erase(mailbox.token);
  for (const Sequence sequence : batch) ++mailbox.messages.at(sequence).attempts;
  mailbox.batch = std::move(batch);
  mailbox.token = std::move(token);
  mailbox.fetched_at = now;
  mailbox.free_at = rules::later(now, lock_timeout);
  line_up(mailbox);
}

// Ends the lock and sends the instance to the back of the line.
void MessageQueue::give_back(Mailbox& mailbox, Time now) noexcept {
  tokens_.erase(mailbox.token);
  mailbox.token.clear();
  mailbox.batch.clear();
  mailbox.free_at = now;
  mailbox.turn_number = ++last_turn_number_;
  line_up(mailbox);
  if (mailbox.messages.empty()) mailboxes_.erase(mailboxes_.find(mailbox.instance));
}

// Called after every change to the messages or the lock, and to whether the instance exists.
void MessageQueue::line_up(Mailbox& mailbox) noexcept {
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
std::optional<Time> MessageQueue::ready_at(const Mailbox& mailbox) const {
  const bool exists = instances_.contains(mailbox.instance);
  const Schedule& wakers = exists ? mailbox.visible : mailbox.starts;
  if (wakers.empty()) return std::nullopt;
  return std::max(mailbox.free_at, wakers.begin()->first);
}

// The first in line whose pin the filter admits (VER_1); what is not admitted keeps its place.
Mailbox* MessageQueue::first_ready(const FetchTurn& options, Time now) const {
  for (const auto& [place, mailbox] : line_) {
    if (place.first > now) return nullptr;
    if (!options.versions) return mailbox;
    const Instance* instance = find(instances_, mailbox->instance);
    const std::optional<EngineVersion> pin = instance == nullptr ? std::nullopt : instance->pin();
    if (rules::admits(*options.versions, pin)) return mailbox;
  }
  return nullptr;
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

// What a fetch of this batch returns, but for the token.
Turn MessageQueue::turn_of(const Mailbox& mailbox, const std::vector<Sequence>& batch,
                           Time now) const {
  Turn turn;
  turn.instance = mailbox.instance;
  turn.now = now;
  if (const Instance* instance = find(instances_, mailbox.instance)) {
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
  } else if (const Message* start = mailbox.first_start(now)) {
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
