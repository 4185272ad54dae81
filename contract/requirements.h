// The contract as data: every clause that a provider can keep or break, one `Requirement` each.
//
// Who uses it: validations name the clause they prove, the runner decides by `needs` which are
// asked, reports print `text`, `why` and `mend` beside a failure, `ackproof explain` prints all of
// it. The words live once, in `contract/clauses/`; the specification in README.md repeats the texts
// and a test compares them.
//
// An id never changes its meaning and is never reused; a new rule gets a new id.
#pragma once

#include <span>
#include <string_view>

#include "contract/clauses/clauses.h"
#include "contract/requirement.h"

namespace ackproof {

// Every clause, in the order of the contract.
constexpr std::span<const Requirement> requirements() { return clauses::kAll; }

// The clause with this id. An id that does not exist does not compile.
consteval const Requirement& requirement(std::string_view id) {
  for (const Requirement& candidate : clauses::kAll) {
    if (candidate.id == id) return candidate;
  }
  throw "unknown requirement id";  // Not a constant expression: the build stops here.
}

// The clause that a person means by `id`, or null. Letter case does not count and `LOCK-2` is
// LOCK_2.
const Requirement* find_requirement(std::string_view id);

}  // namespace ackproof
