// Providers that delete more, less or others than they are asked to: trees (DEL_1), ids without a
// record and instances whose parent is gone (DEL_4).
#include <algorithm>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

Error refusal(ErrorKind kind, const char* operation, const char* why) {
  return {kind, operation, why};
}

bool failed_with(const Result<DeletionCounts>& result, ErrorKind kind) {
  return !result && result.error().kind == kind;
}

// --- DEL_1: which status is looked at

// Forces the deletion of a root whose tree looks terminal to it.
template <bool (*looks_terminal)(Provider&, const std::string&)>
struct DeletesWhatLooksTerminal : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(
        instance, force || (exists(inner(), instance) && looks_terminal(inner(), instance)));
  }
};

bool never_looks(Provider&, const std::string&) { return true; }

bool root_is_terminal(Provider& inner, const std::string& root) { return is_terminal(inner, root); }

bool root_and_children_are_terminal(Provider& inner, const std::string& root) {
  const Result<Names> children = inner.list_children(root);
  return root_is_terminal(inner, root) && children &&
         std::ranges::all_of(children.value(),
                             [&](const std::string& child) { return is_terminal(inner, child); });
}

bool nobody_is_running(Provider& inner, const std::string& root) {
  return std::ranges::all_of(tree_of(inner, root),
                             [&](const std::string& member) { return !is_running(inner, member); });
}

bool all_are_terminal(Provider& inner, const std::string& root) {
  return std::ranges::all_of(tree_of(inner, root),
                             [&](const std::string& member) { return is_terminal(inner, member); });
}

bool first_executions_have_ended(Provider& inner, const std::string& root) {
  return std::ranges::all_of(tree_of(inner, root), [&](const std::string& member) {
    const auto first = first_execution(inner, member);
    return first && first->status != Status::running;
  });
}

struct ForceIsIgnored : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool) override {
    return inner().delete_instance(instance, false);
  }
};

// Looks at the tree, and deletes it a moment later.
struct LooksBeforeItDeletes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    for (const std::string& member : tree_of(inner(), instance)) {
      const auto info = record(inner(), member);
      if (!force && info && !is_terminal(*info)) {
        return refusal(ErrorKind::conflict, "delete_instance", "a member is running");
      }
    }
    linger();
    return inner().delete_instance(instance, true);
  }
};

// --- DEL_1: which instances

// Members of a tree by themselves, if so.
template <bool (*allows)(bool force)>
struct DescendantsAreDeletable : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!failed_with(counts, ErrorKind::conflict) || !allows(force)) return counts;
    return inner().delete_instances(tree_of(inner(), instance), force);
  }
};
bool always(bool) { return true; }
bool by_force(bool force) { return force; }

// A parent link that leads back to the instance itself is taken for none.
struct CyclesAreDeletable : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Names tree = tree_of(inner(), instance);
    const auto info = record(inner(), instance);
    if (info && info->parent && std::ranges::count(tree, *info->parent) != 0) {
      return inner().delete_instances(tree, force);
    }
    return inner().delete_instance(instance, force);
  }
};

// Leaves a part of the tree as it is.
template <bool (*goes)(std::size_t index, const std::string& member, const std::string& root)>
struct DeletesAPartOfTheTree : Hides<Sharing<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Names tree = tree_of(inner(), instance);
    Names part;
    for (std::size_t index = 0; index < tree.size(); ++index) {
      if (goes(index, tree[index], instance)) part.push_back(tree[index]);
    }
    const auto info = record(inner(), instance);
    const bool is_allowed =
        info && is_root(inner(), *info) && (force || all_are_terminal(inner(), instance));
    if (part.size() == tree.size() || !is_allowed) return inner().delete_instance(instance, force);
    return hide(part);
  }
};

bool root_goes(std::size_t, const std::string& member, const std::string& root) {
  return member == root;
}
bool first_999_go(std::size_t index, const std::string&, const std::string&) { return index < 999; }
bool first_100_go(std::size_t index, const std::string&, const std::string&) { return index < 100; }

struct ChildrenOnlyGo : Hides<Sharing<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Result<Names> children = inner().list_children(instance);
    Names part = children ? children.value() : Names();
    part.push_back(instance);
    if (part.size() == tree_of(inner(), instance).size() || !force) {
      return inner().delete_instance(instance, force);
    }
    return hide(part);
  }
};

// Takes others along whose ids look alike.
template <bool (*is_meant)(const std::string& id, const std::string& instance)>
struct DeletesLookAlikes : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    for (const std::string& id : all_instances(inner())) {
      if (is_meant(id, instance)) (void)inner().delete_instance(id, true);
    }
    return counts;
  }
};
bool begins_with(const std::string& id, const std::string& instance) {
  return id.rfind(instance, 0) == 0;
}
bool is_like(const std::string& id, const std::string& instance) { return like(id, instance); }
bool is_equal_without_case(const std::string& id, const std::string& instance) {
  return folded(id) == folded(instance);
}
bool is_equal_trimmed(const std::string& id, const std::string& instance) {
  return id.substr(0, id.find_last_not_of(' ') + 1) ==
         instance.substr(0, instance.find_last_not_of(' ') + 1);
}

// From the leaves upwards, each in a step of its own.
struct DeletesMemberByMember : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const Result<InstanceTree> tree = inner().read_tree(instance);
    if (!tree || !force_or_terminal(instance, force)) {
      return inner().delete_instance(instance, force);
    }
    DeletionCounts counts;
    Names left = tree.value().members;
    for (std::size_t tries = 0; !left.empty() && tries < 10'000; ++tries) {
      const std::string member = left.back();
      left.pop_back();
      const auto gone = inner().delete_instances({member}, true);
      if (gone) counts = counts + gone.value();
      if (failed_with(gone, ErrorKind::conflict)) left.insert(left.begin(), member);
      linger();
    }
    return counts;
  }

 private:
  bool force_or_terminal(const std::string& root, bool force) {
    const auto info = record(inner(), root);
    return info && is_root(inner(), *info) && (force || all_are_terminal(inner(), root));
  }
};

struct UnknownIsDeletedAlready : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (failed_with(counts, ErrorKind::not_found)) return DeletionCounts();
    return counts;
  }
};

// Takes the lock of whoever works on it, and only then looks at the status.
struct RefusedDeletionEndsTheLock : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) return counts;
    auto known = state();
    for (const auto& [token, turn] : known->turns) {
      if (turn.instance == instance) (void)inner().abandon_turn(turn.token, {});
    }
    return counts;
  }
};

// --- DEL_1: counts

template <void (*change)(DeletionCounts&)>
struct ChangesCounts : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts) change(counts.value());
    return counts;
  }
};

void count_one_instance(DeletionCounts& counts) { counts.instances = 1; }
void count_no_events(DeletionCounts& counts) { counts.events = 0; }
void count_no_queued_items(DeletionCounts& counts) { counts.queued_items = 0; }
void count_one_execution_each(DeletionCounts& counts) { counts.executions = counts.instances; }

// Locked items are not in the statistics.
struct LockedItemsAreNotCounted : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const auto before = inner().read_queue_depths();
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    const auto after = inner().read_queue_depths();
    if (!counts || !before || !after) return counts;
    counts.value().queued_items -= before.value().messages.locked - after.value().messages.locked;
    return counts;
  }
};

// --- DEL_4

struct Enqueued {
  std::set<std::string> targets;          // Of visible messages.
  std::map<std::string, Message> starts;  // By target.
  std::map<std::string, bool> was_root;   // When it was created.
};

class KnowsMessages : public KnowsTurns<Enqueued> {
 public:
  using KnowsTurns::KnowsTurns;
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    const Result<void> enqueued = inner().enqueue_message(message, delay);
    if (!enqueued) return enqueued;
    if (delay == Duration(0)) state()->targets.insert(message.target);
    if (message.is_start()) state()->starts[message.target] = message;
    return enqueued;
  }
};

struct OnlyRecordsAreKnown : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (exists(inner(), instance)) return inner().delete_instance(instance, force);
    return refusal(ErrorKind::not_found, "delete_instance", "no such instance");
  }
};

struct OnlyVisibleMessagesAreKnown : KnowsMessages {
  using KnowsMessages::KnowsMessages;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (exists(inner(), instance) || state()->targets.contains(instance)) {
      return inner().delete_instance(instance, force);
    }
    return refusal(ErrorKind::not_found, "delete_instance", "no such instance");
  }
};

struct QueuedItemsNeedNoForce : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(instance, force || !exists(inner(), instance));
  }
};

struct QueuedItemsStayForEver : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    return inner().delete_instance(instance, force && exists(inner(), instance));
  }
};

struct QueuedIdsCountAsInstances : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (counts && counts.value().instances == 0) counts.value().instances = 1;
    return counts;
  }
};

// A cascade that goes through the queue.
struct QueuedChildrenGoWithTheirParent : KnowsMessages {
  using KnowsMessages::KnowsMessages;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts) return counts;
    auto known = state();
    for (const auto& [target, start] : known->starts) {
      if (start.parent != instance || exists(inner(), target)) continue;
      (void)inner().delete_instance(target, true);
    }
    return counts;
  }
};

// The parent column refers to a row that has to be there.
struct ParentIsAForeignKey : KnowsTurns<> {
  using KnowsTurns::KnowsTurns;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const auto turn = turn_of(token);
    if (turn && !exists(inner(), turn->instance)) {
      for (const Message& message : turn->messages) {
        if (message.parent && !exists(inner(), *message.parent)) {
          return refusal(ErrorKind::conflict, "ack_turn", "foreign key");
        }
      }
    }
    return inner().ack_turn(token, commit);
  }
};

// Whoever has a parent's id is no root.
struct OrphansAreNoRoots : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const auto info = record(inner(), instance);
    if (info && info->parent) {
      return refusal(ErrorKind::conflict, "delete_instance", "it is not a root");
    }
    return inner().delete_instance(instance, force);
  }
};

// Sets the parent to nothing where it is gone.
struct OrphansForgetTheirParent : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<InstanceInfo>> read_instance(const std::string& instance) override {
    Result<std::optional<InstanceInfo>> info = inner().read_instance(instance);
    if (info && info.value() && info.value()->parent && !exists(inner(), *info.value()->parent)) {
      info.value()->parent = std::nullopt;
    }
    return info;
  }
};

// Writes down at creation whether it is a root.
struct RootsStayRoots : KnowsMessages {
  using KnowsMessages::KnowsMessages;
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const Result<void> acked = inner().ack_turn(token, commit);
    if (!acked) return acked;
    const std::string instance = turn_of(token)->instance;
    const auto info = record(inner(), instance);
    if (info) state()->was_root.try_emplace(instance, is_root(inner(), *info));
    return acked;
  }
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    if (!state()->was_root[instance]) return inner().delete_instance(instance, force);
    return inner().delete_instances(tree_of(inner(), instance), force);
  }
};

// Looks for children by their parent's id alone.
struct QueuedIdsHaveDescendants : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instance(const std::string& instance, bool force) override {
    const bool has_record = exists(inner(), instance);
    Result<DeletionCounts> counts = inner().delete_instance(instance, force);
    if (!counts || has_record) return counts;
    for (const std::string& id : all_instances(inner())) {
      const auto info = record(inner(), id);
      if (info && info->parent == instance) (void)inner().delete_instance(id, true);
    }
    return counts;
  }
};

constexpr const Requirement& kTakes = requirement("DEL_1");
constexpr const Requirement& kUnstarted = requirement("DEL_4");

constexpr Defect kDefects[] = {
    {"deletion_never_looks_at_the_status", kTakes, "Running instances are deleted without force.",
     spoil_with<DeletesWhatLooksTerminal<never_looks>>},
    {"deletion_looks_at_the_root_alone", kTakes, "A terminal root takes running descendants along.",
     spoil_with<DeletesWhatLooksTerminal<root_is_terminal>>},
    {"deletion_looks_at_root_and_children", kTakes, "The status of grandchildren is not looked at.",
     spoil_with<DeletesWhatLooksTerminal<root_and_children_are_terminal>>},
    {"deletion_takes_continued_as_new_for_terminal", kTakes,
     "An instance between two executions is deleted without force.",
     spoil_with<DeletesWhatLooksTerminal<nobody_is_running>>},
    {"deletion_looks_at_the_first_execution", kTakes,
     "An instance whose first execution has ended is deleted without force.",
     spoil_with<DeletesWhatLooksTerminal<first_executions_have_ended>>},
    {"deletion_ignores_force", kTakes, "Running instances are never deleted.",
     spoil_with<ForceIsIgnored>},
    {"deletion_looks_before_it_deletes", kTakes,
     "The status is looked at in a step before the one that deletes.",
     spoil_with<LooksBeforeItDeletes>},
    {"descendants_are_deletable", kTakes, "A child can be deleted by itself.",
     spoil_with<DescendantsAreDeletable<always>>},
    {"descendants_are_deletable_by_force", kTakes, "A child can be deleted by itself with force.",
     spoil_with<DescendantsAreDeletable<by_force>>},
    {"instances_in_a_cycle_are_deletable", kTakes,
     "An instance whose parent is among its descendants counts as a root.",
     spoil_with<CyclesAreDeletable>},
    {"deletion_takes_the_root_alone", kTakes, "Descendants of a deleted root stay.",
     spoil_sharing<DeletesAPartOfTheTree<root_goes>>},
    {"deletion_takes_two_generations", kTakes, "A forced deletion leaves grandchildren.",
     spoil_sharing<ChildrenOnlyGo>},
    {"deletion_takes_999_members", kTakes, "Of a wide tree some members stay.",
     spoil_sharing<DeletesAPartOfTheTree<first_999_go>>},
    {"deletion_takes_100_members", kTakes, "Of a deep tree some members stay.",
     spoil_sharing<DeletesAPartOfTheTree<first_100_go>>},
    {"deletion_takes_ids_that_begin_so", kTakes, "Deleting order-1 deletes order-10.",
     spoil_with<DeletesLookAlikes<begins_with>>},
    {"deletion_takes_ids_for_patterns", kTakes, "An id with % or _ deletes what it matches.",
     spoil_with<DeletesLookAlikes<is_like>>},
    {"deletion_folds_case", kTakes, "Deleting order-1 deletes Order-1.",
     spoil_with<DeletesLookAlikes<is_equal_without_case>>},
    {"deletion_trims_ids", kTakes, "Ids that differ in trailing blanks are deleted too.",
     spoil_with<DeletesLookAlikes<is_equal_trimmed>>},
    {"tree_is_deleted_member_by_member", kTakes, "Each member goes in a step of its own.",
     spoil_with<DeletesMemberByMember>},
    {"deletion_of_an_unknown_instance_succeeds", kTakes, "Nothing was deleted, successfully.",
     spoil_with<UnknownIsDeletedAlready>},
    {"refused_deletion_ends_the_lock", kTakes, "A deletion that is refused has ended the lock.",
     spoil_sharing<RefusedDeletionEndsTheLock>},
    {"deletion_counts_one_instance", kTakes, "Descendants are not counted.",
     spoil_with<ChangesCounts<count_one_instance>>},
    {"deletion_counts_no_events", kTakes, "Events that went by a cascade are not counted.",
     spoil_with<ChangesCounts<count_no_events>>},
    {"deletion_counts_no_queued_items", kTakes, "Queued items are not counted.",
     spoil_with<ChangesCounts<count_no_queued_items>>},
    {"deletion_counts_one_execution_each", kTakes, "One execution per instance is counted.",
     spoil_with<ChangesCounts<count_one_execution_each>>},
    {"deletion_does_not_count_locked_messages", kTakes, "Locked messages go uncounted.",
     spoil_sharing<LockedItemsAreNotCounted>},

    {"deletion_knows_records_only", kUnstarted, "Ids with only queued items are not found.",
     spoil_with<OnlyRecordsAreKnown>},
    {"deletion_knows_visible_messages_only", kUnstarted,
     "Ids with only activities or hidden messages are not found.",
     spoil_sharing<OnlyVisibleMessagesAreKnown>},
    {"queued_items_are_deleted_without_force", kUnstarted,
     "Ids with only queued items are deleted without force.", spoil_with<QueuedItemsNeedNoForce>},
    {"queued_items_are_never_deleted", kUnstarted,
     "Ids with only queued items are not deleted by force either.",
     spoil_with<QueuedItemsStayForEver>},
    {"ids_with_only_queued_items_count_as_instances", kUnstarted,
     "Every id that was deleted is counted, also one without a record.",
     spoil_with<QueuedIdsCountAsInstances>},
    {"queued_children_go_with_their_parent", kUnstarted,
     "Start messages that name a deleted parent go too.",
     spoil_sharing<QueuedChildrenGoWithTheirParent>},
    {"parent_is_a_foreign_key", kUnstarted, "A child whose parent is gone can never start.",
     spoil_sharing<ParentIsAForeignKey>},
    {"orphans_are_no_roots", kUnstarted, "An instance whose parent is gone cannot be deleted.",
     spoil_with<OrphansAreNoRoots>},
    {"orphans_forget_their_parent", kUnstarted, "A parent that is gone is not told.",
     spoil_with<OrphansForgetTheirParent>},
    {"roots_stay_roots", kUnstarted, "Whether an instance is a root is settled when it is created.",
     spoil_sharing<RootsStayRoots>},
    {"ids_with_only_queued_items_have_descendants", kUnstarted,
     "Deleting queued items takes instances along that name their target as parent.",
     spoil_with<QueuedIdsHaveDescendants>},
};

}  // namespace

std::span<const Defect> deletion_defects() { return kDefects; }

}  // namespace ackproof
