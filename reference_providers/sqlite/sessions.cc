#include <set>

#include "contract/rules.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

void claim_session(Connection& db, const std::string& session, const SessionClaim& claim,
                   Time now) {
  db.run(sql::kClaimSession, session, claim.owner, rules::later(now, claim.lock_timeout), now);
}

void touch_session(Connection& db, const LockToken& token, Time now) {
  db.run(sql::kTouchSession, token.value, now);
}

std::uint64_t renew_sessions(Connection& db, const RenewSessions& options, Time now) {
  // An owner who is named twice has his sessions counted once.
  const std::set<std::string> owners(options.owners.begin(), options.owners.end());
  std::int64_t renewed = 0;
  for (const std::string& owner : owners) {
    renewed += db.run(sql::kRenewSessions, owner, now, rules::later(now, options.extend_for),
                      std::int64_t{options.idle_timeout.count()});
  }
  return static_cast<std::uint64_t>(renewed);
}

std::uint64_t cleanup_sessions(Connection& db, Time now) {
  return static_cast<std::uint64_t>(db.run(sql::kCleanSessions, now));
}

}  // namespace ackproof::sqlite
