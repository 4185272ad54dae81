#include <algorithm>

#include "reference_providers/postgres/body.h"
#include "reference_providers/postgres/errors.h"
#include "reference_providers/postgres/verbs.h"

namespace ackproof::postgres {

// A line of part 4, see `take_turn` in `sql_turns.cc`.
void History::add(const Row& line) {
  if (error) return;
  Decoded decoded = decode(line.bytes(8));
  if (decoded.error) {
    error = "event " + std::to_string(line.number(1)) + ": " + *decoded.error;
    events.clear();
    return;
  }
  events.push_back({.id = line.number(1),
                    .kind = line.text(5),
                    .source_id = line.optional_number(2),
                    .timestamp = line.time(3),
                    .engine_version = line.text(6),
                    .payload = std::move(decoded.payload)});
}

std::vector<Event> read_history(Session& session, const std::string& instance,
                                std::optional<std::uint64_t> execution) {
  History history;
  for (const pqxx::row& line : session.call("read_history", instance, execution)) {
    history.add(Row(line));
  }
  if (history.error) throw Refused(ErrorKind::corrupt, *history.error);
  return std::move(history.events);
}

std::optional<InstanceInfo> read_instance(Session& session, const std::string& instance) {
  const pqxx::result found = session.call("read_instance", instance);
  if (found.empty()) return std::nullopt;
  const Row row(found[0]);
  return InstanceInfo{.instance = instance,
                      .name = row.text(0),
                      .version = row.optional_text(1),
                      .parent = row.optional_text(2),
                      .execution = row.number(3),
                      .status = static_cast<Status>(row.integer(6)),
                      .output = row.optional_bytes(8),
                      .pinned_version = row.pin(7),
                      .created_at = row.time(4),
                      .updated_at = row.time(5)};
}

std::optional<CustomStatus> read_custom_status(Session& session, const std::string& instance,
                                               std::uint64_t seen_version) {
  // Whatever a caller says to have seen; the server's integers end at 2^63-1.
  const pqxx::result found =
      session.call("read_custom_status", instance, std::min(seen_version, kLargestId));
  if (found.empty()) return std::nullopt;
  const Row row(found[0]);
  return CustomStatus{row.optional_bytes(1), row.number(0)};
}

std::optional<KeyValue> read_value(Session& session, const std::string& instance,
                                   const std::string& key) {
  const pqxx::result found = session.call("read_value", instance, key);
  if (found.empty()) return std::nullopt;
  const Row row(found[0]);
  return KeyValue{row.bytes(2), row.time(1)};
}

std::map<std::string, KeyValue> read_values(Session& session, const std::string& instance) {
  std::map<std::string, KeyValue> values;
  for (const pqxx::row& each : session.call("read_values", instance)) {
    const Row row(each);
    values.emplace(row.text(0), KeyValue{row.bytes(2), row.time(1)});
  }
  return values;
}

}  // namespace ackproof::postgres
