#include "engine/saga.h"

namespace ackproof::engine {

RetryPolicy patient() { return RetryPolicy(8); }

Saga::Saga(Context& context, RetryPolicy undoing)
    : context_(context), undoing_(undoing), state_(std::make_shared<State>()) {}

Task<std::size_t> Saga::compensate() {
  const Context::Undoing undoing(context_);
  Settled settled(state_);
  co_await settled;
  std::size_t undone = 0;
  while (!state_->done.empty()) {
    const Done step = state_->done.back();
    Value done = Value::object();
    done["input"] = step.input;
    done["output"] = step.output;
    std::optional<Failure> cause;
    try {
      co_await context_.call<Value>(step.compensation, done, undoing_);
    } catch (const Failed& failed) {
      cause = failed.failure();
    }
    if (cause) throw Failed(cannot_undo(step, *cause));
    state_->done.pop_back();
    ++undone;
  }
  co_return undone;
}

Failure Saga::cannot_undo(const Done& step, const Failure& cause) const {
  Failure failure;
  failure.kind = FailureKind::compensation_required;
  failure.message = "step " + step.step + " could not be undone: " + describe(cause);
  failure.context = {{"step", step.step}, {"compensation", step.compensation}};
  std::string left;
  for (const Done& each : state_->done) left += (left.empty() ? "" : ", ") + each.step;
  failure.context["not_undone"] = left;
  failure.source = step.compensation;
  failure.time = context_.now();
  failure.is_retryable = false;
  return failure;
}

}  // namespace ackproof::engine
