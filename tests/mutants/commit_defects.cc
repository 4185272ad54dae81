// Providers whose ack breaks a clause of ACK.
#include <algorithm>
#include <ranges>
#include <set>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

bool refused(const Result<void>& acked) { return !acked && !lost(acked); }

bool is_invalid(const Result<void>& acked) {
  return !acked && acked.error().kind == ErrorKind::invalid;
}

bool conflicts(const Result<void>& acked) {
  return !acked && acked.error().kind == ErrorKind::conflict;
}

Error refusal(ErrorKind kind, const char* why) { return {kind, "ack_turn", why}; }

// For those who put off a part of the commit.
rules::Refusal bad_arguments(Provider& inner, const TurnCommit& commit) {
  return rules::ack_turn(inner.describe().capabilities, commit);
}

ActivityKey key_of(const Activity& activity) {
  return {activity.instance, activity.execution, activity.id};
}

// Of a commit to an instance that is stored like this, or not at all (null).
bool is_late(const TurnCommit& commit, const InstanceInfo* before) {
  return before != nullptr && commit.execution < before->execution;
}
bool is_next(const TurnCommit& commit, const InstanceInfo* before) {
  return before != nullptr && commit.execution > before->execution;
}

// Stores another commit than the one that it was given, knowing the turn and the record.
template <void (*change)(TurnCommit&, const Turn&, const InstanceInfo* before)>
struct ChangesKnownCommits : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    const std::optional<InstanceInfo> before = record(inner(), turn->instance);
    TurnCommit changed = commit;
    change(changed, *turn, before ? &*before : nullptr);
    return inner().ack_turn(token, changed);
  }
};

// Refuses what it should take.
template <bool (*is_refused)(const TurnCommit&, const InstanceInfo* before), ErrorKind kind>
struct RefusesCommits : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const std::optional<InstanceInfo> before =
        turn ? record(inner(), turn->instance) : std::nullopt;
    if (turn && is_refused(commit, before ? &*before : nullptr)) {
      return refusal(kind, "not such a commit");
    }
    return inner().ack_turn(token, commit);
  }
};

struct Noted {
  std::map<std::string, Metadata> metadata;  // By instance.
};

// Notes some metadata of every commit, leaves some out of it, and shows records by what it noted.
template <void (*note)(Metadata& noted, const Metadata& given),
          void (*show)(InstanceInfo&, const Metadata& noted),
          void (*leave_out)(TurnCommit&, const InstanceInfo& before) = nullptr>
struct ShowsRecords : KnowsTurns<Noted> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    TurnCommit changed = commit;
    if constexpr (leave_out != nullptr) {
      const auto before = turn ? record(inner(), turn->instance) : std::nullopt;
      if (before) leave_out(changed, *before);
    }
    const Result<void> acked = inner().ack_turn(token, changed);
    if (acked) note(state()->metadata[turn->instance], commit.metadata);
    return acked;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    if (info && info.value()) show(*info.value(), state()->metadata[instance]);
    return info;
  }
};

// --- ACK_1

struct RefusedAckLeavesActivities : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (refused(acked)) enqueue_items(inner(), {.activities = commit.activities});
    return acked;
  }
};

struct RefusedAckLeavesMessages : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (refused(acked)) enqueue_items(inner(), {.messages = commit.messages});
    return acked;
  }
};

struct EventsOf {
  std::map<std::string, std::vector<Event>> events;  // By instance.
};

struct RefusedAckLeavesEvents : KnowsTurns<EventsOf> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (conflicts(acked)) state()->events[turn_of(token)->instance] = commit.events;
    return acked;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history) return history;
    std::vector<Event>& list = history.value();
    auto left_over = state();
    for (const Event& left : left_over->events[instance]) {
      if (std::ranges::count(list, left.id, &Event::id) == 0) list.push_back(left);
    }
    return history;
  }
};

struct ItemsComeInASecondStep : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const rules::Refusal bad = bad_arguments(inner(), commit)) return *bad;
    TurnCommit first = commit;
    TurnCommit second = {.activities = std::exchange(first.activities, {}),
                         .messages = std::exchange(first.messages, {})};
    std::erase_if(second.activities, [&](const Activity& activity) {
      return std::ranges::count(commit.cancelled, key_of(activity)) != 0;
    });
    const Result<void> acked = inner().ack_turn(token, first);
    if (!acked) return acked;
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the reader wait.
    enqueue_items(inner(), second);
    return acked;
  }
};

// Readers see the events of an ack a moment after the rest of it.
struct EventsComeInASecondStep : KnowsTurns<EventsOf> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    state()->events[turn->instance] = commit.events;
    const Result<void> acked = inner().ack_turn(token, commit);
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the reader wait.
    state()->events.erase(turn->instance);
    return acked;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    auto late = state();
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history) return history;
    std::erase_if(history.value(), [&](const Event& event) {
      return std::ranges::count(late->events[instance], event) != 0;
    });
    return history;
  }
};

// --- ACK_2

// Applies what can be applied without a lock when `accepts` says so, and reports success.
template <class State, bool (*accepts)(WithTurns<State>&, const LockToken&)>
struct AcksWithDeadToken : KnowsTurns<State> {
  using KnowsTurns<State>::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = this->inner().ack_turn(token, commit);
    if (acked) this->state()->ended.insert(token.value);
    if (!lost(acked) || !accepts(*this->state(), token)) return acked;
    enqueue_items(this->inner(), commit);
    return {};
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = this->inner().abandon_turn(token, how);
    if (abandoned) this->state()->abandoned.insert(token.value);
    return abandoned;
  }
};

struct Ends {
  std::set<std::string> ended;      // By an ack.
  std::set<std::string> abandoned;  // By an abandon.
};

bool expired(WithTurns<Ends>& seen, const LockToken& token) {
  return seen.turns.contains(token.value) && !seen.ended.contains(token.value) &&
         !seen.abandoned.contains(token.value);
}
bool abandoned(WithTurns<Ends>& seen, const LockToken& token) {
  return seen.abandoned.contains(token.value);
}
bool acked_before(WithTurns<Ends>& seen, const LockToken& token) {
  return seen.ended.contains(token.value);
}

struct UnknownTokenAcksInSilence : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (!turn_of(token)) return {};
    return inner().ack_turn(token, commit);
  }
};

struct WritesBeforeItChecksTheToken : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (lost(acked)) enqueue_items(inner(), {.activities = commit.activities});
    return acked;
  }
};

struct Latest {
  std::map<std::string, LockToken> tokens;  // By instance.
};

// Finds the lock by the instance of the token, not by the token.
struct StaleTokenCommitsForTheNewHolder : KnowsTurns<Latest> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) state()->tokens[turn.value()->instance] = turn.value()->token;
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    const LockToken latest = state()->tokens[turn->instance];
    return inner().ack_turn(latest, commit);
  }
};

// --- ACK_3

// Checks the token by a plain read, and then acts on what it has read.
struct RacingAcksBothSucceed : Sharing<Ends> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const bool was_ended = state()->ended.contains(token.value);
    linger();
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->ended.insert(token.value);
    if (!lost(acked) || was_ended || !state()->ended.contains(token.value)) return acked;
    enqueue_items(inner(), commit);
    return {};
  }
};

struct RepeatedAckReportsSuccess : Sharing<Ends> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (state()->ended.contains(token.value)) return {};
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->ended.insert(token.value);
    return acked;
  }
};

// --- ACK_4

void drop_repeated_events(TurnCommit& commit) {
  std::set<std::uint64_t> seen;
  std::erase_if(commit.events, [&](const Event& event) { return !seen.insert(event.id).second; });
}

struct StoredEventsAreSkipped : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!conflicts(acked)) return acked;
    TurnCommit rest = commit;
    const auto stored = inner().read_history(turn_of(token)->instance, commit.execution);
    if (!stored) return acked;
    std::erase_if(rest.events, [&](const Event& event) {
      return std::ranges::count(stored.value(), event.id, &Event::id) != 0;
    });
    return inner().ack_turn(token, rest);
  }
};

struct StoredLateEventsAreSkipped : StoredEventsAreSkipped {
  using StoredEventsAreSkipped::StoredEventsAreSkipped;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn || commit.execution >= turn->execution) return inner().ack_turn(token, commit);
    return StoredEventsAreSkipped::ack_turn(token, commit);
  }
};

struct Overwritten {
  std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>> events;
};

// INSERT OR REPLACE: what is read afterwards is the second event.
struct StoredEventsAreOverwritten : KnowsTurns<Overwritten> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!conflicts(acked)) return acked;
    TurnCommit rest = commit;
    const std::string instance = turn_of(token)->instance;
    const auto stored = inner().read_history(instance, commit.execution);
    if (!stored) return acked;
    const auto fresh = std::ranges::stable_partition(rest.events, [&](const Event& event) {
      return std::ranges::count(stored.value(), event.id, &Event::id) == 0;
    });
    const std::vector<Event> replacing(fresh.begin(), fresh.end());
    rest.events.erase(fresh.begin(), fresh.end());
    const Result<void> replaced = inner().ack_turn(token, rest);
    if (replaced) state()->events[{instance, commit.execution}] = replacing;
    return replaced;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      overwrite(turn.value()->history, turn.value()->instance, turn.value()->execution);
    }
    return turn;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    const std::optional<InstanceInfo> info = record(inner(), instance);
    if (history && info) {
      overwrite(history.value(), instance, execution.value_or(info->execution));
    }
    return history;
  }

 private:
  void overwrite(std::vector<Event>& history, const std::string& instance,
                 std::uint64_t execution) {
    auto overwritten = state();
    for (const Event& event : overwritten->events[{instance, execution}]) {
      std::ranges::replace_if(
          history, [&](const Event& old) { return old.id == event.id; }, event);
    }
  }
};

// The key of an event lacks the execution.
struct EventIdsAreUniqueOverExecutions : KnowsExecutions {
  using KnowsExecutions::KnowsExecutions;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const std::optional<Turn> turn = turn_of(token)) {
      const std::vector<Event> earlier = events_before(turn->instance, commit.execution);
      for (const Event& event : commit.events) {
        if (std::ranges::count(earlier, event.id, &Event::id) != 0) {
          return refusal(ErrorKind::conflict, "an event id is there already");
        }
      }
    }
    return KnowsExecutions::ack_turn(token, commit);
  }
};

struct StoredEventIsRefusedAsInvalid : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!conflicts(acked)) return acked;
    return refusal(ErrorKind::invalid, "UNIQUE constraint failed");
  }
};

// --- ACK_5

template <bool (*is_hit)(const Result<void>&)>
struct RefusedAckFreesTheInstance : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (is_hit(acked)) (void)inner().abandon_turn(token);
    return acked;
  }
};

struct RefusedAckUsesUpItsToken : Sharing<Ends> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (state()->ended.contains(token.value)) {
      return refusal(ErrorKind::lock_lost, "the token was used");
    }
    const Result<void> acked = inner().ack_turn(token, commit);
    if (refused(acked)) state()->ended.insert(token.value);
    return acked;
  }
};

// Each try counts as a sign of life.
template <bool (*is_hit)(const Result<void>&)>
struct RefusedAckRenewsTheLock : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (is_hit(acked)) (void)inner().renew_turn(token, std::chrono::minutes(5));
    return acked;
  }
};

// --- ACK_6

// DELETE by instance and visible time, in place of the batch.
template <bool (*is_hit)(const Message&)>
struct AckRemovesLateMessages : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const auto is_lost = [&](const Message& message) {
      return message.target == turn->instance && is_hit(message) &&
             std::ranges::count(commit.messages, message) == 0;
    };
    for (const Turn& late : fetch_all(inner(), {})) {
      if (std::ranges::none_of(late.messages, is_lost)) {
        unfetch(inner(), late);
        continue;
      }
      (void)inner().ack_turn(late.token, {.execution = late.execution});
      for (const Message& message : late.messages) {
        if (!is_lost(message)) (void)inner().enqueue_message(message);
      }
    }
    return acked;
  }
};

bool is_any(const Message&) { return true; }
bool is_timer(const Message& message) { return message.visible_at.has_value(); }
bool is_completion(const Message& message) {
  return message.kind == MessageKind::activity_completed ||
         message.kind == MessageKind::activity_failed;
}

struct AckRemovesOnlyTheFirstMessage : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    for (std::size_t i = 1; i < turn->messages.size(); ++i) {
      (void)inner().enqueue_message(turn->messages[i]);
    }
    return acked;
  }
};

struct Deadlines {
  std::map<std::string, Time> of_token;
  std::map<std::string, Time> of_instance;  // Acked, and locked nevertheless.
};

struct AckKeepsTheLock : KnowsTurns<Deadlines> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      const Time now = turn.value()->now;
      const auto free_at = state()->of_instance[turn.value()->instance];
      if (free_at <= now) {
        state()->of_token[turn.value()->token.value] = now + options.lock_timeout;
        return turn;
      }
      (void)inner().abandon_turn(turn.value()->token,
                                 {.delay = free_at - now, .ignore_attempt = true});
    }
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) {
      const Time deadline = state()->of_token[token.value];
      state()->of_instance[turn_of(token)->instance] = deadline;
    }
    return acked;
  }
};

// --- ACK_7

void timers_fire_at_once(TurnCommit& commit) {
  for (Message& message : commit.messages) message.visible_at.reset();
}

void reverse_activities(TurnCommit& commit) { std::ranges::reverse(commit.activities); }

void reverse_messages(TurnCommit& commit) { std::ranges::reverse(commit.messages); }

// The ack has an insert of its own, which lacks columns that the direct enqueue has.
void drop_parents(TurnCommit& commit) {
  for (Message& message : commit.messages) message.parent.reset();
}

void drop_executions_of_messages(TurnCommit& commit) {
  for (Message& message : commit.messages) message.execution.reset();
}

void activities_belong_to_execution_one(TurnCommit& commit) {
  for (Activity& activity : commit.activities) activity.execution = 1;
}

// A set, or a unique index, in place of a queue.
template <class Item>
void keep_one_of_equals(std::vector<Item>& items) {
  std::vector<Item> kept;
  for (Item& item : items) {
    if (std::ranges::count(kept, item) == 0) kept.push_back(std::move(item));
  }
  items = std::move(kept);
}

void queue_equal_items_once(TurnCommit& commit) {
  keep_one_of_equals(commit.messages);
  keep_one_of_equals(commit.activities);
}

struct Buffered {
  std::vector<Message> messages;
};

struct MessagesAreFlushedByTheNextFetch : Sharing<Buffered> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const rules::Refusal bad = bad_arguments(inner(), commit)) return *bad;
    TurnCommit first = commit;
    first.messages.clear();
    const Result<void> acked = inner().ack_turn(token, first);
    if (!acked) return acked;
    auto buffer = state();
    buffer->messages.insert(buffer->messages.end(), commit.messages.begin(), commit.messages.end());
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    enqueue_items(inner(), {.messages = std::exchange(state()->messages, {})});
    return turn;
  }
};

void lose_past_timers(TurnCommit& commit, const Turn& turn, const InstanceInfo*) {
  std::erase_if(commit.messages, [&](const Message& message) {
    return message.visible_at && *message.visible_at < turn.now;
  });
}

// --- ACK_8

bool is_of_a_child(const Message& message) {
  return message.kind == MessageKind::child_completed || message.kind == MessageKind::child_failed;
}

void child_reports_to_itself(TurnCommit& commit, const Turn& turn, const InstanceInfo*) {
  for (Message& message : commit.messages) {
    if (is_of_a_child(message)) message.target = turn.instance;
  }
}

// A switch over the kinds with `default: continue`.
void skip_rare_kinds(TurnCommit& commit) {
  std::erase_if(commit.messages, [](const Message& message) {
    return message.kind == MessageKind::cancel_instance ||
           message.kind == MessageKind::queue_message;
  });
}

// A foreign key, and a start that is taken for the way to create its target.
struct MessagesToUnknownInstancesAreDropped : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit rest = commit;
    std::erase_if(rest.messages, [&](const Message& message) {
      return !message.target.empty() && !message.is_start() && !record(inner(), message.target);
    });
    return inner().ack_turn(token, rest);
  }
};

// --- ACK_9

void ignore_cancellation(TurnCommit& commit) { commit.cancelled.clear(); }

void cancel_at_most_a_hundred(TurnCommit& commit) {
  if (commit.cancelled.size() > 100) commit.cancelled.resize(100);
}

// What the commit adds is not there yet.
void cancel_before_inserting(TurnCommit& commit) {
  std::erase_if(commit.cancelled, [&](const ActivityKey& key) {
    return std::ranges::count(commit.activities, key, key_of) != 0;
  });
}

struct Work {
  std::vector<ActivityKey> seen;             // All that were ever queued.
  std::map<std::string, ActivityKey> taken;  // By token.
  std::vector<ActivityKey> cancelled;
};

// Knows which activities there are, and hands each ack to `ack`.
struct KnowsActivities : KnowsTurns<Work> {
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_activity(const Activity& activity) override {
    const Result<void> enqueued = inner().enqueue_activity(activity);
    if (enqueued) state()->seen.push_back(key_of(activity));
    return enqueued;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      state()->taken[locked.value()->token.value] = key_of(locked.value()->activity);
    }
    return locked;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) {
      auto work = state();
      for (const Activity& activity : commit.activities) work->seen.push_back(key_of(activity));
      work->cancelled.insert(work->cancelled.end(), commit.cancelled.begin(),
                             commit.cancelled.end());
    }
    return acked;
  }
};

struct CancellationSparesTheTaken : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    std::erase_if(changed.cancelled, [&](const ActivityKey& key) {
      return std::ranges::count(std::views::values(state()->taken), key) != 0;
    });
    return KnowsActivities::ack_turn(token, changed);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    state()->taken.erase(token.value);
    return inner().abandon_activity(token, how);
  }
};

// Cancels all activities that are like one of the keys.
template <bool (*like)(const ActivityKey& seen, const ActivityKey& key)>
struct CancelsMore : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    auto work = state();
    for (const ActivityKey& key : commit.cancelled) {
      for (const ActivityKey& seen : work->seen) {
        if (like(seen, key)) changed.cancelled.push_back(seen);
      }
    }
    return KnowsActivities::ack_turn(token, changed);
  }
};

bool same_instance_and_id(const ActivityKey& seen, const ActivityKey& key) {
  return seen.instance == key.instance && seen.id == key.id;
}
bool same_execution_and_id(const ActivityKey& seen, const ActivityKey& key) {
  return seen.execution == key.execution && seen.id == key.id;
}
bool same_execution(const ActivityKey& seen, const ActivityKey& key) {
  return seen.instance == key.instance && seen.execution == key.execution;
}

struct UnknownCancellationIsRefused : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    for (const ActivityKey& key : commit.cancelled) {
      if (std::ranges::count(state()->seen, key) == 0 &&
          std::ranges::count(commit.activities, key, key_of) == 0) {
        return refusal(ErrorKind::not_found, "there is no such activity");
      }
    }
    return KnowsActivities::ack_turn(token, commit);
  }
};

struct HolderOfACancelledActivityRenews : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_activity(token, extend_for);
    auto work = state();
    const auto taken = work->taken.find(token.value);
    if (!lost(renewed) || taken == work->taken.end()) return renewed;
    if (std::ranges::count(work->cancelled, taken->second) == 0) return renewed;
    return {};
  }
};

struct HolderOfACancelledActivityAcks : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    auto work = state();
    const auto taken = work->taken.find(token.value);
    if (!lost(acked) || taken == work->taken.end()) return acked;
    if (std::ranges::count(work->cancelled, taken->second) == 0) return acked;
    if (completion) (void)inner().enqueue_message(*completion);
    return {};
  }
};

// A cancellation leaves a tombstone, and whatever has that key is stillborn.
struct CancelledKeysStayCancelled : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> enqueue_activity(const Activity& activity) override {
    if (is_cancelled(activity)) return {};
    return KnowsActivities::enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    std::erase_if(changed.activities, [&](const Activity& item) { return is_cancelled(item); });
    return KnowsActivities::ack_turn(token, changed);
  }

 private:
  bool is_cancelled(const Activity& activity) {
    return std::ranges::count(state()->cancelled, key_of(activity)) != 0;
  }
};

struct EndOfAnInstanceCancelsItsActivities : KnowsActivities {
  using KnowsActivities::KnowsActivities;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit changed = commit;
    const std::optional<Turn> turn = turn_of(token);
    if (turn && commit.metadata.status.value_or(Status::running) != Status::running) {
      auto work = state();
      for (const ActivityKey& seen : work->seen) {
        if (seen.instance == turn->instance) changed.cancelled.push_back(seen);
      }
    }
    return KnowsActivities::ack_turn(token, changed);
  }
};

// --- ACK_10

void name_and_version_only_together(TurnCommit& commit) {
  Metadata& metadata = commit.metadata;
  if (metadata.name && metadata.version) return;
  metadata.name.reset();
  metadata.version.reset();
}

void absent_status_is_running(TurnCommit& commit) {
  if (!commit.metadata.status) commit.metadata.status = Status::running;
}

void status_without_output_empties_it(TurnCommit& commit) {
  if (commit.metadata.status && !commit.metadata.output) commit.metadata.output = "";
}

void new_instance_is_unknown(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (before == nullptr && !commit.metadata.name) commit.metadata.name = "Unknown";
}

void name_is_fixed_at_creation(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (before == nullptr) return;
  commit.metadata.name.reset();
  commit.metadata.version.reset();
}

struct Wiped {
  std::set<std::string> instances;
};

// An upsert that writes all columns, absent ones as NULL.
struct AbsentVersionIsWiped : KnowsTurns<Wiped> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const bool existed = turn && record(inner(), turn->instance);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked && existed && !commit.metadata.version) state()->instances.insert(turn->instance);
    if (acked && commit.metadata.version) state()->instances.erase(turn->instance);
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value() && state()->instances.contains(turn.value()->instance)) {
      turn.value()->version.reset();
    }
    return turn;
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    if (info && info.value() && state()->instances.contains(instance)) {
      info.value()->version.reset();
    }
    return info;
  }
};

// --- ACK_11

struct AckDecodesTheHistory : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const std::optional<Turn> turn = turn_of(token)) {
      const auto history = inner().read_history(turn->instance, commit.execution);
      if (!history) return refusal(history.error().kind, "the history cannot be read");
    }
    return inner().ack_turn(token, commit);
  }
};

bool is_empty(const TurnCommit& commit, const InstanceInfo*) {
  return commit == TurnCommit{.execution = commit.execution};
}

struct EmptyCommitDoesNothing : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (is_empty(commit, nullptr)) return {};
    return inner().ack_turn(token, commit);
  }
};

// --- ACK_12

struct Currents {
  std::map<std::string, std::uint64_t> executions;  // By instance.
};

// Says by a rule of its own which execution is current after an ack.
template <std::uint64_t (*pick)(std::uint64_t before, std::uint64_t acked)>
struct PicksCurrent : KnowsTurns<Currents> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) {
      auto currents = state();
      std::uint64_t& current = currents->executions[turn_of(token)->instance];
      current = current == 0 ? commit.execution : pick(current, commit.execution);
    }
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    const std::uint64_t current = state()->executions[turn.value()->instance];
    if (current == 0 || current == turn.value()->execution) return turn;
    turn.value()->execution = current;
    const auto history = inner().read_history(turn.value()->instance, current);
    if (history) turn.value()->history = history.value();
    return turn;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    const std::uint64_t current = state()->executions[instance];
    if (!execution && current != 0) execution = current;
    return inner().read_history(instance, execution);
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    const std::uint64_t current = state()->executions[instance];
    if (info && info.value() && current != 0) info.value()->execution = current;
    return info;
  }
};

std::uint64_t the_acked_one(std::uint64_t, std::uint64_t acked) { return acked; }
std::uint64_t the_larger_text(std::uint64_t before, std::uint64_t acked) {
  return std::to_string(acked) > std::to_string(before) ? acked : before;
}

void keep_the_output(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (is_next(commit, before) && !commit.metadata.output) commit.metadata.output = before->output;
}

void keep_the_status(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (is_next(commit, before) && !commit.metadata.status) commit.metadata.status = before->status;
}

// Its row is inserted with fresh values, whatever the commit says.
void new_execution_starts_running(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (!is_next(commit, before)) return;
  commit.metadata.status.reset();
  commit.metadata.output.reset();
}

void commit_to_the_current_execution(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (is_late(commit, before)) commit.execution = before->execution;
}

// --- CAP_2: what an undeclared deletion does to a turn

struct RefusedDeletionEndsTheTurn : KnowsTurns<Latest> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) state()->tokens[turn.value()->instance] = turn.value()->token;
    return turn;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const LockToken token = state()->tokens[instance];
    (void)inner().abandon_turn(token);
    return inner().delete_instance(instance, force);
  }
};

// --- ACK_14

struct Tally {
  std::uint64_t acks_in_flight = 0;
  std::uint64_t acks_done = 0;
  std::map<std::string, std::uint64_t> acks_done_at_fetch;  // By token.
};

// Reports as permanent that it was chosen as the victim of a deadlock.
struct AcksAtOneInstantDeadlock : Sharing<Tally> {
  using Sharing::Sharing;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const bool alone = state()->acks_in_flight++ == 0;
    linger();
    const Result<void> acked =
        alone ? inner().ack_turn(token, commit) : refusal(ErrorKind::internal, "deadlock detected");
    --state()->acks_in_flight;
    return acked;
  }
};

// One version number for the whole store.
struct AckFailsAfterAnyOther : Sharing<Tally> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (turn && turn.value()) {
      auto tally = state();
      tally->acks_done_at_fetch[turn.value()->token.value] = tally->acks_done;
    }
    return turn;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    auto tally = state();
    const auto known = tally->acks_done_at_fetch.find(token.value);
    if (known != tally->acks_done_at_fetch.end() && known->second != tally->acks_done) {
      known->second = tally->acks_done;
      return refusal(ErrorKind::conflict, "the store has changed since the fetch");
    }
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) ++tally->acks_done;
    return acked;
  }
};

// --- ACK_15

void note_parent(Metadata& noted, const Metadata& given) {
  if (given.parent) noted.parent = given.parent;
}

void show_noted_parent_only(InstanceInfo& info, const Metadata& noted) {
  info.parent = noted.parent;
}

void show_noted_parent(InstanceInfo& info, const Metadata& noted) {
  if (noted.parent) info.parent = noted.parent;
}

void leave_out_parent(TurnCommit& commit, const InstanceInfo&) { commit.metadata.parent.reset(); }

void ignore_later_parent(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (before != nullptr) commit.metadata.parent.reset();
}

void next_execution_ignores_its_parent(TurnCommit& commit, const Turn&,
                                       const InstanceInfo* before) {
  if (is_next(commit, before)) commit.metadata.parent.reset();
}

void last_start_gives_the_parent(TurnCommit& commit, const Turn& turn, const InstanceInfo* before) {
  if (before != nullptr || commit.metadata.parent) return;
  for (const Message& message : turn.messages) {
    if (message.parent) commit.metadata.parent = message.parent;
  }
}

bool has_later_parent(const TurnCommit& commit, const InstanceInfo* before) {
  return before != nullptr && commit.metadata.parent;
}

void start_beats_the_metadata(TurnCommit& commit, const Turn& turn, const InstanceInfo* before) {
  for (const Message& message : turn.messages) {
    if (before == nullptr && message.parent) commit.metadata.parent.reset();
  }
}

// --- ACK_16

// One row per instance, without a row for each execution.
void note_status(Metadata& noted, const Metadata& given) {
  if (given.status) noted.status = given.status;
}

void show_noted_status(InstanceInfo& info, const Metadata& noted) {
  if (noted.status) info.status = *noted.status;
}

void note_output(Metadata& noted, const Metadata& given) {
  if (given.output) noted.output = given.output;
}

void show_noted_output(InstanceInfo& info, const Metadata& noted) {
  if (noted.output) info.output = noted.output;
}

// Continue-as-new is taken for a fresh start.
void name_by_the_next_start(TurnCommit& commit, const Turn& turn, const InstanceInfo* before) {
  const auto start = std::ranges::find_if(turn.messages, &Message::is_start);
  if (!is_next(commit, before) || start == turn.messages.end()) return;
  if (!commit.metadata.name) commit.metadata.name = start->name;
  if (!commit.metadata.version) commit.metadata.version = start->version;
}

void keep_the_old_name(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (!is_next(commit, before)) return;
  commit.metadata.name.reset();
  commit.metadata.version.reset();
}

// --- ACK_17

void leave_out_late_fields(TurnCommit& commit, const InstanceInfo& before) {
  if (!is_late(commit, &before)) return;
  commit.metadata.name.reset();
  commit.metadata.version.reset();
  commit.metadata.parent.reset();
}

void lose_late_fields(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (before != nullptr) leave_out_late_fields(commit, *before);
}

void note_name(Metadata& noted, const Metadata& given) {
  if (given.name) noted.name = given.name;
  if (given.version) noted.version = given.version;
}

void show_noted_name(InstanceInfo& info, const Metadata& noted) {
  if (noted.name) info.name = *noted.name;
  if (noted.version) info.version = noted.version;
}

void lose_late_items(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (!is_late(commit, before)) return;
  commit.activities.clear();
  commit.messages.clear();
}

void lose_late_cancellations(TurnCommit& commit, const Turn&, const InstanceInfo* before) {
  if (is_late(commit, before)) commit.cancelled.clear();
}

constexpr Defect kDefects[] = {
    {"refused_ack_leaves_its_activities", requirement("ACK_1"),
     "An ack that is refused has queued its activities by then.",
     spoil_with<RefusedAckLeavesActivities>},
    {"refused_ack_leaves_its_messages", requirement("ACK_1"),
     "An ack that is refused has sent its messages by then.", spoil_with<RefusedAckLeavesMessages>},
    {"refused_ack_leaves_its_events", requirement("ACK_1"),
     "An ack that is refused for one event has stored the others.",
     spoil_sharing<RefusedAckLeavesEvents>},
    {"ack_queues_its_items_in_a_second_step", requirement("ACK_1"),
     "Activities and messages of an ack follow its events in a transaction of their own.",
     spoil_with<ItemsComeInASecondStep>},
    {"ack_shows_its_events_in_a_second_step", requirement("ACK_1"),
     "Readers see the status of an ack before its events.", spoil_sharing<EventsComeInASecondStep>},

    {"expired_token_can_still_ack", requirement("ACK_2"),
     "An ack looks its token up without the deadline.",
     spoil_sharing<AcksWithDeadToken<Ends, expired>>},
    {"abandoned_token_can_still_ack", requirement("ACK_2"),
     "An ack with the token of an abandoned turn succeeds.",
     spoil_sharing<AcksWithDeadToken<Ends, abandoned>>},
    {"unknown_token_acks_in_silence", requirement("ACK_2"),
     "An ack that updates no row, as its token was never issued, reports success.",
     spoil_sharing<UnknownTokenAcksInSilence>},
    {"ack_writes_before_it_checks_its_token", requirement("ACK_2"),
     "An ack that answers lock_lost has queued its activities by then.",
     spoil_with<WritesBeforeItChecksTheToken>},
    {"stale_token_commits_for_the_new_holder", requirement("ACK_2"),
     "An ack finds its lock by the instance, so a late one ends the turn of whoever took over.",
     spoil_sharing<StaleTokenCommitsForTheNewHolder>},

    {"acks_that_race_both_succeed", requirement("ACK_3"),
     "Two acks with one token that overlap both see it as good.",
     spoil_sharing<RacingAcksBothSucceed>},
    {"repeated_ack_applies_again", requirement("ACK_3"),
     "A second ack with a token succeeds and queues everything again.",
     spoil_sharing<AcksWithDeadToken<Ends, acked_before>>},
    {"repeated_ack_reports_success", requirement("ACK_3"),
     "A second ack with a token reports success and does nothing, whatever is in it.",
     spoil_sharing<RepeatedAckReportsSuccess>},

    {"stored_event_is_overwritten", requirement("ACK_4"),
     "An event whose id is stored already takes its place.",
     spoil_sharing<StoredEventsAreOverwritten>},
    {"stored_event_is_skipped", requirement("ACK_4"),
     "An event whose id is stored already is left out, and the ack succeeds.",
     spoil_sharing<StoredEventsAreSkipped>},
    {"stored_event_of_a_lower_execution_is_skipped", requirement("ACK_4"),
     "In a commit to a lower execution, an event whose id is stored already is left out.",
     spoil_sharing<StoredLateEventsAreSkipped>},
    {"event_twice_in_one_commit_is_skipped", requirement("ACK_4"),
     "Of two events with one id in a commit the first is stored, and the ack succeeds.",
     spoil_with<ChangesCommits<drop_repeated_events>>},
    {"event_ids_are_unique_over_executions", requirement("ACK_4"),
     "An event id that an earlier execution has is a conflict.",
     spoil_sharing<EventIdsAreUniqueOverExecutions>},
    {"stored_event_is_refused_as_invalid", requirement("ACK_4"),
     "An event id that is stored already is invalid, not a conflict.",
     spoil_with<StoredEventIsRefusedAsInvalid>},

    {"refused_ack_frees_the_instance", requirement("ACK_5"),
     "An ack that is refused releases the lock.", spoil_with<RefusedAckFreesTheInstance<refused>>},
    {"invalid_ack_frees_the_instance", requirement("ACK_5"),
     "An ack with a bad argument releases the lock.",
     spoil_with<RefusedAckFreesTheInstance<is_invalid>>},
    {"refused_ack_uses_up_its_token", requirement("ACK_5"),
     "After an ack that was refused, a corrected one is lock_lost.",
     spoil_sharing<RefusedAckUsesUpItsToken>},
    {"refused_ack_renews_the_lock", requirement("ACK_5"),
     "An ack that is refused moves the deadline of the lock.",
     spoil_with<RefusedAckRenewsTheLock<refused>>},
    {"invalid_ack_renews_the_lock", requirement("ACK_5"),
     "An ack with a bad argument moves the deadline of the lock.",
     spoil_with<RefusedAckRenewsTheLock<is_invalid>>},

    {"ack_removes_all_that_is_visible", requirement("ACK_6"),
     "An ack deletes by instance and visible time: what came during the turn is lost.",
     spoil_sharing<AckRemovesLateMessages<is_any>>},
    {"ack_removes_timers_that_are_due", requirement("ACK_6"),
     "A timer whose time comes during a turn goes with the ack, undelivered.",
     spoil_sharing<AckRemovesLateMessages<is_timer>>},
    {"ack_removes_completions_that_arrive", requirement("ACK_6"),
     "The result of an activity that arrives during a turn goes with the ack, undelivered.",
     spoil_sharing<AckRemovesLateMessages<is_completion>>},
    {"ack_removes_only_the_first_message", requirement("ACK_6"),
     "An ack leaves all messages of its batch but the first in the queue.",
     spoil_sharing<AckRemovesOnlyTheFirstMessage>},
    {"ack_keeps_the_lock", requirement("ACK_6"),
     "After an ack the instance stays locked until the deadline.", spoil_sharing<AckKeepsTheLock>},

    {"timers_of_a_commit_fire_at_once", requirement("ACK_7"),
     "An ack stores now as the visible time of its messages.",
     spoil_with<ChangesCommits<timers_fire_at_once>>},
    {"past_timers_of_a_commit_never_fire", requirement("ACK_7"),
     "An ack loses messages whose visible time is past.",
     spoil_sharing<ChangesKnownCommits<lose_past_timers>>},
    {"ack_reverses_its_activities", requirement("ACK_7"),
     "Activities of a commit are queued last first.",
     spoil_with<ChangesCommits<reverse_activities>>},
    {"ack_reverses_its_messages", requirement("ACK_7"),
     "Messages of a commit are queued last first.", spoil_with<ChangesCommits<reverse_messages>>},
    {"ack_drops_the_parent_of_a_start", requirement("ACK_7"),
     "Start messages lose their parent when an ack sends them.",
     spoil_with<ChangesCommits<drop_parents>>},
    {"ack_drops_the_execution_of_a_message", requirement("ACK_7"),
     "Messages lose their execution when an ack sends them.",
     spoil_with<ChangesCommits<drop_executions_of_messages>>},
    {"ack_queues_activities_for_execution_one", requirement("ACK_7"),
     "Activities lose their execution when an ack queues them.",
     spoil_with<ChangesCommits<activities_belong_to_execution_one>>},
    {"ack_queues_equal_items_once", requirement("ACK_7"),
     "Of equal messages, or equal activities, in a commit one is queued.",
     spoil_with<ChangesCommits<queue_equal_items_once>>},
    {"messages_of_a_commit_are_flushed_later", requirement("ACK_7"),
     "An ack buffers its messages, and the next fetch flushes them.",
     spoil_sharing<MessagesAreFlushedByTheNextFetch>},

    {"child_reports_to_itself", requirement("ACK_8"),
     "The result of a child goes to the instance of the turn, not to its target.",
     spoil_sharing<ChangesKnownCommits<child_reports_to_itself>>},
    {"ack_skips_rare_kinds", requirement("ACK_8"),
     "An ack sends neither cancellations of instances nor queue messages.",
     spoil_with<ChangesCommits<skip_rare_kinds>>},
    {"ack_drops_messages_to_unknown_instances", requirement("ACK_8"),
     "An ack sends nothing but starts to instances without a record.",
     spoil_with<MessagesToUnknownInstancesAreDropped>},

    {"cancellation_is_ignored", requirement("ACK_9"), "An ack cancels nothing.",
     spoil_with<ChangesCommits<ignore_cancellation>>},
    {"cancellation_spares_activities_in_flight", requirement("ACK_9"),
     "Only activities that nobody holds are cancelled.", spoil_sharing<CancellationSparesTheTaken>},
    {"cancellation_comes_before_the_inserts", requirement("ACK_9"),
     "An activity that is scheduled and cancelled in one commit stays.",
     spoil_with<ChangesCommits<cancel_before_inserting>>},
    {"cancellation_stops_after_a_hundred", requirement("ACK_9"),
     "Only the first chunk of the cancellations is carried out.",
     spoil_with<ChangesCommits<cancel_at_most_a_hundred>>},
    {"cancellation_ignores_the_execution", requirement("ACK_9"),
     "Activities of other executions are cancelled as well.",
     spoil_sharing<CancelsMore<same_instance_and_id>>},
    {"cancellation_ignores_the_instance", requirement("ACK_9"),
     "Activities of other instances are cancelled as well.",
     spoil_sharing<CancelsMore<same_execution_and_id>>},
    {"cancellation_ignores_the_activity_id", requirement("ACK_9"),
     "All activities of the execution are cancelled.", spoil_sharing<CancelsMore<same_execution>>},
    {"cancellation_of_unknown_activities_is_refused", requirement("ACK_9"),
     "An ack fails when it cancels an activity that never was.",
     spoil_sharing<UnknownCancellationIsRefused>},
    {"holder_of_a_cancelled_activity_can_renew", requirement("ACK_9"),
     "Renewing a cancelled activity succeeds.", spoil_sharing<HolderOfACancelledActivityRenews>},
    {"holder_of_a_cancelled_activity_can_ack", requirement("ACK_9"),
     "The result of a cancelled activity still counts.",
     spoil_sharing<HolderOfACancelledActivityAcks>},
    {"cancelled_keys_stay_cancelled", requirement("ACK_9"),
     "An activity that is queued again after it was cancelled is dropped.",
     spoil_sharing<CancelledKeysStayCancelled>},
    {"end_of_an_instance_cancels_its_activities", requirement("ACK_9"),
     "An ack that ends an execution removes activities that nobody cancelled.",
     spoil_sharing<EndOfAnInstanceCancelsItsActivities>},

    {"name_comes_from_metadata_only", requirement("ACK_10"),
     "Without a name in the first commit's metadata the instance is called Unknown.",
     spoil_sharing<ChangesKnownCommits<new_instance_is_unknown>>},
    {"name_is_stored_only_at_creation", requirement("ACK_10"),
     "Name and version in later metadata are ignored.",
     spoil_sharing<ChangesKnownCommits<name_is_fixed_at_creation>>},
    {"name_counts_only_with_a_version", requirement("ACK_10"),
     "Metadata with a name or a version alone is ignored.",
     spoil_with<ChangesCommits<name_and_version_only_together>>},
    {"absent_version_is_wiped", requirement("ACK_10"),
     "A later ack without a version clears the stored one.", spoil_sharing<AbsentVersionIsWiped>},
    {"absent_status_becomes_running", requirement("ACK_10"),
     "A later ack without a status sets it back to Running.",
     spoil_with<ChangesCommits<absent_status_is_running>>},
    {"status_without_output_empties_it", requirement("ACK_10"),
     "A status that is given without an output replaces the output by nothing.",
     spoil_with<ChangesCommits<status_without_output_empties_it>>},

    {"ack_decodes_the_history", requirement("ACK_11"),
     "An ack reads what it appends to, and fails when that is undecodable.",
     spoil_sharing<AckDecodesTheHistory>},
    {"empty_commit_does_nothing", requirement("ACK_11"),
     "An ack with nothing in it returns early: batch and lock stay.",
     spoil_with<EmptyCommitDoesNothing>},
    {"empty_commit_is_invalid", requirement("ACK_11"), "An ack with nothing in it is refused.",
     spoil_sharing<RefusesCommits<is_empty, ErrorKind::invalid>>},

    {"late_ack_moves_the_instance_back", requirement("ACK_12"),
     "The execution that was acked last is the current one.",
     spoil_sharing<PicksCurrent<the_acked_one>>},
    {"executions_are_compared_as_text", requirement("ACK_12"),
     "Execution 9 is taken to be later than execution 10.",
     spoil_sharing<PicksCurrent<the_larger_text>>},
    {"next_execution_keeps_the_output", requirement("ACK_12"),
     "A new execution begins with the output of the one before.",
     spoil_sharing<ChangesKnownCommits<keep_the_output>>},
    {"next_execution_keeps_the_status", requirement("ACK_12"),
     "A new execution begins with the status of the one before.",
     spoil_sharing<ChangesKnownCommits<keep_the_status>>},
    {"new_execution_ignores_its_first_status", requirement("ACK_12"),
     "Status and output in the commit that begins an execution are lost.",
     spoil_sharing<ChangesKnownCommits<new_execution_starts_running>>},
    {"late_ack_is_refused", requirement("ACK_12"), "An ack for a lower execution is a conflict.",
     spoil_sharing<RefusesCommits<is_late, ErrorKind::conflict>>},
    {"late_ack_goes_to_the_current_execution", requirement("ACK_12"),
     "An ack ignores its execution when a higher one is current.",
     spoil_sharing<ChangesKnownCommits<commit_to_the_current_execution>>},

    {"refused_deletion_ends_the_turn", requirement("CAP_2"),
     "A deletion that is not declared answers unsupported, and has released the lock by then.",
     spoil_sharing<RefusedDeletionEndsTheTurn>},

    {"acks_at_one_instant_deadlock", requirement("ACK_14"),
     "Of acks that overlap all but one fail for good.", spoil_sharing<AcksAtOneInstantDeadlock>},
    {"ack_fails_after_any_other", requirement("ACK_14"),
     "An ack is a conflict when any instance was acked since its fetch.",
     spoil_sharing<AckFailsAfterAnyOther>},

    {"parent_comes_from_metadata_only", requirement("ACK_15"),
     "The parent in the start message is ignored.",
     spoil_sharing<ShowsRecords<note_parent, show_noted_parent_only>>},
    {"start_message_beats_the_metadata", requirement("ACK_15"),
     "The parent in the metadata counts only when the start message has none.",
     spoil_sharing<ChangesKnownCommits<start_beats_the_metadata>>},
    {"later_parent_overwrites", requirement("ACK_15"),
     "Another parent in later metadata takes the place of the first.",
     spoil_sharing<ShowsRecords<note_parent, show_noted_parent, leave_out_parent>>},
    {"later_parent_is_ignored", requirement("ACK_15"),
     "Another parent in later metadata is no conflict.",
     spoil_sharing<ChangesKnownCommits<ignore_later_parent>>},
    {"parent_of_the_next_execution_is_ignored", requirement("ACK_15"),
     "Another parent in the commit that begins an execution is no conflict.",
     spoil_sharing<ChangesKnownCommits<next_execution_ignores_its_parent>>},
    {"last_start_gives_the_parent", requirement("ACK_15"),
     "Of two start messages the last one gives the parent.",
     spoil_sharing<ChangesKnownCommits<last_start_gives_the_parent>>},
    {"same_parent_is_refused", requirement("ACK_15"),
     "Later metadata that repeats the parent is a conflict.",
     spoil_sharing<RefusesCommits<has_later_parent, ErrorKind::conflict>>},

    {"status_belongs_to_the_instance", requirement("ACK_16"),
     "The status that was acked last is the instance's, whichever execution it was for.",
     spoil_sharing<ShowsRecords<note_status, show_noted_status>>},
    {"output_belongs_to_the_instance", requirement("ACK_16"),
     "The output that was acked last is the instance's, whichever execution it was for.",
     spoil_sharing<ShowsRecords<note_output, show_noted_output>>},
    {"next_execution_is_named_by_its_start", requirement("ACK_16"),
     "Name and version of the instance become those of the next execution's start message.",
     spoil_sharing<ChangesKnownCommits<name_by_the_next_start>>},
    {"next_execution_cannot_rename", requirement("ACK_16"),
     "Name and version in the commit that begins an execution are lost.",
     spoil_sharing<ChangesKnownCommits<keep_the_old_name>>},

    {"late_commit_loses_its_instance_fields", requirement("ACK_17"),
     "Instance metadata in a commit to a lower execution is dropped in silence.",
     spoil_sharing<ChangesKnownCommits<lose_late_fields>>},
    {"late_commit_renames_the_instance", requirement("ACK_17"),
     "Instance metadata in a commit to a lower execution is stored.",
     spoil_sharing<ShowsRecords<note_name, show_noted_name, leave_out_late_fields>>},
    {"late_commit_is_invalid", requirement("ACK_17"),
     "Every commit to a lower execution is invalid.",
     spoil_sharing<RefusesCommits<is_late, ErrorKind::invalid>>},
    {"late_commit_loses_its_items", requirement("ACK_17"),
     "A commit to a lower execution queues nothing.",
     spoil_sharing<ChangesKnownCommits<lose_late_items>>},
    {"late_commit_loses_its_cancellations", requirement("ACK_17"),
     "A commit to a lower execution cancels nothing.",
     spoil_sharing<ChangesKnownCommits<lose_late_cancellations>>},
};

}  // namespace

std::span<const Defect> commit_defects() { return kDefects; }

}  // namespace ackproof
