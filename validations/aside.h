// A call in a thread of its own, for calls that wait, or that wait although they must not.
//
//   auto fetch = aside(ctx, [&] { return worker->fetch_turn({.poll_timeout = endless(ctx)}); });
//   EXPECT_TRUE(fetch.is_waiting());              // nothing to be had yet
//   sender->enqueue_message(start("order-1"));
//   EXPECT_EQ(fetch.answer(ctx)...);              // it came back
//
// It never hangs: in virtual time a call that does not come back has its waiting ended by moving
// the clock, and in real time no validation lets a call wait longer than `endless`.
#pragma once

#include <algorithm>
#include <chrono>
#include <future>
#include <type_traits>
#include <utility>

#include "validations/build.h"
#include "validations/context.h"

namespace ackproof {

// A poll timeout that no fetch should ever have to wait out.
inline Duration endless(Context& ctx) {
  return ctx.is_virtual() ? kLongLock : 2 * ctx.description().capabilities.call_limit;
}

template <class Answer>
class Aside {
 public:
  Aside(Context& ctx, std::future<Answer> answer) : ctx_(&ctx), answer_(std::move(answer)) {}
  Aside(Aside&&) = default;
  Aside& operator=(Aside&&) = delete;
  ~Aside() {
    if (answer_.valid()) bring_back();
  }

  // Whether it is still out after a little real time. One that has to wait always is, however slow
  // the machine, so asking never wrongs a good provider; one that comes back too early is usually
  // found out.
  bool is_waiting() const { return !is_back_within(Duration(50)); }

  // What the call answered, now that there is a reason for it to. It gets the time that a call may
  // take; when that is over, the validation has failed.
  Answer answer() {
    if (!is_back_within(patience())) {
      bring_back();
      throw StepFailed("a call did not return in time");
    }
    return answer_.get();
  }

  // The same for a fetch that waits for work: it may notice with the declared slack.
  Answer answer_after_slack() {
    if (ctx_->is_virtual()) ctx_->advance(ctx_->description().capabilities.poll_slack);
    return answer();
  }

 private:
  bool is_back_within(Duration real) const {
    return answer_.wait_for(real) == std::future_status::ready;
  }

  // In virtual time a provider has nothing to wait for but the machine.
  Duration patience() const {
    const Duration call_limit = ctx_->description().capabilities.call_limit;
    return ctx_->is_virtual() ? std::min(call_limit, Duration(3'000)) : call_limit;
  }

  // Ends whatever it waits for.
  void bring_back() {
    constexpr int kSteps = 40;
    Duration step(1'000);
    for (int n = 0; n < kSteps && ctx_->is_virtual() && !is_back_within(Duration(20)); ++n) {
      ctx_->advance(step);
      step *= 2;
    }
    if (ctx_->is_virtual() && !is_back_within(Duration(20)))
      ctx_->advance(Time::max() - ctx_->now());
    answer_.wait();
  }

  Context* ctx_;
  std::future<Answer> answer_;
};

// Starts `call`, and returns when it is under way: in virtual time when it has looked at the clock,
// so that what it waits for begins now.
template <class Call>
Aside<std::invoke_result_t<Call>> aside(Context& ctx, Call call) {
  constexpr int kLooks = 100;
  (void)ctx.description();  // Read here, not while threads run.
  const std::uint64_t before = ctx.looks_at_the_clock();
  auto answer = std::async(std::launch::async, std::move(call));
  const auto is_back = [&] { return answer.wait_for(Duration(5)) == std::future_status::ready; };
  for (int n = 0; n < kLooks && ctx.is_virtual() && !is_back(); ++n) {
    if (ctx.looks_at_the_clock() != before) break;
  }
  answer.wait_for(Duration(20));  // Until it really waits.
  return {ctx, std::move(answer)};
}

}  // namespace ackproof
