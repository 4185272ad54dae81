// The commands `list` and `explain`: the contract, the catalogue and the registry as text.
#pragma once

#include <string>

#include "contract/result.h"
#include "harness/registry.h"

namespace ackproof {

// `what` is one of requirements, validations, providers, profiles, mutants.
std::string list(const Registry& registry, const std::string& what);

// not_found  there is no clause, validation, profile or mutant of this name.
Result<std::string> explain(const Registry& registry, const std::string& id);

}  // namespace ackproof
