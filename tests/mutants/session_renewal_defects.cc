// Providers that renew the wrong sessions, or take the wrong ones for idle.
#include "contract/requirements.h"
#include "tests/mutants/defect.h"
#include "tests/mutants/own_sessions.h"
#include "tests/mutants/spoil.h"

namespace ackproof {

namespace {

using Session = OwnSessions::Session;

// --- SESS_3: which sessions

// Which of the three conditions is not looked at.
enum class Forgotten : std::uint8_t { owner, deadline, idleness };

template <Forgotten forgotten>
struct RenewsTooMany : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_renewed(const Session& session, const RenewSessions& options) override {
    return (forgotten == Forgotten::owner || is_named(session, options)) &&
           (forgotten == Forgotten::deadline || is_live(session)) &&
           (forgotten == Forgotten::idleness || !is_idle(session, options));
  }
};

struct IdleOnlyAfterTheTimeout : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_renewed(const Session& session, const RenewSessions& options) override {
    return is_named(session, options) && is_live(session) &&
           now() - session.active <= options.idle_timeout;
  }
};

struct RenewsByPattern : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_renewed(const Session& session, const RenewSessions& options) override {
    return is_live(session) && !is_idle(session, options) &&
           std::ranges::any_of(options.owners, [&](const std::string& owner) {
             const std::string fixed = owner.substr(0, owner.find_first_of("%_*"));
             return owner == session.owner || (fixed != owner && session.owner.starts_with(fixed));
           });
  }
};

template <std::size_t n>
struct RenewsTheFirstOwners : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions changed = options;
    if (changed.owners.size() > n) changed.owners.resize(n);
    return OwnSessions::renew_sessions(changed);
  }
};

// An empty list is no condition.
struct NoOwnersAreAllOwners : OwnSessions {
  using OwnSessions::OwnSessions;
  bool is_renewed(const Session& session, const RenewSessions& options) override {
    if (!options.owners.empty()) return OwnSessions::is_renewed(session, options);
    return is_live(session) && !is_idle(session, options);
  }
};

// A renewal makes an idle session lapse at once.
struct IdleSessionsAreReleased : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const auto alone = lock();
    for (auto& [id, session] : store().sessions) {
      if (is_named(session, options) && is_idle(session, options)) {
        session.deadline = std::min(session.deadline, now());
      }
    }
    return OwnSessions::renew_sessions(options);
  }
};

// Whatever is done with an item is a sign of life.
struct AbandonIsActivity : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<void> abandon_activity(const LockToken& token, const Abandon& how) override {
    const auto alone = lock();
    const Result<void> abandoned = inner().abandon_activity(token, how);
    if (abandoned) worked(token);
    return abandoned;
  }
};

// --- SESS_3: the deadline

struct ExtendsTheOldDeadline : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    session.deadline = rules::later(session.deadline, options.extend_for);
  }
};

struct OnlyLengthens : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    session.deadline = std::max(session.deadline, rules::later(now(), options.extend_for));
  }
};

struct ExtendsByWholeSeconds : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    session.deadline = now() + std::chrono::duration_cast<std::chrono::seconds>(options.extend_for);
  }
};

struct ExtendsByTheClaim : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions&) override {
    session.deadline = rules::later(now(), session.timeout);
  }
};

struct CountsAndDoesNothing : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session&, const RenewSessions&) override {}
};

struct RenewalTakesTheOwnerAway : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    OwnSessions::renew(session, options);
    session.owner.clear();
  }
};

// --- SESS_3: the number

template <std::uint64_t (*count)(const std::vector<Session>& renewed, const RenewSessions& options)>
struct Miscounts : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const auto alone = lock();
    std::vector<Session> renewed;
    for (const auto& [id, session] : store().sessions) {
      if (is_renewed(session, options)) renewed.push_back(session);
    }
    const auto answer = OwnSessions::renew_sessions(options);
    return answer ? Result<std::uint64_t>(count(renewed, options)) : answer;
  }
};

std::uint64_t owners(const std::vector<Session>& renewed, const RenewSessions&) {
  std::set<std::string> names;
  for (const Session& session : renewed) names.insert(session.owner);
  return names.size();
}

std::uint64_t owners_as_given(const std::vector<Session>&, const RenewSessions& options) {
  return options.owners.size();
}

// One statement per owner of the list.
std::uint64_t once_per_mention(const std::vector<Session>& renewed, const RenewSessions& options) {
  std::uint64_t sum = 0;
  for (const Session& session : renewed) {
    sum += static_cast<std::uint64_t>(std::ranges::count(options.owners, session.owner));
  }
  return sum;
}

std::uint64_t at_most_one(const std::vector<Session>& renewed, const RenewSessions&) {
  return renewed.empty() ? 0 : 1;
}

std::uint64_t none(const std::vector<Session>&, const RenewSessions&) { return 0; }

// Counts the rows of a join with the queue.
struct CountsItems : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const auto alone = lock();
    std::uint64_t items = 0;
    for (const auto& [id, session] : store().sessions) {
      if (!is_renewed(session, options)) continue;
      const auto of = std::ranges::count_if(
          store().items, [&, &id = id](const auto& entry) { return entry.second.session == id; });
      items += static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(of, 1));
    }
    const auto answer = OwnSessions::renew_sessions(options);
    return answer ? Result<std::uint64_t>(items) : answer;
  }
};

// --- SESS_3: activity

// Which call is taken for no sign of life.
enum class Call : std::uint8_t { fetch, ack, silent_ack, renew };

template <Call ignored>
struct IgnoresActivity : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    const Session* before = live(session);
    const std::optional<Time> active = before ? std::optional(before->active) : std::nullopt;
    OwnSessions::claim(session, options);
    if (ignored == Call::fetch && active) store().sessions[session].active = *active;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    ignoring_ = ignored == Call::ack || (ignored == Call::silent_ack && !completion);
    const Result<void> acked = OwnSessions::ack_activity(token, completion);
    ignoring_ = false;
    return acked;
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const auto alone = lock();
    ignoring_ = ignored == Call::renew;
    const Result<void> renewed = OwnSessions::renew_activity(token, extend_for);
    ignoring_ = false;
    return renewed;
  }
  void touch(const std::string& session, const std::string& owner) override {
    if (!ignoring_) OwnSessions::touch(session, owner);
  }

 private:
  bool ignoring_ = false;  // Used under the lock.
};

// The row of a lapsed session keeps its last activity when it is claimed anew.
struct TakeoverIsNoActivity : OwnSessions {
  using OwnSessions::OwnSessions;
  void claim(const std::string& session, const FetchActivity& options) override {
    const auto found = store().sessions.find(session);
    const bool has_lapsed = found != store().sessions.end() && !is_live(found->second);
    const Time active = has_lapsed ? found->second.active : now();
    OwnSessions::claim(session, options);
    store().sessions[session].active = active;
  }
};

struct RenewalIsActivity : OwnSessions {
  using OwnSessions::OwnSessions;
  void renew(Session& session, const RenewSessions& options) override {
    OwnSessions::renew(session, options);
    session.active = now();
  }
};

// "Some live lock" is looked for, not whose.
struct FormerOwnersCount : OwnSessions {
  using OwnSessions::OwnSessions;
  void touch(const std::string& session, const std::string&) override {
    if (live(session) != nullptr) store().sessions[session].active = now();
  }
};

struct ActivityIsPerOwner : OwnSessions {
  using OwnSessions::OwnSessions;
  void touch(const std::string&, const std::string& owner) override {
    for (auto& [id, session] : store().sessions) {
      if (is_live(session) && session.owner == owner) session.active = now();
    }
  }
};

// The session is updated before the token is looked at.
struct RefusedCallsCount : OwnSessions {
  using OwnSessions::OwnSessions;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    const auto alone = lock();
    auto fetched = OwnSessions::fetch_activity(options);
    if (fetched && fetched.value()) {
      sessions_[fetched.value()->token.value] = fetched.value()->activity.session;
    }
    return fetched;
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    count(token);
    return OwnSessions::ack_activity(token, completion);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    count(token);
    return OwnSessions::renew_activity(token, extend_for);
  }

 private:
  void count(const LockToken& token) {
    const auto alone = lock();
    const auto session = sessions_.find(token.value);
    if (session != sessions_.end() && session->second) touch(*session->second, owner_of(token));
  }
  std::map<std::string, std::optional<std::string>> sessions_;  // By token.
};

struct LookingIsActivity : OwnSessions {
  using OwnSessions::OwnSessions;
  void pass_over(const Candidate& candidate) override {
    if (candidate.activity.session && live(key(candidate.activity)) != nullptr) {
      store().sessions[key(candidate.activity)].active = now();
    }
    OwnSessions::pass_over(candidate);
  }
};

// Who fetched an item is known to the process that did.
struct ForgetsFetchersAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~ForgetsFetchersAtClosing() override {
    const auto alone = lock();
    if (store().handles > 1) return;
    for (auto& [token, taken] : store().taken) taken.owner.clear();
  }
};

// When a session was active last is known to the process that saw it.
struct ForgetsActivityAtClosing : OwnSessions {
  using OwnSessions::OwnSessions;
  ~ForgetsActivityAtClosing() override {
    const auto alone = lock();
    if (store().handles > 1) return;
    for (auto& [id, session] : store().sessions) session.active = Time();
  }
};

// Counts no further.
struct RenewsAPage : ForwardingProvider {
  using ForwardingProvider::ForwardingProvider;
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    const Result<std::uint64_t> renewed = inner().renew_sessions(options);
    return renewed ? std::min<std::uint64_t>(renewed.value(), 100) : renewed;
  }
};

}  // namespace

std::span<const Defect> session_renewal_defects() {
  static constexpr Defect rows[] = {
      {"renewal_counts_at_most_a_hundred_sessions", requirement("SESS_3"),
       "At most 100 renewed sessions are counted.", spoil_with<RenewsAPage>},
      {"foreign_sessions_are_renewed", requirement("SESS_3"),
       "A renewal extends everybody's sessions.", spoil_sessions<RenewsTooMany<Forgotten::owner>>},
      {"lapsed_sessions_are_renewed", requirement("SESS_3"), "A renewal revives lapsed sessions.",
       spoil_sessions<RenewsTooMany<Forgotten::deadline>>},
      {"idle_sessions_are_renewed", requirement("SESS_3"), "A renewal extends idle sessions.",
       spoil_sessions<RenewsTooMany<Forgotten::idleness>>},
      {"session_is_idle_a_millisecond_late", requirement("SESS_3"),
       "At the idle timeout itself a session is not idle.",
       spoil_sessions<IdleOnlyAfterTheTimeout>},
      {"owners_in_renewals_are_patterns", requirement("SESS_3"),
       "A renewal matches owner ids with LIKE.", spoil_sessions<RenewsByPattern>},
      {"renewal_sees_only_the_first_owner", requirement("SESS_3"),
       "Only the first owner of the list is bound.", spoil_sessions<RenewsTheFirstOwners<1>>},
      {"renewal_sees_only_a_hundred_owners", requirement("SESS_3"),
       "Owners beyond the hundredth are forgotten.", spoil_sessions<RenewsTheFirstOwners<100>>},
      {"renewal_of_nobody_renews_all", requirement("SESS_3"),
       "An empty list of owners extends everybody's sessions.",
       spoil_sessions<NoOwnersAreAllOwners>},
      {"idle_sessions_are_released_at_once", requirement("SESS_3"),
       "A renewal ends idle sessions instead of leaving them.",
       spoil_sessions<IdleSessionsAreReleased>},
      {"renewal_adds_to_the_deadline", requirement("SESS_3"),
       "The extension is added to the old deadline.", spoil_sessions<ExtendsTheOldDeadline>},
      {"renewal_of_a_session_only_lengthens", requirement("SESS_3"),
       "A renewal never brings a deadline forward.", spoil_sessions<OnlyLengthens>},
      {"session_extension_is_in_whole_seconds", requirement("SESS_3"),
       "The extension is cut to whole seconds.", spoil_sessions<ExtendsByWholeSeconds>},
      {"session_extension_is_that_of_the_claim", requirement("SESS_3"),
       "A renewal extends by the timeout of the claim.", spoil_sessions<ExtendsByTheClaim>},
      {"renewal_of_sessions_does_nothing", requirement("SESS_3"),
       "A renewal counts the sessions and leaves their deadlines.",
       spoil_sessions<CountsAndDoesNothing>},
      {"renewed_session_loses_its_owner", requirement("SESS_3"), "A renewal overwrites the owner.",
       spoil_sessions<RenewalTakesTheOwnerAway>},
      {"renewal_returns_the_number_of_owners", requirement("SESS_3"),
       "A renewal returns how many owners had sessions.", spoil_sessions<Miscounts<owners>>},
      {"renewal_returns_the_length_of_its_list", requirement("SESS_3"),
       "A renewal returns how many owners it was given.",
       spoil_sessions<Miscounts<owners_as_given>>},
      {"owner_named_twice_counts_twice", requirement("SESS_3"),
       "A renewal counts a session as often as its owner is named.",
       spoil_sessions<Miscounts<once_per_mention>>},
      {"renewal_returns_one_for_any_number", requirement("SESS_3"),
       "A renewal returns 1 when anything was renewed.", spoil_sessions<Miscounts<at_most_one>>},
      {"renewal_returns_nothing", requirement("SESS_3"), "A renewal always returns 0.",
       spoil_sessions<Miscounts<none>>},
      {"renewal_counts_items", requirement("SESS_3"),
       "A renewal returns the number of items of the sessions.", spoil_sessions<CountsItems>},
      {"fetch_is_no_activity", requirement("SESS_3"),
       "Taking another item of a session does not count as activity.",
       spoil_sessions<IgnoresActivity<Call::fetch>>},
      {"ack_is_no_activity", requirement("SESS_3"), "An ack does not count as activity.",
       spoil_sessions<IgnoresActivity<Call::ack>>},
      {"ack_without_a_completion_is_no_activity", requirement("SESS_3"),
       "An ack without a completion does not count as activity.",
       spoil_sessions<IgnoresActivity<Call::silent_ack>>},
      {"item_renewal_is_no_activity", requirement("SESS_3"),
       "Renewing an item does not count as activity.",
       spoil_sessions<IgnoresActivity<Call::renew>>},
      {"takeover_is_no_activity", requirement("SESS_3"),
       "Claiming a lapsed session does not count as activity.",
       spoil_sessions<TakeoverIsNoActivity>},
      {"abandon_is_activity", requirement("SESS_3"), "An abandon counts as activity.",
       spoil_sessions<AbandonIsActivity>},
      {"session_renewal_is_activity", requirement("SESS_3"),
       "Renewing a session counts as its activity.", spoil_sessions<RenewalIsActivity>},
      {"late_work_of_a_former_owner_is_activity", requirement("SESS_3"),
       "Ack and renewal by a former owner count as the present owner's activity.",
       spoil_sessions<FormerOwnersCount>},
      {"activity_is_counted_per_owner", requirement("SESS_3"),
       "Work in one session counts for all sessions of the owner.",
       spoil_sessions<ActivityIsPerOwner>},
      {"refused_calls_are_activity", requirement("SESS_3"),
       "Calls with dead tokens count as activity.", spoil_sessions<RefusedCallsCount>},
      {"foreign_fetches_are_activity", requirement("SESS_3"),
       "A fetch that passes over an item counts as activity of its session.",
       spoil_sessions<LookingIsActivity>},
      {"fetchers_of_items_are_forgotten_at_closing", requirement("SESS_3"),
       "After a reopen an ack does not count as activity.",
       spoil_sessions<ForgetsFetchersAtClosing>, Spoils::sqlite},
      {"activity_of_sessions_is_forgotten_at_closing", requirement("DUR_5"),
       "After a reopen every session is idle.", spoil_sessions<ForgetsActivityAtClosing>,
       Spoils::sqlite},
  };
  return rows;
}

}  // namespace ackproof
