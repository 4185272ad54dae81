#include "validations/scenarios/disturbed.h"

#include <algorithm>

namespace ackproof::scenarios {

namespace {

std::string numbered(const char* operation, std::uint64_t call) {
  return "call " + std::to_string(call) + ", " + operation + ",";
}

constexpr EngineVersion kNobodys{1'000'000, 0, 0};

// Of a fault that the store was too busy for. It may be so each time: who lets nobody read beside a commit shows none
// by half.
constexpr unsigned kMoreTries = 5;

constexpr const char* kAcceptedAllTheSame = ", and had been accepted all the same";

const char* how_it_came(FaultKind kind) {
  if (kind == FaultKind::overtaken) return " had come behind steps of another worker";
  if (kind == FaultKind::late) return " had come when its lock was over";
  return " had come when its lock was over and another worker had done the same";
}

// What has to be refused, though all of it but the end can be done. An event is there already if it is stored,
// or if it stands twice in the commit.
TurnCommit enlarged(const TurnCommit& commit, const Turn& turn, FaultKind kind, bool has_pins) {
  TurnCommit larger = commit;
  if (has_pins) larger.metadata.pinned_version = kNobodys;  // Or what is pinned stays as it was.
  if (kind == FaultKind::refused_for_a_message) {
    larger.messages.emplace_back();  // Its target is no id.
  } else if (commit.execution == turn.execution && !turn.history.empty()) {
    larger.events.push_back(turn.history.front());
  } else {
    larger.events.push_back(commit.events.empty() ? Event() : commit.events.front());
  }
  return larger;
}

}  // namespace

void Disturbed::begin(const Fault& fault, Meanwhile meanwhile) {
  fault_ = fault;
  meanwhile_ = std::move(meanwhile);
  counts_ = {};
  ledger_ = {};
  is_left_alone_ = false;
  is_undecided_ = false;
  tries_left_ = kMoreTries;
  struck_.clear();
  unsure_of_.clear();
  seen_by_half_.clear();
}

std::uint64_t Disturbed::calls_for(FaultKind kind) const {
  switch (kind) {
    case FaultKind::none:
      return 0;
    case FaultKind::busy:
    case FaultKind::lost_answer:
      return counts_.calls;
    case FaultKind::lost_ack:
    case FaultKind::overtaken:
    case FaultKind::late:
    case FaultKind::late_behind_another:
      return counts_.acks;
    case FaultKind::refused_for_an_event:
    case FaultKind::refused_for_a_message:
    case FaultKind::watched:
      break;
  }
  return counts_.commits;
}

std::string Disturbed::told() const {
  return struck_.empty() ? "no call had gone wrong" : "after " + struck_;
}

bool Disturbed::strikes(FaultKind kind, std::uint64_t count) {
  return !is_left_alone_ && !has_struck() && fault_.kind == kind && fault_.nth == count;
}

template <class Ask>
auto Disturbed::call(const char* operation, const Ask& ask) -> decltype(ask()) {
  if (is_left_alone_) return ask();
  const std::uint64_t number = ++counts_.calls;
  if (strikes(FaultKind::busy, number)) {
    struck_ = numbered(operation, number) + " had been answered busy";
    return Error{ErrorKind::busy, operation, "the store was not reached"};
  }
  const bool is_lost = strikes(FaultKind::lost_answer, number);
  if (is_lost) {
    struck_ = "the answer to call " + std::to_string(number) + ", " + operation + ", had been lost";
  }
  const bool had_struck = has_struck();
  auto answer = ask();
  const bool is_made_up = fault_.kind == FaultKind::lost_ack && !had_struck && has_struck();
  if (!answer && answer.error().kind == ErrorKind::unknown_outcome && !is_made_up &&
      !is_undecided_) {
    unsure_of_ =
        numbered(operation, number) + " was answered unknown_outcome: " + answer.error().message;
  }
  if (is_lost) return Error{ErrorKind::unknown_outcome, operation, "the answer was lost"};
  return answer;
}

bool Disturbed::is_held_up(std::uint64_t count) {
  return strikes(FaultKind::overtaken, count) || strikes(FaultKind::late, count) ||
         strikes(FaultKind::late_behind_another, count);
}

template <class Ask>
Result<void> Disturbed::ack(const char* operation, Queue queue, const Ask& ask) {
  return call(operation, [&]() -> Result<void> {
    ++counts_.acks;
    if (strikes(FaultKind::lost_ack, counts_.acks)) {
      struck_ = numbered(operation, counts_.calls) + " had been lost";
      return Error{ErrorKind::unknown_outcome, operation, "the answer was lost"};
    }
    if (!is_held_up(counts_.acks)) return ask();
    struck_ = numbered(operation, counts_.calls) + how_it_came(fault_.kind);
    meanwhile_(fault_.kind, queue);
    Result<void> answer = ask();
    if (answer && fault_.kind != FaultKind::overtaken) struck_ += kAcceptedAllTheSame;
    return answer;
  });
}

Result<void> Disturbed::enqueue_message(const Message& message, Duration delay) {
  return call("enqueue_message", [&] {
    Result<void> enqueued = inner().enqueue_message(message, delay);
    if (enqueued) ledger_.sent(message);
    return enqueued;
  });
}

Result<std::optional<Turn>> Disturbed::fetch_turn(const FetchTurn& options) {
  return call("fetch_turn", [&] {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) ledger_.took(*turn.value(), options.lock_timeout);
    return turn;
  });
}

Result<void> Disturbed::ack_turn(const LockToken& token, const TurnCommit& commit) {
  return ack("ack_turn", Queue::turns, [&]() -> Result<void> {
    const std::uint64_t number = ++counts_.commits;
    if (strikes(FaultKind::refused_for_an_event, number) ||
        strikes(FaultKind::refused_for_a_message, number)) {
      return refuse_first(token, commit);
    }
    if (strikes(FaultKind::watched, number)) return watch(token, commit);
    return this->commit(token, commit);
  });
}

Result<void> Disturbed::commit(const LockToken& token, const TurnCommit& commit) {
  Result<void> acked = inner().ack_turn(token, commit);
  if (acked) ledger_.acked(token, commit);
  if (!acked && acked.error().kind == ErrorKind::lock_lost) ledger_.freed(token, Duration(0));
  return acked;
}

Result<void> Disturbed::refuse_first(const LockToken& token, const TurnCommit& commit) {
  struck_ = "turn commit " + std::to_string(counts_.commits) + " had been refused half-way, for " +
            (fault_.kind == FaultKind::refused_for_an_event ? "an event that is there already"
                                                            : "a message to nobody");
  const Turn turn = *ledger_.turn_of(token);
  const ExecutionKey where{turn.instance, commit.execution};
  const Round before = reader_.look(where);
  const Result<void> refused = this->commit(
      token, enlarged(commit, turn, fault_.kind, reader_.offers(Capability::version_filter)));
  if (refused) {
    struck_ += kAcceptedAllTheSame;
  } else {
    const Round after = reader_.look(where);
    const std::string left = difference(before, after);
    if (!left.empty()) seen_by_half_ = "the commit was refused, and " + left;
    note_refusals(before);
    note_refusals(after);
    const ErrorKind answered = refused.error().kind;
    if (answered == ErrorKind::busy || answered == ErrorKind::lock_lost) strike_again();
    if (answered == ErrorKind::lock_lost) return refused;
  }
  return Error{ErrorKind::busy, "ack_turn", "the store could not finish the commit"};
}

Result<void> Disturbed::watch(const LockToken& token, const TurnCommit& commit) {
  struck_ = "turn commit " + std::to_string(counts_.commits) +
            " had been watched on its way, by a reader on another handle";
  const ExecutionKey where{ledger_.turn_of(token)->instance, commit.execution};
  const Round before = reader_.look(where);
  Result<void> acked;
  const std::vector<Round> meanwhile =
      reader_.watch(where, [&] { acked = this->commit(token, commit); });
  note_refusals(before);
  for (const Round& round : meanwhile) note_refusals(round);
  // Serialisable stores may call a commit off for a reader (ERR_6).
  if (!acked && acked.error().kind == ErrorKind::unknown_outcome) {
    is_undecided_ = true;
    return acked;
  }
  const Round after = reader_.look(where);
  note_refusals(after);
  const std::string half = half_seen(before, meanwhile, after);
  if (!half.empty()) seen_by_half_ = "the store, while the commit was on its way, " + half;
  const Sight& history = after.front();  // No answer is no sight of the same.
  if (acked && !commit.events.empty() && history.text && history == before.front()) {
    seen_by_half_ = "the commit was accepted, and who reads on another handle sees nothing of it";
  }
  if (!acked) watch_again(acked.error().kind, difference(before, after));
  return acked;
}

// When a lock is over another worker may be at work by now, so `changed` says nothing.
void Disturbed::watch_again(ErrorKind answered, const std::string& changed) {
  if (answered == ErrorKind::lock_lost) {
    is_undecided_ = tries_left_ == 0;
    return strike_again();
  }
  if (!changed.empty()) seen_by_half_ = "the commit was refused, and " + changed;
  if (answered == ErrorKind::busy) strike_again();
}

void Disturbed::note_refusals(const Round& round) {
  if (const std::string refusal = refusal_in(round); !refusal.empty()) seen_by_half_ = refusal;
}

void Disturbed::strike_again() {
  if (tries_left_ == 0) return;
  --tries_left_;
  struck_.clear();
  fault_.nth = counts_.commits + 1;
}

Result<void> Disturbed::abandon_turn(const LockToken& token, const Abandon& how) {
  return call("abandon_turn", [&] {
    Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned) ledger_.freed(token, how.delay);
    return abandoned;
  });
}

Result<void> Disturbed::renew_turn(const LockToken&, Duration) {
  return Error{ErrorKind::busy, "renew_turn", "the store was not reached"};
}

Result<std::optional<LockedActivity>> Disturbed::fetch_activity(const FetchActivity& options) {
  return call("fetch_activity", [&] {
    Result<std::optional<LockedActivity>> work = inner().fetch_activity(options);
    if (work && work.value()) ledger_.took(*work.value(), options.lock_timeout);
    return work;
  });
}

Result<void> Disturbed::ack_activity(const LockToken& token,
                                     const std::optional<Message>& completion) {
  return ack("ack_activity", Queue::activities, [&] {
    Result<void> acked = inner().ack_activity(token, completion);
    if (acked) ledger_.acked(token, completion);
    if (!acked && acked.error().kind == ErrorKind::lock_lost) ledger_.freed(token, Duration(0));
    return acked;
  });
}

Result<void> Disturbed::abandon_activity(const LockToken& token, const Abandon& how) {
  return call("abandon_activity", [&] {
    Result<void> abandoned = inner().abandon_activity(token, how);
    if (abandoned) ledger_.freed(token, how.delay);
    return abandoned;
  });
}

Result<void> Disturbed::renew_activity(const LockToken&, Duration) {
  return Error{ErrorKind::busy, "renew_activity", "the store was not reached"};
}

}  // namespace ackproof::scenarios
