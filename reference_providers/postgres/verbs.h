// The verbs of the contract as calls of the store's functions: arguments there, answers back.
//
// `provider.cc` checks the arguments, makes the transaction, and calls one of these. They throw.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/capability.h"
#include "contract/types.h"
#include "reference_providers/postgres/connection.h"

namespace ackproof::postgres {

// What this provider declares, but for its durability, which the server decides.
Capabilities capabilities();

// What a fetch saw.
template <class Found>
struct Look {
  std::optional<Found> found;
  bool is_over = false;  // Others were in the way; what it saw is over: look again.
  Time now;
  std::optional<Time> next;  // When something may become deliverable by itself.
};

// A token is the number of the row that it opens, and a random part that the row has to match.
struct ParsedToken {
  std::int64_t row = 0;
  std::string secret;
};
LockToken token_of(std::uint64_t row, const std::string& secret);
// Nothing: it was never issued.
std::optional<ParsedToken> parsed(const LockToken& token);

// --- messages.cc: messages as the nine arrays that functions take, in this order

struct MessageArrays {
  explicit MessageArrays(const std::vector<Message>& messages);
  Array targets, kinds, executions, ids, visible, names, versions, parents, bodies;
};
Message read_message(const Row& line, const std::string& target);

void enqueue_message(Session& session, const Message& message, Duration delay);

// --- turns.cc

Look<Turn> fetch_turn(Session& session, const FetchTurn& options, const std::string& secret);
void abandon_turn(Session& session, const LockToken& token, const Abandon& how);
void renew_turn(Session& session, const LockToken& token, Duration extend_for);

// --- ack.cc

void ack_turn(Session& session, const LockToken& token, const TurnCommit& commit);

// --- activities.cc

// Activities as the seven arrays that functions take, in this order.
struct ActivityArrays {
  explicit ActivityArrays(const std::vector<Activity>& activities);
  Array instances, executions, ids, names, sessions, tags, bodies;
};

void enqueue_activity(Session& session, const Activity& activity);
Look<LockedActivity> fetch_activity(Session& session, const FetchActivity& options,
                                    const std::string& secret);
void ack_activity(Session& session, const LockToken& token,
                  const std::optional<Message>& completion);
void abandon_activity(Session& session, const LockToken& token, const Abandon& how);
void renew_activity(Session& session, const LockToken& token, Duration extend_for);

std::uint64_t renew_sessions(Session& session, const RenewSessions& options);
std::uint64_t cleanup_sessions(Session& session);

// --- reading.cc

// Events by id, or none and the reason: never a part of them (HIST_2).
class History {
 public:
  void add(const Row& line);
  std::vector<Event> events;
  std::optional<std::string> error;
};

std::vector<Event> read_history(Session& session, const std::string& instance,
                                std::optional<std::uint64_t> execution);
std::optional<InstanceInfo> read_instance(Session& session, const std::string& instance);
std::optional<CustomStatus> read_custom_status(Session& session, const std::string& instance,
                                               std::uint64_t seen_version);
std::optional<KeyValue> read_value(Session& session, const std::string& instance,
                                   const std::string& key);
std::map<std::string, KeyValue> read_values(Session& session, const std::string& instance);

// --- management.cc

std::vector<std::string> list_instances(Session& session, std::optional<Status> status);
std::vector<std::uint64_t> list_executions(Session& session, const std::string& instance);
ExecutionInfo read_execution(Session& session, const std::string& instance,
                             std::uint64_t execution);
std::vector<std::string> list_children(Session& session, const std::string& instance);
std::optional<std::string> read_parent(Session& session, const std::string& instance);
InstanceTree read_tree(Session& session, const std::string& instance);
StoreTotals read_totals(Session& session);

// Nothing: the clock moved on while the snapshot was taken.
std::optional<QueueDepths> read_queue_depths(Session& session, bool must_be_exact);

// --- removal.cc

DeletionCounts delete_instance(Session& session, const std::string& instance, bool force);
DeletionCounts delete_instances(Session& session, const std::vector<std::string>& instances,
                                bool force);

// Bulk deletion goes candidate by candidate, each in a transaction of its own (CONC_3). The second
// deletes the tree of one, or nothing if it does not match the filter.
std::vector<std::string> deletion_candidates(Session& session, const InstanceFilter& filter);
DeletionCounts delete_if_matching(Session& session, const std::string& instance,
                                  const InstanceFilter& filter);

PruneCounts prune_instance(Session& session, const std::string& instance,
                           const PruneOptions& options);

// As for deletion.
std::vector<std::string> pruning_candidates(Session& session, const InstanceFilter& filter);
PruneCounts prune_if_matching(Session& session, const std::string& instance,
                              const InstanceFilter& filter, const PruneOptions& options);

}  // namespace ackproof::postgres
