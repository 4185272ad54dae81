// Answers at another pace and by other ways: slow, from another thread, in other words, busy while
// somebody else is at work, after naps, by a server's clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "contract/rules.h"
#include "tests/mutants/spoil.h"
#include "tests/variants/every_call.h"

namespace ackproof {

inline std::mt19937_64& dice() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return engine;
}

class Slow : public EveryCall<Slow> {
 public:
  using EveryCall::EveryCall;
  auto around(std::string_view, const auto& call) {
    dawdle();
    auto answer = call();
    dawdle();
    return answer;
  }

 private:
  static void dawdle() { std::this_thread::sleep_for(std::chrono::microseconds(dice()() % 1'500)); }
};

class OnAnotherThread : public EveryCall<OnAnotherThread> {
 public:
  using EveryCall::EveryCall;
  auto around(std::string_view, const auto& call) {
    return std::async(std::launch::async, call).get();
  }
};

class OtherWords : public EveryCall<OtherWords> {
 public:
  using EveryCall::EveryCall;
  template <class Call>
  auto around(std::string_view operation, const Call& call) -> decltype(call()) {
    auto answer = call();
    if (answer) return answer;
    return Error{answer.error().kind, std::string(operation), words(answer.error().kind)};
  }

 private:
  static std::string words(ErrorKind kind) {
    if (kind == ErrorKind::lock_lost) return " ";
    if (kind == ErrorKind::conflict) return "OK";
    if (kind == ErrorKind::not_found) return "\xFF\xFE \x1B[31m</pre><script>\n\t\"]}";
    std::string text;
    while (text.size() < 20'000) text += "ошибка: неверный аргумент. ";
    return text;
  }
};

// --- Busy whenever another call is under way

class BusyWhenOverlapped : public EveryCall<BusyWhenOverlapped> {
 public:
  struct Shared {
    std::mutex mutex;
  };
  BusyWhenOverlapped(std::unique_ptr<Provider> inner, std::shared_ptr<Shared> shared)
      : EveryCall(std::move(inner)), shared_(std::move(shared)) {}

  template <class Call>
  auto around(std::string_view operation, const Call& call) -> decltype(call()) {
    const std::unique_lock alone(shared_->mutex, std::try_to_lock);
    if (!alone) return Error{ErrorKind::busy, std::string(operation), "somebody else is here"};
    auto answer = call();
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    return answer;
  }
  // Who waits for work is in nobody's way.
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    if (options.poll_timeout > Duration(0)) return inner().fetch_turn(options);
    return EveryCall::fetch_turn(options);
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    if (options.poll_timeout > Duration(0)) return inner().fetch_activity(options);
    return EveryCall::fetch_activity(options);
  }

 private:
  std::shared_ptr<Shared> shared_;
};

// --- Long polls that look again and again

struct Nap {
  std::shared_ptr<Clock> clock;
};

// In real time `nap` after `nap`, or by the store's clock.
template <int nap, bool by_the_store>
class Polls : public Sharing<Nap> {
 public:
  using Sharing::Sharing;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn& options) override {
    return repeated<std::optional<Turn>>(
        options, [&](const FetchTurn& once) { return inner().fetch_turn(once); });
  }
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    return repeated<std::optional<LockedActivity>>(
        options, [&](const FetchActivity& once) { return inner().fetch_activity(once); });
  }

 private:
  template <class Answer>
  Result<Answer> repeated(auto options, const auto& fetch) {
    const std::shared_ptr<Clock> clock = state()->clock;
    if (options.poll_timeout < Duration(0)) return fetch(options);
    const Time end = rules::later(clock->now(), options.poll_timeout);
    options.poll_timeout = Duration(0);
    while (true) {
      const bool is_last = clock->now() >= end;
      Result<Answer> answer = fetch(options);
      if (is_last || !answer || answer.value()) return answer;
      if (by_the_store) {
        const Time next = std::min(end, rules::later(clock->now(), Duration(nap)));
        clock->wait_until(next, [] { return false; });
      } else {
        std::this_thread::sleep_for(Duration(nap));
      }
    }
  }
};

// --- A server's clock, hours away from the machine's

class ServerClock final : public Clock {
 public:
  explicit ServerClock(Duration ahead) : ahead_(ahead) {}
  Time now() const override { return machine_.now() + ahead_; }
  void wait_until(Time deadline, const std::function<bool()>& stop) override {
    machine_.wait_until(deadline == Time::max() ? deadline : deadline - ahead_, stop);
  }
  void wake() override { machine_.wake(); }

 private:
  Duration ahead_;
  SystemClock machine_;
};

inline ProviderFactory with_server_clock(ProviderFactory factory, Duration ahead) {
  factory.open = [ahead, open = factory.open](const Scope& scope) {
    Scope elsewhere = scope;
    elsewhere.clock = std::make_shared<ServerClock>(ahead);
    return open(elsewhere);
  };
  return factory;
}

}  // namespace ackproof
