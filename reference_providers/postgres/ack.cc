#include <functional>

#include "reference_providers/postgres/body.h"
#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

namespace {

// The six arrays of the history delta, in the order of `ack_turn`'s arguments.
struct EventArrays {
  explicit EventArrays(const std::vector<Event>& events)
      : ids(column(Array::Of::numbers, events, &Event::id)),
        sources(column(Array::Of::numbers, events, &Event::source_id)),
        times(column(Array::Of::numbers, events, &Event::timestamp)),
        kinds(column(Array::Of::texts, events, &Event::kind)),
        engines(column(Array::Of::texts, events, &Event::engine_version)),
        bodies(column(Array::Of::bytes, events,
                      [](const Event& event) { return encode(event.payload); })) {}
  Array ids, sources, times, kinds, engines, bodies;
};

// The four of the key-value changes.
struct ChangeArrays {
  explicit ChangeArrays(const std::vector<KeyValueChange>& changes)
      : kinds(column(Array::Of::numbers, changes,
                     [](const KeyValueChange& change) { return std::uint64_t(change.kind); })),
        keys(column(Array::Of::texts, changes, &KeyValueChange::key)),
        times(column(Array::Of::numbers, changes, &KeyValueChange::updated_at)),
        values(column(Array::Of::bytes, changes, &KeyValueChange::value)) {}
  Array kinds, keys, times, values;
};

// The value that stands after all changes; the last one wins (STAT_1).
std::optional<Bytes> last_status(const TurnCommit& commit) {
  return commit.custom_status.empty() ? std::nullopt : commit.custom_status.back().value;
}

}  // namespace

void ack_turn(Session& session, const LockToken& token, const TurnCommit& commit) {
  const auto parts = parsed(token);
  if (!parts) lose_lock("instance");
  const EventArrays events(commit.events);
  const ActivityArrays activities(commit.activities);
  const MessageArrays messages(commit.messages);
  const ChangeArrays changes(commit.values);
  const Metadata& said = commit.metadata;
  const pqxx::result answer = session.timed_call(
      "ack_turn", parts->row, parts->secret, commit.execution, capabilities().limits.history_events,
      events.ids, events.sources, events.times, events.kinds, events.engines, events.bodies,
      activities.instances, activities.executions, activities.ids, activities.names,
      activities.sessions, activities.tags, activities.bodies,
      column(Array::Of::texts, commit.cancelled, &ActivityKey::instance),
      column(Array::Of::numbers, commit.cancelled, &ActivityKey::execution),
      column(Array::Of::numbers, commit.cancelled, &ActivityKey::id), messages.targets,
      messages.kinds, messages.executions, messages.ids, messages.visible, messages.names,
      messages.versions, messages.parents, messages.bodies, said.status,
      bytes_argument(said.output), said.name, said.version, said.parent, said.pinned_version,
      !commit.custom_status.empty(), bytes_argument(last_status(commit)), changes.kinds,
      changes.keys, changes.times, changes.values);
  if (!Row(answer[0]).flag(0)) lose_lock("instance");
}

}  // namespace ackproof::postgres
