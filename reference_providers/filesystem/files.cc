#include "reference_providers/filesystem/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "reference_providers/filesystem/errors.h"

namespace ackproof::filesystem {

File::~File() { ::close(descriptor_); }

std::shared_ptr<File> Files::open(const std::filesystem::path& path, Open how) {
  int flags = O_RDWR | O_CLOEXEC;
  if (how != Open::existing) flags |= O_CREAT;
  if (how == Open::anew) flags |= O_TRUNC;
  constexpr mode_t kMode = 0666;  // The process's umask decides.
  const int descriptor = ::open(path.c_str(), flags, kMode);
  if (descriptor >= 0) return std::make_shared<File>(descriptor);
  if (how == Open::existing && errno == ENOENT) return nullptr;
  throw FileError("opening " + path.string(), errno);
}

std::string Files::read(const File& file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(file.descriptor(), bytes.data() + done, size - done,
                                  static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw FileError("reading", errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

std::uint64_t Files::size(const File& file) {
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0) throw FileError("asking for a size", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

void Files::write(const File& file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(file.descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw FileError("writing", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void Files::sync(const File& file) {
  if (::fdatasync(file.descriptor()) != 0) throw FileError("syncing", errno);
}

void Files::truncate(const File& file, std::uint64_t size) {
  if (::ftruncate(file.descriptor(), static_cast<off_t>(size)) != 0) {
    throw FileError("truncating", errno);
  }
}

void Files::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw FileError("renaming " + from.string(), errno);
}

void Files::remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    throw FileError("removing " + path.string(), errno);
  }
}

void Files::sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw FileError("opening " + folder.string(), errno);
  const File opened(descriptor);
  if (::fsync(descriptor) != 0) throw FileError("syncing " + folder.string(), errno);
}

void Files::make_folder(const std::filesystem::path& folder) {
  constexpr mode_t kMode = 0777;
  if (::mkdir(folder.c_str(), kMode) == 0) return;
  const int code = errno;
  if (code == EEXIST && std::filesystem::is_directory(folder)) return;
  throw FileError("making the folder " + folder.string(), code);
}

std::vector<std::string> Files::names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

}  // namespace ackproof::filesystem
