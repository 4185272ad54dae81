#include "contract/rules.h"
#include "contract/token.h"
#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

// A token that is not live touches no row (LOCK_9).
void demand_one(std::int64_t changed) {
  if (changed == 1) return;
  throw Refused(ErrorKind::lock_lost, "the token is not that of a live lock on an activity");
}

// The first in line that the caller's sessions and tags admit.
std::optional<std::int64_t> first_eligible(Connection& db, const FetchActivity& options, Time now) {
  const std::optional<SessionClaim>& claim = options.session;
  Query line =
      db.query(sql::kReadEligible, claim ? std::optional(claim->owner) : std::nullopt, now);
  while (line.next()) {
    if (rules::admits(options.tags, line.optional_text(1))) return line.integer(0);
  }
  return std::nullopt;
}

// An activity with the attempts that were counted so far, and no token yet.
LockedActivity read_activity(Connection& db, std::int64_t seq) {
  Query row = db.query(sql::kReadActivity, seq);
  row.next();
  LockedActivity found;
  found.attempt = row.number(0);
  found.activity.instance = row.text(1);
  found.activity.execution = row.number(2);
  found.activity.id = row.number(3);
  found.activity.name = row.text(4);
  found.activity.session = row.optional_text(5);
  found.activity.tag = row.optional_text(6);
  Decoded decoded = decode(row.view(7));
  found.activity.payload = std::move(decoded.payload);
  found.activity.error = std::move(decoded.error);
  return found;
}

}  // namespace

void put_activity(Connection& db, const Activity& activity) {
  const std::string body = encode(activity.payload);
  db.run(sql::kAddActivity, activity.instance, activity.execution, activity.id, activity.name,
         activity.session, activity.tag, Blob{body});
}

std::optional<LockedActivity> fetch_activity(Connection& db, const FetchActivity& options,
                                             Time now) {
  db.run(sql::kReturnDueActivities, now);
  const std::optional<std::int64_t> seq = first_eligible(db, options, now);
  if (!seq) return std::nullopt;

  LockedActivity locked = read_activity(db, *seq);
  ++locked.attempt;
  locked.token = random_token();
  const std::optional<SessionClaim>& claim = options.session;
  db.run(sql::kLockActivity, *seq, rules::later(now, options.lock_timeout), locked.token.value,
         claim ? std::optional(claim->owner) : std::nullopt);
  if (claim && locked.activity.session) claim_session(db, *locked.activity.session, *claim, now);
  return locked;
}

std::optional<Time> next_eligible(Connection& db, Time now) {
  Query row = db.query(sql::kNextEligible, now);
  row.next();
  return row.optional_time(0);
}

void ack_activity(Connection& db, const LockToken& token, const std::optional<Message>& completion,
                  Time now) {
  touch_session(db, token, now);
  demand_one(db.run(sql::kRemoveActivity, token.value, now));
  if (completion) put_message(db, *completion, now);
}

void abandon_activity(Connection& db, const LockToken& token, const Abandon& how, Time now) {
  demand_one(db.run(sql::kReturnActivity, token.value, now, hidden_until(how, now),
                    std::int64_t{how.ignore_attempt}));
}

void renew_activity(Connection& db, const LockToken& token, Duration extend_for, Time now) {
  touch_session(db, token, now);
  demand_one(db.run(sql::kRenewActivity, token.value, now, rules::later(now, extend_for)));
}

void cancel_activity(Connection& db, const ActivityKey& key) {
  db.run(sql::kCancelActivity, key.instance, key.execution, key.id);
}

}  // namespace ackproof::sqlite
