// How many activities run at a time, when more workers than that fetch and ack.
//
// A worker beyond the slots fetches ahead: the next activity begins when one ends, and not when the store has taken
// a result and handed out another item. What it holds is kept from other engines, so it waits for a slot for a moment
// only, and gives the item back.
#pragma once

#include <condition_variable>
#include <mutex>

#include "contract/clock.h"

namespace ackproof::engine {

// Safe from any thread.
class Slots {
 public:
  explicit Slots(unsigned count) : free_(count) {}
  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  // A slot that was asked for, until it is left.
  class Place {
   public:
    // Waits for one as long as `patience` says.
    Place(Slots& slots, Duration patience) : slots_(slots), is_taken_(slots.take(patience)) {}
    ~Place() { leave(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool is_taken() const { return is_taken_; }
    void leave() {
      if (is_taken_) slots_.give_back();
      is_taken_ = false;
    }

   private:
    Slots& slots_;
    bool is_taken_;
  };

  // Whether there is one. It may be gone by then.
  bool has_free() const {
    const std::lock_guard lock(mutex_);
    return free_ > 0;
  }

  // Returns when there is one. It may be gone by then.
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return free_ > 0; });
  }

 private:
  bool take(Duration patience) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, patience, [this] { return free_ > 0; })) return false;
    --free_;
    return true;
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    freed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  unsigned free_;  // Guarded by mutex_.
};

}  // namespace ackproof::engine
