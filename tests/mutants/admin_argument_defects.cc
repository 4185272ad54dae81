// Providers that are careless with the arguments of management, deletion and pruning, or with the
// tokens of deleted instances.
#include <algorithm>

#include "contract/requirements.h"
#include "contract/rules.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

template <class T>
bool is_invalid(const Result<T>& result) {
  return !result && result.error().kind == ErrorKind::invalid;
}

// --- Bad ids

struct TreesOfBadIdsAreNotFound : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<InstanceTree> read_tree(const std::string& instance) override {
    Result<InstanceTree> tree = inner().read_tree(instance);
    if (!is_invalid(tree)) return tree;
    return Error{ErrorKind::not_found, "read_tree", "no such instance"};
  }
};

struct BadIdsHaveNoChildren : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_children(const std::string& instance) override {
    Result<Names> children = inner().list_children(instance);
    if (is_invalid(children)) return Names();
    return children;
  }
};

struct ExecutionZeroIsTheCurrentOne : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<ExecutionInfo> read_execution(const std::string& instance,
                                       std::uint64_t execution) override {
    const auto info = execution == 0 ? record(inner(), instance) : std::nullopt;
    return inner().read_execution(instance, info ? info->execution : execution);
  }
};

bool is_id(const std::string& text) {
  return !text.empty() && text.size() <= kLongestId && rules::is_text(text);
}

// Leaves out what it cannot use.
void keep_ids(Names& instances) {
  std::erase_if(instances, [](const std::string& text) { return !is_id(text); });
}

struct DeletionSkipsBadIds : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    InstanceFilter kept = filter;
    if (kept.instances) keep_ids(*kept.instances);
    return inner().delete_matching(kept);
  }
};

struct PruningSkipsBadIds : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_matching(const InstanceFilter& filter,
                                     const PruneOptions& options) override {
    InstanceFilter kept = filter;
    if (kept.instances) keep_ids(*kept.instances);
    return inner().prune_matching(kept, options);
  }
};

// Some members have gone when the bad one is reached.
struct SetIsCheckedOnTheWay : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instances(instances, force);
    if (!is_invalid(counts)) return counts;
    for (const std::string& instance : instances) {
      if (!is_id(instance)) break;
      (void)inner().delete_instances({instance}, force);
    }
    return counts;
  }
};

// --- U+0000

struct DeletionCutsAtNul : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(instance.c_str(), force);
  }
};

struct PruningCutsAtNul : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    return inner().prune_instance(instance.c_str(), options);
  }
};

struct TreeCutsAtNul : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<InstanceTree> read_tree(const std::string& instance) override {
    return inner().read_tree(instance.c_str());
  }
};

// --- Long ids

constexpr std::size_t kColumn = 255;

struct ListCutsLongIds : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (!list) return list;
    for (std::string& instance : list.value()) instance = instance.substr(0, kColumn);
    return list;
  }
};

struct DeletionComparesTheBeginning : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts || instance.size() < kColumn) return counts;
    for (const std::string& id : all_instances(inner())) {
      if (id.compare(0, kColumn, instance, 0, kColumn) == 0)
        (void)inner().delete_instance(id, true);
    }
    return counts;
  }
};

struct LongIdsAreNotPruned : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<PruneCounts> prune_instance(const std::string& instance,
                                     const PruneOptions& options) override {
    if (instance.size() > kColumn) {
      return Error{ErrorKind::not_found, "prune_instance", "no such instance"};
    }
    return inner().prune_instance(instance, options);
  }
};

// --- Statuses

struct UnknownStatusListsNobody : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<Names> list_instances(std::optional<Status> status) override {
    Result<Names> list = inner().list_instances(status);
    if (is_invalid(list)) return Names();
    return list;
  }
};

// --- Tokens of the deleted

struct Ended {
  std::set<std::string> instances;
};

// An update of no row is no error.
struct TurnCallsOfTheDeletedSucceed : KnowsTurns<Ended> {
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->instances.insert(instance);
    return counts;
  }
  Result<void> abandon_turn(const LockToken& token, const Abandon& how) override {
    return unless_deleted(token, inner().abandon_turn(token, how));
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    return unless_deleted(token, inner().renew_turn(token, extend_for));
  }

 private:
  Result<void> unless_deleted(const LockToken& token, Result<void> result) {
    const std::optional<Turn> turn = turn_of(token);
    if (lost(result) && turn && state()->instances.contains(turn->instance)) return {};
    return result;
  }
};

// The completion is enqueued before the token is looked up, and stays.
struct LateCompletionStays : Sharing<Ended> {
  using Sharing::Sharing;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const Result<void> acked = inner().ack_activity(token, completion);
    if (!lost(acked) || !completion || !state()->instances.contains(completion->target)) {
      return acked;
    }
    (void)inner().enqueue_message(*completion, Duration(0));
    return acked;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) state()->instances.insert(instance);
    return counts;
  }
};

constexpr const Requirement& kIds = requirement("ERR_5");
constexpr const Requirement& kNul = requirement("ERR_11");
constexpr const Requirement& kLimits = requirement("CAP_3");

constexpr Defect kDefects[] = {
    {"trees_of_bad_ids_are_not_found", kIds, "A tree's root is looked up unchecked.",
     spoil_with<TreesOfBadIdsAreNotFound>},
    {"bad_ids_have_no_children", kIds, "An id that is none has an empty list of children.",
     spoil_with<BadIdsHaveNoChildren>},
    {"info_of_execution_0_is_of_the_current_one", kIds, "Execution 0 stands for the current one.",
     spoil_with<ExecutionZeroIsTheCurrentOne>},
    {"bulk_deletion_skips_bad_ids", kIds, "Ids that are none are left out of a filter.",
     spoil_with<DeletionSkipsBadIds>},
    {"bulk_pruning_skips_bad_ids", kIds, "Ids that are none are left out of a filter.",
     spoil_with<PruningSkipsBadIds>},
    {"set_is_checked_on_the_way", kIds, "Members before the bad one have gone.",
     spoil_with<SetIsCheckedOnTheWay>},
    {"deletion_cuts_ids_at_nul", kNul, "An id with U+0000 deletes what it begins with.",
     spoil_with<DeletionCutsAtNul>},
    {"pruning_cuts_ids_at_nul", kNul, "An id with U+0000 prunes what it begins with.",
     spoil_with<PruningCutsAtNul>},
    {"trees_cut_ids_at_nul", kNul, "An id with U+0000 has the tree of what it begins with.",
     spoil_with<TreeCutsAtNul>},
    {"lists_cut_long_ids", kLimits, "Listed ids have at most 255 bytes.",
     spoil_with<ListCutsLongIds>},
    {"deletion_compares_255_bytes", kLimits, "Long ids with one beginning are deleted together.",
     spoil_with<DeletionComparesTheBeginning>},
    {"long_ids_are_not_pruned", kLimits, "Ids of more than 255 bytes are not found.",
     spoil_with<LongIdsAreNotPruned>},
    {"unknown_status_lists_nobody", requirement("HIST_7"),
     "A status that is none has an empty list.", spoil_with<UnknownStatusListsNobody>},
    {"turn_calls_for_the_deleted_succeed", requirement("LOCK_9"),
     "Abandon and renewal after a deletion touch no row, successfully.",
     spoil_sharing<TurnCallsOfTheDeletedSucceed>},
    {"late_completion_reaches_the_deleted_id", requirement("LOCK_9"),
     "A refused ack of a deleted instance's activity has enqueued its completion.",
     spoil_sharing<LateCompletionStays>},
};

}  // namespace

std::span<const Defect> admin_argument_defects() { return kDefects; }

}  // namespace ackproof
