#include <set>

#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

std::optional<EngineVersion> read_pin(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return EngineVersion{row.number(column), row.number(column + 1), row.number(column + 2)};
}

Bytes read_payload(const Query& row, int column) {
  Decoded decoded = decode(row.view(column));
  if (decoded.error) throw Refused(ErrorKind::corrupt, *decoded.error);
  return std::move(decoded.payload);
}

History read_events(Query& rows) {
  std::vector<Event> events;
  while (rows.next()) {
    Decoded decoded = decode(rows.view(5));
    if (decoded.error) {
      return {{}, "event " + std::to_string(rows.number(0)) + ": " + *decoded.error};
    }
    events.push_back({.id = rows.number(0),
                      .kind = rows.text(1),
                      .source_id = rows.optional_number(2),
                      .timestamp = rows.time(3),
                      .engine_version = rows.text(4),
                      .payload = std::move(decoded.payload)});
  }
  return {std::move(events), std::nullopt};
}

std::vector<std::string> read_texts(Query& rows) {
  std::vector<std::string> texts;
  while (rows.next()) texts.push_back(rows.text(0));
  return texts;
}

std::vector<std::string> distinct(const std::vector<std::string>& texts) {
  std::set<std::string> seen;
  std::vector<std::string> firsts;
  for (const std::string& text : texts) {
    if (seen.insert(text).second) firsts.push_back(text);
  }
  return firsts;
}

std::vector<Event> read_history(Connection& db, const std::string& instance,
                                std::optional<std::uint64_t> execution) {
  Query rows = db.query(sql::kReadHistory, instance, execution);
  History history = read_events(rows);
  if (history.error) throw Refused(ErrorKind::corrupt, *history.error);
  return std::move(history.events);
}

std::optional<InstanceInfo> read_instance(Connection& db, const std::string& instance) {
  Query row = db.query(sql::kReadInstance, instance);
  if (!row.next()) return std::nullopt;
  InstanceInfo info;
  info.instance = instance;
  info.name = row.text(0);
  info.version = row.optional_text(1);
  info.parent = row.optional_text(2);
  info.execution = row.number(3);
  info.status = static_cast<Status>(row.integer(4));
  info.output = row.optional_text(5);
  info.created_at = row.time(6);
  info.updated_at = row.time(7);
  info.pinned_version = read_pin(row, 8);
  return info;
}

}  // namespace ackproof::sqlite
