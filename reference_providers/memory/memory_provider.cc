#include "reference_providers/memory/memory_provider.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/rules.h"
#include "reference_providers/memory/shared_store.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

namespace {

Capabilities capabilities(EnumSet<Capability> facets) {
  Capabilities offered;
  offered.facets = facets;
  offered.limits.payload_bytes = 64U << 20U;
  offered.limits.id_bytes = kLongestId;
  offered.limits.history_events = 1'000'000;
  offered.limits.commit_items = 10'000;
  offered.limits.batch_messages = 1'000'000;
  offered.limits.key_bytes = kLongestId;
  offered.limits.value_bytes = 1U << 20U;
  offered.limits.smallest_lock = Duration(1);
  offered.clocks = {ClockSource::injected, ClockSource::local};
  offered.durability = Durability::is_volatile;
  offered.several_processes = false;
  offered.poll_slack = Duration(100);  // Nothing is polled for: this is a busy machine's scheduler.
  return offered;
}

// Each method: what must hold of the arguments alone, then what the store does. `now` is the
// store's clock at that moment.
class Provider final : public ackproof::Provider {
 public:
  Provider(std::shared_ptr<SharedStore> shared, const Capabilities& offered)
      : shared_(std::move(shared)), offered_(offered) {}

  Description describe() const override {
    return {.provider = "memory",
            .version = "1.0.0",
            .store_version = "in process",
            .capabilities = offered_};
  }

  // --- Instance queue

  Result<void> enqueue_message(const Message& message, Duration delay) override {
    return change(
        *shared_, "enqueue_message",
        [&] { return rules::enqueue_message(offered_, message, delay); },
        [&](Store& store, Time now) { return store.enqueue_message(message, delay, now); });
  }

  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return fetch(
        *shared_, "fetch_turn", [&] { return rules::fetch_turn(offered_, options); },
        patience(options.poll_timeout),
        [&](Store& store, Time now) { return store.fetch_turn(options, now); },
        [&](const Store& store, Time now) { return store.next_chance(options, now); });
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    return change(
        *shared_, "ack_turn", [&] { return rules::ack_turn(offered_, commit); },
        [&](Store& store, Time now) { return store.ack_turn(token, commit, now); });
  }

  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return change(
        *shared_, "abandon_turn", [&] { return rules::abandon("abandon_turn", how); },
        [&](Store& store, Time now) { return store.abandon_turn(token, how, now); });
  }

  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return change(
        *shared_, "renew_turn", [&] { return rules::renew("renew_turn", extend_for); },
        [&](Store& store, Time now) { return store.renew_turn(token, extend_for, now); });
  }

  // --- Activity queue

  Result<void> enqueue_activity(const Activity& activity) override {
    return change(
        *shared_, "enqueue_activity", [&] { return rules::enqueue_activity(offered_, activity); },
        [&](Store& store, Time) { return store.enqueue_activity(activity); });
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return fetch(
        *shared_, "fetch_activity", [&] { return rules::fetch_activity(offered_, options); },
        patience(options.poll_timeout),
        [&](Store& store, Time now) { return store.fetch_activity(options, now); },
        [&](const Store& store, Time now) { return store.next_chance(options, now); });
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    return change(
        *shared_, "ack_activity", [&] { return rules::ack_activity(offered_, completion); },
        [&](Store& store, Time now) { return store.ack_activity(token, completion, now); });
  }

  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    return change(
        *shared_, "abandon_activity", [&] { return rules::abandon("abandon_activity", how); },
        [&](Store& store, Time now) { return store.abandon_activity(token, how, now); });
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    return change(
        *shared_, "renew_activity", [&] { return rules::renew("renew_activity", extend_for); },
        [&](Store& store, Time now) { return store.renew_activity(token, extend_for, now); });
  }

  // --- Facet sessions

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    return change(
        *shared_, "renew_sessions", [&] { return rules::renew_sessions(offered_, options); },
        [&](Store& store, Time now) { return store.renew_sessions(options, now); });
  }

  Result<std::uint64_t> cleanup_sessions() override {
    return change(
        *shared_, "cleanup_sessions",
        [&] { return rules::facet("cleanup_sessions", offered_, Capability::sessions); },
        [&](Store& store, Time now) { return store.cleanup_sessions(now); });
  }

  // --- Reading, and the facets custom_status and key_value

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    return read(
        *shared_, "read_history",
        [&] { return rules::read("read_history", offered_, instance, execution); },
        [&](Store& store, Time) { return store.read_history(instance, execution); });
  }

  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    return read(
        *shared_, "read_instance", [&] { return rules::read("read_instance", offered_, instance); },
        [&](Store& store, Time) { return store.read_instance(instance); });
  }

  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) override {
    return read(
        *shared_, "read_custom_status",
        [&] { return rules::read_custom_status(offered_, instance); },
        [&](Store& store, Time) { return store.read_custom_status(instance, seen_version); });
  }

  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) override {
    return read(
        *shared_, "read_value",
        [&] { return rules::read_values("read_value", offered_, instance, key); },
        [&](Store& store, Time) { return store.read_value(instance, key); });
  }

  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) override {
    return read(
        *shared_, "read_values",
        [&] { return rules::read_values("read_values", offered_, instance); },
        [&](Store& store, Time) { return store.read_values(instance); });
  }

  // --- Facet management

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) override {
    return read(
        *shared_, "list_instances", [&] { return rules::list_instances(offered_, status); },
        [&](Store& store, Time) { return store.list_instances(status); });
  }

  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) override {
    return read(
        *shared_, "list_executions",
        [&] { return rules::manage("list_executions", offered_, instance); },
        [&](Store& store, Time) { return store.list_executions(instance); });
  }

  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    return read(
        *shared_, "read_execution",
        [&] { return rules::manage("read_execution", offered_, instance, execution); },
        [&](Store& store, Time) { return store.read_execution(instance, execution); });
  }

  Result<std::vector<std::string>> list_children(const std::string& instance) override {
    return read(
        *shared_, "list_children",
        [&] { return rules::manage("list_children", offered_, instance); },
        [&](Store& store, Time) { return store.list_children(instance); });
  }

  Result<std::optional<std::string>> read_parent(const std::string& instance) override {
    return read(
        *shared_, "read_parent", [&] { return rules::manage("read_parent", offered_, instance); },
        [&](Store& store, Time) { return store.read_parent(instance); });
  }

  Result<InstanceTree> read_tree(const std::string& instance) override {
    return read(
        *shared_, "read_tree", [&] { return rules::manage("read_tree", offered_, instance); },
        [&](Store& store, Time) { return store.read_tree(instance); });
  }

  Result<QueueDepths> read_queue_depths() override {
    return read(
        *shared_, "read_queue_depths",
        [&] { return rules::facet("read_queue_depths", offered_, Capability::management); },
        [&](Store& store, Time now) { return store.read_queue_depths(now); });
  }

  Result<StoreTotals> read_totals() override {
    return read(
        *shared_, "read_totals",
        [&] { return rules::facet("read_totals", offered_, Capability::management); },
        [&](Store& store, Time) { return store.read_totals(); });
  }

  // --- Facets deletion and pruning

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return change(
        *shared_, "delete_instance",
        [&] { return rules::remove("delete_instance", offered_, {instance}); },
        [&](Store& store, Time) { return store.delete_instance(instance, force); });
  }

  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances,
                                          bool force) override {
    return change(
        *shared_, "delete_instances",
        [&] { return rules::remove("delete_instances", offered_, instances); },
        [&](Store& store, Time) { return store.delete_instances(instances, force); });
  }

  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return change(
        *shared_, "delete_matching", [&] { return rules::remove(offered_, filter); },
        [&](Store& store, Time) { return store.delete_matching(filter); });
  }

  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return change(
        *shared_, "prune_instance", [&] { return rules::prune(offered_, instance); },
        [&](Store& store, Time) { return store.prune_instance(instance, options); });
  }

  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    return change(
        *shared_, "prune_matching", [&] { return rules::prune(offered_, filter); },
        [&](Store& store, Time) { return store.prune_matching(filter, options); });
  }

  // --- Facet event store

  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    return change(
        *shared_, "append_stream",
        [&] { return rules::append_stream(offered_, stream, expected_id, events); },
        [&](EventStreams& streams) { return streams.append(stream, expected_id, events); });
  }

  Result<std::vector<StreamEvent>> read_stream(const std::string& stream,
                                               std::uint64_t from_id) override {
    return read(
        *shared_, "read_stream", [&] { return rules::read_stream(offered_, stream, from_id); },
        [&](EventStreams& streams) { return streams.read(stream, from_id); });
  }

  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    return change(
        *shared_, "put_snapshot", [&] { return rules::put_snapshot(offered_, stream, snapshot); },
        [&](EventStreams& streams) { return streams.put_snapshot(stream, snapshot); });
  }

  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) override {
    return read(
        *shared_, "read_snapshot", [&] { return rules::read_snapshot(offered_, stream); },
        [&](EventStreams& streams) { return streams.read_snapshot(stream); });
  }

  // --- Facet context store

  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    return change(
        *shared_, "put_output", [&] { return rules::put_output(offered_, key, output); },
        [&](ContextValues& context) { return context.put_output(key, output); });
  }

  Result<std::optional<Bytes>> read_output(const NodeKey& key) override {
    return read(
        *shared_, "read_output", [&] { return rules::read_output(offered_, key); },
        [&](ContextValues& context) { return context.read_output(key); });
  }

  Result<std::vector<std::string>> list_outputs(const std::string& flow) override {
    return read(
        *shared_, "list_outputs", [&] { return rules::list_outputs(offered_, flow); },
        [&](ContextValues& context) { return context.list_outputs(flow); });
  }

  Result<void> put_global(const std::string& key, const Bytes& value) override {
    return change(
        *shared_, "put_global", [&] { return rules::global("put_global", offered_, key, value); },
        [&](ContextValues& context) { return context.put_global(key, value); });
  }

  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    return change(
        *shared_, "upsert_global",
        [&] { return rules::global("upsert_global", offered_, key, value); },
        [&](ContextValues& context) { return context.upsert_global(key, value); });
  }

  Result<std::optional<Bytes>> read_global(const std::string& key) override {
    return read(
        *shared_, "read_global", [&] { return rules::global("read_global", offered_, key); },
        [&](ContextValues& context) { return context.read_global(key); });
  }

 private:
  // How long a fetch may wait: without the facet not at all (POLL_3).
  Duration patience(Duration poll_timeout) const {
    return offered_.facets.has(Capability::long_polling) ? poll_timeout : Duration(0);
  }

  const std::shared_ptr<SharedStore> shared_;
  const Capabilities offered_;
};

// Runs a hook's work on the scope's store, if there is one.
template <class Verb>
Result<void> damage(const Scope& scope, std::string_view hook, const Verb& verb) {
  const std::shared_ptr<SharedStore> store = find_store(scope);
  if (store == nullptr) return Error{ErrorKind::not_found, std::string(hook), "no such store"};
  return change(
      *store, hook, [] { return rules::Refusal(); },
      [&](Store& opened, Time) { return verb(opened); });
}

}  // namespace

ProviderFactory factory(EnumSet<Capability> facets) {
  ProviderFactory made;
  made.name = "memory";
  made.summary = "Everything in the process: the contract in its plainest form.";
  made.open = [facets](const Scope& scope) -> Result<std::unique_ptr<ackproof::Provider>> {
    const Capabilities offered = capabilities(facets);
    return std::unique_ptr<ackproof::Provider>(
        std::make_unique<Provider>(open_store(scope, offered.limits), offered));
  };
  made.destroy = destroy_store;
  made.corrupt_history = [](const Scope& scope, const std::string& instance,
                            std::uint64_t execution) {
    return damage(scope, "corrupt_history",
                  [&](Store& store) { return store.corrupt_history(instance, execution); });
  };
  made.corrupt_message = [](const Scope& scope, const std::string& target, std::uint64_t id) {
    return damage(scope, "corrupt_message",
                  [&](Store& store) { return store.corrupt_message(target, id); });
  };
  made.corrupt_activity = [](const Scope& scope, const ActivityKey& key) {
    return damage(scope, "corrupt_activity",
                  [&](Store& store) { return store.corrupt_activity(key); });
  };
  return made;
}

}  // namespace ackproof::memory
