// That what a failed saga did is undone, in reverse order, also when processes die meanwhile.
#include <gtest/gtest.h>

#include "tests/engine/world.h"

namespace ackproof::engine {
namespace {

Task<Value> ship_order(Context&, Saga& saga, Value order) {
  co_await saga.step("reserve", order, "release");
  const Value charged = co_await saga.step("charge", order, "refund");
  co_await saga.step("ship", order, "call_back");
  co_return charged;
}

Task<Value> order(Context& context, Value input) {
  const Value shipped = co_await run_saga(context, ship_order, input);
  co_return shipped;
}

Task<Value> book_trip(Context& context, Saga& saga, Value trip) {
  const Spawned<Value> hotel = context.spawn(saga.step("hotel", trip, "cancel_hotel"));
  const Spawned<Value> flight = context.spawn(saga.step("flight", trip, "cancel_flight"));
  co_await flight;
  co_await hotel;
  co_return trip;
}

Task<Value> trip(Context& context, Value input) {
  const Value booked = co_await run_saga(context, book_trip, input);
  co_return booked;
}

struct Shop {
  Shop() {
    for (const char* activity : {"reserve", "charge", "ship", "release", "refund", "call_back"}) {
      world.echo(activity);
    }
    world.registry.program("order", order);
  }

  World world;
};

TEST(Saga, undoes_nothing_that_went_well) {
  Shop shop;

  EXPECT_EQ(shop.world.end_of("order", 7).result, 7);

  EXPECT_EQ(shop.world.log, (std::vector<std::string>{"reserve 7", "charge 7", "ship 7"}));
}

TEST(Saga, undoes_in_reverse_order_with_input_and_output) {
  Shop shop;
  shop.world.fail_first("ship", 1, false);

  const Ending ending = shop.world.end_of("order", 7);

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->source, "ship");
  EXPECT_EQ(shop.world.log, (std::vector<std::string>{"reserve 7", "charge 7", "ship 7",
                                                      R"(refund {"input":7,"output":7})",
                                                      R"(release {"input":7,"output":7})"}));
}

TEST(Saga, a_compensation_that_keeps_failing_calls_for_a_person) {
  Shop shop;
  shop.world.fail_first("ship", 1, false);
  shop.world.fail_first("refund", 1'000);

  const Ending ending = shop.world.end_of("order", 7);

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::compensation_required);
  EXPECT_EQ(ending.failure->context.at("step"), "charge");
  EXPECT_EQ(ending.failure->context.at("not_undone"), "reserve, charge");
}

TEST(Saga, a_compensation_goes_on_in_another_process) {
  Shop shop;
  shop.world.fail_first("ship", 1, false);
  ASSERT_TRUE(shop.world.engine().start("one", "order", 7));
  for (int i = 0; i < 100 && !shop.world.engine().ending("one").value(); ++i) {
    shop.world.restart();
    if (shop.world.engine().take_turn() == Step::nothing) shop.world.engine().work();
  }

  EXPECT_EQ(shop.world.log.size(), 5U) << "each step and each compensation once";
  EXPECT_EQ(shop.world.ending("one").failure->source, "ship");
}

TEST(Saga, a_cancelled_one_is_undone) {
  Shop shop;
  ASSERT_TRUE(shop.world.engine().start("one", "order", 7));
  shop.world.engine().take_turn();
  shop.world.engine().work();
  shop.world.engine().take_turn();  // Reserved; charging is scheduled.
  ASSERT_TRUE(shop.world.engine().cancel("one", "changed my mind"));
  shop.world.engine().take_turn();
  shop.world.run();

  EXPECT_EQ(shop.world.ending("one").failure->kind, FailureKind::cancelled);
  EXPECT_EQ(shop.world.log.back(), R"(release {"input":7,"output":7})");
}

TEST(Saga, a_cancellation_does_not_stop_a_compensation) {
  Shop shop;
  shop.world.fail_first("ship", 1, false);
  shop.world.fail_first("refund", 1);
  ASSERT_TRUE(shop.world.engine().start("one", "order", 7));
  shop.world.settle();  // Refunding failed once, and waits to be tried again.
  ASSERT_TRUE(shop.world.engine().cancel("one", "at last"));
  shop.world.run();

  EXPECT_EQ(shop.world.ending("one").failure->source, "ship");
  EXPECT_EQ(shop.world.log.back(), R"(release {"input":7,"output":7})");
}

TEST(Saga, a_step_beside_the_one_that_failed_is_undone_too) {
  World world;
  world.registry.program("trip", trip);
  for (const char* activity : {"hotel", "cancel_hotel", "cancel_flight"}) world.echo(activity);
  world.fail_first("flight", 1, false);
  ASSERT_TRUE(world.engine().start("one", "trip", 1));
  world.engine().take_turn();
  // The flight fails first; the hotel, asked for before, is booked a turn later.
  const auto hotel = world.provider().fetch_activity({}).value();
  ASSERT_EQ(hotel->activity.name, "hotel");
  world.engine().work();
  world.engine().take_turn();
  ASSERT_TRUE(world.provider().abandon_activity(hotel->token, {}));
  world.run();

  EXPECT_EQ(world.ending("one").failure->source, "flight");
  EXPECT_EQ(world.log, (std::vector<std::string>{"flight 1", "hotel 1",
                                                 R"(cancel_hotel {"input":1,"output":1})"}));
}

}  // namespace
}  // namespace ackproof::engine
