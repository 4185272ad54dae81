#include "reference_providers/sqlite/errors.h"

#include <sqlite3.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace ackproof::sqlite {

namespace {

constexpr int kPrimaryCode = 0xFF;  // The lower byte of an extended code.

bool is_shortage(int system_error) {
  return system_error == EMFILE || system_error == ENFILE || system_error == ENOMEM ||
         system_error == ENOSPC || system_error == EDQUOT;
}

// SQLite's text, and for trouble with the file the system's.
std::string describe(sqlite3* connection) {
  std::string text = sqlite3_errmsg(connection);
  const int code = sqlite3_errcode(connection) & kPrimaryCode;
  const int system_error = sqlite3_system_errno(connection);
  if ((code == SQLITE_CANTOPEN || code == SQLITE_IOERR) && system_error != 0) {
    text += ": " + std::generic_category().message(system_error);
  }
  return text;
}

// After these the transaction is known not to have been committed: the log lacks its last frame.
bool certainly_failed(int code) { return code == SQLITE_BUSY || code == SQLITE_FULL; }

}  // namespace

SqlError::SqlError(sqlite3* connection, When when)
    : std::runtime_error(describe(connection)),
      code_(sqlite3_extended_errcode(connection)),
      system_error_(sqlite3_system_errno(connection)),
      when_(when) {}

ErrorKind SqlError::kind() const noexcept {
  const int code = code_ & kPrimaryCode;
  if (when_ == When::in_commit && !certainly_failed(code)) return ErrorKind::unknown_outcome;
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:  // The transaction is rolled back, and so nothing happened (ERR_10).
      return ErrorKind::busy;
    case SQLITE_CANTOPEN:
      return is_shortage(system_error_) ? ErrorKind::busy : ErrorKind::internal;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::corrupt;
    case SQLITE_TOOBIG:
      return ErrorKind::invalid;
    default:
      return ErrorKind::internal;
  }
}

bool SqlError::is_busy() const noexcept {
  const int code = code_ & kPrimaryCode;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

Error translate(std::string_view operation) {
  try {
    throw;
  } catch (const Refused& refused) {
    return {refused.kind(), std::string(operation), refused.what()};
  } catch (const SqlError& error) {
    return {error.kind(), std::string(operation), error.what()};
  } catch (const std::bad_alloc&) {
    return {ErrorKind::busy, std::string(operation), "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorKind::internal, std::string(operation), error.what()};
  } catch (...) {
    return {ErrorKind::internal, std::string(operation), "an unknown exception"};
  }
}

}  // namespace ackproof::sqlite
