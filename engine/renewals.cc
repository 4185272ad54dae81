#include "engine/renewals.h"

#include <algorithm>

namespace ackproof::engine {

Renewals::~Renewals() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Renewals::Holding::~Holding() {
  std::unique_lock lock(renewals_.mutex_);
  renewals_.changed_.wait(lock, [this] { return renewals_.under_way_ != &*kept_; });
  renewals_.kept_.erase(kept_);
}

Renewals::Holding Renewals::hold(Duration span, std::function<Result<void>()> renew) {
  const std::lock_guard lock(mutex_);
  Kept& kept = kept_.emplace_front();
  kept.span = span;
  kept.renew = std::move(renew);
  kept.due = std::chrono::steady_clock::now() + span / 3;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
  return {*this, kept_.begin()};
}

void Renewals::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    Kept* next = nullptr;
    for (Kept& kept : kept_) {
      if (!kept.is_lost && (next == nullptr || kept.due < next->due)) next = &kept;
    }
    if (next == nullptr) {
      changed_.wait(lock);
      continue;
    }
    if (const Moment due = next->due; std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;  // Whatever changed, look again.
    }
    under_way_ = next;
    lock.unlock();
    const Result<void> renewed = next->renew();
    lock.lock();
    under_way_ = nullptr;
    if (!renewed && renewed.error().kind == ErrorKind::lock_lost) next->is_lost = true;
    next->due = std::chrono::steady_clock::now() + next->span / 3;
    changed_.notify_all();
  }
}

}  // namespace ackproof::engine
