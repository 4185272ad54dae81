// Fetches that wait, for the validations of long polling.
#pragma once

#include <optional>

#include "validations/aside.h"
#include "validations/both_queues.h"

namespace ackproof {

template <class Fetched>
using WaitingFetch = Aside<Result<std::optional<Fetched>>>;

// A fetch with these options that waits. It may be told `busy` when it meets another call.
inline WaitingFetch<Turn> waiting_turn(Context& ctx, Provider& provider, FetchTurn options = {}) {
  options.lock_timeout = kLongLock;
  options.poll_timeout = endless(ctx);
  return aside(
      ctx, [&provider, options] { return insist([&] { return provider.fetch_turn(options); }); });
}
inline WaitingFetch<LockedActivity> waiting_activity(Context& ctx, Provider& provider,
                                                     FetchActivity options = {}) {
  options.lock_timeout = kLongLock;
  options.poll_timeout = endless(ctx);
  return aside(ctx, [&provider, options] {
    return insist([&] { return provider.fetch_activity(options); });
  });
}

template <class Queue>
WaitingFetch<Taken> waiting_fetch(Context& ctx, Provider& provider) {
  return aside(ctx, [&provider, timeout = endless(ctx)] {
    return insist([&] { return Queue::fetch(provider, kLongLock, timeout); });
  });
}

// Puts an item into the queue, however often it is told `busy`.
template <class Queue>
void put_insisting(Provider& provider, std::uint64_t item) {
  constexpr int kTries = 500;
  for (int n = 1;; ++n) {
    try {
      return Queue::put(provider, item);
    } catch (const BadResult& refusal) {
      if (refusal.error().kind != ErrorKind::busy || n == kTries) throw;
    }
    back_off(n);
  }
}

// Puts an item into the queue while others wait.
template <class Queue>
void put(Context& ctx, Provider& provider, std::uint64_t item) {
  aside(ctx, [&provider, item] {
    put_insisting<Queue>(provider, item);
    return true;
  }).answer();
}

// What the fetch brought, now that there is something for it.
template <class Fetched>
Fetched brought(WaitingFetch<Fetched>& fetch) {
  std::optional<Fetched> fetched = fetch.answer_after_slack().value();
  if (!fetched) throw StepFailed("a waiting fetch returned nothing although there is something");
  return std::move(*fetched);
}

}  // namespace ackproof
