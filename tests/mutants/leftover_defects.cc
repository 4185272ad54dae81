// Providers that leave items, locks or attempts of a deleted instance (DEL_2). Records and facets:
// `leftover_facet_defects.cc`.
#include <algorithm>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// --- In the queues

struct Sent {
  std::vector<std::pair<Message, Duration>> messages;    // Enqueued by a call, not acked yet.
  std::vector<Activity> activities;                      // The same, and those of commits.
  std::unordered_map<std::string, Activity> locked;      // By token, also of locks that ended.
  std::unordered_map<std::string, std::string> deleted;  // Tokens of what went with an instance.
};

// Knows what is queued, and so can put back what a deletion took.
class KnowsQueues : public KnowsTurns<Sent> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (enqueued) state()->messages.push_back({message, delay});
    return enqueued;
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    const Result<void> enqueued = inner().enqueue_activity(activity);
    if (enqueued) state()->activities.push_back(activity);
    return enqueued;
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::optional<Turn> turn = turn_of(token);
    auto known = state();
    std::erase_if(known->messages, [&](const auto& sent) {
      return std::ranges::count(turn->messages, sent.first) != 0;
    });
    known->activities.insert(known->activities.end(), commit.activities.begin(),
                             commit.activities.end());
    return acked;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (locked && locked.value()) {
      state()->locked[locked.value()->token.value] = locked.value()->activity;
    }
    return locked;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    if (acked) forget(token);
    return acked;
  }

 protected:
  bool is_locked(const Activity& activity) {
    return std::ranges::any_of(state()->locked,
                               [&](const auto& lock) { return lock.second == activity; });
  }

 private:
  void forget(const LockToken& token) {
    auto known = state();
    const auto lock = known->locked.find(token.value);
    if (lock == known->locked.end()) return;
    const auto item = std::ranges::find(known->activities, lock->second);
    if (item != known->activities.end()) known->activities.erase(item);
    known->locked.erase(lock);
  }
};

enum class Leaves : std::uint8_t {
  visible_messages,
  hidden_messages,
  locked_messages,
  held_messages,
  activities,
  locked_activities,
  items_of_descendants,
};

// One table is forgotten, or some of its rows.
template <Leaves what>
struct DeletionLeaves : KnowsQueues {
  using KnowsQueues::KnowsQueues;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Names tree = tree_of(inner(), instance);
    const bool is_held = !exists(inner(), instance);
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    if (what == Leaves::activities || what == Leaves::locked_activities) {
      for (const Activity& activity : known->activities) {
        if (activity.instance != instance) continue;
        if (is_locked(activity) != (what == Leaves::locked_activities)) continue;
        (void)inner().enqueue_activity(activity);
      }
      return counts;
    }
    for (const auto& [message, delay] : known->messages) {
      const bool is_descendant = message.target != instance;
      if (std::ranges::count(tree, message.target) == 0) continue;
      if (is_descendant != (what == Leaves::items_of_descendants)) continue;
      if (what == Leaves::hidden_messages && delay == Duration(0)) continue;
      if (what == Leaves::visible_messages && delay > Duration(0)) continue;
      if (what == Leaves::held_messages && !is_held) continue;
      if (what == Leaves::locked_messages && !was_handed_out(message)) continue;
      (void)inner().enqueue_message(message, delay);
    }
    return counts;
  }

 private:
  bool was_handed_out(const Message& message) {
    return std::ranges::any_of(state()->turns, [&](const auto& turn) {
      return std::ranges::count(turn.second.messages, message) != 0;
    });
  }
};

// Deletes queued items by a pattern, or by who sent them.
struct QueuesAreClearedByPrefix : KnowsQueues {
  using KnowsQueues::KnowsQueues;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    for (const auto& [message, delay] : known->messages) {
      if (message.target.rfind(instance, 0) != 0 || exists(inner(), message.target)) continue;
      (void)inner().delete_instance(message.target, true);
    }
    return counts;
  }
};

struct SentBy {
  std::map<std::string, std::set<std::string>> targets;  // By sender.
};

struct WhatItSentGoesToo : KnowsTurns<SentBy> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::string sender = turn_of(token)->instance;
    for (const Message& message : commit.messages) state()->targets[sender].insert(message.target);
    return acked;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    for (const std::string& target : known->targets[instance]) {
      if (!exists(inner(), target)) (void)inner().delete_instance(target, true);
    }
    return counts;
  }
};

// --- Locks and attempts

struct Gone {
  std::set<std::string> instances;                // Deleted ones.
  std::map<std::string, std::uint64_t> attempts;  // At their last delivery.
};

// Their lock is in a table of its own, and stays there.
struct LockStays : KnowsTurns<Gone> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (!turn || !turn.value() || !state()->instances.contains(turn.value()->instance)) return turn;
    return std::optional<Turn>();
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    for (const auto& [token, turn] : known->turns) {
      if (turn.instance == instance) state()->instances.insert(instance);
    }
    return counts;
  }
};

// A tombstone keeps the id from being used again.
struct DeletedIdsAreBlocked : Sharing<Gone> {
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || !state()->instances.contains(turn.value()->instance)) return turn;
    (void)inner().ack_turn(turn.value()->token, {});
    (void)inner().delete_instance(turn.value()->instance, true);
    return std::optional<Turn>();
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->instances.insert(instance);
    return counts;
  }
};

// Attempts are counted per instance.
struct AttemptsStay : KnowsTurns<Gone> {
  using KnowsTurns::KnowsTurns;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = KnowsTurns::fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto gone = state();
    if (gone->instances.contains(turn.value()->instance)) {
      turn.value()->attempt += gone->attempts[turn.value()->instance];
    } else {
      gone->attempts[turn.value()->instance] = turn.value()->attempt;
    }
    return turn;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->instances.insert(instance);
    return counts;
  }
};

// A worker's ack looks for its token among the handed-out ones, not in the queue.
struct CompletionOutlivesItsInstance : KnowsQueues {
  using KnowsQueues::KnowsQueues;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = KnowsQueues::ack_activity(token, completion);
    if (!lost(acked) || !state()->deleted.contains(token.value)) return acked;
    if (completion) return inner().enqueue_message(*completion, Duration(0));
    return {};
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    for (const auto& [token, activity] : known->locked) {
      if (activity.instance == instance) known->deleted.emplace(token, instance);
    }
    return counts;
  }
};

// Renewal is an update of no row, which is no error.
struct RenewalOfTheDeletedSucceeds : CompletionOutlivesItsInstance {
  using CompletionOutlivesItsInstance::CompletionOutlivesItsInstance;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return KnowsQueues::ack_activity(token, completion);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_activity(token, extend_for);
    if (lost(renewed) && state()->deleted.contains(token.value)) return {};
    return renewed;
  }
};

// Two steps, with room for a deletion between them.
struct CompletionComesAfterTheAck : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, std::nullopt);
    if (!acked || !completion) return acked;
    linger();
    return inner().enqueue_message(*completion, Duration(0));
  }
};

// The history is read a moment after the lock was taken.
struct TurnIsReadStepByStep : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    for (int n = 0; n < 5; ++n) linger();  // Longer than a busy machine lets the other caller wait.
    const auto history = inner().read_history(turn.value()->instance, turn.value()->execution);
    if (history) turn.value()->history = history.value();
    return turn;
  }
};

// The queues are cleared first, and the record goes a moment later.
struct EnqueueFallsBetweenTheSteps : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const bool has_record = exists(inner(), message.target);
    linger();
    if (has_record && !exists(inner(), message.target)) {
      return Error{ErrorKind::conflict, "enqueue_message", "foreign key"};
    }
    return inner().enqueue_message(message, delay);
  }
};

// Deletes in its memory, which ends with the handle.
struct DeletionIsInMemory : Hides<Forgetting<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool) override {
    return hide(tree_of(inner(), instance));
  }
};

constexpr const Requirement& kLeaves = requirement("DEL_2");

constexpr Defect kDefects[] = {
    {"deletion_leaves_visible_messages", kLeaves, "Visible messages stay queued.",
     spoil_sharing<DeletionLeaves<Leaves::visible_messages>>},
    {"deletion_leaves_hidden_messages", kLeaves, "Timers of a deleted instance fire.",
     spoil_sharing<DeletionLeaves<Leaves::hidden_messages>>},
    {"deletion_leaves_locked_messages", kLeaves, "Messages that are handed out stay queued.",
     spoil_sharing<DeletionLeaves<Leaves::locked_messages>>},
    {"deletion_leaves_held_messages", kLeaves, "Held messages stay for the next start.",
     spoil_sharing<DeletionLeaves<Leaves::held_messages>>},
    {"deletion_leaves_activities", kLeaves, "Queued activities stay queued.",
     spoil_sharing<DeletionLeaves<Leaves::activities>>},
    {"deletion_leaves_locked_activities", kLeaves, "Activities in flight stay queued.",
     spoil_sharing<DeletionLeaves<Leaves::locked_activities>>},
    {"deletion_leaves_items_of_descendants", kLeaves, "Messages of descendants stay queued.",
     spoil_sharing<DeletionLeaves<Leaves::items_of_descendants>>},
    {"queues_are_cleared_by_prefix", kLeaves, "Held messages of order-10 go with order-1.",
     spoil_sharing<QueuesAreClearedByPrefix>},
    {"what_the_deleted_sent_goes_too", kLeaves, "Messages that the instance sent go with it.",
     spoil_sharing<WhatItSentGoesToo>},
    {"deletion_leaves_the_lock", kLeaves, "The new instance has the lock of the old one.",
     spoil_sharing<LockStays>},
    {"deleted_ids_are_blocked", kLeaves, "A deleted id can never be used again.",
     spoil_sharing<DeletedIdsAreBlocked>},
    {"deletion_leaves_the_attempts", kLeaves, "Attempts are counted on from the old instance.",
     spoil_sharing<AttemptsStay>},
    {"completion_outlives_its_instance", kLeaves,
     "A worker from before the deletion completes into the new instance.",
     spoil_sharing<CompletionOutlivesItsInstance>},
    {"renewal_for_the_deleted_succeeds", kLeaves,
     "A worker does not learn that its activity went with the instance.",
     spoil_sharing<RenewalOfTheDeletedSucceeds>},
    {"completion_is_enqueued_after_its_ack", kLeaves,
     "Between removal and completion there is room for a deletion.",
     spoil_with<CompletionComesAfterTheAck>},
    {"turn_is_read_step_by_step", kLeaves,
     "The history of a turn is read a moment after its messages.",
     spoil_with<TurnIsReadStepByStep>},
    {"enqueue_fails_while_its_target_is_deleted", kLeaves,
     "A message for an instance that is being deleted is refused.",
     spoil_with<EnqueueFallsBetweenTheSteps>},
    {"deletion_is_kept_in_memory", kLeaves, "What was deleted is back after reopening.",
     spoil_with<DeletionIsInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> leftover_defects() { return kDefects; }

}  // namespace ackproof
