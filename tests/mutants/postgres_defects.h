// Defects in the SQL of the PostgreSQL provider: what is natural to get wrong on a database server.
//
// A defect replaces snippets of the SQL's text. One that does not find its snippet exactly once is an
// error of the whole program, so none goes stale unnoticed.
#pragma once

#include <vector>

#include "harness/registry.h"

namespace ackproof {

std::vector<Mutant> postgres_mutants();

}  // namespace ackproof
