// Providers that delete more, less or others than a set says (DEL_3).
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

template <Result<DeletionCounts> (*remove)(Provider&, const Names&, bool)>
struct DeletesSets : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    return remove(inner(), instances, force);
  }
};

Result<DeletionCounts> one_after_the_other(Provider& inner, const Names& set, bool force) {
  DeletionCounts counts;
  for (const std::string& instance : std::set<std::string>(set.begin(), set.end())) {
    const auto gone = inner.delete_instances({instance}, force);
    if (!gone) return gone;
    counts = counts + gone.value();
  }
  return counts;
}

Result<DeletionCounts> with_whole_trees(Provider& inner, const Names& set, bool force) {
  Names all;
  for (const std::string& instance : set) {
    const Names tree = tree_of(inner, instance);
    all.insert(all.end(), tree.begin(), tree.end());
  }
  return inner.delete_instances(all, force);
}

Result<DeletionCounts> with_whole_trees_by_force(Provider& inner, const Names& set, bool force) {
  if (force) return with_whole_trees(inner, set, force);
  return inner.delete_instances(set, force);
}

Result<DeletionCounts> if_the_first_is_not_running(Provider& inner, const Names& set, bool force) {
  if (set.empty()) return DeletionCounts();
  const auto first = record(inner, set.front());
  return inner.delete_instances(set, force || (first && is_terminal(*first)));
}

Result<DeletionCounts> if_none_is_running(Provider& inner, const Names& set, bool force) {
  const bool none = std::ranges::none_of(set, [&](const std::string& instance) {
    const auto info = record(inner, instance);
    return !info || info->status == Status::running;
  });
  return inner.delete_instances(set, force || none);
}

Result<DeletionCounts> known_ones(Provider& inner, const Names& set, bool force) {
  Names known;
  for (const std::string& instance : set) {
    if (exists(inner, instance)) known.push_back(instance);
  }
  return inner.delete_instances(known, force);
}

Result<DeletionCounts> and_counts_the_request(Provider& inner, const Names& set, bool force) {
  Result<DeletionCounts> counts = inner.delete_instances(set, force);
  if (counts) counts.value().instances = set.size();
  return counts;
}

Result<DeletionCounts> without_repeats(Provider& inner, const Names& set, bool force) {
  if (std::set<std::string>(set.begin(), set.end()).size() != set.size()) {
    return refusal(ErrorKind::conflict, "delete_instances", "an id is given twice");
  }
  return inner.delete_instances(set, force);
}

Result<DeletionCounts> roots_only(Provider& inner, const Names& set, bool force) {
  for (const std::string& instance : set) {
    const auto info = record(inner, instance);
    const bool is_asked = info && info->parent && std::ranges::count(set, *info->parent) != 0;
    if (info && !is_asked && !is_root(inner, *info)) {
      return refusal(ErrorKind::conflict, "delete_instances", "a member is no root");
    }
  }
  return inner.delete_instances(set, force);
}

// Takes a member's children for orphans unless they went before it.
Result<DeletionCounts> children_first(Provider& inner, const Names& set, bool force) {
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto info = record(inner, set[i]);
    const bool comes_late =
        info && info->parent && std::ranges::count(set.begin(), set.begin() + i, *info->parent);
    if (comes_late) {
      return refusal(ErrorKind::conflict, "delete_instances", "a child would be an orphan");
    }
  }
  return inner.delete_instances(set, force);
}

Result<DeletionCounts> first_999(Provider& inner, const Names& set, bool force) {
  return inner.delete_instances(
      Names(set.begin(), set.begin() + std::min<std::size_t>(set.size(), 999)), force);
}

Result<DeletionCounts> everybody_if_empty(Provider& inner, const Names& set, bool force) {
  return inner.delete_instances(set.empty() ? all_instances(inner) : set, force);
}

Result<DeletionCounts> if_all_are_there_now(Provider& inner, const Names& set, bool force) {
  for (const std::string& instance : set) {
    if (!exists(inner, instance)) return inner.delete_instances(set, force);
  }
  linger();
  return known_ones(inner, set, force);
}

// No check for orphans.
struct SetLeavesOrphans : Hides<Sharing<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    const bool all_are_there = std::ranges::all_of(instances, [&](const std::string& instance) {
      const auto info = record(inner(), instance);
      return info && (force || is_terminal(*info));
    });
    Result<DeletionCounts> counts = inner().delete_instances(instances, force);
    if (failed_with(counts, ErrorKind::conflict) && all_are_there) return hide(instances);
    return counts;
  }
};

// What was in the activity queue at its head is there again.
struct SetLeavesQueuedItems : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    const auto head = inner().fetch_activity({});
    if (!head || !head.value()) return inner().delete_instances(instances, force);
    const LockedActivity& locked = *head.value();
    (void)inner().abandon_activity(locked.token, {.ignore_attempt = true});
    Result<DeletionCounts> counts = inner().delete_instances(instances, force);
    if (counts && std::ranges::count(instances, locked.activity.instance) != 0) {
      (void)inner().enqueue_activity(locked.activity);
    }
    return counts;
  }
};

struct Ended {
  std::set<std::string> instances;
};

// Locks are ended for instances that are deleted by themselves.
struct SetLeavesLocks : KnowsTurns<Ended> {
  using KnowsTurns::KnowsTurns;
  Result<DeletionCounts> delete_instances(const Names& instances, bool force) override {
    Result<DeletionCounts> counts = inner().delete_instances(instances, force);
    if (counts) state()->instances.insert(instances.begin(), instances.end());
    return counts;
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    const Result<void> renewed = inner().renew_turn(token, extend_for);
    const std::optional<Turn> turn = turn_of(token);
    if (lost(renewed) && turn && state()->instances.contains(turn->instance)) return {};
    return renewed;
  }
};

// Deletes in its memory, which ends with the handle.
struct SetIsDeletedInMemory : Hides<Forgetting<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_instances(const Names& instances, bool) override {
    return hide(instances);
  }
};

constexpr const Requirement& kSets = requirement("DEL_3");

constexpr Defect kDefects[] = {
    {"set_is_deleted_one_after_the_other", kSets, "A set that is refused is half deleted.",
     spoil_with<DeletesSets<one_after_the_other>>},
    {"set_is_deleted_with_whole_trees", kSets, "Children outside of the set go too.",
     spoil_with<DeletesSets<with_whole_trees>>},
    {"set_is_deleted_with_whole_trees_by_force", kSets,
     "With force children outside of the set go too.",
     spoil_with<DeletesSets<with_whole_trees_by_force>>},
    {"set_is_judged_by_its_first_member", kSets, "Only the first member's status is looked at.",
     spoil_with<DeletesSets<if_the_first_is_not_running>>},
    {"set_takes_continued_as_new_for_terminal", kSets,
     "Members between two executions are deleted without force.",
     spoil_with<DeletesSets<if_none_is_running>>},
    {"set_skips_unknown_members", kSets, "Unknown members are no obstacle.",
     spoil_with<DeletesSets<known_ones>>},
    {"set_counts_the_request", kSets, "The number of ids is told as the number of instances.",
     spoil_with<DeletesSets<and_counts_the_request>>},
    {"set_refuses_repeats", kSets, "An id that is given twice is refused.",
     spoil_with<DeletesSets<without_repeats>>},
    {"set_refuses_descendants", kSets, "A member has to be a root.",
     spoil_with<DeletesSets<roots_only>>},
    {"set_wants_children_first", kSets, "The order of the set decides what is an orphan.",
     spoil_with<DeletesSets<children_first>>},
    {"set_is_cut_at_999_members", kSets, "A long list is cut.", spoil_with<DeletesSets<first_999>>},
    {"empty_set_deletes_everybody", kSets, "No ids, no condition.",
     spoil_with<DeletesSets<everybody_if_empty>>},
    {"set_is_looked_at_before_it_is_deleted", kSets,
     "Whether all members are there is looked at in a step before the one that deletes.",
     spoil_with<DeletesSets<if_all_are_there_now>>},
    {"set_leaves_orphans", kSets, "Children outside of the set do not matter.",
     spoil_sharing<SetLeavesOrphans>},
    {"set_leaves_queued_activities", kSets, "An activity of a member stays in its queue.",
     spoil_with<SetLeavesQueuedItems>},
    {"set_leaves_locks", kSets, "Locks of members can be renewed.", spoil_sharing<SetLeavesLocks>},
    {"set_is_deleted_in_memory", kSets, "A deleted set is back after reopening.",
     spoil_with<SetIsDeletedInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> deletion_set_defects() { return kDefects; }

}  // namespace ackproof
