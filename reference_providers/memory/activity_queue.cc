#include "reference_providers/memory/activity_queue.h"

#include <utility>

#include "contract/rules.h"
#include "contract/token.h"

namespace ackproof::memory {

void ActivityQueue::put(Activity activity) noexcept {
  const Sequence sequence = ++last_sequence_;
  by_key_.emplace(activity.instance, activity.execution, activity.id, sequence);
  items_[sequence].activity = std::move(activity);
  eligible_.insert(sequence);
}

std::optional<LockedActivity> ActivityQueue::fetch(const FetchActivity& options, Time now) {
  wake(now);
  if (eligible_.empty()) return std::nullopt;
  const Sequence sequence = *eligible_.begin();
  QueuedActivity& queued = items_.at(sequence);
  LockedActivity locked{.activity = delivered(queued.activity, queued.undecodable),
                        .attempt = queued.attempts + 1,  // With this delivery (POISON_1).
                        .token = random_token()};
  std::string token = locked.token.value;
  tokens_.emplace(token, sequence);
  queued.token = std::move(token);
  ++queued.attempts;
  park(sequence, rules::later(now, options.lock_timeout));
  return locked;
}

Result<void> ActivityQueue::ack(const LockToken& token, Time now) {
  const std::optional<Sequence> sequence = opened_by(token, now);
  if (!sequence) return lock_lost();
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
  park(*sequence, rules::later(now, extend_for));
  return {};
}

void ActivityQueue::cancel(const ActivityKey& key) noexcept {
  for (const Sequence sequence : copies_of(key)) remove(sequence);
}

bool ActivityQueue::corrupt(const ActivityKey& key) {
  const std::vector<Sequence> copies = copies_of(key);
  for (const Sequence sequence : copies) items_.at(sequence).undecodable = true;
  return !copies.empty();
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

// The item whose live lock this token is. From the deadline instant on there is none, also when
// nobody took over (LOCK_2).
std::optional<Sequence> ActivityQueue::opened_by(const LockToken& token, Time now) const {
  const auto found = tokens_.find(token.value);
  if (found == tokens_.end()) return std::nullopt;
  if (now >= items_.at(found->second).parked_until) return std::nullopt;
  return found->second;
}

}  // namespace ackproof::memory
