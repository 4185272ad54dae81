#include "reference_providers/filesystem/payloads.h"

#include <algorithm>
#include <cstring>

#include "reference_providers/filesystem/bytes.h"
#include "reference_providers/filesystem/checksum.h"

namespace ackproof::filesystem {

namespace {

// How much is read at a time: first little, as most turns are small, and more from call to call.
constexpr std::uint64_t kFirstRead = 4096;
constexpr std::uint64_t kLargestRead = 1U << 20U;

}  // namespace

Bytes to_bytes(const Place& place) {
  Bytes bytes;
  put_u64(bytes, place.offset);
  put_u64(bytes, place.size);
  return bytes;
}

Place place_in(const Bytes& bytes) { return {get_u64(bytes, 0), get_u64(bytes, 8)}; }

std::string encode_payload(const Bytes& payload) {
  std::string stored;
  stored.reserve(4 + payload.size());
  put_u32(stored, checksum(payload));
  stored += payload;
  return stored;
}

std::optional<Bytes> decode_payload(std::string_view stored) {
  if (stored.size() < 4) return std::nullopt;
  const std::string_view payload = stored.substr(4);
  if (get_u32(stored, 0) != checksum(payload)) return std::nullopt;
  return Bytes(payload);
}

std::string_view Window::at(std::uint64_t offset, std::uint64_t size) {
  const bool is_inside = offset >= begin_ && offset + size <= begin_ + bytes_.size();
  if (!is_inside) {
    const std::uint64_t ahead =
        std::clamp<std::uint64_t>(2 * bytes_.size(), kFirstRead, kLargestRead);
    bytes_ = files_.read(file_, offset, std::max(size, ahead));
    begin_ = offset;
  }
  return std::string_view(bytes_).substr(offset - begin_, size);
}

}  // namespace ackproof::filesystem
