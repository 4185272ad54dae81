// The providers that a test or a benchmark goes through.
#pragma once

#include <string>
#include <vector>

#include "harness/stores/stores.h"

namespace ackproof::testing_support {

using ackproof::Place;
using ackproof::Store;

// Every provider that keeps what it stores, in the order of the tables.
std::vector<ProviderFactory> durable_providers();

// Those of `all` that are named; all if none is. Throws std::runtime_error for an unknown name.
std::vector<ProviderFactory> chosen(const std::vector<ProviderFactory>& all,
                                    const std::vector<std::string>& names);

// Has stores live on a disk, unless TMPDIR says where. Called before the first place is made.
void prefer_a_disk();

}  // namespace ackproof::testing_support
