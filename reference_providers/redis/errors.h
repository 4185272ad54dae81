// What goes wrong inside the Redis provider, and how it leaves it.
//
// Inside, a failure is a `Refused` with the kind it will have outside. At the edge `translate()`
// turns whatever was thrown into an Error (ERR_1).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace ackproof::redis {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

// What an error reply means: the server refused the call, and so nothing happened.
Refused refusal_of(std::string_view reply);

// The kind with this spelling: what a script answers instead of `ok`.
ErrorKind kind_named(std::string_view name);

// The exception that is being handled, as the error of `operation`. Only within a catch block.
Error translate(std::string_view operation);

}  // namespace ackproof::redis
