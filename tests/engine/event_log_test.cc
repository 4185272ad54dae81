// That a state rebuilt from a snapshot is the one rebuilt from the start, whoever wrote what when.
#include "engine/event_log.h"

#include <gtest/gtest.h>

#include "reference_providers/all.h"
#include "tests/engine/failing_store.h"
#include "tests/support/stores.h"

namespace ackproof::engine {
namespace {

using testing_support::chosen;
using testing_support::Place;
using testing_support::Store;

struct Account {
  std::int64_t balance = 0;
  std::vector<std::string> currencies;
  bool operator==(const Account&) const = default;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Account, balance, currencies)

void apply(Account& account, const Fact& fact) {
  if (fact.type == "Paid") {
    account.balance += fact.data.at("amount").get<std::int64_t>();
    account.currencies.push_back(fact.data.value("currency", "none"));
  }
}

Fact paid(int amount, const char* currency = "EUR") {
  Fact fact("Paid", {{"amount", amount}, {"currency", currency}});
  fact.category = "money";
  fact.at = Time(std::chrono::milliseconds(1'000 + amount));
  fact.attributes = {{"teller", "ann"}};
  fact.trace_id = "trace-" + std::to_string(amount);
  return fact;
}

class EventSourcing : public testing::TestWithParam<const char*> {
 protected:
  EventLog<Account> log(EventLogSettings settings = {}) {
    return EventLog<Account>(store_, "account-1", apply, std::move(settings));
  }
  // Appends payments of 1 to n, one by one.
  void pay(EventLog<Account>& log, int n) {
    EventLog<Account>::At at = log.load().value();
    for (int i = 1; i <= n; ++i) log.append(at, {paid(i)}).value();
  }

  Place place_{chosen(reference_providers(), {GetParam()}).front()};
  Store holder_{place_};
  FailingStore store_{place_.factory().open(holder_.scope()).value()};
};

TEST_P(EventSourcing, facts_come_back_as_they_were) {
  FactStream stream(store_, "account-1", {});
  ASSERT_TRUE(stream.append(1, {paid(5), paid(6)}));

  const std::vector<Fact> facts = stream.read(2).value();

  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].id, 2U);
  EXPECT_EQ(facts[0].category, "money");
  EXPECT_EQ(facts[0].at, paid(6).at);
  EXPECT_EQ(facts[0].attributes, paid(6).attributes);
  EXPECT_EQ(facts[0].trace_id, "trace-6");
  EXPECT_EQ(facts[0].data, paid(6).data);
}

TEST_P(EventSourcing, a_state_from_the_latest_snapshot_is_that_from_the_start) {
  EventLog<Account> payments = log();
  pay(payments, 250);

  EXPECT_EQ(store_.read_snapshot("account-1").value()->event_id, 200U) << "every 100";
  const auto loaded = payments.load().value();
  EXPECT_EQ(loaded.state, payments.replay().value().state);
  EXPECT_EQ(loaded.event_id, 250U);
  EXPECT_EQ(loaded.state.balance, 250 * 251 / 2);
}

TEST_P(EventSourcing, a_snapshot_saves_reading_what_it_holds) {
  EventLog<Account> payments = log({.snapshot_every = 10});
  pay(payments, 10);
  // A snapshot that says otherwise than the events shows who is asked.
  FactStream stream(store_, "account-1", {});
  ASSERT_TRUE(stream.put_snapshot({10, {{"balance", 1'000}, {"currencies", Value::array()}}}));

  EXPECT_EQ(payments.load().value().state.balance, 1'000);
  EXPECT_EQ(payments.replay().value().state.balance, 55);
}

TEST_P(EventSourcing, a_snapshot_is_taken_when_an_append_passes_the_mark) {
  EventLog<Account> payments = log({.snapshot_every = 4});
  EventLog<Account>::At at;
  ASSERT_TRUE(payments.append(at, {paid(1), paid(2), paid(3)}));
  EXPECT_FALSE(store_.read_snapshot("account-1").value());

  ASSERT_TRUE(payments.append(at, {paid(4), paid(5)}));

  EXPECT_EQ(store_.read_snapshot("account-1").value()->event_id, 5U);
}

TEST_P(EventSourcing, a_snapshot_that_cannot_be_used_is_passed_over) {
  EventLog<Account> before = log();
  pay(before, 3);
  FactStream stream(store_, "account-1", {});
  ASSERT_TRUE(stream.put_snapshot({3, {{"balance", 1'000}, {"currencies", Value::array()}}}));

  EXPECT_EQ(before.load().value().state.balance, 1'000);
  EXPECT_EQ(log({.state_form = 2}).load().value().state.balance, 6);
}

TEST_P(EventSourcing, a_snapshot_that_cannot_be_read_is_passed_over) {
  EventLog<Account> payments = log();
  pay(payments, 3);
  ASSERT_TRUE(store_.put_snapshot("account-1", {3, Bytes("\0garbage", 8)}));

  EXPECT_EQ(payments.load().value().state.balance, 6);
}

TEST_P(EventSourcing, old_events_are_lifted_version_by_version) {
  FactStream first(store_, "account-1", {});
  ASSERT_TRUE(first.append(1, {Fact("Paid", 5)}));
  EventLogSettings third;
  third.lifts.add("Paid", 1,
                  [](const Value& amount) {
                    return Value{{"amount", amount}};
                  })
      .add("Paid", 2, [](Value data) {
        data["currency"] = "EUR";
        return data;
      });
  EventLog<Account> now = log(third);

  EventLog<Account>::At at = now.load().value();
  ASSERT_TRUE(now.append(at, {paid(7, "NPR")}));

  EXPECT_EQ(now.load().value().state, (Account{12, {"EUR", "NPR"}}));
  EXPECT_EQ(store_.read_stream("account-1", 1).value()[1].schema_version, 3U);
  // Who knows less says so, and guesses nothing.
  const Result<EventLog<Account>::At> old = log().load();
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().kind, ErrorKind::corrupt);
  EXPECT_NE(old.error().message.find("version 3"), std::string::npos) << old.error().message;
}

TEST_P(EventSourcing, a_version_that_nothing_leads_on_from_is_an_error) {
  FactStream stream(store_, "account-1", {});
  ASSERT_TRUE(stream.append(1, {paid(5)}));
  EventLogSettings gap;
  gap.lifts.add("Paid", 2, [](Value data) { return data; });

  EXPECT_EQ(log(gap).load().error().kind, ErrorKind::corrupt);
}

TEST_P(EventSourcing, events_in_all_codecs_are_read_side_by_side) {
  for (const Codec codec : {Codec::json, Codec::cbor, Codec::message_pack}) {
    EventLogSettings settings;
    settings.codec = codec;
    settings.snapshot_every = 1;
    EventLog<Account> payments = log(settings);
    EventLog<Account>::At at = payments.load().value();
    ASSERT_TRUE(payments.append(at, {paid(1)}));
  }

  EXPECT_EQ(log().load().value().state.balance, 3);
  EXPECT_EQ(log().replay().value().state.balance, 3);
}

TEST_P(EventSourcing, who_comes_second_decides_again) {
  EventLog<Account> mine = log();
  EventLog<Account> theirs = log();
  EventLog<Account>::At stale = mine.load().value();
  int asked = 0;

  const auto after = mine.update([&](const Account& account) {
    if (++asked == 1) {
      EventLog<Account>::At at = theirs.load().value();
      EXPECT_TRUE(theirs.append(at, {paid(10)}));
    }
    return std::vector{paid(account.balance == 0 ? 1 : 2)};
  });

  EXPECT_EQ(after.value().state.balance, 12);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(mine.append(stale, {paid(3)}).error().kind, ErrorKind::conflict);
}

TEST_P(EventSourcing, what_has_an_unknown_outcome_happens_once) {
  for (const Fate fate : {Fate::answer_lost, Fate::lost_on_the_way, Fate::refused_as_busy}) {
    store_.appends = {fate};
    const auto before = log().load().value();

    EventLog<Account> payments = log();
    const auto after = payments.update([](const Account&) { return std::vector{paid(1)}; });

    EXPECT_EQ(after.value().event_id, before.event_id + 1);
    EXPECT_EQ(payments.replay().value().state.balance, before.state.balance + 1);
  }
}

TEST_P(EventSourcing, an_unknown_outcome_that_stays_unknown_is_told) {
  store_.appends = std::vector<Fate>(20, Fate::refused_as_busy);
  EventLog<Account> payments = log();
  EventLog<Account>::At at;
  EXPECT_EQ(payments.append(at, {paid(1)}).error().kind, ErrorKind::busy);
  store_.appends = std::vector<Fate>(20, Fate::refused_as_busy);
  store_.appends.front() = Fate::answer_lost;

  EXPECT_EQ(payments.append(at, {paid(1)}).error().kind, ErrorKind::unknown_outcome);
  EXPECT_EQ(at.event_id, 0U) << "nobody knows that it moved on";
}

INSTANTIATE_TEST_SUITE_P(Stores, EventSourcing, testing::Values("memory", "sqlite"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace ackproof::engine
