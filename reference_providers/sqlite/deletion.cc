#include <algorithm>
#include <set>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

// What is to be deleted. An id that has only queued items is one without a record, and without a
// row when all of them are activities.
struct Member {
  std::int64_t number = 0;
  std::string id;
  bool exists = false;
  bool is_terminal = false;
  std::optional<Time> completed_at;  // Of the current execution.
};

Member read_member(const Query& row) {
  return {row.integer(0), row.text(1), row.flag(2), row.flag(3), row.optional_time(4)};
}

bool holds(Connection& db, const char* sql, const std::string& instance) {
  Query row = db.query(sql, instance);
  return row.next() && row.flag(0);
}

std::optional<Member> find_member(Connection& db, const std::string& instance) {
  {
    Query row = db.query(sql::kFindMember, instance);
    if (row.next()) return read_member(row);
  }
  if (!holds(db, sql::kHasActivities, instance)) return std::nullopt;
  return Member{.id = instance};
}

Member demand_member(Connection& db, const std::string& instance) {
  std::optional<Member> member = find_member(db, instance);
  if (!member) throw Refused(ErrorKind::not_found, "there is nothing of instance " + instance);
  return *member;
}

std::vector<Member> find_tree(Connection& db, const std::string& root) {
  std::vector<Member> members;
  Query rows = db.query(sql::kFindTree, root);
  while (rows.next()) members.push_back(read_member(rows));
  return members;
}

// What has no record has not even started, and so is not over (DEL_4).
void demand_over(const std::vector<Member>& members) {
  for (const Member& member : members) {
    if (member.is_terminal) continue;
    throw Refused(ErrorKind::conflict, "instance " + member.id + " is not over");
  }
}

// Removes everything of a member, and the sessions that it leaves empty (DEL_2).
void remove(Connection& db, const Member& member, DeletionCounts& counts) {
  std::vector<std::string> sessions;
  {
    Query rows = db.query(sql::kSessionsOf, member.id);
    sessions = read_texts(rows);
  }
  const auto removed = [&](const char* sql, const auto& key) {
    return static_cast<std::uint64_t>(db.run(sql, key));
  };
  counts.events += removed(sql::kRemoveEvents, member.number);
  counts.executions += removed(sql::kRemoveExecutions, member.number);
  counts.queued_items += removed(sql::kRemoveMessages, member.number);
  counts.queued_items += removed(sql::kRemoveActivities, member.id);
  counts.instances += member.exists ? 1 : 0;
  db.run(sql::kForgetPending, member.number);
  db.run(sql::kRemoveMerged, member.number);
  db.run(sql::kRemoveInstance, member.number);
  for (const std::string& session : sessions) db.run(sql::kRemoveEmptySession, session);
}

DeletionCounts remove(Connection& db, const std::vector<Member>& members) {
  DeletionCounts counts;
  for (const Member& member : members) remove(db, member, counts);
  return counts;
}

}  // namespace

DeletionCounts delete_instance(Connection& db, const std::string& instance, bool force) {
  const Member root = demand_member(db, instance);
  if (holds(db, sql::kHasParent, instance)) {
    throw Refused(ErrorKind::conflict, "instance " + instance + " is not a root");
  }
  const std::vector<Member> members =
      root.exists ? find_tree(db, instance) : std::vector<Member>{root};
  if (!force) demand_over(members);
  return remove(db, members);
}

DeletionCounts delete_instances(Connection& db, const std::vector<std::string>& instances,
                                bool force) {
  const std::set<std::string> ids(instances.begin(), instances.end());
  std::vector<Member> members;
  for (const std::string& id : ids) {
    members.push_back(demand_member(db, id));
    for (const std::string& child : list_children(db, id)) {
      if (ids.contains(child)) continue;
      throw Refused(ErrorKind::conflict, "instance " + child + " would lose its parent");
    }
  }
  if (!force) demand_over(members);
  return remove(db, members);
}

std::vector<std::string> deletion_candidates(Connection& db, const InstanceFilter& filter) {
  if (filter.instances) return distinct(*filter.instances);
  Query rows = db.query(sql::kListEndedRoots, filter.completed_before);
  return read_texts(rows);
}

DeletionCounts delete_if_matching(Connection& db, const std::string& instance,
                                  const InstanceFilter& filter) {
  const std::optional<Member> root = find_member(db, instance);
  if (!root || !root->is_terminal || holds(db, sql::kHasParent, instance)) return {};
  if (filter.completed_before && *root->completed_at >= *filter.completed_before) return {};
  const std::vector<Member> members = find_tree(db, instance);
  if (!std::ranges::all_of(members, &Member::is_terminal)) return {};
  return remove(db, members);
}

}  // namespace ackproof::sqlite
