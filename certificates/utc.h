// Points in time as certificates write them: UTC, RFC 3339, to the second.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ackproof::certificates {

// "2026-05-04T10:00:00Z". The years 0000 to 9999.
std::string write_utc(std::chrono::sys_seconds time);

// Nothing when `text` is not exactly what write_utc makes of some time.
std::optional<std::chrono::sys_seconds> read_utc(std::string_view text);

}  // namespace ackproof::certificates
