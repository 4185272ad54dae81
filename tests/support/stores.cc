#include "tests/support/stores.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "reference_providers/all.h"

namespace ackproof::testing_support {

std::vector<ProviderFactory> durable_providers() {
  std::vector<ProviderFactory> all = reference_providers();
  std::erase_if(all, [](const ProviderFactory& factory) { return factory.name == "memory"; });
  return all;
}

std::vector<ProviderFactory> chosen(const std::vector<ProviderFactory>& all,
                                    const std::vector<std::string>& names) {
  if (names.empty()) return all;
  std::vector<ProviderFactory> found;
  for (const std::string& name : names) {
    const auto at = std::ranges::find(all, name, &ProviderFactory::name);
    if (at == all.end()) throw std::runtime_error("there is no provider '" + name + "' here");
    found.push_back(*at);
  }
  return found;
}

void prefer_a_disk() { setenv("TMPDIR", "/var/tmp", 0); }

}  // namespace ackproof::testing_support
