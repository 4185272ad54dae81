// Which providers a change of files concerns.
#pragma once

#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/registry.h"

namespace ackproof {

// Files whose path matches the glob concern these providers. In a glob * also stands for what has slashes.
struct PathRule {
  std::vector<std::string> providers;  // None: nobody.
  std::string glob;
};

// The rules for this repository.
std::vector<PathRule> own_path_rules();

// "NAME=GLOB", with `all` or `none` for NAME, too. `invalid` when it is not of that form or the provider is unknown.
Result<PathRule> path_rule_from(const Registry& registry, const std::string& text);

// Of `providers` those that the files concern, in their order. A file that no rule knows concerns all.
std::vector<std::string> concerned(const std::vector<std::string>& providers,
                                   const std::vector<PathRule>& rules,
                                   const std::vector<std::string>& files);

}  // namespace ackproof
