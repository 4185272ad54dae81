// A call in a thread of its own, for calls that wait, or that wait although they must not.
//
//   auto fetch = aside(ctx, [&] { return worker->fetch_turn({.poll_timeout = endless(ctx)}); });
//   EXPECT_TRUE(fetch.is_waiting());                   // nothing to be had yet
//   meanwhile(ctx, [&] { return sender->enqueue_message(start("order-1")); });
//   EXPECT_EQ(fetch.answer_after_slack(), ...);        // it came back
//
// It never hangs: in virtual time a call that does not come back is brought back by moving the
// clock, and in real time no validation lets a call wait longer than `endless`. What is called
// while another call waits goes aside too, by `meanwhile`, because a provider may let it wait.
#pragma once

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
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
  // Starts the call, and returns when it is under way, so that what it waits for begins now.
  template <class Call>
  Aside(Context& ctx, Call call) : ctx_(&ctx) {
    (void)ctx.description();  // Read here, not while threads run.
    std::promise<std::uint64_t> started;
    std::future<std::uint64_t> looks = started.get_future();
    std::packaged_task<Answer()> task(
        [&ctx, call = std::move(call), started = std::move(started)]() mutable {
          started.set_value(ctx.looks_at_the_clock(std::this_thread::get_id()));
          return call();
        });
    answer_ = task.get_future();
    thread_ = std::thread(std::move(task));
    wait_until_it_waits(looks.get());
  }
  Aside(Aside&&) noexcept = default;
  Aside& operator=(Aside&&) = delete;
  ~Aside() {
    if (!thread_.joinable()) return;
    if (answer_.valid()) bring_back();
    thread_.join();
  }

  // Whether it is still out after a little real time. One that has to wait always is, however slow
  // the machine, so asking never wrongs a good provider; one that comes back too early is usually
  // found out.
  bool is_waiting() const { return !is_back_within(Duration(50)); }

  // What the call answered, now that there is a reason for it to. A call that does not come back
  // fails the validation, unless it was the machine that was slow.
  Answer answer() {
    if (is_back_in_time()) return answer_.get();
    // Whom the clock brings back waited for it, or for somebody who did.
    if (!bring_back()) ctx_->give_up();
    throw StepFailed("a call did not return in time");
  }

  // The same for a fetch that waits for work: it may notice with the declared slack.
  Answer answer_after_slack() {
    if (ctx_->is_virtual()) ctx_->advance(ctx_->description().capabilities.poll_slack);
    return answer();
  }

 private:
  static constexpr Duration kStep{10};

  bool is_back_within(Duration real) const {
    return answer_.wait_for(real) == std::future_status::ready;
  }

  // Whether nothing but the virtual clock can bring it back.
  bool is_asleep() const { return ctx_->sleeps_on_the_clock(thread_.get_id()); }

  // A provider that waits by other means than the clock's has at least looked at it. Who lets
  // another thread look is given longer.
  void wait_until_it_waits(std::uint64_t looks) const {
    constexpr int kLongest = 50;
    constexpr int kAfterALook = 5;
    for (int n = 0, after = 0; n < kLongest && after < kAfterALook; ++n) {
      if (is_asleep() || is_back_within(kStep)) return;
      if (!ctx_->is_virtual() || ctx_->looks_at_the_clock(thread_.get_id()) != looks) ++after;
    }
  }

  // In real time it gets the time of a call. In virtual time a call has nothing to wait for but
  // the machine, least of all when it sleeps soundly.
  bool is_back_in_time() const {
    constexpr Duration kSoundly{500};
    constexpr Duration kLong{2'000};
    const Duration limit = ctx_->description().capabilities.call_limit;
    const Duration longest = ctx_->is_virtual() ? std::min(limit, kLong) : limit;
    Duration asleep(0);
    for (Duration waited(0); waited < longest && asleep < kSoundly; waited += kStep) {
      if (is_back_within(kStep)) return true;
      asleep = is_asleep() ? asleep + kStep : Duration(0);
    }
    return false;
  }

  // Ends whatever it waits for. False: that was not the clock.
  bool bring_back() {
    constexpr int kSteps = 40;
    Duration step(1'000);
    for (int n = 0; n < kSteps && ctx_->is_virtual(); ++n) {
      if (is_back_within(kStep)) return true;
      ctx_->advance(step);
      step *= 2;
    }
    if (ctx_->is_virtual()) ctx_->advance(Time::max() - ctx_->now());
    if (is_back_within(kStep)) return true;
    answer_.wait();
    return !ctx_->is_virtual();
  }

  Context* ctx_;
  std::future<Answer> answer_;
  std::thread thread_;
};

template <class Call>
Aside<std::invoke_result_t<Call>> aside(Context& ctx, Call call) {
  return Aside<std::invoke_result_t<Call>>(ctx, std::move(call));
}

// The value of a call that is made while others wait. It may be told `busy`, but not kept waiting.
template <class Call>
auto meanwhile(Context& ctx, const Call& call) {
  return aside(ctx, [&call] { return insist(call); }).answer().value();
}

}  // namespace ackproof
