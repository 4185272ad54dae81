#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

namespace {

[[noreturn]] void miss(const std::string& what) {
  throw Refused(ErrorKind::not_found, "there is no " + what);
}

}  // namespace

std::vector<std::string> list_instances(Session& session, std::optional<Status> status) {
  return read_texts(session.call("list_instances", status));
}

std::vector<std::uint64_t> list_executions(Session& session, const std::string& instance) {
  std::vector<std::uint64_t> executions;
  for (const pqxx::row& row : session.call("list_executions", instance)) {
    executions.push_back(Row(row).number(0));
  }
  // Whoever has a record has a current execution.
  if (executions.empty()) miss("instance " + instance);
  return executions;
}

ExecutionInfo read_execution(Session& session, const std::string& instance,
                             std::uint64_t execution) {
  const pqxx::result found = session.call("read_execution", instance, execution);
  if (found.empty()) {
    miss("execution " + std::to_string(execution) + " of instance " + instance);
  }
  const Row row(found[0]);
  return {.execution = execution,
          .status = static_cast<Status>(row.integer(0)),
          .output = row.optional_bytes(5),
          .pinned_version = row.pin(4),
          .created_at = row.time(1),
          .completed_at = row.optional_time(2),
          .event_count = row.number(3)};
}

std::vector<std::string> list_children(Session& session, const std::string& instance) {
  return read_texts(session.call("list_children", instance));
}

std::optional<std::string> read_parent(Session& session, const std::string& instance) {
  const pqxx::result found = session.call("read_parent", instance);
  if (found.empty()) miss("instance " + instance);
  return Row(found[0]).optional_text(0);
}

InstanceTree read_tree(Session& session, const std::string& instance) {
  std::vector<std::string> members = read_texts(session.call("read_tree", instance));
  if (members.empty()) miss("instance " + instance);
  return {instance, std::move(members)};
}

std::optional<QueueDepths> read_queue_depths(Session& session, bool must_be_exact) {
  const Row row(session.timed_call("read_queue_depths")[0]);
  if (must_be_exact && !row.flag(0)) return std::nullopt;
  return QueueDepths{.messages = {row.number(1), row.number(2), row.number(3), row.number(4)},
                     .activities = {row.number(5), row.number(6), row.number(7), 0}};
}

StoreTotals read_totals(Session& session) {
  const Row row(session.call("read_totals")[0]);
  return {.instances = row.number(0),
          .executions = row.number(1),
          .events = row.number(2),
          .running = row.number(3),
          .completed = row.number(4),
          .failed = row.number(5),
          .continued_as_new = row.number(6)};
}

}  // namespace ackproof::postgres
