// Providers that hand activities of sessions to the wrong worker, or lose what they are bound to.
#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Claim = std::optional<SessionClaim>;

// --- SESS_1: who may take it

struct OpensFreeSessionsToAll : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (claim || !candidate.activity.session) return OwnSessions::is_open_to(candidate, claim);
    return !store().sessions.contains(key(candidate.activity));
  }
};

// The absent claim meets the absent row of a LEFT JOIN.
struct OpensLapsedSessionsToAll : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (claim || !candidate.activity.session) return OwnSessions::is_open_to(candidate, claim);
    const std::string session = key(candidate.activity);
    return store().sessions.contains(session) && live(session) == nullptr;
  }
};

struct OpensOwnedSessionsToAll : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (claim || !candidate.activity.session) return OwnSessions::is_open_to(candidate, claim);
    return live(key(candidate.activity)) != nullptr;
  }
};

struct IgnoresOwners : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    return !candidate.activity.session || claim;
  }
};

// "No live session row" is looked for, and nothing else.
struct OwnersAreShutOut : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    return OwnSessions::is_open_to(candidate, claim) &&
           (!candidate.activity.session || live(key(candidate.activity)) == nullptr);
  }
};

struct ClaimGetsOnlyBoundItems : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (claim && !candidate.activity.session) return false;
    return OwnSessions::is_open_to(candidate, claim);
  }
};

// Once a worker has a session, it works for nothing else.
struct OwnerGetsNoUnboundItems : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    const bool owns_any = claim && std::ranges::any_of(store().sessions, [&](const auto& entry) {
                            return is_live(entry.second) && entry.second.owner == claim->owner;
                          });
    if (owns_any && !candidate.activity.session) return false;
    return OwnSessions::is_open_to(candidate, claim);
  }
};

struct OwnerGetsOneSession : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    if (!OwnSessions::is_open_to(candidate, claim)) return false;
    if (!candidate.activity.session || live(key(candidate.activity)) != nullptr) return true;
    return std::ranges::none_of(store().sessions, [&](const auto& entry) {
      return is_live(entry.second) && entry.second.owner == claim->owner;
    });
  }
};

// A session is worked off one item at a time.
struct OneItemOfASessionAtATime : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    queued_.clear();
    for (const Candidate& candidate : candidates({.lock_timeout = Duration(1'000)})) {
      if (candidate.activity.session) queued_.insert(candidate.item);
      unfetch(candidate);
    }
    return OwnSessions::fetch_activity(options);
  }
  bool is_open_to(const Candidate& candidate, const Claim& claim) override {
    return OwnSessions::is_open_to(candidate, claim) && !is_in_flight(candidate.activity.session);
  }

 private:
  bool is_in_flight(const std::optional<std::string>& session) {
    return session && std::ranges::any_of(store().items, [&](const auto& entry) {
             return entry.second.session == session && !queued_.contains(entry.first);
           });
  }
  std::set<std::uint64_t> queued_;  // Used under the lock.
};

struct SessionsArePerInstance : OwnSessions {
  using OwnSessions::OwnSessions;
  std::string key(const Activity& activity) override {
    return activity.instance + "/" + *activity.session;
  }
};

template <std::size_t n>
struct LooksAtTheFirst : OwnSessions {
  using OwnSessions::OwnSessions;
  std::size_t looked_at() override { return n; }
};

// --- SESS_1: in which order

template <class Better>
std::size_t first_with(const std::vector<OwnSessions::Candidate>& open, const Better& better) {
  const auto found = std::ranges::find_if(open, better);
  return found == open.end() ? 0 : static_cast<std::size_t>(found - open.begin());
}

struct OwnSessionsFirst : OwnSessions {
  using OwnSessions::OwnSessions;
  std::size_t choose(const std::vector<Candidate>& open, const FetchActivity&) override {
    return first_with(open, [&](const Candidate& candidate) {
      return candidate.activity.session && live(key(candidate.activity)) != nullptr;
    });
  }
};

template <bool bound>
struct OneKindFirst : OwnSessions {
  using OwnSessions::OwnSessions;
  std::size_t choose(const std::vector<Candidate>& open, const FetchActivity&) override {
    return first_with(open, [](const Candidate& candidate) {
      return candidate.activity.session.has_value() == bound;
    });
  }
};

struct SessionsByItemId : OwnSessions {
  using OwnSessions::OwnSessions;
  std::size_t choose(const std::vector<Candidate>& open, const FetchActivity&) override {
    std::size_t best = 0;
    for (std::size_t i = 1; i < open.size(); ++i) {
      if (open[i].activity.session && open[i].activity.session == open[best].activity.session &&
          open[i].activity.id < open[best].activity.id) {
        best = i;
      }
    }
    return best;
  }
};

// --- ERR_4

struct CountsWhatItPassesOver : OwnSessions {
  using OwnSessions::OwnSessions;
  void pass_over(const Candidate& candidate) override {
    (void)inner().abandon_activity(candidate.locked.token, {});
  }
};

struct LocksWhatItPassesOver : OwnSessions {
  using OwnSessions::OwnSessions;
  void pass_over(const Candidate&) override {}
};

// --- SESS_6

template <void (*change)(Activity&)>
struct ChangesEnqueuedActivities : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<void> enqueue_activity(const Activity& activity) override {
    Activity changed = activity;
    change(changed);
    return inner().enqueue_activity(changed);
  }
};

template <void (*change)(Activity&)>
struct ChangesDeliveredActivities : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    if (fetched && fetched.value()) change(fetched.value()->activity);
    return fetched;
  }
};

void drop_session(Activity& activity) { activity.session = std::nullopt; }

void drop_sessions(TurnCommit& commit) {
  for (Activity& activity : commit.activities) drop_session(activity);
}

// The prepared statement is bound before the loop.
void bind_first_session_to_all(TurnCommit& commit) {
  for (Activity& activity : commit.activities) activity.session = commit.activities[0].session;
}

struct AbandonDropsTheSession : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    const std::uint64_t item = store().taken[token.value].item;
    const Result<void> abandoned = OwnSessions::abandon_activity(token, how);
    if (abandoned && is_dropped(how)) store().items.at(item).session = std::nullopt;
    return abandoned;
  }
  virtual bool is_dropped(const Abandon& how) { return how.delay == Duration(0); }
};

struct DelayDropsTheSession : AbandonDropsTheSession {
  using AbandonDropsTheSession::AbandonDropsTheSession;
  bool is_dropped(const Abandon& how) override { return how.delay > Duration(0); }
};

// The sweeper that gives expired items back writes them anew.
struct ExpiryDropsTheSession : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    const Result<void> abandoned = OwnSessions::abandon_activity(token, how);
    if (abandoned) store().taken.erase(token.value);
    return abandoned;
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    for (const Candidate& candidate : candidates({.lock_timeout = Duration(1'000)})) {
      for (const auto& [token, taken] : store().taken) {
        if (taken.item == candidate.item) store().items[taken.item].session = std::nullopt;
      }
      unfetch(candidate);
    }
    return OwnSessions::fetch_activity(options);
  }
};

}  // namespace

std::span<const Defect> session_defects() {
  static constexpr Defect rows[] = {
      {"free_sessions_are_open_to_all", requirement("SESS_1"),
       "A fetch without a claim gets items of sessions that nobody has claimed.",
       spoil_sessions<OpensFreeSessionsToAll>},
      {"lapsed_sessions_are_open_to_all", requirement("SESS_1"),
       "A fetch without a claim gets items of sessions that have lapsed.",
       spoil_sessions<OpensLapsedSessionsToAll>},
      {"owned_sessions_are_open_to_all", requirement("SESS_1"),
       "A fetch without a claim gets items of sessions that somebody owns.",
       spoil_sessions<OpensOwnedSessionsToAll>},
      {"sessions_have_no_owners", requirement("SESS_1"), "Every claim gets items of every session.",
       spoil_sessions<IgnoresOwners>},
      {"owners_are_shut_out", requirement("SESS_1"),
       "Nobody gets items of an owned session, its owner neither.",
       spoil_sessions<OwnersAreShutOut>},
      {"claim_gets_only_bound_items", requirement("SESS_1"),
       "A fetch with a claim gets no unbound items.", spoil_sessions<ClaimGetsOnlyBoundItems>},
      {"owner_of_a_session_gets_no_unbound_items", requirement("SESS_1"),
       "Who owns a session gets items of sessions only.", spoil_sessions<OwnerGetsNoUnboundItems>},
      {"owner_gets_one_session", requirement("SESS_1"),
       "Who owns a session gets no item of a free one.", spoil_sessions<OwnerGetsOneSession>},
      {"one_item_of_a_session_at_a_time", requirement("SESS_1"),
       "While an item of a session is in flight, its owner gets no other one.",
       spoil_sessions<OneItemOfASessionAtATime>},
      {"sessions_are_per_instance", requirement("SESS_1"),
       "The same session id in two instances is two sessions.",
       spoil_sessions<SessionsArePerInstance>},
      {"foreign_session_blocks_the_head", requirement("SESS_1"),
       "The session is looked at after LIMIT 1.", spoil_sessions<LooksAtTheFirst<1>>},
      {"hundred_foreign_items_block_the_queue", requirement("SESS_1"),
       "The session is looked at after LIMIT 100.", spoil_sessions<LooksAtTheFirst<100>>},
      {"own_sessions_come_first", requirement("SESS_1"),
       "Items of the caller's own sessions come before older ones.",
       spoil_sessions<OwnSessionsFirst>},
      {"bound_items_come_first", requirement("SESS_1"),
       "Bound items come before older unbound ones.", spoil_sessions<OneKindFirst<true>>},
      {"unbound_items_come_first", requirement("SESS_1"),
       "Unbound items come before older bound ones.", spoil_sessions<OneKindFirst<false>>},
      {"items_of_a_session_come_by_id", requirement("SESS_1"),
       "The items of a session come by activity id.", spoil_sessions<SessionsByItemId>},
      {"item_passed_over_for_its_session_is_counted", requirement("ERR_4"),
       "Passing over an item of a foreign session counts as an attempt.",
       spoil_sessions<CountsWhatItPassesOver>},
      {"item_passed_over_for_its_session_stays_locked", requirement("ERR_4"),
       "Passing over an item of a foreign session leaves it locked.",
       spoil_sessions<LocksWhatItPassesOver>},

      {"commit_drops_sessions", requirement("SESS_6"),
       "The activities of a commit are bound to no session.",
       spoil_with<ChangesCommits<drop_sessions>>},
      {"commit_binds_all_to_one_session", requirement("SESS_6"),
       "The activities of a commit are all bound as the first one is.",
       spoil_with<ChangesCommits<bind_first_session_to_all>>},
      {"enqueue_drops_sessions", requirement("SESS_6"),
       "An enqueued activity is bound to no session.",
       spoil_with<ChangesEnqueuedActivities<drop_session>>},
      {"delivered_item_has_no_session", requirement("SESS_6"),
       "A fetch honours the session and does not return it.",
       spoil_with<ChangesDeliveredActivities<drop_session>>},
      {"abandon_drops_the_session", requirement("SESS_6"),
       "An abandoned activity is bound to no session any more.",
       spoil_sessions<AbandonDropsTheSession>},
      {"abandon_with_a_delay_drops_the_session", requirement("SESS_6"),
       "An activity abandoned with a delay is bound to no session any more.",
       spoil_sessions<DelayDropsTheSession>},
      {"expiry_drops_the_session", requirement("SESS_6"),
       "An activity whose lock expired is bound to no session any more.",
       spoil_sessions<ExpiryDropsTheSession>},
  };
  return rows;
}

}  // namespace ackproof
