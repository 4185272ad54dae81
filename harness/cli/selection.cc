#include "harness/cli/selection.h"

#include <algorithm>

#include "contract/profiles.h"
#include "contract/requirements.h"

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
