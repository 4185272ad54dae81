// One connection to a database file: statements that are prepared once, values that come back as
// they went in, transactions that roll back by themselves.
//
// For one thread at a time. Failures are thrown as SqlError.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "contract/clock.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ackproof::sqlite {

using Moment = std::chrono::steady_clock::time_point;

// How long a call waits for other writers before it is `busy`. Half of the declared call limit: the
// other half is for the work itself (ERR_8).
inline constexpr std::chrono::seconds kPatience{5};

// Bytes to bind as a BLOB. They are not copied: they have to outlive the Query.
struct Blob {
  std::string_view bytes;
};

// A prepared statement in use. Its end makes it ready for the next use. Columns count from 0.
class Query {
 public:
  // Binds ?1, ?2, ... A text is copied, with embedded U+0000, and an empty one is not NULL.
  template <class... Values>
  explicit Query(sqlite3_stmt* statement, const Values&... values) : statement_(statement) {
    int index = 0;
    (put(++index, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Goes to the next row; false: there is none.
  bool next();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const;  // An id or a count of the contract.
  bool flag(int column) const { return integer(column) != 0; }
  Time time(int column) const;
  std::string_view view(int column) const;  // Until the next call of next().
  std::string text(int column) const { return std::string(view(column)); }
  std::optional<std::uint64_t> optional_number(int column) const;
  std::optional<Time> optional_time(int column) const;
  std::optional<std::string> optional_text(int column) const;

 private:
  void put(int index, std::nullopt_t);
  void put(int index, std::int64_t value);
  void put(int index, std::uint64_t value) { put(index, static_cast<std::int64_t>(value)); }
  void put(int index, Time value) { put(index, std::int64_t{value.time_since_epoch().count()}); }
  void put(int index, const std::string& value);
  void put(int index, Blob value);
  template <class Value>
  void put(int index, const std::optional<Value>& value) {
    value ? put(index, *value) : put(index, std::nullopt);
  }
  void check(int result) const;

  sqlite3_stmt* statement_;
};

// Two that are equal: nobody changed the file in between.
struct Stamp {
  std::int64_t own = 0;
  std::int64_t others = 0;
  bool operator==(const Stamp&) const = default;
};

class Connection {
 public:
  // Opens the file, or creates an empty one.
  explicit Connection(const std::filesystem::path& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until when the following statements wait for others.
  void be_patient_until(Moment moment) { patient_until_ = moment; }
  Moment patient_until() const { return patient_until_; }

  // `sql` with ?1, ?2, ... bound. It is prepared at its first use and kept by its address, so it
  // has to be one of the constants of `sql.h`.
  template <class... Values>
  Query query(const char* sql, const Values&... values) {
    return Query(prepared(sql), values...);
  }

  // Runs it to the end; answers how many rows it changed.
  template <class... Values>
  std::int64_t run(const char* sql, const Values&... values) {
    Query query(prepared(sql), values...);
    while (query.next()) {
    }
    return changes();
  }

  // Runs statements that are needed once and have no values.
  void run_script(const char* sql);

  std::int64_t last_row() const;  // The key that the latest insert made.
  Stamp stamp();
  bool is_read_only() const;
  sqlite3* handle() const { return handle_.get(); }

 private:
  sqlite3_stmt* prepared(const char* sql);
  std::int64_t changes() const;
  static int wait_a_little(void* self, int times);

  struct Close {
    void operator()(sqlite3* handle) const;
  };

  std::unique_ptr<sqlite3, Close> handle_;
  Moment patient_until_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// One transaction. Ends without an effect unless it is committed.
class Transaction {
 public:
  Transaction(Connection& connection, const char* begin);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace ackproof::sqlite
