// Sessions that are ended, servers that are killed, locks that others hold, and calls that cross.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/postgres/store.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

const std::string kImpatient = "options=-c%20lock_timeout%3D200";

bool may_have_happened(ErrorKind kind) {
  return kind == ErrorKind::busy || kind == ErrorKind::unknown_outcome;
}

template <class T>
void wait_until(const T& holds) {
  for (int i = 0; i < 1'000 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// A transaction beside the provider's, which holds what its statement locked.
class Holder {
 public:
  Holder(const Store& store, const std::string& statement)
      : store_(store), connection_(store.connect()), transaction_(*connection_) {
    transaction_.exec(statement);
  }
  void wait_for_somebody() {
    wait_until([&] { return store_.waiting_for(*connection_) > 0; });
  }
  void let_go() { transaction_.commit(); }

 private:
  const Store& store_;
  const std::unique_ptr<pqxx::connection> connection_;
  pqxx::work transaction_;
};

TEST(PostgresTrouble, a_session_that_was_ended_while_idle_costs_nothing) {
  const Store store;
  const auto provider = store.open();
  provider->enqueue_message(start("order")).value();

  store.run(
      "SELECT count(pg_terminate_backend(pid, 60000)) FROM pg_stat_activity"  // Waits for their end.
      " WHERE application_name = 'ackproof'");

  EXPECT_TRUE(succeeds(provider->enqueue_message(external("order", 1))));
  EXPECT_EQ(drain_messages(*provider), (std::vector{start("order"), external("order", 1)}));
}

TEST(PostgresTrouble, a_session_that_is_ended_during_a_call_is_no_permanent_error) {
  const Store store;
  const auto provider = store.open();
  provider->enqueue_message(start("order")).value();
  Holder holder(store, "SELECT 1 FROM instance FOR UPDATE");
  auto sent = std::async(std::launch::async,
                         [&] { return provider->enqueue_message(external("order", 1)); });
  holder.wait_for_somebody();

  store.terminate_waiting();

  const Result<void> answer = sent.get();
  ASSERT_FALSE(answer.has_value());
  EXPECT_TRUE(may_have_happened(answer.error().kind)) << name(answer.error().kind);
  holder.let_go();
  EXPECT_EQ(drain_messages(*provider), std::vector{start("order")});
}

TEST(PostgresTrouble, what_waits_too_long_for_others_is_busy_and_did_not_happen) {
  const Store store;
  const auto provider = store.open(nullptr, kImpatient);
  provider->enqueue_message(start("order")).value();
  Holder holder(store, "SELECT 1 FROM instance FOR UPDATE");

  EXPECT_TRUE(fails_with(provider->enqueue_message(external("order", 1)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->fetch_turn({}), ErrorKind::busy));

  holder.let_go();
  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, std::vector{start("order")});
  EXPECT_EQ(turn.attempt, 1U);
}

TEST(PostgresTrouble, a_fetch_waits_for_the_only_instance_instead_of_finding_nothing) {
  const Store store;
  const auto provider = store.open();
  provider->enqueue_message(start("order")).value();
  Holder holder(store, "SELECT 1 FROM instance FOR UPDATE");
  auto fetched = std::async(std::launch::async, [&] { return provider->fetch_turn({}); });
  holder.wait_for_somebody();

  holder.let_go();

  EXPECT_TRUE(fetched.get().value().has_value());
}

TEST(PostgresTrouble, a_fetch_waits_for_the_only_activity_instead_of_finding_nothing) {
  const Store store;
  const auto provider = store.open();
  provider->enqueue_activity(activity("order", 1)).value();
  Holder holder(store, "SELECT 1 FROM activity FOR UPDATE");
  auto fetched = std::async(std::launch::async, [&] { return provider->fetch_activity({}); });
  holder.wait_for_somebody();

  holder.let_go();

  EXPECT_TRUE(fetched.get().value().has_value());
}

TEST(PostgresTrouble, a_server_that_is_killed_keeps_what_it_confirmed_and_is_found_again) {
  servers::Server server = servers::start_postgresql().value();
  const Store store(server);
  const auto provider = store.open();
  provider->enqueue_message(start("order")).value();
  const Turn turn = take_turn(*provider, {.lock_timeout = kLongLock});

  server.kill();
  const Result<void> lost = provider->ack_turn(turn.token, commit_events({event(1)}));
  server.restart().value();
  const Result<void> acked = provider->ack_turn(turn.token, commit_events({event(1)}));

  ASSERT_FALSE(lost.has_value());
  EXPECT_TRUE(may_have_happened(lost.error().kind)) << name(lost.error().kind);
  EXPECT_TRUE(succeeds(acked));
  EXPECT_EQ(provider->read_history("order").value(), events(1, 1));
}

TEST(PostgresTrouble, a_waiting_fetch_outlives_the_session_that_it_listens_on) {
  // Who waits for work holds this lock of the store.
  const std::string listeners =
      " FROM pg_locks WHERE locktype = 'advisory' AND classid = 1633906545"
      " AND objid = 'instance'::regclass AND granted";
  const Store store;
  const auto worker = store.open();
  const auto sender = store.open();
  auto fetched = std::async(std::launch::async, [&] {
    return worker->fetch_turn({.poll_timeout = std::chrono::seconds(30)});
  });
  wait_until([&] { return store.run("SELECT count(*)" + listeners) == "1"; });

  EXPECT_EQ(store.run("SELECT count(pg_terminate_backend(pid))" + listeners), "1");
  sender->enqueue_message(start("order")).value();

  EXPECT_TRUE(fetched.get().value().has_value());
}

// --- Time that passes while a call waits (TIME_3)

TEST(PostgresTrouble, an_ack_that_waits_beyond_its_deadline_is_lost_and_leaves_nothing) {
  const Store store;
  const auto provider = store.open();
  create_instance(*provider, "target");
  provider->enqueue_message(start("order")).value();
  const Turn turn = take_turn(*provider, {.lock_timeout = Duration(300)});
  TurnCommit commit = commit_events({event(1)});
  commit.messages = {external("target", 1), external("nobody", 1)};
  Holder holder(store, "SELECT 1 FROM instance WHERE id = 'target' FOR UPDATE");
  auto acked =
      std::async(std::launch::async, [&] { return provider->ack_turn(turn.token, commit); });
  holder.wait_for_somebody();

  std::this_thread::sleep_for(Duration(400));
  holder.let_go();

  EXPECT_TRUE(fails_with(acked.get(), ErrorKind::lock_lost));
  EXPECT_TRUE(provider->read_history("order").value().empty());
  EXPECT_EQ(store.run("SELECT count(*) FROM instance WHERE id = 'nobody'"), "0");
}

TEST(PostgresTrouble, an_injected_clock_that_moves_on_while_an_ack_waits_is_read_again) {
  const Store store;
  const auto clock = std::make_shared<ManualClock>();
  const auto provider = store.open(clock);
  create_instance(*provider, "target");
  provider->enqueue_message(start("order")).value();
  const Turn turn = take_turn(*provider, {.lock_timeout = Duration(300)});
  TurnCommit commit = commit_events({event(1)});
  commit.messages = {external("target", 1)};
  Holder holder(store, "SELECT 1 FROM instance WHERE id = 'target' FOR UPDATE");
  auto acked =
      std::async(std::launch::async, [&] { return provider->ack_turn(turn.token, commit); });
  holder.wait_for_somebody();

  clock->advance(Duration(300));
  holder.let_go();

  EXPECT_TRUE(fails_with(acked.get(), ErrorKind::lock_lost));
  EXPECT_TRUE(provider->read_history("order").value().empty());
}

TEST(PostgresTrouble, an_injected_clock_that_never_stands_still_is_no_trouble) {
  const Store store;
  const auto provider = store.open(std::make_shared<SystemClock>());
  std::vector<std::future<void>> workers;
  for (int i = 0; i < 4; ++i) {
    workers.push_back(std::async(std::launch::async, [&, i] {
      const std::string instance = "order-" + std::to_string(i);
      for (std::uint64_t id = 1; id <= 25; ++id) {
        provider->enqueue_message(id == 1 ? start(instance) : external(instance, id)).value();
      }
    }));
  }
  for (auto& worker : workers) worker.get();

  EXPECT_EQ(drain_messages(*provider).size(), 100U);
  EXPECT_TRUE(succeeds(provider->read_queue_depths()));
}

// --- Calls that cross

// Two instances that write to each other, over and over, at the same time.
TEST(PostgresTrouble, acks_that_cross_neither_block_nor_fail_each_other) {
  constexpr std::uint64_t kRounds = 100;
  const Store store;
  const auto provider = store.open();
  create_instance(*provider, "a");
  create_instance(*provider, "b");
  const auto play = [&](const std::string& own, const std::string& other) {
    for (std::uint64_t id = 2; id <= kRounds; ++id) {
      provider->enqueue_message(external(own, id)).value();
      // Whichever of the two it gets, it writes to both.
      const auto turn = provider->fetch_turn({.lock_timeout = kLongLock}).value();
      if (!turn) continue;
      TurnCommit commit;
      commit.messages = {external(other, 1'000 + id), external(own, 2'000 + id)};
      provider->ack_turn(turn->token, commit).value();
    }
  };
  auto one = std::async(std::launch::async, play, "a", "b");
  auto two = std::async(std::launch::async, play, "b", "a");

  EXPECT_NO_THROW(one.get());
  EXPECT_NO_THROW(two.get());
}

TEST(PostgresTrouble, the_same_events_twice_at_one_instant_are_stored_once) {
  const Store store;
  const auto provider = store.open();
  provider->enqueue_message(start("order")).value();
  const Turn turn = take_turn(*provider, {.lock_timeout = kLongLock});
  TurnCommit commit;
  commit.activities = {activity("order", 1)};
  std::vector<std::future<Result<void>>> acks;
  for (int i = 0; i < 8; ++i) {
    acks.push_back(
        std::async(std::launch::async, [&] { return provider->ack_turn(turn.token, commit); }));
  }

  int succeeded = 0;
  for (auto& ack : acks) succeeded += ack.get().has_value() ? 1 : 0;
  EXPECT_EQ(succeeded, 1);
  EXPECT_EQ(drain_activities(*provider).size(), 1U);
}

}  // namespace
}  // namespace ackproof
