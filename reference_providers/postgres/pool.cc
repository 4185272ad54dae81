#include "reference_providers/postgres/pool.h"

#include "reference_providers/postgres/errors.h"

namespace ackproof::postgres {

Pool::Lease::~Lease() {
  if (pool_ == nullptr || !connection_) return;
  if (!is_good_) connection_.reset();
  pool_->give_back(std::move(connection_));
}

Pool::Lease Pool::take() {
  std::unique_ptr<Connection> connection = idle();
  // One that was ended while it was idle is noticed before anything is sent through it, so that it is
  // known that nothing happened.
  while (connection && !connection->is_quiet()) {
    connection.reset();
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection) return {*this, std::move(connection)};
  try {
    return {*this, std::make_unique<Connection>(settings_)};
  } catch (const pqxx::failure& error) {
    give_back(nullptr);
    const std::string reason = error.what();
    throw Refused(ErrorKind::busy, reason.substr(0, reason.find('\n')));
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

// Waits for its turn; null: a new one has to be made.
std::unique_ptr<Connection> Pool::idle() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, kPatience, [&] { return in_use_ < kMost; })) {
    throw Refused(ErrorKind::busy, "other calls keep all connections of this handle busy");
  }
  ++in_use_;
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
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
