#include "harness/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

namespace ackproof {

namespace {

Error trouble(const std::string& what, const std::filesystem::path& where) {
  return {ErrorKind::invalid, "files", what + " " + where.string() + ": " + std::strerror(errno)};
}

std::filesystem::path temporary_beside(const std::filesystem::path& file) {
  std::filesystem::path temporary = file;
  temporary += ".tmp" + std::to_string(getpid());
  return temporary;
}

// A descriptor that is closed at the end.
class Opened {
 public:
  Opened(const std::filesystem::path& file, int flags, unsigned mode = 0)
      : descriptor_(open(file.c_str(), flags | O_CLOEXEC, mode)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> write_whole(const std::filesystem::path& given, const std::string& text) {
  std::error_code none;
  const std::filesystem::path target = std::filesystem::canonical(given, none);
  const std::filesystem::path& file = none ? given : target;  // A link stays one.
  if (!none && !std::filesystem::is_regular_file(file) && !std::filesystem::is_directory(file)) {
    std::ofstream out(file, std::ios::binary);  // A pipe or a device has no other place.
    out << text << std::flush;
    return out ? Result<void>() : trouble("cannot write", file);
  }
  const std::filesystem::path temporary = temporary_beside(file);
  errno = 0;
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) {
      const Error error = trouble("cannot write", file);
      unlink(temporary.c_str());
      return error;
    }
  }
  if (rename(temporary.c_str(), file.c_str()) != 0) {
    const Error error = trouble("cannot write", file);
    unlink(temporary.c_str());
    return error;
  }
  return {};
}

Result<void> prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder)) {
    return Error{ErrorKind::invalid, "files",
                 "cannot create the folder " + folder.string() +
                     (error ? ": " + error.message() : ": it is a file")};
  }
  const std::filesystem::path probe = folder / ".ackproof-probe";
  if (Result<void> written = write_whole(probe, ""); !written) return written;
  unlink(probe.c_str());
  return {};
}

std::vector<std::filesystem::path> missing_folders(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> missing;
  std::error_code none;
  std::filesystem::path place = std::filesystem::absolute(folder, none).lexically_normal();
  while (place.has_relative_path() && !std::filesystem::exists(place, none)) {
    missing.push_back(place);
    place = place.parent_path();
  }
  return missing;
}

void remove_empty(const std::vector<std::filesystem::path>& folders) {
  for (const std::filesystem::path& folder : folders) rmdir(folder.c_str());
}

Result<std::string> read_whole(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file)) {
    if (errno == 0) errno = EISDIR;
    return trouble("cannot read", file);
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<std::string> read_document(const std::filesystem::path& file, std::size_t most) {
  const auto refused = [&](const std::string& why) {
    return Error{ErrorKind::invalid, "files", "cannot read " + file.string() + ": " + why};
  };
  const Opened opened(file, O_RDONLY | O_NONBLOCK);
  struct stat status {};
  if (opened.get() < 0 || fstat(opened.get(), &status) != 0) return trouble("cannot read", file);
  if (!S_ISREG(status.st_mode)) return refused("it is no regular file");
  std::string text(std::min(static_cast<std::size_t>(status.st_size), most) + 1, '\0');
  std::size_t size = 0;
  while (size <= most) {
    if (size == text.size()) text.resize(std::min(2 * size, most + 1));
    const ssize_t got = read(opened.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble("cannot read", file);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most) return refused("it has more than " + std::to_string(most) + " bytes");
  text.resize(size);
  return text;
}

Result<void> write_new(const std::filesystem::path& file, std::string_view text, unsigned mode) {
  const Opened opened(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (opened.get() < 0) return trouble("cannot create", file);
  const bool is_written =
      fchmod(opened.get(), mode) == 0 && write_all(opened.get(), text) && fsync(opened.get()) == 0;
  if (is_written) return {};
  const Error error = trouble("cannot write", file);
  unlink(file.c_str());
  return error;
}

}  // namespace ackproof
