// A ForwardingProvider whose calls all go through one function, for variants that treat every call
// alike: a slow one, one that makes each call in a thread of its own.
//
// A variant derives from EveryCall<itself> and has `Result<T> around(operation, call)`, in which
// `call()` is the inner provider's answer. `describe()` is no such call: it never fails.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/forwarding_provider.h"

namespace ackproof {

template <class Variant>
class EveryCall : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return pass("enqueue_message", [&] { return inner().enqueue_message(message, delay); });
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return pass("fetch_turn", [&] { return inner().fetch_turn(options); });
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return pass("ack_turn", [&] { return inner().ack_turn(token, commit); });
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return pass("abandon_turn", [&] { return inner().abandon_turn(token, how); });
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return pass("renew_turn", [&] { return inner().renew_turn(token, extend_for); });
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return pass("enqueue_activity", [&] { return inner().enqueue_activity(activity); });
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return pass("fetch_activity", [&] { return inner().fetch_activity(options); });
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return pass("ack_activity", [&] { return inner().ack_activity(token, completion); });
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return pass("abandon_activity", [&] { return inner().abandon_activity(token, how); });
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return pass("renew_activity", [&] { return inner().renew_activity(token, extend_for); });
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return pass("read_history", [&] { return inner().read_history(instance, execution); });
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return pass("read_instance", [&] { return inner().read_instance(instance); });
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    return pass("renew_sessions", [&] { return inner().renew_sessions(options); });
  }
  Result<std::uint64_t> cleanup_sessions() override {
    return pass("cleanup_sessions", [&] { return inner().cleanup_sessions(); });
  }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    return pass("read_custom_status",
                [&] { return inner().read_custom_status(instance, seen_version); });
  }
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    return pass("read_value", [&] { return inner().read_value(instance, key); });
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    return pass("read_values", [&] { return inner().read_values(instance); });
  }
  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return pass("list_instances", [&] { return inner().list_instances(status); });
  }
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    return pass("list_executions", [&] { return inner().list_executions(instance); });
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    return pass("read_execution", [&] { return inner().read_execution(instance, execution); });
  }
  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return pass("list_children", [&] { return inner().list_children(instance); });
  }
  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    return pass("read_parent", [&] { return inner().read_parent(instance); });
  }
  Result<InstanceTree> read_tree(const std::string& instance) override {
    return pass("read_tree", [&] { return inner().read_tree(instance); });
  }
  Result<QueueDepths> read_queue_depths() override {
    return pass("read_queue_depths", [&] { return inner().read_queue_depths(); });
  }
  Result<StoreTotals> read_totals() override {
    return pass("read_totals", [&] { return inner().read_totals(); });
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return pass("delete_instance", [&] { return inner().delete_instance(instance, force); });
  }
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return pass("delete_instances", [&] { return inner().delete_instances(instances, force); });
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return pass("delete_matching", [&] { return inner().delete_matching(filter); });
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return pass("prune_instance", [&] { return inner().prune_instance(instance, options); });
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return pass("prune_matching", [&] { return inner().prune_matching(filter, options); });
  }
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return pass("append_stream",
                [&] { return inner().append_stream(stream, expected_id, events); });
  }
  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    return pass("read_stream", [&] { return inner().read_stream(stream, from_id); });
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return pass("put_snapshot", [&] { return inner().put_snapshot(stream, snapshot); });
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return pass("read_snapshot", [&] { return inner().read_snapshot(stream); });
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return pass("put_output", [&] { return inner().put_output(key, output); });
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return pass("read_output", [&] { return inner().read_output(key); });
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return pass("list_outputs", [&] { return inner().list_outputs(flow); });
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return pass("put_global", [&] { return inner().put_global(key, value); });
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return pass("upsert_global", [&] { return inner().upsert_global(key, value); });
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return pass("read_global", [&] { return inner().read_global(key); });
  }

 private:
  template <class Call>
  auto pass(std::string_view operation, const Call& call) {
    return static_cast<Variant*>(this)->around(operation, call);
  }
};

}  // namespace ackproof
