// One execution being replayed: the commands that its program gives, checked against the history, and the
// answers that the program is given, one at a time.
//
// Strands. A program is a stack of coroutines, the innermost last; what it spawns has stacks of its own. Each
// runs until it waits. When all wait, the next answer of the history is applied, and those that it lets go on
// run, in the order in which they were spawned. So what the program does depends on its answers and their
// order alone, and not on which turn brought them.
//
// Nothing here resumes a coroutine from within another one: g++ 12 makes no tail calls without optimisation,
// and a long history would overflow the stack.
#pragma once

#include <coroutine>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <unordered_map>

#include "engine/history.h"

namespace ackproof::engine {

// A coroutine that was entered, and the task that owns it.
struct Frame {
  std::coroutine_handle<> handle;
  void* owner = nullptr;
  void (*disown)(void* owner) = nullptr;  // The owner forgets the coroutine.
};

// What one stack of coroutines is at.
struct Strand {
  std::uint64_t number = 0;  // In the order in which they were spawned.
  std::vector<Frame> frames;
  std::function<bool()> until;  // What it waits for; empty: it can go on.
  // The command, when it waits for the answer of one and for nothing else.
  std::optional<std::uint64_t> awaits;
  bool is_main = false;              // A cancellation reaches the program here.
  std::set<std::uint64_t> commands;  // That it gave.
  std::shared_ptr<void> owner = {};  // Keeps the outermost coroutine alive.

  // Destroys what has not ended, the innermost first: by their owners they would be destroyed one within the
  // other, and a deep stack overflow.
  void unwind();
};

class Replay {
 public:
  // `history` begins with `started`; in it, what has been new since the last turn is at the end.
  Replay(std::string instance, std::uint64_t execution, std::vector<Entry> history);

  // Runs `strand`, and all that it spawns, as far as the history goes. Throws Failed (nondeterministic).
  void run(const std::shared_ptr<Strand>& main);

  // --- For the program, by way of its Context.

  // The id of the command: that in the history, if it is what the history says, else a new one. Throws
  // Failed (nondeterministic).
  std::uint64_t command(EntryKind kind, Value data,
                        std::optional<std::uint64_t> source = std::nullopt);

  // The answer to a command, or null.
  const Entry* answer_to(std::uint64_t id) const;

  // Nobody waits for the answer any more: a command of its own, unless it is answered.
  void drop(std::uint64_t id);

  // Ends all that has not ended. Nothing of the program runs after this.
  void unwind();

  void spawn(std::shared_ptr<Strand> strand);
  // Ends a strand, and drops what it waits for.
  void drop_strand(Strand& strand);

  // Whether a cancellation has come that the program has not seen yet; `see_cancellation` says why.
  // Not while it undoes something: what is half undone helps nobody.
  bool is_cancelled() const {
    return cancellation_ != nullptr && current_->is_main && undoing_ == 0;
  }
  void begin_undoing() { ++undoing_; }
  void end_undoing() { --undoing_; }
  std::string see_cancellation();

  Time now() const { return now_; }
  std::mt19937_64& random() { return random_; }
  const Strand& current() const { return *current_; }
  const std::string& instance() const { return instance_; }
  std::uint64_t execution() const { return execution_; }
  const Entry& started() const { return history_.front(); }

  // --- For who makes the commit of it.

  // The commands that are new.
  const std::vector<Entry>& fresh() const { return fresh_; }

  // The commands that were scheduled and have no answer, by id.
  std::vector<const Entry*> unanswered() const;

  // Messages that came and that nobody awaited, in order.
  std::vector<const Entry*> messages_left() const;

  const Entry& entry(std::uint64_t id) const;

 private:
  void run_ready();
  void resume(Strand& strand);
  void settle(Strand& strand);
  void apply(const Entry& answer);
  void put_answer(std::uint64_t id, const Entry& answer);
  void hand_to_waiter(const Entry& answer);
  void take_waiting(std::uint64_t id, const Value& data, EntryKind kind);
  [[noreturn]] void differs(const std::string& recorded, const std::string& wanted);

  const std::string instance_;
  const std::uint64_t execution_;
  const std::vector<Entry> history_;
  std::vector<const Entry*> commands_;  // Of the history, and how many were given again.
  std::size_t given_ = 0;
  std::vector<const Entry*> answers_;  // Of the history, and how many were applied.
  std::size_t applied_ = 0;
  std::vector<Entry> fresh_;
  std::uint64_t next_id_ = 1;
  std::unordered_map<std::uint64_t, const Entry*> known_;     // Commands of the history, by id.
  std::unordered_map<std::uint64_t, const Entry*> answered_;  // By the command's id.
  std::set<std::uint64_t> dropped_;
  // By kind and name: what came early, and who waits.
  std::map<std::pair<EntryKind, std::string>, std::deque<const Entry*>> arrived_;
  std::map<std::pair<EntryKind, std::string>, std::deque<std::uint64_t>> waiters_;
  // By number: all; those that have to be looked at; by command: those that wait for its answer alone, of which
  // there may be thousands, and which are not looked at before it comes.
  std::map<std::uint64_t, std::shared_ptr<Strand>> strands_;
  std::set<std::uint64_t> awake_;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> asleep_;
  std::uint64_t spawned_ = 0;
  Strand* main_ = nullptr;
  Strand* current_ = nullptr;
  const Entry* cancellation_ = nullptr;
  unsigned undoing_ = 0;
  std::optional<Failed> mismatch_;  // Also when the program catches it.
  Time now_;
  std::mt19937_64 random_;
};

}  // namespace ackproof::engine
