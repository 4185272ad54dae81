// A worker that heard no answer to its ack may ack again: the store has to refuse that, or the activity counts twice.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "contract/forwarding_provider.h"

namespace ackproof::stress {

// Acks every tenth activity a second time. Safe from any thread.
class AcksAgain final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;

  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    constexpr std::uint64_t kEach = 10;
    Result<void> acked = inner().ack_activity(token, completion);
    if (!acked || !completion || ++acks_ % kEach != 0) return acked;
    if (inner().ack_activity(token, completion)) {
      const std::lock_guard lock(mutex_);
      taken_.emplace(completion->target, completion->id);
    }
    return acked;
  }

  // The activities whose second ack was taken, by instance.
  std::multimap<std::string, std::uint64_t> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  std::atomic<std::uint64_t> acks_ = 0;
  mutable std::mutex mutex_;
  std::multimap<std::string, std::uint64_t> taken_;  // Guarded by mutex_.
};

}  // namespace ackproof::stress
