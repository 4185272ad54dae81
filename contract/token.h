// A lock token as LOCK_7 and LOCK_11 want it, for every provider that makes its tokens in the
// process.
#pragma once

#include "contract/types.h"

namespace ackproof {

// 128 bits from the operating system's random generator, as 32 hexadecimal digits. Throws
// std::system_error when there is no randomness to be had. Safe from any thread.
LockToken random_token();

}  // namespace ackproof
