#include "reference_providers/memory/activity_queue.h"

#include <algorithm>
#include <utility>

#include "contract/rules.h"
#include "contract/token.h"

namespace ackproof::memory {

void ActivityQueue::put(Activity activity) noexcept {
  const Sequence sequence = ++last_sequence_;
  by_key_.emplace(activity.instance, activity.execution, activity.id, sequence);
  items_[sequence].activity = std::move(activity);
  line_up(sequence);
}

std::optional<ActivityTaken> ActivityQueue::choose(const FetchActivity& options, Time now) {
  wake(now);
  const std::optional<Sequence> sequence = first_for(options, now);
  if (!sequence) return std::nullopt;
  ActivityTaken taken{.sequence = *sequence,
                      .token = random_token().value,
                      .until = rules::later(now, options.lock_timeout),
                      .claim = std::nullopt,
                      .now = now};
  if (items_.at(*sequence).activity.session) {
    const SessionClaim& claim = *options.session;
    taken.claim = {claim.owner, rules::later(now, claim.lock_timeout)};
  }
  return taken;
}

LockedActivity ActivityQueue::activity_of(const ActivityTaken& taken) const {
  const QueuedActivity& queued = items_.at(taken.sequence);
  return {.activity = delivered(queued.activity, queued.undecodable),
          .attempt = queued.attempts + 1,  // With this delivery (POISON_1).
          .token = {taken.token}};
}

void ActivityQueue::take(ActivityTaken taken) noexcept {
  QueuedActivity& queued = items_.at(taken.sequence);
  unlock(queued);  // An expired lock's token goes for good (LOCK_3).
  tokens_.emplace(taken.token, taken.sequence);
  queued.token = std::move(taken.token);
  ++queued.attempts;
  park(taken.sequence, taken.until);
  queued.owner.reset();
  if (!taken.claim) return;
  sessions_.claim(*queued.activity.session, *taken.claim, taken.now);
  queued.owner = std::move(taken.claim->owner);
}

Time ActivityQueue::next_chance(const FetchActivity& options, Time now) const {
  const auto parked = parked_.upper_bound({now, kLastSequence});
  const Time unparked = parked == parked_.end() ? Time::max() : parked->first;
  return options.session ? std::min(unparked, sessions_.next_lapse(now)) : unparked;
}

void ActivityQueue::finish(Sequence sequence, Time now) noexcept {
  touch_session(items_.at(sequence), now);
  remove(sequence);
}

void ActivityQueue::give_back(const ActivityReturned& returned) noexcept {
  QueuedActivity& queued = items_.at(returned.sequence);
  if (returned.uncounts) uncount(queued.attempts);
  unlock(queued);
  park(returned.sequence, returned.until);  // Without a delay the next fetch wakes it.
}

void ActivityQueue::renew(const ActivityRenewed& renewed) noexcept {
  touch_session(items_.at(renewed.sequence), renewed.now);
  park(renewed.sequence, renewed.until);
}

void ActivityQueue::cancel(const ActivityKey& key) noexcept {
  for (const Sequence sequence : copies_of(key)) remove(sequence);
}

void ActivityQueue::remove_all(const std::string& instance) noexcept {
  for (const Sequence sequence : items_of(instance)) remove(sequence);
}

std::set<std::string> ActivityQueue::sessions_only_of(
    const std::set<std::string>& instances) const {
  std::set<std::string> found;
  for (const std::string& instance : instances) {
    for (const Sequence sequence : items_of(instance)) {
      const std::optional<std::string>& session = items_.at(sequence).activity.session;
      if (session) found.insert(*session);
    }
  }
  if (found.empty()) return found;
  for (const auto& [sequence, queued] : items_) {
    const Activity& activity = queued.activity;
    if (activity.session && !instances.contains(activity.instance)) found.erase(*activity.session);
  }
  return found;
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

bool ActivityQueue::corrupt(const ActivityKey& key) {
  const std::vector<Sequence> copies = copies_of(key);
  for (const Sequence sequence : copies) items_.at(sequence).undecodable = true;
  return !copies.empty();
}

void ActivityQueue::dump(const std::function<void(Effect)>& sink) const {
  for (const auto& [sequence, queued] : items_) {
    ActivityRestored item{.sequence = sequence,
                          .activity = queued.activity,
                          .attempts = queued.attempts,
                          .token = queued.token,
                          .owner = queued.owner,
                          .parked_until = std::nullopt};
    if (!is_eligible(sequence)) item.parked_until = queued.parked_until;
    sink(std::move(item));
  }
  sessions_.dump(sink);
}

void ActivityQueue::restore(const CountersRestored& counters) noexcept {
  last_sequence_ = counters.last_activity;
}

void ActivityQueue::restore(ActivityRestored restored) noexcept {
  const Sequence sequence = restored.sequence;
  QueuedActivity& queued = items_[sequence];
  queued.activity = std::move(restored.activity);
  queued.attempts = restored.attempts;
  queued.token = std::move(restored.token);
  queued.owner = std::move(restored.owner);
  const Activity& activity = queued.activity;
  by_key_.emplace(activity.instance, activity.execution, activity.id, sequence);
  if (!queued.token.empty()) tokens_.emplace(queued.token, sequence);
  if (restored.parked_until) {
    queued.parked_until = *restored.parked_until;
    parked_.emplace(queued.parked_until, sequence);
  } else {
    line_up(sequence);
  }
}

// The first in queue order of all that are not for others (SESS_1, TAG_1, TAG_4).
std::optional<Sequence> ActivityQueue::first_for(const FetchActivity& options, Time now) const {
  std::optional<Sequence> first;
  const auto consider = [&](const Lanes& lanes) {
    for (const auto& [tag, lane] : lanes) {
      if (first && *first < *lane.begin()) continue;
      if (rules::admits(options.tags, tag)) first = *lane.begin();
    }
  };
  if (!options.session) {
    const auto unbound = eligible_.find(std::nullopt);
    if (unbound != eligible_.end()) consider(unbound->second);
    return first;
  }
  for (const auto& [session, lanes] : eligible_) {
    if (sessions_.admit(session, options.session, now)) consider(lanes);
  }
  return first;
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

void ActivityQueue::line_up(Sequence sequence) noexcept {
  const Activity& activity = items_.at(sequence).activity;
  eligible_[activity.session][activity.tag].insert(sequence);
}

void ActivityQueue::leave_line(Sequence sequence) noexcept {
  const QueuedActivity& queued = items_.at(sequence);
  if (!is_eligible(sequence)) {
    parked_.erase({queued.parked_until, sequence});
    return;
  }
  const auto lanes = eligible_.find(queued.activity.session);
  const auto lane = lanes->second.find(queued.activity.tag);
  lane->second.erase(sequence);
  if (lane->second.empty()) lanes->second.erase(lane);
  if (lanes->second.empty()) eligible_.erase(lanes);
}

bool ActivityQueue::is_eligible(Sequence sequence) const {
  const Activity& activity = items_.at(sequence).activity;
  const auto lanes = eligible_.find(activity.session);
  if (lanes == eligible_.end()) return false;
  const auto lane = lanes->second.find(activity.tag);
  return lane != lanes->second.end() && lane->second.contains(sequence);
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
    line_up(sequence);
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

std::optional<Sequence> ActivityQueue::opened_by(const LockToken& token, Time now) const {
  const auto found = tokens_.find(token.value);
  if (found == tokens_.end()) return std::nullopt;
  if (now >= items_.at(found->second).parked_until) return std::nullopt;
  return found->second;
}

}  // namespace ackproof::memory
