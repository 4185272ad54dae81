#include <algorithm>
#include <set>

#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

namespace {

DeletionCounts read_counts(const pqxx::result& answer) {
  if (answer.empty()) return {};
  const Row row(answer[0]);
  return {.instances = row.number(0),
          .executions = row.number(1),
          .events = row.number(2),
          .queued_items = row.number(3)};
}

// Each of them once, in the order of their first appearance.
std::vector<std::string> distinct(const std::vector<std::string>& ids) {
  std::set<std::string> seen;
  std::vector<std::string> firsts;
  for (const std::string& id : ids) {
    if (seen.insert(id).second) firsts.push_back(id);
  }
  return firsts;
}

// Nothing if the instance does not match.
std::optional<PruneCounts> prune(Session& session, const std::string& instance,
                                 std::optional<Time> ended, const PruneOptions& options) {
  // None, 0 and 1 keep the same: the current execution counts (PRUNE_2).
  const std::uint64_t kept =
      std::clamp(options.keep_last.value_or(1), std::uint64_t{1}, kLargestId);
  const pqxx::result answer =
      session.call("prune", instance, ended, kept, options.completed_before);
  if (answer.empty()) return std::nullopt;
  const Row row(answer[0]);
  return PruneCounts{.instances = 1, .executions = row.number(0), .events = row.number(1)};
}

}  // namespace

DeletionCounts delete_instance(Session& session, const std::string& instance, bool force) {
  return read_counts(session.call("delete_instance", instance, force));
}

DeletionCounts delete_instances(Session& session, const std::vector<std::string>& instances,
                                bool force) {
  return read_counts(session.call("delete_instances", texts(instances), force));
}

std::vector<std::string> deletion_candidates(Session& session, const InstanceFilter& filter) {
  if (filter.instances) return distinct(*filter.instances);
  return read_texts(session.call("list_ended_roots", filter.completed_before));
}

DeletionCounts delete_if_matching(Session& session, const std::string& instance,
                                  const InstanceFilter& filter) {
  return read_counts(session.call("delete_if_matching", instance, filter.completed_before));
}

PruneCounts prune_instance(Session& session, const std::string& instance,
                           const PruneOptions& options) {
  const auto counts = prune(session, instance, std::nullopt, options);
  if (!counts) throw Refused(ErrorKind::not_found, "there is no instance " + instance);
  return *counts;
}

std::vector<std::string> pruning_candidates(Session& session, const InstanceFilter& filter) {
  if (filter.instances) return distinct(*filter.instances);
  return read_texts(session.call("list_ended", filter.completed_before));
}

PruneCounts prune_if_matching(Session& session, const std::string& instance,
                              const InstanceFilter& filter, const PruneOptions& options) {
  return prune(session, instance, filter.completed_before, options).value_or(PruneCounts());
}

}  // namespace ackproof::postgres
