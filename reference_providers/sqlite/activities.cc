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

}  // namespace

void put_activity(Connection& db, const Activity& activity) {
  const std::string body = encode(activity.payload);
  db.run(sql::kAddActivity, activity.instance, activity.execution, activity.id, activity.name,
         Blob{body});
}

std::optional<LockedActivity> fetch_activity(Connection& db, const FetchActivity& options,
                                             Time now) {
  db.run(sql::kReturnDueActivities, now);
  std::int64_t seq = 0;
  LockedActivity locked;
  {
    Query row = db.query(sql::kFirstActivity);
    if (!row.next()) return std::nullopt;
    seq = row.integer(0);
    locked.attempt = row.number(1) + 1;
    locked.activity.instance = row.text(2);
    locked.activity.execution = row.number(3);
    locked.activity.id = row.number(4);
    locked.activity.name = row.text(5);
    Decoded decoded = decode(row.view(6));
    locked.activity.payload = std::move(decoded.payload);
    locked.activity.error = std::move(decoded.error);
  }
  locked.token = random_token();
  db.run(sql::kLockActivity, seq, rules::later(now, options.lock_timeout), locked.token.value);
  return locked;
}

void ack_activity(Connection& db, const LockToken& token, const std::optional<Message>& completion,
                  Time now) {
  demand_one(db.run(sql::kRemoveActivity, token.value, now));
  if (completion) put_message(db, *completion, now);
}

void abandon_activity(Connection& db, const LockToken& token, const Abandon& how, Time now) {
  demand_one(db.run(sql::kReturnActivity, token.value, now, hidden_until(how, now),
                    std::int64_t{how.ignore_attempt}));
}

void renew_activity(Connection& db, const LockToken& token, Duration extend_for, Time now) {
  demand_one(db.run(sql::kRenewActivity, token.value, now, rules::later(now, extend_for)));
}

void cancel_activity(Connection& db, const ActivityKey& key) {
  db.run(sql::kCancelActivity, key.instance, key.execution, key.id);
}

}  // namespace ackproof::sqlite
