// What one Redis server and a cluster of them have in common.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/servers/resp.h"
#include "harness/servers/server.h"

namespace ackproof::servers {

// not_found  it is not installed.
Result<std::filesystem::path> redis_program();

// A server in `folder`, which becomes its own, that `options` make listen at `place`. Errors as of `start_redis`.
Result<Server> start_redis_at(const RedisPlace& place, const std::string& uri,
                              const std::filesystem::path& folder,
                              const std::vector<std::string>& options);

}  // namespace ackproof::servers
