// Fetches that wait for work: no arrival is missed, and nobody is told who does not wait.
#include <gtest/gtest.h>

#include <future>
#include <random>
#include <thread>

#include "tests/postgres/store.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

// Hears all notifications of a store.
class Ear final : public pqxx::notification_receiver {
 public:
  Ear(pqxx::connection& connection, const std::string& channel)
      : notification_receiver(connection, channel) {}
  void operator()(const std::string&, int) override { ++heard_; }

  // How many came, after a time in which they would have.
  int heard() {
    while (conn().await_notification(0, 200'000) > 0) {
    }
    return heard_;
  }

 private:
  int heard_ = 0;
};

// A fetch that missed its wake-up would wait for half a minute.
TEST(PostgresWaiting, no_arrival_is_missed_however_it_meets_the_beginning_of_the_wait) {
  constexpr Duration kPoll{30'000};
  const Store store;
  const auto worker = store.open();
  const auto sender = store.open();
  std::mt19937 random(1);
  for (std::uint64_t id = 1; id <= 200; ++id) {
    const auto begun = std::chrono::steady_clock::now();
    auto fetched = std::async(std::launch::async, [&] {
      return worker->fetch_activity({.lock_timeout = kLongLock, .poll_timeout = kPoll});
    });
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 4'000));
    sender->enqueue_activity(activity("order", id)).value();

    const auto work = fetched.get().value();
    ASSERT_TRUE(work.has_value()) << id;
    EXPECT_EQ(work->activity.id, id);
    ASSERT_LT(std::chrono::steady_clock::now() - begun, kPoll / 3) << id;
  }
}

// The same when the listener is new every time.
TEST(PostgresWaiting, no_arrival_is_missed_by_a_handle_that_begins_to_listen) {
  constexpr Duration kPoll{30'000};
  const Store store;
  const auto sender = store.open();
  for (int round = 0; round < 40; ++round) {
    const auto worker = store.open();
    const auto begun = std::chrono::steady_clock::now();
    auto fetched = std::async(std::launch::async, [&] {
      return worker->fetch_turn({.lock_timeout = kLongLock, .poll_timeout = kPoll});
    });
    std::this_thread::sleep_for(std::chrono::microseconds(250 * round));
    sender->enqueue_message(start("order-" + std::to_string(round))).value();

    ASSERT_TRUE(fetched.get().value().has_value()) << round;
    ASSERT_LT(std::chrono::steady_clock::now() - begun, kPoll / 3) << round;
  }
}

TEST(PostgresWaiting, a_commit_notifies_only_while_somebody_waits) {
  const Store store;
  const auto provider = store.open();
  const auto connection = store.connect();
  Ear ear(*connection, store.run("SELECT channel()"));

  provider->enqueue_message(start("order-1")).value();
  EXPECT_EQ(ear.heard(), 0);
  take_turn(*provider, {.lock_timeout = kLongLock});
  auto fetched = std::async(std::launch::async, [&] {
    return provider->fetch_turn({.poll_timeout = std::chrono::seconds(30)});
  });
  while (store.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                   " AND objid = 'instance'::regclass") == "0") {
  }
  provider->enqueue_message(start("order-2")).value();

  EXPECT_TRUE(fetched.get().value().has_value());
  EXPECT_GE(ear.heard(), 1);
}

TEST(PostgresWaiting, many_waiting_fetches_hold_no_connection_that_others_need) {
  const Store store;
  const auto provider = store.open();
  std::vector<std::future<Result<std::optional<Turn>>>> fetches;
  for (int i = 0; i < 64; ++i) {
    fetches.push_back(std::async(std::launch::async, [&] {
      return provider->fetch_turn(
          {.lock_timeout = kLongLock, .poll_timeout = std::chrono::seconds(30)});
    }));
  }
  for (int i = 0; i < 64; ++i) {
    provider->enqueue_message(start("order-" + std::to_string(i))).value();
  }

  for (auto& fetch : fetches) EXPECT_TRUE(fetch.get().value().has_value());
}

}  // namespace
}  // namespace ackproof
