// Keeps locks alive while their holders are at work: one thread renews each at every third of its time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "contract/clock.h"
#include "contract/result.h"

namespace ackproof::engine {

class Renewals {
  struct Kept;

 public:
  Renewals() = default;
  // No `Holding` is left by then.
  ~Renewals();
  Renewals(const Renewals&) = delete;
  Renewals& operator=(const Renewals&) = delete;

  // While it lives, the lock is renewed.
  class Holding {
   public:
    Holding(Renewals& renewals, std::list<Kept>::iterator kept)
        : renewals_(renewals), kept_(kept) {}
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;
    // Returns when no renewal of it is under way any more.
    ~Holding();

    // Whether the lock is somebody else's by now, or what it locked is gone.
    bool is_lost() const { return kept_->is_lost; }

   private:
    Renewals& renewals_;
    std::list<Kept>::iterator kept_;
  };

  // `renew` extends the lock by `span`.
  Holding hold(Duration span, std::function<Result<void>()> renew);

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Kept {
    Duration span{0};
    std::function<Result<void>()> renew;
    Moment due;
    std::atomic<bool> is_lost = false;
  };

  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Kept> kept_;       // This and all below are guarded by mutex_.
  Kept* under_way_ = nullptr;  // Being renewed, without the mutex.
  bool stop_ = false;
  std::thread thread_;  // Begins with the first lock.
};

}  // namespace ackproof::engine
