// The memory provider: the contract in its plainest form, to be read and to be tested against.
//
// Everything lives in the process and is gone with it. Handles of one scope share one store, found
// by the scope's name, until the scope is destroyed. The clock is the scope's, else the machine's.
// `store.h` has the data and the verbs; what surrounds them is a mutex and a clock.
#pragma once

#include "contract/factory.h"

namespace ackproof::memory {

// With all hooks. Every handle and the factory itself may be used from any thread.
ProviderFactory factory();

}  // namespace ackproof::memory
