// Who judges, and where: what a report needs so that somebody else can judge again.
#pragma once

#include <filesystem>

#include "reports/run.h"

namespace ackproof {

// The version of the suite and of the contract, and the SHA-256 of this executable.
SuiteIdentity suite_identity();

// With the file system that `stores` is on.
Environment environment(const std::filesystem::path& stores);

// Now, as records say it: UTC, ISO 8601, to the second.
std::string utc_now();

}  // namespace ackproof
