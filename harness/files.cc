#include "harness/files.h"

#include <unistd.h>

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

}  // namespace

Result<void> write_whole(const std::filesystem::path& file, const std::string& text) {
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

}  // namespace ackproof
