// How many activities run at a time, when more workers than that fetch and ack.
//
// A worker beyond the slots fetches ahead: the next activity begins when one ends, and not when the store has taken
// a result and handed out another item. What it holds is kept from other engines, so it waits for a slot for a moment
// only, and gives the item back. A session would be kept for longer: it is claimed only by as many fetches at a time as
// there are slots for, and now and then by one that has its slot beforehand, so that what is fetched ahead leaves some.
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

  // Whether so many fetches in a row were without sessions that one should take a place first.
  bool owe_sessions() const {
    const std::lock_guard lock(mutex_);
    return without_sessions_ >= kMostWithoutSessions;
  }

  // The leave to fetch of sessions, too, until its end: for whoever has a place, and for as many as can get one.
  class Claim {
   public:
    Claim(Slots& slots, bool has_place) : slots_(slots), has_place_(has_place) {
      const std::lock_guard lock(slots_.mutex_);
      is_given_ = has_place_ || slots_.claims_ < slots_.free_;
      slots_.without_sessions_ = is_given_ ? 0 : slots_.without_sessions_ + 1;
      if (is_given_ && !has_place_) ++slots_.claims_;
    }
    ~Claim() {
      const std::lock_guard lock(slots_.mutex_);
      if (is_given_ && !has_place_) --slots_.claims_;
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    bool is_given() const { return is_given_; }

   private:
    Slots& slots_;
    const bool has_place_;
    bool is_given_ = false;
  };

  // Returns when there is one. It may be gone by then.
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return free_ > 0; });
  }

 private:
  static constexpr unsigned kMostWithoutSessions = 32;

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
  unsigned free_;  // This and all below are guarded by mutex_.
  unsigned claims_ = 0;
  unsigned without_sessions_ = 0;
};

}  // namespace ackproof::engine
