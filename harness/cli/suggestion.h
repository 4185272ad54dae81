// What somebody may have meant who typed a name that there is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ackproof {

// "; did you mean 'certify'?" of the names that are nearest to what was typed, three at most, as the end of a sentence;
// empty when none is near.
std::string suggestion(std::string_view typed, const std::vector<std::string>& names);

}  // namespace ackproof
