#include "reference_providers/postgres/pool.h"

#include <algorithm>

#include "reference_providers/postgres/errors.h"

namespace ackproof::postgres {

Pool::Lease::~Lease() {
  if (pool_ == nullptr || !connection_) return;
  if (!is_good_) connection_.reset();
  pool_->give_back(std::move(connection_));
}

Pool::Lease Pool::take(const std::string& schema) {
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, kPatience, [&] { return in_use_ < kMost; })) {
      throw Refused(ErrorKind::busy, "other calls keep all connections busy");
    }
    ++in_use_;
  }
  try {
    std::unique_ptr<Connection> connection = idle(schema);
    if (!connection) connection = std::make_unique<Connection>(settings_, sql_);
    connection->serve(schema);
    return {*this, std::move(connection)};
  } catch (const pqxx::failure& error) {
    give_back(nullptr);
    const std::string reason = error.what();
    throw Refused(ErrorKind::busy, reason.substr(0, reason.find('\n')));
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

// One that serves the schema already, else one that can be turned to it, else null.
std::unique_ptr<Connection> Pool::idle(const std::string& schema) {
  const std::lock_guard lock(mutex_);
  // One that was ended while it was idle is noticed before anything is sent through it, so that it is
  // known that nothing happened.
  std::erase_if(idle_, [](const auto& connection) { return !connection->is_quiet(); });
  auto chosen = std::ranges::find(idle_, schema, [](const auto& each) { return each->schema(); });
  if (chosen == idle_.end()) {
    chosen = std::ranges::find_if(
        idle_, [](const auto& each) { return each->stores_served() < kMostStores; });
  }
  if (chosen == idle_.end()) {
    idle_.clear();  // They served enough.
    return nullptr;
  }
  std::unique_ptr<Connection> connection = std::move(*chosen);
  idle_.erase(chosen);
  return connection;
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (connection) idle_.push_back(std::move(connection));
  }
  freed_.notify_one();
}

}  // namespace ackproof::postgres
