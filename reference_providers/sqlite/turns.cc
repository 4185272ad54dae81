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

void wake_due(Connection& db, Time now) {
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
}

// The row of the instance that is served next.
struct Candidate {
  std::int64_t instance = 0;
  bool exists = false;
};

// Finds it, and fills in what is stored about it.
std::optional<Candidate> first_in_line(Connection& db, Turn& turn) {
  Query row = db.query(sql::kFirstInLine);
  if (!row.next()) return std::nullopt;
  const Candidate candidate{row.integer(0), row.flag(2)};
  turn.instance = row.text(1);
  if (candidate.exists) {
    turn.name = row.text(3);
    turn.version = row.optional_text(4);
    turn.execution = row.number(5);
  }
  return candidate;
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
  wake_due(db, now);
  Turn turn;
  const std::optional<Candidate> next = first_in_line(db, turn);
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
  turn.now = now;
  turn.token = random_token();
  db.run(sql::kLockInstance, next->instance, rules::later(now, options.lock_timeout),
         turn.token.value, batch_end);
  return turn;
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
