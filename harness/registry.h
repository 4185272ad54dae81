// What a program can certify: its providers, and the defects that prove the suite can fail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/factory.h"
#include "contract/requirement.h"

namespace ackproof {

// A provider that is broken on purpose, in one general way.
struct Mutant {
  std::string name;
  const Requirement* breaks;  // The clause whose validations have to notice.
  std::string summary;        // What it does wrong.
  ProviderFactory factory;
};

struct Registry {
  std::vector<ProviderFactory> providers;
  std::vector<Mutant> mutants;

  // The provider of this name, or the mutant named "mutant:…", or null.
  const ProviderFactory* find(std::string_view name) const;
};

}  // namespace ackproof
