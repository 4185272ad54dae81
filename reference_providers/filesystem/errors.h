// What goes wrong inside the file-system provider, and how it leaves it.
//
// Inside, failures are exceptions: `Refused` is an answer of the contract, `FileError` one of the
// system. At the edge `translate()` turns whatever was thrown into an Error (ERR_1).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "contract/result.h"

namespace ackproof::filesystem {

class Refused : public std::runtime_error {
 public:
  Refused(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

class FileError : public std::runtime_error {
 public:
  // `what` was tried; `code` is the system's errno.
  FileError(const std::string& what, int code);

  // `busy` for what may pass: no space, no memory, no free descriptor, a disk that stutters.
  ErrorKind kind() const noexcept;

 private:
  int code_;
};

// The exception that is being handled, as the error of `operation`. Only within a catch block.
Error translate(std::string_view operation);

}  // namespace ackproof::filesystem
