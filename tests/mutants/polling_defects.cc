// Providers whose fetches wait in a way that breaks POLL, or what other clauses say of a fetch.
#include <algorithm>
#include <atomic>
#include <set>
#include <shared_mutex>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

// What can bring work to a fetch that waits.
enum Wake : unsigned {
  kEnqueue = 1U << 0U,
  kCommit = 1U << 1U,
  kCompletion = 1U << 2U,
  kRelease = 1U << 3U,  // An ack frees an instance.
  kAbandon = 1U << 4U,
  kLockEnd = 1U << 5U,  // As fetched.
  kRenewedEnd = 1U << 6U,
  kAbandonDelay = 1U << 7U,
  kMessageDelay = 1U << 8U,
  kVisibleTime = 1U << 9U,      // Of an enqueued message.
  kTimer = 1U << 10U,           // In a commit.
  kLateCompletion = 1U << 11U,  // With a visible time.
  kSession = 1U << 12U,         // As claimed.
  kRenewedSession = 1U << 13U,
  kClaim = 1U << 14U,  // A fetch that may bring the end of a session forward.
  kTurns = 1U << 15U,  // Anything, for whoever waits for a turn.
  kActivities = 1U << 16U,
  kDelayedAbandon = 1U << 17U,
  kAll = ~0U,
};

struct Polling : Timed {
  std::atomic<std::uint64_t> changes{0};
  std::atomic<int> waiting{0};
  std::atomic<int> tickets{0};  // How many waiters may look again, where not all may.
  std::set<Time> moments;       // At which something may become deliverable.
};

// Waits by itself, and rightly so: it looks again after every call and at every moment that may
// bring something, but for what is in `ignored`. The defects change one of its steps.
template <unsigned ignored = 0>
class PollsItself : public Sharing<Polling> {
 public:
  using Sharing::Sharing;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (delay > Duration(0)) note(kMessageDelay, delay);
    if (message.visible_at) note_moment(kVisibleTime, *message.visible_at);
    return told(kEnqueue, enqueued);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return told(kEnqueue, inner().enqueue_activity(activity));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    for (const Message& message : commit.messages) {
      if (message.visible_at) note_moment(kTimer, *message.visible_at);
    }
    const bool brings = !commit.messages.empty() || !commit.activities.empty();
    return told(brings ? kCommit : kRelease, acked);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    if (completion && completion->visible_at) note_moment(kLateCompletion, *completion->visible_at);
    return told(kCompletion, acked);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    if (how.delay > Duration(0)) note(kAbandonDelay, how.delay);
    return told(how.delay > Duration(0) ? kDelayedAbandon : kAbandon,
                inner().abandon_turn(token, how));
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    if (how.delay > Duration(0)) note(kAbandonDelay, how.delay);
    return told(how.delay > Duration(0) ? kDelayedAbandon : kAbandon,
                inner().abandon_activity(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    note(kRenewedEnd, extend_for);
    return told(kRenewedEnd, inner().renew_turn(token, extend_for));
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    note(kRenewedEnd, extend_for);
    return told(kRenewedEnd, inner().renew_activity(token, extend_for));
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const Result<std::uint64_t> renewed = inner().renew_sessions(options);
    note(kRenewedSession, options.extend_for);
    tell(kRenewedSession);
    return renewed;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn once = options;
    once.poll_timeout = Duration(0);
    auto turn = polled(kTurns, options.poll_timeout, [&] { return inner().fetch_turn(once); });
    note(kLockEnd, options.lock_timeout);
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity once = options;
    once.poll_timeout = Duration(0);
    auto locked =
        polled(kActivities, options.poll_timeout, [&] { return inner().fetch_activity(once); });
    note(kLockEnd, options.lock_timeout);
    if (!options.session) return locked;
    note(kSession, options.session->lock_timeout);
    if (locked && locked.value()) tell(kClaim);
    return locked;
  }

 protected:
  Clock& clock() { return *state()->clock; }

  // When a poll that began at this moment ends.
  virtual Time end_of(Time began, Duration timeout) { return rules::later(began, timeout); }
  // Whether a waiter that saw so many changes may look again. Asked while it waits.
  virtual bool is_told(Polling& polling, std::uint64_t seen) { return polling.changes != seen; }
  virtual void count_change(Polling& polling) { ++polling.changes; }

  template <class Fetch>
  auto polled(Wake queue, Duration timeout, const Fetch& fetch) -> decltype(fetch()) {
    Polling& polling = *state();
    const Time end = end_of(clock().now(), timeout);
    for (;;) {
      const std::uint64_t seen = polling.changes;
      auto answer = fetch();
      const Time now = clock().now();
      if (!answer || answer.value() || now >= end) return answer;
      const bool deaf = (ignored & queue) != 0;
      ++polling.waiting;
      clock().wait_until(deaf ? end : std::min(end, next_moment(now)),
                         [&] { return !deaf && is_told(polling, seen); });
      --polling.waiting;
    }
  }

  // The next moment at which something may become deliverable.
  Time next_moment(Time now) {
    auto polling = state();
    const auto next = polling->moments.upper_bound(now);
    return next == polling->moments.end() ? Time::max() : *next;
  }

  void note(Wake wake, Duration in) {
    if (in > Duration(0)) note_moment(wake, rules::later(clock().now(), in));
  }

 private:
  void note_moment(Wake wake, Time moment) {
    if ((ignored & wake) == 0) state()->moments.insert(moment);
  }
  Result<void> told(Wake wake, Result<void> answer) {
    tell(wake);
    return answer;
  }
  void tell(Wake wake) {
    if ((ignored & wake) != 0) return;
    count_change(*state());
    clock().wake();
  }
};

// --- POLL_1: when it ends

// Sleeps first, and looks then.
struct SleepsBeforeItLooks : PollsItself<> {
  using PollsItself::PollsItself;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    sleep(options.poll_timeout);
    return PollsItself::fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    sleep(options.poll_timeout);
    return PollsItself::fetch_activity(options);
  }

 private:
  void sleep(Duration timeout) {
    clock().wait_until(rules::later(clock().now(), timeout), [] { return false; });
  }
};

template <Time (*wrong)(Time began, Duration timeout)>
struct EndsAt : PollsItself<> {
  using PollsItself::PollsItself;

 protected:
  Time end_of(Time began, Duration timeout) override { return wrong(began, timeout); }
};

Time at_once(Time began, Duration) { return began; }
Time early(Time began, Duration timeout) { return rules::later(began, timeout * 9 / 10); }
Time a_millisecond_early(Time began, Duration timeout) {
  return rules::later(began, std::max(timeout - Duration(1), Duration(0)));
}
Time late(Time began, Duration timeout) { return rules::later(began, timeout * 2); }
Time at_least_a_second(Time began, Duration timeout) {
  return rules::later(began, std::max(timeout, Duration(1'000)));
}
Time in_whole_seconds(Time began, Duration timeout) {
  return rules::later(began, std::chrono::ceil<std::chrono::seconds>(timeout));
}
Time in_32_bits(Time began, Duration timeout) {
  return began + Duration(static_cast<std::int32_t>(timeout.count()));
}
Time in_nanoseconds(Time began, Duration timeout) {
  const auto wrapped = static_cast<std::uint64_t>(timeout.count()) * 1'000'000U;
  return rules::later(began, Duration(static_cast<std::int64_t>(wrapped) / 1'000'000));
}

// Whoever is woken by a call looks once more. Should he find nothing, he returns nothing, or begins
// to wait for the whole timeout again.
template <bool begins_again>
struct AnyCallCounts : PollsItself<> {
  using PollsItself::PollsItself;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return woken(options, [&](const FetchTurn& now) { return inner().fetch_turn(now); });
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (options.session) note(kSession, options.session->lock_timeout);
    return woken(options, [&](const FetchActivity& now) { return inner().fetch_activity(now); });
  }

 private:
  template <class Options, class Fetch>
  auto woken(Options options, const Fetch& fetch) -> decltype(fetch(options)) {
    const Duration timeout = std::exchange(options.poll_timeout, Duration(0));
    Polling& polling = *state();
    Time end = rules::later(clock().now(), timeout);
    for (bool last = false;;) {
      const std::uint64_t seen = polling.changes;
      auto answer = fetch(options);
      note(kLockEnd, options.lock_timeout);
      const Time now = clock().now();
      if (!answer || answer.value() || now >= end || last) return answer;
      clock().wait_until(std::min(end, next_moment(now)), [&] { return polling.changes != seen; });
      if (polling.changes == seen) continue;
      last = !begins_again;
      end = rules::later(clock().now(), timeout);
    }
  }
};

// Looks first, and only then asks to be told of changes.
struct SubscribesAfterItLooked : PollsItself<> {
  using PollsItself::PollsItself;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return looked(options, [&](const FetchTurn& now) { return inner().fetch_turn(now); });
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (options.session) note(kSession, options.session->lock_timeout);
    return looked(options, [&](const FetchActivity& now) { return inner().fetch_activity(now); });
  }

 private:
  template <class Options, class Fetch>
  auto looked(Options options, const Fetch& fetch) -> decltype(fetch(options)) {
    const Time end = rules::later(clock().now(), options.poll_timeout);
    options.poll_timeout = Duration(0);
    Polling& polling = *state();
    for (;;) {
      auto answer = fetch(options);
      note(kLockEnd, options.lock_timeout);
      const Time now = clock().now();
      if (!answer || answer.value() || now >= end) return answer;
      for (int n = 0; n < 3; ++n) linger();
      const std::uint64_t seen = polling.changes;
      clock().wait_until(std::min(end, next_moment(now)), [&] { return polling.changes != seen; });
    }
  }
};

// --- POLL_2

// Every change wakes one waiter, whether or not he can take it.
struct WakesOneWaiter : PollsItself<> {
  using PollsItself::PollsItself;

 protected:
  void count_change(Polling& polling) override {
    ++polling.changes;
    if (polling.tickets < polling.waiting) ++polling.tickets;
  }
  bool is_told(Polling& polling, std::uint64_t) override {
    int tickets = polling.tickets;
    while (tickets > 0) {
      if (polling.tickets.compare_exchange_weak(tickets, tickets - 1)) return true;
    }
    return false;
  }
};

struct Held {
  std::mutex mutex;
};

// Every call takes the mutex, and a fetch keeps it while it waits.
template <class Mutex>
class HoldsAMutex : public Mutex {
 public:
  using Mutex::Mutex;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const auto lock = this->lock();
    return this->inner().enqueue_message(message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    const auto lock = this->lock();
    return this->inner().enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto lock = this->lock();
    return this->inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto lock = this->lock();
    return this->inner().ack_activity(token, completion);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    const auto lock = this->lock();
    return this->inner().read_history(instance, execution);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const auto lock = this->lock();
    return this->inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto lock = this->lock();
    return this->inner().fetch_activity(options);
  }
};

// The mutex of the store.
struct OfTheStore : Sharing<Held> {
  using Sharing::Sharing;
  std::unique_lock<std::mutex> lock() {
    std::mutex& mutex = state()->mutex;
    return std::unique_lock(mutex);
  }
};

// The only connection of a handle.
struct OfTheHandle : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

 private:
  std::mutex mutex_;
};

// Only fetches wait for each other.
struct FetchesQueueUp : Sharing<Held> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    std::mutex& mutex = state()->mutex;
    const std::lock_guard lock(mutex);
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    std::mutex& mutex = state()->mutex;
    const std::lock_guard lock(mutex);
    return inner().fetch_activity(options);
  }
};

struct Gate {
  std::shared_mutex mutex;
};

// Fetches go through the gate together.
struct FetchesKeepTheGate : Sharing<Gate> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    std::shared_mutex& mutex = state()->mutex;
    const std::shared_lock lock(mutex);
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    std::shared_mutex& mutex = state()->mutex;
    const std::shared_lock lock(mutex);
    return inner().fetch_activity(options);
  }
};

// A new handle has to wait until no fetch is under way.
std::unique_ptr<Provider> spoil_opening(std::unique_ptr<Provider> inner, const Scope& scope) {
  const auto shared = shared_of<FetchesKeepTheGate::Shared>(scope);
  const std::lock_guard lock(shared->state.mutex);
  return std::make_unique<FetchesKeepTheGate>(std::move(inner), shared);
}

// --- POLL_3, CAP_5: waiting undeclared

// There is nothing to wake it: it sleeps, and looks once more.
template <bool turns, bool activities>
struct WaitsUndeclared : Sharing<Polling> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto turn = inner().fetch_turn(options);
    if (!turns || !turn || turn.value()) return turn;
    sleep(options.poll_timeout);
    return inner().fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto locked = inner().fetch_activity(options);
    if (!activities || !locked || locked.value()) return locked;
    sleep(options.poll_timeout);
    return inner().fetch_activity(options);
  }

 private:
  void sleep(Duration timeout) {
    const auto clock = state()->clock;
    clock->wait_until(rules::later(clock->now(), timeout), [] { return false; });
  }
};

// --- What other clauses say of a fetch that waited

// Everything is computed from the moment of the call.
struct DeadlineIsThatOfTheCall : Sharing<Polling> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const Time called = clock().now();
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) {
      (void)inner().renew_turn(turn.value()->token, rest(called, options.lock_timeout));
    }
    return turn;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const Time called = clock().now();
    auto locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      (void)inner().renew_activity(locked.value()->token, rest(called, options.lock_timeout));
    }
    return locked;
  }

 private:
  Clock& clock() { return *state()->clock; }
  Duration rest(Time called, Duration lock_timeout) {
    return std::max(rules::later(called, lock_timeout) - clock().now(), Duration(1));
  }
};

struct TurnTellsTheTimeOfTheCall : Sharing<Polling> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    const Time called = state()->clock->now();
    auto turn = inner().fetch_turn(options);
    if (turn && turn.value()) turn.value()->now = called;
    return turn;
  }
};

struct Looks {
  std::atomic<std::uint64_t> vain{0};
};

// A poll that ends with nothing has delivered what was locked to nobody.
struct VainPollsAreCounted : Sharing<Looks> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return counted(options.poll_timeout, inner().fetch_turn(options));
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return counted(options.poll_timeout, inner().fetch_activity(options));
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> counted(Duration poll, Result<std::optional<Fetched>> answer) {
    if (!answer) return answer;
    auto looks = state();
    if (!answer.value() && poll > Duration(0)) ++looks->vain;
    if (answer.value() && answer.value()->attempt > 1) answer.value()->attempt += looks->vain;
    return answer;
  }
};

// A negative poll timeout, of turns or of activities, is taken for none.
template <bool of_turns>
struct MendsPollTimeouts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return inner().fetch_turn(of_turns ? mended(options) : options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return inner().fetch_activity(of_turns ? options : mended(options));
  }

 private:
  template <class Options>
  static Options mended(Options options) {
    options.poll_timeout = std::max(options.poll_timeout, Duration(0));
    return options;
  }
};

template <unsigned ignored>
constexpr auto spoil_deaf = spoil_timed<PollsItself<ignored>>;

constexpr Defect kDefects[] = {
    {"poll_sleeps_before_it_looks", requirement("POLL_1"),
     "A fetch with a poll timeout always takes that long.", spoil_timed<SleepsBeforeItLooks>},
    {"poll_sleeps_through_everything", requirement("POLL_1"),
     "A fetch that found nothing looks again at the end of its poll timeout.", spoil_deaf<kAll>},
    {"poll_for_activities_is_not_woken", requirement("POLL_1"),
     "A fetch that waits for an activity sleeps through everything.", spoil_deaf<kActivities>},
    {"poll_is_not_woken_by_enqueues", requirement("POLL_1"), "What is enqueued wakes nobody.",
     spoil_deaf<kEnqueue>},
    {"poll_is_not_woken_by_commits", requirement("POLL_1"), "What a commit brings wakes nobody.",
     spoil_deaf<kCommit>},
    {"poll_is_not_woken_by_completions", requirement("POLL_1"),
     "The completion of an activity wakes nobody.", spoil_deaf<kCompletion>},
    {"poll_is_not_woken_by_the_release_of_an_instance", requirement("POLL_1"),
     "An ack that frees an instance with messages wakes nobody.", spoil_deaf<kRelease>},
    {"poll_is_not_woken_by_abandons", requirement("POLL_1"), "What is abandoned wakes nobody.",
     spoil_deaf<kAbandon | kDelayedAbandon>},
    {"poll_sleeps_through_the_end_of_locks", requirement("POLL_1"),
     "A lock that runs out wakes nobody.", spoil_deaf<kLockEnd>},
    {"poll_sleeps_through_the_end_of_renewed_locks", requirement("POLL_1"),
     "A waiting fetch knows the deadlines of the fetches only.", spoil_deaf<kRenewedEnd>},
    {"poll_sleeps_through_the_end_of_abandon_delays", requirement("POLL_1"),
     "The end of an abandon's delay wakes nobody.", spoil_deaf<kAbandonDelay>},
    {"poll_sleeps_through_the_end_of_delays", requirement("POLL_1"),
     "A delayed message that becomes visible wakes nobody.",
     spoil_deaf<kMessageDelay | kVisibleTime>},
    {"poll_sleeps_through_timers", requirement("POLL_1"),
     "A timer of a commit that falls due wakes nobody.", spoil_deaf<kTimer>},
    {"poll_sleeps_through_the_end_of_sessions", requirement("POLL_1"),
     "A session that lapses wakes nobody.", spoil_deaf<kSession | kRenewedSession | kClaim>},
    {"poll_sleeps_through_visible_times", requirement("POLL_1"),
     "A message with a visible time that becomes visible wakes nobody.", spoil_deaf<kVisibleTime>},
    {"poll_sleeps_through_late_completions", requirement("POLL_1"),
     "The completion of an activity that becomes visible later wakes nobody.",
     spoil_deaf<kLateCompletion>},
    {"poll_sleeps_through_the_end_of_renewed_sessions", requirement("POLL_1"),
     "A waiting fetch knows the deadlines of sessions from the fetches only.",
     spoil_deaf<kRenewedSession>},
    {"poll_is_not_woken_by_claims", requirement("POLL_1"),
     "A fetch that brings the end of a session forward wakes nobody who waits for it.",
     spoil_deaf<kClaim>},
    {"poll_does_not_wait", requirement("POLL_1"), "A poll timeout makes no difference.",
     spoil_timed<EndsAt<at_once>>},
    {"poll_ends_early", requirement("POLL_1"), "A poll ends after nine tenths of its timeout.",
     spoil_timed<EndsAt<early>>},
    {"poll_ends_a_millisecond_early", requirement("POLL_1"), "A poll is a millisecond short.",
     spoil_timed<EndsAt<a_millisecond_early>>},
    {"poll_ends_late", requirement("POLL_1"), "A poll takes twice its timeout.",
     spoil_timed<EndsAt<late>>},
    {"poll_takes_at_least_a_second", requirement("POLL_1"),
     "Also a fetch without a poll timeout waits for a second.",
     spoil_timed<EndsAt<at_least_a_second>>},
    {"poll_counts_whole_seconds", requirement("POLL_1"),
     "A poll timeout is rounded up to whole seconds.", spoil_timed<EndsAt<in_whole_seconds>>},
    {"poll_is_not_woken_by_delayed_abandons", requirement("POLL_1"),
     "An abandon with a delay wakes no waiting fetch.", spoil_deaf<kDelayedAbandon>},
    {"any_call_ends_a_poll", requirement("POLL_1"),
     "A waiting fetch looks once more after any call, and returns nothing if there is nothing.",
     spoil_timed<AnyCallCounts<false>>},
    {"poll_subscribes_after_it_looked", requirement("POLL_1"),
     "What arrives between the look of a fetch and its waiting wakes nobody.",
     spoil_timed<SubscribesAfterItLooked>},
    {"any_call_prolongs_a_poll", requirement("POLL_1"),
     "A waiting fetch begins its poll timeout anew after any call.",
     spoil_timed<AnyCallCounts<true>>},

    {"waiting_fetch_holds_the_store", requirement("POLL_2"),
     "While a fetch waits every other call waits too.", spoil_sharing<HoldsAMutex<OfTheStore>>},
    {"waiting_fetch_holds_its_handle", requirement("POLL_2"),
     "While a fetch waits every other call on its handle waits too.",
     spoil_with<HoldsAMutex<OfTheHandle>>},
    {"waiting_fetches_queue_up", requirement("POLL_2"), "Only one fetch can wait at a time.",
     spoil_sharing<FetchesQueueUp>},
    {"waiting_fetch_stops_the_opening_of_handles", requirement("POLL_2"),
     "No handle can be opened while a fetch waits.", spoil_opening},
    {"change_wakes_one_waiter", requirement("POLL_2"),
     "Of all that wait one is woken, whether or not he can take what there is.",
     spoil_timed<WakesOneWaiter>},

    {"waits_undeclared", requirement("POLL_3"),
     "Without long polling an empty fetch takes its poll timeout.",
     spoil_timed<WaitsUndeclared<true, true>>, Spoils::bare_memory},
    {"sleeps_beside_work_undeclared", requirement("POLL_3"),
     "Without long polling every fetch takes its poll timeout.", spoil_timed<SleepsBeforeItLooks>,
     Spoils::bare_memory},
    {"waits_for_turns_undeclared", requirement("CAP_5"),
     "Without long polling an empty fetch of a turn takes its poll timeout.",
     spoil_timed<WaitsUndeclared<true, false>>, Spoils::bare_memory},
    {"waits_for_activities_undeclared", requirement("CAP_5"),
     "Without long polling an empty fetch of an activity takes its poll timeout.",
     spoil_timed<WaitsUndeclared<false, true>>, Spoils::bare_memory},

    {"negative_poll_timeout_for_turns_is_none", requirement("ERR_5"),
     "A negative poll timeout of a fetch of a turn is taken for 0.",
     spoil_with<MendsPollTimeouts<true>>},
    {"negative_poll_timeout_for_activities_is_none", requirement("ERR_5"),
     "A negative poll timeout of a fetch of an activity is taken for 0.",
     spoil_with<MendsPollTimeouts<false>>},
    {"lock_begins_with_the_waiting", requirement("LOCK_10"),
     "The lock of a fetch that waited is as much shorter.", spoil_timed<DeadlineIsThatOfTheCall>},
    {"turn_tells_the_time_of_the_call", requirement("TURN_11"),
     "The turn of a fetch that waited tells the time from before.",
     spoil_timed<TurnTellsTheTimeOfTheCall>},
    {"vain_polls_are_counted", requirement("ERR_4"),
     "A poll that ends with nothing counts as an attempt.", spoil_sharing<VainPollsAreCounted>},
    {"long_poll_timeout_wraps", requirement("TIME_1"),
     "A poll timeout of more than 24 days ends at once.", spoil_timed<EndsAt<in_32_bits>>},
    {"poll_timeout_of_centuries_wraps", requirement("TIME_1"),
     "A poll timeout of more than 292 years is a short one.", spoil_timed<EndsAt<in_nanoseconds>>},
};

}  // namespace

std::span<const Defect> polling_defects() { return kDefects; }

}  // namespace ackproof
