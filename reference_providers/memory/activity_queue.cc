#include "reference_providers/memory/activity_queue.h"

#include <algorithm>
#include <utility>

#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/memory/errors.h"

namespace ackproof::memory {

void ActivityQueue::put(Activity activity) noexcept {
  const Sequence sequence = ++last_sequence_;
  by_key_.emplace(activity.instance, activity.execution, activity.id, sequence);
  items_[sequence].activity = std::move(activity);
  eligible_.insert(sequence);
}

std::optional<LockedActivity> ActivityQueue::fetch(const FetchActivity& options, Time now) {
  wake(now);
  const std::optional<Sequence> sequence = first_for(options, now);
  if (!sequence) return std::nullopt;
  QueuedActivity& queued = items_.at(*sequence);
  const std::optional<std::string>& session = queued.activity.session;
  std::optional<std::string> owner;
  if (session) owner = options.session->owner;
  LockedActivity locked{.activity = delivered(queued.activity, queued.undecodable),
                        .attempt = queued.attempts + 1,  // With this delivery (POISON_1).
                        .token = random_token()};
  std::string token = locked.token.value;
  tokens_.emplace(token, *sequence);
  queued.token = std::move(token);
  queued.owner = std::move(owner);
  ++queued.attempts;
  park(*sequence, rules::later(now, options.lock_timeout));
  if (session) sessions_.claim(*session, *options.session, now);
  return locked;
}

Time ActivityQueue::next_chance(const FetchActivity& options, Time now) const {
  const auto parked = parked_.upper_bound({now, kLastSequence});
  const Time unparked = parked == parked_.end() ? Time::max() : parked->first;
  return options.session ? std::min(unparked, sessions_.next_lapse(now)) : unparked;
}

Result<void> ActivityQueue::ack(const LockToken& token, Time now) {
  const std::optional<Sequence> sequence = opened_by(token, now);
  if (!sequence) return lock_lost();
  touch_session(items_.at(*sequence), now);
  remove(*sequence);
  return {};
}

Result<void> ActivityQueue::abandon(const LockToken& token, const Abandon& how, Time now) {
  const std::optional<Sequence> sequence = opened_by(token, now);
  if (!sequence) return lock_lost();
  QueuedActivity& queued = items_.at(*sequence);
  if (how.ignore_attempt) uncount(queued.attempts);
  unlock(queued);
  park(*sequence, rules::later(now, how.delay));  // Without a delay the next fetch wakes it.
  return {};
}

Result<void> ActivityQueue::renew(const LockToken& token, Duration extend_for, Time now) {
  const std::optional<Sequence> sequence = opened_by(token, now);
  if (!sequence) return lock_lost();
  touch_session(items_.at(*sequence), now);
  park(*sequence, rules::later(now, extend_for));
  return {};
}

void ActivityQueue::cancel(const ActivityKey& key) noexcept {
  for (const Sequence sequence : copies_of(key)) remove(sequence);
}

std::uint64_t ActivityQueue::remove_all(const std::set<std::string>& instances) noexcept {
  std::uint64_t removed = 0;
  std::set<std::string> sessions;
  for (const std::string& instance : instances) {
    for (const Sequence sequence : items_of(instance)) {
      const std::optional<std::string>& session = items_.at(sequence).activity.session;
      if (session) sessions.insert(*session);
      remove(sequence);
      ++removed;
    }
  }
  if (sessions.empty()) return removed;
  const std::set<std::string> in_use = sessions_in_use();
  for (const std::string& session : sessions) {
    if (!in_use.contains(session)) sessions_.forget(session);
  }
  return removed;
}

bool ActivityQueue::has_any(const std::string& instance) const {
  return !items_of(instance).empty();
}

// An item whose session is owned, or that nobody's filter admits, is ready.
QueueDepth ActivityQueue::depth(Time now) const {
  QueueDepth depth;
  depth.ready = items_.size();
  for (auto parked = parked_.upper_bound({now, kLastSequence}); parked != parked_.end(); ++parked) {
    const bool is_locked = !items_.at(parked->second).token.empty();
    ++(is_locked ? depth.locked : depth.hidden);
    --depth.ready;
  }
  return depth;
}

std::uint64_t ActivityQueue::renew_sessions(const RenewSessions& options, Time now) noexcept {
  return sessions_.renew(options, now);
}

std::uint64_t ActivityQueue::clean_up_sessions(Time now) {
  return sessions_.clean_up(sessions_in_use(), now);
}

bool ActivityQueue::corrupt(const ActivityKey& key) {
  const std::vector<Sequence> copies = copies_of(key);
  for (const Sequence sequence : copies) items_.at(sequence).undecodable = true;
  return !copies.empty();
}

// In queue order; what comes before it is for others (SESS_1, TAG_1, TAG_4).
std::optional<Sequence> ActivityQueue::first_for(const FetchActivity& options, Time now) const {
  for (const Sequence sequence : eligible_) {
    const Activity& activity = items_.at(sequence).activity;
    if (rules::admits(options.tags, activity.tag) &&
        sessions_.admit(activity.session, options.session, now)) {
      return sequence;
    }
  }
  return std::nullopt;
}

// The holder of the item's lock works on it. The session has no say in the lock itself (SESS_5).
void ActivityQueue::touch_session(const QueuedActivity& queued, Time now) noexcept {
  if (queued.owner) sessions_.touch(*queued.activity.session, *queued.owner, now);
}

// With its lock: whoever holds it finds the token dead.
void ActivityQueue::remove(Sequence sequence) noexcept {
  const auto entry = items_.find(sequence);
  const Activity& activity = entry->second.activity;
  by_key_.erase({activity.instance, activity.execution, activity.id, sequence});
  unlock(entry->second);
  leave_line(sequence);
  items_.erase(entry);
}

void ActivityQueue::park(Sequence sequence, Time until) noexcept {
  leave_line(sequence);
  items_.at(sequence).parked_until = until;
  parked_.emplace(until, sequence);
}

void ActivityQueue::leave_line(Sequence sequence) noexcept {
  if (eligible_.erase(sequence) == 0) {
    parked_.erase({items_.at(sequence).parked_until, sequence});
  }
}

void ActivityQueue::unlock(QueuedActivity& queued) noexcept {
  tokens_.erase(queued.token);
  queued.token.clear();
}

// What expired or was hidden long enough is eligible again, at its old place.
void ActivityQueue::wake(Time now) noexcept {
  while (!parked_.empty() && parked_.begin()->first <= now) {
    const Sequence sequence = parked_.begin()->second;
    parked_.erase(parked_.begin());
    unlock(items_.at(sequence));
    eligible_.insert(sequence);
  }
}

std::vector<Sequence> ActivityQueue::copies_of(const ActivityKey& key) const {
  std::vector<Sequence> copies;
  auto entry = by_key_.lower_bound({key.instance, key.execution, key.id, 0});
  for (; entry != by_key_.end(); ++entry) {
    const auto& [instance, execution, id, sequence] = *entry;
    if (instance != key.instance || execution != key.execution || id != key.id) break;
    copies.push_back(sequence);
  }
  return copies;
}

std::vector<Sequence> ActivityQueue::items_of(const std::string& instance) const {
  std::vector<Sequence> items;
  auto entry = by_key_.lower_bound({instance, 0, 0, 0});
  for (; entry != by_key_.end() && std::get<0>(*entry) == instance; ++entry) {
    items.push_back(std::get<3>(*entry));
  }
  return items;
}

std::set<std::string> ActivityQueue::sessions_in_use() const {
  std::set<std::string> sessions;
  for (const auto& [sequence, queued] : items_) {
    if (queued.activity.session) sessions.insert(*queued.activity.session);
  }
  return sessions;
}

// The item whose live lock this token is. From the deadline instant on there is none, also when
// nobody took over (LOCK_2).
std::optional<Sequence> ActivityQueue::opened_by(const LockToken& token, Time now) const {
  const auto found = tokens_.find(token.value);
  if (found == tokens_.end()) return std::nullopt;
  if (now >= items_.at(found->second).parked_until) return std::nullopt;
  return found->second;
}

}  // namespace ackproof::memory
