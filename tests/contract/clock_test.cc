#include "contract/clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ackproof {
namespace {

TEST(ManualClock, stands_still_until_it_is_moved) {
  ManualClock clock(Time(Duration(1'000)));

  EXPECT_EQ(clock.now(), Time(Duration(1'000)));
  clock.advance(Duration(5));
  EXPECT_EQ(clock.now(), Time(Duration(1'005)));
}

TEST(ManualClock, wait_until_returns_when_the_clock_is_moved_to_the_deadline) {
  ManualClock clock(Time(Duration(0)));
  std::atomic<bool> returned{false};
  std::thread waiter([&] {
    clock.wait_until(Time(Duration(10)), [] { return false; });
    returned = true;
  });

  clock.advance(Duration(9));
  EXPECT_FALSE(returned);
  clock.advance(Duration(1));
  waiter.join();

  EXPECT_TRUE(returned);
}

TEST(ManualClock, wake_makes_a_waiter_look_at_stop) {
  ManualClock clock(Time(Duration(0)));
  std::atomic<bool> stop{false};
  std::thread waiter([&] { clock.wait_until(Time::max(), [&] { return stop.load(); }); });

  stop = true;
  clock.wake();
  waiter.join();
}

TEST(SystemClock, wait_until_a_moment_in_the_past_returns_at_once) {
  SystemClock clock;

  clock.wait_until(clock.now() - Duration(1), [] { return false; });
}

TEST(SystemClock, wait_until_reaches_its_deadline) {
  SystemClock clock;
  const Time deadline = clock.now() + Duration(20);

  clock.wait_until(deadline, [] { return false; });

  EXPECT_GE(clock.now(), deadline);
}

TEST(SystemClock, waiting_for_the_end_of_time_ends_when_it_is_stopped) {
  SystemClock clock;
  std::atomic<int> looks{0};
  std::atomic<bool> stop{false};
  std::thread waiter([&] {
    clock.wait_until(Time::max(), [&] {
      ++looks;
      return stop.load();
    });
  });

  while (looks == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(looks, 2) << "it spins instead of waiting";
  stop = true;
  clock.wake();
  waiter.join();
}

TEST(Time, reads_as_utc) {
  EXPECT_EQ(to_text(Time(Duration(1'577'836'800'007))), "2020-01-01T00:00:00.007Z");
}

}  // namespace
}  // namespace ackproof
