#include <functional>
#include <set>

#include "reference_providers/postgres/body.h"
#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

namespace {

// The parts of an answer, see `fetch_activity` in `sql_activities.cc`.
enum Part : std::int64_t { kActivity, kNothing, kOver };

// The lanes that a filter admits, if not all: '' is that of no tag, and a tag's begins with '='.
Array lanes_of(const TagFilter& filter) {
  std::set<std::string> lanes;
  const bool takes_tags =
      filter.kind == TagFilter::Kind::tags || filter.kind == TagFilter::Kind::default_and;
  const bool takes_untagged =
      filter.kind == TagFilter::Kind::default_only || filter.kind == TagFilter::Kind::default_and;
  if (takes_untagged) lanes.insert("");
  if (takes_tags) {
    for (const std::string& tag : filter.tags) lanes.insert("=" + tag);
  }
  return texts({lanes.begin(), lanes.end()});
}

LockedActivity read_activity(const Row& line, const std::string& secret) {
  LockedActivity locked;
  locked.token = token_of(line.number(3), secret);
  locked.attempt = line.number(4);
  Activity& activity = locked.activity;
  activity.execution = line.number(5);
  activity.id = line.number(6);
  activity.instance = line.text(7);
  activity.name = line.text(8);
  activity.session = line.optional_text(9);
  activity.tag = line.optional_text(10);
  Decoded decoded = decode(line.bytes(11));
  activity.payload = std::move(decoded.payload);
  activity.error = std::move(decoded.error);
  return locked;
}

}  // namespace

ActivityArrays::ActivityArrays(const std::vector<Activity>& activities)
    : instances(column(Array::Of::texts, activities, &Activity::instance)),
      executions(column(Array::Of::numbers, activities, &Activity::execution)),
      ids(column(Array::Of::numbers, activities, &Activity::id)),
      names(column(Array::Of::texts, activities, &Activity::name)),
      sessions(column(Array::Of::texts, activities, &Activity::session)),
      tags(column(Array::Of::texts, activities, &Activity::tag)),
      bodies(column(Array::Of::bytes, activities,
                    [](const Activity& activity) { return encode(activity.payload); })) {}

void enqueue_activity(Session& session, const Activity& activity) {
  const ActivityArrays arrays({activity});
  session.call("enqueue_activity", arrays.instances, arrays.executions, arrays.ids, arrays.names,
               arrays.sessions, arrays.tags, arrays.bodies);
}

Look<LockedActivity> fetch_activity(Session& session, const FetchActivity& options,
                                    const std::string& secret) {
  const std::optional<SessionClaim>& claim = options.session;
  const pqxx::result lines =
      session.timed_call("fetch_activity", secret, options.lock_timeout,
                         claim ? std::optional(claim->owner) : std::nullopt,
                         claim ? std::optional(claim->lock_timeout) : std::nullopt,
                         options.tags.kind == TagFilter::Kind::any, lanes_of(options.tags));
  const Row line(lines[0]);
  switch (line.integer(0)) {
    case kActivity:
      return {.found = read_activity(line, secret), .now = line.time(1)};
    case kNothing:
      return {.now = line.time(1), .next = line.optional_time(2)};
    default:
      return {.is_over = true};
  }
}

void ack_activity(Session& session, const LockToken& token,
                  const std::optional<Message>& completion) {
  const auto parts = parsed(token);
  if (!parts) lose_lock("activity");
  std::vector<Message> messages;
  if (completion) messages.push_back(*completion);
  const MessageArrays arrays(messages);
  const pqxx::result answer = session.timed_call(
      "ack_activity", parts->row, parts->secret, arrays.targets, arrays.kinds, arrays.executions,
      arrays.ids, arrays.visible, arrays.names, arrays.versions, arrays.parents, arrays.bodies);
  if (!Row(answer[0]).flag(0)) lose_lock("activity");
}

void abandon_activity(Session& session, const LockToken& token, const Abandon& how) {
  const auto parts = parsed(token);
  if (!parts || !Row(session.timed_call("abandon_activity", parts->row, parts->secret, how.delay,
                                        std::int64_t{how.ignore_attempt})[0])
                     .flag(0)) {
    lose_lock("activity");
  }
}

void renew_activity(Session& session, const LockToken& token, Duration extend_for) {
  const auto parts = parsed(token);
  if (!parts || !Row(session.timed_call("renew_activity", parts->row, parts->secret, extend_for)[0])
                     .flag(0)) {
    lose_lock("activity");
  }
}

std::uint64_t renew_sessions(Session& session, const RenewSessions& options) {
  return Row(session.timed_call("renew_sessions", texts(options.owners), options.extend_for,
                                options.idle_timeout)[0])
      .number(0);
}

std::uint64_t cleanup_sessions(Session& session) {
  return Row(session.timed_call("cleanup_sessions")[0]).number(0);
}

}  // namespace ackproof::postgres
