#include "reference_providers/sqlite/schema.h"

#include <iterator>
#include <string>
#include <thread>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"

namespace ackproof::sqlite {

namespace {

constexpr std::int64_t kNewestVersion = std::size(sql::kMigrations);

std::int64_t one_number(Connection& connection, const char* sql) {
  Query query = connection.query(sql);
  return query.next() ? query.integer(0) : 0;
}

void demand_known(std::int64_t version) {
  if (version <= kNewestVersion) return;
  throw Refused(ErrorKind::unsupported, "the store has schema version " + std::to_string(version) +
                                            ", and this program knows versions up to " +
                                            std::to_string(kNewestVersion) +
                                            ": use a newer program");
}

// The schema version. One transaction, because another process may just be creating the schema.
std::int64_t identify(Connection& connection) {
  Transaction snapshot(connection, sql::kBeginRead);
  const std::int64_t version = one_number(connection, sql::kVersion);
  const bool is_empty = version == 0 && one_number(connection, sql::kTableCount) == 0;
  if (!is_empty && one_number(connection, sql::kApplication) != sql::kApplicationId) {
    throw Refused(ErrorKind::invalid, "the file is a database of another program");
  }
  demand_known(version);
  return version;
}

// The mode is a property of the file. Changing it needs the file alone, and SQLite does not ask the
// busy handler then: of several processes that open a new file at once, all but one are told
// "busy", and find the mode changed when they look again.
void use_wal(Connection& connection) {
  while (true) {
    try {
      Query query = connection.query(sql::kUseWal);
      if (query.next() && query.view(0) == "wal") return;
      throw Refused(ErrorKind::internal, "the file system does not support write-ahead logging");
    } catch (const SqlError& error) {
      const bool is_late = std::chrono::steady_clock::now() >= connection.patient_until();
      if (!error.is_busy() || is_late) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// Under the write lock, and by the version that is stored once it is held: whoever waited for it
// finds the work done.
void migrate(Connection& connection) {
  Transaction transaction(connection, sql::kBeginWrite);
  const std::int64_t version = one_number(connection, sql::kVersion);
  demand_known(version);
  for (std::int64_t i = version; i < kNewestVersion; ++i) {
    connection.run_script(sql::kMigrations[i]);
  }
  // A pragma takes no parameters.
  const std::string marks = "PRAGMA application_id = " + std::to_string(sql::kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(kNewestVersion);
  connection.run_script(marks.c_str());
  transaction.commit();
}

}  // namespace

void prepare_store(Connection& connection) {
  if (connection.is_read_only()) throw Refused(ErrorKind::internal, "the file is read-only");
  const std::int64_t version = identify(connection);
  use_wal(connection);
  connection.run_script(sql::kSettings);
  if (version < kNewestVersion) migrate(connection);
}

}  // namespace ackproof::sqlite
