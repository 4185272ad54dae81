#include "contract/provider.h"

namespace ackproof {

namespace {

Error unsupported(const char* operation) {
  return {ErrorKind::unsupported, operation, "this provider does not declare the facet"};
}

}  // namespace

Result<void> Provider::enqueue_message(const Message&, Duration) {
  return unsupported("enqueue_message");
}

Result<std::optional<Turn>> Provider::fetch_turn(const FetchTurn&) {
  return unsupported("fetch_turn");
}

Result<void> Provider::ack_turn(const LockToken&, const TurnCommit&) {
  return unsupported("ack_turn");
}

Result<void> Provider::abandon_turn(const LockToken&, const Abandon&) {
  return unsupported("abandon_turn");
}

Result<void> Provider::renew_turn(const LockToken&, Duration) { return unsupported("renew_turn"); }

Result<void> Provider::enqueue_activity(const Activity&) { return unsupported("enqueue_activity"); }

Result<std::optional<LockedActivity>> Provider::fetch_activity(const FetchActivity&) {
  return unsupported("fetch_activity");
}

Result<void> Provider::ack_activity(const LockToken&, const std::optional<Message>&) {
  return unsupported("ack_activity");
}

Result<void> Provider::abandon_activity(const LockToken&, const Abandon&) {
  return unsupported("abandon_activity");
}

Result<void> Provider::renew_activity(const LockToken&, Duration) {
  return unsupported("renew_activity");
}

Result<std::vector<Event>> Provider::read_history(const std::string&,
                                                  std::optional<std::uint64_t>) {
  return unsupported("read_history");
}

Result<std::optional<InstanceInfo>> Provider::read_instance(const std::string&) {
  return unsupported("read_instance");
}

Result<std::uint64_t> Provider::renew_sessions(const RenewSessions&) {
  return unsupported("renew_sessions");
}

Result<std::uint64_t> Provider::cleanup_sessions() { return unsupported("cleanup_sessions"); }

Result<std::optional<CustomStatus>> Provider::read_custom_status(const std::string&,
                                                                 std::uint64_t) {
  return unsupported("read_custom_status");
}

Result<std::optional<KeyValue>> Provider::read_value(const std::string&, const std::string&) {
  return unsupported("read_value");
}

Result<std::map<std::string, KeyValue>> Provider::read_values(const std::string&) {
  return unsupported("read_values");
}

Result<std::vector<std::string>> Provider::list_instances(std::optional<Status>) {
  return unsupported("list_instances");
}

Result<std::vector<std::uint64_t>> Provider::list_executions(const std::string&) {
  return unsupported("list_executions");
}

Result<ExecutionInfo> Provider::read_execution(const std::string&, std::uint64_t) {
  return unsupported("read_execution");
}

Result<std::vector<std::string>> Provider::list_children(const std::string&) {
  return unsupported("list_children");
}

Result<std::optional<std::string>> Provider::read_parent(const std::string&) {
  return unsupported("read_parent");
}

Result<InstanceTree> Provider::read_tree(const std::string&) { return unsupported("read_tree"); }

Result<QueueDepths> Provider::read_queue_depths() { return unsupported("read_queue_depths"); }

Result<StoreTotals> Provider::read_totals() { return unsupported("read_totals"); }

Result<DeletionCounts> Provider::delete_instance(const std::string&, bool) {
  return unsupported("delete_instance");
}

Result<DeletionCounts> Provider::delete_instances(const std::vector<std::string>&, bool) {
  return unsupported("delete_instances");
}

Result<DeletionCounts> Provider::delete_matching(const InstanceFilter&) {
  return unsupported("delete_matching");
}

Result<PruneCounts> Provider::prune_instance(const std::string&, const PruneOptions&) {
  return unsupported("prune_instance");
}

Result<PruneCounts> Provider::prune_matching(const InstanceFilter&, const PruneOptions&) {
  return unsupported("prune_matching");
}

Result<BatchOutcome> Provider::apply_batch(const Batch&) { return unsupported("apply_batch"); }

Result<std::vector<Message>> Provider::read_messages(const std::string&) {
  return unsupported("read_messages");
}

Result<std::vector<Activity>> Provider::read_activities(const std::string&) {
  return unsupported("read_activities");
}

Result<void> Provider::append_stream(const std::string&, std::uint64_t,
                                     const std::vector<StreamEvent>&) {
  return unsupported("append_stream");
}

Result<std::vector<StreamEvent>> Provider::read_stream(const std::string&, std::uint64_t) {
  return unsupported("read_stream");
}

Result<void> Provider::put_snapshot(const std::string&, const Snapshot&) {
  return unsupported("put_snapshot");
}

Result<std::optional<Snapshot>> Provider::read_snapshot(const std::string&) {
  return unsupported("read_snapshot");
}

Result<void> Provider::put_output(const NodeKey&, const Bytes&) {
  return unsupported("put_output");
}

Result<std::optional<Bytes>> Provider::read_output(const NodeKey&) {
  return unsupported("read_output");
}

Result<std::vector<std::string>> Provider::list_outputs(const std::string&) {
  return unsupported("list_outputs");
}

Result<void> Provider::put_global(const std::string&, const Bytes&) {
  return unsupported("put_global");
}

Result<void> Provider::upsert_global(const std::string&, const Bytes&) {
  return unsupported("upsert_global");
}

Result<std::optional<Bytes>> Provider::read_global(const std::string&) {
  return unsupported("read_global");
}

}  // namespace ackproof
