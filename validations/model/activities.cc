// The activity queue and its sessions in the model.
#include <algorithm>

#include "contract/rules.h"
#include "validations/model/model.h"

namespace ackproof::model {

void Model::enqueue_activity(const Activity& activity) {
  activities_.push_back({.activity = activity});
}

// Whether this fetch may have it: free, admitted by the tag filter, and of a session that is the
// caller's or nobody's.
bool Model::may_take(const QueuedActivity& item, const FetchActivity& options, Time now) const {
  if (now < item.away_until || !rules::admits(options.tags, item.activity.tag)) return false;
  if (!item.activity.session) return true;
  if (!options.session) return false;
  const auto session = sessions_.find(*item.activity.session);
  return session == sessions_.end() || now >= session->second.deadline ||
         session->second.owner == options.session->owner;
}

std::optional<LockedActivity> Model::next_activity(const FetchActivity& options, Time now) const {
  for (const QueuedActivity& item : activities_) {
    if (!may_take(item, options, now)) continue;
    return LockedActivity{.activity = item.activity, .attempt = item.attempts + 1, .token = {}};
  }
  return std::nullopt;
}

void Model::take_activity(const LockToken& token, const FetchActivity& options, Time now) {
  const auto item = std::ranges::find_if(
      activities_, [&](const QueuedActivity& queued) { return may_take(queued, options, now); });
  item->token = token.value;
  item->away_until = rules::later(now, options.lock_timeout);
  ++item->attempts;
  item->owner.reset();
  if (!options.session) return;
  item->owner = options.session->owner;
  if (!item->activity.session) return;
  sessions_[*item->activity.session] = {
      .owner = options.session->owner,
      .deadline = rules::later(now, options.session->lock_timeout),
      .last_activity = now};
}

QueuedActivity* Model::opened_activity(const LockToken& token, Time now) {
  for (QueuedActivity& item : activities_) {
    if (!item.token.empty() && item.token == token.value && now < item.away_until) return &item;
  }
  return nullptr;
}

Refusals Model::against_activity_token(const LockToken& token, Time now) const {
  if (const_cast<Model*>(this)->opened_activity(token, now) != nullptr) return {};
  return {ErrorKind::lock_lost};
}

// Counts only for the session's present owner (SESS_3).
void Model::touch_session(const QueuedActivity& item, Time now) {
  if (!item.activity.session) return;
  const auto session = sessions_.find(*item.activity.session);
  if (session == sessions_.end() || now >= session->second.deadline) return;
  if (item.owner == session->second.owner) session->second.last_activity = now;
}

void Model::ack_activity(const LockToken& token, const std::optional<Message>& completion,
                         Time now) {
  touch_session(*opened_activity(token, now), now);
  std::erase_if(activities_, [&](const QueuedActivity& item) { return item.token == token.value; });
  if (completion) put(*completion, std::max(now, completion->visible_at.value_or(now)));
}

void Model::abandon_activity(const LockToken& token, const Abandon& how, Time now) {
  QueuedActivity& item = *opened_activity(token, now);
  item.token.clear();
  item.away_until = rules::later(now, how.delay);
  if (how.ignore_attempt && item.attempts > 0) --item.attempts;
}

void Model::renew_activity(const LockToken& token, Duration extend_for, Time now) {
  QueuedActivity& item = *opened_activity(token, now);
  item.away_until = rules::later(now, extend_for);
  touch_session(item, now);
}

// --- Sessions

std::uint64_t Model::renew_sessions(const RenewSessions& options, Time now) {
  std::uint64_t renewed = 0;
  for (auto& [id, session] : sessions_) {
    const bool is_named = std::ranges::find(options.owners, session.owner) != options.owners.end();
    const bool is_idle = now - session.last_activity >= options.idle_timeout;
    if (!is_named || is_idle || now >= session.deadline) continue;
    session.deadline = rules::later(now, options.extend_for);
    ++renewed;
  }
  return renewed;
}

std::uint64_t Model::cleanup_sessions(Time now) {
  return std::erase_if(sessions_, [&](const auto& entry) {
    return now >= entry.second.deadline &&
           std::ranges::none_of(activities_, [&](const QueuedActivity& item) {
             return item.activity.session == entry.first;
           });
  });
}

std::optional<Time> Model::next_moment(Time now) const {
  std::optional<Time> next;
  const auto consider = [&](Time moment) {
    if (moment > now && (!next || moment < *next)) next = moment;
  };
  for (const auto& [instance, mailbox] : mailboxes_) {
    if (!mailbox.token.empty()) consider(mailbox.deadline);
    for (const QueuedMessage& queued : mailbox.messages) consider(queued.visible_at);
  }
  for (const QueuedActivity& item : activities_) consider(item.away_until);
  for (const auto& [id, session] : sessions_) consider(session.deadline);
  return next;
}

}  // namespace ackproof::model
