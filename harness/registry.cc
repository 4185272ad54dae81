#include "harness/registry.h"

#include <algorithm>

namespace ackproof {

const ProviderFactory* Registry::find(std::string_view name) const {
  constexpr std::string_view kMutant = "mutant:";
  if (name.substr(0, kMutant.size()) == kMutant) {
    const auto found = std::ranges::find(mutants, name.substr(kMutant.size()), &Mutant::name);
    return found == mutants.end() ? nullptr : &found->factory;
  }
  const auto found = std::ranges::find(providers, name, &ProviderFactory::name);
  return found == providers.end() ? nullptr : &*found;
}

}  // namespace ackproof
