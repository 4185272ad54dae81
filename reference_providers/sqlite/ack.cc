#include <sqlite3.h>

#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

// What an ack may not say about an instance that exists.
void check_commit(const OpenTurn& turn, const TurnCommit& commit) {
  if (!turn.exists) return;
  const Metadata& said = commit.metadata;
  const bool changes_instance = said.name || said.version || said.parent ||
                                !commit.custom_status.empty() || !commit.values.empty();
  if (commit.execution < turn.execution && changes_instance) {
    throw Refused(ErrorKind::invalid,
                  "a commit to an execution that is not the current one changes the name, version, "
                  "parent, custom status or key-values of the instance");  // ACK_17
  }
  if (said.parent && said.parent != turn.parent) {
    throw Refused(ErrorKind::conflict, "the instance has another parent");  // ACK_15
  }
}

// Makes the execution's row, or brings it up to date; answers its status.
Status save_execution(Connection& db, const OpenTurn& turn, const TurnCommit& commit, Time now) {
  const Metadata& said = commit.metadata;
  std::optional<std::int64_t> status;
  if (said.status) status = static_cast<std::int64_t>(*said.status);
  std::optional<Blob> output;
  if (said.output) output = Blob{*said.output};
  const std::optional<EngineVersion>& pin = said.pinned_version;
  Query row = db.query(sql::kSaveExecution, turn.instance, commit.execution, status, output,
                       std::uint64_t{commit.events.size()}, now,
                       pin ? std::optional(pin->major) : std::nullopt,
                       pin ? std::optional(pin->minor) : std::nullopt,
                       pin ? std::optional(pin->patch) : std::nullopt);
  row.next();
  const std::uint64_t limit = capabilities().limits.history_events;
  if (row.number(0) > limit) {
    throw Refused(ErrorKind::invalid, "the history would have " + std::to_string(row.number(0)) +
                                          " events, the limit is " + std::to_string(limit));
  }
  return static_cast<Status>(row.integer(1));
}

void add_event(Connection& db, const OpenTurn& turn, std::uint64_t execution, const Event& event) {
  const std::string body = encode(event.payload);
  try {
    db.run(sql::kAddEvent, turn.instance, execution, event.id, event.kind, event.source_id,
           event.timestamp, event.engine_version, Blob{body});
  } catch (const SqlError& error) {
    if (error.code() != SQLITE_CONSTRAINT_PRIMARYKEY) throw;
    throw Refused(ErrorKind::conflict,
                  "event " + std::to_string(event.id) + " is stored already");  // ACK_4
  }
}

// The first ack creates the record: what the engine does not say comes from the start (ACK_10).
Metadata complete(Connection& db, const OpenTurn& turn, Metadata said) {
  if (turn.exists) return said;
  Query start = db.query(sql::kFirstStart, turn.instance);
  if (start.next()) {
    if (!said.name) said.name = start.optional_text(0);
    if (!said.version) said.version = start.optional_text(1);
    if (!said.parent) said.parent = start.optional_text(2);
  }
  if (!said.name) said.name = "";
  return said;
}

// Custom status and key-values, which belong to the current execution's commits alone (ACK_17).
void save_state(Connection& db, const OpenTurn& turn, const TurnCommit& commit, Status status) {
  if (commit.execution < turn.execution) return;
  if (!commit.custom_status.empty()) {
    set_custom_status(db, turn.instance, commit.custom_status.back());  // STAT_1
  }
  // What the execution before left pending is older than what this commit changes (KV_2).
  if (commit.execution > turn.execution) merge_values(db, turn.instance);
  change_values(db, turn.instance, commit.values);
  if (status != Status::running) merge_values(db, turn.instance);
}

}  // namespace

void ack_turn(Connection& db, const LockToken& token, const TurnCommit& commit, Time now) {
  const OpenTurn turn = open_turn(db, token, now);
  check_commit(turn, commit);

  const Status status = save_execution(db, turn, commit, now);
  for (const Event& event : commit.events) add_event(db, turn, commit.execution, event);
  const Metadata record = complete(db, turn, commit.metadata);
  db.run(sql::kSaveInstance, turn.instance, now, record.name, record.version, record.parent,
         commit.execution);
  db.run(sql::kMarkEnds, turn.instance, commit.execution, turn.execution, now);
  save_state(db, turn, commit, status);

  // The batch goes before new messages come, and the own items before the cancellations (ACK_9).
  db.run(sql::kRemoveBatch, turn.instance, turn.batch_end);
  for (const Activity& activity : commit.activities) put_activity(db, activity);
  for (const ActivityKey& key : commit.cancelled) cancel_activity(db, key);
  for (const Message& message : commit.messages) put_message(db, message, now);
  release(db, turn.instance, true);
}

}  // namespace ackproof::sqlite
