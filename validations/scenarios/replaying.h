// An execution that was read back, replayed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/registry.h"

namespace ackproof::scenarios {

// Key-values as an execution finds them.
using Values = std::map<std::string, KeyValue>;

// What is different when the program is given the answers of its history again; empty: nothing. `values` become those
// that the execution leaves.
std::string difference_in_replay(const std::string& instance, std::uint64_t execution,
                                 const std::vector<Event>& history,
                                 const engine::Registry& registry, Values& values);

}  // namespace ackproof::scenarios
