// Broken activity queues and attempt counts.
#include <algorithm>
#include <optional>
#include <set>
#include <thread>
#include <tuple>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Key = std::tuple<std::string, std::uint64_t, std::uint64_t>;

Key key_of(const ActivityKey& key) { return {key.instance, key.execution, key.id}; }
Key key_of(const Activity& activity) {
  return {activity.instance, activity.execution, activity.id};
}
// Of a turn the instance alone counts.
Key key_of(const LockedActivity& locked) { return key_of(locked.activity); }
Key key_of(const Turn& turn) { return {turn.instance, 0, 0}; }

// The current execution of an instance; 0 when there is none.
std::uint64_t current_execution(Provider& inner, const std::string& instance) {
  const auto info = inner.read_instance(instance);
  return info && info.value() ? info.value()->execution : 0;
}

using Fetched = Result<std::optional<LockedActivity>>;

Fetched nothing() { return std::optional<LockedActivity>(); }

void unfetch(Provider& inner, const LockedActivity& locked) {
  (void)inner.abandon_activity(locked.token, {.ignore_attempt = true});
}

// Activities that were handed out, with all others of the store, by token.
template <class State>
struct WithActivities : State {
  std::unordered_map<std::string, Activity> activities;
};

template <class State = Nothing>
class KnowsActivities : public Sharing<WithActivities<State>> {
 public:
  using Sharing<WithActivities<State>>::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    Fetched fetched = this->inner().fetch_activity(options);
    if (fetched && fetched.value()) {
      this->state()->activities[fetched.value()->token.value] = fetched.value()->activity;
    }
    return fetched;
  }

 protected:
  std::optional<Activity> activity_of(const LockToken& token) {
    auto locked = this->state();
    const auto found = locked->activities.find(token.value);
    return found == locked->activities.end() ? std::nullopt : std::optional(found->second);
  }
};

// --- WORK_1, WORK_4: another one than the first

using Choice = std::optional<std::size_t>;

// Looks at everything that is eligible and takes what `choose` says, or nothing.
template <Choice (*choose)(Provider&, const std::vector<LockedActivity>&)>
struct TakesAnother : Sharing<Nothing> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    const auto alone = state();
    std::vector<LockedActivity> all;
    for (;;) {
      Fetched fetched = inner().fetch_activity(options);
      if (!fetched) return fetched;
      if (!fetched.value()) break;
      all.push_back(std::move(*fetched.value()));
    }
    const Choice chosen = all.empty() ? std::nullopt : choose(inner(), all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i != chosen) unfetch(inner(), all[i]);
    }
    return chosen ? std::optional(all[*chosen]) : nothing();
  }
};

Choice newest(Provider&, const std::vector<LockedActivity>& all) { return all.size() - 1; }

Choice lowest_id(Provider&, const std::vector<LockedActivity>& all) {
  const auto id = [](const LockedActivity& locked) { return locked.activity.id; };
  return std::ranges::min_element(all, {}, id) - all.begin();
}

Choice least_often_tried(Provider&, const std::vector<LockedActivity>& all) {
  return std::ranges::min_element(all, {}, &LockedActivity::attempt) - all.begin();
}

Choice first_with_a_record(Provider& inner, const std::vector<LockedActivity>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (current_execution(inner, all[i].activity.instance) > 0) return i;
  }
  return std::nullopt;
}

Choice first_of_a_current_execution(Provider& inner, const std::vector<LockedActivity>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Activity& activity = all[i].activity;
    if (activity.execution >= current_execution(inner, activity.instance)) return i;
  }
  return std::nullopt;
}

// Each enqueued activity gets visible with the next one.
struct Delayed {
  std::optional<Activity> waiting;
};
struct EnqueuesOneLate : Sharing<Delayed> {
  using Sharing::Sharing;
  Result<void> enqueue_activity(const Activity& activity) override {
    const rules::Refusal refusal =
        rules::enqueue_activity(inner().describe().capabilities, activity);
    if (refusal) return *refusal;
    auto locked = state();
    if (locked->waiting) (void)inner().enqueue_activity(*locked->waiting);
    locked->waiting = activity;
    return {};
  }
};

// Nothing is handed out while an abandoned activity is hidden.
class WaitsForHidden : public ForwardingProvider {
 public:
  WaitsForHidden(std::unique_ptr<Provider> inner, const Scope& scope)
      : ForwardingProvider(std::move(inner)),
        shared_(shared_of<Shared>(scope)),
        clock_(scope.clock ? scope.clock : std::make_shared<SystemClock>()) {}

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = inner().abandon_activity(token, how);
    const std::lock_guard lock(shared_->mutex);
    if (answer && how.delay < kFar) {
      shared_->until = std::max(shared_->until, clock_->now() + how.delay);
    }
    return answer;
  }
  Fetched fetch_activity(const FetchActivity& options) override {
    const std::lock_guard lock(shared_->mutex);
    return clock_->now() < shared_->until ? nothing() : inner().fetch_activity(options);
  }

 private:
  static constexpr Duration kFar = std::chrono::years(100);
  struct Shared {
    std::mutex mutex;
    Time until;
  };
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Clock> clock_;
};

template <class D>
std::unique_ptr<Provider> spoil_scoped(std::unique_ptr<Provider> inner, const Scope& scope) {
  return std::make_unique<D>(std::move(inner), scope);
}

// --- WORK_2, WORK_7: several workers

// Gives others the time to come in.
void linger() {
  for (int i = 0; i < 50; ++i) std::this_thread::yield();
}

struct Race {
  int inside = 0;
  std::optional<LockedActivity> seen;
};

// Chooses before it locks, so that two fetchers at one time may choose the same.
struct ChoosesBeforeItLocks : Sharing<Race> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    ++state()->inside;
    linger();
    auto race = state();
    Fetched fetched = race->seen ? Fetched(race->seen) : inner().fetch_activity(options);
    const bool was_seen = race->seen.has_value();
    race->seen.reset();
    if (fetched && !was_seen && race->inside > 1) race->seen = fetched.value();
    if (--race->inside == 0) race->seen.reset();
    return fetched;
  }
};

struct GivesUpWhenNotAlone : Sharing<Race> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    const bool is_alone = state()->inside++ == 0;
    linger();
    Fetched fetched = is_alone ? inner().fetch_activity(options) : nothing();
    --state()->inside;
    return fetched;
  }
};

// Locks are known to the handle that took them; with nothing else to do, others take its items.
struct LastTaken {
  const void* owner = nullptr;
  std::optional<LockedActivity> locked;
};
struct LocksWithinTheHandle : Sharing<LastTaken> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    auto last = state();
    Fetched fetched = inner().fetch_activity(options);
    if (!fetched) return fetched;
    if (fetched.value()) {
      last->owner = this;
      last->locked = fetched.value();
    } else if (last->locked && last->owner != this) {
      return std::exchange(last->locked, std::nullopt);
    }
    return fetched;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = inner().ack_activity(token, completion);
    if (answer) forget(token);
    return answer;
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = inner().abandon_activity(token, how);
    if (answer) forget(token);
    return answer;
  }

 private:
  void forget(const LockToken& token) {
    auto last = state();
    if (last->locked && last->locked->token == token) last->locked.reset();
  }
};

// A handle fetches two and keeps the second for its next call.
struct FetchesAhead : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    const std::lock_guard lock(mutex_);
    if (ahead_) return std::exchange(ahead_, std::nullopt);
    Fetched fetched = inner().fetch_activity(options);
    if (fetched && fetched.value()) ahead_ = inner().fetch_activity(options).value();
    return fetched;
  }

 private:
  std::mutex mutex_;
  std::optional<LockedActivity> ahead_;
};

struct Count {
  std::uint64_t calls = 0;
};
struct FindsNothingEveryOtherTime : Sharing<Count> {
  using Sharing::Sharing;
  Fetched fetch_activity(const FetchActivity& options) override {
    Fetched fetched = inner().fetch_activity(options);
    if (!fetched || !fetched.value() || ++state()->calls % 2 == 1) return fetched;
    unfetch(inner(), *fetched.value());
    return nothing();
  }
};

// --- WORK_3, WORK_9: completions

// Acks with another completion than it was given; what is no completion stays untouched, and is
// refused.
template <std::optional<Message> (*change)(Provider&, const Message&)>
struct ChangesCompletions : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const bool is_one = completion && (completion->kind == MessageKind::activity_completed ||
                                       completion->kind == MessageKind::activity_failed);
    return inner().ack_activity(token, is_one ? change(inner(), *completion) : completion);
  }
};

std::optional<Message> lost_completion(Provider&, const Message&) { return std::nullopt; }

std::optional<Message> only_to_known(Provider& inner, const Message& completion) {
  return current_execution(inner, completion.target) > 0 ? std::optional(completion) : std::nullopt;
}
std::optional<Message> only_of_current(Provider& inner, const Message& completion) {
  const std::uint64_t current = current_execution(inner, completion.target);
  return completion.execution.value_or(current) < current ? std::nullopt
                                                          : std::optional(completion);
}
std::optional<Message> always_completed(Provider&, const Message& completion) {
  Message changed = completion;
  changed.kind = MessageKind::activity_completed;
  return changed;
}

struct AlwaysCompletes : KnowsActivities<> {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const std::optional<Activity> activity = activity_of(token);
    if (completion || !activity) return inner().ack_activity(token, completion);
    return inner().ack_activity(token, Message{.kind = MessageKind::activity_completed,
                                               .target = activity->instance,
                                               .execution = activity->execution,
                                               .id = activity->id});
  }
};

struct CompletesThroughADeadToken : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = inner().ack_activity(token, completion);
    if (lost(answer) && completion) (void)inner().enqueue_message(*completion);
    return answer;
  }
};

struct KeepsWhatIsAcked : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (!completion || (completion->kind != MessageKind::activity_completed &&
                        completion->kind != MessageKind::activity_failed)) {
      return inner().ack_activity(token, completion);
    }
    Result<void> answer = inner().abandon_activity(token, {});
    return answer ? inner().enqueue_message(*completion) : answer;
  }
};

struct OneBehind {
  std::optional<Message> completion;
};
struct CompletesOneLate : Sharing<OneBehind> {
  using Sharing::Sharing;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    auto behind = state();
    const bool is_one = completion && (completion->kind == MessageKind::activity_completed ||
                                       completion->kind == MessageKind::activity_failed);
    if (!is_one) return inner().ack_activity(token, completion);
    Result<void> answer = inner().ack_activity(token, std::nullopt);
    if (!answer) return answer;
    if (behind->completion) (void)inner().enqueue_message(*behind->completion);
    behind->completion = completion;
    return answer;
  }
};

struct TakesAnyMessageAsCompletion : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (!completion) return inner().ack_activity(token, completion);
    Result<void> answer = inner().ack_activity(token, std::nullopt);
    return answer ? inner().enqueue_message(*completion) : answer;
  }
};

struct RefusesFailures : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (completion && completion->kind == MessageKind::activity_failed) {
      return Error{ErrorKind::invalid, "ack_activity", "not a completion"};
    }
    return inner().ack_activity(token, completion);
  }
};

struct CompletesToItsOwnInstance : KnowsActivities<> {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const std::optional<Activity> activity = activity_of(token);
    if (!completion || !activity) return inner().ack_activity(token, completion);
    Message changed = *completion;
    changed.target = activity->instance;
    return inner().ack_activity(token, changed);
  }
};

// --- WORK_4

struct WantsARecord : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    const auto record = inner().read_instance(activity.instance);
    if (record && !record.value()) {
      return Error{ErrorKind::not_found, "enqueue_activity", "no such instance"};
    }
    return inner().enqueue_activity(activity);
  }
};

struct RefusesOldCompletions : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (completion && completion->execution) {
      const auto record = inner().read_instance(completion->target);
      if (record && record.value() && *completion->execution < record.value()->execution) {
        return Error{ErrorKind::conflict, "ack_activity", "the execution is over"};
      }
    }
    return inner().ack_activity(token, completion);
  }
};

// --- WORK_5, WORK_8: undecodable activities

// Does with an undecodable activity what `handle` says.
template <Fetched (*handle)(Provider&, const FetchActivity&, LockedActivity)>
struct TripsOverUndecodable : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Fetched fetch_activity(const FetchActivity& options) override {
    Fetched fetched = inner().fetch_activity(options);
    if (!fetched || !fetched.value() || !fetched.value()->activity.error) return fetched;
    return handle(inner(), options, *fetched.value());
  }
};

Fetched stops(Provider& inner, const FetchActivity&, LockedActivity locked) {
  unfetch(inner, locked);
  return nothing();
}
Fetched fails(Provider& inner, const FetchActivity&, LockedActivity locked) {
  unfetch(inner, locked);
  return Error{ErrorKind::corrupt, "fetch_activity", "undecodable"};
}
Fetched looks_empty(Provider&, const FetchActivity&, LockedActivity locked) {
  locked.activity.error.reset();
  return std::optional(locked);
}
Fetched is_not_locked(Provider& inner, const FetchActivity&, LockedActivity locked) {
  (void)inner.abandon_activity(locked.token, {});
  return std::optional(locked);
}
Fetched is_not_counted(Provider&, const FetchActivity&, LockedActivity locked) {
  locked.attempt = 1;
  return std::optional(locked);
}
Fetched is_removed(Provider& inner, const FetchActivity& options, LockedActivity locked) {
  (void)inner.ack_activity(locked.token, std::nullopt);
  Fetched next = inner.fetch_activity(options);
  return next && next.value() && next.value()->activity.error
             ? is_removed(inner, options, *next.value())
             : next;
}

enum class Verb : std::uint8_t { ack, renew, abandon };

template <Verb verb>
struct CannotEndUndecodable : KnowsActivities<> {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (verb == Verb::ack && is_undecodable(token)) return corrupt("ack_activity");
    return inner().ack_activity(token, completion);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (verb == Verb::renew && is_undecodable(token)) return corrupt("renew_activity");
    return inner().renew_activity(token, extend_for);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    if (verb == Verb::abandon && is_undecodable(token)) return corrupt("abandon_activity");
    return inner().abandon_activity(token, how);
  }

 private:
  bool is_undecodable(const LockToken& token) {
    const std::optional<Activity> activity = activity_of(token);
    return activity && activity->error;
  }
  static Error corrupt(const char* operation) {
    return {ErrorKind::corrupt, operation, "undecodable"};
  }
};

// --- WORK_6: twins

struct Queued {
  std::map<Key, std::vector<Activity>> queued;  // By key, whoever holds them.
};

// Knows what is in the queue.
class KnowsTheQueue : public KnowsActivities<Queued> {
 public:
  using KnowsActivities::KnowsActivities;
  Result<void> enqueue_activity(const Activity& activity) override {
    const Result<void> answer = inner().enqueue_activity(activity);
    if (answer) state()->queued[key_of(activity)].push_back(activity);
    return answer;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> answer = inner().ack_turn(token, commit);
    auto locked = state();
    if (!answer) return answer;
    for (const Activity& activity : commit.activities) {
      locked->queued[key_of(activity)].push_back(activity);
    }
    for (const ActivityKey& key : commit.cancelled) cancelled(locked->queued[key_of(key)]);
    return answer;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = inner().ack_activity(token, completion);
    const std::optional<Activity> activity = activity_of(token);
    if (answer && activity) acked(state()->queued[key_of(*activity)], key_of(*activity));
    return answer;
  }

 protected:
  virtual void cancelled(std::vector<Activity>& twins) { twins.clear(); }
  virtual void acked(std::vector<Activity>& twins, const Key&) {
    if (!twins.empty()) twins.pop_back();
  }
  bool is_queued(const Activity& activity) { return !state()->queued[key_of(activity)].empty(); }
};

struct DropsTwins : KnowsTheQueue {
  using KnowsTheQueue::KnowsTheQueue;
  Result<void> enqueue_activity(const Activity& activity) override {
    return is_queued(activity) ? Result<void>() : KnowsTheQueue::enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    std::set<Key> seen;
    std::erase_if(changed.activities, [&](const Activity& activity) {
      return is_queued(activity) || !seen.insert(key_of(activity)).second;
    });
    return KnowsTheQueue::ack_turn(token, changed);
  }
};

struct RefusesTwins : KnowsTheQueue {
  using KnowsTheQueue::KnowsTheQueue;
  Result<void> enqueue_activity(const Activity& activity) override {
    if (!is_queued(activity)) return KnowsTheQueue::enqueue_activity(activity);
    return Error{ErrorKind::conflict, "enqueue_activity", "it is in the queue already"};
  }
};

struct CancelsOneTwin : KnowsTheQueue {
  using KnowsTheQueue::KnowsTheQueue;
  void cancelled(std::vector<Activity>& twins) override {
    if (!twins.empty()) twins.pop_back();
    for (const Activity& survivor : twins) (void)inner().enqueue_activity(survivor);
  }
};

struct AckTakesTheTwinsAlong : KnowsTheQueue {
  using KnowsTheQueue::KnowsTheQueue;
  void acked(std::vector<Activity>& twins, const Key& key) override {
    twins.clear();
    std::vector<LockedActivity> others;
    while (auto locked = inner().fetch_activity({}).value()) {
      if (key_of(*locked) == key) {
        (void)inner().ack_activity(locked->token, std::nullopt);
      } else {
        others.push_back(*locked);
      }
    }
    for (const LockedActivity& other : others) unfetch(inner(), other);
  }
};

// --- POISON

// What was told of one item, or of one instance's batches.
struct Past {
  std::string token;          // Of the last delivery.
  bool ended = true;          // By its holder.
  std::uint64_t attempt = 0;  // As the store counts.
  std::uint64_t correction = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t execution = 0;
  std::vector<Message> messages;
};

struct Pasts {
  std::map<Key, Past> past;
  std::map<std::string, Key> keys;  // By token.
};

enum class Queue : std::uint8_t { turns, activities };

// Knows what became of the deliveries of a queue, and lets a defect tell other attempt counts.
template <Queue queue>
class Miscounts : public Sharing<Pasts> {
 public:
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto fetched = inner().fetch_turn(options);
    return queue == Queue::turns ? miscounted(std::move(fetched)) : fetched;
  }
  Fetched fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    return queue == Queue::activities ? miscounted(std::move(fetched)) : fetched;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return noted(token, inner().ack_turn(token, commit), &Miscounts::acked);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return noted(token, inner().ack_activity(token, completion), &Miscounts::acked);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return abandoned(token, inner().abandon_turn(token, how), how);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return abandoned(token, inner().abandon_activity(token, how), how);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return noted(token, inner().renew_turn(token, extend_for), &Miscounts::renewed);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return noted(token, inner().renew_activity(token, extend_for), &Miscounts::renewed);
  }

 protected:
  // What is told at a delivery, of which `past` does not know yet.
  virtual std::uint64_t told(const Turn& turn, Past&) { return turn.attempt; }
  virtual std::uint64_t told(const LockedActivity& locked, Past&) { return locked.attempt; }

  virtual void acked(Past& past) { past = Past(); }
  virtual void renewed(Past&) {}
  virtual void ignored(Past&) {}          // By an abandon that succeeded.
  virtual void ignored_in_vain(Past&) {}  // By one that did not.

 private:
  template <class T>
  Result<std::optional<T>> miscounted(Result<std::optional<T>> fetched) {
    if (!fetched || !fetched.value()) return fetched;
    T& item = *fetched.value();
    auto locked = state();
    Past& past = locked->past[key_of(item)];
    const std::uint64_t attempt = item.attempt;
    item.attempt = told(item, past);
    past.token = item.token.value;
    past.ended = false;
    past.attempt = attempt;
    ++past.deliveries;
    if constexpr (std::is_same_v<T, Turn>) {
      past.execution = item.execution;
      past.messages = item.messages;
    }
    locked->keys[item.token.value] = key_of(item);
    return fetched;
  }

  Past* past_of(Pasts& pasts, const LockToken& token) {
    const auto found = pasts.keys.find(token.value);
    return found == pasts.keys.end() ? nullptr : &pasts.past[found->second];
  }

  Result<void> noted(const LockToken& token, Result<void> answer, void (Miscounts::*note)(Past&)) {
    auto locked = state();
    Past* past = past_of(*locked, token);
    if (answer && past) (this->*note)(*past);
    return answer;
  }

  Result<void> abandoned(const LockToken& token, Result<void> answer, const Abandon& how) {
    auto locked = state();
    Past* past = past_of(*locked, token);
    if (!past) return answer;
    if (answer) past->ended = true;
    if (how.ignore_attempt && answer) ignored(*past);
    if (how.ignore_attempt && lost(answer)) ignored_in_vain(*past);
    return answer;
  }
};

std::uint64_t minus(std::uint64_t attempt, std::uint64_t correction) {
  return attempt > correction ? attempt - correction : 1;
}

template <Queue queue>
struct CountsFromZero : Miscounts<queue> {
  using Miscounts<queue>::Miscounts;
  std::uint64_t told(const Turn& turn, Past&) override { return turn.attempt - 1; }
  std::uint64_t told(const LockedActivity& locked, Past&) override { return locked.attempt - 1; }
};

template <Queue queue>
struct DoesNotCountExpiry : Miscounts<queue> {
  using Miscounts<queue>::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override { return count(turn.attempt, past); }
  std::uint64_t told(const LockedActivity& locked, Past& past) override {
    return count(locked.attempt, past);
  }

 private:
  static std::uint64_t count(std::uint64_t attempt, Past& past) {
    if (!past.ended) ++past.correction;
    return minus(attempt, past.correction);
  }
};

template <Queue queue>
struct CountsRenewals : Miscounts<queue> {
  using Miscounts<queue>::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    return turn.attempt + past.correction;
  }
  std::uint64_t told(const LockedActivity& locked, Past& past) override {
    return locked.attempt + past.correction;
  }
  void renewed(Past& past) override { ++past.correction; }
};

// What `ignore_attempt` takes back: all that was counted, or one more than it should.
template <Queue queue, bool all>
struct TakesBackTooMuch : Miscounts<queue> {
  using Miscounts<queue>::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    return minus(turn.attempt, past.correction);
  }
  std::uint64_t told(const LockedActivity& locked, Past& past) override {
    return minus(locked.attempt, past.correction);
  }
  void ignored(Past& past) override {
    if (past.attempt > past.correction + 1) {
      past.correction = all ? past.attempt - 1 : past.correction + 1;
    }
  }
};

template <Queue queue>
struct TakesBackInVain : Miscounts<queue> {
  using Miscounts<queue>::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    return minus(turn.attempt, past.correction);
  }
  std::uint64_t told(const LockedActivity& locked, Past& past) override {
    return minus(locked.attempt, past.correction);
  }
  void ignored_in_vain(Past& past) override { ++past.correction; }
};

bool has_news(const Turn& turn, const std::vector<Message>& known) {
  return std::ranges::any_of(turn.messages, [&](const Message& message) {
    return std::ranges::find(known, message) == known.end();
  });
}

// The batch has the least of its messages' counts.
struct TellsTheLeast : Miscounts<Queue::turns> {
  using Miscounts::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    return has_news(turn, past.messages) ? 1 : turn.attempt;
  }
};

struct CountsPerInstance : Miscounts<Queue::turns> {
  using Miscounts::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    return std::max(turn.attempt, past.deliveries + 1);
  }
  void acked(Past& past) override { past.ended = true; }
};

// A count from before a continue-as-new is forgotten.
struct CountsPerExecution : Miscounts<Queue::turns> {
  using Miscounts::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    if (past.execution != 0 && turn.execution > past.execution) past.correction = turn.attempt - 1;
    return minus(turn.attempt, past.correction);
  }
  void acked(Past& past) override { past.ended = true; }
};

// `ignore_attempt` takes one from all messages of the instance, also those that were not handed
// out. The batch that was handed out is told from them by its content.
struct TakesBackFromTheWholeInstance : Miscounts<Queue::turns> {
  using Miscounts::Miscounts;
  std::uint64_t told(const Turn& turn, Past& past) override {
    const bool wrongly = past.correction > 0 && has_news(turn, ignored_batch_);
    return wrongly ? minus(turn.attempt, 1) : turn.attempt;
  }
  void acked(Past& past) override { past.ended = true; }
  void ignored(Past& past) override {
    past.correction = 1;
    ignored_batch_ = past.messages;
  }

 private:
  std::vector<Message> ignored_batch_;
};

template <Queue queue, bool ignore>
struct AlwaysIgnores : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return inner().abandon_turn(token, queue == Queue::turns ? changed(how) : how);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return inner().abandon_activity(token, queue == Queue::activities ? changed(how) : how);
  }

 private:
  static Abandon changed(const Abandon& how) { return {how.delay, ignore}; }
};

void undecodable_is_not_counted(Turn& turn) {
  if (std::ranges::any_of(turn.messages, [](const Message& m) { return m.error.has_value(); })) {
    turn.attempt = 1;
  }
}

void undecodable_history_is_not_counted(Turn& turn) {
  if (turn.history_error) turn.attempt = 1;
}

}  // namespace

std::span<const Defect> activity_defects() {
  constexpr Queue kTurns = Queue::turns;
  constexpr Queue kActivities = Queue::activities;
  static const std::vector<Defect> rows = {
      {"newest_activity_comes_first", requirement("WORK_1"), "The activity queue is a stack.",
       spoil_sharing<TakesAnother<newest>>},
      {"activities_come_by_id", requirement("WORK_1"),
       "The eligible activity with the lowest id comes first.",
       spoil_sharing<TakesAnother<lowest_id>>},
      {"returned_activities_come_last", requirement("WORK_1"),
       "What was delivered before comes behind what was not.",
       spoil_sharing<TakesAnother<least_often_tried>>},
      {"activity_is_visible_one_late", requirement("WORK_1"),
       "An enqueued activity gets visible with the next one.", spoil_sharing<EnqueuesOneLate>},
      {"hidden_activity_blocks_the_queue", requirement("WORK_1"),
       "While an abandoned activity is hidden, no other is handed out.",
       spoil_scoped<WaitsForHidden>},

      {"activity_is_chosen_before_it_is_locked", requirement("WORK_2"),
       "Two fetchers at one time may get the same activity.", spoil_sharing<ChoosesBeforeItLocks>},
      {"activity_locks_are_known_to_one_handle", requirement("WORK_2"),
       "With nothing else to hand out, a handle gives out what another one locked.",
       spoil_sharing<LocksWithinTheHandle>},

      {"ack_loses_the_completion", requirement("WORK_3"),
       "An activity's ack removes the item and enqueues nothing.",
       spoil_with<ChangesCompletions<lost_completion>>},
      {"ack_always_completes", requirement("WORK_3"),
       "An ack without a completion enqueues an empty one.", spoil_sharing<AlwaysCompletes>},
      {"dead_token_still_completes", requirement("WORK_3"),
       "An ack that is refused for its token enqueues the completion.",
       spoil_with<CompletesThroughADeadToken>},
      {"ack_keeps_the_activity", requirement("WORK_3"),
       "An ack with a completion leaves the activity in the queue.", spoil_with<KeepsWhatIsAcked>},
      {"completion_comes_one_late", requirement("WORK_3"),
       "A completion gets into its queue with the next one.", spoil_sharing<CompletesOneLate>},

      {"activity_needs_a_record", requirement("WORK_4"),
       "An activity whose instance has no record is refused.", spoil_with<WantsARecord>},
      {"activity_waits_for_a_record", requirement("WORK_4"),
       "An activity whose instance has no record is not handed out.",
       spoil_sharing<TakesAnother<first_with_a_record>>},
      {"activity_of_an_old_execution_is_not_handed_out", requirement("WORK_4"),
       "An activity of another than the current execution stays in the queue.",
       spoil_sharing<TakesAnother<first_of_a_current_execution>>},
      {"completion_of_an_old_execution_is_dropped", requirement("WORK_4"),
       "A completion for another than the current execution vanishes.",
       spoil_with<ChangesCompletions<only_of_current>>},
      {"completion_of_an_old_execution_is_refused", requirement("WORK_4"),
       "An ack with a completion for an execution that is over is refused.",
       spoil_with<RefusesOldCompletions>},
      {"completion_needs_a_record", requirement("WORK_4"),
       "A completion for an instance without a record vanishes.",
       spoil_with<ChangesCompletions<only_to_known>>},

      {"undecodable_activity_stops_the_queue", requirement("WORK_5"),
       "A fetch that comes upon an undecodable activity returns nothing.",
       spoil_with<TripsOverUndecodable<stops>>},
      {"undecodable_activity_fails_every_fetch", requirement("WORK_5"),
       "A fetch that comes upon an undecodable activity fails.",
       spoil_with<TripsOverUndecodable<fails>>},

      {"second_twin_is_dropped", requirement("WORK_6"),
       "An activity with the identity of a queued one is not enqueued, without a word.",
       spoil_sharing<DropsTwins>},
      {"second_twin_is_refused", requirement("WORK_6"),
       "An activity with the identity of a queued one is a conflict.", spoil_sharing<RefusesTwins>},
      {"cancellation_takes_one_twin", requirement("WORK_6"),
       "Of several activities with one identity a cancellation removes one.",
       spoil_sharing<CancelsOneTwin>},
      {"ack_takes_the_twins_along", requirement("WORK_6"),
       "An ack removes all activities with that identity.", spoil_sharing<AckTakesTheTwinsAlong>},

      {"lost_race_for_an_activity_is_nothing", requirement("WORK_7"),
       "Of fetches at one time only one gets something.", spoil_sharing<GivesUpWhenNotAlone>},
      {"handle_fetches_ahead", requirement("WORK_7"),
       "A handle locks one activity more than it hands out, for its own next call.",
       spoil_with<FetchesAhead>},
      {"every_other_fetch_finds_nothing", requirement("WORK_7"),
       "Every second fetch that could return an activity does not.",
       spoil_sharing<FindsNothingEveryOtherTime>},

      {"undecodable_activity_looks_empty", requirement("WORK_8"),
       "An undecodable activity is delivered without error, with an empty payload.",
       spoil_with<TripsOverUndecodable<looks_empty>>},
      {"undecodable_activity_is_not_locked", requirement("WORK_8"),
       "An undecodable activity is delivered with a dead token.",
       spoil_with<TripsOverUndecodable<is_not_locked>>},
      {"undecodable_activity_is_removed", requirement("WORK_8"),
       "An undecodable activity is removed at its first fetch, without a word.",
       spoil_with<TripsOverUndecodable<is_removed>>},
      {"undecodable_activity_cannot_be_acked", requirement("WORK_8"),
       "The ack of an undecodable activity is corrupt.",
       spoil_sharing<CannotEndUndecodable<Verb::ack>>},
      {"undecodable_activity_cannot_be_renewed", requirement("WORK_8"),
       "Renewing an undecodable activity is corrupt.",
       spoil_sharing<CannotEndUndecodable<Verb::renew>>},
      {"undecodable_activity_cannot_be_abandoned", requirement("WORK_8"),
       "Abandoning an undecodable activity is corrupt.",
       spoil_sharing<CannotEndUndecodable<Verb::abandon>>},

      {"any_message_completes", requirement("WORK_9"),
       "A message of any kind is taken for a completion.", spoil_with<TakesAnyMessageAsCompletion>},
      {"failed_is_no_completion", requirement("WORK_9"),
       "ActivityFailed is refused as a completion.", spoil_with<RefusesFailures>},
      {"failed_becomes_completed", requirement("WORK_9"),
       "ActivityFailed arrives as ActivityCompleted.",
       spoil_with<ChangesCompletions<always_completed>>},
      {"completion_goes_to_the_activitys_instance", requirement("WORK_9"),
       "A completion's target is replaced by the activity's instance.",
       spoil_sharing<CompletesToItsOwnInstance>},

      {"turn_attempts_count_from_zero", requirement("POISON_1"),
       "The first delivery of a batch says 0.", spoil_sharing<CountsFromZero<kTurns>>},
      {"activity_attempts_count_from_zero", requirement("POISON_1"),
       "The first delivery of an activity says 0.", spoil_sharing<CountsFromZero<kActivities>>},
      {"expired_turn_is_no_attempt", requirement("POISON_1"),
       "A redelivery after expiry has the count of the delivery before.",
       spoil_sharing<DoesNotCountExpiry<kTurns>>},
      {"expired_activity_is_no_attempt", requirement("POISON_1"),
       "A redelivery after expiry has the count of the delivery before.",
       spoil_sharing<DoesNotCountExpiry<kActivities>>},
      {"abandoned_turn_is_no_attempt", requirement("POISON_1"),
       "Abandoning a turn always takes the attempt back.", spoil_with<AlwaysIgnores<kTurns, true>>},
      {"abandoned_activity_is_no_attempt", requirement("POISON_1"),
       "Abandoning an activity always takes the attempt back.",
       spoil_with<AlwaysIgnores<kActivities, true>>},
      {"turn_renewal_is_an_attempt", requirement("POISON_1"), "Renewing a turn counts as well.",
       spoil_sharing<CountsRenewals<kTurns>>},
      {"activity_renewal_is_an_attempt", requirement("POISON_1"),
       "Renewing an activity counts as well.", spoil_sharing<CountsRenewals<kActivities>>},
      {"batch_has_the_least_attempts", requirement("POISON_1"),
       "A batch with a new message says 1.", spoil_sharing<TellsTheLeast>},
      {"attempts_are_counted_per_instance", requirement("POISON_1"),
       "New messages inherit the deliveries of the instance.", spoil_sharing<CountsPerInstance>},
      {"continue_as_new_resets_attempts", requirement("POISON_1"),
       "A message that outlives an execution is counted anew.", spoil_sharing<CountsPerExecution>},

      {"turn_attempt_cannot_be_taken_back", requirement("POISON_2"),
       "Abandoning a turn ignores `ignore_attempt`.", spoil_with<AlwaysIgnores<kTurns, false>>},
      {"activity_attempt_cannot_be_taken_back", requirement("POISON_2"),
       "Abandoning an activity ignores `ignore_attempt`.",
       spoil_with<AlwaysIgnores<kActivities, false>>},
      {"ignored_turn_takes_all_attempts_back", requirement("POISON_2"),
       "`ignore_attempt` sets a batch's count to 0.",
       spoil_sharing<TakesBackTooMuch<kTurns, true>>},
      {"ignored_activity_takes_all_attempts_back", requirement("POISON_2"),
       "`ignore_attempt` sets an activity's count to 0.",
       spoil_sharing<TakesBackTooMuch<kActivities, true>>},
      {"ignored_turn_takes_two_attempts_back", requirement("POISON_2"),
       "`ignore_attempt` also takes back the delivery before.",
       spoil_sharing<TakesBackTooMuch<kTurns, false>>},
      {"ignored_activity_takes_two_attempts_back", requirement("POISON_2"),
       "`ignore_attempt` also takes back the delivery before.",
       spoil_sharing<TakesBackTooMuch<kActivities, false>>},
      {"ignored_turn_takes_from_the_whole_instance", requirement("POISON_2"),
       "`ignore_attempt` also takes one from messages that were not in the batch.",
       spoil_sharing<TakesBackFromTheWholeInstance>},
      {"stale_turn_takes_an_attempt_back", requirement("POISON_2"),
       "Abandoning a turn with a dead token is refused, and `ignore_attempt` done.",
       spoil_sharing<TakesBackInVain<kTurns>>},
      {"stale_activity_takes_an_attempt_back", requirement("POISON_2"),
       "Abandoning an activity with a dead token is refused, and `ignore_attempt` done.",
       spoil_sharing<TakesBackInVain<kActivities>>},

      {"undecodable_message_is_no_attempt", requirement("POISON_3"),
       "A batch with an undecodable message always says 1.",
       spoil_with<ChangesTurns<undecodable_is_not_counted>>},
      {"undecodable_history_is_no_attempt", requirement("POISON_3"),
       "A turn with undecodable history always says 1.",
       spoil_with<ChangesTurns<undecodable_history_is_not_counted>>},
      {"undecodable_activity_is_no_attempt", requirement("POISON_3"),
       "An undecodable activity always says 1.", spoil_with<TripsOverUndecodable<is_not_counted>>},
  };
  return rows;
}

}  // namespace ackproof
