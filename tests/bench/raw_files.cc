// The raw limits of a disk: appends to a file, and transactions of SQLite.
#include <fcntl.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>

#include "tests/bench/raw.h"
#include "tests/bench/workers.h"
#ifdef ACKPROOF_HAVE_SQLITE
#include <sqlite3.h>
#endif

namespace ackproof::bench {

namespace {

// Appends and syncs, in the plainest way.
class RawAppends : public RawLimit {
 public:
  explicit RawAppends(const std::filesystem::path& folder)
      : descriptor_(
            ::open((folder / "raw").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {}
  ~RawAppends() override { ::close(descriptor_); }
  RawAppends(const RawAppends&) = delete;
  RawAppends& operator=(const RawAppends&) = delete;

  // What has to be written at least: the item; its lock; what comes of it.
  std::optional<double> per_second(Work work, int workers, double seconds) override {
    const std::size_t result = work == Work::turn ? 2 * kPayload : kPayload;
    return bench::per_second(workers, seconds, [&](int) {
      append(kPayload + 64);
      append(128);
      append(result + 64);
    });
  }

 private:
  void append(std::size_t size) {
    const std::string bytes(size, 'x');
    if (::write(descriptor_, bytes.data(), size) != static_cast<ssize_t>(size) ||
        ::fdatasync(descriptor_) != 0) {
      throw std::runtime_error("an append failed");
    }
  }

  int descriptor_;
};

#ifdef ACKPROOF_HAVE_SQLITE

// A database with one table and the provider's settings, and statements prepared once. There is one
// writer at a time anyway, so the workers pass one connection on instead of waiting for locks.
class RawSqlite : public RawLimit {
 public:
  explicit RawSqlite(const std::filesystem::path& folder) {
    demand(sqlite3_open((folder / "raw.db").c_str(), &database_));
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE IF NOT EXISTS items(seq INTEGER PRIMARY KEY, body BLOB)");
    demand(sqlite3_prepare_v2(database_, "BEGIN IMMEDIATE", -1, &begin_, nullptr));
    demand(
        sqlite3_prepare_v2(database_, "INSERT INTO items(body) VALUES (?)", -1, &insert_, nullptr));
    demand(sqlite3_prepare_v2(database_, "COMMIT", -1, &commit_, nullptr));
  }
  ~RawSqlite() override {
    for (sqlite3_stmt* statement : {begin_, insert_, commit_}) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  std::optional<double> per_second(Work work, int workers, double seconds) override {
    return bench::per_second(workers, seconds, [&](int) {
      write({kPayload});
      write({64});
      if (work == Work::turn) {
        write({kPayload, kPayload});
      } else {
        write({kPayload});
      }
    });
  }

 private:
  static void demand(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
  }
  void run(const char* sql) { demand(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  static void step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("a step failed");
    sqlite3_reset(statement);
  }
  void write(std::initializer_list<std::size_t> sizes) {
    const std::lock_guard lock(mutex_);
    step(begin_);
    for (const std::size_t size : sizes) {
      const std::string body(size, 'x');
      sqlite3_bind_blob(insert_, 1, body.data(), static_cast<int>(body.size()), SQLITE_TRANSIENT);
      step(insert_);
    }
    step(commit_);
  }

  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

#endif

}  // namespace

std::unique_ptr<RawLimit> raw_appends(const std::filesystem::path& folder) {
  return std::make_unique<RawAppends>(folder);
}

#ifdef ACKPROOF_HAVE_SQLITE
std::unique_ptr<RawLimit> raw_sqlite(const std::filesystem::path& folder) {
  return std::make_unique<RawSqlite>(folder);
}
#endif

}  // namespace ackproof::bench
