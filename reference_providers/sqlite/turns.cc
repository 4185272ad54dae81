#include <algorithm>

#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

[[noreturn]] void lose_lock() {
  throw Refused(ErrorKind::lock_lost, "the token is not that of a live lock on an instance");
}

// Instances whose lock or sleep is over go to the end of the line, so many per fetch: a store with
// a million timers due at one moment must not stop for as long as it takes to move them all. Up to
// two million still nobody is served a third time before they stand in line (TURN_8), as the line
// grows by so many and shrinks by one per fetch.
constexpr std::int64_t kMostWoken = 128;

// Answers whether there may be more.
bool wake_due(Connection& db, Time now) {
  std::vector<std::int64_t> due;
  {
    Query rows = db.query(sql::kFindDueInstances, now, kMostWoken);
    while (rows.next()) due.push_back(rows.integer(0));
  }
  for (const std::int64_t instance : due) {
    // What woke it is shown here already: who stands in line has something to deliver, even if the
    // machine's clock is set back meanwhile.
    db.run(sql::kShowMessages, instance, now);
    db.run(sql::kStandInLine, instance);
  }
  return due.size() == kMostWoken;
}

// The row of the instance that is served next.
struct Candidate {
  std::int64_t instance = 0;
  bool exists = false;
};

// Finds it in the line behind place `after`, and fills in what is stored about it. `after` becomes
// the last place that was looked at.
std::optional<Candidate> first_in_line(Connection& db, const FetchTurn& options,
                                       std::int64_t& after, Turn& turn) {
  Query row = db.query(sql::kReadLine, after);
  while (row.next()) {
    after = row.integer(0);
    if (options.versions && !rules::admits(*options.versions, read_pin(row, 7))) continue;
    const Candidate candidate{row.integer(1), row.flag(3)};
    turn.instance = row.text(2);
    if (candidate.exists) {
      turn.name = row.text(4);
      turn.version = row.optional_text(5);
      turn.execution = row.number(6);
    }
    return candidate;
  }
  return std::nullopt;
}

// Wakes who is due, and goes on with that only as long as nobody in line is for the caller.
std::optional<Candidate> find_ready(Connection& db, const FetchTurn& options, Time now,
                                    Turn& turn) {
  std::int64_t after = 0;
  bool may_be_more = true;
  std::optional<Candidate> found;
  while (!found && may_be_more) {
    may_be_more = wake_due(db, now);
    found = first_in_line(db, options, after, turn);
  }
  return found;
}

// Reads and counts the batch; answers the seq of its last message.
std::int64_t take_batch(Connection& db, std::int64_t instance, Turn& turn) {
  std::int64_t end = 0;
  std::uint64_t attempts = 0;
  {
    Query rows = db.query(sql::kReadBatch, instance, capabilities().limits.batch_messages);
    while (rows.next()) {
      turn.messages.push_back(read_message(rows, turn.instance));
      attempts = std::max(attempts, rows.number(8));
      end = rows.integer(9);
    }
  }
  db.run(sql::kCountBatch, instance, end);
  turn.attempt = attempts + 1;
  return end;
}

// The first visible start message names an instance that does not exist, wherever it stands and also when it lies
// beyond the limit of the batch (TURN_2, TURN_13).
void name_by_start(Connection& db, std::int64_t instance, Turn& turn) {
  Query start = db.query(sql::kFirstStart, instance);
  if (!start.next()) return;
  turn.name = start.optional_text(0).value_or("");
  turn.version = start.optional_text(1);
}

}  // namespace

std::optional<Turn> fetch_turn(Connection& db, const FetchTurn& options, Time now) {
  Turn turn;
  const std::optional<Candidate> next = find_ready(db, options, now, turn);
  if (!next) return std::nullopt;

  db.run(sql::kShowMessages, next->instance, now);
  const std::int64_t batch_end = take_batch(db, next->instance, turn);
  if (!next->exists) name_by_start(db, next->instance, turn);
  {
    Query rows = db.query(sql::kReadEvents, next->instance, turn.execution);
    History history = read_events(rows);
    turn.history = std::move(history.events);
    turn.history_error = std::move(history.error);
  }
  turn.values = read_merged_values(db, next->instance);
  turn.now = now;
  turn.token = random_token();
  db.run(sql::kLockInstance, next->instance, rules::later(now, options.lock_timeout),
         turn.token.value, batch_end);
  return turn;
}

std::optional<Time> next_awake(Connection& db) {
  Query row = db.query(sql::kNextAwake);
  row.next();
  return row.optional_time(0);
}

OpenTurn open_turn(Connection& db, const LockToken& token, Time now) {
  Query row = db.query(sql::kFindTurn, token.value, now);
  if (!row.next()) lose_lock();
  return {row.integer(0), row.flag(1), row.number(2), row.optional_text(3), row.integer(4)};
}

void release(Connection& db, std::int64_t instance, bool exists) {
  bool is_ready = false;
  std::optional<Time> next;
  {
    Query row = db.query(exists ? sql::kNextMessage : sql::kNextStart, instance);
    row.next();
    is_ready = row.flag(0);
    next = row.optional_time(1);
  }
  if (is_ready) {
    db.run(sql::kStandInLine, instance);
  } else {
    db.run(sql::kStayAway, instance, next);
  }
}

void abandon_turn(Connection& db, const LockToken& token, const Abandon& how, Time now) {
  const OpenTurn turn = open_turn(db, token, now);
  if (how.delay > Duration(0) || how.ignore_attempt) {
    db.run(sql::kReturnBatch, turn.instance, turn.batch_end, hidden_until(how, now),
           std::int64_t{how.ignore_attempt});
  }
  release(db, turn.instance, turn.exists);
}

void renew_turn(Connection& db, const LockToken& token, Duration extend_for, Time now) {
  if (db.run(sql::kRenewTurn, token.value, now, rules::later(now, extend_for)) == 0) lose_lock();
}

}  // namespace ackproof::sqlite
