#include "harness/authors/changes.h"

#include <algorithm>
#include <filesystem>

#include "harness/certify/providers.h"
#include "harness/runner/plan.h"

namespace ackproof {

namespace {

// Whether the file concerns the provider.
bool concerns(const std::vector<PathRule>& rules, const std::string& file,
              const std::string& provider) {
  const std::string path = std::filesystem::path(file).lexically_normal();
  bool is_known = false;
  for (const PathRule& rule : rules) {
    if (!matches(rule.glob, path)) continue;
    is_known = true;
    if (std::ranges::find(rule.providers, provider) != rule.providers.end()) return true;
  }
  return !is_known;
}

}  // namespace

// What is not here concerns all: the contract, the validations, the harness, the build and its scripts.
std::vector<PathRule> own_path_rules() {
  return {{{}, "*.md"},
          {{}, "LICENSE"},
          {{}, ".gitignore"},
          {{}, ".clang-*"},
          {{}, "tests/*"},
          {{"memory", "filesystem"}, "reference_providers/memory/*"},  // The latter's index.
          {{"filesystem"}, "reference_providers/filesystem/*"},
          {{"sqlite"}, "reference_providers/sqlite/*"},
          {{"postgres"}, "reference_providers/postgres/*"},
          {{"redis"}, "reference_providers/redis/*"}};
}

Result<PathRule> path_rule_from(const Registry& registry, const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == 0 || at == std::string::npos || at + 1 == text.size()) {
    return Error{ErrorKind::invalid, "matrix", "--paths takes NAME=GLOB, not '" + text + "'"};
  }
  const std::string name = text.substr(0, at);
  const std::string glob = text.substr(at + 1);
  if (name == "none") return PathRule{{}, glob};
  const Result<std::vector<std::string>> providers = providers_from(registry, {name});
  if (!providers) return providers.error();
  return PathRule{providers.value(), glob};
}

std::vector<std::string> concerned(const std::vector<std::string>& providers,
                                   const std::vector<PathRule>& rules,
                                   const std::vector<std::string>& files) {
  std::vector<std::string> found;
  for (const std::string& provider : providers) {
    const bool is_concerned = std::ranges::any_of(
        files, [&](const std::string& file) { return concerns(rules, file, provider); });
    if (is_concerned) found.push_back(provider);
  }
  return found;
}

}  // namespace ackproof
