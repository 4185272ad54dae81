// Windows: exact in virtual time, undecided rather than wrong in real time.
#include "validations/context.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "contract/forwarding_provider.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/support/command.h"
#include "validations/build.h"
#include "validations/expect.h"
#include "validations/trial.h"

namespace ackproof {
namespace {

Conditions conditions(ClockSource clock) {
  return {.clock = clock, .seed = 1, .folder = testing_support::fresh_folder()};
}

Trial try_it(void (*check)(Context&), ClockSource clock) {
  const Validation validation{"under_test", requirement("LOCK_1"), check};
  const ProviderFactory factory = memory::factory();
  return try_validation(validation, factory, conditions(clock));
}

TEST(Trial, a_failed_expectation_is_a_finding_and_not_a_failure_of_this_test) {
  const Trial trial = try_it(
      [](Context& ctx) {
        ctx.open();
        EXPECT_EQ(1, 2) << "on purpose";
      },
      ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::failed);
  ASSERT_EQ(trial.findings.size(), 1U);
  EXPECT_NE(trial.findings[0].text.find("on purpose"), std::string::npos);
  EXPECT_EQ(trial.findings[0].file, "tests/validations/context_test.cc");
}

TEST(Trial, an_expectation_on_another_thread_is_a_finding_too) {
  const Trial trial = try_it(
      [](Context& ctx) {
        ctx.open();
        ctx.together(2, [](std::size_t i) {
          EXPECT_EQ(i, 0U);
          return 0;
        });
      },
      ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::failed);
}

TEST(Trial, a_step_that_does_not_work_is_a_finding) {
  const Trial trial = try_it([](Context& ctx) { take_turn(*ctx.open()); }, ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::failed);
  ASSERT_EQ(trial.findings.size(), 1U);
  EXPECT_NE(trial.findings[0].text.find("fetch_turn returned nothing"), std::string::npos);
  EXPECT_FALSE(trial.calls.empty());
}

TEST(Trial, real_time_that_slipped_away_is_inconclusive_although_an_expectation_failed) {
  const Trial trial = try_it(
      [](Context& ctx) {
        const Window window = ctx.window(Duration(10));
        ctx.open()->describe();
        ctx.advance(window.length + Duration(20));  // A machine too slow for its window.
        EXPECT_TRUE(false) << "what was seen too late decides nothing";
      },
      ClockSource::local);

  EXPECT_EQ(trial.outcome, Trial::Outcome::inconclusive);
  EXPECT_TRUE(trial.findings.empty());
  EXPECT_EQ(trial.attempts, 4U);
}

TEST(Trial, an_undecided_attempt_is_repeated_with_a_longer_window) {
  static int attempts;
  attempts = 0;
  const Trial trial = try_it(
      [](Context& ctx) {
        const Window window = ctx.window(Duration(50));
        if (++attempts == 1) ctx.advance(window.length);
        EXPECT_EQ(window.length, Duration(50 * attempts));
      },
      ClockSource::local);

  EXPECT_EQ(trial.outcome, Trial::Outcome::passed);
  EXPECT_EQ(trial.attempts, 2U);
}

// Gives up on the first calls of its life, each after `span`.
class GivesUp final : public ForwardingProvider {
 public:
  GivesUp(std::unique_ptr<Provider> inner, Duration span, std::atomic<int>& left)
      : ForwardingProvider(std::move(inner)), span_(span), left_(left) {}
  Result<void> enqueue_message(const Message& message, Duration delay) override {
    if (left_-- <= 0) return inner().enqueue_message(message, delay);
    std::this_thread::sleep_for(span_);
    return Error{ErrorKind::busy, "enqueue_message", "the store did not answer in time"};
  }

 private:
  const Duration span_;
  std::atomic<int>& left_;
};

Trial try_giving_up(Duration span, int times) {
  std::atomic<int> left = times;
  ProviderFactory factory = memory::factory();
  factory.open = [&, open = factory.open](const Scope& scope) -> Result<std::unique_ptr<Provider>> {
    return std::unique_ptr<Provider>(std::make_unique<GivesUp>(open(scope).value(), span, left));
  };
  const Validation validation{"under_test", requirement("LOCK_1"), [](Context& ctx) {
                                ctx.open()->enqueue_message(start("order-1")).value();
                              }};
  return try_validation(validation, factory, conditions(ClockSource::injected));
}

TEST(Trial, a_call_that_was_given_up_after_seconds_is_asked_again_and_refutes_nothing) {
  const Trial once = try_giving_up(Duration(2'100), 1);
  EXPECT_EQ(once.outcome, Trial::Outcome::passed);
  EXPECT_EQ(once.attempts, 2U);
  EXPECT_EQ(try_giving_up(Duration(2'100), 1'000).outcome, Trial::Outcome::inconclusive);
}

TEST(Trial, a_call_that_was_refused_at_once_as_busy_refutes) {
  EXPECT_EQ(try_giving_up(Duration(0), 1).outcome, Trial::Outcome::failed);
}

TEST(Trial, leaves_nothing_in_its_folder) {
  const Conditions where = conditions(ClockSource::injected);
  const Validation validation{"under_test", requirement("LOCK_1"),
                              [](Context& ctx) { ctx.open(); }};
  try_validation(validation, memory::factory(), where);

  EXPECT_TRUE(std::filesystem::is_empty(where.folder));
}

TEST(Context, virtual_windows_end_exactly) {
  const Trial trial = try_it(
      [](Context& ctx) {
        const Time start = ctx.now();
        const Window window = ctx.window();
        ctx.to_last_moment(window);
        EXPECT_EQ(ctx.now(), start + window.length - Duration(1));
        ctx.to_end(window);
        EXPECT_EQ(ctx.now(), start + window.length);
      },
      ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::passed);
}

TEST(Context, together_brings_values_home_in_order) {
  const Trial trial = try_it(
      [](Context& ctx) {
        ctx.open();
        const auto values = ctx.together(4, [](std::size_t i) { return 10 * i; });
        EXPECT_EQ(values, (std::vector<std::size_t>{0, 10, 20, 30}));
      },
      ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::passed);
}

TEST(Context, together_brings_exceptions_home) {
  const Trial trial = try_it(
      [](Context& ctx) {
        ctx.open();
        ctx.together(2, [](std::size_t i) -> int {
          if (i == 1) throw std::runtime_error("from a thread");
          return 0;
        });
      },
      ClockSource::injected);

  EXPECT_EQ(trial.outcome, Trial::Outcome::failed);
  ASSERT_EQ(trial.findings.size(), 1U);
  EXPECT_NE(trial.findings[0].text.find("from a thread"), std::string::npos);
}

}  // namespace
}  // namespace ackproof
