// Providers on which workflows hang, act twice, or replay otherwise: ENG.
#include <algorithm>
#include <set>

#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

bool refused(const Result<void>& acked) { return !acked && !lost(acked); }

// --- ENG_1

void lose_activities(TurnCommit& commit) { commit.activities.clear(); }

void lose_answers_of_children(TurnCommit& commit) {
  std::erase_if(commit.messages, [](const Message& message) {
    return message.kind == MessageKind::child_completed ||
           message.kind == MessageKind::child_failed;
  });
}

void lose_starts(TurnCommit& commit) {
  std::erase_if(commit.messages, [](const Message& message) { return message.is_start(); });
}

void lose_cancellations_of_children(TurnCommit& commit) {
  std::erase_if(commit.messages, [](const Message& message) {
    return message.kind == MessageKind::cancel_instance;
  });
}

// DELETE by instance, in place of the batch. What matters is told by `is_hit`.
template <bool (*is_hit)(const Message&)>
struct CommitRemovesWhatCameMeanwhile : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    for (const Turn& next : fetch_all(inner(), {})) {
      const bool is_removed = std::ranges::any_of(next.messages, [&](const Message& message) {
        return message.target == turn->instance && is_hit(message) &&
               std::ranges::count(commit.messages, message) == 0;
      });
      if (is_removed) {
        (void)inner().ack_turn(next.token, {.execution = next.execution});
      } else {
        unfetch(inner(), next);
      }
    }
    return acked;
  }
};

// What is given back is gone, like what is acked.
struct GivenBackIsGone : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn) return inner().abandon_turn(token, how);
    return inner().ack_turn(token, {.execution = turn->execution});
  }
};

bool is_answer(const Message& message) { return !message.is_start(); }

bool is_timer(const Message& message) { return message.kind == MessageKind::timer_fired; }

void lose_merged_values(Turn& turn) { turn.values.clear(); }

struct KeptEvents {
  std::map<std::pair<std::string, std::uint64_t>, std::vector<Event>> events;
};

// Adds those that are not there yet, by id.
void add_missing(std::vector<Event>& history, const std::vector<Event>& more) {
  for (const Event& event : more) {
    if (std::ranges::count(history, event.id, &Event::id) == 0) history.push_back(event);
  }
  std::ranges::sort(history, {}, &Event::id);
}

// The history is a write of its own, before that of the queues, and nobody takes it back.
struct RefusedCommitKeepsItsHistory : KnowsTurns<KeptEvents> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    if (!turn) return inner().ack_turn(token, commit);
    auto all = state();
    std::vector<Event>& kept = all->events[{turn->instance, commit.execution}];
    for (const Event& event : commit.events) {
      if (std::ranges::count(kept, event.id, &Event::id) == 0) continue;
      return Error{ErrorKind::conflict, "ack_turn", "an event is there already"};
    }
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!refused(acked)) return acked;
    const auto stored = inner().read_history(turn->instance, commit.execution);
    for (const Event& event : commit.events) {
      const bool is_stored =
          stored && std::ranges::count(stored.value(), event.id, &Event::id) != 0;
      if (!is_stored) add_missing(kept, {event});
    }
    return acked;
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (turn && turn.value()) {
      add_missing(turn.value()->history,
                  state()->events[{turn.value()->instance, turn.value()->execution}]);
    }
    return turn;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    const std::optional<InstanceInfo> info = record(inner(), instance);
    if (history) {
      add_missing(history.value(),
                  state()->events[{instance, execution.value_or(info ? info->execution : 1)}]);
    }
    return history;
  }
};

struct Held {
  std::set<std::string> instances;
  std::map<std::string, std::string> instance_of;  // By token.
  std::vector<ActivityKey> activities;
  std::map<std::string, ActivityKey> activity_of;  // By token.
};

// A fetch takes out of the queue what it hands out, and only who abandons it puts it back.
struct DeliveriesAreMadeOnce : Sharing<Held> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    for (;;) {
      Result<std::optional<Turn>> turn = inner().fetch_turn(options);
      if (!turn || !turn.value()) return turn;
      auto held = state();
      const bool is_first = held->instances.insert(turn.value()->instance).second;
      held->instance_of[turn.value()->token.value] = turn.value()->instance;
      if (is_first) return turn;
      held->instances.erase(turn.value()->instance);
      (void)inner().ack_turn(turn.value()->token, {.execution = turn.value()->execution});
    }
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked) state()->instances.erase(state()->instance_of[token.value]);
    return acked;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_turn(token, how);
    if (abandoned) state()->instances.erase(state()->instance_of[token.value]);
    return abandoned;
  }
};

struct WorkIsHandedOutOnce : Sharing<Held> {
  using Sharing::Sharing;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    for (;;) {
      Result<std::optional<LockedActivity>> work = inner().fetch_activity(options);
      if (!work || !work.value()) return work;
      const Activity& activity = work.value()->activity;
      const ActivityKey key{activity.instance, activity.execution, activity.id};
      auto held = state();
      held->activity_of[work.value()->token.value] = key;
      if (std::ranges::count(held->activities, key) == 0) {
        held->activities.push_back(key);
        return work;
      }
      (void)inner().ack_activity(work.value()->token, std::nullopt);
    }
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const Result<void> abandoned = inner().abandon_activity(token, how);
    if (abandoned) std::erase(state()->activities, state()->activity_of[token.value]);
    return abandoned;
  }
};

// --- ENG_2

// The result is stored, and the statement that removes the activity matches nothing.
struct DoneActivityStays : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> kept = inner().abandon_activity(token);
    if (kept && completion) return inner().enqueue_message(*completion);
    return kept;
  }
};

struct LateCompletionIsAccepted : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    if (!lost(acked) || !completion) return acked;
    return inner().enqueue_message(*completion);
  }
};

struct LateCommitQueuesItsItems : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (lost(acked)) enqueue_items(inner(), commit);
    return acked;
  }
};

struct RefusedCommitQueuesItsItems : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (refused(acked)) enqueue_items(inner(), commit);
    return acked;
  }
};

void cancel_nothing(TurnCommit& commit) { commit.cancelled.clear(); }

struct CommitLeavesTheLastMessage : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const Result<void> acked = inner().ack_turn(token, commit);
    if (acked && turn->messages.size() > 1) (void)inner().enqueue_message(turn->messages.back());
    return acked;
  }
};

// What the commit itself brings is not there yet.
void cancel_only_what_was_there(TurnCommit& commit) {
  std::erase_if(commit.cancelled, [&](const ActivityKey& key) {
    return std::ranges::any_of(commit.activities, [&](const Activity& activity) {
      return ActivityKey{activity.instance, activity.execution, activity.id} == key;
    });
  });
}

// --- ENG_3

void lose_timers(TurnCommit& commit) { std::erase_if(commit.messages, is_timer); }

// A column of whole seconds.
void cut_timers_to_seconds(TurnCommit& commit) {
  for (Message& message : commit.messages) {
    if (!message.visible_at) continue;
    message.visible_at =
        std::chrono::floor<std::chrono::seconds>(message.visible_at->time_since_epoch()) + Time();
  }
}

// A row for each instance, and an upsert.
void keep_the_last_timer(TurnCommit& commit) {
  std::vector<Message> kept;
  for (auto message = commit.messages.rbegin(); message != commit.messages.rend(); ++message) {
    if (!is_timer(*message) || std::ranges::none_of(kept, is_timer)) kept.push_back(*message);
  }
  commit.messages.assign(kept.rbegin(), kept.rend());
}

struct RefusedCommitSetsItsTimers : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!refused(acked)) return acked;
    for (const Message& message : commit.messages) {
      if (is_timer(message)) (void)inner().enqueue_message(message);
    }
    return acked;
  }
};

// A timer that falls due is removed by the fetch that hands it out.
struct FiredTimersAreGone : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || turn.value()->attempt < 2) return turn;
    std::erase_if(turn.value()->messages, is_timer);
    return turn;
  }
};

// --- ENG_4

struct LeftValues {
  std::map<std::string, std::vector<KeyValueChange>> of;  // By instance.
};

struct RefusedCommitIsReadBack : KnowsTurns<KeptEvents> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (refused(acked)) {
      state()->events[{turn_of(token)->instance, commit.execution}] = commit.events;
    }
    return acked;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (history) add_missing(history.value(), state()->events[{instance, execution.value_or(1)}]);
    return history;
  }
};

// Two transactions, one for what happened and one for what is to be done.
struct ItemsComeAfterTheEvents : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    TurnCommit first = commit;
    const TurnCommit second = {.activities = std::exchange(first.activities, {}),
                               .messages = std::exchange(first.messages, {})};
    const Result<void> acked = inner().ack_turn(token, first);
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the reader wait.
    if (acked) enqueue_items(inner(), second);
    return acked;
  }
};

// Values are put before the rest is looked at; the next commit that succeeds puts others over them.
struct RefusedCommitLeavesItsValues : KnowsTurns<LeftValues> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (acked) state()->of.erase(turn->instance);
    if (refused(acked) && turn) state()->of[turn->instance] = commit.values;
    return acked;
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    Result<std::map<std::string, KeyValue>> values = inner().read_values(instance);
    auto left = state();
    for (const KeyValueChange& change : left->of[instance]) {
      if (!values || change.kind != KeyValueChange::Kind::set) continue;
      values.value()[change.key] = {change.value, change.updated_at};
    }
    return values;
  }
};

// Events of a commit that was late are appended as a log appends, once more.
struct LateCommitIsReadBackTwice : KnowsTurns<KeptEvents> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (lost(acked) && turn) {
      state()->events[{turn->instance, commit.execution}] = commit.events;
    }
    return acked;
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history) return history;
    const auto late = state()->events[{instance, execution.value_or(1)}];
    history.value().insert(history.value().end(), late.begin(), late.end());
    std::ranges::stable_sort(history.value(), {}, &Event::id);
    return history;
  }
};

// The current execution is read, whichever was asked for.
struct OlderExecutionsCannotBeRead : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t>) override {
    return inner().read_history(instance, std::nullopt);
  }
};

// A column that the reading forgets.
struct SourcesAreLostInReading : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    if (!history) return history;
    for (Event& event : history.value()) event.source_id.reset();
    return history;
  }
};

constexpr Defect kDefects[] = {
    {"commit_keeps_its_events_and_loses_its_activities", requirement("ENG_1"),
     "A commit stores the history and queues no activity.",
     spoil_with<ChangesCommits<lose_activities>>},
    {"commit_loses_the_answer_of_a_child", requirement("ENG_1"),
     "A commit that ends a child does not tell its parent.",
     spoil_with<ChangesCommits<lose_answers_of_children>>},
    {"commit_tells_no_child_to_stop", requirement("ENG_1"),
     "A commit that calls a child off does not tell it.",
     spoil_with<ChangesCommits<lose_cancellations_of_children>>},
    {"turn_that_is_given_back_is_gone", requirement("ENG_1"),
     "An abandoned turn loses its messages.", spoil_sharing<GivenBackIsGone>},
    {"commit_removes_what_arrived_during_its_turn", requirement("ENG_2"),
     "A commit removes all messages of its instance, also those that it was not handed.",
     spoil_sharing<CommitRemovesWhatCameMeanwhile<is_answer>>},
    {"commit_loses_the_start_of_what_follows", requirement("ENG_1"),
     "A commit starts neither children nor the next execution.",
     spoil_with<ChangesCommits<lose_starts>>},
    {"next_execution_finds_no_values", requirement("ENG_1"),
     "A turn carries no key-values, whatever was merged.",
     spoil_with<ChangesTurns<lose_merged_values>>},
    {"refused_commit_keeps_its_history", requirement("ENG_1"),
     "A commit that is refused has stored its events by then, and nothing takes them back.",
     spoil_sharing<RefusedCommitKeepsItsHistory>},
    {"turn_of_a_dead_worker_never_comes_again", requirement("ENG_1"),
     "A fetch removes the messages that it hands out; when its lock ends they are gone.",
     spoil_sharing<DeliveriesAreMadeOnce>},
    {"activity_of_a_dead_worker_never_comes_again", requirement("ENG_1"),
     "A fetch removes the activity that it hands out; when its lock ends it is gone.",
     spoil_sharing<WorkIsHandedOutOnce>},

    {"done_activity_stays_in_its_queue", requirement("ENG_2"),
     "The ack of an activity stores its result, and the activity is handed out again.",
     spoil_with<DoneActivityStays>},
    {"late_completion_is_accepted", requirement("ENG_2"),
     "The ack of an activity after its lock has ended succeeds.",
     spoil_with<LateCompletionIsAccepted>},
    {"late_commit_queues_its_items", requirement("ENG_2"),
     "A commit that is lock_lost has queued its activities and messages by then.",
     spoil_with<LateCommitQueuesItsItems>},
    {"refused_commit_queues_its_items", requirement("ENG_2"),
     "A commit that is refused has queued its activities and messages by then.",
     spoil_with<RefusedCommitQueuesItsItems>},
    {"activity_that_is_called_off_is_done", requirement("ENG_2"), "A commit calls off no activity.",
     spoil_with<ChangesCommits<cancel_nothing>>},
    {"activity_of_the_same_commit_cannot_be_called_off", requirement("ENG_2"),
     "A commit calls off only activities that were there before it.",
     spoil_with<ChangesCommits<cancel_only_what_was_there>>},
    {"commit_leaves_the_last_message_of_its_batch", requirement("ENG_2"),
     "A commit removes all messages of its batch but the last.",
     spoil_sharing<CommitLeavesTheLastMessage>},

    {"commit_loses_its_timers", requirement("ENG_3"),
     "A commit stores that a timer was set, and sets none.",
     spoil_with<ChangesCommits<lose_timers>>},
    {"commit_removes_timers_that_fall_due_during_its_turn", requirement("ENG_3"),
     "A timer whose time comes during a turn goes with its commit.",
     spoil_sharing<CommitRemovesWhatCameMeanwhile<is_timer>>},
    {"timers_are_cut_to_seconds", requirement("ENG_3"),
     "The visible time of a timer is stored in whole seconds.",
     spoil_with<ChangesCommits<cut_timers_to_seconds>>},
    {"timer_takes_the_place_of_the_one_before", requirement("ENG_3"),
     "Of several timers of one commit only the last one is set.",
     spoil_with<ChangesCommits<keep_the_last_timer>>},
    {"refused_commit_sets_its_timers", requirement("ENG_3"),
     "A commit that is refused has set its timers by then.",
     spoil_with<RefusedCommitSetsItsTimers>},
    {"timer_fires_at_one_delivery_only", requirement("ENG_3"),
     "A timer that was handed out is not in the batch when its turn comes again.",
     spoil_with<FiredTimersAreGone>},

    {"refused_commit_is_read_back", requirement("ENG_4"),
     "The history that is read back has events that only a refused commit held.",
     spoil_sharing<RefusedCommitIsReadBack>},
    {"commit_queues_its_items_after_its_events", requirement("ENG_4"),
     "A commit stores its events, and then its activities and messages.",
     spoil_with<ItemsComeAfterTheEvents>},
    {"refused_commit_leaves_its_values", requirement("ENG_4"),
     "A commit that is refused has set its key-values by then.",
     spoil_sharing<RefusedCommitLeavesItsValues>},
    {"late_commit_is_read_back_twice", requirement("ENG_4"),
     "The history that is read back has the events of a late commit once more.",
     spoil_sharing<LateCommitIsReadBackTwice>},
    {"only_the_current_execution_is_read_back", requirement("ENG_4"),
     "The history of any execution is that of the current one.",
     spoil_with<OlderExecutionsCannotBeRead>},
    {"history_is_read_back_without_sources", requirement("ENG_4"),
     "Events that are read back do not say what they answer.", spoil_with<SourcesAreLostInReading>},
};

}  // namespace

std::span<const Defect> engine_defects() { return kDefects; }

}  // namespace ackproof
