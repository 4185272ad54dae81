// A provider that hands every call on to another one.
//
// To change one behaviour, derive and override one method: that is how calls are recorded, faults
// injected and defects seeded. Nothing else stands between the two, so an inner provider's answer
// arrives as it was given.
#pragma once

#include <memory>
#include <utility>

#include "contract/provider.h"

namespace ackproof {

class ForwardingProvider : public Provider {
 public:
  explicit ForwardingProvider(std::unique_ptr<Provider> inner) : inner_(std::move(inner)) {}

  Description describe() const override { return inner_->describe(); }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return inner_->enqueue_message(message, delay);
  }
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return inner_->fetch_turn(options);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return inner_->ack_turn(token, commit);
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return inner_->abandon_turn(token, how);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return inner_->renew_turn(token, extend_for);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    return inner_->enqueue_activity(activity);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return inner_->fetch_activity(options);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return inner_->ack_activity(token, completion);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return inner_->abandon_activity(token, how);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return inner_->renew_activity(token, extend_for);
  }
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return inner_->read_history(instance, execution);
  }
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return inner_->read_instance(instance);
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    return inner_->renew_sessions(options);
  }
  Result<std::uint64_t> cleanup_sessions() override { return inner_->cleanup_sessions(); }
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    return inner_->read_custom_status(instance, seen_version);
  }
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    return inner_->read_value(instance, key);
  }
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    return inner_->read_values(instance);
  }
  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return inner_->list_instances(status);
  }
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    return inner_->list_executions(instance);
  }
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    return inner_->read_execution(instance, execution);
  }
  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return inner_->list_children(instance);
  }
  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    return inner_->read_parent(instance);
  }
  Result<InstanceTree> read_tree(const std::string& instance) override {
    return inner_->read_tree(instance);
  }
  Result<QueueDepths> read_queue_depths() override { return inner_->read_queue_depths(); }
  Result<StoreTotals> read_totals() override { return inner_->read_totals(); }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner_->delete_instance(instance, force);
  }
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return inner_->delete_instances(instances, force);
  }
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return inner_->delete_matching(filter);
  }
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return inner_->prune_instance(instance, options);
  }
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return inner_->prune_matching(filter, options);
  }
  Result<BatchOutcome> apply_batch(const Batch& batch) override {
    return inner_->apply_batch(batch);
  }
  Result<std::vector<Message>> read_messages(const std::string& instance) override {
    return inner_->read_messages(instance);
  }
  Result<std::vector<Activity>> read_activities(const std::string& instance) override {
    return inner_->read_activities(instance);
  }
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return inner_->append_stream(stream, expected_id, events);
  }
  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    return inner_->read_stream(stream, from_id);
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return inner_->put_snapshot(stream, snapshot);
  }
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return inner_->read_snapshot(stream);
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return inner_->put_output(key, output);
  }
  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return inner_->read_output(key);
  }
  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return inner_->list_outputs(flow);
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return inner_->put_global(key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return inner_->upsert_global(key, value);
  }
  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return inner_->read_global(key);
  }

 protected:
  Provider& inner() { return *inner_; }

 private:
  std::unique_ptr<Provider> inner_;
};

}  // namespace ackproof
