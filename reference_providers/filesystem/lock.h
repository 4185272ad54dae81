// The lock of a store, and the mark: how far the journal is known to be synced.
//
// Whoever changes or reads the store holds the lock, also within one process: each handle has its
// own. It belongs to the open file, so it goes when its process does, however that ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "reference_providers/filesystem/files.h"

namespace ackproof::filesystem {

using Moment = std::chrono::steady_clock::time_point;

// Everything before `end` in the journal of this generation is synced, and so is the journal's name.
// It is written after that is true and before anybody is told; what stands behind it was never
// acknowledged. Generation 0: nothing is known. It is not synced itself: after a power loss it may
// tell less than is true, never more.
struct Mark {
  std::uint64_t generation = 0;
  std::uint64_t end = 0;
  bool operator==(const Mark&) const = default;
};

class Lock {
 public:
  // Makes the file if there is none.
  Lock(Files& files, const std::filesystem::path& path);

  // Waits for others until the deadline, then it is refused as `busy`. Who comes later than a
  // waiting one does not overtake it, however often it comes.
  void lock(Moment deadline);
  void unlock() noexcept;

  // The mark may be read without the lock: then it may be one that is just being written, which
  // reads as none.
  Mark mark();
  void set_mark(const Mark& mark);

 private:
  Files& files_;
  std::shared_ptr<File> file_;
};

}  // namespace ackproof::filesystem
