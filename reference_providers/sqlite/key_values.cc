#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

namespace {

KeyValue read_pair(const Query& row) { return {row.text(1), row.time(2)}; }

std::map<std::string, KeyValue> read_pairs(Query& rows) {
  std::map<std::string, KeyValue> values;
  while (rows.next()) values.emplace(rows.text(0), read_pair(rows));
  return values;
}

void change_value(Connection& db, std::int64_t instance, const KeyValueChange& change) {
  switch (change.kind) {
    case KeyValueChange::Kind::set:
      db.run(sql::kChangeValue, instance, change.key, Blob{change.value}, change.updated_at);
      return;
    case KeyValueChange::Kind::clear:
      db.run(sql::kChangeValue, instance, change.key, std::nullopt, change.updated_at);
      return;
    case KeyValueChange::Kind::clear_all:
      db.run(sql::kForgetPending, instance);
      db.run(sql::kClearMerged, instance);
      return;
  }
}

}  // namespace

void change_values(Connection& db, std::int64_t instance,
                   const std::vector<KeyValueChange>& changes) {
  for (const KeyValueChange& change : changes) change_value(db, instance, change);
}

void merge_values(Connection& db, std::int64_t instance) {
  db.run(sql::kMergeSet, instance);
  db.run(sql::kMergeCleared, instance);
  db.run(sql::kForgetPending, instance);
}

std::map<std::string, KeyValue> read_merged_values(Connection& db, std::int64_t instance) {
  Query rows = db.query(sql::kReadMerged, instance);
  return read_pairs(rows);
}

std::optional<KeyValue> read_value(Connection& db, const std::string& instance,
                                   const std::string& key) {
  Query row = db.query(sql::kReadLiveValue, instance, key);
  if (!row.next()) return std::nullopt;
  return read_pair(row);
}

std::map<std::string, KeyValue> read_values(Connection& db, const std::string& instance) {
  Query rows = db.query(sql::kReadLiveValues, instance);
  return read_pairs(rows);
}

}  // namespace ackproof::sqlite
