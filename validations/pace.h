// Keeps a writer and a reader in step, so that their calls overlap however fast either of them is.
//
// The writer goes on when the reader has finished one more look: its next call then falls into the
// look that follows. The reader looks as long and as often as it likes.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace ackproof {

class Pace {
 public:
  // Of the reader, for as long as it looks. When it is gone nobody waits for it.
  class Reader {
   public:
    explicit Reader(Pace& pace) : pace_(pace) {}
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { pace_.set(kOver); }
    void looked() { pace_.set(pace_.looks_ + 1); }

   private:
    Pace& pace_;
  };

  // Of the writer: waits for the end of a look.
  void await_look() {
    const std::uint64_t before = looks_;
    if (before != kOver) looks_.wait(before);
  }

 private:
  static constexpr std::uint64_t kOver = std::numeric_limits<std::uint64_t>::max();

  void set(std::uint64_t looks) {
    looks_ = looks;
    looks_.notify_all();
  }

  std::atomic<std::uint64_t> looks_ = 0;
};

}  // namespace ackproof
