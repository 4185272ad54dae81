#include "harness/selection.h"

#include <algorithm>

#include "contract/profiles.h"
#include "contract/requirements.h"
#include "harness/address.h"

namespace ackproof {

Result<Level> level_from(const std::string& text) {
  for (const Level level :
       {Level::functional, Level::concurrent, Level::durable, Level::resilient}) {
    if (text == name(level) || text == std::to_string(static_cast<int>(level))) return level;
  }
  return Error{ErrorKind::invalid, "select",
               "there is no level '" + text +
                   "'; there are 1 functional, 2 concurrent, 3 durable, 4 resilient"};
}

Result<std::vector<std::string>> providers_from(const Registry& registry,
                                                const std::vector<std::string>& names) {
  std::string known;
  for (const ProviderFactory& factory : registry.providers) {
    known += (known.empty() ? "" : ", ") + factory.name;
  }
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
      const std::string shown = is_address(name) ? without_credentials(name) : name;
      return Error{ErrorKind::invalid, "select",
                   "there is no provider '" + shown + "'; there are " + known + ", and all"};
    }
  }
  return found;
}

Result<std::vector<std::string>> profiles_from(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const std::string& name : names) {
    if (find_profile(name) == nullptr) {
      return Error{ErrorKind::invalid, "select",
                   "there is no profile '" + name + "'; `ackproof list profiles` shows them"};
    }
    if (std::ranges::find(known, name) == known.end()) known.push_back(name);
  }
  return known;
}

Result<std::string> clause_or_area(const std::string& text) {
  if (const Requirement* clause = find_requirement(text)) return std::string(clause->id);
  std::string area = text;
  std::ranges::transform(area, area.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const Requirement& clause : requirements()) {
    if (clause.area() == area) return area;
  }
  return Error{
      ErrorKind::invalid, "select",
      "there is no clause or area '" + text + "'; `ackproof list requirements` shows them"};
}

}  // namespace ackproof
