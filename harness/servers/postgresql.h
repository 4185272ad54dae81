// PostgreSQL as a private server. For the servers alone.
#pragma once

#include <filesystem>

#include "contract/result.h"

namespace ackproof::servers {

// The program `postgres`, with initdb beside it. not_found  it is not installed.
Result<std::filesystem::path> postgresql_program();

}  // namespace ackproof::servers
