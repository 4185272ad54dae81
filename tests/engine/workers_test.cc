// Workers in real time, over every provider that is built: what is begun ends, and everything once.
#include "engine/workers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "contract/forwarding_provider.h"
#include "engine/saga.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/engine/failing_store.h"
#include "tests/support/stores.h"

namespace ackproof::engine {
namespace {

using testing_support::durable_providers;
using testing_support::Place;
using testing_support::Store;

constexpr int kOrders = 12;

// What the activities of all orders did.
class Shop {
 public:
  void did(const std::string& what, int order) {
    const std::lock_guard lock(mutex_);
    ++times_[what][order];
  }
  int times(const std::string& what, int order) {
    const std::lock_guard lock(mutex_);
    return times_[what][order];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::map<int, int>> times_;  // Guarded by mutex_.
};

Task<Value> ship_order(Context& context, Saga& saga, int order) {
  co_await saga.step("reserve", order, "release");
  co_await saga.step("charge", order, "refund");
  co_await context.timer(Duration(20));
  co_await saga.step("ship", order, "call_back");
  co_return Value(order);
}

Task<Value> order(Context& context, int number) {
  const Value shipped = co_await run_saga(context, ship_order, number);
  co_return shipped;
}

// No carrier takes every third order.
bool is_shipped(int order) { return order % 3 != 0; }

Registry programs(Shop& shop) {
  Registry registry;
  registry.program("order", order);
  for (const char* name : {"reserve", "charge", "ship"}) {
    registry.activity_of_values(
        name, [&shop, name = std::string(name)](const ActivityContext&, const Value& number) {
          const int order = number;
          if (name == "ship" && !is_shipped(order)) throw permanent("no carrier");
          shop.did(name, order);
          return Value(order);
        });
  }
  for (const char* name : {"release", "refund", "call_back"}) {
    registry.activity_of_values(
        name, [&shop, name = std::string(name)](const ActivityContext&, const Value& done) {
          shop.did(name, done.at("output"));
          return Value();
        });
  }
  return registry;
}

std::string instance(int order) { return "order-" + std::to_string(order); }

bool have_ended(const Engine& engine) {
  for (int i = 0; i < kOrders; ++i) {
    const auto ending = engine.ending(instance(i));
    if (!ending || !ending.value()) return false;
  }
  return true;
}

class Providers : public testing::TestWithParam<ProviderFactory> {};

TEST_P(Providers, run_sagas_to_their_end_with_each_step_once) {
  std::optional<Place> place;
  try {
    place.emplace(GetParam());
  } catch (const BadResult& error) {
    GTEST_SKIP() << error.what();
  }
  Store store(*place);
  Shop shop;
  const Registry registry = programs(shop);
  Settings settings;
  settings.poll = Duration(200);
  Engine engine(store.provider(), registry, settings);
  for (int i = 0; i < kOrders; ++i) ASSERT_TRUE(engine.start(instance(i), "order", i));
  {
    const Workers workers(engine, 2, 2);
    for (int i = 0; i < 6'000 && !have_ended(engine); ++i) {
      std::this_thread::sleep_for(Duration(10));
    }
  }

  ASSERT_TRUE(have_ended(engine));
  for (int i = 0; i < kOrders; ++i) {
    const Ending ending = engine.ending(instance(i)).value().value();
    EXPECT_EQ(ending.status, is_shipped(i) ? Status::completed : Status::failed);
    EXPECT_EQ(shop.times("reserve", i), 1);
    EXPECT_EQ(shop.times("charge", i), 1);
    EXPECT_EQ(shop.times("ship", i), is_shipped(i) ? 1 : 0);
    EXPECT_EQ(shop.times("refund", i), is_shipped(i) ? 0 : 1);
    EXPECT_EQ(shop.times("release", i), is_shipped(i) ? 0 : 1);
  }
  EXPECT_EQ(store.provider().read_queue_depths().value(), QueueDepths());
}

// A store that waits for work, says so, and has none: its fetches return at once.
class Impatient final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<Turn>> fetch_turn(const FetchTurn&) override {
    ++fetches;
    return std::optional<Turn>();
  }
  std::atomic<int> fetches = 0;
};

// A pause between fetches of a store that waits itself would stand in the latency of all that comes then. With one of
// ten milliseconds so many fetches would take ten seconds.
TEST(Workers, make_no_pause_between_fetches_that_wait_themselves) {
  constexpr int kFetches = 1'000;
  Impatient provider(memory::factory().open({.name = "impatient"}).value());
  const Registry registry;
  Engine engine(provider, registry);
  const auto begin = std::chrono::steady_clock::now();
  const auto took = [&] { return std::chrono::steady_clock::now() - begin; };
  {
    const Workers workers(engine, 1, 0);
    while (provider.fetches < kFetches && took() < std::chrono::seconds(10)) {
      std::this_thread::sleep_for(Duration(1));
    }
  }
  EXPECT_GE(provider.fetches, kFetches);
}

// Counts what is under way, and can be told to keep activities, or their acks, waiting.
class Busy {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    most_ = std::max(most_, ++under_way_);
    ++begun_;
    changed_.notify_all();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --under_way_;
  }
  // False: that did not happen in ten seconds.
  bool wait_until_begun(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return begun_ >= count; });
  }
  int begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }
  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;  // This and all below are guarded by mutex_.
  int begun_ = 0;
  int most_ = 0;
};

// Takes the result of an activity only when the next one has begun.
class AcksBehindTheNext final : public ForwardingProvider {
 public:
  AcksBehindTheNext(std::unique_ptr<Provider> inner, Busy& busy, int last)
      : ForwardingProvider(std::move(inner)), busy_(busy), last_(last) {}
  Result<void> ack_activity(const LockToken& token,
                            const std::optional<Message>& completion) override {
    overlapped += busy_.wait_until_begun(std::min(++acks_ + 1, last_)) ? 1 : 0;
    return ForwardingProvider::ack_activity(token, completion);
  }
  std::atomic<int> overlapped = 0;

 private:
  Busy& busy_;
  const int last_;
  std::atomic<int> acks_ = 0;
};

Activity alone(int id) {
  Activity activity;
  activity.instance = "nobody";
  activity.id = static_cast<std::uint64_t>(id);
  activity.name = "work";
  activity.payload = R"({"input":1})";
  return activity;
}

TEST(Workers, begin_the_next_activity_while_the_last_one_is_acked_and_never_two_in_one_slot) {
  constexpr int kActivities = 20;
  Busy busy;
  AcksBehindTheNext provider(memory::factory().open({.name = "overlap"}).value(), busy,
                             kActivities);
  for (int id = 1; id <= kActivities; ++id) ASSERT_TRUE(provider.enqueue_activity(alone(id)));
  Registry registry;
  registry.activity_of_values("work", [&](const ActivityContext&, const Value& input) {
    busy.begin();
    std::this_thread::sleep_for(Duration(1));
    busy.end();
    return input;
  });
  Engine engine(provider, registry);
  {
    const Workers workers(engine, 0, 1);
    ASSERT_TRUE(busy.wait_until_begun(kActivities));
  }
  EXPECT_EQ(busy.begun(), kActivities);
  EXPECT_EQ(busy.most(), 1);
  EXPECT_EQ(provider.overlapped, kActivities);
}

// An activity that is busy until the test says so.
class Held {
 public:
  explicit Held(Registry& registry) {
    registry.activity_of_values("work",
                                [this](const ActivityContext& activity, const Value& input) {
                                  under_way = activity.id;
                                  busy.begin();
                                  while (!may_end) std::this_thread::sleep_for(Duration(1));
                                  return input;
                                });
  }
  Busy busy;
  std::atomic<bool> may_end = false;
  std::atomic<std::uint64_t> under_way = 0;
};

// The store may be busy for a moment when it is given back.
TEST(Workers, keep_what_they_fetched_ahead_from_others_for_a_moment_only) {
  FailingStore provider(memory::factory().open({.name = "ahead"}).value());
  provider.abandons = {Fate::refused_as_busy};
  ASSERT_TRUE(provider.enqueue_activity(alone(1)));
  ASSERT_TRUE(provider.enqueue_activity(alone(2)));
  Registry registry;
  Held held(registry);
  Engine engine(provider, registry);
  std::optional<LockedActivity> got;
  {
    const Workers workers(engine, 0, 1);
    EXPECT_TRUE(held.busy.wait_until_begun(1));
    FetchActivity options;
    options.lock_timeout = Duration(30'000);
    options.poll_timeout = Duration(10'000);
    got = provider.fetch_activity(options).value();
    held.may_end = true;
  }
  ASSERT_TRUE(got);
  EXPECT_EQ(got->activity.id, 3 - held.under_way) << "the other one";
  EXPECT_EQ(held.busy.begun(), 1);
  EXPECT_TRUE(provider.ack_activity(got->token, std::nullopt));  // Or it waits for a repetition.
}

// Counts fetches by whether they are also of sessions.
class CountsFetches final : public ForwardingProvider {
 public:
  using ForwardingProvider::ForwardingProvider;
  Result<std::optional<LockedActivity>> fetch_activity(const FetchActivity& options) override {
    auto fetched = inner().fetch_activity(options);
    ++(options.session ? of_sessions : of_none);
    return fetched;
  }
  std::atomic<int> of_sessions = 0;
  std::atomic<int> of_none = 0;
};

FetchActivity as_an_idle_engine() {
  FetchActivity options;
  options.lock_timeout = Duration(30'000);
  options.session = SessionClaim{"idle", Duration(30'000)};
  return options;
}

// Waits until somebody has fetched so often more without sessions.
void wait_for_fetches(const CountsFetches& provider, int more) {
  const int enough = provider.of_none + more;
  for (int i = 0; i < 10'000 && provider.of_none < enough; ++i) {
    std::this_thread::sleep_for(Duration(1));
  }
  EXPECT_GE(provider.of_none, enough);
}

Activity of_session(int id, const std::string& session) {
  Activity activity = alone(id);
  activity.session = session;
  return activity;
}

// An engine whose one slot stays taken by what it begins first.
struct BusyEngine {
  BusyEngine() {
    settings.poll = Duration(20);
    settings.worker = "busy";
  }
  CountsFetches provider{memory::factory().open({.name = "sessions"}).value()};
  Registry registry;
  Held held{registry};
  Settings settings;
};

// A session that is claimed by an engine without a free slot is kept from those that have one.
TEST(Workers, fetch_nothing_of_a_session_ahead) {
  BusyEngine busy;
  ASSERT_TRUE(busy.provider.enqueue_activity(alone(1)));
  Engine engine(busy.provider, busy.registry, busy.settings);
  std::optional<LockedActivity> got;
  {
    const Workers workers(engine, 0, 1);
    EXPECT_TRUE(busy.held.busy.wait_until_begun(1));
    wait_for_fetches(busy.provider, 1);  // The slot is taken, and whoever fetches knows it.
    const int of_sessions = busy.provider.of_sessions;
    EXPECT_TRUE(busy.provider.enqueue_activity(of_session(2, "till")));
    wait_for_fetches(busy.provider, 3);
    EXPECT_EQ(busy.provider.of_sessions, of_sessions);
    got = busy.provider.fetch_activity(as_an_idle_engine()).value();
    busy.held.may_end = true;
  }
  ASSERT_TRUE(got);
  EXPECT_EQ(got->activity.id, 2U);
}

// Whoever waits for work with one slot may get one session, and no second one.
TEST(Workers, claim_no_more_sessions_than_they_have_slots) {
  BusyEngine busy;
  Engine engine(busy.provider, busy.registry, busy.settings);
  std::optional<LockedActivity> got;
  {
    const Workers workers(engine, 0, 1);
    wait_for_fetches(busy.provider, 2);  // One waits with sessions, and one without.
    EXPECT_TRUE(busy.provider.enqueue_activity(of_session(1, "till 1")));
    EXPECT_TRUE(busy.provider.enqueue_activity(of_session(2, "till 2")));
    EXPECT_TRUE(busy.held.busy.wait_until_begun(1));
    wait_for_fetches(busy.provider, 3);
    got = busy.provider.fetch_activity(as_an_idle_engine()).value();
    busy.held.may_end = true;
  }
  ASSERT_TRUE(got);
  EXPECT_EQ(got->activity.id, 3 - busy.held.under_way);
}

// What is fetched ahead would always be the next one.
TEST(Workers, do_what_is_of_a_session_among_all_that_is_not) {
  constexpr int kAll = 400;
  constexpr int kBound = 20;
  const auto provider = memory::factory().open({.name = "among"}).value();
  for (int id = 1; id <= kAll; ++id) {
    Activity activity = alone(id);
    if (id == kBound) activity.session = "till";
    ASSERT_TRUE(provider->enqueue_activity(activity));
  }
  Busy busy;
  std::atomic<int> place = 0;
  Registry registry;
  registry.activity_of_values("work", [&](const ActivityContext& activity, const Value& input) {
    busy.begin();
    if (activity.id == kBound) place = busy.begun();
    std::this_thread::sleep_for(Duration(2));
    busy.end();
    return input;
  });
  Engine engine(*provider, registry);
  {
    const Workers workers(engine, 0, 1);
    EXPECT_TRUE(busy.wait_until_begun(kAll));
  }
  EXPECT_GT(place, 0);
  EXPECT_LT(place, kAll / 2);
}

std::vector<ProviderFactory> all_providers() {
  std::vector<ProviderFactory> all = durable_providers();
  all.push_back(memory::factory());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Engine, Providers, testing::ValuesIn(all_providers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace ackproof::engine
