// The activity queue of the memory provider: first in, first out among the eligible (WORK_1).
//
// Knows nothing of instances (WORK_4). Used under the store's mutex, with the store's rules about
// checks, writes and errors.
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

namespace ackproof::memory {

struct QueuedActivity {
  Activity activity;
  std::uint64_t attempts = 0;
  bool undecodable = false;
  std::string token;  // Of the lock; empty: unlocked.
  Time parked_until;  // While parked: the lock's deadline, or the end of a delay.
};

class ActivityQueue {
 public:
  void put(Activity activity) noexcept;
  std::optional<LockedActivity> fetch(const FetchActivity& options, Time now);
  Result<void> ack(const LockToken& token, Time now);
  Result<void> abandon(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew(const LockToken& token, Duration extend_for, Time now);

  // Removes all activities with this key, queued or in flight (ACK_9, WORK_6).
  void cancel(const ActivityKey& key) noexcept;

  // Makes them undecodable. False: there is none.
  bool corrupt(const ActivityKey& key);

 private:
  void remove(Sequence sequence) noexcept;
  void park(Sequence sequence, Time until) noexcept;
  void leave_line(Sequence sequence) noexcept;
  void unlock(QueuedActivity& queued) noexcept;
  void wake(Time now) noexcept;
  std::vector<Sequence> copies_of(const ActivityKey& key) const;
  std::optional<Sequence> opened_by(const LockToken& token, Time now) const;

  Sequence last_sequence_ = 0;
  std::map<Sequence, QueuedActivity> items_;

  // Each item is in one of these: it may be taken, or it is locked or hidden until some moment.
  std::set<Sequence> eligible_;
  Schedule parked_;

  std::unordered_map<std::string, Sequence> tokens_;
  // By instance, execution and activity id, which several items may share.
  std::set<std::tuple<std::string, std::uint64_t, std::uint64_t, Sequence>> by_key_;
};

}  // namespace ackproof::memory
