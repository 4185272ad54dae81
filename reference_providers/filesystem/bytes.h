// Numbers of a fixed width in bytes, the lowest first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ackproof::filesystem {

inline void put_u32(std::string& bytes, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

inline void put_u64(std::string& bytes, std::uint64_t value) {
  for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

// The bytes must be there.
inline std::uint64_t get_u64(std::string_view bytes, std::size_t at, unsigned width = 8) {
  std::uint64_t value = 0;
  for (unsigned i = width; i > 0; --i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}

inline std::uint32_t get_u32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(get_u64(bytes, at, 4));
}

}  // namespace ackproof::filesystem
