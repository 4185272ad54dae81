#include "reference_providers/filesystem/lock.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>

#include "reference_providers/filesystem/bytes.h"
#include "reference_providers/filesystem/checksum.h"
#include "reference_providers/filesystem/errors.h"

namespace ackproof::filesystem {

namespace {

constexpr std::size_t kMarkBytes = 20;

// Two bytes far behind the mark, which need not be there to be locked. Whoever waits for the store
// holds the first one meanwhile, so all others have to wait for that: also the one that holds the
// store now and would like to have it again at once.
constexpr off_t kTurnstile = off_t{1} << 40;
constexpr off_t kStore = kTurnstile + 1;

// False: somebody else has it.
bool try_to(short type, const File& file, off_t byte) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  while (::fcntl(file.descriptor(), F_OFD_SETLK, &range) != 0) {
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) throw FileError("locking the store", errno);
  }
  return true;
}

void take(const File& file, off_t byte, Moment deadline) {
  constexpr std::chrono::microseconds kFirstNap{20};
  constexpr std::chrono::microseconds kLongestNap{400};
  std::chrono::microseconds nap = kFirstNap;
  while (!try_to(F_WRLCK, file, byte)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Refused(ErrorKind::busy, "other handles keep the store busy");
    }
    std::this_thread::sleep_for(nap);
    nap = std::min(2 * nap, kLongestNap);
  }
}

void give_back(const File& file, off_t byte) noexcept {
  try {
    try_to(F_UNLCK, file, byte);
  } catch (const FileError&) {
    // Only an invalid call can fail, and there is nothing that one could do.
  }
}

}  // namespace

Lock::Lock(Files& files, const std::filesystem::path& path)
    : files_(files), file_(files.open(path, Files::Open::or_create)) {}

void Lock::lock(Moment deadline) {
  take(*file_, kTurnstile, deadline);
  try {
    take(*file_, kStore, deadline);
  } catch (...) {
    give_back(*file_, kTurnstile);
    throw;
  }
  give_back(*file_, kTurnstile);
}

void Lock::unlock() noexcept { give_back(*file_, kStore); }

Mark Lock::mark() {
  const std::string bytes = files_.read(*file_, 0, kMarkBytes);
  if (bytes.size() < kMarkBytes) return {};
  if (get_u32(bytes, 16) != checksum(std::string_view(bytes).substr(0, 16))) return {};
  return {get_u64(bytes, 0), get_u64(bytes, 8)};
}

void Lock::set_mark(const Mark& mark) {
  std::string bytes;
  put_u64(bytes, mark.generation);
  put_u64(bytes, mark.end);
  put_u32(bytes, checksum(bytes));
  files_.write(*file_, 0, bytes);
}

}  // namespace ackproof::filesystem
