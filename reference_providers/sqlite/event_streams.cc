#include "reference_providers/sqlite/body.h"
#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

std::uint64_t last_id(Connection& db, const std::string& stream) {
  Query row = db.query(sql::kLastStreamId, stream);
  row.next();
  return row.optional_number(0).value_or(0);
}

void add_event(Connection& db, const std::string& stream, const StreamEvent& event) {
  const std::string body = encode(event.payload);
  db.run(sql::kAddStreamEvent, stream, event.id, event.type, event.category, event.timestamp,
         event.schema_version, event.trace_id, Blob{body});
  for (const auto& [key, value] : event.attributes) {
    db.run(sql::kAddStreamAttribute, stream, event.id, key, value);
  }
}

StreamEvent read_event(const Query& row) {
  return {.id = row.number(0),
          .type = row.text(1),
          .category = row.text(2),
          .timestamp = row.time(3),
          .attributes = {},
          .schema_version = row.number(4),
          .trace_id = row.text(5),
          .payload = read_payload(row, 6)};
}

}  // namespace

void append_stream(Connection& db, const std::string& stream, std::uint64_t expected_id,
                   const std::vector<StreamEvent>& events) {
  const std::uint64_t next = last_id(db, stream) + 1;
  if (expected_id != next) {
    throw Refused(ErrorKind::conflict,
                  "the next event id of the stream is " + std::to_string(next));
  }
  for (const StreamEvent& event : events) add_event(db, stream, event);
}

std::vector<StreamEvent> read_stream(Connection& db, const std::string& stream,
                                     std::uint64_t from_id) {
  std::vector<StreamEvent> events;
  Query rows = db.query(sql::kReadStream, stream, from_id);
  while (rows.next()) {
    if (rows.is_null(7)) {
      events.push_back(read_event(rows));
    } else {
      events.back().attributes.emplace(rows.text(7), rows.text(8));
    }
  }
  return events;
}

void put_snapshot(Connection& db, const std::string& stream, const Snapshot& snapshot) {
  const std::string body = encode(snapshot.state);
  if (db.run(sql::kPutSnapshot, stream, snapshot.event_id, Blob{body}) == 0) {
    throw Refused(ErrorKind::not_found,
                  "the stream has no event " + std::to_string(snapshot.event_id));
  }
}

std::optional<Snapshot> read_snapshot(Connection& db, const std::string& stream) {
  Query row = db.query(sql::kReadSnapshot, stream);
  if (!row.next()) return std::nullopt;
  return Snapshot{row.number(0), read_payload(row, 1)};
}

}  // namespace ackproof::sqlite
