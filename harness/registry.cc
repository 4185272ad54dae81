#include "harness/registry.h"

#include <algorithm>

#include "reports/run.h"

namespace ackproof {

const std::vector<Mutant>& no_mutants() {
  static const std::vector<Mutant> none;
  return none;
}

const ProviderFactory* Registry::find(std::string_view name) const {
  if (name.starts_with(kMutantMark)) {
    const std::vector<Mutant>& all = mutants();
    const auto found = std::ranges::find(all, name.substr(kMutantMark.size()), &Mutant::name);
    return found == all.end() ? nullptr : &found->factory;
  }
  const auto found = std::ranges::find(providers, name, &ProviderFactory::name);
  return found == providers.end() ? nullptr : &*found;
}

}  // namespace ackproof
