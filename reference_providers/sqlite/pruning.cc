#include <algorithm>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

// The row of an instance that has a record, and when its current execution ended.
struct Subject {
  std::int64_t number = 0;
  std::optional<Time> completed_at;
};

std::optional<Subject> find_subject(Connection& db, const std::string& instance) {
  Query row = db.query(sql::kFindMember, instance);
  if (!row.next() || !row.flag(2)) return std::nullopt;
  return Subject{row.integer(0), row.optional_time(4)};
}

PruneCounts prune(Connection& db, const Subject& subject, const PruneOptions& options) {
  // None, 0 and 1 keep the same: the current execution counts (PRUNE_2).
  const std::uint64_t kept =
      std::clamp(options.keep_last.value_or(1), std::uint64_t{1}, kLargestId);
  std::vector<std::int64_t> executions;
  {
    Query rows = db.query(sql::kListPrunable, subject.number, kept, options.completed_before);
    while (rows.next()) executions.push_back(rows.integer(0));
  }
  PruneCounts counts{.instances = 1};
  for (const std::int64_t execution : executions) {
    counts.events +=
        static_cast<std::uint64_t>(db.run(sql::kRemoveEventsOf, subject.number, execution));
    counts.executions +=
        static_cast<std::uint64_t>(db.run(sql::kRemoveExecution, subject.number, execution));
  }
  return counts;
}

}  // namespace

PruneCounts prune_instance(Connection& db, const std::string& instance,
                           const PruneOptions& options) {
  const std::optional<Subject> subject = find_subject(db, instance);
  if (!subject) throw Refused(ErrorKind::not_found, "there is no instance " + instance);
  return prune(db, *subject, options);
}

std::vector<std::string> pruning_candidates(Connection& db, const InstanceFilter& filter) {
  if (filter.instances) return distinct(*filter.instances);
  Query rows = db.query(sql::kListEnded, filter.completed_before);
  return read_texts(rows);
}

PruneCounts prune_if_matching(Connection& db, const std::string& instance,
                              const InstanceFilter& filter, const PruneOptions& options) {
  const std::optional<Subject> subject = find_subject(db, instance);
  if (!subject) return {};
  const std::optional<Time>& bound = filter.completed_before;
  if (bound && (!subject->completed_at || *subject->completed_at >= *bound)) return {};
  return prune(db, *subject, options);
}

}  // namespace ackproof::sqlite
