// What really came of every call on a store, as somebody sees it who stands between it and the engine: also
// of the calls whose answer the engine never got.
//
// It knows nothing of programs. It counts what was put into the queues, handed out, and taken for good, keeps
// the events that were committed, and tells how long to wait until something may be deliverable again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/types.h"

namespace ackproof::scenarios {

// A message, and how often each of this happened to it.
struct Parcel {
  Message message;
  unsigned sent = 0;       // By a client, a commit or a completion that was accepted.
  unsigned delivered = 0;  // With a turn.
  unsigned consumed = 0;   // By an ack of that turn that was accepted.
};

// The same of an activity.
struct Job {
  Activity activity;
  unsigned scheduled = 0;
  unsigned delivered = 0;
  unsigned done = 0;
  bool is_cancelled = false;       // Before it was done.
  bool was_done_in_spite = false;  // After it was cancelled.
};

using ExecutionKey = std::pair<std::string, std::uint64_t>;

class Ledger {
 public:
  // --- What happened

  void sent(const Message& message);
  void took(const Turn& turn, Duration lock);
  void took(const LockedActivity& work, Duration lock);
  void acked(const LockToken& token, const TurnCommit& commit);
  void acked(const LockToken& token, const std::optional<Message>& completion);
  // The lock ended otherwise, and what it held comes again after the delay.
  void freed(const LockToken& token, Duration delay);

  // --- Waiting

  struct Wait {
    Duration left;
    bool is_timer = false;
    std::string token = {};  // Of the lock that ends then; empty: something becomes visible.
  };
  // The shortest there is.
  std::optional<Wait> next_wait() const;
  void passed(Duration span);

  // --- What is known

  const std::vector<Parcel>& parcels() const { return parcels_; }
  const std::vector<Job>& jobs() const { return jobs_; }
  const std::map<ExecutionKey, std::vector<Event>>& committed() const { return committed_; }
  // The turn, or the activity, that a token opened; null for one that opened none.
  const Turn* turn_of(const LockToken& token) const;
  const Activity* activity_of(const LockToken& token) const;

 private:
  Parcel& parcel(const Message& message);
  Job& job(const Activity& activity);
  void cancel(const ActivityKey& key);
  void stop_waiting_for(const LockToken& token);

  std::vector<Parcel> parcels_;
  std::vector<Job> jobs_;
  std::map<ExecutionKey, std::vector<Event>> committed_;  // In the order of the commits.
  std::map<std::string, Turn> turns_;                     // By token.
  std::map<std::string, Activity> activities_;            // By token.
  std::vector<Wait> waits_;
};

}  // namespace ackproof::scenarios
