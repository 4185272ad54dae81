// Servers that forget, die, freeze, are full or serve somebody else: what a call answers then, that
// the handle works again afterwards, and that nothing is ever half done.
#include <gtest/gtest.h>

#include <thread>

#include "reference_providers/redis/errors.h"
#include "reference_providers/redis/redis_provider.h"
#include "tests/redis/private_server.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

constexpr Duration kAWhile{20'000};

std::vector<std::string> durable() { return {"--appendonly", "yes", "--appendfsync", "always"}; }

std::unique_ptr<Provider> opened(const PrivateServer& server) {
  return redis::open(server.uri(), "store", nullptr).value();
}

template <class T>
bool is_retryable(const Result<T>& result) {
  return !result && (result.error().kind == ErrorKind::busy ||
                     result.error().kind == ErrorKind::unknown_outcome);
}

// Asks again until it is answered.
template <class Call>
auto at_last(const Call& call) {
  const auto late = std::chrono::steady_clock::now() + kAWhile;
  auto result = call();
  while (is_retryable(result) && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(Duration(20));
    result = call();
  }
  return result;
}

TEST(RedisTrouble, scripts_that_the_server_forgot_are_sent_again) {
  const PrivateServer server;
  const auto provider = opened(server);
  const auto forget = [&] { server.ask({"SCRIPT", "FLUSH"}); };
  for (int round = 0; round < 2; ++round) {  // In the first the handle learns, too.
    const std::string instance = "order-" + std::to_string(round);
    forget();
    provider->enqueue_message(start(instance)).value();
    forget();
    const Turn turn = take_turn(*provider);
    TurnCommit commit = commit_events({event(1)});
    commit.activities = {activity(instance, 1)};
    forget();
    provider->ack_turn(turn.token, commit).value();
    forget();
    const LockedActivity locked = take_activity(*provider);
    forget();
    provider->ack_activity(locked.token, std::nullopt).value();
    forget();
    EXPECT_EQ(provider->read_history(instance).value(), std::vector{event(1)});
  }
}

TEST(RedisTrouble, a_server_that_is_started_again_has_everything_and_is_used_again) {
  PrivateServer server(durable());
  const auto provider = opened(server);
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);

  server.kill();
  const auto dead = provider->ack_turn(turn.token, commit_events({event(2)}));
  EXPECT_TRUE(is_retryable(dead)) << dead.error().message;
  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->fetch_turn({.poll_timeout = kLongLock}), ErrorKind::busy));
  server.start();

  EXPECT_TRUE(
      succeeds(at_last([&] { return provider->ack_turn(turn.token, commit_events({event(2)})); })));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
}

// The connection is dead before the call is sent, and that can be seen.
TEST(RedisTrouble, a_call_that_finds_the_server_gone_is_busy_and_not_unknown) {
  PrivateServer server(durable());
  const auto provider = opened(server);
  provider->enqueue_message(start("order-1")).value();
  server.kill();
  EXPECT_TRUE(fails_with(provider->enqueue_message(start("order-2")), ErrorKind::busy));
  server.start();
  EXPECT_TRUE(succeeds(provider->enqueue_message(start("order-3"))));

  std::vector<Message> all = drain_messages(*provider);
  EXPECT_EQ(all, (std::vector{start("order-1"), start("order-3")}));
}

TEST(RedisTrouble, a_waiting_fetch_finds_what_arrives_after_the_server_was_started_again) {
  PrivateServer server(durable());
  const auto worker = opened(server);
  const auto sender = opened(server);
  std::optional<Turn> turn;
  std::thread waiting([&] {
    turn = at_last([&] {
             return worker->fetch_turn({.lock_timeout = kLongLock, .poll_timeout = kAWhile});
           }).value();
  });
  std::this_thread::sleep_for(Duration(200));
  server.kill();
  server.start();
  EXPECT_TRUE(succeeds(at_last([&] { return sender->enqueue_message(start("order-1")); })));
  const auto sent = std::chrono::steady_clock::now();
  waiting.join();

  ASSERT_TRUE(turn.has_value());
  EXPECT_EQ(turn->instance, "order-1");
  EXPECT_LT(std::chrono::steady_clock::now() - sent, Duration(5'000));
}

TEST(RedisTrouble, a_call_without_an_answer_is_unknown_and_its_late_answer_is_nobody_elses) {
  PrivateServer server;
  const auto provider = opened(server);
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  server.freeze();

  const auto called = std::chrono::steady_clock::now();
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(2)})),
                         ErrorKind::unknown_outcome));
  EXPECT_LT(std::chrono::steady_clock::now() - called,
            provider->describe().capabilities.call_limit);
  server.unfreeze();

  // What was asked for came through, and each later question has its own answer.
  EXPECT_EQ(at_last([&] { return provider->read_history("order-1"); }).value(), events(1, 2));
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, {}), ErrorKind::lock_lost));
  EXPECT_EQ(provider->read_instance("order-1").value()->instance, "order-1");
}

TEST(RedisTrouble, a_full_server_is_busy_and_nothing_is_half_done) {
  const PrivateServer server;
  const auto provider = opened(server);
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);
  provider->enqueue_activity(activity("order-1", 2)).value();
  provider->enqueue_message(start("order-2")).value();
  const std::string before = server.content();
  server.ask({"CONFIG", "SET", "maxmemory", "1"});

  TurnCommit commit = commit_events({event(2)});
  commit.messages = {start("order-3")};
  commit.activities = {activity("order-1", 3)};
  EXPECT_TRUE(fails_with(provider->enqueue_message(start("order-4")), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->enqueue_activity(activity("order-1", 4)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::busy));
  EXPECT_EQ(server.content(), before);
  EXPECT_EQ(provider->read_history("order-1").value(), std::vector{event(1)});
  EXPECT_TRUE(succeeds(provider->delete_instance("order-2", true))) << "nobody can make room";

  server.ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));
  EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, std::nullopt)));
}

// Some verbs begin by removing something, for which there is always memory; they go on to the end.
TEST(RedisTrouble, on_a_full_server_every_verb_does_all_or_nothing) {
  const PrivateServer server;
  const auto provider = opened(server);
  create_instance(*provider, "order-1");
  Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_message(start("order-2")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  LockedActivity locked = take_activity(*provider);
  server.ask({"CONFIG", "SET", "maxmemory", "1"});
  const bool is_abandoned = provider->abandon_turn(turn.token).has_value();
  const bool is_acked =
      provider->ack_activity(locked.token, completion(locked.activity)).has_value();
  const auto fetched = provider->fetch_activity({.lock_timeout = kLongLock});
  server.ask({"CONFIG", "SET", "maxmemory", "0"});

  EXPECT_EQ(provider->abandon_turn(turn.token).has_value(), !is_abandoned);
  EXPECT_EQ(provider->ack_activity(locked.token, completion(locked.activity)).has_value(),
            !is_acked);
  EXPECT_EQ(provider->fetch_activity({.lock_timeout = kLongLock}).value().has_value(),
            !fetched.has_value());
  const std::vector<Message> sent = {external("order-1", 1), completion(locked.activity)};
  EXPECT_EQ(sent_to("order-1", drain_messages(*provider)), sent);
}

TEST(RedisTrouble, a_server_that_is_a_replica_is_busy_for_reading_too) {
  const PrivateServer primary;
  const PrivateServer server;
  const auto provider = opened(server);
  create_instance(*provider, "order-1");

  server.ask({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});

  EXPECT_TRUE(fails_with(provider->enqueue_message(start("order-2")), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->read_totals(), ErrorKind::busy));
  EXPECT_TRUE(fails_with(redis::open(server.uri(), "store", nullptr), ErrorKind::busy));
}

TEST(RedisTrouble, a_server_that_works_on_a_long_script_is_busy) {
  const PrivateServer server({"--busy-reply-threshold", "50"});
  const auto provider = opened(server);
  std::thread hog([&] {
    try {
      server.ask({"EVAL", "while true do end", "0"});
    } catch (const std::exception&) {
      // It is killed.
    }
  });
  Result<void> answer;
  for (int n = 0; n < 200 && answer; ++n) {
    std::this_thread::sleep_for(Duration(10));
    answer = provider->enqueue_message(external("order-1", 1));
  }
  EXPECT_TRUE(fails_with(answer, ErrorKind::busy));
  server.ask({"SCRIPT", "KILL"});
  hog.join();
  EXPECT_TRUE(succeeds(provider->enqueue_message(start("order-1"))));
}

TEST(RedisTrouble, what_servers_say_has_the_kind_that_it_means) {
  const auto kind = [](const char* reply) { return redis::refusal_of(reply).kind(); };
  for (const char* reply :
       {"BUSY Redis is busy running a script.", "LOADING Redis is loading the dataset in memory",
        "OOM command not allowed when used memory > 'maxmemory'. script: 12, on @user_script:1.",
        "READONLY You can't write against a read only replica.",
        "MASTERDOWN Link with MASTER is down", "MISCONF Redis is configured to save RDB snapshots",
        "ASK 3999 127.0.0.1:6381", "TRYAGAIN Multiple keys request during rehashing of slot",
        "CLUSTERDOWN The cluster is down", "NOREPLICAS Not enough good replicas to write.",
        "ERR max number of clients reached",
        "ERR Error running script (call to f_1): "
        "@user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
        "ERR Error running script: Script killed by user with SCRIPT KILL."}) {
    EXPECT_EQ(kind(reply), ErrorKind::busy) << reply;
  }
  EXPECT_EQ(kind("WRONGTYPE Operation against a key"), ErrorKind::corrupt);
  EXPECT_EQ(kind("WRONGPASS invalid username-password pair"), ErrorKind::invalid);
  EXPECT_EQ(kind("NOPERM this user has no permissions"), ErrorKind::internal);
  EXPECT_EQ(kind("ERR user_script:1: attempt to index a nil value"), ErrorKind::internal);
}

}  // namespace
}  // namespace ackproof
