// Providers that leave something of a deleted instance: in a queue, a lock, a facet or a list
// (DEL_2), or that let a late ack bring it back (ACK_13).
#include <algorithm>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

// --- DEL_2: in the queues

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
    for (const std::string& target : state()->targets[instance]) {
      if (!exists(inner(), target)) (void)inner().delete_instance(target, true);
    }
    return counts;
  }
};

// --- DEL_2: locks and attempts

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
    for (const auto& [token, turn] : state()->turns) {
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
    linger();
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

// --- DEL_2: records and facets

struct Remembered {
  std::map<std::string, InstanceInfo> records;
  std::map<std::string, std::map<std::uint64_t, std::vector<Event>>> histories;
  std::map<std::string, std::map<std::string, KeyValue>> values;
  std::map<std::string, CustomStatus> statuses;
};

// Remembers all of what it deletes.
class RemembersTheDeleted : public Sharing<Remembered> {
 public:
  using Sharing::Sharing;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    for (const std::string& member : tree_of(inner(), instance)) remember(member);
    return inner().delete_instance(instance, force);
  }

 private:
  void remember(const std::string& instance) {
    const auto info = record(inner(), instance);
    if (!info) return;
    auto remembered = state();
    remembered->records[instance] = *info;
    for (const std::uint64_t execution : executions_of(inner(), instance)) {
      const auto history = inner().read_history(instance, execution);
      if (history) remembered->histories[instance][execution] = history.value();
    }
    remembered->values[instance] = inner().read_values(instance).value();
    const auto status = inner().read_custom_status(instance, 0);
    if (status && status.value()) remembered->statuses[instance] = *status.value();
  }
};

struct LowerHistoriesStay : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    Result<std::vector<Event>> history = inner().read_history(instance, execution);
    auto remembered = state();
    if (!history || !history.value().empty() || !execution) return history;
    if (*execution >= remembered->records[instance].execution) return history;
    return remembered->histories[instance][*execution];
  }
};

// The next life begins with what the last one had.
struct HistoryComesBack : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || exists(inner(), turn.value()->instance)) return turn;
    auto remembered = state();
    const auto history = remembered->histories[turn.value()->instance].find(1);
    if (history != remembered->histories[turn.value()->instance].end()) {
      turn.value()->history = history->second;
    }
    return turn;
  }
};

struct RecordComesBack : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->name = old->second.name;
    info.value()->version = old->second.version;
    return info;
  }
};

struct ParentStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->parent = old->second.parent;
    return info;
  }
};

struct CreatedTimeStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    auto remembered = state();
    const auto old = remembered->records.find(instance);
    if (!info || !info.value() || old == remembered->records.end()) return info;
    info.value()->created_at = old->second.created_at;
    return info;
  }
};

struct ListKeepsTheDeleted : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (!list || !status) return list;
    for (const auto& [instance, info] : state()->records) {
      if (info.status == *status && !exists(inner(), instance)) list.value().push_back(instance);
    }
    return list;
  }
};

struct ValuesStay : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    Result<std::map<std::string, KeyValue>> values = inner().read_values(instance);
    if (!values) return values;
    auto remembered = state();
    const auto& old = remembered->values[instance];
    values.value().insert(old.begin(), old.end());
    return values;
  }
};

struct ValuesComeBackInTurns : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value()) return turn;
    auto remembered = state();
    const auto& old = remembered->values[turn.value()->instance];
    turn.value()->values.insert(old.begin(), old.end());
    return turn;
  }
};

struct StatusStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    Result<std::optional<CustomStatus>> status = inner().read_custom_status(instance, seen_version);
    auto remembered = state();
    const auto old = remembered->statuses.find(instance);
    if (!status || status.value() || old == remembered->statuses.end()) return status;
    return old->second.version > seen_version ? std::optional(old->second) : std::nullopt;
  }
};

struct StatusVersionGoesOn : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    Result<std::optional<CustomStatus>> status = inner().read_custom_status(instance, seen_version);
    auto remembered = state();
    const auto old = remembered->statuses.find(instance);
    if (!status || !status.value() || old == remembered->statuses.end()) return status;
    status.value()->version += old->second.version;
    return status;
  }
};

struct PinStays : RemembersTheDeleted {
  using RemembersTheDeleted::RemembersTheDeleted;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    Result<std::optional<Turn>> turn = inner().fetch_turn(options);
    if (!turn || !turn.value() || !options.versions) return turn;
    auto remembered = state();
    const auto old = remembered->records.find(turn.value()->instance);
    if (old == remembered->records.end()) return turn;
    if (rules::admits(*options.versions, old->second.pinned_version)) return turn;
    unfetch(inner(), *turn.value());
    return std::optional<Turn>();
  }
};

// --- DEL_2: sessions

struct Owners {
  std::map<std::string, std::string> owners;              // By session.
  std::map<std::string, std::set<std::string>> sessions;  // By instance.
  std::set<std::string> left;                             // Sessions of deleted instances.
};

class KnowsSessions : public Sharing<Owners> {
 public:
  using Sharing::Sharing;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = inner().fetch_activity(options);
    if (!locked || !locked.value() || !locked.value()->activity.session) return locked;
    const Activity& activity = locked.value()->activity;
    auto known = state();
    if (!known->left.contains(*activity.session)) {
      known->owners[*activity.session] = options.session->owner;
    }
    known->sessions[activity.instance].insert(*activity.session);
    return locked;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    known->left.insert(known->sessions[instance].begin(), known->sessions[instance].end());
    return counts;
  }
};

struct SessionsStay : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = KnowsSessions::fetch_activity(options);
    if (!locked || !locked.value() || !locked.value()->activity.session) return locked;
    const std::string& session = *locked.value()->activity.session;
    const std::string owner = state()->owners[session];
    if (!state()->left.contains(session) || owner == options.session->owner) return locked;
    (void)inner().abandon_activity(locked.value()->token, {.ignore_attempt = true});
    return std::optional<LockedActivity>();
  }
};

// Every session that the instance had an item of is freed.
struct SessionsOfOthersGo : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    Result<std::optional<LockedActivity>> locked = KnowsSessions::fetch_activity(options);
    if (!locked || locked.value() || !options.session) return locked;
    const std::set<std::string> left = state()->left;
    for (const std::string& session : left) {
      FetchActivity as_owner = options;
      as_owner.session->owner = state()->owners[session];
      locked = inner().fetch_activity(as_owner);
      if (!locked || locked.value()) return locked;
    }
    return locked;
  }
};

// Ownership is told as still there.
struct SessionsAreRenewedStill : KnowsSessions {
  using KnowsSessions::KnowsSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    Result<std::uint64_t> renewed = inner().renew_sessions(options);
    if (!renewed) return renewed;
    auto known = state();
    for (const std::string& session : known->left) {
      if (std::ranges::count(options.owners, known->owners[session]) != 0) ++renewed.value();
    }
    return renewed;
  }
};

// --- ACK_13

// A commit that found its instance gone, and what it was about.
class MeetsTheDeleted : public KnowsTurns<Gone> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Names tree = tree_of(inner(), instance);
    return noting(tree, inner().delete_instance(instance, force));
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return noting(instances, inner().delete_instances(instances, force));
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    const Names all = all_instances(inner());
    return noting(all, inner().delete_matching(filter));
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    const std::optional<Turn> turn = turn_of(token);
    if (!lost(acked) || !turn || !state()->instances.contains(turn->instance)) return acked;
    return of_the_deleted(*turn, commit, acked);
  }

 protected:
  virtual Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                                      const Result<void>& acked) = 0;

 private:
  Result<DeletionCounts> noting(const Names& candidates, Result<DeletionCounts> counts) {
    if (!counts) return counts;
    for (const std::string& instance : candidates) {
      if (!exists(inner(), instance)) state()->instances.insert(instance);
    }
    return counts;
  }
};

Message start_of(const Turn& turn) {
  Message start;
  start.kind = MessageKind::start_orchestration;
  start.target = turn.instance;
  start.name = turn.name;
  start.version = turn.version;
  return start;
}

// An upsert.
struct LateAckBringsItBack : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                              const Result<void>& acked) override {
    if (exists(inner(), turn.instance)) return acked;
    if (!inner().enqueue_message(start_of(turn), Duration(0))) return acked;
    const auto again = inner().fetch_turn({});
    if (!again || !again.value()) return acked;
    return inner().ack_turn(again.value()->token, commit);
  }
};

// Refused, but what it sends is on its way.
struct LateAckSendsItsItems : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit& commit,
                              const Result<void>& acked) override {
    enqueue_items(inner(), commit);
    return acked;
  }
};

// Nothing was to be done, and that is done.
struct LateAckSucceeds : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit&, const Result<void>&) override {
    return {};
  }
};

struct LateAckIsNotFound : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn&, const TurnCommit&, const Result<void>&) override {
    return Error{ErrorKind::not_found, "ack_turn", "no such instance"};
  }
};

// The lock is looked up by the instance, whoever has it now.
struct LateAckUsesTheLockOfTheNewLife : MeetsTheDeleted {
  using MeetsTheDeleted::MeetsTheDeleted;

 protected:
  Result<void> of_the_deleted(const Turn& turn, const TurnCommit& commit,
                              const Result<void>& acked) override {
    std::vector<LockToken> others;
    for (const auto& [token, other] : state()->turns) {
      if (other.instance == turn.instance && token != turn.token.value) {
        others.push_back(other.token);
      }
    }
    for (const LockToken& token : others) {
      if (inner().ack_turn(token, commit)) return {};
    }
    return acked;
  }
};

// Only the lock of the root that was named ends.
struct TokensOfDescendantsLive : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = LateAckBringsItBack::delete_instance(instance, force);
    state()->instances.erase(instance);
    return counts;
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return inner().delete_instances(instances, force);
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return inner().delete_matching(filter);
  }
};

// Only bulk deletion leaves the locks.
struct TokensOutliveBulkDeletion : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(instance, force);
  }
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return inner().delete_instances(instances, force);
  }
};

// An id that has no record yet cannot be deleted during its first turn: its lock lives.
struct FirstTurnOutlivesDeletion : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (exists(inner(), instance)) return inner().delete_instance(instance, force);
    return LateAckBringsItBack::delete_instance(instance, force);
  }
};

// Looks at its token, works, and writes.
struct AckLooksBeforeItWrites : LateAckBringsItBack {
  using LateAckBringsItBack::LateAckBringsItBack;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const std::optional<Turn> turn = turn_of(token);
    const bool was_there = turn && exists(inner(), turn->instance);
    linger();
    if (!was_there) return inner().ack_turn(token, commit);
    return MeetsTheDeleted::ack_turn(token, commit);
  }
};

constexpr const Requirement& kLeaves = requirement("DEL_2");
constexpr const Requirement& kLate = requirement("ACK_13");

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
    {"deletion_leaves_lower_histories", kLeaves, "Only the current execution's history goes.",
     spoil_sharing<LowerHistoriesStay>},
    {"history_comes_back_in_the_next_life", kLeaves, "The new instance has the old history.",
     spoil_sharing<HistoryComesBack>},
    {"record_comes_back_in_the_next_life", kLeaves, "The new instance has the old name.",
     spoil_sharing<RecordComesBack>},
    {"deletion_leaves_the_parent", kLeaves, "The new instance has the old parent.",
     spoil_sharing<ParentStays>},
    {"deletion_leaves_the_created_time", kLeaves, "The new instance is as old as the old one.",
     spoil_sharing<CreatedTimeStays>},
    {"deletion_leaves_it_in_the_lists", kLeaves, "Lists by status keep deleted instances.",
     spoil_sharing<ListKeepsTheDeleted>},
    {"deletion_leaves_the_values", kLeaves, "Values of the old instance can be read.",
     spoil_sharing<ValuesStay>},
    {"values_come_back_in_the_next_life", kLeaves, "The new instance's turns have the old values.",
     spoil_sharing<ValuesComeBackInTurns>},
    {"deletion_leaves_the_custom_status", kLeaves, "The old custom status can be read.",
     spoil_sharing<StatusStays>},
    {"custom_status_version_goes_on", kLeaves, "The version of the custom status counts on.",
     spoil_sharing<StatusVersionGoesOn>},
    {"deletion_leaves_the_pin", kLeaves, "The new instance has the old pin.",
     spoil_sharing<PinStays>},
    {"deletion_leaves_the_sessions", kLeaves, "Sessions left empty are owned still.",
     spoil_sharing<SessionsStay>},
    {"deletion_frees_sessions_of_others", kLeaves,
     "A session that others have items of goes with the deleted instance.",
     spoil_sharing<SessionsOfOthersGo>},
    {"sessions_of_the_deleted_are_renewed", kLeaves, "Sessions left empty are still renewed.",
     spoil_sharing<SessionsAreRenewedStill>},

    {"late_ack_brings_the_deleted_back", kLate, "An ack after the deletion is an upsert.",
     spoil_sharing<LateAckBringsItBack>},
    {"late_ack_sends_its_items", kLate, "An ack after the deletion is refused, its items are not.",
     spoil_sharing<LateAckSendsItsItems>},
    {"late_ack_succeeds", kLate, "An ack after the deletion is told to have succeeded.",
     spoil_sharing<LateAckSucceeds>},
    {"late_ack_is_not_found", kLate, "An ack after the deletion is `not_found`.",
     spoil_sharing<LateAckIsNotFound>},
    {"late_ack_uses_the_lock_of_the_next_life", kLate,
     "The lock is looked up by the instance, and the new one's serves.",
     spoil_sharing<LateAckUsesTheLockOfTheNewLife>},
    {"tokens_of_descendants_outlive_deletion", kLate, "Only the lock of the root ends.",
     spoil_sharing<TokensOfDescendantsLive>},
    {"tokens_outlive_bulk_deletion", kLate, "Bulk deletion leaves the locks.",
     spoil_sharing<TokensOutliveBulkDeletion>},
    {"first_turn_outlives_deletion", kLate,
     "An instance in its first turn is created though it was deleted.",
     spoil_sharing<FirstTurnOutlivesDeletion>},
    {"ack_looks_before_it_writes", kLate, "An ack finds its lock, and writes a moment later.",
     spoil_sharing<AckLooksBeforeItWrites>},
};

}  // namespace

std::span<const Defect> leftover_defects() { return kDefects; }

}  // namespace ackproof
