// The format of the journal, the one file in which a store's data is.
//
//   header  64 bytes   the program's mark, the version of the format, the generation of the file (a
//                      random number: each snapshot begins a new file), the end of the snapshot
//   frames             what was written and synced at a time, one after the other: 40 bytes of sizes,
//                      sequence number and checksums, then the payloads, then the effects' keys
//   zeros              room that was made beforehand, so that syncing a frame writes no metadata
//
// A frame is never begun before the one before it was synced. So after a crash only the last one may
// be incomplete; a frame that is damaged while a later one is there was damaged afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reference_providers/filesystem/codec.h"
#include "reference_providers/filesystem/files.h"

namespace ackproof::filesystem {

inline constexpr std::uint64_t kHeaderBytes = 64;
inline constexpr std::uint64_t kFrameHeadBytes = 40;
inline constexpr std::uint32_t kFormatVersion = 1;

struct Header {
  std::uint64_t generation = 0;
  std::uint64_t snapshot_end = kHeaderBytes;  // What stands before was synced with the header.
};

// A random number that is not 0.
std::uint64_t fresh_generation();

std::string encode_header(const Header& header);

// Refused as `invalid` if it is the file of something else, `unsupported` if a later version made
// it, `corrupt` if it is damaged.
Header read_header(Files& files, const File& file);

// The complete frame.
std::string make_frame(std::uint64_t generation, std::uint64_t sequence, const Encoded& effects);

// Reads the frames of a journal, one after the other.
class FrameReader {
 public:
  enum class Found {
    frame,
    nothing,  // Zeros, or the end of the file.
    damage,   // Something that is no complete frame with the next sequence number.
  };

  FrameReader(Files& files, const File& file, std::uint64_t generation, std::uint64_t offset,
              std::uint64_t last_sequence)
      : files_(files),
        file_(file),
        file_size_(files.size(file)),
        window_(files, file),
        generation_(generation),
        offset_(offset),
        sequence_(last_sequence) {}

  Found next();

  // Of the last frame that was found.
  std::uint64_t end() const { return offset_; }
  std::uint64_t sequence() const { return sequence_; }
  const std::string& keys() const { return keys_; }
  std::uint64_t payloads() const { return payloads_; }
  std::uint64_t payload_bytes() const { return payload_bytes_; }
  bool payloads_are_whole();

  // Whether there is nothing but zeros from `end` on; and whether a frame begins somewhere behind
  // it that has this sequence number, or a higher one.
  bool is_blank_from_here();
  bool is_frame_behind(std::uint64_t lowest_sequence);

 private:
  Files& files_;
  const File& file_;
  const std::uint64_t file_size_;
  Window window_;
  const std::uint64_t generation_;
  std::uint64_t offset_;
  std::uint64_t sequence_;
  std::string keys_;
  std::uint64_t payloads_ = 0;
  std::uint64_t payload_bytes_ = 0;
  std::uint32_t payload_checksum_ = 0;
};

}  // namespace ackproof::filesystem
