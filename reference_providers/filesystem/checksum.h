// CRC-32C, by which the journal knows its own bytes again.
#pragma once

#include <cstdint>
#include <string_view>

namespace ackproof::filesystem {

// The checksum of `bytes`, begun with `seed`: what was written into another file, or under another
// number, has another one. An empty text has one that is not 0, as zeros are what an unwritten part
// of a file reads as.
std::uint32_t checksum(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace ackproof::filesystem
