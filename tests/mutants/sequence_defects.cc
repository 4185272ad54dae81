// Providers that go wrong only where two features meet: a renewal and a late message, a
// cancellation and a result, a delay and a lock. Each breaks a clause that it keeps otherwise.
#include <algorithm>
#include <set>
#include <tuple>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

Error refusal(ErrorKind kind, const char* operation, const char* why) {
  return {kind, operation, why};
}

using Messages = std::vector<Message>;

bool is_timer(const Message& message) { return message.kind == MessageKind::timer_fired; }

bool is_completion(const Message& message) {
  return message.kind == MessageKind::activity_completed ||
         message.kind == MessageKind::activity_failed;
}

bool erase_one(Messages& messages, const Message& message) {
  const auto found = std::ranges::find(messages, message);
  if (found == messages.end()) return false;
  messages.erase(found);
  return true;
}

// --- What they are made of

// Sees every message that gets into the instance queue, by whichever way, and may let it vanish.
template <class State>
class MeetsMessages : public KnowsTurns<State> {
 public:
  using KnowsTurns<State>::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (drops(message)) return {};
    return this->inner().enqueue_message(message, delay);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit kept = commit;
    std::erase_if(kept.messages, [&](const Message& message) { return drops(message); });
    return this->inner().ack_turn(token, kept);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const bool dropped = completion && drops(*completion);
    return this->inner().ack_activity(token, dropped ? std::nullopt : completion);
  }

 protected:
  virtual bool drops(const Message& message) = 0;
};

struct Queued {
  std::map<std::string, Messages> queued;  // By target, in the order of arrival.
  std::map<std::string, Messages> doomed;  // Those among them that nobody will see.
};

// Knows what is in the instance queue. What it dooms goes unseen with the batch that it is in.
template <class State = Queued>
class KnowsQueue : public KnowsTurns<State> {
 public:
  using KnowsTurns<State>::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = this->inner().enqueue_message(message, delay);
    if (enqueued) this->state()->queued[message.target].push_back(message);
    return enqueued;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = this->inner().ack_activity(token, completion);
    if (acked && completion) this->state()->queued[completion->target].push_back(*completion);
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsTurns<State>::fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      auto known = this->state();
      Messages& doomed = known->doomed[turn.value()->instance];
      std::erase_if(turn.value()->messages,
                    [&](const Message& message) { return erase_one(doomed, message); });
      if (!turn.value()->messages.empty()) return turn;
      (void)this->inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = this->inner().ack_turn(token, commit);
    if (!acked) return acked;
    const Turn turn = *this->turn_of(token);
    const Messages rest = waiting(turn);
    auto known = this->state();
    known->queued[turn.instance] = rest;
    dooms(turn, commit, rest, known->doomed[turn.instance]);
    for (const Message& message : commit.messages) {
      known->queued[message.target].push_back(message);
    }
    return acked;
  }

 protected:
  // What the commit of this turn takes along of `rest`, which has to stay.
  virtual void dooms(const Turn&, const TurnCommit&, const Messages& rest, Messages& doomed) = 0;

  // What is queued for the instance besides the batch of its turn.
  Messages waiting(const Turn& turn) {
    Messages rest = this->state()->queued[turn.instance];
    for (const Message& message : turn.messages) erase_one(rest, message);
    return rest;
  }
};

// Passes over some turns as if they were not ready.
template <class Base>
class PassesOver : public Base {
 public:
  using Base::Base;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    std::vector<Turn> passed;
    Result<std::optional<Turn>> turn = Base::fetch_turn(options);
    while (turn && turn.value() && passes(*turn.value())) {
      passed.push_back(*turn.value());
      turn = Base::fetch_turn(options);
    }
    for (const Turn& over : passed) unfetch(this->inner(), over);
    return turn;
  }

 protected:
  virtual bool passes(const Turn& turn) = 0;
};

// --- What an ack takes along

struct Remarked : Queued {
  std::map<std::string, Messages> by_renewal;  // By token.
};

// Renewing marks what is visible with the token once more, and the ack removes what is marked.
struct RenewalWidensTheBatch : KnowsQueue<Remarked> {
  using KnowsQueue::KnowsQueue;
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_turn(token, extend_for);
    if (renewed) {
      Messages marked = waiting(*turn_of(token));
      std::erase_if(marked, [](const Message& message) { return message.visible_at.has_value(); });
      state()->by_renewal[token.value] = marked;
    }
    return renewed;
  }

 protected:
  void dooms(const Turn& turn, const TurnCommit&, const Messages&, Messages& doomed) override {
    const Messages marked = state()->by_renewal[turn.token.value];
    doomed.insert(doomed.end(), marked.begin(), marked.end());
  }
};

// Whoever has ended needs no timers.
struct EndDeletesTimers : KnowsQueue<> {
  using KnowsQueue::KnowsQueue;

 protected:
  void dooms(const Turn&, const TurnCommit& commit, const Messages& rest,
             Messages& doomed) override {
    const std::optional<Status> status = commit.metadata.status;
    if (status != Status::completed && status != Status::failed) return;
    std::ranges::copy_if(rest, std::back_inserter(doomed), is_timer);
  }
};

// Cancels the result along with the activity.
struct CancellationDeletesCompletions : KnowsQueue<> {
  using KnowsQueue::KnowsQueue;

 protected:
  void dooms(const Turn&, const TurnCommit& commit, const Messages& rest,
             Messages& doomed) override {
    for (const ActivityKey& key : commit.cancelled) {
      std::ranges::copy_if(rest, std::back_inserter(doomed), [&](const Message& message) {
        return is_completion(message) && message.target == key.instance &&
               message.execution == key.execution && message.id == key.id;
      });
    }
  }
};

// --- What is taken for a repetition

using Identity = std::tuple<std::string, std::optional<std::uint64_t>, std::uint64_t>;

struct Seen {
  std::set<Identity> identities;
  std::set<std::pair<std::string, Time>> moments;
};

Identity identity_of(const Message& message) {
  return {message.target, message.execution, message.id};
}

template <bool (*is_meant)(const Message&)>
struct SecondOfAnIdIsDropped : MeetsMessages<Seen> {
  using MeetsMessages::MeetsMessages;

 protected:
  bool drops(const Message& message) override {
    return is_meant(message) && !state()->identities.insert(identity_of(message)).second;
  }
};

// Timers are keyed by target and moment.
struct TimersOfOneMomentAreOne : MeetsMessages<Seen> {
  using MeetsMessages::MeetsMessages;

 protected:
  bool drops(const Message& message) override {
    if (!is_timer(message) || !message.visible_at) return false;
    return !state()->moments.emplace(message.target, *message.visible_at).second;
  }
};

// --- Timers

// A timer of an execution that is over has nobody to wake.
struct OldTimersAreDropped : KnowsQueue<> {
  using KnowsQueue::KnowsQueue;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      std::erase_if(turn.value()->messages, [&](const Message& message) {
        return is_timer(message) && message.execution &&
               *message.execution < turn.value()->execution;
      });
      if (!turn.value()->messages.empty()) return turn;
      (void)inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }

 protected:
  void dooms(const Turn&, const TurnCommit&, const Messages&, Messages&) override {}
};

struct WakeUps {
  std::map<std::string, Time> at;  // By instance.
};

// One wake-up time for each instance, which the last timer overwrites.
struct LastTimerSetsTheWakeUp : PassesOver<MeetsMessages<WakeUps>> {
  using PassesOver::PassesOver;

 protected:
  bool drops(const Message& message) override {
    if (is_timer(message) && message.visible_at) state()->at[message.target] = *message.visible_at;
    return false;
  }
  bool passes(const Turn& turn) override {
    return std::ranges::all_of(turn.messages, is_timer) && turn.now < state()->at[turn.instance];
  }
};

struct InTurn {
  std::map<std::string, std::string> instances;  // With the token of the last turn.
};

// A message for an instance in a turn is hidden by its lock anyway.
struct DelayIsIgnoredDuringATurn : KnowsTurns<InTurn> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      state()->instances[turn.value()->instance] = turn.value()->token.value;
    }
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->instances.erase(turn_of(token)->instance);
    return acked;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const bool locked = state()->instances.contains(message.target);
    return inner().enqueue_message(message, locked ? std::min(delay, Duration(0)) : delay);
  }
};

// A completion is for now: only the queue's other entrances look at a visible time.
struct CompletionIsVisibleAtOnce : Sharing<Messages> {
  using Sharing::Sharing;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    std::optional<Message> at_once = completion;
    if (at_once) at_once->visible_at.reset();
    const Result<void> acked = inner().ack_activity(token, at_once);
    if (acked && completion && completion->visible_at) state()->push_back(*completion);
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    for (Message& message : turn.value()->messages) {
      for (const Message& given : *state()) {
        Message stored = given;
        stored.visible_at.reset();
        if (message == stored) message = given;
      }
    }
    return turn;
  }
};

// --- Abandon

struct Abandoned : Timed {
  struct Hidden {
    Time from;   // Of the lock.
    Time since;  // The abandon.
    Time until;
  };
  std::map<std::string, Hidden> hidden;  // By instance.
  std::set<std::string> starts;          // Instances whose start was abandoned with a delay.
};

// Moves everything that is visible at that moment, not only what the token opened.
struct AbandonDelayHidesWhatFellDue : PassesOver<KnowsTurns<Abandoned>> {
  using PassesOver::PassesOver;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned && how.delay > Duration(0)) {
      const Turn turn = *turn_of(token);
      const Time now = state()->clock->now();
      state()->hidden[turn.instance] = {turn.now, now, rules::later(now, how.delay)};
    }
    return abandoned;
  }

 protected:
  bool passes(const Turn& turn) override {
    const Abandoned::Hidden hidden = state()->hidden[turn.instance];
    return turn.now < hidden.until && std::ranges::all_of(turn.messages, [&](const Message& m) {
             return m.visible_at && hidden.from < *m.visible_at && *m.visible_at <= hidden.since;
           });
  }
};

Message made_up_start(const std::string& target) {
  return {.kind = MessageKind::start_orchestration, .target = target, .name = "Unknown"};
}

// A start that was delivered once has started its instance.
struct AbandonedStartCounts : KnowsTurns<Abandoned> {
  using KnowsTurns::KnowsTurns;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned && how.delay > Duration(0)) {
      const Turn turn = *turn_of(token);
      if (!record(inner(), turn.instance)) state()->starts.insert(turn.instance);
    }
    return abandoned;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (enqueued && state()->starts.erase(message.target) > 0) {
      (void)inner().enqueue_message(made_up_start(message.target));
    }
    return enqueued;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      erase_one(turn.value()->messages, made_up_start(turn.value()->instance));
    }
    return turn;
  }
};

// Understands one wish of an abandon.
template <void (*forget)(Abandon&)>
struct AbandonForgets : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return inner().abandon_turn(token, half_of(how));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return inner().abandon_activity(token, half_of(how));
  }

 private:
  static Abandon half_of(Abandon how) {
    if (how.delay > Duration(0) && how.ignore_attempt) forget(how);
    return how;
  }
};

void forget_the_delay(Abandon& how) { how.delay = Duration(0); }
void forget_the_attempt(Abandon& how) { how.ignore_attempt = false; }

// --- Renewed locks

struct Renewed {
  std::set<std::string> tokens;                  // Of locks that were renewed and not given back.
  std::map<std::string, std::string> last;       // Token of each item's last delivery.
  std::map<std::string, std::uint64_t> unnoted;  // Deliveries that did not count, by item.
};

// The expiry of a lock that was renewed is not noted as a failed attempt.
struct ExpiryAfterRenewalDoesNotCount : Sharing<Renewed> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) {
      note("turn of " + turn.value()->instance, turn.value()->token, turn.value()->attempt);
    }
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      const Activity& item = locked.value()->activity;
      note(item.instance + " " + std::to_string(item.execution) + " " + std::to_string(item.id),
           locked.value()->token, locked.value()->attempt);
    }
    return locked;
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return noted(token, inner().renew_turn(token, extend_for), true);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return noted(token, inner().renew_activity(token, extend_for), true);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return noted(token, inner().ack_turn(token, commit), false);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return noted(token, inner().abandon_turn(token, how), false);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return noted(token, inner().abandon_activity(token, how), false);
  }

 private:
  Result<void> noted(const LockToken& token, const Result<void>& answer, bool renewed) {
    if (answer && renewed) state()->tokens.insert(token.value);
    if (answer && !renewed) state()->tokens.erase(token.value);
    return answer;
  }
  void note(const std::string& item, const LockToken& token, std::uint64_t& attempt) {
    auto known = state();
    std::uint64_t& unnoted = known->unnoted[item];
    if (attempt == 1) unnoted = 0;
    if (known->tokens.erase(known->last[item]) > 0) ++unnoted;
    known->last[item] = token.value;
    attempt -= std::min(attempt - 1, unnoted);
  }
};

// A lock can be renewed five times; what comes later succeeds and does nothing.
struct SixthRenewalIsLost : Sharing<std::map<std::string, int>> {
  using Sharing::Sharing;
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    if (used_up(token)) return {};
    return counted(token, inner().renew_turn(token, extend_for));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (used_up(token)) return {};
    return counted(token, inner().renew_activity(token, extend_for));
  }

 private:
  bool used_up(const LockToken& token) {
    constexpr int kMost = 5;
    return (*state())[token.value] >= kMost;
  }
  Result<void> counted(const LockToken& token, const Result<void>& answer) {
    if (answer) ++(*state())[token.value];
    return answer;
  }
};

// --- Executions

// The next execution is the current one plus 1, and the first is 1.
template <bool of_new>
struct ExecutionsComeOneByOne : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (turn) {
      const std::optional<InstanceInfo> info = record(inner(), turn->instance);
      const std::uint64_t next = info ? info->execution + 1 : 1;
      if (of_new == !info && commit.execution > next) {
        return refusal(ErrorKind::conflict, "ack_turn", "an execution is missing");
      }
    }
    return inner().ack_turn(token, commit);
  }
};

struct LateAcks {
  std::map<std::string, Time> updated_at;  // Before the late ack, by instance.
};

// Only an ack of the current execution touches the instance's row.
struct LateAckDoesNotUpdate : KnowsTurns<LateAcks> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const std::optional<InstanceInfo> before = turn ? record(*this, turn->instance) : std::nullopt;
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    state()->updated_at.erase(turn->instance);
    if (before && commit.execution < before->execution) {
      state()->updated_at[turn->instance] = before->updated_at;
    }
    return acked;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    if (!info || !info.value()) return info;
    auto late = state();
    const auto found = late->updated_at.find(instance);
    if (found != late->updated_at.end()) info.value()->updated_at = found->second;
    return info;
  }
};

// Looks at what may be committed after it has sent what was.
struct RefusedLateCommitSends : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked && acked.error().kind == ErrorKind::invalid) {
      for (const Message& message : commit.messages) (void)inner().enqueue_message(message);
    }
    return acked;
  }
};

// What has ended cannot change, so that a handle reads it once.
struct EndedHistoriesAreCached : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    const std::optional<InstanceInfo> info = record(inner(), instance);
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history || !info || !execution || *execution >= info->execution) return history;
    const std::lock_guard lock(mutex_);
    return cache_.try_emplace({instance, *execution}, history.value()).first->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>> cache_;
};

constexpr Defect kDefects[] = {
    {"renewal_widens_the_batch", requirement("ACK_6"),
     "Messages that arrived before a renewal go with the ack.",
     spoil_sharing<RenewalWidensTheBatch>},
    {"end_deletes_timers", requirement("TURN_2"),
     "A commit with Completed or Failed deletes the instance's timers that are not due.",
     spoil_sharing<EndDeletesTimers>},
    {"cancellation_deletes_completions", requirement("ACK_9"),
     "Cancelling an activity deletes its completion, which is queued already.",
     spoil_sharing<CancellationDeletesCompletions>},
    {"second_completion_of_an_id_is_dropped", requirement("WORK_3"),
     "A completion with the id of an earlier one is taken for its repetition.",
     spoil_sharing<SecondOfAnIdIsDropped<is_completion>>},
    {"second_timer_of_an_id_is_dropped", requirement("ACK_7"),
     "A timer with the id of an earlier one is taken for its repetition.",
     spoil_sharing<SecondOfAnIdIsDropped<is_timer>>},
    {"timers_of_one_moment_are_one", requirement("ACK_7"),
     "Of two timers for one millisecond one is lost.", spoil_sharing<TimersOfOneMomentAreOne>},
    {"old_timers_are_dropped", requirement("TURN_2"),
     "A timer of an execution that is not the current one is lost.",
     spoil_sharing<OldTimersAreDropped>},
    {"last_timer_sets_the_wake_up", requirement("ACK_7"),
     "An instance sleeps until the timer that it set last.", spoil_sharing<LastTimerSetsTheWakeUp>},
    {"delay_is_ignored_during_a_turn", requirement("TURN_12"),
     "A delayed message for a locked instance is visible with the end of the lock.",
     spoil_sharing<DelayIsIgnoredDuringATurn>},
    {"completion_is_visible_at_once", requirement("TURN_12"),
     "A completion's own visible time does not count.", spoil_sharing<CompletionIsVisibleAtOnce>},
    {"abandon_delay_hides_what_fell_due", requirement("LOCK_6"),
     "An abandon with delay hides timers that fell due during the lock.",
     spoil_timed<AbandonDelayHidesWhatFellDue>},
    {"abandoned_start_counts", requirement("TURN_5"),
     "A start that is hidden by an abandon's delay has started its instance.",
     spoil_sharing<AbandonedStartCounts>},
    {"ignored_attempt_cancels_the_delay", requirement("LOCK_6"),
     "An abandon that ignores the attempt has no delay.",
     spoil_with<AbandonForgets<forget_the_delay>>},
    {"delay_cancels_the_ignored_attempt", requirement("POISON_2"),
     "An abandon with a delay takes no attempt back.",
     spoil_with<AbandonForgets<forget_the_attempt>>},
    {"expiry_after_renewal_does_not_count", requirement("POISON_1"),
     "A delivery whose lock was renewed and ran out is not counted.",
     spoil_sharing<ExpiryAfterRenewalDoesNotCount>},
    {"sixth_renewal_is_lost", requirement("LOCK_4"),
     "From the sixth on, a renewal succeeds and extends nothing.",
     spoil_sharing<SixthRenewalIsLost>},
    {"skipped_execution_is_refused", requirement("ACK_12"),
     "An ack may begin the next execution only, not one beyond it.",
     spoil_sharing<ExecutionsComeOneByOne<false>>},
    {"first_execution_has_to_be_1", requirement("ACK_12"),
     "The first ack of an instance has to be for execution 1.",
     spoil_sharing<ExecutionsComeOneByOne<true>>},
    {"late_ack_does_not_update_the_record", requirement("HIST_6"),
     "An ack for a lower execution leaves the updated time as it was.",
     spoil_sharing<LateAckDoesNotUpdate>},
    {"refused_late_commit_sends", requirement("ACK_17"),
     "A commit that is invalid sends its messages all the same.",
     spoil_with<RefusedLateCommitSends>},
    {"ended_histories_are_cached", requirement("CAP_7"),
     "A handle keeps the histories of ended executions that it has read.",
     spoil_with<EndedHistoriesAreCached>},
};

}  // namespace

std::span<const Defect> sequence_defects() { return kDefects; }

}  // namespace ackproof
