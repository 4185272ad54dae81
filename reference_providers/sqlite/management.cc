#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

[[noreturn]] void miss(const std::string& what) {
  throw Refused(ErrorKind::not_found, "there is no " + what);
}

}  // namespace

std::vector<std::string> list_instances(Connection& db, std::optional<Status> status) {
  std::optional<std::int64_t> wanted;
  if (status) wanted = static_cast<std::int64_t>(*status);
  Query rows = db.query(sql::kListInstances, wanted);
  return read_texts(rows);
}

std::vector<std::uint64_t> list_executions(Connection& db, const std::string& instance) {
  std::vector<std::uint64_t> executions;
  Query rows = db.query(sql::kListExecutions, instance);
  while (rows.next()) executions.push_back(rows.number(0));
  // Whoever has a record has a current execution.
  if (executions.empty()) miss("instance " + instance);
  return executions;
}

ExecutionInfo read_execution(Connection& db, const std::string& instance, std::uint64_t execution) {
  Query row = db.query(sql::kReadExecution, instance, execution);
  if (!row.next()) miss("execution " + std::to_string(execution) + " of instance " + instance);
  return {.execution = execution,
          .status = static_cast<Status>(row.integer(0)),
          .output = row.optional_text(1),
          .pinned_version = read_pin(row, 2),
          .created_at = row.time(5),
          .completed_at = row.optional_time(6),
          .event_count = row.number(7)};
}

std::vector<std::string> list_children(Connection& db, const std::string& instance) {
  Query rows = db.query(sql::kListChildren, instance);
  return read_texts(rows);
}

std::optional<std::string> read_parent(Connection& db, const std::string& instance) {
  Query row = db.query(sql::kReadParent, instance);
  if (!row.next()) miss("instance " + instance);
  return row.optional_text(0);
}

InstanceTree read_tree(Connection& db, const std::string& instance) {
  Query rows = db.query(sql::kReadTree, instance);
  std::vector<std::string> members = read_texts(rows);
  if (members.empty()) miss("instance " + instance);
  return {instance, std::move(members)};
}

QueueDepths read_queue_depths(Connection& db, Time now) {
  Query row = db.query(sql::kReadDepths, now);
  row.next();
  return {.messages = {row.number(0), row.number(1), row.number(2), row.number(3)},
          .activities = {row.number(4), row.number(5), row.number(6), 0}};
}

StoreTotals read_totals(Connection& db) {
  Query row = db.query(sql::kReadTotals);
  row.next();
  return {.instances = row.number(0),
          .executions = row.number(1),
          .events = row.number(2),
          .running = row.number(3),
          .completed = row.number(4),
          .failed = row.number(5),
          .continued_as_new = row.number(6)};
}

}  // namespace ackproof::sqlite
