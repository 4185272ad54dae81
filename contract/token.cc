#include "contract/token.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ackproof {

LockToken random_token() {
  std::array<unsigned char, 16> bytes{};
  // Requests of up to 256 bytes are never cut short once the pool is ready, so one call is enough.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  constexpr char kDigits[] = "0123456789abcdef";
  LockToken token;
  token.value.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    token.value.push_back(kDigits[byte >> 4U]);
    token.value.push_back(kDigits[byte & 0xFU]);
  }
  return token;
}

}  // namespace ackproof
