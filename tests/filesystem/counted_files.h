// Files that count what changes them, and act before the n-th time.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <string_view>

#include "reference_providers/filesystem/files.h"

namespace ackproof::filesystem {

// Before each call that changes something `before` is asked, with the number of the call, counted
// from 1, and its name. It may throw, or end the process.
class CountedFiles : public Files {
 public:
  using Before = std::function<void(std::uint64_t number, std::string_view what)>;

  explicit CountedFiles(Before before) : before_(std::move(before)) {}

  std::shared_ptr<File> open(const std::filesystem::path& path, Open how) override {
    if (how != Open::existing) count("open");
    return Files::open(path, how);
  }

  // In two halves, so that the process may end in between.
  void write(const File& file, std::uint64_t offset, std::string_view bytes) override {
    count("write");
    const std::size_t half = bytes.size() / 2;
    Files::write(file, offset, bytes.substr(0, half));
    count("write the rest");
    Files::write(file, offset + half, bytes.substr(half));
  }
  void sync(const File& file) override {
    count("sync");
    Files::sync(file);
  }
  void truncate(const File& file, std::uint64_t size) override {
    count("truncate");
    Files::truncate(file, size);
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    count("rename");
    Files::rename(from, to);
  }
  void remove(const std::filesystem::path& path) override {
    count("remove");
    Files::remove(path);
  }
  void sync_folder(const std::filesystem::path& folder) override {
    count("sync the folder");
    Files::sync_folder(folder);
  }
  void make_folder(const std::filesystem::path& folder) override {
    count("make the folder");
    Files::make_folder(folder);
  }

  std::uint64_t counted() const { return counted_; }

 private:
  void count(std::string_view what) { before_(++counted_, what); }

  const Before before_;
  std::uint64_t counted_ = 0;
};

// Kills the process before its n-th change.
inline CountedFiles::Before killing(std::uint64_t n) {
  return [n](std::uint64_t number, std::string_view) {
    if (number == n) raise(SIGKILL);
  };
}

}  // namespace ackproof::filesystem
