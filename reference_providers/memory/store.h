// The store of the memory provider: the data, and the verbs of the contract as plain code on it.
//
// Used by one call at a time: the provider holds a mutex, reads the clock and hands in `now`. It
// has checked the arguments by themselves; what depends on stored things is checked here, before
// the first write. The writing parts are noexcept, and payloads are copied before them: should
// memory run out in the middle of a write, the process ends, and a volatile store with it, rather
// than go on half changed (ERR_3).
//
// The errors carry kind and message; the provider adds the name of the operation.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contract/capability.h"
#include "contract/result.h"
#include "contract/types.h"
#include "reference_providers/memory/activity_queue.h"
#include "reference_providers/memory/queued.h"

namespace ackproof::memory {

// --- Instances

struct Execution {
  Status status = Status::running;
  std::optional<Bytes> output;
  std::map<std::uint64_t, Event> events;
  bool undecodable = false;  // Its events; the rest is readable.
};

// Exists from the first successful ack on (HIST_4).
struct Instance {
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::uint64_t current = 0;  // The highest acked execution; always among `executions`.
  std::map<std::uint64_t, Execution> executions;
  Time created_at;
  Time updated_at;
};

// --- The instance queue

struct QueuedMessage {
  Message message;  // As it was given; `message.visible_at` is the sender's wish.
  Time visible_at;  // What became of the wish: never before the enqueue.
  std::uint64_t attempts = 0;
  bool undecodable = false;
};

// All messages of one target, whether or not the instance exists, with the lock on them. It is
// there as long as it holds a message.
struct Mailbox {
  std::string instance;
  std::map<Sequence, QueuedMessage> messages;
  Schedule visible;  // Every message, by its `visible_at`.
  Schedule starts;   // The start messages among them.

  std::string token;              // Of the last fetch; empty once that was acked or abandoned.
  std::vector<Sequence> batch;    // What that fetch handed out.
  Time fetched_at = Time::min();  // When it did.
  Time free_at = Time::min();     // The deadline of that lock, or the moment it was given back.

  // Where it stands in line: by the moment it gets ready, and among equals by `turn_number`, which
  // is drawn anew whenever a lock is given back. So nobody is served twice before a waiting one,
  // even while the clock stands still (TURN_8). Absent: its messages are held.
  using Place = std::pair<Time, std::uint64_t>;
  std::uint64_t turn_number = 0;
  std::optional<Place> place;
};

class Store {
 public:
  explicit Store(const Limits& limits) : limits_(limits) {}

  Result<void> enqueue_message(Message message, Duration delay, Time now);
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options, Time now);
  Result<void> ack_turn(const LockToken& token, TurnCommit commit, Time now);
  Result<void> abandon_turn(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew_turn(const LockToken& token, Duration extend_for, Time now);

  Result<void> enqueue_activity(Activity activity);
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options, Time now);
  Result<void> ack_activity(const LockToken& token, std::optional<Message> completion, Time now);
  Result<void> abandon_activity(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew_activity(const LockToken& token, Duration extend_for, Time now);

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) const;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) const;

  // What the factory's hooks do. not_found  there is no such item.
  Result<void> corrupt_history(const std::string& instance, std::uint64_t execution);
  Result<void> corrupt_message(const std::string& target, std::uint64_t id);
  Result<void> corrupt_activity(const ActivityKey& key);

 private:
  // Instance queue.
  void put(Message message, Time visible_at) noexcept;
  void hide(Mailbox& mailbox, Sequence sequence, Time until) noexcept;
  void remove_batch(Mailbox& mailbox) noexcept;
  void take(Mailbox& mailbox, std::vector<Sequence> batch, std::string token, Time deadline);
  void give_back(Mailbox& mailbox, Time now) noexcept;
  void line_up(Mailbox& mailbox) noexcept;
  std::optional<Time> ready_at(const Mailbox& mailbox) const;
  std::vector<Sequence> visible_batch(const Mailbox& mailbox, Time now) const;
  Turn turn_of(const Mailbox& mailbox, const std::vector<Sequence>& batch, Time now) const;
  Mailbox* opened_by(const LockToken& token, Time now);

  // Turn commit.
  std::optional<Error> refusal(const Mailbox& mailbox, const TurnCommit& commit) const;
  std::optional<Error> refusal(const Execution* execution, const std::vector<Event>& delta) const;
  void write(const Mailbox& mailbox, TurnCommit& commit, Time now) noexcept;
  Instance& record(const Mailbox& mailbox, const TurnCommit& commit, Time now) noexcept;

  const Execution* execution_of(const std::string& instance, std::uint64_t execution) const;

  Limits limits_;
  Sequence last_sequence_ = 0;
  std::map<std::string, Instance> instances_;

  // The line and the tokens point into `mailboxes_`, whose elements never move.
  std::unordered_map<std::string, Mailbox> mailboxes_;
  std::map<Mailbox::Place, Mailbox*> line_;  // Locked ones stand at their deadline; held: nowhere.
  std::unordered_map<std::string, Mailbox*> turn_tokens_;
  std::uint64_t last_turn_number_ = 0;

  ActivityQueue activities_;
};

}  // namespace ackproof::memory
