// Result<T>: a value, or an Error whose kind says what the caller does next.
//
// The subset of std::expected<T, Error> that this project uses; the day the toolchains have
// <expected> under C++20, this file becomes an alias. Expected outcomes travel as values, because
// half of the suite is about refusals that have to happen; exceptions never cross the contract
// (ERR_1).
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ackproof {

// One kind per reaction of the caller (ERR_2).
enum class ErrorKind : std::uint8_t {
  busy,             // Nothing happened: try again later.
  unknown_outcome,  // It may have happened: read before you repeat it.
  lock_lost,        // Stop: somebody else may own this now.
  conflict,         // It contradicts what is stored.
  not_found,        // There is no such thing.
  invalid,          // The caller broke a precondition: a bug.
  unsupported,      // The capability is not declared.
  corrupt,          // Stored data cannot be read back.
  internal,         // Anything else.
};

std::string_view name(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string operation;  // The method that failed: "ack_turn".
  std::string message;    // For people; never asserted, never parsed.
};

// What `Result::value()` throws when there is none.
class BadResult : public std::runtime_error {
 public:
  explicit BadResult(Error error)
      : std::runtime_error(error.operation + ": " + std::string(name(error.kind)) + ": " +
                           error.message),
        error_(std::move(error)) {}
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  // The value; throws BadResult when this is an error.
  T& value() & {
    demand();
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    demand();
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    demand();
    return std::move(*std::get_if<0>(&state_));
  }

  // The error. Only when there is no value.
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  void demand() const {
    if (!has_value()) throw BadResult(error());
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  bool has_value() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }
  void value() const {
    if (!ok_) throw BadResult(error_);
  }
  const Error& error() const noexcept { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

}  // namespace ackproof
