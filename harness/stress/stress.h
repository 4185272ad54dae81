// The command `stress`: real workflows over providers, under load; from what was typed to reports and an exit code.
#pragma once

#include "harness/cli/cli.h"
#include "harness/registry.h"

namespace ackproof {

int stress_providers(const Registry& registry, const StressCommand& command,
                     const std::string& typed);

}  // namespace ackproof
