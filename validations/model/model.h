// The sequential model of the contract: what a store holds, in the plainest form, and what each
// call answers.
//
// Random sequences of calls are made to a provider and to this model (`play.h`), and the answers
// are compared. The model is written from the contract alone and shares no code with any provider;
// it looks at everything it has for every question, and is slow. Where the contract leaves a
// choice (which of several ready instances, which roots a limit takes), the model is told what the
// provider chose and says whether that was open to it.
//
// A call that may be refused has two halves: `against_…` names the kinds of refusal that the
// contract allows, none when the call has to succeed; then the verb itself does it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contract/capability.h"
#include "contract/result.h"
#include "contract/types.h"

namespace ackproof::model {

using Refusals = std::vector<ErrorKind>;

struct Execution {
  Status status = Status::running;
  std::optional<Bytes> output;
  std::optional<EngineVersion> pinned_version;
  std::map<std::uint64_t, Event> events;
  Time created_at;
  std::optional<Time> completed_at;
};

struct Instance {
  std::string name;
  std::optional<std::string> version;
  std::optional<std::string> parent;
  std::uint64_t current = 0;
  std::map<std::uint64_t, Execution> executions;
  Time created_at;
  Time updated_at;
  CustomStatus custom_status;
  std::map<std::string, KeyValue> merged;
  // What the current execution changed since; a key without a value was cleared.
  std::map<std::string, std::optional<KeyValue>> pending;
};

struct QueuedMessage {
  Message message;
  Time visible_at;
  std::uint64_t attempts = 0;
  bool in_batch = false;  // Of the last fetch.
};

// The messages of one target in enqueue order, and the lock on them.
struct Mailbox {
  std::vector<QueuedMessage> messages;
  std::string token;            // Of the last fetch; empty once it was given back.
  Time deadline = Time::min();  // Of that lock.
};

struct QueuedActivity {
  Activity activity;
  std::uint64_t attempts = 0;
  std::string token;                 // Of the last fetch; empty once it was given back.
  Time away_until = Time::min();     // The lock's deadline, or the end of a delay.
  std::optional<std::string> owner;  // Who fetched it last, if with a session claim.
};

struct Session {
  std::string owner;
  Time deadline;
  Time last_activity;
};

class Model {
 public:
  // --- Instance queue
  void enqueue_message(const Message& message, Duration delay, Time now);
  std::vector<std::string> ready(const FetchTurn& options, Time now) const;
  // The turn of a ready instance, all but its token.
  Turn turn_of(const std::string& instance, Time now) const;
  void take_turn(const Turn& turn, const FetchTurn& options, Time now);
  Refusals against_turn_token(const LockToken& token, Time now) const;
  Refusals against_ack(const LockToken& token, const TurnCommit& commit, Time now) const;
  // Who waited through more than two turns of the instance that this ack ends (TURN_8).
  std::optional<std::string> overtaken_by(const LockToken& token) const;
  void ack_turn(const LockToken& token, const TurnCommit& commit, Time now);
  void abandon_turn(const LockToken& token, const Abandon& how, Time now);
  void renew_turn(const LockToken& token, Duration extend_for, Time now);

  // --- Activity queue
  void enqueue_activity(const Activity& activity);
  // The first eligible activity, all but its token.
  std::optional<LockedActivity> next_activity(const FetchActivity& options, Time now) const;
  void take_activity(const LockToken& token, const FetchActivity& options, Time now);
  Refusals against_activity_token(const LockToken& token, Time now) const;
  void ack_activity(const LockToken& token, const std::optional<Message>& completion, Time now);
  void abandon_activity(const LockToken& token, const Abandon& how, Time now);
  void renew_activity(const LockToken& token, Duration extend_for, Time now);

  // --- Sessions
  std::uint64_t renew_sessions(const RenewSessions& options, Time now);
  std::uint64_t cleanup_sessions(Time now);

  // The next moment at which a lock ends, an item shows or a session lapses by itself.
  std::optional<Time> next_moment(Time now) const;

  // --- Reading
  std::vector<Event> history(const std::string& instance,
                             std::optional<std::uint64_t> execution) const;
  std::optional<InstanceInfo> info(const std::string& instance) const;
  std::optional<CustomStatus> custom_status(const std::string& instance, std::uint64_t seen) const;
  std::map<std::string, KeyValue> values(const std::string& instance) const;

  // --- Management
  bool exists(const std::string& instance) const { return instances_.count(instance) != 0; }
  bool has_items(const std::string& instance) const;  // In either queue.
  std::vector<std::string> list(std::optional<Status> status) const;
  std::vector<std::uint64_t> executions(const std::string& instance) const;
  std::optional<ExecutionInfo> execution(const std::string& instance, std::uint64_t number) const;
  std::vector<std::string> children(const std::string& instance) const;
  std::optional<std::string> parent(const std::string& instance) const;
  std::vector<std::string> tree(const std::string& instance) const;  // The root first.
  QueueDepths depths(Time now) const;
  StoreTotals totals() const;

  // --- Deletion and pruning
  Refusals against_deleting(const std::string& instance, bool force) const;
  Refusals against_deleting(const std::vector<std::string>& instances, bool force) const;
  DeletionCounts remove(const std::vector<std::string>& instances);
  // The roots that a bulk deletion may take, were there no limit.
  std::vector<std::string> deletable(const InstanceFilter& filter) const;
  PruneCounts prune(const std::string& instance, const PruneOptions& options);
  std::vector<std::string> prunable(const InstanceFilter& filter) const;

 private:
  const QueuedMessage* first_start(const Mailbox& mailbox, Time now) const;
  std::optional<EngineVersion> pin_of(const std::string& instance) const;
  bool is_ready(const std::string& instance, const Mailbox& mailbox, Time now) const;
  std::optional<std::string> opened(const LockToken& token, Time now) const;
  void put(const Message& message, Time visible_at);
  Instance& record(const std::string& id, const TurnCommit& commit, Time now);
  void change_values(Instance& instance, const std::vector<KeyValueChange>& changes);
  static void merge(Instance& instance);
  static bool has_ended(const Instance& instance, std::uint64_t execution);

  QueuedActivity* opened_activity(const LockToken& token, Time now);
  bool may_take(const QueuedActivity& item, const FetchActivity& options, Time now) const;
  void touch_session(const QueuedActivity& item, Time now);

  bool is_running(const std::string& instance) const;
  bool is_root(const std::string& instance) const;

  std::map<std::string, Instance> instances_;
  std::map<std::string, Mailbox> mailboxes_;
  std::vector<QueuedActivity> activities_;
  std::map<std::string, Session> sessions_;

  // For fairness (TURN_8): who was passed over when a turn was handed out, by its token, and how
  // many acked turns of another instance each waiting instance has seen go by.
  std::map<std::string, std::set<std::string>> passed_over_;
  std::map<std::string, std::map<std::string, int>> waited_through_;
};

}  // namespace ackproof::model
