// What the words of a selection mean: levels, profiles, clauses. The errors are `invalid`, one
// sentence for whoever typed the word.
#pragma once

#include <string>
#include <vector>

#include "contract/requirement.h"
#include "contract/result.h"

namespace ackproof {

// "1" or "functional", and so on.
Result<Level> level_from(const std::string& text);

// The names of profiles that exist, each once.
Result<std::vector<std::string>> profiles_from(const std::vector<std::string>& names);

// "LOCK_2", "lock-2", or an area: "LOCK", "lock".
Result<std::string> clause_or_area(const std::string& text);

}  // namespace ackproof
