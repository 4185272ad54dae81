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

// A function, because there may be a thousand of them, and most processes need none.
using Mutants = const std::vector<Mutant>& (*)();
const std::vector<Mutant>& no_mutants();

struct Registry {
  std::vector<ProviderFactory> providers;
  Mutants mutants = no_mutants;

  // The provider of this name, or the mutant named "mutant:…", or null.
  const ProviderFactory* find(std::string_view name) const;
};

}  // namespace ackproof
