// What many defects are made of, so that each is left with its one idea.
//
// A defect is a struct over one of these bases; `using X::X;` gives it the constructor that
// `spoil_with` or `spoil_sharing` calls.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contract/forwarding_provider.h"
#include "tests/mutants/defect.h"

namespace ackproof {

// --- Steps

// Long enough for another thread to look or to act in between.
inline void linger() { std::this_thread::sleep_for(Duration(1)); }

// Where callers that race meet, between a look and what they do about it.
class Crossing {
 public:
  // Returns when another caller has come here, too, or after a while in which none did.
  void pass() {
    const std::uint64_t mine = ++arrivals_;
    for (int n = 0; n < 20 && arrivals_ == mine; ++n) linger();
  }

 private:
  std::atomic<std::uint64_t> arrivals_ = 0;
};

// Enqueues what a commit brings to the queues, beside any transaction.
inline void enqueue_items(Provider& inner, const TurnCommit& commit) {
  for (const Activity& activity : commit.activities) (void)inner.enqueue_activity(activity);
  for (const Message& message : commit.messages) (void)inner.enqueue_message(message);
}

inline bool lost(const Result<void>& result) {
  return !result && result.error().kind == ErrorKind::lock_lost;
}

// What is stored about an instance; nothing also when the id is no id.
inline std::optional<InstanceInfo> record(Provider& inner, const std::string& instance) {
  Result<std::optional<InstanceInfo>> info = inner.read_instance(instance);
  return info ? std::move(info.value()) : std::nullopt;
}

// All turns that can be had now. Whoever does not keep them gives them back with `unfetch`.
inline std::vector<Turn> fetch_all(Provider& inner, const FetchTurn& options) {
  std::vector<Turn> turns;
  for (;;) {
    Result<std::optional<Turn>> turn = inner.fetch_turn(options);
    if (!turn || !turn.value()) return turns;
    turns.push_back(std::move(*turn.value()));
  }
}

inline void unfetch(Provider& inner, const Turn& turn) {
  (void)inner.abandon_turn(turn.token, {.ignore_attempt = true});
}

// --- Defects without memory

// Stores another commit than the one that it was given.
template <void (*change)(TurnCommit&)>
struct ChangesCommits : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    change(changed);
    return inner().ack_turn(token, changed);
  }
};

// Hands out another turn than the one that it got.
template <void (*change)(Turn&)>
struct ChangesTurns : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) change(*turn.value());
    return turn;
  }
};

// The same, for instances that do not exist yet and for those that do.
template <void (*change)(Turn&), bool exists>
struct ChangesTurnsIfItExists : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    if (record(inner(), turn.value()->instance).has_value() == exists) {
      change(*turn.value());
    }
    return turn;
  }
};
template <void (*change)(Turn&)>
using ChangesTurnsOfNew = ChangesTurnsIfItExists<change, false>;
template <void (*change)(Turn&)>
using ChangesTurnsOfOld = ChangesTurnsIfItExists<change, true>;

// Enqueues another message, or with another delay, than it was given. Commits are left alone.
template <void (*change)(Message&, Duration&)>
struct ChangesMessages : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    Message changed = message;
    change(changed, delay);
    return inner().enqueue_message(changed, delay);
  }
};

// --- Defects with memory

// All handles of one store share one `State`. `state()` locks it until the end of the statement, or
// of the block when it is kept in a variable.
template <class State>
class Sharing : public ForwardingProvider {
 public:
  struct Shared {
    std::recursive_mutex mutex;
    State state;
  };
  Sharing(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : ForwardingProvider(std::move(inner)), shared_(std::move(shared)) {}

 protected:
  class Locked {
   public:
    explicit Locked(Shared& shared) : lock_(shared.mutex), state_(shared.state) {}
    State* operator->() { return &state_; }
    State& operator*() { return state_; }

   private:
    std::unique_lock<std::recursive_mutex> lock_;
    State& state_;
  };
  Locked state() { return Locked(*shared_); }

 private:
  std::shared_ptr<Shared> shared_;
};

// The `spoil` of such a defect whose handles share nothing: what each keeps ends with it.
template <class D>
std::unique_ptr<Provider> spoil_alone(std::unique_ptr<Provider> inner, const Scope&) {
  return std::make_unique<D>(std::move(inner), std::make_shared<typename D::Shared>());
}

// For a State that looks at the store's clock: of a defect that is made with `spoil_timed`.
struct Timed {
  std::shared_ptr<Clock> clock;
};

template <class D>
std::unique_ptr<Provider> spoil_timed(std::unique_ptr<Provider> inner, const Scope& scope) {
  const auto shared = shared_of<typename D::Shared>(scope);
  {
    const std::lock_guard lock(shared->mutex);
    if (!shared->state.clock) {
      shared->state.clock = scope.clock ? scope.clock : std::make_shared<SystemClock>();
    }
  }
  return std::make_unique<D>(std::move(inner), shared);
}

struct Nothing {};

template <class State>
struct WithTurns : State {
  std::unordered_map<std::string, Turn> turns;  // By token, also of locks that ended.
};

// Remembers what each token opened, and can say what it was: all of the turn but its history.
template <class State = Nothing>
class KnowsTurns : public Sharing<WithTurns<State>> {
 public:
  using Sharing<WithTurns<State>>::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = this->inner().fetch_turn(options);
    if (turn && turn.value()) {
      Turn kept = *turn.value();
      kept.history.clear();
      this->state()->turns[kept.token.value] = std::move(kept);
    }
    return turn;
  }

 protected:
  std::optional<Turn> turn_of(const LockToken& token) {
    auto locked = this->state();
    const auto found = locked->turns.find(token.value);
    if (found == locked->turns.end()) return std::nullopt;
    return found->second;
  }
};

struct AckedExecutions {
  std::map<std::string, std::set<std::uint64_t>> executions;  // By instance.
};

// Remembers which executions each instance has.
class KnowsExecutions : public KnowsTurns<AckedExecutions> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->executions[turn_of(token)->instance].insert(commit.execution);
    return acked;
  }

 protected:
  // The events of all executions of the instance that are lower than this one.
  std::vector<Event> events_before(const std::string& instance, std::uint64_t execution) {
    std::vector<Event> events;
    auto known = state();
    for (const std::uint64_t lower : known->executions[instance]) {
      const Result<std::vector<Event>> history = inner().read_history(instance, lower);
      if (lower >= execution || !history) continue;
      events.insert(events.end(), history.value().begin(), history.value().end());
    }
    return events;
  }
};

}  // namespace ackproof
