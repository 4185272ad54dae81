#include "reference_providers/sqlite/shared_connection.h"

#include <utility>

#include "reference_providers/sqlite/errors.h"
#include "reference_providers/sqlite/schema.h"
#include "reference_providers/sqlite/sql.h"

namespace ackproof::sqlite {

namespace {

Moment end_of_patience() { return std::chrono::steady_clock::now() + kPatience; }

[[noreturn]] void refuse_as_busy() {
  throw Refused(ErrorKind::busy, "other calls keep this handle busy");
}

}  // namespace

SharedConnection::SharedConnection(const std::filesystem::path& file) : db_(file) {
  prepare_store(db_);
}

SharedConnection::Hold::Hold(SharedConnection& shared) : shared_(shared) {
  const Moment deadline = end_of_patience();
  std::unique_lock lock(shared.mutex_);
  const auto is_free = [&] { return !shared.is_taken_; };
  if (!shared.changed_.wait_until(lock, deadline, is_free)) refuse_as_busy();
  shared.is_taken_ = true;
  shared.db_.be_patient_until(deadline);
}

void SharedConnection::write(const std::function<void()>& work) {
  Errand errand{work};
  const Moment deadline = end_of_patience();
  if (stand_in_line(errand, deadline)) {
    db_.be_patient_until(deadline);
    leave(lead(errand));
  }
  if (errand.failure) std::rethrow_exception(errand.failure);
}

bool SharedConnection::stand_in_line(Errand& errand, Moment deadline) {
  std::unique_lock lock(mutex_);
  line_.push_back(&errand);
  const auto may_go_on = [&] { return errand.is_done || !is_taken_; };
  if (!changed_.wait_until(lock, deadline, may_go_on)) {
    if (std::erase(line_, &errand) != 0) refuse_as_busy();
    changed_.wait(lock, [&] { return errand.is_done; });  // It is under way.
  }
  if (errand.is_done) return false;
  std::erase(line_, &errand);
  is_taken_ = true;
  return true;
}

void SharedConnection::join_line(Errands& errands) {
  const std::lock_guard lock(mutex_);
  errands.insert(errands.end(), line_.begin(), line_.end());
  line_.clear();
}

void SharedConnection::leave(const Errands& done) {
  {
    const std::lock_guard lock(mutex_);
    for (Errand* const errand : done) errand->is_done = true;
    is_taken_ = false;
  }
  changed_.notify_all();
}

// The others stay in line until there is a transaction: that none can be begun is told to one alone.
SharedConnection::Errands SharedConnection::lead(Errand& own) {
  Errands errands{&own};
  bool is_in_commit = false;
  try {
    Transaction transaction(db_, sql::kBeginWrite);
    join_line(errands);
    if (errands.size() == 1) {
      own.work();
    } else {
      for (Errand* const errand : errands) do_part(*errand);
    }
    is_in_commit = true;
    transaction.commit();
    return errands;
  } catch (...) {
    for (Errand* const errand : errands) errand->failure = std::current_exception();
  }
  // Somebody's work failed, and with it that of all: alone each gets what is its own.
  if (errands.size() > 1 && !is_in_commit) {
    for (Errand* const errand : errands) do_alone(*errand);
  }
  return errands;
}

// What the contract refuses is undone, and the others are none the wiser.
void SharedConnection::do_part(Errand& errand) {
  db_.run(sql::kBeginPart);
  try {
    errand.work();
  } catch (const Refused&) {
    errand.failure = std::current_exception();
    db_.run(sql::kUndoPart);
  }
  db_.run(sql::kEndPart);
}

void SharedConnection::do_alone(Errand& errand) {
  errand.failure = nullptr;
  try {
    Transaction transaction(db_, sql::kBeginWrite);
    errand.work();
    transaction.commit();
  } catch (...) {
    errand.failure = std::current_exception();
  }
}

}  // namespace ackproof::sqlite
