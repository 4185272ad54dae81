// The contract of a storage provider: the abstract class that a backend implements.
//
// A provider stores and orders; it never decides. Every method but `describe()` has a body that
// answers `unsupported`, so a backend implements what it declares and nothing else. The clause ids
// below are explained in `contract/README.md`; what is said here holds for all methods:
//
// errors    A failed call changed nothing (ERR_3), except `unknown_outcome`: all or nothing of it
// (ERR_2).
//           Any call may fail with `busy`, `unknown_outcome`, `corrupt` or `internal`; besides
//           those, a method fails only with the kinds it names. Nothing is thrown.
// threads   Any method from any thread, concurrently with any other. Calls block. The destructor
// runs after the
//           last call returned. Several handles on one store behave like several machines.
// owners    Arguments are read during the call only; results are values of the caller.
// time      Deadlines and delays are on the store's clock; a lock is live while now < deadline.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/capability.h"
#include "contract/result.h"
#include "contract/types.h"

namespace ackproof {

class Provider {
 public:
  virtual ~Provider() = default;

  // Identity and promises. The same for the life of a handle; never fails.
  virtual Description describe() const = 0;

  // --- Instance queue: capability `queues`

  // Puts `message` at the end of its target's queue, visible at the later of now + `delay` and its
  // own visible time (TURN_12). Creates no instance (HIST_4); also a locked or unknown target takes
  // it (TURN_7).
  // invalid  an id, a name or the delay breaks the rules (ERR_5, ERR_11, ERR_12).
  virtual Result<void> enqueue_message(const Message& message, Duration delay = Duration(0));

  // Locks one ready instance and hands out its visible messages, history and token; nothing when
  // none is ready (TURN_1 to TURN_14). Undecodable parts are marked in the turn, never an error.
  // invalid      lock timeout <= 0, negative poll timeout.
  // unsupported  `options.versions` without the facet version_filter.
  virtual Result<std::optional<Turn>> fetch_turn(const FetchTurn& options);

  // Makes `commit` durable, removes the batch and frees the instance: one atomic step (ACK_1 to
  // ACK_17).
  // lock_lost    the token is not that of a live lock on an instance (LOCK_9).
  // conflict     an event id is stored already or twice in the commit; another parent than stored.
  // invalid      an item breaks the rules; a status is out of range; see ACK_17.
  // unsupported  a field of an undeclared facet (CAP_5).
  virtual Result<void> ack_turn(const LockToken& token, const TurnCommit& commit);

  // Frees the instance; its batch is deliverable again after the delay (LOCK_6, POISON_2).
  // lock_lost  as for ack_turn.
  // invalid    negative delay.
  virtual Result<void> abandon_turn(const LockToken& token, const Abandon& how = {});

  // Sets the deadline to now + `extend_for` (LOCK_4).
  // lock_lost  as for ack_turn: renewing never revives.
  // invalid    extend_for <= 0.
  virtual Result<void> renew_turn(const LockToken& token, Duration extend_for);

  // --- Activity queue: capability `queues`

  // Puts `activity` at the end of the queue, visible at once. Its instance need not exist (WORK_4).
  // invalid      an id or a name breaks the rules.
  // unsupported  a session or tag without its facet.
  virtual Result<void> enqueue_activity(const Activity& activity);

  // Locks and hands out the first eligible activity; nothing when there is none (WORK_1 to WORK_8).
  // invalid      lock timeout <= 0, negative poll timeout, an empty set of tags.
  // unsupported  a session claim or a filter other than default_only without its facet.
  virtual Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options);

  // Removes the activity and puts `completion`, if given, into its target's queue: one atomic step
  // (WORK_3).
  // lock_lost  the token is not that of a live lock on an activity (LOCK_9).
  // invalid    the completion is neither activity_completed nor activity_failed, or breaks the rules.
  virtual Result<void> ack_activity(const LockToken& token,
                                    const std::optional<Message>& completion);

  // As abandon_turn, for an activity.
  virtual Result<void> abandon_activity(const LockToken& token, const Abandon& how = {});

  // As renew_turn, for an activity. `lock_lost` is how a worker learns that its activity was
  // cancelled.
  virtual Result<void> renew_activity(const LockToken& token, Duration extend_for);

  // --- Reading: capability `queues`. Bad ids are `invalid`; unknown ones are empty or absent, not
  // an error.

  // The events of `execution` (absent: the current one) by event id.
  // corrupt  they are undecodable (HIST_2).
  virtual Result<std::vector<Event>> read_history(
      const std::string& instance, std::optional<std::uint64_t> execution = std::nullopt);

  // What is stored about the instance and its current execution (HIST_6).
  virtual Result<std::optional<InstanceInfo>> read_instance(const std::string& instance);

  // --- Facet sessions (SESS_3, SESS_4). Both return how many sessions they touched.
  // invalid  an owner breaks the id rule, extension <= 0, negative idle timeout.
  virtual Result<std::uint64_t> renew_sessions(const RenewSessions& options);
  virtual Result<std::uint64_t> cleanup_sessions();

  // --- Facet custom_status: the status if it is newer than the version seen (STAT_2).
  virtual Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                                 std::uint64_t seen_version);

  // --- Facet key_value: the live view (KV_1, KV_4).
  virtual Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                                     const std::string& key);
  virtual Result<std::map<std::string, KeyValue>> read_values(const std::string& instance);

  // --- Facet management (MGMT_1 to MGMT_3). Each answer is one snapshot (CONC_3). `not_found` for
  // an unknown instance or execution, but `list_children` is empty. Executions are listed by number;
  // instances, children and the members of a tree after its root in any order. `read_parent` gives
  // the stored id, also when nothing of that name exists any more.
  virtual Result<std::vector<std::string>> list_instances(std::optional<Status> status);
  virtual Result<std::vector<std::uint64_t>> list_executions(const std::string& instance);
  virtual Result<ExecutionInfo> read_execution(const std::string& instance,
                                               std::uint64_t execution);
  virtual Result<std::vector<std::string>> list_children(const std::string& instance);
  virtual Result<std::optional<std::string>> read_parent(const std::string& instance);
  virtual Result<InstanceTree> read_tree(const std::string& instance);
  virtual Result<QueueDepths> read_queue_depths();
  virtual Result<StoreTotals> read_totals();

  // --- Facet deletion (DEL_1 to DEL_5). `delete_matching` may stop early when it takes long: the
  // counts say what was done, and another call does more.
  // conflict   a running, non-root or orphaning member.
  // not_found  nothing of the instance exists.
  virtual Result<DeletionCounts> delete_instance(const std::string& instance, bool force);
  virtual Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                                  bool force);
  virtual Result<DeletionCounts> delete_matching(const InstanceFilter& filter);

  // --- Facet pruning (PRUNE_1, PRUNE_2). `prune_matching` may stop early as `delete_matching` may.
  // not_found  the instance is unknown.
  virtual Result<PruneCounts> prune_instance(const std::string& instance,
                                             const PruneOptions& options);
  virtual Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                             const PruneOptions& options);

  // --- Facet batch (BATCH_1 to BATCH_4), with the read-back of both queues in enqueue order.
  // conflict  the batch id was used with other content.
  virtual Result<BatchOutcome> apply_batch(const Batch& batch);
  virtual Result<std::vector<Message>> read_messages(const std::string& instance);
  virtual Result<std::vector<Activity>> read_activities(const std::string& instance);

  // --- Facet event_store (EVST_1 to EVST_3). A stream comes to be with its first event; one that is
  // not there is empty, and has no snapshot. It has nothing to do with an instance of the same name.

  // Appends all of `events` or none. Their ids are expected_id, expected_id + 1, ...
  // conflict  `expected_id` is not the next one.
  // invalid   no events, ids that do not continue from `expected_id`, or what breaks the rules.
  virtual Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                                     const std::vector<StreamEvent>& events);

  // The events from `from_id` on, by id; none when the stream ends before.
  virtual Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                                       std::uint64_t from_id);

  // Takes the place of the snapshot of the same event, if there is one.
  // not_found  the snapshot's event does not exist.
  virtual Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot);

  // The one with the highest event id.
  virtual Result<std::optional<Snapshot>> read_snapshot(const std::string& stream);

  // --- Facet context_store (CTX_1, CTX_2). Outputs, globals and instances are apart from each other,
  // whatever they are called. A value that is not there is absent, not an error.

  // Write-once. `list_outputs` gives the nodes of the flow that have an output, in any order.
  // conflict  the pair has an output already, be it an equal one.
  virtual Result<void> put_output(const NodeKey& key, const Bytes& output);
  virtual Result<std::optional<Bytes>> read_output(const NodeKey& key);
  virtual Result<std::vector<std::string>> list_outputs(const std::string& flow);

  // `put_global` is write-once, `upsert_global` sets or replaces.
  // conflict  put_global: the key has a value already, whichever call wrote it.
  virtual Result<void> put_global(const std::string& key, const Bytes& value);
  virtual Result<void> upsert_global(const std::string& key, const Bytes& value);
  virtual Result<std::optional<Bytes>> read_global(const std::string& key);
};

}  // namespace ackproof
