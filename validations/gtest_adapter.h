// The catalogue as ordinary GoogleTest tests, for IDEs and CTest: one test per validation, named
// <requirement>.<validation>, so filters and breakpoints work as everywhere else.
#pragma once

#include <string>

#include "validations/context.h"

namespace ackproof {

// Registers what the provider's declaration brings into force. Call it after InitGoogleTest and
// before RUN_ALL_TESTS. What is not applicable is printed, with the reason, and not registered: a
// test that is skipped looks too much like one that passed. Returns how many were registered.
std::size_t register_with_gtest(const ProviderFactory& factory, const Conditions& conditions);

}  // namespace ackproof
