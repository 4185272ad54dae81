// Steps with compensations: what is done is undone, in reverse order, when a later step fails.
//
// Nothing of it needs storage of its own: the steps that completed are in the history, so a crash in the
// middle of a compensation goes on where it was.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/context.h"

namespace ackproof::engine {

// A compensation keeps trying for a while: what it undoes has happened.
RetryPolicy patient();

class Saga {
 public:
  explicit Saga(Context& context, RetryPolicy undoing = patient());

  // Calls the activity; once it completed, `compensation` is what undoes it, an activity with the input
  // {"input": …, "output": …} of the step. Steps may run side by side, spawned.
  template <class T = Value, class In>
  Task<T> step(std::string activity, In input, std::string compensation, CallOptions options = {});

  // Waits for the steps that are under way, and undoes all that completed, the last one first. The number of
  // those undone. Throws Failed (compensation_required) naming the step when one cannot be undone; those
  // before it are then left as they are, because it may build on them. A cancellation stops none of it.
  Task<std::size_t> compensate();

 private:
  struct Done {
    std::string step;
    std::string compensation;
    Value input;
    Value output;
  };
  struct State {
    std::size_t under_way = 0;
    std::vector<Done> done;
  };
  // While it lives, a step is under way.
  class UnderWay {
   public:
    explicit UnderWay(std::shared_ptr<State> state) : state_(std::move(state)) {
      ++state_->under_way;
    }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    ~UnderWay() { --state_->under_way; }

   private:
    std::shared_ptr<State> state_;
  };
  // Awaits that no step is.
  class Settled {
   public:
    explicit Settled(std::shared_ptr<State> state) : state_(std::move(state)) {}
    bool await_ready() const { return state_->under_way == 0; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiting) {
      waiting.promise().strand->until = [state = state_] { return state->under_way == 0; };
    }
    void await_resume() const {}

   private:
    std::shared_ptr<State> state_;
  };

  Failure cannot_undo(const Done& step, const Failure& cause) const;

  Context& context_;
  CallOptions undoing_;
  std::shared_ptr<State> state_;
};

template <class T, class In>
Task<T> Saga::step(std::string activity, In input, std::string compensation, CallOptions options) {
  const UnderWay here(state_);
  const T output = co_await context_.call<T>(activity, input, options);
  state_->done.push_back(Done{activity, compensation, Value(input), Value(output)});
  co_return output;
}

// Runs `body` as a saga: when it fails, or is cancelled, what its steps did is undone, and then it fails with
// what it failed of.
template <class Out, class In>
Task<Out> run_saga(Context& context, Task<Out> (*body)(Context&, Saga&, In), In input) {
  Saga saga(context);
  std::exception_ptr failure;
  try {
    const Out output = co_await body(context, saga, input);
    co_return output;
  } catch (...) {
    failure = std::current_exception();  // Nothing can be awaited here.
  }
  co_await saga.compensate();
  std::rethrow_exception(failure);
}

}  // namespace ackproof::engine
