#include "reference_providers/sqlite/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <thread>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/sql.h"

namespace ackproof::sqlite {

static_assert(SQLITE_VERSION_NUMBER >= 3037000, "STRICT tables came with SQLite 3.37");

// --- Query

Query::~Query() {
  // The result repeats the error of the last step, which was thrown already.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  throw SqlError(sqlite3_db_handle(statement_));
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::uint64_t Query::number(int column) const {
  return static_cast<std::uint64_t>(integer(column));
}

Time Query::time(int column) const { return Time(Duration(integer(column))); }

std::string_view Query::view(int column) const {
  // SQLite answers a null pointer for an empty value, and wants to be asked for the length last.
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::optional<std::uint64_t> Query::optional_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional(number(column));
}

std::optional<Time> Query::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::optional<std::string> Query::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

void Query::put(int index, std::nullopt_t) { check(sqlite3_bind_null(statement_, index)); }

void Query::put(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
}

void Query::put(int index, const std::string& value) {
  check(sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Query::put(int index, Blob value) {
  // A null pointer would be bound as NULL.
  const char* const bytes = value.bytes.data() == nullptr ? "" : value.bytes.data();
  check(sqlite3_bind_blob64(statement_, index, bytes, value.bytes.size(), SQLITE_STATIC));
}

void Query::check(int result) const {
  if (result != SQLITE_OK) throw SqlError(sqlite3_db_handle(statement_));
}

// --- Connection

Connection::Connection(const std::filesystem::path& file) {
  // An absolute path has none of SQLite's special meanings, like ":memory:". No mutex: whoever has
  // the connection guards it.
  const std::string path = std::filesystem::absolute(file).string();
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, kFlags, nullptr);
  handle_.reset(opened);  // A failed opening makes one too, to be asked why.
  if (result != SQLITE_OK) throw SqlError(handle());
  sqlite3_busy_handler(handle(), wait_a_little, this);
  be_patient_until(std::chrono::steady_clock::now() + kPatience);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
}

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

void Connection::run_script(const char* sql) {
  if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw SqlError(handle());
}

std::int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(handle()); }

Stamp Connection::stamp() {
  Query others = query(sql::kDataVersion);
  others.next();
  return {sqlite3_total_changes64(handle()), others.integer(0)};
}

bool Connection::is_read_only() const { return sqlite3_db_readonly(handle(), "main") == 1; }

std::int64_t Connection::changes() const { return sqlite3_changes64(handle()); }

sqlite3_stmt* Connection::prepared(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr && sqlite3_prepare_v3(handle(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                                 &statement, nullptr) != SQLITE_OK) {
    throw SqlError(handle());
  }
  return statement;
}

// SQLite's own busy handler sleeps for up to 100 ms at a time, while a transaction takes less than
// one: short naps let many handles share a file.
int Connection::wait_a_little(void* self, int times) {
  if (std::chrono::steady_clock::now() >= static_cast<Connection*>(self)->patient_until_) return 0;
  constexpr int kMostDoublings = 5;
  constexpr std::chrono::microseconds kFirstNap{50};
  std::this_thread::sleep_for(kFirstNap * (1 << std::min(times, kMostDoublings)));
  return 1;
}

// --- Transaction

Transaction::Transaction(Connection& connection, const char* begin) : connection_(connection) {
  connection_.run(begin);
}

Transaction::~Transaction() {
  // SQLite ends some failed transactions itself; and a failed ROLLBACK ends it too.
  if (!open_ || sqlite3_get_autocommit(connection_.handle()) != 0) return;
  sqlite3_exec(connection_.handle(), sql::kRollback, nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  Query query = connection_.query(sql::kCommit);
  try {
    query.next();
  } catch (const SqlError&) {
    throw SqlError(connection_.handle(), SqlError::When::in_commit);
  }
  open_ = false;
}

}  // namespace ackproof::sqlite
