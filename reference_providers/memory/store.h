// The store of the memory provider: the data, and the verbs of the contract as plain code on it.
//
// Used by one call at a time: the provider holds a mutex, reads the clock and hands in `now`. It
// has checked the arguments by themselves; what depends on stored things is checked here, before
// the first write. The writing parts are noexcept, and payloads are copied before them: should
// memory run out in the middle of a write, the process ends, and a volatile store with it, rather
// than go on half changed (ERR_3).
//
// A verb that changes something decides first, and then performs one effect (`effects.h`). Whoever
// wants the store to outlive the process keeps the effects and applies them again.
//
// The queues with the locks, the sessions and the key-values are classes of their own; the verbs
// are in store.cc (what turns and workers do), reading.cc, management.cc, deletion.cc, pruning.cc;
// effects.cc applies what they came to. The errors carry kind and message; the provider adds the
// name of the operation.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contract/capability.h"
#include "contract/result.h"
#include "contract/types.h"
#include "reference_providers/memory/activity_queue.h"
#include "reference_providers/memory/effects.h"
#include "reference_providers/memory/instances.h"
#include "reference_providers/memory/message_queue.h"

namespace ackproof::memory {

class Store {
 public:
  explicit Store(const Limits& limits)
      : limits_(limits), messages_(instances_, limits.batch_messages) {}
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Result<void> enqueue_message(Message message, Duration delay, Time now);
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options, Time now);
  Result<void> ack_turn(const LockToken& token, TurnCommit commit, Time now);
  Result<void> abandon_turn(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew_turn(const LockToken& token, Duration extend_for, Time now);

  Result<void> enqueue_activity(Activity activity);
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options, Time now);
  Result<void> ack_activity(const LockToken& token, std::optional<Message> completion, Time now);
  Result<void> abandon_activity(const LockToken& token, const Abandon& how, Time now);
  Result<void> renew_activity(const LockToken& token, Duration extend_for, Time now);

  // When to look again after such a fetch has found nothing at `now`, if nothing else changes.
  Time next_chance(const FetchTurn& options, Time now) const;
  Time next_chance(const FetchActivity& options, Time now) const;

  Result<std::uint64_t> renew_sessions(const RenewSessions& options, Time now);
  Result<std::uint64_t> cleanup_sessions(Time now);

  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) const;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) const;
  Result<std::optional<CustomStatus>> read_custom_status(const std::string& instance,
                                                         std::uint64_t seen_version) const;
  Result<std::optional<KeyValue>> read_value(const std::string& instance,
                                             const std::string& key) const;
  Result<std::map<std::string, KeyValue>> read_values(const std::string& instance) const;

  Result<std::vector<std::string>> list_instances(std::optional<Status> status) const;
  Result<std::vector<std::uint64_t>> list_executions(const std::string& instance) const;
  Result<ExecutionInfo> read_execution(const std::string& instance, std::uint64_t execution) const;
  Result<std::vector<std::string>> list_children(const std::string& instance) const;
  Result<std::optional<std::string>> read_parent(const std::string& instance) const;
  Result<InstanceTree> read_tree(const std::string& instance) const;
  Result<QueueDepths> read_queue_depths(Time now) const;
  Result<StoreTotals> read_totals() const;

  Result<DeletionCounts> delete_instance(const std::string& instance, bool force);
  Result<DeletionCounts> delete_instances(const std::vector<std::string>& instances, bool force);
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter);

  Result<PruneCounts> prune_instance(const std::string& instance, const PruneOptions& options);
  Result<PruneCounts> prune_matching(const InstanceFilter& filter, const PruneOptions& options);

  // Sees each effect of a verb before it is applied, and may replace payloads by what is to be kept
  // instead. If it throws, the verb has changed nothing.
  using Witness = std::function<void(Effect&)>;
  void set_witness(Witness witness) { witness_ = std::move(witness); }

  // Applies an effect that another store's witness saw, or `dump` gave out. Only if it fits: all
  // that it names is there.
  void apply(Effect effect) noexcept;
  bool fits(const Effect& effect) const;

  // Gives out effects which make an empty store equal to this one.
  void dump(const std::function<void(Effect)>& sink) const;

  // What the factory's hooks do. not_found  there is no such item.
  Result<void> corrupt_history(const std::string& instance, std::uint64_t execution);
  Result<void> corrupt_message(const std::string& target, std::uint64_t id);
  Result<void> corrupt_activity(const ActivityKey& key);

 private:
  void perform(Effect effect);
  void apply_one(MessagePut& put) noexcept;
  void apply_one(TurnTaken& taken) noexcept;
  void apply_one(TurnCommitted& committed) noexcept;
  void apply_one(TurnReturned& returned) noexcept;
  void apply_one(TurnRenewed& renewed) noexcept;
  void apply_one(ActivityPut& put) noexcept;
  void apply_one(ActivityTaken& taken) noexcept;
  void apply_one(ActivityFinished& finished) noexcept;
  void apply_one(ActivityReturned& returned) noexcept;
  void apply_one(ActivityRenewed& renewed) noexcept;
  void apply_one(SessionsRenewed& renewed) noexcept;
  void apply_one(SessionsRemoved& removed) noexcept;
  void apply_one(InstancesRemoved& removed) noexcept;
  void apply_one(ExecutionsRemoved& removed) noexcept;
  void apply_one(CountersRestored& counters) noexcept;
  void apply_one(InstanceRestored& restored) noexcept;
  void apply_one(ExecutionRestored& restored) noexcept;
  void apply_one(EventRestored& restored) noexcept;
  void apply_one(MailboxRestored& restored) noexcept;
  void apply_one(MessageRestored& restored) noexcept;
  void apply_one(ActivityRestored& restored) noexcept;
  void apply_one(SessionRestored& restored) noexcept;

  // Turn commit.
  std::optional<Error> refusal(const Mailbox& mailbox, const TurnCommit& commit) const;
  std::optional<Error> refusal(const Execution* execution, const std::vector<Event>& delta) const;
  void complete(const Mailbox& mailbox, Metadata& metadata) const;

  // Deletion and pruning.
  bool is_queued(const std::string& instance) const;
  std::optional<Error> refusal(const std::set<std::string>& doomed, bool force) const;
  DeletionCounts remove(std::set<std::string> doomed);
  std::vector<std::string> candidates(const InstanceFilter& filter) const;

  Limits limits_;
  Witness witness_;
  Instances instances_;
  MessageQueue messages_;  // Looks into `instances_`.
  ActivityQueue activities_;
};

}  // namespace ackproof::memory
