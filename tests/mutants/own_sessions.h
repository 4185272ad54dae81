// A provider that keeps the sessions itself, as they ought to be kept: what defects of sessions
// derive from, each overriding the one step that it gets wrong.
//
// The inner provider stores activities that are bound to nothing and admits them to everybody;
// what they really are, whose the sessions are, and who gets what is known here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contract/forwarding_provider.h"
#include "contract/rules.h"
#include "tests/mutants/defect.h"

namespace ackproof {

class OwnSessions : public ForwardingProvider {
 public:
  struct Session {
    std::string owner;
    Time deadline;
    Time active;
    Duration timeout;  // Of the last claim.
  };
  using Sessions = std::map<std::string, Session>;
  struct Taken {
    std::uint64_t item = 0;
    std::string owner;  // Empty: fetched without a claim.
  };
  // A queued activity that could be had now.
  struct Candidate {
    LockedActivity locked;
    std::uint64_t item = 0;
    Activity activity;  // As it was enqueued.
  };
  struct Shared {
    std::recursive_mutex mutex;
    std::uint64_t last_item = 0;
    std::map<std::uint64_t, Activity> items;  // All that are in the queue.
    std::map<std::string, Taken> taken;       // By token, also of locks that ended.
    Sessions sessions;
    int handles = 0;
  };

  OwnSessions(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared,
              std::shared_ptr<Clock> clock)
      : ForwardingProvider(std::move(inner)), shared_(std::move(shared)), clock_(std::move(clock)) {
    const auto alone = lock();
    ++shared_->handles;
  }
  ~OwnSessions() override {
    const auto alone = lock();
    --shared_->handles;
  }

  // A fetch returns at once: what comes to whom is decided after the inner provider's fetches.
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities.facets.erase(Capability::long_polling);
    return description;
  }

  Result<void> enqueue_activity(const Activity& activity) override {
    if (const auto refusal = rules::enqueue_activity(describe().capabilities, activity)) {
      return *refusal;
    }
    const auto alone = lock();
    const std::uint64_t item = remember(activity);
    const Result<void> enqueued = inner().enqueue_activity(stored(item));
    if (!enqueued) shared_->items.erase(item);
    return enqueued;
  }

  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const auto refusal = rules::ack_turn(describe().capabilities, commit)) return *refusal;
    const auto alone = lock();
    TurnCommit plain = commit;
    std::vector<std::uint64_t> added;
    for (Activity& activity : plain.activities) {
      added.push_back(remember(activity));
      activity = stored(added.back());
    }
    const Result<void> acked = inner().ack_turn(token, plain);
    if (!acked) {
      for (const std::uint64_t item : added) shared_->items.erase(item);
      return acked;
    }
    for (const ActivityKey& key : commit.cancelled) cancelled(key);
    return acked;
  }

  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (const auto refusal = rules::fetch_activity(describe().capabilities, options)) {
      return *refusal;
    }
    const auto alone = lock();
    std::vector<Candidate> all = candidates(options);
    if (all.size() > looked_at()) {
      for (std::size_t i = looked_at(); i < all.size(); ++i) pass_over(all[i]);
      all.resize(looked_at());
    }
    std::vector<Candidate> open;
    for (Candidate& candidate : all) {
      if (is_open(candidate, options)) {
        open.push_back(std::move(candidate));
      } else {
        pass_over(candidate);
      }
    }
    const std::size_t chosen = open.empty() ? 0 : choose(open, options);
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (i != chosen) unfetch(open[i]);
    }
    if (open.empty()) return std::optional<LockedActivity>();
    return std::optional(hand_out(open[chosen], options));
  }

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    const auto alone = lock();
    const Result<void> acked = inner().ack_activity(token, completion);
    if (!acked) return acked;
    worked(token);
    shared_->items.erase(shared_->taken[token.value].item);
    return acked;
  }

  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    const auto alone = lock();
    const Result<void> renewed = inner().renew_activity(token, extend_for);
    if (renewed) worked(token);
    return renewed;
  }

  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    if (const auto refusal = rules::renew_sessions(describe().capabilities, options)) {
      return *refusal;
    }
    const auto alone = lock();
    std::uint64_t count = 0;
    for (auto& [id, session] : shared_->sessions) {
      if (!is_renewed(session, options)) continue;
      renew(session, options);
      ++count;
    }
    return count;
  }

  Result<std::uint64_t> cleanup_sessions() override {
    const auto alone = lock();
    return std::uint64_t{std::erase_if(
        shared_->sessions, [&](const auto& entry) { return is_left_over(entry.first); })};
  }

 protected:
  // --- What a defect may get wrong

  // What of an activity names its session.
  virtual std::string key(const Activity& activity) { return *activity.session; }

  // How many of the eligible activities a fetch looks at.
  virtual std::size_t looked_at() { return SIZE_MAX; }

  virtual bool is_open(const Candidate& candidate, const FetchActivity& options) {
    return rules::admits(options.tags, candidate.activity.tag) &&
           is_open_to(candidate, options.session);
  }

  virtual bool is_open_to(const Candidate& candidate, const std::optional<SessionClaim>& claim) {
    if (!candidate.activity.session) return true;
    if (!claim) return false;
    const Session* session = live(key(candidate.activity));
    return session == nullptr || session->owner == claim->owner;
  }

  virtual std::size_t choose(const std::vector<Candidate>&, const FetchActivity&) { return 0; }

  virtual void pass_over(const Candidate& candidate) { unfetch(candidate); }

  virtual void claim(const std::string& session, const FetchActivity& options) {
    const SessionClaim& claim = *options.session;
    shared_->sessions[session] = {claim.owner, rules::later(now(), claim.lock_timeout), now(),
                                  claim.lock_timeout};
  }

  // Work on an item of this session by the owner who fetched it.
  virtual void touch(const std::string& session, const std::string& owner) {
    const Session* found = live(session);
    if (found != nullptr && found->owner == owner) shared_->sessions[session].active = now();
  }

  virtual bool is_renewed(const Session& session, const RenewSessions& options) {
    return is_named(session, options) && is_live(session) && !is_idle(session, options);
  }

  virtual void renew(Session& session, const RenewSessions& options) {
    session.deadline = rules::later(now(), options.extend_for);
  }

  virtual bool is_left_over(const std::string& session) {
    return live(session) == nullptr && !is_in_use(session);
  }

  virtual void cancelled(const ActivityKey& key) {
    std::erase_if(shared_->items, [&](const auto& entry) {
      const Activity& activity = entry.second;
      return ActivityKey{activity.instance, activity.execution, activity.id} == key;
    });
  }

  // --- What is there

  std::unique_lock<std::recursive_mutex> lock() {
    return std::unique_lock<std::recursive_mutex>(shared_->mutex);
  }
  Shared& store() { return *shared_; }
  Time now() { return clock_->now(); }

  bool is_live(const Session& session) { return now() < session.deadline; }
  static bool is_named(const Session& session, const RenewSessions& options) {
    return std::ranges::find(options.owners, session.owner) != options.owners.end();
  }
  bool is_idle(const Session& session, const RenewSessions& options) {
    return now() - session.active >= options.idle_timeout;
  }

  const Session* live(const std::string& session) {
    const auto found = shared_->sessions.find(session);
    return found != shared_->sessions.end() && is_live(found->second) ? &found->second : nullptr;
  }

  bool is_in_use(const std::string& session) {
    return std::ranges::any_of(shared_->items, [&](const auto& entry) {
      return entry.second.session && key(entry.second) == session;
    });
  }

  // The activity that a token opened, as it was enqueued; nothing when it is gone.
  std::optional<Activity> activity_of(const LockToken& token) {
    const auto taken = shared_->taken.find(token.value);
    if (taken == shared_->taken.end()) return std::nullopt;
    const auto found = shared_->items.find(taken->second.item);
    return found == shared_->items.end() ? std::nullopt : std::optional(found->second);
  }
  std::string owner_of(const LockToken& token) { return shared_->taken[token.value].owner; }

  void worked(const LockToken& token) {
    const std::optional<Activity> activity = activity_of(token);
    if (activity && activity->session) touch(key(*activity), owner_of(token));
  }

  void unfetch(const Candidate& candidate) {
    (void)inner().abandon_activity(candidate.locked.token, {.ignore_attempt = true});
  }

  // Everything that is eligible, in queue order. Each is locked until it is given back.
  std::vector<Candidate> candidates(const FetchActivity& options) {
    const FetchActivity all{.lock_timeout = options.lock_timeout,
                            .tags = {.kind = TagFilter::Kind::any}};
    std::vector<Candidate> list;
    for (;;) {
      Result<std::optional<LockedActivity>> fetched = inner().fetch_activity(all);
      if (!fetched || !fetched.value()) return list;
      LockedActivity& locked = *fetched.value();
      Candidate candidate{.locked = locked, .activity = locked.activity};
      if (!locked.activity.error) {
        candidate.item = std::stoull(locked.activity.payload);
        candidate.activity = shared_->items.at(candidate.item);
      }
      list.push_back(std::move(candidate));
    }
  }

 private:
  std::uint64_t remember(const Activity& activity) {
    shared_->items[++shared_->last_item] = activity;
    return shared_->last_item;
  }

  // What the inner provider stores instead: its payload is the number to find the real one by.
  Activity stored(std::uint64_t item) {
    Activity activity = shared_->items.at(item);
    activity.session = std::nullopt;
    activity.payload = std::to_string(item);
    return activity;
  }

  LockedActivity hand_out(const Candidate& candidate, const FetchActivity& options) {
    LockedActivity locked = candidate.locked;
    locked.activity = candidate.activity;
    if (candidate.activity.session && options.session) claim(key(candidate.activity), options);
    shared_->taken[locked.token.value] = {candidate.item,
                                          options.session ? options.session->owner : ""};
    return locked;
  }

  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Clock> clock_;
};

// The `spoil` of a defect of sessions.
template <class D>
std::unique_ptr<Provider> spoil_sessions(std::unique_ptr<Provider> inner, const Scope& scope) {
  return std::make_unique<D>(std::move(inner), shared_of<OwnSessions::Shared>(scope),
                             scope.clock ? scope.clock : std::make_shared<SystemClock>());
}

}  // namespace ackproof
