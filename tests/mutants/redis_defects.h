// Defects in the scripts of the Redis provider: what is natural to get wrong in Lua and in Redis.
//
// A defect replaces snippets of the scripts' text. One that does not find its snippet is an error of
// the whole program, so none goes stale unnoticed.
#pragma once

#include <vector>

#include "harness/registry.h"

namespace ackproof {

std::vector<Mutant> redis_mutants();

}  // namespace ackproof
