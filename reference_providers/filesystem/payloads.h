// The payloads of messages, activities and events stay in the journal. The index in memory has, in
// place of the payload, where it stands; it is read and decoded when somebody is to get it.
//
// The stored form is a checksum of four bytes (little-endian) and the payload. So damage to a
// payload is noticed where it is, and by everybody, and the item's keys remain readable (TURN_10,
// WORK_8, HIST_2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "contract/types.h"
#include "reference_providers/filesystem/files.h"

namespace ackproof::filesystem {

// Where the stored form of a payload is.
struct Place {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// A place as it stands for a payload in the index.
Bytes to_bytes(const Place& place);
Place place_in(const Bytes& bytes);

std::string encode_payload(const Bytes& payload);
std::optional<Bytes> decode_payload(std::string_view stored);  // Absent: it is damaged.

// Reads a file piece by piece, mostly forwards: what is near the piece before costs no call.
class Window {
 public:
  Window(Files& files, const File& file) : files_(files), file_(file) {}

  // Fewer bytes than asked for only at the end of the file. Valid until the next call.
  std::string_view at(std::uint64_t offset, std::uint64_t size);

 private:
  Files& files_;
  const File& file_;
  std::uint64_t begin_ = 0;
  std::string bytes_;
};

}  // namespace ackproof::filesystem
