// The sessions: who owns which, and until when (SESS_1 to SESS_5).
//
// A session is made by the first claim and stays when its ownership lapses, until a cleanup, a
// deletion or a new claim. Ownership is live while now < deadline, as a lock is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contract/types.h"
#include "reference_providers/memory/effects.h"

namespace ackproof::memory {

class Sessions {
 public:
  // Whether an item of this session, or of none, is for whoever claims so, or claims nothing
  // (SESS_1).
  bool admit(const std::optional<std::string>& session, const std::optional<SessionClaim>& claim,
             Time now) const;

  // An admitted item of this session was taken (SESS_2).
  void claim(const std::string& session, const ActivityTaken::Claim& claim, Time now) noexcept;

  // Work on an item that `owner` fetched: activity, if the session is still that owner's (SESS_3).
  void touch(const std::string& session, const std::string& owner, Time now) noexcept;

  // What is live and not idle, of these owners (SESS_3).
  std::vector<std::string> renewable(const RenewSessions& options, Time now) const;
  void renew(const std::string& session, Time until) noexcept;

  // What has lapsed and is not in use (SESS_4).
  std::vector<std::string> removable(const std::set<std::string>& in_use, Time now) const;

  // Removes a session, live or not (DEL_2).
  void forget(const std::string& session) noexcept { sessions_.erase(session); }

  bool has(const std::string& session) const { return sessions_.contains(session); }

  // All of them, for another store.
  void dump(const std::function<void(Effect)>& sink) const;
  void restore(SessionRestored session) noexcept;

  // When the next ownership lapses; the end of time if none is live.
  Time next_lapse(Time now) const;

 private:
  struct Session {
    std::string owner;
    Time deadline;
    Time last_activity;

    bool is_live(Time now) const { return now < deadline; }
  };

  std::map<std::string, Session> sessions_;
};

}  // namespace ackproof::memory
