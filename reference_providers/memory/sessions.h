// The sessions: who owns which, and until when (SESS_1 to SESS_5).
//
// A session is made by the first claim and stays when its ownership lapses, until a cleanup, a
// deletion or a new claim. Ownership is live while now < deadline, as a lock is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "contract/types.h"

namespace ackproof::memory {

class Sessions {
 public:
  // Whether an item of this session, or of none, is for whoever claims so, or claims nothing
  // (SESS_1).
  bool admit(const std::optional<std::string>& session, const std::optional<SessionClaim>& claim,
             Time now) const;

  // An admitted item of this session was taken (SESS_2).
  void claim(const std::string& session, const SessionClaim& claim, Time now) noexcept;

  // Work on an item that `owner` fetched: activity, if the session is still that owner's (SESS_3).
  void touch(const std::string& session, const std::string& owner, Time now) noexcept;

  // Extends what is live and not idle; returns how many that were (SESS_3).
  std::uint64_t renew(const RenewSessions& options, Time now) noexcept;

  // Removes what has lapsed and is not in use; returns how many that were (SESS_4).
  std::uint64_t clean_up(const std::set<std::string>& in_use, Time now) noexcept;

  // Removes a session, live or not (DEL_2).
  void forget(const std::string& session) noexcept { sessions_.erase(session); }

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
