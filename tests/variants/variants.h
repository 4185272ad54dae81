// Harmless variants: providers that differ from the reference providers where the contract leaves
// the choice, and that have to pass everything. One that fails shows that the suite asks for more
// than the contract does.
#pragma once

#include <string>
#include <vector>

#include "contract/factory.h"

namespace ackproof {

struct Variant {
  ProviderFactory factory;  // Its name and summary tell what is different.
  // What it is asked; empty: everything. Named where the difference can show in a part only, or
  // where everything would take minutes.
  std::vector<std::string> requirements;
};

std::vector<Variant> variants();

}  // namespace ackproof
