// A store with what makes it safe to share: a mutex, a clock, and a way to wait for changes.
//
// It has one clock, that of the scope that made it, so all handles agree on what is past. Whoever
// waits holds nothing: it is woken by every change, and by the clock (POLL_1, POLL_2).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "contract/capability.h"
#include "contract/factory.h"
#include "contract/result.h"
#include "contract/rules.h"
#include "reference_providers/memory/context_values.h"
#include "reference_providers/memory/event_streams.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

class SharedStore {
 public:
  SharedStore(std::shared_ptr<Clock> clock, const Limits& limits)
      : clock_(std::move(clock)), store_(limits) {}

  // Runs the verb alone, on what it takes: `verb(store, now)`, `verb(streams)` or `verb(context)`.
  // The clock is read after the wait for others, and nobody gets in between that reading and the
  // end of the verb (TIME_3).
  template <class Verb>
  auto alone(const Verb& verb) {
    const std::lock_guard lock(mutex_);
    if constexpr (std::is_invocable_v<Verb, EventStreams&>) {
      return verb(streams_);
    } else if constexpr (std::is_invocable_v<Verb, ContextValues&>) {
      return verb(context_);
    } else {
      return verb(store_, clock_->now());
    }
  }

  // How many changes have been told so far. Whoever looks into the store after reading this misses
  // none: a later one raises it, and ends `wait`.
  std::uint64_t changes() const noexcept { return changes_.load(); }

  // Tells everybody who waits. After the mutex is released, because a waiter is asked under the
  // clock's own lock.
  void tell_change() noexcept {
    changes_.fetch_add(1);
    clock_->wake();
  }

  // Until something changed after `seen`, or until the deadline.
  void wait(Time deadline, std::uint64_t seen) {
    clock_->wait_until(deadline, [&] { return changes() != seen; });
  }

 private:
  const std::shared_ptr<Clock> clock_;
  std::mutex mutex_;
  Store store_;  // Guarded by mutex_, as the next two.
  EventStreams streams_;
  ContextValues context_;
  std::atomic<std::uint64_t> changes_ = 0;
};

// The stores of this process, from the first open to destroy.
std::shared_ptr<SharedStore> open_store(const Scope& scope, const Limits& limits);
std::shared_ptr<SharedStore> find_store(const Scope& scope);  // Null: there is none.
void destroy_store(const Scope& scope);

// The only way out for errors: whatever goes wrong in `work` leaves as an Error that bears the
// operation's name (ERR_1).
template <class Work>
auto guarded(std::string_view operation, const Work& work) -> decltype(work()) {
  try {
    auto result = work();
    if (result) return result;
    return Error{result.error().kind, std::string(operation), result.error().message};
  } catch (const std::bad_alloc&) {
    return Error{ErrorKind::busy, std::string(operation), "out of memory"};  // ERR_10
  } catch (const std::exception& exception) {
    return Error{ErrorKind::internal, std::string(operation), exception.what()};
  }
}

// A call that only looks. `check` tells what must hold of the arguments alone.
template <class Check, class Verb>
auto read(SharedStore& shared, std::string_view operation, const Check& check, const Verb& verb) {
  return guarded(operation, [&]() -> decltype(shared.alone(verb)) {
    if (rules::Refusal refusal = check()) return *refusal;
    return shared.alone(verb);
  });
}

// A call that changes something, which others may wait for.
template <class Check, class Verb>
auto change(SharedStore& shared, std::string_view operation, const Check& check, const Verb& verb) {
  auto result = read(shared, operation, check, verb);
  if (result) shared.tell_change();
  return result;
}

// A call that takes what `look` finds, now or within `patience`. While it waits it looks again
// after every change, and at the `next_chance` that the passing of time brings. That it took
// something is a change too: it may have made a session lapse earlier.
template <class Check, class Look, class NextChance>
auto fetch(SharedStore& shared, std::string_view operation, const Check& check, Duration patience,
           const Look& look, const NextChance& next_chance) {
  return guarded(operation, [&]() -> decltype(shared.alone(look)) {
    if (rules::Refusal refusal = check()) return *refusal;
    std::optional<Time> end;
    while (true) {
      const std::uint64_t seen = shared.changes();
      std::optional<Time> again;  // Absent: this look was the last.
      auto found = shared.alone([&](Store& store, Time now) {
        auto taken = look(store, now);
        if (!end) end = rules::later(now, patience);
        const bool is_nothing = taken && !taken.value();
        if (is_nothing && now < *end) again = std::min(*end, next_chance(store, now));
        return taken;
      });
      if (found && found.value()) shared.tell_change();
      if (!again) return found;
      shared.wait(*again, seen);
    }
  });
}

}  // namespace ackproof::memory
