// The commands `list` and `explain`: the contract, the catalogue and the registry as text.
#pragma once

#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/registry.h"

namespace ackproof {

// `what` is one of requirements, validations, providers, profiles, mutants.
std::string list(const Registry& registry, const std::string& what);

// Which validations ask each clause, and which mutants show that they can fail.
struct Coverage {
  std::string text;
  bool is_whole = false;  // No MUST clause is left that nothing asks.
};

// Of the clauses of these profiles, of all when there is none, that the level can try. The clauses
// that no validation could refute say so themselves and count as covered.
Coverage coverage(const Registry& registry, const std::vector<std::string>& profiles, Level level);

// Of an area, its clauses.
// not_found  there is no clause, area, validation, profile or mutant of this name.
Result<std::string> explain(const Registry& registry, const std::string& id);

}  // namespace ackproof
