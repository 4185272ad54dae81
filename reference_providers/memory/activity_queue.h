// The activity queue of the memory provider: first in, first out among the eligible (WORK_1).
//
// Knows nothing of instances (WORK_4); the sessions are its own (SESS). Used under the
// store's mutex, with the store's rules about checks, writes and errors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "contract/result.h"
#include "contract/types.h"
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

  // Costs a look at each eligible item before the one it takes: those of other workers' sessions
  // and tags. Locked and hidden items cost nothing.
  std::optional<LockedActivity> fetch(const FetchActivity& options, Time now);

  // The first moment after `now` at which such a fetch may find what it did not find now.
  Time next_chance(const FetchActivity& options, Time now) const;

  Result<void> ack(const LockToken& token, Time now);
  Result<void> abandon(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew(const LockToken& token, Duration extend_for, Time now);

  // Removes all activities with this key, queued or in flight (ACK_9, WORK_6).
  void cancel(const ActivityKey& key) noexcept;

  // Removes all activities of these instances with the sessions that are left without an item, and
  // returns how many items that were (DEL_2).
  std::uint64_t remove_all(const std::set<std::string>& instances) noexcept;
  bool has_any(const std::string& instance) const;

  QueueDepth depth(Time now) const;

  std::uint64_t renew_sessions(const RenewSessions& options, Time now) noexcept;
  std::uint64_t clean_up_sessions(Time now);

  // Makes them undecodable. False: there is none.
  bool corrupt(const ActivityKey& key);

 private:
  std::optional<Sequence> first_for(const FetchActivity& options, Time now) const;
  void touch_session(const QueuedActivity& queued, Time now) noexcept;
  void remove(Sequence sequence) noexcept;
  void park(Sequence sequence, Time until) noexcept;
  void leave_line(Sequence sequence) noexcept;
  void unlock(QueuedActivity& queued) noexcept;
  void wake(Time now) noexcept;
  std::vector<Sequence> copies_of(const ActivityKey& key) const;
  std::vector<Sequence> items_of(const std::string& instance) const;
  std::set<std::string> sessions_in_use() const;
  std::optional<Sequence> opened_by(const LockToken& token, Time now) const;

  Sequence last_sequence_ = 0;
  std::map<Sequence, QueuedActivity> items_;

  // Each item is in one of these: it may be taken, or it is locked or hidden until some moment.
  std::set<Sequence> eligible_;
  Schedule parked_;

  std::unordered_map<std::string, Sequence> tokens_;
  // By instance, execution and activity id, which several items may share.
  std::set<std::tuple<std::string, std::uint64_t, std::uint64_t, Sequence>> by_key_;

  Sessions sessions_;
};

}  // namespace ackproof::memory
