#include "reference_providers/memory/sessions.h"

#include <algorithm>
#include <utility>

namespace ackproof::memory {

bool Sessions::admit(const std::optional<std::string>& session,
                     const std::optional<SessionClaim>& claim, Time now) const {
  if (!session) return true;
  if (!claim) return false;
  const auto found = sessions_.find(*session);
  return found == sessions_.end() || !found->second.is_live(now) ||
         found->second.owner == claim->owner;
}

// The deadline is that of this claim, also if it is earlier than it was.
void Sessions::claim(const std::string& session, const ActivityTaken::Claim& claim,
                     Time now) noexcept {
  sessions_[session] = {claim.owner, claim.until, now};
}

void Sessions::touch(const std::string& session, const std::string& owner, Time now) noexcept {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  if (found->second.is_live(now) && found->second.owner == owner) found->second.last_activity = now;
}

// A list that names an owner twice renews its sessions once.
std::vector<std::string> Sessions::renewable(const RenewSessions& options, Time now) const {
  std::vector<std::string> found;
  for (const auto& [id, session] : sessions_) {
    const bool is_named = std::ranges::find(options.owners, session.owner) != options.owners.end();
    const bool is_idle = now - session.last_activity >= options.idle_timeout;
    if (!is_named || is_idle || !session.is_live(now)) continue;
    found.push_back(id);
  }
  return found;
}

void Sessions::renew(const std::string& session, Time until) noexcept {
  sessions_.at(session).deadline = until;
}

std::vector<std::string> Sessions::removable(const std::set<std::string>& in_use, Time now) const {
  std::vector<std::string> found;
  for (const auto& [id, session] : sessions_) {
    if (!session.is_live(now) && !in_use.contains(id)) found.push_back(id);
  }
  return found;
}

void Sessions::dump(const std::function<void(Effect)>& sink) const {
  for (const auto& [id, session] : sessions_) {
    sink(SessionRestored{id, session.owner, session.deadline, session.last_activity});
  }
}

void Sessions::restore(SessionRestored session) noexcept {
  sessions_[session.session] = {std::move(session.owner), session.until, session.last_activity};
}

Time Sessions::next_lapse(Time now) const {
  Time next = Time::max();
  for (const auto& [id, session] : sessions_) {
    if (session.is_live(now)) next = std::min(next, session.deadline);
  }
  return next;
}

}  // namespace ackproof::memory
