// The core profile on a cluster of three masters, through the address of one that does not have the
// stores. Each validation is a process of its own, as for the command line.
#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "harness/runner/runner.h"
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

constexpr int kSlots = 16'384;

// Three masters, of which the first has no slot at all.
class Cluster {
 public:
  Cluster() {
    for (PrivateServer* node : {&two_, &three_}) {
      one_.ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(node->port())});
    }
    two_.ask({"CLUSTER", "ADDSLOTSRANGE", "0", "8000"});
    three_.ask({"CLUSTER", "ADDSLOTSRANGE", "8001", std::to_string(kSlots - 1)});
    for (PrivateServer* node : {&one_, &two_, &three_}) await(*node);
  }

  PrivateServer& bystander() { return one_; }
  PrivateServer& owner_of(int slot) { return slot <= 8000 ? two_ : three_; }
  PrivateServer& other_than(int slot) { return slot <= 8000 ? three_ : two_; }

 private:
  static void await(const PrivateServer& node) {
    for (int n = 0; n < 1'000; ++n) {
      const std::string info = node.text({"CLUSTER", "INFO"});
      if (info.find("cluster_state:ok") != std::string::npos &&
          info.find("cluster_known_nodes:3") != std::string::npos) {
        return;
      }
      std::this_thread::sleep_for(Duration(20));
    }
    throw std::runtime_error("the cluster does not come together");
  }

  const std::vector<std::string> options_ = {"--cluster-enabled", "yes", "--cluster-node-timeout",
                                             "5000"};
  PrivateServer one_{options_};
  PrivateServer two_{options_};
  PrivateServer three_{options_};
};

Cluster& cluster() {
  static Cluster the_cluster;
  return the_cluster;
}

TEST(RedisCluster, passes_the_core_profile) {
  Orders orders;
  orders.provider = "redis";
  orders.uri = cluster().bystander().uri();
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
  for (PrivateServer* node : {&cluster().owner_of(0), &cluster().owner_of(kSlots - 1)}) {
    EXPECT_EQ(node->ask({"DBSIZE"}).value().integer(), 0) << "stores were left behind";
  }
}

TEST(RedisCluster, all_keys_of_a_store_are_in_one_slot) {
  const auto provider = redis::open(cluster().bystander().uri(), "one", nullptr).value();
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "{other}", Status::failed, "order-1");
  provider->enqueue_activity(bound("}{order-3", 1, "{s}")).value();
  provider->fetch_activity({.session = SessionClaim{"{ann}", kLongLock}}).value();

  const int slot = static_cast<int>(
      cluster().bystander().ask({"CLUSTER", "KEYSLOT", "{one}"}).value().integer());
  PrivateServer& owner = cluster().owner_of(slot);
  const auto all = owner.ask({"DBSIZE"}).value().integer();
  EXPECT_GT(all, 10);
  EXPECT_EQ(owner.ask({"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)}).value().integer(), all);
  EXPECT_TRUE(succeeds(redis::remove(cluster().bystander().uri(), "one")));
  EXPECT_EQ(owner.ask({"DBSIZE"}).value().integer(), 0);
}

// Half of the store here and half of it there is no store: until the move is done, all is busy.
TEST(RedisCluster, a_store_that_is_being_moved_is_busy_and_then_found_at_its_new_place) {
  const auto provider = redis::open(cluster().bystander().uri(), "moving", nullptr).value();
  create_instance(*provider, "order-1");
  const std::string slot = std::to_string(
      cluster().bystander().ask({"CLUSTER", "KEYSLOT", "{moving}"}).value().integer());
  PrivateServer& from = cluster().owner_of(std::stoi(slot));
  PrivateServer& to = cluster().other_than(std::stoi(slot));
  const std::string from_id = from.text({"CLUSTER", "MYID"});
  const std::string to_id = to.text({"CLUSTER", "MYID"});
  to.ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
  from.ask({"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});

  EXPECT_TRUE(fails_with(provider->enqueue_message(external("order-1", 1)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::busy));
  const redis::Reply keys = from.ask({"CLUSTER", "GETKEYSINSLOT", slot, "1000"});
  ASSERT_GT(keys.value().size(), 3U);
  std::vector<std::string> move = {"MIGRATE", "127.0.0.1", std::to_string(to.port()), "", "0",
                                   "5000",    "KEYS"};
  const std::size_t half = keys.value().size() / 2;
  for (std::size_t i = 0; i < half; ++i) move.push_back(keys[i].text());
  from.ask(move);
  EXPECT_TRUE(fails_with(provider->enqueue_message(external("order-1", 1)), ErrorKind::busy));
  EXPECT_TRUE(fails_with(provider->fetch_turn({}), ErrorKind::busy));

  move.resize(7);
  for (std::size_t i = half; i < keys.value().size(); ++i) move.push_back(keys[i].text());
  from.ask(move);
  to.ask({"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  from.ask({"CLUSTER", "SETSLOT", slot, "NODE", to_id});

  EXPECT_TRUE(succeeds(provider->enqueue_message(external("order-1", 1))));
  EXPECT_EQ(take_turn(*provider).history, std::vector{event(1)});
  EXPECT_GT(to.ask({"CLUSTER", "COUNTKEYSINSLOT", slot}).value().integer(), 0);
  EXPECT_TRUE(succeeds(redis::remove(cluster().bystander().uri(), "moving")));
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
