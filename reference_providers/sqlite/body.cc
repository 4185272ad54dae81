#include "reference_providers/sqlite/body.h"

namespace ackproof::sqlite {

namespace {

constexpr char kFormat = 1;
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kHeadBytes = 1 + kLengthBytes;

std::uint64_t length_in(std::string_view body) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthBytes; i > 0; --i) {
    length = (length << 8U) | static_cast<unsigned char>(body[i]);
  }
  return length;
}

}  // namespace

std::string encode(const Bytes& payload) {
  std::string body;
  body.reserve(kHeadBytes + payload.size());
  body.push_back(kFormat);
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    body.push_back(static_cast<char>((payload.size() >> (8 * i)) & 0xFFU));
  }
  body += payload;
  return body;
}

Decoded decode(std::string_view body) {
  if (body.empty()) return {{}, "the stored body is empty"};
  if (body[0] != kFormat) {
    return {{},
            "the stored body has the unknown format " +
                std::to_string(static_cast<unsigned char>(body[0]))};
  }
  if (body.size() < kHeadBytes) return {{}, "the stored body ends within its head"};
  const std::string_view payload = body.substr(kHeadBytes);
  if (payload.size() != length_in(body)) {
    return {{},
            "the stored body has " + std::to_string(payload.size()) + " bytes instead of " +
                std::to_string(length_in(body))};
  }
  return {Bytes(payload), std::nullopt};
}

}  // namespace ackproof::sqlite
