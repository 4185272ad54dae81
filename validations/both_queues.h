// The two queues behind one face, for claims that hold of either.
//
// Such a validation is a template over `Turns` and `Activities`, and each of its rows names one of
// them. What the queues do not share (history, completions, order) is said with the provider's own
// methods.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

#include "contract/provider.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {

// What both queues say of a locked item.
struct Taken {
  std::uint64_t item = 0;  // The number that it was put with.
  std::uint64_t attempt = 0;
  LockToken token;
};

// The instance queue: item n is the instance order-n.
struct Turns {
  static std::string instance(std::uint64_t item) { return "order-" + std::to_string(item); }

  static void put(Provider& provider, std::uint64_t item) {
    provider.enqueue_message(start(instance(item))).value();
  }

  // Items 1 to `count` in one step, for large numbers. The instance queue has to be empty; an
  // instance "source" is left behind.
  static void put_many(Provider& provider, std::uint64_t count) {
    TurnCommit commit;
    for (std::uint64_t item = 1; item <= count; ++item) {
      commit.messages.push_back(start(instance(item)));
    }
    provider.enqueue_message(start("source")).value();
    provider.ack_turn(take_turn(provider).token, commit).value();
  }

  static Result<std::optional<Taken>> fetch(Provider& provider, Duration lock_timeout = kLongLock,
                                            Duration poll_timeout = Duration(0)) {
    const auto fetched =
        provider.fetch_turn({.lock_timeout = lock_timeout, .poll_timeout = poll_timeout});
    if (!fetched) return fetched.error();
    if (!fetched.value()) return std::optional<Taken>();
    const Turn& turn = *fetched.value();
    return std::optional(Taken{number(turn.instance), turn.attempt, turn.token});
  }

  static Result<void> ack(Provider& provider, const LockToken& token) {
    return provider.ack_turn(token, {});
  }
  static Result<void> abandon(Provider& provider, const LockToken& token, const Abandon& how = {}) {
    return provider.abandon_turn(token, how);
  }
  static Result<void> renew(Provider& provider, const LockToken& token, Duration extend_for) {
    return provider.renew_turn(token, extend_for);
  }

 private:
  static std::uint64_t number(const std::string& instance) {
    const std::size_t dash = instance.rfind('-');
    return dash == std::string::npos ? 0 : std::stoull(instance.substr(dash + 1));
  }
};

// The activity queue: item n is the activity n of order-1.
struct Activities {
  static void put(Provider& provider, std::uint64_t item) {
    provider.enqueue_activity(activity("order-1", item)).value();
  }

  static void put_many(Provider& provider, std::uint64_t count) {
    TurnCommit commit;
    for (std::uint64_t item = 1; item <= count; ++item) {
      commit.activities.push_back(activity("order-1", item));
    }
    provider.enqueue_message(start("source")).value();
    provider.ack_turn(take_turn(provider).token, commit).value();
  }

  static Result<std::optional<Taken>> fetch(Provider& provider, Duration lock_timeout = kLongLock,
                                            Duration poll_timeout = Duration(0)) {
    const auto fetched =
        provider.fetch_activity({.lock_timeout = lock_timeout, .poll_timeout = poll_timeout});
    if (!fetched) return fetched.error();
    if (!fetched.value()) return std::optional<Taken>();
    const LockedActivity& locked = *fetched.value();
    return std::optional(Taken{locked.activity.id, locked.attempt, locked.token});
  }

  static Result<void> ack(Provider& provider, const LockToken& token) {
    return provider.ack_activity(token, std::nullopt);
  }
  static Result<void> abandon(Provider& provider, const LockToken& token, const Abandon& how = {}) {
    return provider.abandon_activity(token, how);
  }
  static Result<void> renew(Provider& provider, const LockToken& token, Duration extend_for) {
    return provider.renew_activity(token, extend_for);
  }
};

// Takes an item that has to be there.
template <class Queue>
Taken take(Provider& provider, Duration lock_timeout = kLongLock) {
  const std::optional<Taken> taken = Queue::fetch(provider, lock_timeout).value();
  if (!taken) throw StepFailed("a fetch returned nothing although an item is deliverable");
  return *taken;
}

// No item can be had.
template <class Queue>
testing::AssertionResult none_deliverable(Provider& provider) {
  const std::optional<Taken> taken = Queue::fetch(provider).value();
  if (!taken) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "item " << taken->item << " was delivered, but nothing is deliverable now";
}

}  // namespace ackproof
