// What a verb costs on the way to the server, and what comes of a reply that is lost on the way back.
#include <gtest/gtest.h>

#include "tests/postgres/relay.h"
#include "tests/postgres/store.h"
#include "validations/build.h"
#include "validations/expect.h"

namespace ackproof {
namespace {

class PostgresTraffic : public testing::Test {
 public:
  PostgresTraffic()
      : relay_(shared_server().folder()),
        provider_(store_.open(nullptr, "host=" + relay_.folder().string())) {}

  // The round trips of one call.
  template <class Call>
  int trips(const Call& call) {
    const int before = relay_.round_trips();
    call();
    return relay_.round_trips() - before;
  }

 protected:
  const Store store_;
  Relay relay_;
  const std::unique_ptr<Provider> provider_;
};

TurnCommit commit_of_everything(std::uint64_t event_id) {
  TurnCommit commit = commit_events({event(event_id)});
  commit.activities = {activity("order", event_id), activity("order", 1'000)};
  commit.cancelled = {{"order", 1, 1'000}};
  commit.messages = {external("order", 1), start("other")};
  commit.metadata.status = Status::running;
  commit.custom_status = {{"on its way"}};
  commit.values = {set_value("total", "12")};
  return commit;
}

TEST_F(PostgresTraffic, every_verb_is_one_round_trip) {
  Provider& provider = *provider_;
  int trips_of[10] = {};
  for (std::uint64_t round = 1; round <= 2; ++round) {  // The first one prepares the statements.
    trips_of[0] = trips([&] { provider.enqueue_message(start("order")).value(); });
    std::optional<Turn> turn;
    trips_of[1] = trips([&] { turn = provider.fetch_turn({}).value(); });
    trips_of[2] = trips([&] { provider.renew_turn(turn->token, kLongLock).value(); });
    trips_of[3] =
        trips([&] { provider.ack_turn(turn->token, commit_of_everything(round)).value(); });
    std::optional<LockedActivity> work;
    trips_of[4] = trips([&] { work = provider.fetch_activity({}).value(); });
    trips_of[5] = trips([&] { provider.renew_activity(work->token, kLongLock).value(); });
    trips_of[6] =
        trips([&] { provider.ack_activity(work->token, completion(work->activity)).value(); });
    turn = provider.fetch_turn({}).value();
    trips_of[7] = trips([&] { provider.abandon_turn(turn->token).value(); });
    trips_of[8] = trips([&] { provider.read_history("order").value(); });
    trips_of[9] = trips([&] { provider.read_values("order").value(); });
  }

  for (const int n : trips_of) EXPECT_EQ(n, 1) << &n - trips_of;
}

TEST_F(PostgresTraffic, an_enqueue_whose_reply_is_lost_may_have_happened_and_did_once) {
  provider_->enqueue_message(start("order")).value();
  relay_.lose_next_reply();

  const auto sent = provider_->enqueue_message(external("order", 1));

  EXPECT_TRUE(fails_with(sent, ErrorKind::unknown_outcome));
  EXPECT_EQ(drain_messages(*store_.open()), (std::vector{start("order"), external("order", 1)}));
  EXPECT_TRUE(succeeds(provider_->enqueue_message(external("order", 2))));
}

TEST_F(PostgresTraffic, an_ack_whose_reply_is_lost_may_be_repeated_and_counts_once) {
  provider_->enqueue_message(start("order")).value();
  const Turn turn = take_turn(*provider_);
  provider_->renew_turn(turn.token, kLongLock).value();
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order", 1)};
  relay_.lose_next_reply();  // That of the preparation.
  const auto first = provider_->ack_turn(turn.token, commit);
  EXPECT_TRUE(fails_with(first, ErrorKind::unknown_outcome));
  store_.open()->read_history("order").value();
  provider_->ack_turn(turn.token, commit).value();
  provider_->enqueue_message(external("order", 1)).value();
  const Turn next = take_turn(*provider_);
  relay_.lose_next_reply();

  const auto lost = provider_->ack_turn(next.token, commit_events({event(2)}));
  const auto again = provider_->ack_turn(next.token, commit_events({event(2)}));

  EXPECT_TRUE(fails_with(lost, ErrorKind::unknown_outcome));
  EXPECT_TRUE(fails_with(again, ErrorKind::lock_lost));
  EXPECT_EQ(provider_->read_history("order").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider_), std::vector{activity("order", 1)});
}

TEST_F(PostgresTraffic, a_read_whose_reply_is_lost_is_busy) {
  provider_->read_history("order").value();
  relay_.lose_next_reply();

  const auto read = provider_->read_history("order");

  EXPECT_TRUE(fails_with(read, ErrorKind::busy));
}

}  // namespace
}  // namespace ackproof
