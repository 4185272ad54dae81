// What the scripts owe beyond what they answer: one round trip, no trace of a refused call, and
// nothing that depends on Lua's numbers or on how long a list is.
#include "reference_providers/redis/scripts.h"

#include <gtest/gtest.h>

#include <functional>

#include "reference_providers/redis/redis_provider.h"
#include "tests/redis/private_server.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

class RedisScripts : public testing::Test {
 protected:
  std::uint64_t round_trips_so_far() const {
    const std::string info = server_.text({"INFO", "stats"});
    const std::string wanted = "total_reads_processed:";
    return std::stoull(info.substr(info.find(wanted) + wanted.size()));
  }

  // How often the server had to read because of this call, but for the counting itself.
  std::uint64_t round_trips(const std::function<void()>& call) const {
    const std::uint64_t first = round_trips_so_far();
    const std::uint64_t counting = round_trips_so_far() - first;
    const std::uint64_t before = round_trips_so_far();
    call();
    return round_trips_so_far() - before - counting;
  }

  PrivateServer server_;
  std::unique_ptr<Provider> provider_ = redis::open(server_.uri(), "store", nullptr).value();
};

// The second time: at the first the server is told the script.
TEST_F(RedisScripts, a_verb_is_one_round_trip) {
  for (int n = 1; n <= 2; ++n) {
    const std::string instance = "order-" + std::to_string(n);
    std::optional<Turn> turn;
    std::optional<LockedActivity> locked;
    TurnCommit commit = commit_events(events(1, 50));
    commit.activities = {activity(instance, 1), activity(instance, 2)};
    commit.messages = {external(instance, 1), start("child-" + instance)};
    const std::vector<std::pair<const char*, std::function<void()>>> calls = {
        {"enqueue_message", [&] { provider_->enqueue_message(start(instance)).value(); }},
        {"fetch_turn", [&] { turn = take_turn(*provider_); }},
        {"renew_turn", [&] { provider_->renew_turn(turn->token, kLongLock).value(); }},
        {"ack_turn", [&] { provider_->ack_turn(turn->token, commit).value(); }},
        {"enqueue_activity", [&] { provider_->enqueue_activity(activity(instance, 3)).value(); }},
        {"fetch_activity", [&] { locked = take_activity(*provider_); }},
        {"renew_activity", [&] { provider_->renew_activity(locked->token, kLongLock).value(); }},
        {"ack_activity",
         [&] { provider_->ack_activity(locked->token, completion(locked->activity)).value(); }},
        {"read_history", [&] { provider_->read_history(instance).value(); }},
        {"read_instance", [&] { provider_->read_instance(instance).value(); }},
    };
    for (const auto& [name, call] : calls) {
      const std::uint64_t trips = round_trips(call);
      EXPECT_EQ(n == 1 ? 1U : trips, 1U) << name;
    }
    drain_messages(*provider_);
    drain_activities(*provider_);
  }
}

TEST_F(RedisScripts, a_refused_call_writes_nothing) {
  create_instance(*provider_, "order-1");
  create_instance(*provider_, "order-2");
  const Turn turn = wake(*provider_, "order-1", 1);
  provider_->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider_);
  const std::string before = server_.content();
  const LockToken none{"00000000000000000000000000000000:order-1"};
  TurnCommit commit = commit_events(events(2, 1'000));
  commit.activities = {activity("order-1", 2)};
  commit.messages = {start("order-3")};
  commit.cancelled = {key_of(locked.activity)};
  commit.values = {set_value("k", "v")};

  TurnCommit repeats = commit;
  repeats.events.push_back(event(1'000));
  EXPECT_TRUE(fails_with(provider_->ack_turn(turn.token, repeats), ErrorKind::conflict));
  TurnCommit stored = commit;
  stored.events.push_back(event(1));
  EXPECT_TRUE(fails_with(provider_->ack_turn(turn.token, stored), ErrorKind::conflict));
  TurnCommit orphan = commit;
  orphan.metadata.parent = "order-2";
  EXPECT_TRUE(fails_with(provider_->ack_turn(turn.token, orphan), ErrorKind::conflict));
  EXPECT_TRUE(fails_with(provider_->ack_turn(none, commit), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider_->ack_turn(locked.token, commit), ErrorKind::lock_lost));
  EXPECT_TRUE(
      fails_with(provider_->abandon_turn(none, {.delay = kLongLock}), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider_->renew_turn(none, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider_->ack_activity(turn.token, completion(locked.activity)),
                         ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider_->delete_instance("order-1", false), ErrorKind::conflict));
  EXPECT_TRUE(
      fails_with(provider_->delete_instances({"order-2", "nobody"}, true), ErrorKind::not_found));
  EXPECT_TRUE(fails_with(provider_->prune_instance("nobody", {}), ErrorKind::not_found));
  EXPECT_EQ(provider_->fetch_turn({.lock_timeout = kLongLock}).value(), std::nullopt);
  EXPECT_EQ(provider_->fetch_activity({.lock_timeout = kLongLock}).value(), std::nullopt);

  EXPECT_EQ(server_.content(), before);
}

// Lua's numbers are exact up to 2^53.
TEST_F(RedisScripts, neighbours_beyond_the_numbers_of_lua_are_told_apart) {
  const std::uint64_t large = kLargestId - 1;
  provider_->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*provider_);
  TurnCommit commit = commit_events({event(large), event(large + 1), event(large - 1)});
  commit.execution = large;
  commit.metadata.pinned_version = EngineVersion{large, 0, large};
  for (const std::uint64_t id : {large - 1, large, large + 1}) {
    commit.activities.push_back(activity("order-1", id));
    commit.activities.back().execution = large;
  }
  commit.cancelled = {key_of(commit.activities[1])};
  commit.messages = {external("order-1", large)};
  provider_->ack_turn(turn.token, commit).value();

  EXPECT_EQ(provider_->read_instance("order-1").value()->execution, large);
  EXPECT_EQ(provider_->read_history("order-1").value(), events(large - 1, large + 1));
  EXPECT_EQ(provider_->read_history("order-1", large - 1).value(), std::vector<Event>());
  const VersionRange below{{large - 1, 0, 0}, {large, 0, large - 1}};
  EXPECT_EQ(provider_->fetch_turn({.versions = {{below}}}).value(), std::nullopt);
  EXPECT_EQ(take_turn(*provider_).messages, std::vector{external("order-1", large)});
  EXPECT_EQ(drain_activities(*provider_),
            (std::vector{commit.activities[0], commit.activities[2]}));
}

// Lua's unpack ends at about 8,000.
TEST_F(RedisScripts, lists_of_ten_thousand_are_taken_whole) {
  constexpr std::uint64_t kMany = 10'000;
  provider_->enqueue_message(start("order-1")).value();
  TurnCommit commit = commit_events(events(1, kMany));
  for (std::uint64_t id = 1; id <= kMany; ++id) {
    commit.activities.push_back(activity("order-1", id));
    commit.messages.push_back(external("order-1", id));
    commit.values.push_back(set_value("k" + std::to_string(id), "v"));
    if (id > 1) commit.cancelled.push_back(key_of(commit.activities.back()));
  }
  provider_->ack_turn(take_turn(*provider_).token, commit).value();

  const Turn turn = take_turn(*provider_);
  EXPECT_TRUE(turn.messages == commit.messages);
  EXPECT_TRUE(turn.history == commit.events);
  provider_->ack_turn(turn.token, {}).value();
  EXPECT_EQ(provider_->fetch_turn({}).value(), std::nullopt);
  EXPECT_EQ(drain_activities(*provider_), std::vector{commit.activities[0]});
  EXPECT_EQ(provider_->read_values("order-1").value().size(), kMany);
}

// A script that fails in the middle would leave half of its work. None of them ever fails.
TEST_F(RedisScripts, no_command_of_a_script_fails_in_a_busy_life) {
  server_.ask({"CONFIG", "RESETSTAT"});
  for (int n = 0; n < 20; ++n) {
    const std::string root = "root-" + std::to_string(n);
    finish_instance(*provider_, root);
    finish_instance(*provider_, "child-" + root, Status::failed, root);
    provider_->enqueue_activity(bound(root, 1, "s")).value();
    provider_->fetch_activity({.session = SessionClaim{"ann", Duration(1)}}).value();
    continue_as_new(*provider_, root, 1);
    provider_->prune_instance(root, {}).value();
    provider_->renew_sessions({.owners = {"ann"}}).value();
    provider_->cleanup_sessions().value();
    provider_->read_queue_depths().value();
    provider_->delete_instance(root, true).value();
  }
  std::istringstream lines(server_.text({"INFO", "commandstats"}));
  for (std::string line; std::getline(lines, line);) {
    // Before a server knows a script it answers NOSCRIPT.
    if (line.rfind("cmdstat_", 0) != 0 || line.rfind("cmdstat_evalsha", 0) == 0) continue;
    EXPECT_NE(line.find("rejected_calls=0,failed_calls=0"), std::string::npos) << line;
  }
}

TEST(RedisScriptTexts, a_snippet_that_is_not_there_is_an_error) {
  using redis::Scripts;
  EXPECT_THROW(Scripts::with({{"ack_turn", "no such snippet", ""}}), std::logic_error);
  EXPECT_THROW(Scripts::with({{"no_such_file", "local", ""}}), std::logic_error);
  const auto changed = Scripts::with({{"store", "local OK = {'ok'}", "local OK = {'busy'}"}});
  EXPECT_NE((*changed)["ack_turn"].text().find("{'busy'}"), std::string::npos);
}

}  // namespace
}  // namespace ackproof
