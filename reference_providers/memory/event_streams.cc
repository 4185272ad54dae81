#include "reference_providers/memory/event_streams.h"

#include <iterator>
#include <utility>

#include "reference_providers/memory/errors.h"

namespace ackproof::memory {

Result<void> EventStreams::append(const std::string& stream, std::uint64_t expected_id,
                                  std::vector<StreamEvent> events) {
  const auto found = streams_.find(stream);
  const std::size_t last_id = found == streams_.end() ? 0 : found->second.events.size();
  if (expected_id != last_id + 1) return conflict("another event id is the next one");
  std::vector<StreamEvent>& stored = streams_[stream].events;
  stored.insert(stored.end(), std::make_move_iterator(events.begin()),
                std::make_move_iterator(events.end()));
  return {};
}

Result<std::vector<StreamEvent>> EventStreams::read(const std::string& stream,
                                                    std::uint64_t from_id) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || from_id > found->second.events.size()) {
    return std::vector<StreamEvent>();
  }
  const std::vector<StreamEvent>& stored = found->second.events;
  return std::vector<StreamEvent>(stored.begin() + static_cast<std::ptrdiff_t>(from_id - 1),
                                  stored.end());
}

Result<void> EventStreams::put_snapshot(const std::string& stream, Snapshot snapshot) {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || snapshot.event_id > found->second.events.size()) {
    return not_found("the stream has no such event");
  }
  found->second.snapshots.insert_or_assign(snapshot.event_id, std::move(snapshot.state));
  return {};
}

Result<std::optional<Snapshot>> EventStreams::read_snapshot(const std::string& stream) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end() || found->second.snapshots.empty()) return std::optional<Snapshot>();
  const auto& [event_id, state] = *found->second.snapshots.rbegin();
  return std::optional(Snapshot{event_id, state});
}

}  // namespace ackproof::memory
