// The private folder of a run: the stores of embedded providers live in it.
#pragma once

#include <filesystem>
#include <string>

namespace ackproof {

// Gone with the object, with whatever killed children left in it.
class WorkFolder {
 public:
  // Below $TMPDIR if that is set; else below /dev/shm if that has room; else where temporary files
  // go. Throws std::system_error when it cannot be made.
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// What kind of file system `folder` is on, for the record: "tmpfs", "ext4", "0x…".
std::string file_system_of(const std::filesystem::path& folder);

}  // namespace ackproof
