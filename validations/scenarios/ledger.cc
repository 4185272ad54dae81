#include "validations/scenarios/ledger.h"

#include <algorithm>

#include "validations/build.h"

namespace ackproof::scenarios {

Parcel& Ledger::parcel(const Message& message) {
  const auto found = std::ranges::find(parcels_, message, &Parcel::message);
  return found != parcels_.end() ? *found : parcels_.emplace_back(Parcel{message});
}

Job& Ledger::job(const Activity& activity) {
  const auto found = std::ranges::find(jobs_, activity, &Job::activity);
  return found != jobs_.end() ? *found : jobs_.emplace_back(Job{activity});
}

void Ledger::sent(const Message& message) { ++parcel(message).sent; }

void Ledger::took(const Turn& turn, Duration lock) {
  for (const Message& message : turn.messages) ++parcel(message).delivered;
  turns_[turn.token.value] = turn;
  waits_.push_back({lock, false, turn.token.value});
}

void Ledger::took(const LockedActivity& work, Duration lock) {
  ++job(work.activity).delivered;
  activities_[work.token.value] = work.activity;
  waits_.push_back({lock, false, work.token.value});
}

void Ledger::acked(const LockToken& token, const TurnCommit& commit) {
  stop_waiting_for(token);
  const Turn* turn = turn_of(token);
  if (turn == nullptr) return;
  for (const Message& message : turn->messages) ++parcel(message).consumed;
  for (const Message& message : commit.messages) {
    sent(message);
    const Duration hidden = message.visible_at.value_or(turn->now) - turn->now;
    if (hidden > Duration(0)) waits_.push_back({hidden, true});
  }
  for (const Activity& activity : commit.activities) ++job(activity).scheduled;
  for (const ActivityKey& key : commit.cancelled) cancel(key);
  std::vector<Event>& events = committed_[{turn->instance, commit.execution}];
  events.insert(events.end(), commit.events.begin(), commit.events.end());
}

void Ledger::acked(const LockToken& token, const std::optional<Message>& completion) {
  stop_waiting_for(token);
  if (const Activity* activity = activity_of(token)) {
    Job& known = job(*activity);
    ++known.done;
    known.was_done_in_spite = known.is_cancelled;
  }
  if (completion) sent(*completion);
}

void Ledger::freed(const LockToken& token, Duration delay) {
  stop_waiting_for(token);
  if (delay > Duration(0)) waits_.push_back({delay});
}

void Ledger::cancel(const ActivityKey& key) {
  for (Job& job : jobs_) {
    if (key_of(job.activity) == key && job.done == 0) job.is_cancelled = true;
  }
}

void Ledger::stop_waiting_for(const LockToken& token) {
  std::erase_if(waits_, [&](const Wait& wait) { return wait.token == token.value; });
}

std::optional<Ledger::Wait> Ledger::next_wait() const {
  const auto next = std::ranges::min_element(waits_, {}, &Wait::left);
  if (next == waits_.end()) return std::nullopt;
  return *next;
}

void Ledger::passed(Duration span) {
  for (Wait& wait : waits_) wait.left -= span;
  std::erase_if(waits_, [](const Wait& wait) { return wait.left <= Duration(0); });
}

const Turn* Ledger::turn_of(const LockToken& token) const {
  const auto found = turns_.find(token.value);
  return found == turns_.end() ? nullptr : &found->second;
}

const Activity* Ledger::activity_of(const LockToken& token) const {
  const auto found = activities_.find(token.value);
  return found == activities_.end() ? nullptr : &found->second;
}

}  // namespace ackproof::scenarios
