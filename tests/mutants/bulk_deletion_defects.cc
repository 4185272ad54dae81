// Providers whose bulk deletion takes others than the filter means, more of them, or miscounts
// (DEL_5).
#include <algorithm>
#include <chrono>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

template <Result<DeletionCounts> (*remove)(Provider&, InstanceFilter)>
struct DeletesInBulk : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    return remove(inner(), filter);
  }
};

// Deletes these roots with force, as many as the filter allows.
Result<DeletionCounts> take(Provider& inner, const Names& roots, const InstanceFilter& filter) {
  DeletionCounts counts;
  std::uint64_t taken = 0;
  for (const std::string& root : roots) {
    if (taken == filter.limit) break;
    const auto gone = inner.delete_instance(root, true);
    if (gone) counts = counts + gone.value();
    if (gone) ++taken;
  }
  return counts;
}

// --- Which ones

Result<DeletionCounts> with_running_descendants(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) return inner.delete_matching(filter);
  Names roots;
  for (const std::string& instance : named_by(inner, filter)) {
    const auto info = record(inner, instance);
    if (info && is_root(inner, *info) && is_terminal(*info)) roots.push_back(instance);
  }
  return take(inner, roots, filter);
}

Result<DeletionCounts> with_continued_as_new(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) return inner.delete_matching(filter);
  Names roots;
  for (const std::string& instance : named_by(inner, filter)) {
    const auto info = record(inner, instance);
    if (!info || !is_root(inner, *info)) continue;
    if (std::ranges::all_of(tree_of(inner, instance), [&](const std::string& member) {
          return !is_running(inner, member);
        })) {
      roots.push_back(instance);
    }
  }
  return take(inner, roots, filter);
}

Result<DeletionCounts> with_running_ones(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) return inner.delete_matching(filter);
  return take(inner, named_by(inner, filter), filter);
}

Result<DeletionCounts> completed_ones_only(Provider& inner, InstanceFilter filter) {
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return info && info->status == Status::failed;
  });
  filter.instances = ids;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> without_parents_only(Provider& inner, InstanceFilter filter) {
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return info && info->parent.has_value();
  });
  filter.instances = ids;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> with_descendants_by_themselves(Provider& inner, InstanceFilter filter) {
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (!counts || !filter.instances) return counts;
  for (const std::string& instance : *filter.instances) {
    const auto gone = inner.delete_instances(tree_of(inner, instance), false);
    if (gone) counts = counts.value() + gone.value();
  }
  return counts;
}

Result<DeletionCounts> with_queued_items(Provider& inner, InstanceFilter filter) {
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (!counts || !filter.instances) return counts;
  for (const std::string& instance : *filter.instances) {
    if (!exists(inner, instance)) (void)inner.delete_instance(instance, true);
  }
  return counts;
}

Result<DeletionCounts> everybody_if_no_ids(Provider& inner, InstanceFilter filter) {
  if (filter.instances && filter.instances->empty()) filter.instances = std::nullopt;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> ids_as_patterns(Provider& inner, InstanceFilter filter) {
  if (!filter.instances) return inner.delete_matching(filter);
  Names ids;
  for (const std::string& id : all_instances(inner)) {
    if (std::ranges::any_of(*filter.instances,
                            [&](const std::string& pattern) { return like(id, pattern); })) {
      ids.push_back(id);
    }
  }
  filter.instances = ids;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> first_999_ids(Provider& inner, InstanceFilter filter) {
  if (filter.instances && filter.instances->size() > 999) filter.instances->resize(999);
  return inner.delete_matching(filter);
}

Result<DeletionCounts> or_nobody_if_one_is_unknown(Provider& inner, InstanceFilter filter) {
  for (const std::string& instance : filter.instances.value_or(Names())) {
    if (!exists(inner, instance)) {
      return Error{ErrorKind::not_found, "delete_matching", "no such instance"};
    }
  }
  return inner.delete_matching(filter);
}

Result<DeletionCounts> or_nobody_if_one_is_running(Provider& inner, InstanceFilter filter) {
  for (const std::string& instance : filter.instances.value_or(Names())) {
    const auto info = record(inner, instance);
    if (info && !is_terminal(*info)) {
      return Error{ErrorKind::conflict, "delete_matching", "it is running"};
    }
  }
  return inner.delete_matching(filter);
}

// --- Completed before

Result<DeletionCounts> at_or_before(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) *filter.completed_before += Duration(1);
  return inner.delete_matching(filter);
}

Result<DeletionCounts> before_the_second(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) {
    filter.completed_before = std::chrono::floor<std::chrono::seconds>(*filter.completed_before);
  }
  return inner.delete_matching(filter);
}

Result<DeletionCounts> whenever(Provider& inner, InstanceFilter filter) {
  filter.completed_before = std::nullopt;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> by_any_criterion(Provider& inner, InstanceFilter filter) {
  if (!filter.instances || !filter.completed_before) return inner.delete_matching(filter);
  const auto by_id = inner.delete_matching({.instances = filter.instances});
  const auto by_time = inner.delete_matching({.completed_before = filter.completed_before});
  if (!by_id || !by_time) return by_id;
  return by_id.value() + by_time.value();
}

template <Time (*moment)(Provider&, const InstanceInfo&)>
Result<DeletionCounts> before_by(Provider& inner, InstanceFilter filter) {
  if (!filter.completed_before) return inner.delete_matching(filter);
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return !info || moment(inner, *info) >= *filter.completed_before;
  });
  return inner.delete_matching({.instances = ids, .limit = filter.limit});
}

Time last_ack(Provider&, const InstanceInfo& info) { return info.updated_at; }
Time creation(Provider&, const InstanceInfo& info) { return info.created_at; }
Time first_end(Provider& inner, const InstanceInfo& info) {
  const auto first = first_execution(inner, info.instance);
  return first ? first->completed_at.value_or(Time::max()) : Time::max();
}

// --- The limit

Result<DeletionCounts> without_limit(Provider& inner, InstanceFilter filter) {
  filter.limit = kLargestId;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> a_hundred_by_default(Provider& inner, InstanceFilter filter) {
  if (filter.limit == InstanceFilter().limit) filter.limit = 100;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> no_limit_by_default(Provider& inner, InstanceFilter filter) {
  if (filter.limit == InstanceFilter().limit) filter.limit = kLargestId;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> zero_is_no_limit(Provider& inner, InstanceFilter filter) {
  if (filter.limit == 0) filter.limit = InstanceFilter().limit;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> one_more(Provider& inner, InstanceFilter filter) {
  if (filter.limit > 0) ++filter.limit;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> one_less(Provider& inner, InstanceFilter filter) {
  if (filter.limit > 0 && filter.limit < InstanceFilter().limit) --filter.limit;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> limit_in_32_bits(Provider& inner, InstanceFilter filter) {
  const auto narrow = static_cast<std::int32_t>(filter.limit);
  filter.limit = narrow < 0 ? 0 : static_cast<std::uint64_t>(narrow);
  return inner.delete_matching(filter);
}

Result<DeletionCounts> limit_counts_members(Provider& inner, InstanceFilter filter) {
  DeletionCounts counts;
  const std::uint64_t most = std::exchange(filter.limit, 1);
  while (counts.instances < most) {
    Names ids = named_by(inner, filter);
    std::erase_if(ids, [&](const std::string& id) {
      return counts.instances + tree_of(inner, id).size() > most;
    });
    const auto gone = inner.delete_matching(
        {.instances = ids, .completed_before = filter.completed_before, .limit = 1});
    if (!gone || gone.value().instances == 0) break;
    counts = counts + gone.value();
  }
  return counts;
}

// The limit of the query, before the trees are looked at.
Result<DeletionCounts> limit_comes_first(Provider& inner, InstanceFilter filter) {
  Names ids = named_by(inner, filter);
  if (ids.size() > filter.limit) ids.resize(filter.limit);
  filter.instances = ids;
  return inner.delete_matching(filter);
}

Result<DeletionCounts> limit_comes_before_descendants(Provider& inner, InstanceFilter filter) {
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return !info || !is_terminal(*info) || !is_root(inner, *info);
  });
  if (ids.size() > filter.limit) ids.resize(filter.limit);
  filter.instances = ids;
  return inner.delete_matching(filter);
}

// --- Counts

Result<DeletionCounts> and_counts_roots(Provider& inner, InstanceFilter filter) {
  DeletionCounts counts;
  std::uint64_t roots = 0;
  const std::uint64_t most = std::exchange(filter.limit, 1);
  for (; roots < most; ++roots) {
    const auto gone = inner.delete_matching(filter);
    if (!gone) return gone;
    if (gone.value().instances == 0) break;
    counts = counts + gone.value();
  }
  counts.instances = roots;
  return counts;
}

Result<DeletionCounts> and_counts_the_request(Provider& inner, InstanceFilter filter) {
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (counts && filter.instances) {
    counts.value().instances = std::max(counts.value().instances, filter.instances->size());
  }
  return counts;
}

Result<DeletionCounts> and_counts_no_queued_items(Provider& inner, InstanceFilter filter) {
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (counts) counts.value().queued_items = 0;
  return counts;
}

Result<DeletionCounts> and_counts_one_event_each(Provider& inner, InstanceFilter filter) {
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (counts) counts.value().events = counts.value().instances;
  return counts;
}

// --- Two steps

Names terminal_roots(Provider& inner, const InstanceFilter& filter) {
  Names roots;
  for (const std::string& instance : named_by(inner, filter)) {
    const auto info = record(inner, instance);
    if (!info || !is_root(inner, *info)) continue;
    if (std::ranges::all_of(tree_of(inner, instance), [&](const std::string& member) {
          const auto known = record(inner, member);
          return known && is_terminal(*known);
        })) {
      roots.push_back(instance);
    }
  }
  return roots;
}

Result<DeletionCounts> after_a_look(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before) return inner.delete_matching(filter);
  const Names roots = terminal_roots(inner, filter);
  linger();
  return take(inner, roots, filter);
}

Result<DeletionCounts> and_counts_before(Provider& inner, InstanceFilter filter) {
  if (filter.completed_before || filter.limit < InstanceFilter().limit) {
    return inner.delete_matching(filter);
  }
  std::uint64_t instances = 0;
  for (const std::string& root : terminal_roots(inner, filter)) {
    instances += tree_of(inner, root).size();
  }
  linger();
  Result<DeletionCounts> counts = inner.delete_matching(filter);
  if (counts) counts.value().instances = instances;
  return counts;
}

// A dry run.
struct BulkDeletionCountsOnly : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    DeletionCounts counts;
    for (const std::string& root : terminal_roots(inner(), filter)) {
      counts.instances += tree_of(inner(), root).size();
    }
    counts.executions = counts.events = counts.instances;
    return counts;
  }
};

// Deletes in its memory, which ends with the handle.
struct BulkDeletionIsInMemory : Hides<Forgetting<Hidden>> {
  using Hides::Hides;
  Result<DeletionCounts> delete_matching(const InstanceFilter& filter) override {
    DeletionCounts counts;
    for (const std::string& root : terminal_roots(inner(), filter)) {
      counts = counts + hide(tree_of(inner(), root));
    }
    return counts;
  }
};

constexpr const Requirement& kClause = requirement("DEL_5");

constexpr Defect kDefects[] = {
    {"bulk_deletion_takes_running_descendants", kClause,
     "The tree of a terminal root is deleted with force.",
     spoil_with<DeletesInBulk<with_running_descendants>>},
    {"bulk_deletion_takes_continued_as_new", kClause,
     "Instances between two executions count as terminal.",
     spoil_with<DeletesInBulk<with_continued_as_new>>},
    {"bulk_deletion_takes_running_ones", kClause, "Every root is deleted with force.",
     spoil_with<DeletesInBulk<with_running_ones>>},
    {"bulk_deletion_takes_completed_ones_only", kClause, "Failed roots are not taken.",
     spoil_with<DeletesInBulk<completed_ones_only>>},
    {"bulk_deletion_skips_orphans", kClause, "Whoever has a parent's id is no root.",
     spoil_with<DeletesInBulk<without_parents_only>>},
    {"bulk_deletion_takes_descendants_by_themselves", kClause,
     "Ids of descendants are taken though their root stays.",
     spoil_with<DeletesInBulk<with_descendants_by_themselves>>},
    {"bulk_deletion_takes_queued_items", kClause, "Items of ids without a record are deleted.",
     spoil_with<DeletesInBulk<with_queued_items>>},
    {"bulk_deletion_by_no_ids_takes_everybody", kClause, "An empty list of ids is no criterion.",
     spoil_with<DeletesInBulk<everybody_if_no_ids>>},
    {"bulk_deletion_takes_ids_for_patterns", kClause, "An id with % or _ deletes what it matches.",
     spoil_with<DeletesInBulk<ids_as_patterns>>},
    {"bulk_deletion_reads_999_ids", kClause, "A long list of ids is cut.",
     spoil_with<DeletesInBulk<first_999_ids>>},
    {"bulk_deletion_stops_at_an_unknown_id", kClause, "An unknown id is an error.",
     spoil_with<DeletesInBulk<or_nobody_if_one_is_unknown>>},
    {"bulk_deletion_stops_at_a_running_one", kClause, "A running instance is an error.",
     spoil_with<DeletesInBulk<or_nobody_if_one_is_running>>},
    {"bulk_deletion_takes_completed_at", kClause, "Completed-before includes the moment itself.",
     spoil_with<DeletesInBulk<at_or_before>>},
    {"bulk_deletion_counts_in_seconds", kClause, "Completed-before is cut to whole seconds.",
     spoil_with<DeletesInBulk<before_the_second>>},
    {"bulk_deletion_ignores_completed_before", kClause, "Completed-before is no criterion.",
     spoil_with<DeletesInBulk<whenever>>},
    {"bulk_deletion_joins_criteria_by_or", kClause, "One criterion is enough.",
     spoil_with<DeletesInBulk<by_any_criterion>>},
    {"bulk_deletion_goes_by_the_last_ack", kClause, "Updated-before stands for completed-before.",
     spoil_with<DeletesInBulk<before_by<last_ack>>>},
    {"bulk_deletion_goes_by_the_creation", kClause, "Created-before stands for completed-before.",
     spoil_with<DeletesInBulk<before_by<creation>>>},
    {"bulk_deletion_goes_by_the_first_execution", kClause,
     "An instance counts as completed when its first execution was.",
     spoil_with<DeletesInBulk<before_by<first_end>>>},
    {"bulk_deletion_ignores_the_limit", kClause, "Every match is taken.",
     spoil_with<DeletesInBulk<without_limit>>},
    {"bulk_deletion_takes_a_hundred_by_default", kClause, "The default limit is 100.",
     spoil_with<DeletesInBulk<a_hundred_by_default>>},
    {"bulk_deletion_has_no_default_limit", kClause, "Without a limit every match is taken.",
     spoil_with<DeletesInBulk<no_limit_by_default>>},
    {"bulk_deletion_takes_limit_0_for_none", kClause, "A limit of 0 means the default.",
     spoil_with<DeletesInBulk<zero_is_no_limit>>},
    {"bulk_deletion_takes_one_more", kClause, "The limit is off by one upwards.",
     spoil_with<DeletesInBulk<one_more>>},
    {"bulk_deletion_takes_one_less", kClause, "The limit is off by one downwards.",
     spoil_with<DeletesInBulk<one_less>>},
    {"bulk_deletion_has_a_limit_of_32_bits", kClause, "A large limit wraps.",
     spoil_with<DeletesInBulk<limit_in_32_bits>>},
    {"bulk_deletion_limits_members", kClause, "Descendants use up the limit.",
     spoil_with<DeletesInBulk<limit_counts_members>>},
    {"bulk_deletion_limits_before_it_filters", kClause,
     "The first n ids are looked at, whether or not they can go.",
     spoil_with<DeletesInBulk<limit_comes_first>>},
    {"bulk_deletion_limits_before_it_looks_at_descendants", kClause,
     "Roots with running descendants use up the limit.",
     spoil_with<DeletesInBulk<limit_comes_before_descendants>>},
    {"bulk_deletion_counts_roots", kClause, "Descendants are not counted.",
     spoil_with<DeletesInBulk<and_counts_roots>>},
    {"bulk_deletion_counts_the_request", kClause, "Ids that were skipped are counted.",
     spoil_with<DeletesInBulk<and_counts_the_request>>},
    {"bulk_deletion_counts_no_queued_items", kClause, "Queued items are not counted.",
     spoil_with<DeletesInBulk<and_counts_no_queued_items>>},
    {"bulk_deletion_counts_one_event_each", kClause, "One event per instance is counted.",
     spoil_with<DeletesInBulk<and_counts_one_event_each>>},
    {"bulk_deletion_looks_before_it_deletes", kClause,
     "Trees are chosen in a step before the one that deletes.",
     spoil_with<DeletesInBulk<after_a_look>>},
    {"bulk_deletion_counts_before_it_deletes", kClause,
     "What is counted is what was chosen, not what went.",
     spoil_with<DeletesInBulk<and_counts_before>>},
    {"bulk_deletion_is_not_stored", kClause, "The counts are right, and nothing goes.",
     spoil_with<BulkDeletionCountsOnly>},
    {"bulk_deletion_is_kept_in_memory", kClause, "What was deleted is back after reopening.",
     spoil_with<BulkDeletionIsInMemory>, Spoils::sqlite},
};

}  // namespace

std::span<const Defect> bulk_deletion_defects() { return kDefects; }

}  // namespace ackproof
