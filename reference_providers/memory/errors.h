// What the store's parts answer when they refuse. The provider adds the name of the operation.
#pragma once

#include "contract/result.h"

namespace ackproof::memory {

inline Error lock_lost() {
  return {ErrorKind::lock_lost, "", "the token is not that of a live lock of this queue"};
}

inline Error not_found(const char* what) { return {ErrorKind::not_found, "", what}; }

inline Error conflict(const char* what) { return {ErrorKind::conflict, "", what}; }

inline Error invalid(const char* what) { return {ErrorKind::invalid, "", what}; }

}  // namespace ackproof::memory
