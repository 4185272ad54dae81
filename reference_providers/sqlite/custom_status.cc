#include <algorithm>

#include "reference_providers/sqlite/sql.h"
#include "reference_providers/sqlite/verbs.h"

namespace ackproof::sqlite {

void set_custom_status(Connection& db, std::int64_t instance, const StatusChange& change) {
  std::optional<Blob> value;
  if (change.value) value = Blob{*change.value};
  db.run(sql::kSetStatus, instance, value);
}

std::optional<CustomStatus> read_custom_status(Connection& db, const std::string& instance,
                                               std::uint64_t seen_version) {
  // Whatever a caller says to have seen; SQLite's integers end at 2^63-1.
  Query row = db.query(sql::kReadStatus, instance, std::min(seen_version, kLargestId));
  if (!row.next()) return std::nullopt;
  return CustomStatus{row.optional_text(0), row.number(1)};
}

}  // namespace ackproof::sqlite
