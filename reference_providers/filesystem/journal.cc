#include "reference_providers/filesystem/journal.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "reference_providers/filesystem/bytes.h"
#include "reference_providers/filesystem/checksum.h"
#include "reference_providers/filesystem/errors.h"

namespace ackproof::filesystem {

namespace {

constexpr std::string_view kProgramMark = "ackproof";
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kVersionChecksumAt = 12;  // Up to here the header is the same for ever.
constexpr std::size_t kGenerationAt = 16;
constexpr std::size_t kSnapshotEndAt = 24;
constexpr std::size_t kHeaderChecksumAt = 60;

constexpr std::string_view kFrameMark = "AKfr";
constexpr std::size_t kFrameChecksumAt = 4;
constexpr std::size_t kSequenceAt = 8;
constexpr std::size_t kPayloadBytesAt = 16;
constexpr std::size_t kKeysBytesAt = 24;
constexpr std::size_t kPayloadChecksumAt = 32;
constexpr std::size_t kKeysChecksumAt = 36;

constexpr std::uint64_t kScanBytes = 1U << 20U;

// A frame that was copied out of another file is none here.
std::uint32_t seed_of(std::uint64_t generation) {
  std::string bytes;
  put_u64(bytes, generation);
  return checksum(bytes);
}

bool is_frame_head(std::string_view head, std::uint64_t generation) {
  return head.substr(0, kFrameMark.size()) == kFrameMark &&
         get_u32(head, kFrameChecksumAt) == checksum(head.substr(kSequenceAt), seed_of(generation));
}

bool is_blank(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

}  // namespace

std::uint64_t fresh_generation() {
  std::uint64_t generation = 0;
  while (generation == 0) {
    if (getrandom(&generation, sizeof generation, 0) != sizeof generation) {
      throw FileError("asking for randomness", errno);
    }
  }
  return generation;
}

std::string encode_header(const Header& header) {
  std::string bytes(kProgramMark);
  put_u32(bytes, kFormatVersion);
  put_u32(bytes, checksum(bytes));
  put_u64(bytes, header.generation);
  put_u64(bytes, header.snapshot_end);
  bytes.resize(kHeaderChecksumAt, '\0');
  put_u32(bytes, checksum(bytes));
  return bytes;
}

Header read_header(Files& files, const File& file) {
  const std::string bytes = files.read(file, 0, kHeaderBytes);
  const std::string_view view = bytes;
  if (view.substr(0, kProgramMark.size()) != kProgramMark) {
    throw Refused(ErrorKind::invalid, "the file \"journal\" is not one of ackproof's");
  }
  const bool has_version = bytes.size() > kGenerationAt &&
                           get_u32(view, kVersionChecksumAt) == checksum(view.substr(0, 12));
  if (has_version && get_u32(view, kVersionAt) > kFormatVersion) {
    throw Refused(ErrorKind::unsupported,
                  "the journal has the format " + std::to_string(get_u32(view, kVersionAt)) +
                      ", this program knows up to " + std::to_string(kFormatVersion));
  }
  if (!has_version || bytes.size() < kHeaderBytes ||
      get_u32(view, kHeaderChecksumAt) != checksum(view.substr(0, kHeaderChecksumAt))) {
    throw Refused(ErrorKind::corrupt, "the header of the journal is damaged");
  }
  return {get_u64(view, kGenerationAt), get_u64(view, kSnapshotEndAt)};
}

std::string make_frame(std::uint64_t generation, std::uint64_t sequence, const Encoded& effects) {
  std::string numbers;
  put_u64(numbers, sequence);
  put_u64(numbers, effects.payloads.size());
  put_u64(numbers, effects.keys.size());
  put_u32(numbers, checksum(effects.payloads));
  put_u32(numbers, checksum(effects.keys));
  std::string frame;
  frame.reserve(kFrameHeadBytes + effects.payloads.size() + effects.keys.size());
  frame += kFrameMark;
  put_u32(frame, checksum(numbers, seed_of(generation)));
  frame += numbers;
  frame += effects.payloads;
  frame += effects.keys;
  return frame;
}

FrameReader::Found FrameReader::next() {
  const std::string head(window_.at(offset_, kFrameHeadBytes));
  if (is_blank(head)) return Found::nothing;
  if (head.size() < kFrameHeadBytes || !is_frame_head(head, generation_) ||
      get_u64(head, kSequenceAt) != sequence_ + 1) {
    return Found::damage;
  }
  const std::uint64_t payload_bytes = get_u64(head, kPayloadBytesAt);
  const std::uint64_t keys_bytes = get_u64(head, kKeysBytesAt);
  const std::uint64_t keys_at = offset_ + kFrameHeadBytes + payload_bytes;
  if (keys_at + keys_bytes > file_size_) return Found::damage;
  std::string keys(window_.at(keys_at, keys_bytes));
  if (get_u32(head, kKeysChecksumAt) != checksum(keys)) return Found::damage;
  keys_ = std::move(keys);
  payloads_ = offset_ + kFrameHeadBytes;
  payload_bytes_ = payload_bytes;
  payload_checksum_ = get_u32(head, kPayloadChecksumAt);
  offset_ = keys_at + keys_bytes;
  ++sequence_;
  return Found::frame;
}

bool FrameReader::payloads_are_whole() {
  return checksum(window_.at(payloads_, payload_bytes_)) == payload_checksum_;
}

bool FrameReader::is_blank_from_here() {
  for (std::uint64_t at = offset_;; at += kScanBytes) {
    const std::string piece = files_.read(file_, at, kScanBytes);
    if (!is_blank(piece)) return false;
    if (piece.size() < kScanBytes) return true;
  }
}

// A payload may hold what looks like a frame of this very file. But it was written before the frame
// that it is in, so its number is lower.
bool FrameReader::is_frame_behind(std::uint64_t lowest_sequence) {
  for (std::uint64_t at = offset_;; at += kScanBytes) {
    // Heads that begin in this piece, and end in the next one.
    const std::string piece = files_.read(file_, at, kScanBytes + kFrameHeadBytes);
    for (std::size_t found = piece.find(kFrameMark); found < kScanBytes;
         found = piece.find(kFrameMark, found + 1)) {
      const std::string_view head = std::string_view(piece).substr(found, kFrameHeadBytes);
      if (head.size() == kFrameHeadBytes && is_frame_head(head, generation_) &&
          get_u64(head, kSequenceAt) >= lowest_sequence) {
        return true;
      }
    }
    if (piece.size() < kScanBytes) return false;
  }
}

}  // namespace ackproof::filesystem
