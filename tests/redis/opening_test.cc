// What a store on Redis demands of its server before it opens, what it promises then, and what it
// leaves behind.
#include <gtest/gtest.h>

#include <future>

#include "reference_providers/redis/redis_provider.h"
#include "tests/redis/private_server.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

using redis::open;

class RedisOpening : public testing::Test {
 protected:
  static std::unique_ptr<Provider> opened(const PrivateServer& server) {
    return open(server.uri(), "store", nullptr).value();
  }
  static Durability durability_with(const std::vector<std::string>& options) {
    const PrivateServer server(options);
    return opened(server)->describe().capabilities.durability;
  }
};

TEST_F(RedisOpening, both_kinds_of_address_lead_to_one_store) {
  const PrivateServer server;
  opened(server)->enqueue_message(start("order-1")).value();

  const auto other = open(server.socket_uri(), "store", nullptr).value();

  EXPECT_EQ(take_turn(*other).messages, std::vector{start("order-1")});
  EXPECT_EQ(open(server.uri() + "/1", "store", nullptr).value()->fetch_turn({}).value(),
            std::nullopt);
}

TEST_F(RedisOpening, a_server_that_may_throw_keys_away_is_refused) {
  const PrivateServer server({"--maxmemory-policy", "allkeys-lru"});
  const auto refused = open(server.uri(), "store", nullptr);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  EXPECT_NE(refused.error().message.find("allkeys-lru"), std::string::npos);
  EXPECT_EQ(server.ask({"DBSIZE"}).value().integer(), 0) << "a refused store was created";

  // Nobody can vouch against what the server says itself.
  EXPECT_EQ(open(server.uri() + "?noeviction=vouched", "store", nullptr).error().kind,
            ErrorKind::unsupported);
}

TEST_F(RedisOpening, where_the_policy_is_hidden_the_user_has_to_vouch_for_it) {
  const PrivateServer server({"--appendonly", "yes"});
  server.ask({"ACL", "SETUSER", "ann", "on", ">secret", "~*", "&*", "+@all", "-config"});
  const auto refused = open(server.uri_of("ann", "secret"), "store", nullptr);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  EXPECT_NE(refused.error().message.find("noeviction=vouched"), std::string::npos);

  const auto vouched =
      open(server.uri_of("ann", "secret") + "?noeviction=vouched", "store", nullptr).value();
  vouched->enqueue_message(start("order-1")).value();
  EXPECT_EQ(vouched->describe().capabilities.durability, Durability::process_crash);
}

TEST_F(RedisOpening, a_user_who_may_not_do_what_the_scripts_do_is_refused_at_once) {
  const PrivateServer server;
  for (const char* forbidden : {"-zadd", "-unlink", "-publish", "-time", "-zrangebylex"}) {
    server.ask({"ACL", "SETUSER", "ann", "reset", "on", ">secret", "~*", "&*", "+@all", forbidden});
    EXPECT_FALSE(open(server.uri_of("ann", "secret"), "store", nullptr).has_value()) << forbidden;
  }
  server.ask(
      {"ACL", "SETUSER", "ann", "reset", "on", ">secret", "~{store}*", "&{store}*", "+@all"});
  EXPECT_TRUE(open(server.uri_of("ann", "secret"), "store", nullptr).has_value());
  EXPECT_FALSE(open(server.uri_of("ann", "secret"), "another", nullptr).has_value());
}

TEST_F(RedisOpening, a_wrong_password_is_invalid_and_not_repeated) {
  const PrivateServer server;
  server.ask({"ACL", "SETUSER", "ann", "on", ">secret", "~*", "&*", "+@all"});
  const auto refused = open(server.uri_of("ann", "hunter2"), "store", nullptr);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().message.find("hunter2"), std::string::npos);
}

TEST_F(RedisOpening, durability_is_what_the_server_is_set_to) {
  EXPECT_EQ(durability_with({"--appendonly", "yes", "--appendfsync", "always"}),
            Durability::power_loss);
  EXPECT_EQ(durability_with({"--appendonly", "yes", "--appendfsync", "everysec"}),
            Durability::process_crash);
  EXPECT_EQ(durability_with({"--appendonly", "yes", "--appendfsync", "no"}),
            Durability::process_crash);
  EXPECT_EQ(durability_with({"--appendonly", "yes", "--appendfsync", "always",
                             "--no-appendfsync-on-rewrite", "yes"}),
            Durability::process_crash);
  EXPECT_EQ(durability_with({"--appendonly", "no"}), Durability::is_volatile);
}

TEST_F(RedisOpening, replicas_are_told_of) {
  const PrivateServer primary;
  EXPECT_EQ(opened(primary)->describe().store_version.find("failover"), std::string::npos);
  const PrivateServer replica({"--replicaof", "127.0.0.1 " + std::to_string(primary.port())});
  for (int n = 0; n < 1000; ++n) {
    if (opened(primary)->describe().store_version.find("failover") != std::string::npos) return;
    std::this_thread::sleep_for(Duration(10));
  }
  FAIL() << "the replica is not told of";
}

TEST_F(RedisOpening, a_newer_store_is_refused_and_stays_as_it_is) {
  const PrivateServer server;
  opened(server)->enqueue_message(start("order-1")).value();
  server.ask({"HSET", "{store}:store", "format", "2"});
  const std::string before = server.content();

  const auto refused = open(server.uri(), "store", nullptr);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(server.content(), before);
}

TEST_F(RedisOpening, many_may_open_an_empty_store_at_once) {
  const PrivateServer server;
  std::vector<std::future<bool>> openers;
  for (int n = 0; n < 8; ++n) {
    openers.push_back(std::async(std::launch::async, [&server, n] {
      return opened(server)->enqueue_message(start("order-" + std::to_string(n))).has_value();
    }));
  }
  for (auto& opener : openers) EXPECT_TRUE(opener.get());
  EXPECT_EQ(drain_messages(*opened(server)).size(), 8U);
}

TEST_F(RedisOpening, a_removed_store_leaves_no_key_and_touches_no_other) {
  const PrivateServer server;
  // Names that a careless pattern or an unfinished tag would take for the store's.
  for (const char* foreign : {"{store}", "{store}1:store", "{storey}:store", "store", "{store}x",
                              "x{store}:store", "{st*re}:a", "{stare}:a"}) {
    server.ask({"SET", foreign, "1"});
  }
  open(server.uri(), "stor", nullptr).value()->enqueue_message(start("order-1")).value();
  const std::string before = server.content();
  {
    const auto provider = opened(server);
    for (std::uint64_t id = 1; id <= 3'000; ++id) {
      provider->enqueue_activity(activity("order-" + std::to_string(id), id)).value();
    }
    finish_instance(*provider, "order-1");
    finish_instance(*provider, "order-2", Status::failed, "order-1");
    const Message glob = start("*");
    provider->enqueue_message(glob).value();
  }
  EXPECT_NE(server.content(), before);

  EXPECT_TRUE(succeeds(redis::remove(server.uri(), "store")));

  EXPECT_EQ(server.content(), before);
}

TEST_F(RedisOpening, a_prefix_is_no_pattern) {
  const PrivateServer server;
  opened(server)->enqueue_message(start("order-1")).value();
  const std::string before = server.content();
  for (const char* prefix : {"st?re", "*", "[s]tore", "s\\tore", "stor[a-z]"}) {
    open(server.uri(), prefix, nullptr).value()->enqueue_message(start("order-1")).value();
    redis::remove(server.uri(), prefix).value();
    EXPECT_EQ(server.content(), before) << prefix;
  }
}

}  // namespace
}  // namespace ackproof
