// The coroutine type of programs and of the steps that they are made of.
//
// Rules, because g++ 12 silently miscompiles what breaks them (DECISIONS, "Coroutines"):
//   await only as `const auto x = co_await e;`, `co_await e;` or `co_return co_await e;`;
//   arguments of what is awaited are names, literals or objects of classes with constructors: no braces, no
//   lambda with captures;
//   programs are functions, not lambdas with captures, and take their parameters by value.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/replay.h"

namespace ackproof::engine {

// Starts when it is awaited or spawned. Owns its frame.
template <class T>
class [[nodiscard]] Task {
 public:
  class promise_type {
   public:
    promise_type() =
        default;  // No aggregate: g++ 12 would make it from the coroutine's parameters.
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Leave {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> ended) noexcept {
          ended.promise().strand->frames.pop_back();
        }
        void await_resume() noexcept {}
      };
      return Leave();
    }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
    void unhandled_exception() { error = std::current_exception(); }

    std::optional<T> value;
    std::exception_ptr error;
    Strand* strand = nullptr;
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> caller) {
    enter(*caller.promise().strand);
  }
  T await_resume() { return take(); }

  // Becomes the innermost of the strand.
  void enter(Strand& strand) {
    handle_.promise().strand = &strand;
    strand.frames.push_back({handle_, &handle_, [](void* owner) {
                               *static_cast<std::coroutine_handle<promise_type>*>(owner) = {};
                             }});
  }
  // Also when it was ended from outside.
  bool is_done() const { return !handle_ || handle_.done(); }

  // What it returned; throws what it threw.
  T take() {
    if (!handle_) throw std::logic_error("a task was ended before it had a value");
    promise_type& promise = handle_.promise();
    if (promise.error) std::rethrow_exception(promise.error);
    // What miscompiled code would do must not go unnoticed.
    if (!promise.value) throw std::logic_error("a coroutine ended without a value");
    return std::move(*promise.value);
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

}  // namespace ackproof::engine
