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
#include <utility>

#include "contract/capability.h"
#include "contract/factory.h"
#include "contract/result.h"
#include "contract/rules.h"
#include "reference_providers/memory/store.h"

namespace ackproof::memory {

class SharedStore {
 public:
  SharedStore(std::shared_ptr<Clock> clock, const Limits& limits)
      : clock_(std::move(clock)), store_(limits) {}

  // Runs `verb(store, now)` alone on the store. The clock is read after the wait for others, and
  // nobody gets in between that reading and the end of the verb (TIME_3).
  template <class Verb>
  auto alone(const Verb& verb) {
    const std::lock_guard lock(mutex_);
    return verb(store_, clock_->now());
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
  Store store_;  // Guarded by mutex_.
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

// A call that only looks.
template <class Verb>
auto read(SharedStore& shared, std::string_view operation, const rules::Refusal& refusal,
          const Verb& verb) {
  return guarded(operation, [&]() -> decltype(shared.alone(verb)) {
    if (refusal) return *refusal;
    return shared.alone(verb);
  });
}

// A call that changes something, which others may wait for.
template <class Verb>
auto change(SharedStore& shared, std::string_view operation, const rules::Refusal& refusal,
            const Verb& verb) {
  auto result = read(shared, operation, refusal, verb);
  if (result) shared.tell_change();
  return result;
}

// A call that takes something: what `look` finds, now or within `patience`. While it waits it looks
// again whenever there is a reason to expect something else. That it took something is a change
// too: a session may lapse earlier by it.
template <class Look>
auto fetch(SharedStore& shared, std::string_view operation, const rules::Refusal& refusal,
           Duration patience, const Look& look) {
  return guarded(operation, [&]() -> decltype(look(std::declval<Store&>(), Time()).first) {
    if (refusal) return *refusal;
    std::optional<Time> end;
    while (true) {
      const std::uint64_t seen = shared.changes();
      Time now;
      auto [found, next_chance] = shared.alone([&](Store& store, Time its_now) {
        now = its_now;
        return look(store, now);
      });
      if (!end) end = rules::later(now, patience);
      if (found && found.value()) shared.tell_change();
      if (!found || found.value() || now >= *end) return std::move(found);
      shared.wait(std::min(next_chance, *end), seen);
    }
  });
}

}  // namespace ackproof::memory
