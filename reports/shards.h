// A run in several parts, each by another process or machine, put together again.
#pragma once

#include <string>
#include <vector>

#include "contract/result.h"
#include "reports/run.h"

namespace ackproof::reports {

// The run that the shards are parts of. Its start is the earliest, its length the longest; where their environments
// differ it names all of them. Command and options are those of the first shard, without the part and
// the place that were its own.
// invalid  they are no shards of one run: another suite, provider, selection or seed, one twice, or one missing. The
//          sentence says which, by the names given.
Result<Run> merge(const std::vector<Run>& shards, const std::vector<std::string>& names);

}  // namespace ackproof::reports
