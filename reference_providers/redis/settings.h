// What a provider has to know of the server before it may promise anything.
#pragma once

#include <string>

#include "contract/capability.h"
#include "reference_providers/redis/server.h"

namespace ackproof::redis {

struct Settings {
  std::string version;  // "Redis 7.0.15, appendfsync always"
  Durability durability = Durability::is_volatile;
};

// Asks the server. Throws Refused with `unsupported` if it may throw keys away to make room, or if
// that cannot be found out and nobody vouches for it.
Settings read_settings(Server& server, bool vouches_for_noeviction, Moment deadline);

}  // namespace ackproof::redis
