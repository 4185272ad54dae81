// Every mutant of the suite: at least one broken provider per clause that it can try.
#pragma once

#include <vector>

#include "harness/registry.h"

namespace ackproof {

const std::vector<Mutant>& mutants();

// Those of them that are about files.
std::vector<Mutant> filesystem_mutants();

}  // namespace ackproof
