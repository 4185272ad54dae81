// Providers that claim sessions for the wrong owner, or for the wrong time.
#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Claim = std::optional<SessionClaim>;

// --- claiming

struct DoesNotClaim : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string&, const FetchActivity&) override {}
};

// INSERT OR IGNORE: the row of a session that lapsed stays as it is.
struct ClaimsNoLapsedSession : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    if (!store().sessions.contains(session) || live(session) != nullptr) {
      OwnSessions::claim(session, options);
    }
  }
};

// ON CONFLICT DO UPDATE SET deadline, without the owner.
struct TakeoverKeepsTheOwner : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    const bool is_new = !store().sessions.contains(session);
    const std::string owner = store().sessions[session].owner;
    OwnSessions::claim(session, options);
    if (!is_new) store().sessions[session].owner = owner;
  }
};

struct TakeoverKeepsTheTimeout : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    const auto found = store().sessions.find(session);
    FetchActivity changed = options;
    if (found != store().sessions.end()) changed.session->lock_timeout = found->second.timeout;
    OwnSessions::claim(session, changed);
  }
};

// The deadline is that of a row per owner.
struct DeadlinesArePerOwner : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    OwnSessions::claim(session, options);
    const Session claimed = store().sessions[session];
    for (auto& [id, other] : store().sessions) {
      if (other.owner == claimed.owner && is_live(other)) other.deadline = claimed.deadline;
    }
  }
};

struct FetchDoesNotRefresh : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    if (live(session) == nullptr) {
      OwnSessions::claim(session, options);
    } else {
      store().sessions[session].active = now();
    }
  }
};

struct ClaimsForTheItemLock : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    FetchActivity changed = options;
    changed.session->lock_timeout = options.lock_timeout;
    OwnSessions::claim(session, changed);
  }
};

struct ClaimsForWholeSeconds : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    FetchActivity changed = options;
    changed.session->lock_timeout =
        std::chrono::duration_cast<std::chrono::seconds>(options.session->lock_timeout);
    OwnSessions::claim(session, changed);
  }
};

struct ClaimsAMillisecondMore : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    OwnSessions::claim(session, options);
    store().sessions[session].deadline += Duration(1);
  }
};

struct ClaimsForEver : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    OwnSessions::claim(session, options);
    store().sessions[session].deadline = Time::max();
  }
};

// Looks up who owns what, and claims without looking again.
struct RacingClaimsBothSucceed : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    {
      const auto alone = lock();
      seen_ = store().sessions;
    }
    linger();
    return OwnSessions::fetch_activity(options);
  }
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (!candidate.activity.session || !claim) return OwnSessions::is_open_to(candidate, claim);
    const auto found = seen_.find(key(candidate.activity));
    return found == seen_.end() || !is_live(found->second) || found->second.owner == claim->owner;
  }

 private:
  static thread_local Sessions seen_;
};
thread_local OwnSessions::Sessions RacingClaimsBothSucceed::seen_;

// Items that are passed over on the way to the chosen one are claimed with it.
struct ClaimsWhatTheFilterPassesOver : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open(const Candidate& candidate, const FetchActivity& options) override {
    const bool is_free =
        candidate.activity.session && is_open_to(candidate, options.session) && options.session;
    if (is_free) claim(key(candidate.activity), options);
    return OwnSessions::is_open(candidate, options);
  }
};

// --- owning

// Each handle is an owner of its own.
struct OwnerIsTheHandle : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (changed.session) changed.session->owner = mine(changed.session->owner);
    return OwnSessions::fetch_activity(changed);
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    for (std::string& owner : changed.owners) owner = mine(owner);
    return OwnSessions::renew_sessions(changed);
  }

 private:
  std::string mine(const std::string& owner) {
    return owner + "@" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
  }
};

// Whoever asks through the same handle is the same owner.
struct HandleIsTheOwner : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity changed = options;
    if (changed.session) {
      changed.session->owner = std::to_string(reinterpret_cast<std::uintptr_t>(this));
    }
    return OwnSessions::fetch_activity(changed);
  }
};

struct LapsedSessionsStayClosed : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (!candidate.activity.session || !claim) return OwnSessions::is_open_to(candidate, claim);
    const auto found = store().sessions.find(key(candidate.activity));
    return found == store().sessions.end() || found->second.owner == claim->owner;
  }
};

struct FormerOwnerStaysOut : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (!OwnSessions::is_open_to(candidate, claim)) return false;
    if (!candidate.activity.session) return true;
    const auto found = store().sessions.find(key(candidate.activity));
    return found == store().sessions.end() || is_live(found->second) ||
           found->second.owner != claim->owner;
  }
};

// Which of an item's ends ends its session too.
enum class End : std::uint8_t { ack, last_ack, abandon };

template <End end>
struct SessionEndsWithItsItem : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    const std::optional<Activity> activity = activity_of(token);
    const Result<void> acked = OwnSessions::ack_activity(token, completion);
    if (!acked || end == End::abandon || !activity || !activity->session) return acked;
    if (end == End::ack || !is_in_use(key(*activity))) store().sessions.erase(key(*activity));
    return acked;
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    const std::optional<Activity> activity = activity_of(token);
    const Result<void> abandoned = OwnSessions::abandon_activity(token, how);
    if (abandoned && end == End::abandon && activity && activity->session) {
      store().sessions.erase(key(*activity));
    }
    return abandoned;
  }
};

struct SessionEndsWithACancellation : OwnSessions {
  using OwnSessions::OwnSessions;
  void cancelled(const ActivityKey& key) override {
    for (const auto& [item, activity] : store().items) {
      const ActivityKey of{activity.instance, activity.execution, activity.id};
      if (of == key && activity.session) store().sessions.erase(*activity.session);
    }
    OwnSessions::cancelled(key);
  }
};

struct RedeliveredItemsAreAnyones : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (claim && candidate.locked.attempt > 1) return true;
    return OwnSessions::is_open_to(candidate, claim);
  }
};

// The item remembers who had it, whatever became of the session.
struct ReleasedItemsGoBackToTheirHolder : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    for (const auto& [token, taken] : store().taken) {
      if (taken.item == candidate.item && claim && !taken.owner.empty()) {
        return taken.owner == claim->owner;
      }
    }
    return OwnSessions::is_open_to(candidate, claim);
  }
};

// --- refreshing

struct EveryFetchRefreshes : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    for (auto& [id, session] : store().sessions) {
      if (options.session && is_live(session) && session.owner == options.session->owner) {
        session.deadline = rules::later(now(), options.session->lock_timeout);
      }
    }
    return OwnSessions::fetch_activity(options);
  }
};

struct LookingRefreshes : OwnSessions {
  using OwnSessions::OwnSessions;
  void pass_over(const Candidate& candidate) override {
    if (candidate.activity.session && live(key(candidate.activity)) != nullptr) {
      Session& session = store().sessions[key(candidate.activity)];
      session.deadline = rules::later(now(), session.timeout);
    }
    OwnSessions::pass_over(candidate);
  }
};

// Work on an item lengthens its session; `revives`: also when it has lapsed.
template <bool revives>
struct WorkLengthensTheSession : OwnSessions {
  using OwnSessions::OwnSessions;
  void touch(const std::string& session, const std::string& owner) override {
    OwnSessions::touch(session, owner);
    const auto found = store().sessions.find(session);
    if (found == store().sessions.end() || found->second.owner != owner) return;
    if (is_live(found->second) != revives) {
      found->second.deadline = rules::later(now(), found->second.timeout);
    }
  }
};

// --- DUR_1, DUR_5

struct ForgetsOwnersAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~ForgetsOwnersAtClosing() override {
    const auto alone = lock();
    if (store().handles == 1) store().sessions.clear();
  }
};

struct ForgetsBindingsAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~ForgetsBindingsAtClosing() override {
    const auto alone = lock();
    if (store().handles > 1) return;
    for (auto& [item, activity] : store().items) activity.session = std::nullopt;
  }
};

// The deadline is one of the process's own steady clock, which begins anew.
struct DeadlinesMoveAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~DeadlinesMoveAtClosing() override {
    const auto alone = lock();
    if (store().handles > 1) return;
    for (auto& [id, session] : store().sessions) {
      session.deadline = rules::later(session.deadline, session.timeout);
    }
  }
};

}  // namespace

std::span<const Defect> session_ownership_defects() {
  static constexpr Defect rows[] = {
      {"taking_an_item_claims_nothing", requirement("SESS_2"),
       "Taking an item does not claim its session.", spoil_sessions<DoesNotClaim>},
      {"lapsed_session_is_not_claimed_anew", requirement("SESS_2"),
       "A claim does not replace the row of a lapsed session.",
       spoil_sessions<ClaimsNoLapsedSession>},
      {"takeover_keeps_the_former_owner", requirement("SESS_2"),
       "Claiming a lapsed session moves its deadline, not its owner.",
       spoil_sessions<TakeoverKeepsTheOwner>},
      {"takeover_keeps_the_former_timeout", requirement("SESS_2"),
       "A session's timeout is that of its first claim.", spoil_sessions<TakeoverKeepsTheTimeout>},
      {"fetch_does_not_refresh_the_session", requirement("SESS_2"),
       "Taking another item leaves the session's deadline as it was.",
       spoil_sessions<FetchDoesNotRefresh>},
      {"deadlines_of_sessions_are_per_owner", requirement("SESS_2"),
       "A claim sets the deadline of all sessions of its owner.",
       spoil_sessions<DeadlinesArePerOwner>},
      {"session_has_the_timeout_of_the_item", requirement("SESS_2"),
       "A session is claimed for as long as its item is locked.",
       spoil_sessions<ClaimsForTheItemLock>},
      {"session_lasts_whole_seconds", requirement("SESS_2"),
       "A session's timeout is cut to whole seconds.", spoil_sessions<ClaimsForWholeSeconds>},
      {"session_lasts_a_millisecond_longer", requirement("SESS_2"),
       "A session is still owned at its deadline.", spoil_sessions<ClaimsAMillisecondMore>},
      {"session_never_lapses", requirement("SESS_2"), "Ownership has no end.",
       spoil_sessions<ClaimsForEver>},
      {"racing_claims_both_succeed", requirement("SESS_2"),
       "Who owns a session is looked up before it is claimed, in a step of its own.",
       spoil_sessions<RacingClaimsBothSucceed>},
      {"filtered_item_claims_its_session", requirement("SESS_2"),
       "An item that the tag filter does not admit claims its session.",
       spoil_sessions<ClaimsWhatTheFilterPassesOver>},
      {"each_handle_is_its_own_owner", requirement("SESS_2"),
       "The same owner id on two handles is two owners.", spoil_sessions<OwnerIsTheHandle>},
      {"owner_is_the_handle", requirement("SESS_2"), "Two owner ids on one handle are one owner.",
       spoil_sessions<HandleIsTheOwner>},
      {"lapsed_session_is_closed_to_others", requirement("SESS_2"),
       "Nobody but the former owner gets items of a lapsed session.",
       spoil_sessions<LapsedSessionsStayClosed>},
      {"lapsed_session_is_closed_to_its_owner", requirement("SESS_2"),
       "The former owner of a lapsed session gets no item of it.",
       spoil_sessions<FormerOwnerStaysOut>},
      {"ack_ends_the_session", requirement("SESS_2"), "The ack of an item frees its session.",
       spoil_sessions<SessionEndsWithItsItem<End::ack>>},
      {"last_ack_ends_the_session", requirement("SESS_2"),
       "A session is free as soon as it has no item.",
       spoil_sessions<SessionEndsWithItsItem<End::last_ack>>},
      {"abandon_ends_the_session", requirement("SESS_2"), "Abandoning an item frees its session.",
       spoil_sessions<SessionEndsWithItsItem<End::abandon>>},
      {"cancellation_ends_the_session", requirement("SESS_2"),
       "Cancelling an item frees its session.", spoil_sessions<SessionEndsWithACancellation>},
      {"redelivered_items_are_anyones", requirement("SESS_2"),
       "An item that comes back goes to any owner.", spoil_sessions<RedeliveredItemsAreAnyones>},
      {"released_items_go_back_to_their_holder", requirement("SESS_2"),
       "An item goes to whoever had it first, also after a takeover of its session.",
       spoil_sessions<ReleasedItemsGoBackToTheirHolder>},
      {"every_fetch_refreshes_the_sessions_of_its_owner", requirement("SESS_2"),
       "Any fetch of an owner refreshes all of its sessions.", spoil_sessions<EveryFetchRefreshes>},
      {"looking_at_an_item_refreshes_its_session", requirement("SESS_2"),
       "A fetch of another owner refreshes the sessions that it passes over.",
       spoil_sessions<LookingRefreshes>},
      {"work_on_an_item_lengthens_its_session", requirement("SESS_2"),
       "Ack and renewal of an item move its session's deadline.",
       spoil_sessions<WorkLengthensTheSession<false>>},
      {"late_work_revives_the_session", requirement("SESS_2"),
       "Ack and renewal of an item revive its lapsed session.",
       spoil_sessions<WorkLengthensTheSession<true>>},

      {"ownership_of_sessions_is_forgotten_at_closing", requirement("DUR_5"),
       "Who owns which session is kept in memory.", spoil_sessions<ForgetsOwnersAtClosing>,
       Spoils::sqlite},
      {"deadlines_of_sessions_move_at_closing", requirement("DUR_5"),
       "Sessions last longer when the store is closed in between.",
       spoil_sessions<DeadlinesMoveAtClosing>, Spoils::sqlite},
      {"bindings_to_sessions_are_forgotten_at_closing", requirement("DUR_1"),
       "Queued items are bound to no session after a reopen.",
       spoil_sessions<ForgetsBindingsAtClosing>, Spoils::sqlite},
  };
  return rows;
}

}  // namespace ackproof
