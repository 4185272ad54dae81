#include "reference_providers/memory/sessions.h"

#include <algorithm>

#include "contract/rules.h"

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
void Sessions::claim(const std::string& session, const SessionClaim& claim, Time now) noexcept {
  sessions_[session] = {claim.owner, rules::later(now, claim.lock_timeout), now};
}

void Sessions::touch(const std::string& session, const std::string& owner, Time now) noexcept {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  if (found->second.is_live(now) && found->second.owner == owner) found->second.last_activity = now;
}

// A list that names an owner twice renews its sessions once.
std::uint64_t Sessions::renew(const RenewSessions& options, Time now) noexcept {
  std::uint64_t renewed = 0;
  for (auto& [id, session] : sessions_) {
    const bool is_named = std::ranges::find(options.owners, session.owner) != options.owners.end();
    const bool is_idle = now - session.last_activity >= options.idle_timeout;
    if (!is_named || is_idle || !session.is_live(now)) continue;
    session.deadline = rules::later(now, options.extend_for);
    ++renewed;
  }
  return renewed;
}

std::uint64_t Sessions::clean_up(const std::set<std::string>& in_use, Time now) noexcept {
  return std::erase_if(sessions_, [&](const auto& entry) {
    return !entry.second.is_live(now) && !in_use.contains(entry.first);
  });
}

Time Sessions::next_lapse(Time now) const {
  Time next = Time::max();
  for (const auto& [id, session] : sessions_) {
    if (session.is_live(now)) next = std::min(next, session.deadline);
  }
  return next;
}

}  // namespace ackproof::memory
