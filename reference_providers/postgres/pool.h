// Connections to one server: as many as calls run at the same time, up to a bound.
//
// Handles of one factory share them, also when they work on different stores: opening a connection
// costs the server more than a hundred calls.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reference_providers/postgres/connection.h"

namespace ackproof::postgres {

// Safe from any thread.
class Pool {
 public:
  Pool(const std::string& uri, Sql sql)
      : settings_(connection_settings(uri)), sql_(std::move(sql)) {}

  const std::string& settings() const { return settings_; }
  const Sql& sql() const { return sql_; }

  // A connection in use. Goes back to the pool at the end, unless it was dropped.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    Connection& operator*() { return *connection_; }
    Connection* operator->() { return connection_.get(); }
    void drop() { is_good_ = false; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;  // Null once moved from.
    bool is_good_ = true;
  };

  // One that serves the store in this schema. Throws Refused: `busy` when none is free in good time, or
  // the server cannot be reached; `invalid` for what is no name of a schema.
  Lease take(const std::string& schema);

 private:
  static constexpr std::size_t kMost = 32;
  // The server keeps what it knows of each store that a connection served, also of those that are gone.
  static constexpr std::size_t kMostStores = 8;

  std::unique_ptr<Connection> idle(const std::string& schema);
  void give_back(std::unique_ptr<Connection> connection);

  const std::string settings_;
  const Sql sql_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_.
  std::size_t in_use_ = 0;                         // Guarded by mutex_.
};

// A handle on the store in `schema`, as `open` of `postgres_provider.h`, over shared connections.
Result<std::unique_ptr<Provider>> open(std::shared_ptr<Pool> pool, const std::string& schema,
                                       std::shared_ptr<Clock> clock);

}  // namespace ackproof::postgres
