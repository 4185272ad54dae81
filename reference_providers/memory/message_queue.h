// The instance queue of the memory provider: a mailbox per target, and the line in which the
// mailboxes wait for their turn (TURN_8).
//
// Used under the store's mutex, with the store's rules about checks, writes and errors. It looks
// into the instances, and changes none.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contract/types.h"
#include "reference_providers/memory/effects.h"
#include "reference_providers/memory/instances.h"
#include "reference_providers/memory/queued.h"

namespace ackproof::memory {

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

  std::string token;            // Of the last fetch; empty once that was acked or abandoned.
  std::vector<Sequence> batch;  // What that fetch handed out.
  Time taken_at = Time::min();  // When it did.
  Time free_at = Time::min();   // The deadline of that lock, or the moment it was given back.

  // Where it stands in line: by the moment it gets ready, and among equals by `turn_number`, which
  // is drawn anew whenever a lock is given back. So nobody is served twice before a waiting one,
  // even while the clock stands still (TURN_8). Absent: its messages are held.
  using Place = std::pair<Time, std::uint64_t>;
  std::uint64_t turn_number = 0;
  std::optional<Place> place;
  std::optional<EngineVersion> pin;  // Of its instance, when it took that place.

  bool is_locked(Time now) const { return !token.empty() && now < free_at; }

  // The message that names a new instance: the first visible start, wherever it stands, and also
  // when it lies beyond the limit of the batch (TURN_2, TURN_13).
  const Message* first_start(Time moment) const;
};

class MessageQueue {
 public:
  // `instances` stays the store's own.
  MessageQueue(const Instances& instances, std::uint64_t batch_limit)
      : instances_(instances), batch_limit_(batch_limit) {}

  void put(Message message, Time visible_at) noexcept;

  // What such a fetch takes, with a fresh token. Costs a look at each version that instances are
  // pinned to, and none at locked, hidden and held ones.
  std::optional<TurnTaken> choose(const FetchTurn& options, Time now) const;

  // What the one who takes it gets.
  Turn turn_of(const TurnTaken& taken) const;

  // Locks the instance and counts the delivery. An expired lock's token goes for good (LOCK_3).
  void take(TurnTaken taken) noexcept;

  // The first moment after `now` at which such a fetch may find what it did not find now.
  Time next_chance(Time now) const;

  void give_back(const TurnReturned& returned) noexcept;
  void renew(const TurnRenewed& renewed) noexcept;

  // The mailbox whose live lock this token is, or null. From the deadline instant on there is none,
  // also when nobody took over (LOCK_2).
  const Mailbox* opened_by(const LockToken& token, Time now) const;

  // Removes exactly what was handed out and frees the instance; what arrived since stays (ACK_6).
  void finish(const std::string& target, Time now) noexcept;

  // Removes everything of this target, its lock included (DEL_2).
  void remove_all(const std::string& target) noexcept;

  // What is there for this target, or null: nothing.
  const Mailbox* find(const std::string& target) const;

  QueueDepth depth(Time now) const;

  // Makes them undecodable. False: there is none.
  bool corrupt(const std::string& target, std::uint64_t id);

  // All of it, for another store.
  void dump(const std::function<void(Effect)>& sink) const;
  void restore(const CountersRestored& counters) noexcept;
  void restore(MailboxRestored restored) noexcept;
  void restore(MessageRestored restored) noexcept;

  Sequence last_sequence() const { return last_sequence_; }
  std::uint64_t last_turn_number() const { return last_turn_number_; }

 private:
  void hide(Mailbox& mailbox, Sequence sequence, Time until) noexcept;
  void add(Mailbox& mailbox, Sequence sequence, QueuedMessage queued) noexcept;
  void unlock(Mailbox& mailbox, Time now) noexcept;
  void line_up(Mailbox& mailbox) noexcept;
  void leave_line(Mailbox& mailbox) noexcept;
  std::optional<Time> ready_at(const Mailbox& mailbox) const;
  const Mailbox* first_ready(const FetchTurn& options, Time now) const;
  std::vector<Sequence> visible_batch(const Mailbox& mailbox, Time now) const;
  void add_depth(const Mailbox& mailbox, Time now, QueueDepth& depth) const;

  const Instances& instances_;
  const std::uint64_t batch_limit_;
  Sequence last_sequence_ = 0;

  // The line and the tokens point into `mailboxes_`, whose elements never move.
  std::unordered_map<std::string, Mailbox> mailboxes_;
  using Line = std::map<Mailbox::Place, Mailbox*>;
  Line line_;  // Locked ones stand at their deadline; held: nowhere.
  std::map<std::optional<EngineVersion>, Line> lines_;  // The same by pin; none of them empty.
  std::unordered_map<std::string, Mailbox*> tokens_;
  std::uint64_t last_turn_number_ = 0;
};

}  // namespace ackproof::memory
