// The connections of one handle: as many as calls run at the same time, up to a bound.
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
  explicit Pool(std::string settings) : settings_(std::move(settings)) {}

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

  // Throws Refused (busy) when none is free in good time, or the server cannot be reached.
  Lease take();

 private:
  static constexpr std::size_t kMost = 16;

  std::unique_ptr<Connection> idle();
  void give_back(std::unique_ptr<Connection> connection);

  const std::string settings_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_.
  std::size_t in_use_ = 0;                         // Guarded by mutex_.
};

}  // namespace ackproof::postgres
