// Workers in real time, over every provider that is built: what is begun ends, and everything once.
#include "engine/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "contract/forwarding_provider.h"
#include "engine/saga.h"
#include "reference_providers/memory/memory_provider.h"
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

std::vector<ProviderFactory> all_providers() {
  std::vector<ProviderFactory> all = durable_providers();
  all.push_back(memory::factory());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Engine, Providers, testing::ValuesIn(all_providers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace ackproof::engine
