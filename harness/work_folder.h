// The private folder of a run: the stores of embedded providers live in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/keeper.h"

namespace ackproof {

// The largest values of a suite, several at a time.
inline constexpr std::uintmax_t kRoomForStores = std::uintmax_t{2} << 30U;

// Where stores and private servers live: $TMPDIR if that is set, and not empty; else /dev/shm if
// that has room; else /tmp.
std::filesystem::path place_for_stores();

// Below that place; gone with the object, with whatever killed children left in it, however this
// program ends.
class WorkFolder {
 public:
  // Throws std::system_error or BadResult when it cannot be made.
  WorkFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Keeper keeper_;
};

// What kind of file system `folder` is on, for the record: "tmpfs", "ext4", "0x…".
std::string file_system_of(const std::filesystem::path& folder);

}  // namespace ackproof
