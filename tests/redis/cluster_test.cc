// The core profile on a cluster of three masters, through the address of one, which has a third of the
// stores. Each validation is a process of its own, as for the command line.
#include <gtest/gtest.h>

#include "harness/runner/runner.h"
#include "harness/servers/redis_cluster.h"
#include "reference_providers/redis/address.h"
#include "reference_providers/redis/redis_provider.h"
#include "tests/redis/private_server.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

const Registry& registry() {
  static const Registry made{{redis::factory()}, {}};
  return made;
}

constexpr std::size_t kSlots = 16'384;

servers::RedisCluster& cluster() {
  static servers::RedisCluster the_cluster = servers::RedisCluster::start().value();
  return the_cluster;
}

// The masters have equal shares of the slots, in their order; so this one is `steps` behind the owner.
std::string master_of(std::size_t slot, std::size_t steps = 0) {
  std::vector<servers::Server>& masters = cluster().masters();
  return masters[(slot * masters.size() / kSlots + steps) % masters.size()].uri();
}

std::int64_t number(const std::string& uri, const std::vector<std::string>& words) {
  return ask_server(uri, words).value().integer();
}

// The slot of a store.
std::size_t slot_of(const std::string& prefix) {
  return static_cast<std::size_t>(
      number(cluster().uri(), {"CLUSTER", "KEYSLOT", "{" + prefix + "}"}));
}

TEST(RedisCluster, passes_the_core_profile) {
  Orders orders;
  orders.provider = "redis";
  orders.uri = cluster().uri();
  orders.selection.profiles = {"core"};
  orders.selection.seed = 1;
  orders.selection.sequences = 100;
  orders.jobs = 2;
  const ackproof::Run run = carry_out(registry(), orders, {}).value();

  std::size_t passed = 0;
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.outcome == Outcome::passed) ++passed;
    EXPECT_TRUE(verdict.outcome == Outcome::passed || verdict.outcome == Outcome::not_applicable)
        << verdict.validation << " " << name(verdict.outcome) << " " << verdict.reason;
  }
  EXPECT_GT(passed, 500U);
  for (const servers::Server& master : cluster().masters()) {
    EXPECT_EQ(number(master.uri(), {"DBSIZE"}), 0) << "stores were left behind";
  }
}

TEST(RedisCluster, all_keys_of_a_store_are_in_one_slot) {
  const std::size_t slot = slot_of("one");
  const std::string bystander = master_of(slot, 1);
  const auto provider = redis::open(bystander, "one", nullptr).value();
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "{other}", Status::failed, "order-1");
  provider->enqueue_activity(bound("}{order-3", 1, "{s}")).value();
  provider->fetch_activity({.session = SessionClaim{"{ann}", kLongLock}}).value();

  const std::string owner = master_of(slot);
  const auto all = number(owner, {"DBSIZE"});
  EXPECT_GT(all, 10);
  EXPECT_EQ(number(owner, {"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)}), all);
  EXPECT_TRUE(succeeds(redis::remove(bystander, "one")));
  EXPECT_EQ(number(owner, {"DBSIZE"}), 0);
}

// Half of the store here and half of it there is no store: until the move is done, all is busy.
TEST(RedisCluster, a_store_that_is_being_moved_is_busy_and_then_found_at_its_new_place) {
  const std::size_t number_of_slot = slot_of("moving");
  const std::string slot = std::to_string(number_of_slot);
  const std::string from = master_of(number_of_slot);
  const std::string to = master_of(number_of_slot, 1);
  const std::string bystander = master_of(number_of_slot, 2);
  const auto provider = redis::open(bystander, "moving", nullptr).value();
  create_instance(*provider, "order-1");
  const std::string from_id = ask_server(from, {"CLUSTER", "MYID"}).value().text();
  const std::string to_id = ask_server(to, {"CLUSTER", "MYID"}).value().text();
  ask_server(to, {"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
  ask_server(from, {"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});

  EXPECT_TRUE(fails_with(provider->enqueue_message(external("order-1", 1)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::busy));
  const redis::Reply keys = ask_server(from, {"CLUSTER", "GETKEYSINSLOT", slot, "1000"});
  ASSERT_GT(keys.value().size(), 3U);
  std::vector<std::string> move = {
      "MIGRATE", "127.0.0.1", std::to_string(redis::parse_address(to).port), "", "0",
      "5000",    "KEYS"};
  const std::size_t half = keys.value().size() / 2;
  for (std::size_t i = 0; i < half; ++i) move.push_back(keys[i].text());
  ask_server(from, move);
  EXPECT_TRUE(fails_with(provider->enqueue_message(external("order-1", 1)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->fetch_turn({}), ErrorKind::busy));

  move.resize(7);
  for (std::size_t i = half; i < keys.value().size(); ++i) move.push_back(keys[i].text());
  ask_server(from, move);
  ask_server(to, {"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  ask_server(from, {"CLUSTER", "SETSLOT", slot, "NODE", to_id});

  EXPECT_TRUE(succeeds(provider->enqueue_message(external("order-1", 1))));
  EXPECT_EQ(take_turn(*provider).history, std::vector{event(1)});
  EXPECT_GT(number(to, {"CLUSTER", "COUNTKEYSINSLOT", slot}), 0);
  EXPECT_TRUE(succeeds(redis::remove(bystander, "moving")));
}

}  // namespace
}  // namespace ackproof

int main(int argc, char** argv) {
  if (const int code = ackproof::child_main(argc, argv, ackproof::registry()); code >= 0) {
    return code;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
