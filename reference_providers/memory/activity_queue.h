// The activity queue of the memory provider: first in, first out among the eligible (WORK_1).
//
// Knows nothing of instances (WORK_4); the sessions are its own (SESS). Used under the
// store's mutex, with the store's rules about checks, writes and errors.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "contract/types.h"
#include "reference_providers/memory/effects.h"
#include "reference_providers/memory/queued.h"
#include "reference_providers/memory/sessions.h"

namespace ackproof::memory {

struct QueuedActivity {
  Activity activity;
  std::uint64_t attempts = 0;
  bool undecodable = false;
  std::string token;                 // Of the lock; empty: unlocked.
  std::optional<std::string> owner;  // Who claimed the session with the last fetch.
  Time parked_until;                 // While parked: the lock's deadline, or the end of a delay.
};

class ActivityQueue {
 public:
  void put(Activity activity) noexcept;

  // What such a fetch takes, with a fresh token. Costs a look at each tag and, for who claims
  // sessions, at each session with eligible items; none at items that others may take.
  std::optional<ActivityTaken> choose(const FetchActivity& options, Time now);

  // What the one who takes it gets.
  LockedActivity activity_of(const ActivityTaken& taken) const;

  void take(ActivityTaken taken) noexcept;

  // The first moment after `now` at which such a fetch may find what it did not find now.
  Time next_chance(const FetchActivity& options, Time now) const;

  // The item whose live lock this token is. From the deadline instant on there is none, also when
  // nobody took over (LOCK_2).
  std::optional<Sequence> opened_by(const LockToken& token, Time now) const;

  void finish(Sequence sequence, Time now) noexcept;
  void give_back(const ActivityReturned& returned) noexcept;
  void renew(const ActivityRenewed& renewed) noexcept;

  // Removes all activities with this key, queued or in flight (ACK_9, WORK_6).
  void cancel(const ActivityKey& key) noexcept;

  // Removes all activities of this instance (DEL_2).
  void remove_all(const std::string& instance) noexcept;
  std::uint64_t count(const std::string& instance) const { return items_of(instance).size(); }
  bool has(Sequence sequence) const { return items_.contains(sequence); }

  // The sessions that no item is in once these instances are gone, but some is now (DEL_2).
  std::set<std::string> sessions_only_of(const std::set<std::string>& instances) const;

  QueueDepth depth(Time now) const;

  // The sessions in which some item is.
  std::set<std::string> sessions_in_use() const;
  Sessions& sessions() { return sessions_; }
  const Sessions& sessions() const { return sessions_; }

  // Makes them undecodable. False: there is none.
  bool corrupt(const ActivityKey& key);

  // All of it, for another store.
  void dump(const std::function<void(Effect)>& sink) const;
  void restore(const CountersRestored& counters) noexcept;
  void restore(ActivityRestored restored) noexcept;

  Sequence last_sequence() const { return last_sequence_; }

 private:
  std::optional<Sequence> first_for(const FetchActivity& options, Time now) const;
  void touch_session(const QueuedActivity& queued, Time now) noexcept;
  void remove(Sequence sequence) noexcept;
  void park(Sequence sequence, Time until) noexcept;
  void line_up(Sequence sequence) noexcept;
  void leave_line(Sequence sequence) noexcept;
  bool is_eligible(Sequence sequence) const;
  void unlock(QueuedActivity& queued) noexcept;
  void wake(Time now) noexcept;
  std::vector<Sequence> copies_of(const ActivityKey& key) const;
  std::vector<Sequence> items_of(const std::string& instance) const;

  Sequence last_sequence_ = 0;
  std::map<Sequence, QueuedActivity> items_;

  // Each item is in one of these: it may be taken, or it is locked or hidden until some moment.
  // Those that may be taken by session and tag, so that none is walked past that is for others;
  // no set is empty.
  using Lanes = std::map<std::optional<std::string>, std::set<Sequence>>;
  std::map<std::optional<std::string>, Lanes> eligible_;
  Schedule parked_;

  std::unordered_map<std::string, Sequence> tokens_;
  // By instance, execution and activity id, which several items may share.
  std::set<std::tuple<std::string, std::uint64_t, std::uint64_t, Sequence>> by_key_;

  Sessions sessions_;
};

}  // namespace ackproof::memory
