// What goes wrong inside the SQLite provider, and how it leaves it.
//
// Inside, failures are exceptions: `Refused` is an answer of the contract, `SqlError` one of
// SQLite. At the edge `translate()` turns whatever was thrown into an Error (ERR_1).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "contract/result.h"

struct sqlite3;

namespace ackproof::sqlite {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

class SqlError : public std::runtime_error {
 public:
  // A failed commit is the only thing that may have happened although it failed.
  enum class When { before_commit, in_commit };

  // Takes code and text of the connection's latest failure.
  explicit SqlError(sqlite3* connection, When when = When::before_commit);

  int code() const noexcept { return code_; }  // SQLite's extended result code.
  ErrorKind kind() const noexcept;
  bool is_busy() const noexcept;

 private:
  int code_;
  int system_error_;
  When when_;
};

// The exception that is being handled, as the error of `operation`. Only within a catch block.
Error translate(std::string_view operation);

}  // namespace ackproof::sqlite
