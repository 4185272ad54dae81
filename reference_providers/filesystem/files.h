// The files that a store is made of, as far as the provider uses them.
//
// Everything that reads or writes goes through `Files`, so that a test can count the calls, let one
// of them fail, or end the process before it. All functions throw FileError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ackproof::filesystem {

// An open descriptor, closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

class Files {
 public:
  enum class Open { existing, or_create, anew };  // `anew`: created, or emptied.

  virtual ~Files() = default;

  // Null: there is none, and it was to exist.
  virtual std::shared_ptr<File> open(const std::filesystem::path& path, Open how);

  // What is there of `size` bytes from `offset` on: fewer at the end of the file.
  virtual std::string read(const File& file, std::uint64_t offset, std::size_t size);
  virtual std::uint64_t size(const File& file);

  // All of the bytes. After a failure any part of them may have been written.
  virtual void write(const File& file, std::uint64_t offset, std::string_view bytes);

  // Returns once the file's content would survive a power loss.
  virtual void sync(const File& file);
  virtual void truncate(const File& file, std::uint64_t size);

  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to);
  virtual void remove(const std::filesystem::path& path);  // If it exists.

  // Returns once the names in the folder would survive a power loss.
  virtual void sync_folder(const std::filesystem::path& folder);

  // Makes the folder unless it exists; its parent must.
  virtual void make_folder(const std::filesystem::path& folder);
  virtual std::vector<std::string> names_in(const std::filesystem::path& folder);
};

}  // namespace ackproof::filesystem
