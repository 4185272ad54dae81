// A store between which and the engine one call goes wrong.
//
// It counts the engine's calls, does one thing to the n-th of those that it can be done to, and keeps the ledger of
// what really happened. Renewals never get through: whoever stands still renews nothing, and all performances of a play
// are the same up to their fault.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "contract/forwarding_provider.h"
#include "validations/scenarios/ledger.h"
#include "validations/scenarios/sights.h"

namespace ackproof::scenarios {

// What goes wrong. Another kind, such as the end of the process, is another row here and in `Disturbed::call`.
enum class FaultKind : std::uint8_t {
  none,
  busy,         // Any call: the store never hears of it, and the engine is told `busy`.
  lost_answer,  // Any call: the store does it, and the engine is told `unknown_outcome`.
  lost_ack,     // An ack: the store never hears of it, and the engine is told `unknown_outcome`.
  overtaken,    // An ack: another worker has taken other steps before the store hears of it.
  late,         // An ack: its lock has ended before the store hears of it.
  late_behind_another,  // The same, and another worker has done by then what the lock was for.
  refused_for_an_event,  // A commit: the store is first given it with an event that is there already,
                         // and the engine is told `busy`.
  refused_for_a_message,  // The same, with a message that nobody may send.
  watched,  // A commit: nothing goes wrong, and somebody reads on another handle meanwhile.
};

struct Fault {
  FaultKind kind = FaultKind::none;
  std::uint64_t nth = 0;  // From 1, of the calls that it can be done to.
};

// Of the store's two queues.
enum class Queue : std::uint8_t { turns, activities };

class Disturbed final : public ForwardingProvider {
 public:
  // What happens, by the fault, while an ack to this queue is on its way.
  using Meanwhile = std::function<void(FaultKind, Queue)>;

  // `another` is a second handle on the same store, to read on.
  Disturbed(std::unique_ptr<Provider> inner, std::unique_ptr<Provider> another)
      : ForwardingProvider(std::move(inner)), reader_(std::move(another)) {}

  // Begins a performance: a new ledger, and this fault.
  void begin(const Fault& fault, Meanwhile meanwhile);
  // Nothing is counted or goes wrong any more.
  void leave_alone() { is_left_alone_ = true; }

  Provider& store() { return inner(); }
  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }
  // How many calls of the performance this could have been done to.
  std::uint64_t calls_for(FaultKind kind) const;
  bool has_struck() const { return !struck_.empty(); }
  // What was done to which call, and what the store made of it, for people: "after call 7, ack_turn, had been
  // answered busy".
  std::string told() const;
  // Of a commit that was seen by half, of one that was refused and changed something, or of a reader who was told an
  // error, in words; empty: of none.
  const std::string& seen_by_half() const { return seen_by_half_; }
  // A commit could not be watched: each time its lock was over by then, or the store did not know what had become of it
  // beside a reader.
  bool is_undecided() const { return is_undecided_ && seen_by_half_.empty(); }
  // The first call of which the store itself did not know whether it had happened; empty: it always knew.
  const std::string& unsure_of() const { return unsure_of_; }

  Result<void> enqueue_message(const Message& message, Duration delay) override;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override;
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override;
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override;

 private:
  struct Counts {
    std::uint64_t calls = 0;
    std::uint64_t acks = 0;
    std::uint64_t commits = 0;
  };

  // Whether the fault is about this call, which `count` numbers.
  bool strikes(FaultKind kind, std::uint64_t count);
  template <class Ask>
  auto call(const char* operation, const Ask& ask) -> decltype(ask());
  template <class Ask>
  Result<void> ack(const char* operation, Queue queue, const Ask& ask);
  // Whether an ack is held up, as `count` numbers it.
  bool is_held_up(std::uint64_t count);
  Result<void> commit(const LockToken& token, const TurnCommit& commit);
  Result<void> refuse_first(const LockToken& token, const TurnCommit& commit);
  Result<void> watch(const LockToken& token, const TurnCommit& commit);
  // After a watched commit that was not accepted.
  void watch_again(ErrorKind answered, const std::string& changed);
  void note_refusals(const Round& round);
  // The fault is for the next commit, because it could not be done to this one. A few times only.
  void strike_again();

  const Reader reader_;
  Fault fault_;
  Meanwhile meanwhile_;
  Counts counts_;
  Ledger ledger_;
  bool is_left_alone_ = true;
  bool is_undecided_ = false;
  unsigned tries_left_ = 0;
  std::string struck_;
  std::string unsure_of_;
  std::string seen_by_half_;
};

}  // namespace ackproof::scenarios
