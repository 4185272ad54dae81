#include "harness/work_folder.h"

#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace ackproof {

namespace {

bool has_room(const char* folder) {
  struct statvfs space {};
  return access(folder, W_OK) == 0 && statvfs(folder, &space) == 0 &&
         space.f_bavail * space.f_frsize >= kRoomForStores;
}

std::filesystem::path fresh_folder() {
  std::string pattern = place_for_stores() / "ackproof-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "no temporary folder " + pattern);
  }
  return pattern;
}

}  // namespace

// Memory is not only faster than a disk: on a disk that stalls, what waits in real time decides
// nothing. Nothing is lost by it, since no power fails while validations run.
std::filesystem::path place_for_stores() {
  constexpr char kMemory[] = "/dev/shm";
  const char* given = std::getenv("TMPDIR");
  if (given != nullptr && *given != '\0') return std::filesystem::temp_directory_path();
  return has_room(kMemory) ? kMemory : "/tmp";
}

WorkFolder::WorkFolder()
    : path_(fresh_folder()), keeper_(Keeper::begin({.folder = path_}).value()) {}

std::string file_system_of(const std::filesystem::path& folder) {
  constexpr unsigned long kXfs = 0x58465342;
  struct statfs about {};
  if (statfs(folder.c_str(), &about) != 0) return "unknown";
  switch (static_cast<unsigned long>(about.f_type)) {
    case TMPFS_MAGIC:
      return "tmpfs";
    case EXT4_SUPER_MAGIC:
      return "ext4";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlayfs";
    case NFS_SUPER_MAGIC:
      return "nfs";
    case kXfs:
      return "xfs";
    default:
      break;
  }
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", static_cast<unsigned long>(about.f_type));
  return text.data();
}

}  // namespace ackproof
