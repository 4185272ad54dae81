// Limits that are as low as the contract lets them be.
#pragma once

#include <memory>
#include <utility>

#include "contract/forwarding_provider.h"
#include "contract/rules.h"
#include "reference_providers/memory/memory_provider.h"
#include "reference_providers/memory/shared_store.h"

namespace ackproof {

// All that the contract lets a provider refuse.
class Floors : public ForwardingProvider {
 public:
  explicit Floors(std::unique_ptr<Provider> inner) : ForwardingProvider(std::move(inner)) {
    offered_ = ForwardingProvider::describe().capabilities;
    offered_.limits = Limits();  // The defaults are the floors.
  }
  Description describe() const override {
    Description description = ForwardingProvider::describe();
    description.capabilities = offered_;
    return description;
  }
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (const auto refusal = rules::enqueue_message(offered_, message, delay)) return *refusal;
    return inner().enqueue_message(message, delay);
  }
  Result<void> enqueue_activity(const Activity& activity) override {
    if (const auto refusal = rules::enqueue_activity(offered_, activity)) return *refusal;
    return inner().enqueue_activity(activity);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    if (const auto refusal = rules::ack_turn(offered_, commit)) return *refusal;
    return inner().ack_turn(token, commit);
  }
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    if (const auto refusal = rules::ack_activity(offered_, completion)) return *refusal;
    return inner().ack_activity(token, completion);
  }
  Result<void> append_stream(const std::string& stream, std::uint64_t expected_id,
                             const std::vector<StreamEvent>& events) override {
    if (const auto refusal = rules::append_stream(offered_, stream, expected_id, events)) {
      return *refusal;
    }
    return inner().append_stream(stream, expected_id, events);
  }
  Result<void> put_snapshot(const std::string& stream, const Snapshot& snapshot) override {
    if (const auto refusal = rules::put_snapshot(offered_, stream, snapshot)) return *refusal;
    return inner().put_snapshot(stream, snapshot);
  }
  Result<void> put_output(const NodeKey& key, const Bytes& output) override {
    if (const auto refusal = rules::put_output(offered_, key, output)) return *refusal;
    return inner().put_output(key, output);
  }
  Result<void> put_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("put_global", offered_, key, value)) return *refusal;
    return inner().put_global(key, value);
  }
  Result<void> upsert_global(const std::string& key, const Bytes& value) override {
    if (const auto refusal = rules::global("upsert_global", offered_, key, value)) return *refusal;
    return inner().upsert_global(key, value);
  }

 private:
  Capabilities offered_;
};

// What is shorter than the smallest lock is refused, or made longer.
template <bool refuses>
class NoShortLocks : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    FetchTurn longer = options;
    if (is_refused(longer.lock_timeout)) return refusal("fetch_turn");
    return inner().fetch_turn(longer);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    FetchActivity longer = options;
    if (is_refused(longer.lock_timeout)) return refusal("fetch_activity");
    if (longer.session && is_refused(longer.session->lock_timeout)) {
      return refusal("fetch_activity");
    }
    return inner().fetch_activity(longer);
  }
  Result<void> renew_turn(const LockToken& token, Duration extend_for) override {
    if (is_refused(extend_for)) return refusal("renew_turn");
    return inner().renew_turn(token, extend_for);
  }
  Result<void> renew_activity(const LockToken& token, Duration extend_for) override {
    if (is_refused(extend_for)) return refusal("renew_activity");
    return inner().renew_activity(token, extend_for);
  }
  Result<std::uint64_t> renew_sessions(const RenewSessions& options) override {
    RenewSessions longer = options;
    if (is_refused(longer.extend_for)) return refusal("renew_sessions");
    return inner().renew_sessions(longer);
  }

 private:
  static bool is_refused(Duration& length) {
    const Duration smallest = Limits().smallest_lock;
    if (length <= Duration(0) || length >= smallest) return false;
    if (!refuses) length = smallest;
    return refuses;
  }
  static Error refusal(const char* operation) {
    return {ErrorKind::invalid, operation, "the lock is shorter than the smallest"};
  }
};

// A store with these limits, which the first to open it sets.
inline ProviderFactory memory_with(const Limits& limits) {
  ProviderFactory factory = memory::factory();
  factory.open = [limits, open = factory.open](const Scope& scope) {
    (void)memory::open_store(scope, limits);
    return open(scope);
  };
  return factory;
}

}  // namespace ackproof
