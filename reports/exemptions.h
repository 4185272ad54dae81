// Whether the exemptions of a record are what they have to be.
#pragma once

#include <string>
#include <vector>

#include "reports/run.h"

namespace ackproof {

// What is wrong with them, a sentence each: expired, before the run began; stale, when everything passed that is known
// to fail; unmatched, when nothing was asked that it is about although its profile was. A partial run, also a shard, says
// nothing about the last two.
std::vector<std::string> wrong_exemptions(const Run& run);

}  // namespace ackproof
