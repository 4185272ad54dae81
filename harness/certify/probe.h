// Whether a provider can be certified here at all: one validation, asked exactly as `certify` asks it.
#pragma once

#include <string>

#include "harness/registry.h"
#include "harness/stores/store_servers.h"
#include "reports/run.h"

namespace ackproof {

// The record of that small run, which holds what the provider says of itself. Errors as of StoreServers::place_for and
// of carry_out. `provider` is a name that the registry finds.
Result<Run> probe(const Registry& registry, const std::string& provider, StoreServers& servers);

}  // namespace ackproof
