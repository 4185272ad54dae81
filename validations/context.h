// What a validation has at hand: handles on its own fresh store, time, hooks, threads, randomness.
//
// Time. A validation never asks whether time is virtual or real. It opens a `Window` just before
// the call that starts a lock or a delay, goes `to_last_moment` to look while it lasts and `to_end`
// to look when it is over:
//
//   const Window lock = ctx.window();
//   const Turn held = take_turn(*provider, {.lock_timeout = lock.length});
//   ctx.to_last_moment(lock);
//   EXPECT_TRUE(nothing(provider->fetch_turn({})));   // still locked
//   ctx.to_end(lock);
//   take_turn(*provider);                              // deliverable again
//
// In virtual time these are the last millisecond before the deadline, and the deadline. In real time the call
// that starts the lock takes from c to r, so the lock of length T ends somewhere in [c+T, r+T], give or take the
// flooring to milliseconds and a slewed clock. `to_last_moment` goes to the middle of the window; what is looked at
// while it is open must have been answered surely before c+T, and `to_end` waits until surely after r+T. When the
// machine was too slow for that, nothing was learned: the attempt is thrown away and repeated with longer windows,
// and if that never helps the outcome is inconclusive, never failed.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "contract/factory.h"
#include "validations/trace.h"

namespace ackproof {

// How a validation is put to a provider.
struct Conditions {
  ClockSource clock = ClockSource::injected;
  std::uint64_t seed = 1;
  std::filesystem::path folder;     // Stores are made below it.
  std::uint64_t sequences = 1'000;  // Random ones, of all themes together (CONC_4).
  std::uint64_t sequence_length = 60;
  std::string uri = {};  // Of the server that the stores live on; empty: none.
};

// Thrown when a window has slipped by in real time: the attempt decides nothing.
struct Slipped {};

// A stretch of time that starts with the next call to a provider.
struct Window {
  Duration length;  // What to ask for: a lock timeout, a delay.
  std::size_t number;
};

class WatchedClock;

class Context {
 public:
  // `stretch` lengthens real-time windows: 1, 2, 4, ...
  Context(const ProviderFactory& factory, Scope scope, const Conditions& conditions,
          unsigned stretch);

  // One more handle on this validation's store: another worker. Calls through it are recorded.
  // Throws BadResult.
  std::unique_ptr<Provider> open();

  // What the provider says of itself. The first call opens a handle, and closes it again.
  const Description& description();

  // Whether a handle could be opened at all.
  bool ever_opened() const { return ever_opened_; }

  // A window of the usual length (1.3 virtual or 0.3 real seconds, or the smallest lock if that is longer), or of
  // `length`, which real time stretches. Windows may overlap, but two that end close together cannot both be ended
  // with `to_end` in real time: the second has slipped by while the first was waited for.
  Window window();
  Window window(Duration length);
  // The usual length, unstretched.
  Duration usual_length();
  // What real time makes of a length: of locks about whose end nothing is claimed.
  Duration stretched(Duration length) const;
  void to_last_moment(const Window& window);
  void to_end(const Window& window);

  // Lets `by` pass: exactly in virtual time, at least in real time.
  void advance(Duration by);

  // The store's clock; on a server's clock the machine's, which may differ: prefer `Turn::now`.
  Time now() const;

  // Whether time is virtual, so that equality of times can be asked and not only order.
  bool is_virtual() const { return clock_ != nullptr; }

  // How often this thread has looked at the virtual clock; in real time 0.
  std::uint64_t looks_at_the_clock(std::thread::id thread) const;

  // Whether this thread waits for the virtual clock, at the clock itself.
  bool sleeps_on_the_clock(std::thread::id thread) const;

  // Makes stored things undecodable. Only for validations that name the hook.
  void corrupt_history(const std::string& instance, std::uint64_t execution = 1);
  void corrupt_message(const std::string& target, std::uint64_t id);
  void corrupt_activity(const ActivityKey& key);

  // Runs `work(0)` to `work(n-1)` at the same instant on n threads, and returns what they returned,
  // in that order. Throws the first exception, after all have ended. Assertions belong on the
  // caller's thread.
  template <class Work>
  auto together(std::size_t n, const Work& work);

  // Seeded by the run's seed.
  std::mt19937_64& rng() { return rng_; }

  // Ends the attempt, which decides nothing: the machine was too slow.
  [[noreturn]] void give_up();

  // Whether everything seen so far decides something: no window that was relied upon has slipped
  // by, and no call was given up by the provider after long.
  bool decided() const;

  const Trace& trace() const { return *trace_; }

  // For questions that need many stores: what this one was made with.
  const ProviderFactory& factory() const { return factory_; }
  const Conditions& conditions() const { return conditions_; }

 private:
  using Steady = std::chrono::steady_clock;
  struct Opened {
    Window window;
    Time start;                 // Virtual time.
    Steady::time_point called;  // Real time: c.
    std::uint64_t first_call;   // Its return is r.
    bool over = false;
  };

  static bool is_over(const Opened& opened);
  Duration at_least(Duration length);  // As far as locks may be so short.

  const ProviderFactory& factory_;
  const Conditions& conditions_;
  Scope scope_;
  std::shared_ptr<WatchedClock> clock_;  // Null in real time.
  unsigned stretch_;
  std::shared_ptr<Trace> trace_;
  std::optional<Description> description_;
  std::atomic<bool> ever_opened_{false};
  std::mt19937_64 rng_;
  std::vector<Opened> windows_;
  bool slipped_ = false;
};

template <class Work>
auto Context::together(std::size_t n, const Work& work) {
  using Value = std::invoke_result_t<Work, std::size_t>;
  std::vector<std::optional<Value>> values(n);
  std::vector<std::exception_ptr> thrown(n);
  std::barrier start(static_cast<std::ptrdiff_t>(n));
  std::vector<std::thread> threads;
  threads.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      try {
        values[i].emplace(work(i));
      } catch (...) {
        thrown[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& exception : thrown) {
    if (exception) std::rethrow_exception(exception);
  }
  std::vector<Value> results;
  results.reserve(n);
  for (std::optional<Value>& value : values) results.push_back(std::move(*value));
  return results;
}

}  // namespace ackproof
