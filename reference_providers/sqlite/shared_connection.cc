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
    Errands others;
    lead(errand, others);
    leave(others);
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

SharedConnection::Errand* SharedConnection::join_next(Errands& others) {
  const std::lock_guard lock(mutex_);
  if (line_.empty()) return nullptr;
  others.push_back(line_.front());
  line_.erase(line_.begin());
  return others.back();
}

void SharedConnection::leave(const Errands& done) {
  {
    const std::lock_guard lock(mutex_);
    for (Errand* const errand : done) errand->is_done = true;
    is_taken_ = false;
  }
  changed_.notify_all();
}

// The others stay in line until their turn comes: that no transaction can be begun is told to one alone. Whoever comes
// first needs no savepoint, because nothing else is undone with it.
void SharedConnection::lead(Errand& own, Errands& others) {
  bool is_in_commit = false;
  try {
    Transaction transaction(db_, sql::kBeginWrite);
    const Moment end_of_stint = std::chrono::steady_clock::now() + kStint;
    own.work();
    while (std::chrono::steady_clock::now() < end_of_stint) {
      Errand* const next = join_next(others);
      if (next == nullptr) break;
      do_part(*next);
    }
    is_in_commit = true;
    transaction.commit();
    return;
  } catch (...) {
    own.failure = std::current_exception();
    for (Errand* const errand : others) errand->failure = own.failure;
  }
  // Somebody's work failed, and with it that of all: alone each gets what is its own.
  if (others.empty() || is_in_commit) return;
  do_alone(own);
  for (Errand* const errand : others) do_alone(*errand);
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
