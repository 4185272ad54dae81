// What the verbs of the contract do within their transaction.
//
// `provider.cc` checks the arguments, opens the transaction, reads the clock, calls one of these,
// and commits. They throw; whatever they throw undoes the transaction.
#pragma once

#include "contract/capability.h"
#include "contract/types.h"
#include "reference_providers/sqlite/connection.h"

namespace ackproof::sqlite {

// What this provider declares.
Capabilities capabilities();

// --- messages.cc

// Puts a message at the end of its target's queue, visible at the later of now + `delay` and its
// own visible time (TURN_12).
void put_message(Connection& db, const Message& message, Time now, Duration delay = Duration(0));

// How long an abandoned item is hidden; nothing: not at all.
std::optional<Time> hidden_until(const Abandon& how, Time now);

// The message in the first eight columns of a row.
Message read_message(const Query& row, const std::string& target);

// --- turns.cc

std::optional<Turn> fetch_turn(Connection& db, const FetchTurn& options, Time now);
// When a turn may become ready by itself, after a fetch that found none.
std::optional<Time> next_awake(Connection& db);
void abandon_turn(Connection& db, const LockToken& token, const Abandon& how, Time now);
void renew_turn(Connection& db, const LockToken& token, Duration extend_for, Time now);

// What a live token opened. `lock_lost` for any other.
struct OpenTurn {
  std::int64_t instance = 0;  // The row's number.
  bool exists = false;        // Whether the instance does.
  std::uint64_t execution = 0;
  std::optional<std::string> parent;
  std::int64_t batch_end = 0;
};
OpenTurn open_turn(Connection& db, const LockToken& token, Time now);

// Unlocks the instance, and puts it where its messages want it: in line, to sleep, or nowhere.
void release(Connection& db, std::int64_t instance, bool exists);

// --- ack.cc

void ack_turn(Connection& db, const LockToken& token, const TurnCommit& commit, Time now);

// --- activities.cc

void put_activity(Connection& db, const Activity& activity);
std::optional<LockedActivity> fetch_activity(Connection& db, const FetchActivity& options,
                                             Time now);
// When an activity may become eligible by itself, after a fetch that found none.
std::optional<Time> next_eligible(Connection& db, Time now);
void ack_activity(Connection& db, const LockToken& token, const std::optional<Message>& completion,
                  Time now);
void abandon_activity(Connection& db, const LockToken& token, const Abandon& how, Time now);
void renew_activity(Connection& db, const LockToken& token, Duration extend_for, Time now);
void cancel_activity(Connection& db, const ActivityKey& key);

// --- sessions.cc

void claim_session(Connection& db, const std::string& session, const SessionClaim& claim, Time now);
// Counts what the holder of an activity's token does as activity in its session (SESS_3).
void touch_session(Connection& db, const LockToken& token, Time now);
std::uint64_t renew_sessions(Connection& db, const RenewSessions& options, Time now);
std::uint64_t cleanup_sessions(Connection& db, Time now);

// --- custom_status.cc

void set_custom_status(Connection& db, std::int64_t instance, const StatusChange& change);
std::optional<CustomStatus> read_custom_status(Connection& db, const std::string& instance,
                                               std::uint64_t seen_version);

// --- key_values.cc

// Records changes as pending, in order (KV_1).
void change_values(Connection& db, std::int64_t instance,
                   const std::vector<KeyValueChange>& changes);
// Makes what is pending the state (KV_2).
void merge_values(Connection& db, std::int64_t instance);
std::map<std::string, KeyValue> read_merged_values(Connection& db, std::int64_t instance);
std::optional<KeyValue> read_value(Connection& db, const std::string& instance,
                                   const std::string& key);
std::map<std::string, KeyValue> read_values(Connection& db, const std::string& instance);

// --- management.cc

std::vector<std::string> list_instances(Connection& db, std::optional<Status> status);
std::vector<std::uint64_t> list_executions(Connection& db, const std::string& instance);
ExecutionInfo read_execution(Connection& db, const std::string& instance, std::uint64_t execution);
std::vector<std::string> list_children(Connection& db, const std::string& instance);
std::optional<std::string> read_parent(Connection& db, const std::string& instance);
InstanceTree read_tree(Connection& db, const std::string& instance);
QueueDepths read_queue_depths(Connection& db, Time now);
StoreTotals read_totals(Connection& db);

// --- deletion.cc

DeletionCounts delete_instance(Connection& db, const std::string& instance, bool force);
DeletionCounts delete_instances(Connection& db, const std::vector<std::string>& instances,
                                bool force);

// Bulk deletion goes candidate by candidate, some per transaction (CONC_3). The second
// deletes the tree of one, or nothing if it does not match the filter.
std::vector<std::string> deletion_candidates(Connection& db, const InstanceFilter& filter);
DeletionCounts delete_if_matching(Connection& db, const std::string& instance,
                                  const InstanceFilter& filter);

// --- pruning.cc

PruneCounts prune_instance(Connection& db, const std::string& instance,
                           const PruneOptions& options);

// As for deletion.
std::vector<std::string> pruning_candidates(Connection& db, const InstanceFilter& filter);
PruneCounts prune_if_matching(Connection& db, const std::string& instance,
                              const InstanceFilter& filter, const PruneOptions& options);

// --- event_streams.cc

void append_stream(Connection& db, const std::string& stream, std::uint64_t expected_id,
                   const std::vector<StreamEvent>& events);
std::vector<StreamEvent> read_stream(Connection& db, const std::string& stream,
                                     std::uint64_t from_id);
void put_snapshot(Connection& db, const std::string& stream, const Snapshot& snapshot);
std::optional<Snapshot> read_snapshot(Connection& db, const std::string& stream);

// --- context_values.cc

void put_output(Connection& db, const NodeKey& key, const Bytes& output);
std::optional<Bytes> read_output(Connection& db, const NodeKey& key);
std::vector<std::string> list_outputs(Connection& db, const std::string& flow);
void put_global(Connection& db, const std::string& key, const Bytes& value);
void upsert_global(Connection& db, const std::string& key, const Bytes& value);
std::optional<Bytes> read_global(Connection& db, const std::string& key);

// --- read.cc

// The pinned version in three columns of a row.
std::optional<EngineVersion> read_pin(const Query& row, int column);

// The payload of the body in this column. `corrupt` if it does not parse.
Bytes read_payload(const Query& row, int column);

// Events by id, or none and the reason: never a part of them (HIST_2).
struct History {
  std::vector<Event> events;
  std::optional<std::string> error;
};
History read_events(Query& rows);

// The texts in the first column.
std::vector<std::string> read_texts(Query& rows);

// Each of them once, in the order of their first appearance.
std::vector<std::string> distinct(const std::vector<std::string>& texts);

std::vector<Event> read_history(Connection& db, const std::string& instance,
                                std::optional<std::uint64_t> execution);
std::optional<InstanceInfo> read_instance(Connection& db, const std::string& instance);

}  // namespace ackproof::sqlite
