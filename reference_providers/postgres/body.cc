#include "reference_providers/postgres/body.h"

#include "reference_providers/postgres/wire.h"

namespace ackproof::postgres {

namespace {

constexpr char kFormat = 1;
constexpr std::size_t kHeadBytes = 1 + sizeof(std::uint64_t);

}  // namespace

std::string encode(const Bytes& payload) {
  std::string body;
  body.reserve(kHeadBytes + payload.size());
  body.push_back(kFormat);
  append_number(body, std::uint64_t{payload.size()});
  body += payload;
  return body;
}

Decoded decode(std::string_view body) {
  if (body.empty() || body[0] != kFormat) {
    return {{}, "the stored body has an unknown format"};
  }
  if (body.size() < kHeadBytes) return {{}, "the stored body ends within its head"};
  std::uint64_t length = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i) {
    length = (length << 8U) | static_cast<unsigned char>(body[i]);
  }
  const std::string_view payload = body.substr(kHeadBytes);
  if (payload.size() != length) {
    return {{},
            "the stored body has " + std::to_string(payload.size()) + " bytes instead of " +
                std::to_string(length)};
  }
  return {Bytes(payload), std::nullopt};
}

}  // namespace ackproof::postgres
