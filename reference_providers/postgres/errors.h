// What goes wrong inside the PostgreSQL provider, and how it leaves it.
//
// Inside, failures are exceptions: `Refused` is an answer of the contract, all others are libpqxx's.
// At the edge `translate()` turns whatever was thrown into an Error (ERR_1).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace ackproof::postgres {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

[[noreturn]] void lose_lock(std::string_view queue);

// What a failure means that leaves open whether the server did what it was told.
enum class Effect {
  none,     // It was only asked, or had not been told to commit yet.
  perhaps,  // It may have committed.
};

// The exception that is being handled, as the error of `operation`. Only within a catch block.
Error translate(std::string_view operation, Effect effect = Effect::none);

// Whether the connection may still be used after the exception that is being handled.
bool spares_connection();

}  // namespace ackproof::postgres
