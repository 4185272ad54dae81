// Providers that clean up the wrong sessions, or let a session decide over the lock of an item.
#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Session = OwnSessions::Session;

// --- SESS_4

struct CleansUpLiveSessions : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string& session) override { return !is_in_use(session); }
};

struct CleansUpSessionsWithItems : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string& session) override { return live(session) == nullptr; }
};

// Items that are hidden or locked are not looked for.
struct CleansUpSessionsWithBusyItems : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string& session) override {
    const std::vector<Candidate> visible = candidates({.lock_timeout = Duration(1'000)});
    for (const Candidate& candidate : visible) unfetch(candidate);
    return live(session) == nullptr &&
           std::ranges::none_of(visible, [&](const Candidate& candidate) {
             return candidate.activity.session == session;
           });
  }
};

struct CleansUpAfterTheDeadline : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string& session) override {
    return OwnSessions::is_left_over(session) && now() > store().sessions[session].deadline;
  }
};

// The names are compared without regard to case and to what follows.
struct TakesOtherItemsForTheSessions : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string& session) override {
    return OwnSessions::is_left_over(session) &&
           std::ranges::none_of(store().items, [&](const auto& entry) {
             return entry.second.session && entry.second.session->starts_with(session);
           });
  }
};

struct CleansUpNothing : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_left_over(const std::string&) override { return false; }
};

struct CleansUpOneAtATime : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    for (const auto& [id, session] : store().sessions) {
      if (!is_left_over(id)) continue;
      store().sessions.erase(id);
      return std::uint64_t{1};
    }
    return std::uint64_t{0};
  }
};

struct CleansUpAPage : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    std::uint64_t removed = 0;
    for (auto at = store().sessions.begin(); at != store().sessions.end() && removed < 100;) {
      const bool goes = is_left_over(at->first);
      if (goes) ++removed;
      at = goes ? store().sessions.erase(at) : std::next(at);
    }
    return removed;
  }
};

struct TellsHowManyAreLeft : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    (void)OwnSessions::cleanup_sessions();
    return std::uint64_t{store().sessions.size()};
  }
};

// The sessions to remove are chosen in one step, and removed in another.
struct CleansUpInTwoSteps : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    std::vector<std::string> chosen;
    {
      const auto alone = lock();
      for (const auto& [id, session] : store().sessions) {
        if (is_left_over(id)) chosen.push_back(id);
      }
    }
    linger();
    const auto alone = lock();
    std::uint64_t removed = 0;
    for (const std::string& id : chosen) removed += store().sessions.erase(id);
    return removed;
  }
};

// A number per session says how many items it has; cancelling does not lower it.
struct CancelledItemsKeepTheirSession : OwnSessions {
  using OwnSessions::OwnSessions;
  void cancelled(const ActivityKey& key) override {
    const auto alone = lock();
    for (const auto& [item, activity] : store().items) {
      const ActivityKey of{activity.instance, activity.execution, activity.id};
      if (of == key && activity.session) pinned_.insert(*activity.session);
    }
    OwnSessions::cancelled(key);
  }
  bool is_left_over(const std::string& session) override {
    return OwnSessions::is_left_over(session) && !pinned_.contains(session);
  }

 private:
  std::set<std::string> pinned_;
};

// The items of what lapsed go with it.
struct CleanupTakesItemsAlong : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    for (const Candidate& candidate : candidates({})) {
      const auto& session = candidate.activity.session;
      if (session && live(*session) == nullptr) {
        (void)inner().ack_activity(candidate.locked.token, std::nullopt);
      } else {
        unfetch(candidate);
      }
    }
    return OwnSessions::cleanup_sessions();
  }
};

// What was cleaned up stays with its last owner for good.
struct CleanedUpSessionsAreClosed : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    std::uint64_t removed = 0;
    for (auto& [id, session] : store().sessions) {
      if (session.deadline == Time::max() || !is_left_over(id)) continue;
      session.deadline = Time::max();
      ++removed;
    }
    return removed;
  }
};

// --- SESS_5

// What a worker may not do once its session is no longer its own.
enum class Call : std::uint8_t { ack, renew, abandon };

template <Call refused>
struct LostSessionLosesTheItem : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    if (refused == Call::ack && has_lost(token)) return lost("ack_activity");
    return OwnSessions::ack_activity(token, completion);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const auto alone = lock();
    if (refused == Call::renew && has_lost(token)) return lost("renew_activity");
    return OwnSessions::renew_activity(token, extend_for);
  }
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    if (refused == Call::abandon && has_lost(token)) return lost("abandon_activity");
    return OwnSessions::abandon_activity(token, how);
  }

 private:
  bool has_lost(const LockToken& token) {
    const std::optional<Activity> activity = activity_of(token);
    if (!activity || !activity->session) return false;
    const Session* session = live(key(*activity));
    return session == nullptr || session->owner != owner_of(token);
  }
  static Error lost(const char* operation) {
    return {ErrorKind::lock_lost, operation, "the session is not the worker's any more"};
  }
};

// A takeover of the session takes over the items in flight.
struct TakeoverTakesTheItems : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    for (const auto& [token, taken] : store().taken) {
      const std::optional<Activity> activity = activity_of({token});
      if (activity && activity->session == session && taken.owner != options.session->owner) {
        (void)inner().abandon_activity({token}, {});
      }
    }
    OwnSessions::claim(session, options);
  }
};

struct RenewsTheItemsToo : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const auto alone = lock();
    for (const auto& [token, taken] : store().taken) {
      if (std::ranges::find(options.owners, taken.owner) == options.owners.end()) continue;
      (void)inner().renew_activity({token}, options.extend_for);
    }
    return OwnSessions::renew_sessions(options);
  }
};

// While the session is live, its owner may still ack an item whose lock has expired.
struct LiveSessionSavesTheItem : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    const Result<void> acked = OwnSessions::ack_activity(token, completion);
    const std::optional<Activity> activity = activity_of(token);
    if (!lost(acked) || !activity || !activity->session) return acked;
    const Session* session = live(key(*activity));
    if (session == nullptr || session->owner != owner_of(token)) return acked;
    for (const Candidate& candidate : candidates({})) {
      if (candidate.item == store().taken[token.value].item) {
        (void)inner().ack_activity(candidate.locked.token, completion);
      } else {
        unfetch(candidate);
      }
    }
    return {};
  }
};

// Only the handle that fetched a bound item may finish it.
struct TokensBelongToHandles : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    auto fetched = OwnSessions::fetch_activity(options);
    if (fetched && fetched.value() && fetched.value()->activity.session) {
      mine_.insert(fetched.value()->token.value);
    }
    return fetched;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    const std::optional<Activity> activity = activity_of(token);
    if (activity && activity->session && !mine_.contains(token.value)) {
      return Error{ErrorKind::lock_lost, "ack_activity", "another worker has the session"};
    }
    return OwnSessions::ack_activity(token, completion);
  }

 private:
  std::set<std::string> mine_;
};

}  // namespace

std::span<const Defect> session_cleanup_defects() {
  static constexpr Defect rows[] = {
      {"cleanup_removes_live_sessions", requirement("SESS_4"),
       "Cleanup removes every session without items.", spoil_sessions<CleansUpLiveSessions>},
      {"cleanup_removes_sessions_with_items", requirement("SESS_4"),
       "Cleanup removes every lapsed session.", spoil_sessions<CleansUpSessionsWithItems>},
      {"cleanup_overlooks_hidden_and_locked_items", requirement("SESS_4"),
       "Cleanup looks for visible items only.", spoil_sessions<CleansUpSessionsWithBusyItems>},
      {"cleanup_is_a_millisecond_late", requirement("SESS_4"),
       "At its deadline a session is not removed yet.", spoil_sessions<CleansUpAfterTheDeadline>},
      {"cleanup_compares_the_beginnings_of_names", requirement("SESS_4"),
       "Items of sessions whose names begin alike keep a session.",
       spoil_sessions<TakesOtherItemsForTheSessions>},
      {"cleanup_removes_nothing", requirement("SESS_4"), "Cleanup does nothing and returns 0.",
       spoil_sessions<CleansUpNothing>},
      {"cleanup_removes_one_session", requirement("SESS_4"), "Cleanup stops after the first one.",
       spoil_sessions<CleansUpOneAtATime>},
      {"cleanup_removes_a_hundred_sessions", requirement("SESS_4"),
       "One cleanup removes at most 100 sessions.", spoil_sessions<CleansUpAPage>},
      {"cleanup_returns_what_is_left", requirement("SESS_4"),
       "Cleanup returns the number of sessions that remain.", spoil_sessions<TellsHowManyAreLeft>},
      {"cleanup_races_with_claims", requirement("SESS_4"),
       "Cleanup chooses in one step and removes in another.", spoil_sessions<CleansUpInTwoSteps>},
      {"cancelled_items_keep_their_session", requirement("SESS_4"),
       "Cancelling an item does not lower the number of its session's items.",
       spoil_sessions<CancelledItemsKeepTheirSession>},
      {"cleanup_takes_items_along", requirement("SESS_4"),
       "Cleanup removes the queued items of lapsed sessions.",
       spoil_sessions<CleanupTakesItemsAlong>},
      {"cleaned_up_sessions_are_closed", requirement("SESS_4"),
       "A session that was cleaned up stays with its last owner.",
       spoil_sessions<CleanedUpSessionsAreClosed>},

      {"ack_needs_the_session", requirement("SESS_5"),
       "An ack is refused when the session is not the worker's any more.",
       spoil_sessions<LostSessionLosesTheItem<Call::ack>>},
      {"item_renewal_needs_the_session", requirement("SESS_5"),
       "Renewing an item is refused when the session is not the worker's any more.",
       spoil_sessions<LostSessionLosesTheItem<Call::renew>>},
      {"abandon_needs_the_session", requirement("SESS_5"),
       "Abandoning an item is refused when the session is not the worker's any more.",
       spoil_sessions<LostSessionLosesTheItem<Call::abandon>>},
      {"takeover_of_a_session_takes_its_items", requirement("SESS_5"),
       "Claiming a lapsed session releases the items that are in flight.",
       spoil_sessions<TakeoverTakesTheItems>},
      {"renewing_a_session_renews_its_items", requirement("SESS_5"),
       "Renewing sessions extends the locks of their items.", spoil_sessions<RenewsTheItemsToo>},
      {"live_session_saves_an_expired_item", requirement("SESS_5"),
       "The owner of a session can ack items whose lock has expired.",
       spoil_sessions<LiveSessionSavesTheItem>},
      {"bound_items_belong_to_their_handle", requirement("SESS_5"),
       "Only the handle that fetched a bound item can ack it.",
       spoil_sessions<TokensBelongToHandles>},
  };
  return rows;
}

}  // namespace ackproof
