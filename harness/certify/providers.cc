#include "harness/certify/providers.h"

#include <algorithm>

#include "harness/cli/cli.h"
#include "harness/cli/suggestion.h"
#include "harness/stores/address.h"

namespace ackproof {

namespace {

constexpr int kWorstFirst[] = {kInterrupted, kBadExemption, kRegressed,       kNotCertified,
                               kBroken,      kUsage,        kNothingSelected, kCertified};

std::string known_names(const Registry& registry) {
  std::string names;
  for (const ProviderFactory& factory : registry.providers) {
    names += (names.empty() ? "" : ", ") + factory.name;
  }
  return names;
}

// In quotes; who typed an address there may have typed a password.
std::string quoted(const std::string& name) {
  return "'" + (is_address(name) ? without_credentials(name) : name) + "'";
}

// Why there is no such provider, a sentence.
std::string unknown(const Registry& registry, const std::string& name) {
  if (!name.starts_with(kMutantMark)) {
    return "there is no provider " + quoted(name) + "; there are " + known_names(registry) +
           ", and all";
  }
  if (registry.mutants().empty()) return "this program has no mutants built in";
  const std::string typed = name.substr(kMutantMark.size());
  std::vector<std::string> names;
  for (const Mutant& mutant : registry.mutants()) names.push_back(mutant.name);
  return "there is no mutant " + quoted(typed) + ", and `ackproof list mutants` has the names" +
         suggestion(typed, names);
}

}  // namespace

Result<std::vector<std::string>> providers_from(const Registry& registry,
                                                const std::vector<std::string>& names) {
  std::vector<std::string> found;
  const auto add = [&found](const std::string& name) {
    if (std::ranges::find(found, name) == found.end()) found.push_back(name);
  };
  for (const std::string& name : names) {
    if (name == "all") {
      for (const ProviderFactory& factory : registry.providers) add(factory.name);
    } else if (registry.find(name) != nullptr) {
      add(name);
    } else {
      return Error{ErrorKind::invalid, "providers", unknown(registry, name)};
    }
  }
  return found;
}

bool asks_for_all(const std::vector<std::string>& names) {
  return std::ranges::find(names, "all") != names.end();
}

std::string trouble_with_address(const std::string& uri, std::size_t providers) {
  if (std::string objection = objection_to_address(uri); !objection.empty()) return objection;
  if (uri.empty() || providers < 2) return {};
  return "an address, by --uri or ACKPROOF_URI, is for one provider at a time, not for " +
         std::to_string(providers) + " providers";
}

int worst_of(const std::vector<int>& codes) {
  for (const int code : kWorstFirst) {
    if (std::ranges::find(codes, code) != codes.end()) return code;
  }
  return kBroken;
}

}  // namespace ackproof
