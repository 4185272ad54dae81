// Every reference provider that is built in.
#pragma once

#include <vector>

#include "contract/factory.h"

namespace ackproof {

// In the order of the tables; those of servers last. Those whose libraries were not found are left out.
std::vector<ProviderFactory> reference_providers();

}  // namespace ackproof
