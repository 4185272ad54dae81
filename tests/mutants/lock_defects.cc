// Broken locks, tokens and times.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// --- What all of them are made of: a decorator that keeps a ledger of the tokens

enum class Queue : std::uint8_t { turns, activities };

enum class Verb : std::uint8_t { ack, abandon, renew };

struct Call {
  Queue queue;
  Verb verb;
};

// Why a token is no good.
enum class Fate : std::uint8_t {
  empty,
  never_issued,
  of_the_other_queue,
  used,
  abandoned,
  cancelled,
  superseded,
  expired,  // And nobody took over.
};

// What a token opens; of a turn the instance alone counts.
struct Item {
  Queue queue = Queue::turns;
  std::string instance;
  std::uint64_t execution = 0;
  std::uint64_t id = 0;
  auto operator<=>(const Item&) const = default;
};

struct Lock {
  Item item;
  Duration asked{0};
  Time deadline;
  std::optional<Fate> fate;  // Of those that a holder brings about.
};

class Ledger {
 public:
  void issue(const std::string& token, const Lock& lock) {
    const std::lock_guard guard(mutex_);
    locks_[token] = lock;
    latest_[lock.item] = token;
  }

  void settle(const std::string& token, Fate fate) {
    const std::lock_guard guard(mutex_);
    if (const auto found = locks_.find(token); found != locks_.end()) found->second.fate = fate;
  }

  void cancel(const std::vector<ActivityKey>& keys) {
    const std::lock_guard guard(mutex_);
    for (auto& [token, lock] : locks_) {
      for (const ActivityKey& key : keys) {
        const Item item{Queue::activities, key.instance, key.execution, key.id};
        if (lock.item == item && !lock.fate) lock.fate = Fate::cancelled;
      }
    }
  }

  void extend(const std::string& token, Time deadline) {
    const std::lock_guard guard(mutex_);
    if (const auto found = locks_.find(token); found != locks_.end()) {
      found->second.deadline = deadline;
    }
  }

  std::optional<Lock> find(const std::string& token) const {
    const std::lock_guard guard(mutex_);
    const auto found = locks_.find(token);
    return found == locks_.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<std::string> latest(const Item& item) const {
    const std::lock_guard guard(mutex_);
    const auto found = latest_.find(item);
    return found == latest_.end() ? std::nullopt : std::optional(found->second);
  }

  // Whether the last lock on the item ended by itself.
  bool ran_out(const Item& item) const {
    const std::optional<std::string> token = latest(item);
    return token && !find(*token)->fate;
  }

  // The tokens that this is true of.
  std::vector<std::string> tokens(
      const std::function<bool(const std::string&, const Lock&)>& which) {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> list;
    for (const auto& [token, lock] : locks_) {
      if (which(token, lock)) list.push_back(token);
    }
    return list;
  }

  // Why `token`, which just proved dead, is no good for a call on `queue`.
  Fate fate_of(const std::string& token, Queue queue) const {
    if (token.empty()) return Fate::empty;
    const std::optional<Lock> lock = find(token);
    if (!lock) return Fate::never_issued;
    if (lock->item.queue != queue) return Fate::of_the_other_queue;
    if (lock->fate) return *lock->fate;
    return latest(lock->item) == token ? Fate::expired : Fate::superseded;
  }

  // From now on `outer` is another word for `inner`.
  void rename(const std::string& outer, const std::string& inner) {
    const std::lock_guard guard(mutex_);
    names_[outer] = inner;
  }

  std::string resolve(const std::string& token) const {
    const std::lock_guard guard(mutex_);
    const auto found = names_.find(token);
    return found == names_.end() ? token : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Lock> locks_;
  std::map<Item, std::string> latest_;
  std::map<std::string, std::string> names_;
};

Item item_of(const Turn& turn) { return {Queue::turns, turn.instance}; }
Item item_of(const LockedActivity& locked) {
  const Activity& activity = locked.activity;
  return {Queue::activities, activity.instance, activity.execution, activity.id};
}

bool is_lock_lost(const Result<void>& answer) {
  return !answer && answer.error().kind == ErrorKind::lock_lost;
}

// Keeps the ledger, and lets a defect change what the three verbs do with a token, and with a time,
// on both queues alike.
class Watched : public ForwardingProvider {
 public:
  Watched(std::unique_ptr<Provider> inner, const Scope& scope)
      : ForwardingProvider(std::move(inner)),
        ledger_(shared_of<Ledger>(scope)),
        clock_(scope.clock ? scope.clock : std::make_shared<SystemClock>()) {}

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return watched_fetch(inner().fetch_turn(options), options.lock_timeout);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return watched_fetch(inner().fetch_activity(options), options.lock_timeout);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return watched_call({Queue::turns, Verb::ack}, token, [&](const LockToken& good) {
      const Result<void> answer = inner().ack_turn(good, commit);
      if (answer) ledger_->cancel(commit.cancelled);
      return answer;
    });
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return watched_call({Queue::turns, Verb::abandon}, token,
                        [&](const LockToken& good) { return inner().abandon_turn(good, how); });
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return watched_call({Queue::turns, Verb::renew}, token, [&](const LockToken& good) {
      const Duration really = extension_of(Queue::turns, good, extend_for);
      const Result<void> answer = inner().renew_turn(good, really);
      if (answer) ledger_->extend(good.value, rules::later(now(), really));
      return answer;
    });
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return watched_call({Queue::activities, Verb::ack}, token, [&](const LockToken& good) {
      return inner().ack_activity(good, completion);
    });
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return watched_call({Queue::activities, Verb::abandon}, token,
                        [&](const LockToken& good) { return inner().abandon_activity(good, how); });
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return watched_call({Queue::activities, Verb::renew}, token, [&](const LockToken& good) {
      const Duration really = extension_of(Queue::activities, good, extend_for);
      const Result<void> answer = inner().renew_activity(good, really);
      if (answer) ledger_->extend(good.value, rules::later(now(), really));
      return answer;
    });
  }

 protected:
  using Go = std::function<Result<void>(const LockToken&)>;

  // What a call with a token comes to; `go` makes it, with whatever token it is given.
  virtual Result<void> call(Call, const LockToken& token, const Go& go) { return go(token); }

  // How far a renewal asked to go so far really goes.
  virtual Duration extension(Queue, const Lock&, Duration extend_for) { return extend_for; }

  Ledger& ledger() { return *ledger_; }
  Time now() const { return clock_->now(); }

  // Locks the item of a dead token again and makes the token good for that lock.
  bool regain(const std::string& token) {
    const std::optional<Lock> lock = ledger_->find(token);
    if (!lock) return false;
    std::vector<LockToken> passed;
    const std::optional<LockToken> again = lock->item.queue == Queue::turns
                                               ? seek_turn(lock->item, lock->asked, passed)
                                               : seek_activity(lock->item, lock->asked, passed);
    for (const LockToken& other : passed) (void)give_back(lock->item.queue, other);
    if (again) ledger_->rename(token, again->value);
    return again.has_value();
  }

  // Frees what a token of this queue locks, as if it had never been fetched.
  Result<void> give_back(Queue queue, const LockToken& token, Duration delay = Duration(0)) {
    const Abandon how{.delay = delay, .ignore_attempt = true};
    return queue == Queue::turns ? inner().abandon_turn(token, how)
                                 : inner().abandon_activity(token, how);
  }

  Result<void> renew(Queue queue, const LockToken& token, Duration extend_for) {
    return queue == Queue::turns ? inner().renew_turn(token, extend_for)
                                 : inner().renew_activity(token, extend_for);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> watched_fetch(Result<std::optional<Fetched>> answer,
                                               Duration lock_timeout) {
    if (answer && answer.value()) {
      const Fetched& fetched = *answer.value();
      ledger_->issue(fetched.token.value, {item_of(fetched), lock_timeout,
                                           rules::later(now(), lock_timeout), std::nullopt});
    }
    return answer;
  }

  Result<void> watched_call(Call which, const LockToken& token, const Go& go) {
    return call(which, {ledger_->resolve(token.value)}, [&](const LockToken& good) {
      const Result<void> answer = go({ledger_->resolve(good.value)});
      if (answer && which.verb == Verb::ack) ledger_->settle(good.value, Fate::used);
      if (answer && which.verb == Verb::abandon) ledger_->settle(good.value, Fate::abandoned);
      return answer;
    });
  }

  Duration extension_of(Queue queue, const LockToken& token, Duration extend_for) {
    const std::optional<Lock> lock = ledger_->find(token.value);
    return lock && extend_for > Duration(0) ? extension(queue, *lock, extend_for) : extend_for;
  }

  std::optional<LockToken> seek_turn(const Item& item, Duration lock_timeout,
                                     std::vector<LockToken>& passed) {
    while (auto turn = inner().fetch_turn({.lock_timeout = lock_timeout}).value()) {
      if (item_of(*turn) == item) return turn->token;
      passed.push_back(turn->token);
    }
    return std::nullopt;
  }
  std::optional<LockToken> seek_activity(const Item& item, Duration lock_timeout,
                                         std::vector<LockToken>& passed) {
    while (auto locked = inner().fetch_activity({.lock_timeout = lock_timeout}).value()) {
      if (item_of(*locked) == item) return locked->token;
      passed.push_back(locked->token);
    }
    return std::nullopt;
  }

  const std::shared_ptr<Ledger> ledger_;
  const std::shared_ptr<Clock> clock_;
};

template <class D>
std::unique_ptr<Provider> spoil_watched(std::unique_ptr<Provider> inner, const Scope& scope) {
  return std::make_unique<D>(std::move(inner), scope);
}

// --- Times that are not what was asked for

template <Queue queue, Duration (*wrong)(Duration)>
class WrongTimeout : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn other = options;
    if (queue == Queue::turns && options.lock_timeout > Duration(0)) {
      other.lock_timeout = wrong(options.lock_timeout);
    }
    return Watched::fetch_turn(other);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity other = options;
    if (queue == Queue::activities && options.lock_timeout > Duration(0)) {
      other.lock_timeout = wrong(options.lock_timeout);
    }
    return Watched::fetch_activity(other);
  }
};

template <Queue queue, Duration (*wrong)(Duration)>
class WrongDelay : public Watched {
 public:
  using Watched::Watched;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return Watched::abandon_turn(token, queue == Queue::turns ? spoiled(how) : how);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return Watched::abandon_activity(token, queue == Queue::activities ? spoiled(how) : how);
  }

 private:
  static Abandon spoiled(Abandon how) {
    if (how.delay >= Duration(0)) how.delay = wrong(how.delay);
    return how;
  }
};

template <Duration (*wrong)(Duration)>
class WrongEnqueueDelay : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(message, delay < Duration(0) ? delay : wrong(delay));
  }
};

Duration a_millisecond_more(Duration asked) {
  return rules::later(Time(asked), Duration(1)).time_since_epoch();
}
Duration a_millisecond_less(Duration asked) { return std::max(asked - Duration(1), Duration(1)); }
Duration ten_times_as_long(Duration asked) { return std::min(asked, Duration::max() / 10) * 10; }
Duration half_a_minute(Duration) { return std::chrono::seconds(30); }
Duration thirty_years(Duration) { return std::chrono::years(30); }
Duration at_least_a_second(Duration asked) { return std::max(asked, Duration(1'000)); }
Duration at_least_a_millisecond(Duration asked) { return std::max(asked, Duration(1)); }
Duration at_most_a_day(Duration asked) { return std::min<Duration>(asked, std::chrono::days(1)); }
Duration none(Duration) { return Duration(0); }
// A lock that is shorter than a second is then none worth the name.
Duration whole_seconds(Duration asked) {
  return std::max<Duration>(std::chrono::floor<std::chrono::seconds>(asked), Duration(1));
}
Duration whole_seconds_or_none(Duration asked) {
  return std::chrono::floor<std::chrono::seconds>(asked);
}
// As a signed 32-bit number of milliseconds: negative after 24 days.
Duration in_32_bits(Duration asked) {
  return std::max(Duration(static_cast<std::int32_t>(asked.count())), Duration(1));
}
// As a signed 64-bit number of nanoseconds since 1970: wraps when the sum lies beyond 2262.
Duration in_nanoseconds(Duration asked) {
  constexpr Duration kLargest = std::chrono::years(190);
  return asked > kLargest ? Duration(1) : asked;
}

// Visible times that are not what was asked for, on every way into the instance queue.
template <std::optional<Time> (*wrong)(Time)>
class WrongVisibleTime : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner().enqueue_message(spoiled(message), delay);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit other = commit;
    for (Message& message : other.messages) message = spoiled(message);
    return inner().ack_turn(token, other);
  }

 private:
  static Message spoiled(Message message) {
    if (message.visible_at) message.visible_at = wrong(*message.visible_at);
    return message;
  }
};

std::optional<Time> rounded_up_to_a_second(Time time) {
  return std::chrono::ceil<std::chrono::seconds>(time);
}
std::optional<Time> rounded_down_to_a_second(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}
std::optional<Time> at_once_when_very_far(Time time) {
  constexpr Time kLastNanosecond{std::chrono::milliseconds(9'223'372'036'854)};
  return time > kLastNanosecond ? std::nullopt : std::optional(time);
}
std::optional<Time> never_when_before_1970(Time time) { return time < Time() ? Time::max() : time; }

// --- LOCK_1

class RedeliversWithTheOldToken : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return renamed(inner().fetch_turn(options), options.lock_timeout);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return renamed(inner().fetch_activity(options), options.lock_timeout);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> renamed(Result<std::optional<Fetched>> answer, Duration asked) {
    if (!answer || !answer.value()) return answer;
    Fetched& fetched = *answer.value();
    if (ledger().ran_out(item_of(fetched))) {
      const std::string old = *ledger().latest(item_of(fetched));
      ledger().rename(old, fetched.token.value);
      fetched.token.value = old;
    }
    ledger().issue(fetched.token.value, {item_of(fetched), asked, rules::later(now(), asked), {}});
    return answer;
  }
};

// A lock that ran out is noticed by one fetch and served by the next.
template <Queue queue>
class OnlySweepsWhatRanOut : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return swept(inner().fetch_turn(options), [&] { return Watched::fetch_turn(options); });
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return swept(inner().fetch_activity(options), [&] { return Watched::fetch_activity(options); });
  }

 private:
  template <class Fetched, class Fetch>
  Result<std::optional<Fetched>> swept(Result<std::optional<Fetched>> answer, const Fetch& fetch) {
    if (!answer || !answer.value()) return answer;
    const Item item = item_of(*answer.value());
    (void)give_back(item.queue, answer.value()->token);
    if (item.queue == queue && ledger().ran_out(item)) {
      ledger().settle(*ledger().latest(item), Fate::superseded);
      return std::optional<Fetched>();
    }
    return fetch();
  }
};

class ForgetsActivitiesThatRanOut : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    for (;;) {
      auto answer = inner().fetch_activity(options);
      if (!answer || !answer.value()) return answer;
      const LockedActivity& locked = *answer.value();
      if (!ledger().ran_out(item_of(locked))) {
        (void)give_back(Queue::activities, locked.token);
        return Watched::fetch_activity(options);
      }
      (void)inner().ack_activity(locked.token, std::nullopt);
    }
  }
};

// --- LOCK_2, LOCK_5: what ran out still counts

template <Queue queue, Verb verb>
class RevivesWhatRanOut : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (which.queue != queue || which.verb != verb || !is_lock_lost(answer)) return answer;
    if (ledger().fate_of(token.value, queue) != Fate::expired || !regain(token.value))
      return answer;
    return go(token);
  }
};

// Good until and including the deadline, while others may fetch from the deadline on.
class HoldsAtItsDeadline : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (!is_lock_lost(answer)) return answer;
    const std::optional<Lock> lock = ledger().find(token.value);
    if (!lock || lock->deadline != now()) return answer;
    if (ledger().fate_of(token.value, which.queue) != Fate::expired) return answer;
    return regain(token.value) ? go(token) : answer;
  }
};

// --- LOCK_3: what was taken over

template <Queue queue, Verb verb>
class ActsForTheNewHolder : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (which.queue != queue || which.verb != verb || !is_lock_lost(answer)) return answer;
    if (ledger().fate_of(token.value, queue) != Fate::superseded) return answer;
    return go({*ledger().latest(ledger().find(token.value)->item)});
  }
};

class LostAckStillSends : public Watched {
 public:
  using Watched::Watched;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> answer = Watched::ack_turn(token, commit);
    if (is_lock_lost(answer) && taken_over(token, Queue::turns)) {
      for (const Activity& activity : commit.activities) (void)inner().enqueue_activity(activity);
      for (const Message& message : commit.messages) (void)inner().enqueue_message(message);
    }
    return answer;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> answer = Watched::ack_activity(token, completion);
    if (is_lock_lost(answer) && completion && taken_over(token, Queue::activities)) {
      (void)inner().enqueue_message(*completion);
    }
    return answer;
  }

 private:
  bool taken_over(const LockToken& token, Queue queue) {
    return ledger().fate_of(token.value, queue) == Fate::superseded;
  }
};

// Whoever has been taken over takes the new holder's lock with him when he fails.
template <Queue queue>
class StaleCallFreesTheLock : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (which.queue != queue || !is_lock_lost(answer)) return answer;
    if (ledger().fate_of(token.value, queue) == Fate::superseded) {
      (void)give_back(queue, {*ledger().latest(ledger().find(token.value)->item)});
    }
    return answer;
  }
};

// --- LOCK_4

template <Queue queue, Duration (*wrong)(const Lock&, Time now, Duration extend_for)>
class WrongExtension : public Watched {
 public:
  using Watched::Watched;

 protected:
  Duration extension(Queue which, const Lock& lock, Duration extend_for) override {
    if (which != queue) return extend_for;
    return std::max(wrong(lock, now(), extend_for), Duration(1));
  }
};

Duration added_to_the_deadline(const Lock& lock, Time now, Duration extend_for) {
  return rules::later(lock.deadline, extend_for) - now;
}
Duration never_shorter(const Lock& lock, Time now, Duration extend_for) {
  return std::max(lock.deadline - now, extend_for);
}
Duration not_at_all(const Lock& lock, Time now, Duration) { return lock.deadline - now; }
Duration as_fetched(const Lock& lock, Time, Duration) { return lock.asked; }
Duration in_whole_seconds(const Lock&, Time, Duration extend_for) {
  return std::chrono::floor<std::chrono::seconds>(extend_for);
}
Duration a_millisecond_short(const Lock&, Time, Duration extend_for) {
  return extend_for - Duration(1);
}
Duration a_millisecond_over(const Lock&, Time, Duration extend_for) {
  return a_millisecond_more(extend_for);
}

Duration extended_in_32_bits(const Lock&, Time, Duration extend_for) {
  return in_32_bits(extend_for);
}

template <Queue queue>
class RenewUsesUpTheToken : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (answer && which.queue == queue && which.verb == Verb::renew) {
      ledger().rename(token.value, token.value + "1");  // The holder is not told the new one.
    }
    return answer;
  }
};

// --- LOCK_6

template <Queue queue>
class AbandonKeepsTheLock : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    if (which.queue != queue || which.verb != Verb::abandon) return go(token);
    const std::optional<Lock> lock = ledger().find(token.value);
    if (!lock || lock->item.queue != queue || lock->deadline <= now()) return go(token);
    Result<void> held = renew(queue, token, lock->deadline - now());
    if (held) ledger().rename(token.value, "given back");
    return held;
  }
};

class AbandonHidesLaterMessages : public Watched {
 public:
  using Watched::Watched;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = Watched::abandon_turn(token, how);
    if (answer && how.delay > Duration(0) && regain(token.value)) {
      (void)give_back(Queue::turns, {ledger().resolve(token.value)}, how.delay);
    }
    return answer;
  }
};

// Messages that were abandoned come behind those that came later.
class AbandonedMessagesGoToTheEnd : public ForwardingProvider {
 public:
  struct Shared {
    std::mutex mutex;
    std::map<std::string, Turn> given;                      // By token.
    std::map<std::string, std::vector<Message>> abandoned;  // By instance.
  };
  AbandonedMessagesGoToTheEnd(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : ForwardingProvider(std::move(inner)), shared_(std::move(shared)) {}

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    auto answer = inner().fetch_turn(options);
    if (!answer || !answer.value()) return answer;
    Turn& turn = *answer.value();
    const std::lock_guard lock(shared_->mutex);
    const std::vector<Message>& old = shared_->abandoned[turn.instance];
    std::ranges::stable_partition(turn.messages, [&](const Message& message) {
      return std::ranges::find(old, message) == old.end();
    });
    shared_->given[turn.token.value] = turn;
    return answer;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> answer = inner().abandon_turn(token, how);
    if (answer) {
      const std::lock_guard lock(shared_->mutex);
      const Turn& turn = shared_->given[token.value];
      shared_->abandoned[turn.instance] = turn.messages;
    }
    return answer;
  }

 private:
  const std::shared_ptr<Shared> shared_;
};

// Abandoning is: remove it, and queue it anew.
class AbandonedActivitiesGoToTheEnd : public ForwardingProvider {
 public:
  struct Shared {
    std::mutex mutex;
    std::map<std::string, Activity> given;  // By token.
  };
  AbandonedActivitiesGoToTheEnd(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : ForwardingProvider(std::move(inner)), shared_(std::move(shared)) {}

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto answer = inner().fetch_activity(options);
    if (answer && answer.value()) {
      const std::lock_guard lock(shared_->mutex);
      shared_->given[answer.value()->token.value] = answer.value()->activity;
    }
    return answer;
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const std::lock_guard lock(shared_->mutex);
    const auto found = shared_->given.find(token.value);
    if (how.delay != Duration(0) || found == shared_->given.end() || found->second.error) {
      return inner().abandon_activity(token, how);
    }
    Result<void> answer = inner().ack_activity(token, std::nullopt);
    return answer ? inner().enqueue_activity(found->second) : answer;
  }

 private:
  const std::shared_ptr<Shared> shared_;
};

// What comes back after it was abandoned has lost its payload.
template <Queue queue>
class AbandonLosesPayloads : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return emptied(inner().fetch_turn(options), options.lock_timeout);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return emptied(inner().fetch_activity(options), options.lock_timeout);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> emptied(Result<std::optional<Fetched>> answer, Duration asked) {
    if (!answer || !answer.value()) return answer;
    Fetched& fetched = *answer.value();
    const Item item = item_of(fetched);
    const std::optional<std::string> before = ledger().latest(item);
    if (item.queue == queue && before && ledger().find(*before)->fate == Fate::abandoned) {
      payload_of(fetched).clear();
    }
    ledger().issue(fetched.token.value, {item, asked, rules::later(now(), asked), {}});
    return answer;
  }
  static Bytes& payload_of(Turn& turn) { return turn.messages.front().payload; }
  static Bytes& payload_of(LockedActivity& locked) { return locked.activity.payload; }
};

// --- LOCK_7, LOCK_11: other tokens

// Gives every lock a token of the defect's own making, the same for both queues.
class Renamed : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return renamed(Watched::fetch_turn(options));
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return renamed(Watched::fetch_activity(options));
  }

 protected:
  virtual std::string token_for(const Item& item) = 0;

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> renamed(Result<std::optional<Fetched>> answer) {
    if (!answer || !answer.value()) return answer;
    LockToken& token = answer.value()->token;
    const std::string outer = token_for(item_of(*answer.value()));
    ledger().rename(outer, token.value);
    token.value = outer;
    return answer;
  }
};

std::string hex_digits(std::uint64_t number, std::size_t length) {
  std::string text(length, '0');
  for (std::size_t at = length; at > 0 && number > 0; number >>= 4U) {
    text[--at] = "0123456789abcdef"[number & 0xFU];
  }
  return text;
}

class CountsTokensPerHandle : public Renamed {
 public:
  using Renamed::Renamed;

 protected:
  std::string token_for(const Item&) override { return "lock-" + std::to_string(++last_); }

 private:
  std::atomic<std::uint64_t> last_{0};
};

class CountsTokens : public Renamed {
 public:
  CountsTokens(std::unique_ptr<Provider> inner, const Scope& scope)
      : Renamed(std::move(inner), scope), shared_(shared_of<Shared>(scope)) {}

 protected:
  std::string token_for(const Item&) override { return hex_digits(++shared_->last, 32); }

 private:
  struct Shared {
    std::atomic<std::uint64_t> last{0};
  };
  const std::shared_ptr<Shared> shared_;
};

class TokenIsTheTime : public Renamed {
 public:
  using Renamed::Renamed;

 protected:
  std::string token_for(const Item&) override {
    return std::to_string(now().time_since_epoch().count());
  }
};

class TokenIsTheTimeAndACount : public Renamed {
 public:
  TokenIsTheTimeAndACount(std::unique_ptr<Provider> inner, const Scope& scope)
      : Renamed(std::move(inner), scope), shared_(shared_of<Shared>(scope)) {}

 protected:
  std::string token_for(const Item&) override {
    const auto time = static_cast<std::uint64_t>(now().time_since_epoch().count());
    return hex_digits(time, 16) + hex_digits(++shared_->last, 16);
  }

 private:
  struct Shared {
    std::atomic<std::uint64_t> last{0};
  };
  const std::shared_ptr<Shared> shared_;
};

class TokenIsTheItem : public Renamed {
 public:
  using Renamed::Renamed;

 protected:
  std::string token_for(const Item& item) override {
    const std::string prefix = item.queue == Queue::turns ? "turn:" : "activity:";
    return prefix + item.instance + ":" + std::to_string(item.execution) + ":" +
           std::to_string(item.id);
  }
};

// Random, without repetition, but short.
class TokensAreShort : public Renamed {
 public:
  TokensAreShort(std::unique_ptr<Provider> inner, const Scope& scope)
      : Renamed(std::move(inner), scope), shared_(shared_of<Shared>(scope)) {}

 protected:
  std::string token_for(const Item&) override {
    const std::lock_guard lock(shared_->mutex);
    for (;;) {
      const std::uint64_t number = shared_->random() & 0xFFFF'FFFFU;
      if (shared_->given.insert(number).second) return hex_digits(number, 8);
    }
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::mt19937_64 random{std::random_device()()};
    std::set<std::uint64_t> given;
  };
  const std::shared_ptr<Shared> shared_;
};

// The counter is the process's, and starts again when the store is opened again.
class CountsTokensSinceOpening : public Renamed {
 public:
  CountsTokensSinceOpening(std::unique_ptr<Provider> inner, const Scope& scope)
      : Renamed(std::move(inner), scope), shared_(shared_of<Shared>(scope)) {
    if (shared_->handles++ == 0) shared_->last = 0;
  }
  ~CountsTokensSinceOpening() override { --shared_->handles; }

 protected:
  std::string token_for(const Item&) override { return hex_digits(++shared_->last, 32); }

 private:
  struct Shared {
    std::atomic<int> handles{0};
    std::atomic<std::uint64_t> last{0};
  };
  const std::shared_ptr<Shared> shared_;
};

// Tokens that look alike count as equal.
template <std::string (*look)(const std::string&)>
class ComparesLoosely : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (!is_lock_lost(answer) || ledger().find(token.value)) return answer;
    const std::vector<std::string> alike =
        ledger().tokens([&](const std::string& issued, const Lock& lock) {
          return !lock.fate && look(issued) == look(token.value);
        });
    return alike.empty() ? answer : go({alike.front()});
  }
};

std::string its_beginning(const std::string& token) { return token.substr(0, 16); }
std::string all_but_its_last_byte(const std::string& token) {
  return token.substr(0, std::max<std::size_t>(token.size(), 1) - 1);
}
std::string its_first_32_bytes(const std::string& token) { return token.substr(0, 32); }
std::string in_lower_case(std::string token) {
  for (char& c : token) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return token;
}
std::string lower(const std::string& token) { return in_lower_case(token); }
std::string without_blanks(const std::string& token) {
  std::string text;
  for (const char c : token) {
    if (c != ' ' && c != '\n' && c != '\t') text.push_back(c);
  }
  return text;
}

// --- LOCK_8

template <Queue queue>
class OneLockForAll : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (queue == Queue::turns && locked()) return std::optional<Turn>();
    return Watched::fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (queue == Queue::activities && locked()) return std::optional<LockedActivity>();
    return Watched::fetch_activity(options);
  }

 private:
  bool locked() {
    const auto live = [now = now()](const std::string&, const Lock& lock) {
      return lock.item.queue == queue && !lock.fate && lock.deadline > now;
    };
    return !ledger().tokens(live).empty();
  }
};

// While something of its instance is locked in `holder`, an activity is not handed out.
template <Queue holder>
class ActivitiesWaitForTheirInstance : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    std::vector<LockToken> passed;
    auto answer = inner().fetch_activity(options);
    while (answer && answer.value() && hindered(answer.value()->activity.instance)) {
      passed.push_back(answer.value()->token);
      answer = inner().fetch_activity(options);
    }
    if (answer && answer.value()) (void)give_back(Queue::activities, answer.value()->token);
    if (answer && answer.value()) answer = Watched::fetch_activity(options);
    for (const LockToken& token : passed) (void)give_back(Queue::activities, token);
    return answer;
  }

 private:
  bool hindered(const std::string& instance) {
    const auto live = [&](const std::string&, const Lock& lock) {
      return lock.item.queue == holder && lock.item.instance == instance && !lock.fate &&
             lock.deadline > now();
    };
    return !ledger().tokens(live).empty();
  }
};

// Once one lock of the queue has been given up, the locks that others hold cannot be renewed.
template <Queue queue>
class OneEndEndsRenewals : public Watched {
 public:
  using Watched::Watched;

 protected:
  Duration extension(Queue which, const Lock& lock, Duration extend_for) override {
    const auto settled = [](const std::string&, const Lock& other) {
      return other.item.queue == queue && other.fate.has_value();
    };
    if (which != queue || ledger().tokens(settled).empty()) return extend_for;
    return std::max(lock.deadline - now(), Duration(1));
  }
};

// --- LOCK_9

template <Queue queue, Verb verb, Fate fate>
class Accepts : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    const bool accepted = which.queue == queue && which.verb == verb && is_lock_lost(answer) &&
                          ledger().fate_of(token.value, queue) == fate;
    return accepted ? Result<void>() : answer;
  }
};

// A call without a token is about the last lock of the queue.
template <Queue queue>
class EmptyMeansTheLastLock : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return noted(Watched::fetch_turn(options));
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return noted(Watched::fetch_activity(options));
  }

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    if (which.queue != queue || !token.value.empty()) return go(token);
    const std::lock_guard lock(mutex_);
    return go(last_[which.queue]);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> noted(Result<std::optional<Fetched>> answer) {
    if (answer && answer.value()) {
      const std::lock_guard lock(mutex_);
      last_[item_of(*answer.value()).queue] = answer.value()->token;
    }
    return answer;
  }
  std::mutex mutex_;
  std::map<Queue, LockToken> last_;
};

// A call that succeeds does to all other locks of its queue what it does to its own: it frees them,
// or renews them.
template <Queue queue, Verb verb>
class TouchesTheOthersToo : public Watched {
 public:
  using Watched::Watched;

 protected:
  Result<void> call(Call which, const LockToken& token, const Go& go) override {
    Result<void> answer = go(token);
    if (!answer || which.queue != queue || which.verb != verb) return answer;
    const auto held = [](const std::string&, const Lock& lock) {
      return lock.item.queue == queue && !lock.fate;
    };
    for (const std::string& other : ledger().tokens(held)) {
      if (other == token.value) continue;
      (void)(verb == Verb::renew ? renew(queue, {other}, std::chrono::years(1))
                                 : give_back(queue, {other}));
    }
    return answer;
  }
};

constexpr const char* name(Queue queue, Verb verb) {
  const bool turn = queue == Queue::turns;
  switch (verb) {
    case Verb::ack:
      return turn ? "ack_turn" : "ack_activity";
    case Verb::abandon:
      return turn ? "abandon_turn" : "abandon_activity";
    case Verb::renew:
      return turn ? "renew_turn" : "renew_activity";
  }
  return "";
}

constexpr const char* name(Fate fate) {
  switch (fate) {
    case Fate::empty:
      return "an_empty_token";
    case Fate::never_issued:
      return "an_unknown_token";
    case Fate::of_the_other_queue:
      return "a_token_of_the_other_queue";
    case Fate::used:
      return "a_used_token";
    case Fate::abandoned:
      return "an_abandoned_token";
    case Fate::cancelled:
      return "a_cancelled_token";
    case Fate::superseded:
      return "a_superseded_token";
    case Fate::expired:
      return "an_expired_token";
  }
  return "";
}

// The whole table of calls and fates: each pair is a defect of its own.
class AcceptingDefects {
 public:
  AcceptingDefects() {
    add_queue<Queue::turns>();
    add_queue<Queue::activities>();
    add<Queue::activities, Fate::cancelled>();
  }
  const std::vector<Defect>& rows() const { return rows_; }

 private:
  template <Queue queue>
  void add_queue() {
    add<queue, Fate::empty>();
    add<queue, Fate::never_issued>();
    add<queue, Fate::of_the_other_queue>();
    add<queue, Fate::used>();
    add<queue, Fate::abandoned>();
    add<queue, Fate::superseded>();
    add<queue, Fate::expired>();
  }
  template <Queue queue, Fate fate>
  void add() {
    add<queue, Verb::ack, fate>();
    add<queue, Verb::abandon, fate>();
    add<queue, Verb::renew, fate>();
  }
  template <Queue queue, Verb verb, Fate fate>
  void add() {
    const std::string call = name(queue, verb);
    names_.push_back(std::make_unique<std::string>(call + "_accepts_" + name(fate)));
    rows_.push_back({names_.back()->c_str(), requirement("LOCK_9"),
                     "Answers success to this call with such a token, and does nothing.",
                     spoil_watched<Accepts<queue, verb, fate>>});
  }

  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<Defect> rows_;
};

// --- LOCK_10

// The first fetch of a handle decides how long all its locks last.
template <Queue queue>
class KeepsTheFirstTimeout : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn other = options;
    if (queue == Queue::turns) other.lock_timeout = first(options.lock_timeout);
    return inner().fetch_turn(other);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity other = options;
    if (queue == Queue::activities) other.lock_timeout = first(options.lock_timeout);
    return inner().fetch_activity(other);
  }

 private:
  Duration first(Duration asked) {
    std::int64_t none = 0;
    if (asked <= Duration(0)) return asked;
    return first_.compare_exchange_strong(none, asked.count()) ? asked : Duration(none);
  }
  std::atomic<std::int64_t> first_{0};
};

// A redelivered item is locked as long as the first time.
template <Queue queue>
class RelocksAsBefore : public Watched {
 public:
  using Watched::Watched;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return relocked(inner().fetch_turn(options), options.lock_timeout);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return relocked(inner().fetch_activity(options), options.lock_timeout);
  }

 private:
  template <class Fetched>
  Result<std::optional<Fetched>> relocked(Result<std::optional<Fetched>> answer, Duration asked) {
    if (!answer || !answer.value()) return answer;
    const Item item = item_of(*answer.value());
    const LockToken& token = answer.value()->token;
    if (const auto before = ledger().latest(item); before && item.queue == queue) {
      const Lock last = *ledger().find(*before);
      if (last.fate != Fate::used) asked = last.asked;
      (void)renew(queue, token, asked);
    }
    ledger().issue(token.value, {item, asked, rules::later(now(), asked), {}});
    return answer;
  }
};

}  // namespace

std::span<const Defect> lock_defects() {
  constexpr Queue kTurns = Queue::turns;
  constexpr Queue kActivities = Queue::activities;
  static const std::vector<Defect> rows = [] {
    std::vector<Defect> all = {
        // LOCK_1
        {"turn_lock_never_ends", requirement("LOCK_1"), "A fetched turn stays locked for years.",
         spoil_watched<WrongTimeout<kTurns, thirty_years>>},
        {"activity_lock_never_ends", requirement("LOCK_1"),
         "A fetched activity stays locked for years.",
         spoil_watched<WrongTimeout<kActivities, thirty_years>>},
        {"turn_lock_ends_a_millisecond_late", requirement("LOCK_1"),
         "An instance is still locked at the deadline itself.",
         spoil_watched<WrongTimeout<kTurns, a_millisecond_more>>},
        {"activity_lock_ends_a_millisecond_late", requirement("LOCK_1"),
         "An activity is still locked at the deadline itself.",
         spoil_watched<WrongTimeout<kActivities, a_millisecond_more>>},
        {"turn_lock_ends_a_millisecond_early", requirement("LOCK_1"),
         "An instance is free one millisecond before the deadline.",
         spoil_watched<WrongTimeout<kTurns, a_millisecond_less>>},
        {"activity_lock_ends_a_millisecond_early", requirement("LOCK_1"),
         "An activity is free one millisecond before the deadline.",
         spoil_watched<WrongTimeout<kActivities, a_millisecond_less>>},
        {"redelivery_has_the_old_token", requirement("LOCK_1"),
         "Whoever takes over after expiry gets the token of the first holder.",
         spoil_watched<RedeliversWithTheOldToken>},
        {"expired_turn_needs_a_sweep", requirement("LOCK_1"),
         "The first fetch after expiry only clears the lock; the instance comes with the next.",
         spoil_watched<OnlySweepsWhatRanOut<kTurns>>},
        {"expired_activity_needs_a_sweep", requirement("LOCK_1"),
         "The first fetch after expiry only clears the lock; the activity comes with the next.",
         spoil_watched<OnlySweepsWhatRanOut<kActivities>>},
        {"expired_activity_is_forgotten", requirement("LOCK_1"),
         "An activity whose holder let the lock run out never comes back.",
         spoil_watched<ForgetsActivitiesThatRanOut>},

        // LOCK_2
        {"expired_turn_can_be_acked", requirement("LOCK_2"),
         "A turn's ack takes effect after the deadline if nobody took over.",
         spoil_watched<RevivesWhatRanOut<kTurns, Verb::ack>>},
        {"expired_activity_can_be_acked", requirement("LOCK_2"),
         "An activity's ack takes effect after the deadline if nobody took over.",
         spoil_watched<RevivesWhatRanOut<kActivities, Verb::ack>>},
        {"expired_turn_can_be_abandoned", requirement("LOCK_2"),
         "Abandoning a turn takes effect after the deadline if nobody took over.",
         spoil_watched<RevivesWhatRanOut<kTurns, Verb::abandon>>},
        {"expired_activity_can_be_abandoned", requirement("LOCK_2"),
         "Abandoning an activity takes effect after the deadline if nobody took over.",
         spoil_watched<RevivesWhatRanOut<kActivities, Verb::abandon>>},
        {"token_is_good_at_its_deadline", requirement("LOCK_2"),
         "At the instant of the deadline others may fetch, and the old token still works.",
         spoil_watched<HoldsAtItsDeadline>},

        // LOCK_3
        {"stale_ack_turn_acts_for_the_new_holder", requirement("LOCK_3"),
         "A turn's ack looks for the instance's lock, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kTurns, Verb::ack>>},
        {"stale_abandon_turn_acts_for_the_new_holder", requirement("LOCK_3"),
         "Abandoning a turn frees the instance, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kTurns, Verb::abandon>>},
        {"stale_renew_turn_acts_for_the_new_holder", requirement("LOCK_3"),
         "Renewing a turn moves the instance's deadline, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kTurns, Verb::renew>>},
        {"stale_ack_activity_acts_for_the_new_holder", requirement("LOCK_3"),
         "An activity's ack removes it, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kActivities, Verb::ack>>},
        {"stale_abandon_activity_acts_for_the_new_holder", requirement("LOCK_3"),
         "Abandoning an activity frees it, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kActivities, Verb::abandon>>},
        {"stale_renew_activity_acts_for_the_new_holder", requirement("LOCK_3"),
         "Renewing an activity moves its deadline, whoever holds it.",
         spoil_watched<ActsForTheNewHolder<kActivities, Verb::renew>>},
        {"stale_ack_still_sends", requirement("LOCK_3"),
         "The ack of a superseded holder is refused, but what it enqueues is enqueued.",
         spoil_watched<LostAckStillSends>},
        {"stale_call_frees_the_new_turn_lock", requirement("LOCK_3"),
         "A superseded holder's call is refused and clears the instance's present lock.",
         spoil_watched<StaleCallFreesTheLock<kTurns>>},
        {"stale_call_frees_the_new_activity_lock", requirement("LOCK_3"),
         "A superseded holder's call is refused and clears the activity's present lock.",
         spoil_watched<StaleCallFreesTheLock<kActivities>>},

        // LOCK_4
        {"renew_turn_adds_to_the_deadline", requirement("LOCK_4"),
         "The extension counts from the old deadline.",
         spoil_watched<WrongExtension<kTurns, added_to_the_deadline>>},
        {"renew_activity_adds_to_the_deadline", requirement("LOCK_4"),
         "The extension counts from the old deadline.",
         spoil_watched<WrongExtension<kActivities, added_to_the_deadline>>},
        {"renew_turn_never_shortens", requirement("LOCK_4"),
         "A deadline only moves into the future.",
         spoil_watched<WrongExtension<kTurns, never_shorter>>},
        {"renew_activity_never_shortens", requirement("LOCK_4"),
         "A deadline only moves into the future.",
         spoil_watched<WrongExtension<kActivities, never_shorter>>},
        {"renew_turn_extends_nothing", requirement("LOCK_4"), "Success, and the old deadline.",
         spoil_watched<WrongExtension<kTurns, not_at_all>>},
        {"renew_activity_extends_nothing", requirement("LOCK_4"), "Success, and the old deadline.",
         spoil_watched<WrongExtension<kActivities, not_at_all>>},
        {"renew_turn_takes_the_timeout_of_the_fetch", requirement("LOCK_4"),
         "Every renewal is as long as the fetch's lock timeout.",
         spoil_watched<WrongExtension<kTurns, as_fetched>>},
        {"renew_activity_takes_the_timeout_of_the_fetch", requirement("LOCK_4"),
         "Every renewal is as long as the fetch's lock timeout.",
         spoil_watched<WrongExtension<kActivities, as_fetched>>},
        {"renew_turn_counts_whole_seconds", requirement("LOCK_4"),
         "Parts of a second are cut from the extension.",
         spoil_watched<WrongExtension<kTurns, in_whole_seconds>>},
        {"renew_activity_counts_whole_seconds", requirement("LOCK_4"),
         "Parts of a second are cut from the extension.",
         spoil_watched<WrongExtension<kActivities, in_whole_seconds>>},
        {"renew_turn_is_a_millisecond_short", requirement("LOCK_4"),
         "The new deadline is a millisecond early.",
         spoil_watched<WrongExtension<kTurns, a_millisecond_short>>},
        {"renew_activity_is_a_millisecond_over", requirement("LOCK_4"),
         "The new deadline is a millisecond late.",
         spoil_watched<WrongExtension<kActivities, a_millisecond_over>>},
        {"renew_turn_uses_up_the_token", requirement("LOCK_4"),
         "After a renewal the instance's lock has another token, which nobody knows.",
         spoil_watched<RenewUsesUpTheToken<kTurns>>},
        {"renew_activity_uses_up_the_token", requirement("LOCK_4"),
         "After a renewal the activity's lock has another token, which nobody knows.",
         spoil_watched<RenewUsesUpTheToken<kActivities>>},

        // LOCK_5
        {"renew_revives_an_expired_turn", requirement("LOCK_5"),
         "A turn's lock that ran out is taken anew by renewing it.",
         spoil_watched<RevivesWhatRanOut<kTurns, Verb::renew>>},
        {"renew_revives_an_expired_activity", requirement("LOCK_5"),
         "An activity's lock that ran out is taken anew by renewing it.",
         spoil_watched<RevivesWhatRanOut<kActivities, Verb::renew>>},

        // LOCK_6
        {"abandon_turn_keeps_the_lock", requirement("LOCK_6"),
         "An abandoned instance is locked until the old deadline.",
         spoil_watched<AbandonKeepsTheLock<kTurns>>},
        {"abandon_activity_keeps_the_lock", requirement("LOCK_6"),
         "An abandoned activity is locked until the old deadline.",
         spoil_watched<AbandonKeepsTheLock<kActivities>>},
        {"abandon_turn_forgets_its_delay", requirement("LOCK_6"),
         "An abandoned batch is deliverable at once, whatever the delay.",
         spoil_watched<WrongDelay<kTurns, none>>},
        {"abandon_activity_forgets_its_delay", requirement("LOCK_6"),
         "An abandoned activity is deliverable at once, whatever the delay.",
         spoil_watched<WrongDelay<kActivities, none>>},
        {"abandon_turn_counts_whole_seconds", requirement("LOCK_6"),
         "Parts of a second are cut from the delay.",
         spoil_watched<WrongDelay<kTurns, whole_seconds_or_none>>},
        {"abandon_activity_counts_whole_seconds", requirement("LOCK_6"),
         "Parts of a second are cut from the delay.",
         spoil_watched<WrongDelay<kActivities, whole_seconds_or_none>>},
        {"abandon_turn_hides_for_a_moment", requirement("LOCK_6"),
         "Without a delay an abandoned batch is hidden for a millisecond all the same.",
         spoil_watched<WrongDelay<kTurns, at_least_a_millisecond>>},
        {"abandon_activity_hides_for_a_moment", requirement("LOCK_6"),
         "Without a delay an abandoned activity is hidden for a millisecond all the same.",
         spoil_watched<WrongDelay<kActivities, at_least_a_millisecond>>},
        {"abandon_turn_hides_later_messages", requirement("LOCK_6"),
         "The delay also hides what arrived while the instance was locked.",
         spoil_watched<AbandonHidesLaterMessages>},
        {"abandoned_messages_go_to_the_end", requirement("LOCK_6"),
         "An abandoned batch comes behind the messages that arrived since.",
         spoil_sharing<AbandonedMessagesGoToTheEnd>},
        {"abandoned_activities_go_to_the_end", requirement("LOCK_6"),
         "An abandoned activity comes behind all others.",
         spoil_sharing<AbandonedActivitiesGoToTheEnd>},
        {"abandoned_messages_lose_a_payload", requirement("LOCK_6"),
         "The first message of an abandoned batch comes back empty.",
         spoil_watched<AbandonLosesPayloads<kTurns>>},
        {"abandoned_activities_lose_their_payload", requirement("LOCK_6"),
         "An abandoned activity comes back empty.",
         spoil_watched<AbandonLosesPayloads<kActivities>>},

        // LOCK_7
        {"tokens_are_counted_by_each_handle", requirement("LOCK_7"),
         "Two handles give out the same tokens.", spoil_watched<CountsTokensPerHandle>},
        {"token_is_the_time", requirement("LOCK_7"),
         "Locks that are taken in one millisecond have one token.", spoil_watched<TokenIsTheTime>},
        {"token_is_the_item", requirement("LOCK_7"),
         "A token is made of the instance's or activity's key, the same at every delivery.",
         spoil_watched<TokenIsTheItem>},
        {"token_count_restarts_with_the_store", requirement("LOCK_7"),
         "Tokens are counted from 1 again when the store is opened again.",
         spoil_watched<CountsTokensSinceOpening>, Spoils::sqlite},
        {"first_half_of_a_token_is_enough", requirement("LOCK_7"),
         "Only the first 16 bytes of a token are compared.",
         spoil_watched<ComparesLoosely<its_beginning>>},
        {"last_byte_of_a_token_does_not_count", requirement("LOCK_7"),
         "The last byte of a token is not compared.",
         spoil_watched<ComparesLoosely<all_but_its_last_byte>>},
        {"case_of_a_token_does_not_count", requirement("LOCK_7"),
         "Tokens are compared without regard to letter case.",
         spoil_watched<ComparesLoosely<lower>>},

        // LOCK_8
        {"one_lock_for_all_turns", requirement("LOCK_8"),
         "While one instance is locked, no other is handed out.",
         spoil_watched<OneLockForAll<kTurns>>},
        {"one_lock_for_all_activities", requirement("LOCK_8"),
         "While one activity is locked, no other is handed out.",
         spoil_watched<OneLockForAll<kActivities>>},
        {"locked_turn_hides_its_activities", requirement("LOCK_8"),
         "While an instance is locked, none of its activities is handed out.",
         spoil_watched<ActivitiesWaitForTheirInstance<kTurns>>},
        {"locked_activity_hides_its_siblings", requirement("LOCK_8"),
         "While an activity is locked, no other of the same instance is handed out.",
         spoil_watched<ActivitiesWaitForTheirInstance<kActivities>>},
        {"ended_turn_ends_other_renewals", requirement("LOCK_8"),
         "Once a turn was acked or abandoned, renewing other turns' locks has no effect.",
         spoil_watched<OneEndEndsRenewals<kTurns>>},
        {"ended_activity_ends_other_renewals", requirement("LOCK_8"),
         "Once an activity was acked or abandoned, renewing other activities has no effect.",
         spoil_watched<OneEndEndsRenewals<kActivities>>},

        // LOCK_9
        {"empty_token_is_the_last_turn", requirement("LOCK_9"),
         "A turn call without a token means what this handle fetched last.",
         spoil_watched<EmptyMeansTheLastLock<kTurns>>},
        {"empty_token_is_the_last_activity", requirement("LOCK_9"),
         "An activity call without a token means what this handle fetched last.",
         spoil_watched<EmptyMeansTheLastLock<kActivities>>},
        {"blanks_around_a_token_do_not_count", requirement("LOCK_9"),
         "A token is accepted with blanks added to it.",
         spoil_watched<ComparesLoosely<without_blanks>>},
        {"text_after_a_token_does_not_count", requirement("LOCK_9"),
         "A token is accepted with anything added to it.",
         spoil_watched<ComparesLoosely<its_first_32_bytes>>},
        {"ack_turn_frees_all_turns", requirement("LOCK_9"), "A turn's ack ends all turns' locks.",
         spoil_watched<TouchesTheOthersToo<kTurns, Verb::ack>>},
        {"abandon_turn_frees_all_turns", requirement("LOCK_9"),
         "Abandoning a turn ends all turns' locks.",
         spoil_watched<TouchesTheOthersToo<kTurns, Verb::abandon>>},
        {"renew_turn_renews_all_turns", requirement("LOCK_9"),
         "Renewing a turn's lock also renews those of all other turns.",
         spoil_watched<TouchesTheOthersToo<kTurns, Verb::renew>>},
        {"ack_activity_frees_all_activities", requirement("LOCK_9"),
         "An activity's ack ends all activities' locks.",
         spoil_watched<TouchesTheOthersToo<kActivities, Verb::ack>>},
        {"abandon_activity_frees_all_activities", requirement("LOCK_9"),
         "Abandoning an activity ends all activities' locks.",
         spoil_watched<TouchesTheOthersToo<kActivities, Verb::abandon>>},
        {"renew_activity_renews_all_activities", requirement("LOCK_9"),
         "Renewing an activity's lock also renews those of all other activities.",
         spoil_watched<TouchesTheOthersToo<kActivities, Verb::renew>>},

        // LOCK_10
        {"turn_lock_timeout_is_half_a_minute", requirement("LOCK_10"),
         "Every turn is locked for the default of 30 seconds.",
         spoil_watched<WrongTimeout<kTurns, half_a_minute>>},
        {"activity_lock_timeout_is_half_a_minute", requirement("LOCK_10"),
         "Every activity is locked for the default of 30 seconds.",
         spoil_watched<WrongTimeout<kActivities, half_a_minute>>},
        {"turn_lock_timeout_is_that_of_the_first_fetch", requirement("LOCK_10"),
         "All fetches of a handle lock for as long as its first.",
         spoil_with<KeepsTheFirstTimeout<kTurns>>},
        {"activity_lock_timeout_is_that_of_the_first_fetch", requirement("LOCK_10"),
         "All fetches of a handle lock for as long as its first.",
         spoil_with<KeepsTheFirstTimeout<kActivities>>},
        {"turn_is_locked_again_as_before", requirement("LOCK_10"),
         "A redelivered turn has the lock timeout of the first delivery.",
         spoil_watched<RelocksAsBefore<kTurns>>},
        {"activity_is_locked_again_as_before", requirement("LOCK_10"),
         "A redelivered activity has the lock timeout of the first delivery.",
         spoil_watched<RelocksAsBefore<kActivities>>},
        {"turn_lock_timeout_is_tenfold", requirement("LOCK_10"),
         "A turn's lock lasts ten times as long as asked for.",
         spoil_watched<WrongTimeout<kTurns, ten_times_as_long>>},
        {"activity_lock_timeout_counts_whole_seconds", requirement("LOCK_10"),
         "Parts of a second are cut from an activity's lock timeout.",
         spoil_watched<WrongTimeout<kActivities, whole_seconds>>},

        // LOCK_11
        {"tokens_are_a_count", requirement("LOCK_11"),
         "Tokens are unique, and consecutive numbers.", spoil_watched<CountsTokens>},
        {"tokens_are_the_time_and_a_count", requirement("LOCK_11"),
         "Tokens are unique, and made of the time and a number.",
         spoil_watched<TokenIsTheTimeAndACount>},
        {"tokens_have_32_bits", requirement("LOCK_11"), "Tokens are random, but of 32 bits only.",
         spoil_watched<TokensAreShort>},

        // TIME_1
        {"long_turn_lock_wraps", requirement("TIME_1"),
         "A turn's lock timeout is kept as 32-bit milliseconds; weeks are negative.",
         spoil_watched<WrongTimeout<kTurns, in_32_bits>>},
        {"long_activity_lock_wraps", requirement("TIME_1"),
         "An activity's lock timeout is kept as 32-bit milliseconds; weeks are negative.",
         spoil_watched<WrongTimeout<kActivities, in_32_bits>>},
        {"turn_lock_is_at_most_a_day", requirement("TIME_1"),
         "Longer lock timeouts of turns are cut to a day.",
         spoil_watched<WrongTimeout<kTurns, at_most_a_day>>},
        {"activity_lock_is_at_least_a_second", requirement("TIME_1"),
         "Shorter lock timeouts of activities are raised to a second.",
         spoil_watched<WrongTimeout<kActivities, at_least_a_second>>},
        {"turn_lock_is_at_least_a_second", requirement("TIME_1"),
         "Shorter lock timeouts of turns are raised to a second.",
         spoil_watched<WrongTimeout<kTurns, at_least_a_second>>},
        {"far_visible_time_wraps", requirement("TIME_1"),
         "A visible time that does not fit 64-bit nanoseconds makes the message visible at once.",
         spoil_with<WrongVisibleTime<at_once_when_very_far>>},
        {"visible_time_before_1970_is_never", requirement("TIME_1"),
         "A visible time before 1970 is read as one in the far future.",
         spoil_with<WrongVisibleTime<never_when_before_1970>>},
        {"visible_time_is_rounded_up", requirement("TIME_1"),
         "A message is visible at the next full second.",
         spoil_with<WrongVisibleTime<rounded_up_to_a_second>>},
        {"visible_time_is_rounded_down", requirement("TIME_1"),
         "A message is visible at the beginning of its second.",
         spoil_with<WrongVisibleTime<rounded_down_to_a_second>>},
        {"enqueue_delay_counts_whole_seconds", requirement("TIME_1"),
         "Parts of a second are cut from the delay of an enqueued message.",
         spoil_with<WrongEnqueueDelay<whole_seconds_or_none>>},
        {"enqueue_delay_is_a_millisecond_over", requirement("TIME_1"),
         "An enqueued message is hidden a millisecond too long.",
         spoil_with<WrongEnqueueDelay<a_millisecond_more>>},
        {"long_enqueue_delay_wraps", requirement("TIME_1"),
         "A delay of centuries makes the message visible at once.",
         spoil_with<WrongEnqueueDelay<in_nanoseconds>>},
        {"long_turn_abandon_delay_wraps", requirement("TIME_1"),
         "An abandoned turn's delay of weeks is none.",
         spoil_watched<WrongDelay<kTurns, in_32_bits>>},
        {"long_activity_abandon_delay_wraps", requirement("TIME_1"),
         "An abandoned activity's delay of weeks is none.",
         spoil_watched<WrongDelay<kActivities, in_32_bits>>},
        {"long_turn_renewal_wraps", requirement("TIME_1"),
         "A turn's renewal by weeks ends at once.",
         spoil_watched<WrongExtension<kTurns, extended_in_32_bits>>},
        {"long_activity_renewal_wraps", requirement("TIME_1"),
         "An activity's renewal by weeks ends at once.",
         spoil_watched<WrongExtension<kActivities, extended_in_32_bits>>},
    };
    static const AcceptingDefects accepting;
    for (const Defect& row : accepting.rows()) all.push_back(row);
    return all;
  }();
  return rows;
}

}  // namespace ackproof
