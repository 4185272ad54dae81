#include "reference_providers/filesystem/checksum.h"

#include <array>
#include <cstring>

namespace ackproof::filesystem {

namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;  // Castagnoli's, reflected.
constexpr std::uint32_t kBegin = 0xA0C4B1E7U;       // Any number but 0 and its complement.

// Table k tells what a byte comes to that is followed by k others: eight bytes are one step.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) ? kPolynomial : 0U);
    tables[0][byte] = value;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint32_t checksum(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t value = kBegin ^ seed;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::array<unsigned char, 8> step{};
    std::memcpy(step.data(), at, 8);
    std::uint32_t next = 0;
    for (unsigned i = 0; i < 4; ++i) next ^= kTables[7 - i][step[i] ^ ((value >> (8 * i)) & 0xFFU)];
    for (unsigned i = 4; i < 8; ++i) next ^= kTables[7 - i][step[i]];
    value = next;
  }
  for (; left > 0; --left, ++at) {
    value = (value >> 8U) ^ kTables[0][(value ^ static_cast<unsigned char>(*at)) & 0xFFU];
  }
  return ~value;
}

}  // namespace ackproof::filesystem
