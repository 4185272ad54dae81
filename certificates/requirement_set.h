// What a suite asks, as far as a record can be held against it. Who has the catalogue makes one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "contract/result.h"
#include "reports/judgement.h"
#include "reports/run.h"

namespace ackproof::certificates {

// A verdict that has to be in the record, once per repetition.
struct RequiredVerdict {
  std::string validation;
  std::string requirement;
  Level level = Level::functional;
  std::string not_applicable;  // Why it is not asked, by what the provider declares; empty: it is.
  std::string without_hook;    // The one reason not to ask it that the provider's author may have.
};

struct Required {
  std::vector<RequiredVerdict> verdicts;
  std::vector<Clause> clauses;        // In the order of the contract.
  std::vector<Clause> without_hooks;  // The same of a provider whose author offers no hook.
};

struct RequirementSet {
  std::string contract_version;
  std::string digest;  // Of clauses, profiles and catalogue, "sha256:…".
  // What the profiles and the level of a selection ask of a provider that declares this.
  std::function<Required(const Selection&, const Description&)> of;
};

// The verdict on a record, computed from it, when a certificate may stand on it: the run ended by
// itself and was of whole profiles, everything that the set asks has its one verdict for each
// repetition, was left out only for what the provider declares, and the conclusion is `certified`.
// Otherwise `invalid` and a sentence that says what is in the way.
Result<Judgement> examine(const Run& run, const RequirementSet& set);

}  // namespace ackproof::certificates
