// Providers that prune other executions than the options mean, or other instances than the filter
// means (PRUNE_2).
#include <algorithm>
#include <chrono>
#include <functional>

#include "contract/requirements.h"
#include "tests/mutants/admin_spoil.h"
#include "tests/mutants/defect.h"

namespace ackproof {

namespace {

template <void (*change)(PruneOptions&)>
Result<PruneCounts> one_with(Provider& inner, const std::string& instance, PruneOptions options) {
  change(options);
  return inner.prune_instance(instance, options);
}
template <void (*change)(PruneOptions&)>
Result<PruneCounts> many_with(Provider& inner, InstanceFilter filter, PruneOptions options) {
  change(options);
  return inner.prune_matching(filter, options);
}
template <void (*change)(PruneOptions&)>
using PrunesWith = Prunes<one_with<change>, many_with<change>>;

// --- Options

void keep_one_more(PruneOptions& options) {
  if (options.keep_last) ++*options.keep_last;
}
void keep_one_less(PruneOptions& options) {
  if (options.keep_last && *options.keep_last > 1) --*options.keep_last;
}
void keep_all_at_0(PruneOptions& options) {
  if (options.keep_last == 0) options.keep_last = kLargestId;
}
void keep_all_by_default(PruneOptions& options) {
  if (!options.keep_last && !options.completed_before) options.keep_last = kLargestId;
}
void keep_in_32_bits(PruneOptions& options) {
  if (!options.keep_last) return;
  const auto narrow = static_cast<std::int32_t>(*options.keep_last);
  options.keep_last = narrow < 0 ? 0 : static_cast<std::uint64_t>(narrow);
}
void take_completed_at(PruneOptions& options) {
  if (options.completed_before) *options.completed_before += Duration(1);
}
void count_in_seconds(PruneOptions& options) {
  if (!options.completed_before) return;
  options.completed_before = std::chrono::floor<std::chrono::seconds>(*options.completed_before);
}
void ignore_the_time(PruneOptions& options) { options.completed_before = std::nullopt; }
void ignore_keep_last_beside_a_time(PruneOptions& options) {
  if (options.completed_before) options.keep_last = std::nullopt;
}

// The numbers from current - n + 1 on, whether or not they were used.
Result<PruneCounts> below_a_number(Provider& inner, const std::string& instance,
                                   PruneOptions options) {
  const auto info = record(inner, instance);
  if (!info || !options.keep_last) return inner.prune_instance(instance, options);
  const std::uint64_t least = info->execution - std::min(info->execution, *options.keep_last) + 1;
  options.keep_last = std::ranges::count_if(executions_of(inner, instance),
                                            [&](std::uint64_t n) { return n >= least; });
  return inner.prune_instance(instance, options);
}

Result<PruneCounts> by_any_criterion(Provider& inner, const std::string& instance,
                                     PruneOptions options) {
  if (!options.keep_last || !options.completed_before) {
    return inner.prune_instance(instance, options);
  }
  const auto by_number = inner.prune_instance(instance, {.keep_last = options.keep_last});
  const auto by_time =
      inner.prune_instance(instance, {.completed_before = options.completed_before});
  if (!by_number || !by_time) return by_number;
  return PruneCounts{1, by_number.value().executions + by_time.value().executions,
                     by_number.value().events + by_time.value().events};
}

Result<PruneCounts> unknown_is_pruned_already(Provider& inner, const std::string& instance,
                                              PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_instance(instance, options);
  if (!counts && counts.error().kind == ErrorKind::not_found) return PruneCounts();
  return counts;
}

// --- Other orders and times

void all_but_the_current(PruneOptions& options) { options.keep_last = 1; }
void without_a_time(PruneOptions& options) { options.completed_before = std::nullopt; }

// Whether it is among the last n when they are ordered so.
template <class Order>
bool is_among_the_last(const ExecutionInfo& info, Infos infos, const PruneOptions& options,
                       const Order& order) {
  std::ranges::sort(infos, std::greater<>(), order);
  const auto found = std::ranges::find(infos, info);
  return static_cast<std::uint64_t>(found - infos.begin()) < options.keep_last.value_or(1);
}

bool is_last_as_text(const ExecutionInfo& info, const Infos& infos, const PruneOptions& options) {
  return is_among_the_last(info, infos, options, [](const ExecutionInfo& other) {
    return std::to_string(other.execution);
  });
}

bool is_last_by_time(const ExecutionInfo& info, const Infos& infos, const PruneOptions& options) {
  return is_among_the_last(info, infos, options,
                           [](const ExecutionInfo& other) { return other.created_at; });
}

bool was_created_later(const ExecutionInfo& info, const Infos&, const PruneOptions& options) {
  return options.completed_before && info.created_at >= *options.completed_before;
}

// --- Counts, and in bulk

void count_changed_instances(PruneCounts& counts) {
  if (counts.executions == 0) counts.instances = 0;
}
void count_one_instance(PruneCounts& counts) {
  counts.instances = std::min<std::uint64_t>(counts.instances, 1);
}

bool is_no_root(Provider& inner, const InstanceInfo& info) { return !is_root(inner, info); }

Result<PruneCounts> many_at_or_before(Provider& inner, InstanceFilter filter,
                                      PruneOptions options) {
  if (filter.completed_before) *filter.completed_before += Duration(1);
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> many_whenever(Provider& inner, InstanceFilter filter, PruneOptions options) {
  filter.completed_before = std::nullopt;
  return inner.prune_matching(filter, options);
}

// The running ones too, if they were updated before.
Result<PruneCounts> many_updated_before(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  if (!filter.completed_before) return inner.prune_matching(filter, options);
  Names ids = named_by(inner, filter);
  std::erase_if(ids, [&](const std::string& id) {
    const auto info = record(inner, id);
    return !info || info->updated_at >= *filter.completed_before;
  });
  return inner.prune_matching({.instances = ids, .limit = filter.limit}, options);
}

Result<PruneCounts> many_without_limit(Provider& inner, InstanceFilter filter,
                                       PruneOptions options) {
  filter.limit = kLargestId;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> everybody_if_no_ids(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  if (filter.instances && filter.instances->empty()) filter.instances = std::nullopt;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> everybody_whatever_ids(Provider& inner, InstanceFilter filter,
                                           PruneOptions options) {
  if (filter.instances && !filter.instances->empty()) filter.instances = std::nullopt;
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> or_nobody_if_one_is_unknown(Provider& inner, InstanceFilter filter,
                                                PruneOptions options) {
  for (const std::string& instance : filter.instances.value_or(Names())) {
    if (!exists(inner, instance)) {
      return Error{ErrorKind::not_found, "prune_matching", "no such instance"};
    }
  }
  return inner.prune_matching(filter, options);
}

Result<PruneCounts> many_counted_by_ids(Provider& inner, InstanceFilter filter,
                                        PruneOptions options) {
  Result<PruneCounts> counts = inner.prune_matching(filter, options);
  if (counts && filter.instances) counts.value().instances = filter.instances->size();
  return counts;
}

Result<PruneCounts> many_without_options(Provider& inner, InstanceFilter filter, PruneOptions) {
  return inner.prune_matching(filter, {});
}

Result<PruneCounts> at_most_a_hundred(Provider& inner, InstanceFilter filter,
                                      PruneOptions options) {
  filter.limit = std::min<std::uint64_t>(filter.limit, 100);
  return inner.prune_matching(filter, options);
}

constexpr const Requirement& kWhich = requirement("PRUNE_2");

constexpr Defect kDefects[] = {
    {"keep_last_does_not_count_the_current_one", kWhich, "The last n are kept beside the current.",
     spoil_with<PrunesWith<keep_one_more>>},
    {"keep_last_keeps_one_less", kWhich, "The last n are off by one.",
     spoil_with<PrunesWith<keep_one_less>>},
    {"keep_last_0_keeps_all", kWhich, "Keep 0 means no pruning.",
     spoil_with<PrunesWith<keep_all_at_0>>},
    {"keep_last_absent_keeps_all", kWhich, "Without options nothing is pruned.",
     spoil_with<PrunesWith<keep_all_by_default>>},
    {"keep_last_has_32_bits", kWhich, "A large n wraps.", spoil_with<PrunesWith<keep_in_32_bits>>},
    {"keep_last_counts_numbers", kWhich, "Numbers are subtracted, as if all were used.",
     spoil_with<PrunesOne<below_a_number>>},
    {"keep_last_goes_by_text", kWhich, "Execution 9 counts as later than 10.",
     spoil_sharing<KeepsSome<is_last_as_text, all_but_the_current>>},
    {"keep_last_goes_by_time", kWhich, "The last are those that were created last.",
     spoil_sharing<KeepsSome<is_last_by_time, all_but_the_current>>},
    {"pruning_takes_completed_at", kWhich, "Completed-before includes the moment itself.",
     spoil_with<PrunesWith<take_completed_at>>},
    {"pruning_counts_in_seconds", kWhich, "Completed-before is cut to whole seconds.",
     spoil_with<PrunesWith<count_in_seconds>>},
    {"pruning_ignores_completed_before", kWhich, "Completed-before is no criterion.",
     spoil_with<PrunesWith<ignore_the_time>>},
    {"pruning_by_time_ignores_keep_last", kWhich, "Beside a time keep-last is no criterion.",
     spoil_with<PrunesWith<ignore_keep_last_beside_a_time>>},
    {"pruning_joins_criteria_by_or", kWhich, "One criterion is enough.",
     spoil_with<PrunesOne<by_any_criterion>>},
    {"pruning_goes_by_the_created_time", kWhich, "Created-before stands for completed-before.",
     spoil_sharing<KeepsSome<was_created_later, without_a_time>>},
    {"pruning_of_an_unknown_instance_succeeds", kWhich, "An unknown instance is no error.",
     spoil_with<PrunesOne<unknown_is_pruned_already>>},
    {"pruning_counts_changed_instances", kWhich, "Only instances that lost something are counted.",
     spoil_with<Counts<count_changed_instances>>},
    {"bulk_pruning_counts_one_instance", kWhich, "At most one instance is counted.",
     spoil_with<Counts<count_one_instance>>},
    {"bulk_pruning_skips_descendants", kWhich, "Only roots are pruned in bulk.",
     spoil_with<PrunesMany<without<is_no_root>>>},
    {"bulk_pruning_takes_completed_at", kWhich, "The filter's time includes the moment itself.",
     spoil_with<PrunesMany<many_at_or_before>>},
    {"bulk_pruning_ignores_the_filters_time", kWhich, "The filter's time is no criterion.",
     spoil_with<PrunesMany<many_whenever>>},
    {"bulk_pruning_goes_by_the_last_ack", kWhich,
     "The filter's time is compared with the last ack.",
     spoil_with<PrunesMany<many_updated_before>>},
    {"bulk_pruning_ignores_the_limit", kWhich, "Every match is pruned.",
     spoil_with<PrunesMany<many_without_limit>>},
    {"bulk_pruning_by_no_ids_takes_everybody", kWhich, "An empty list of ids is no criterion.",
     spoil_with<PrunesMany<everybody_if_no_ids>>},
    {"bulk_pruning_ignores_ids", kWhich, "Every instance is pruned, whatever ids are given.",
     spoil_with<PrunesMany<everybody_whatever_ids>>},
    {"bulk_pruning_stops_at_an_unknown_id", kWhich, "An unknown id is an error.",
     spoil_with<PrunesMany<or_nobody_if_one_is_unknown>>},
    {"bulk_pruning_counts_the_request", kWhich, "Ids that were skipped are counted.",
     spoil_with<PrunesMany<many_counted_by_ids>>},
    {"bulk_pruning_takes_a_hundred_instances", kWhich,
     "One call prunes at most 100 instances.", spoil_with<PrunesMany<at_most_a_hundred>>},
    {"bulk_pruning_ignores_the_options", kWhich, "In bulk all but the current executions go.",
     spoil_with<PrunesMany<many_without_options>>},
};

}  // namespace

std::span<const Defect> pruning_option_defects() { return kDefects; }

}  // namespace ackproof
