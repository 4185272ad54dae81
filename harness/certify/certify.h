// The command `certify`: from what was typed to reports on disk and an exit code.
#pragma once

#include "harness/cli/cli.h"
#include "harness/registry.h"

namespace ackproof {

int certify(const Registry& registry, const CertifyCommand& command, const std::string& typed);

}  // namespace ackproof
