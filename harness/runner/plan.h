// What will be asked of a provider: catalogue × declared capabilities × selection. Decided before
// anything runs.
#pragma once

#include <string>
#include <vector>

#include "contract/factory.h"
#include "reports/run.h"
#include "validations/validation.h"

namespace ackproof {

struct PlannedRow {
  const Validation* validation = nullptr;
  std::uint64_t repetition = 1;
  std::string not_applicable;  // Why it is not asked; empty: it runs.
};

struct Plan {
  std::vector<PlannedRow> rows;  // In the order of the catalogue, then of repetition.
  std::vector<Clause> clauses;   // In the order of the contract.
};

Plan make_plan(const Selection& selection, const Description& description,
               const ProviderFactory& factory);

// The profiles for whose every capability the provider stands.
std::vector<std::string> declared_profiles(const Capabilities& capabilities);

// Whether `name` matches one of the comma-separated globs; an empty list matches everything.
bool matches(const std::string& globs, std::string_view name);

}  // namespace ackproof
