// Giving work back: at once, as it was, and hidden for exactly as long as was asked.
#include <set>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

template <class Queue>
void abandoned_item_is_free_at_once(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder);

  Queue::abandon(*holder, held.token).value();

  const Taken again = take<Queue>(*rival);
  EXPECT_EQ(again.item, held.item);
  EXPECT_NE(again.token, held.token);
  EXPECT_TRUE(succeeds(Queue::ack(*rival, again.token)));
}

void abandoned_turn_keeps_its_content_and_order(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  for (const std::uint64_t id : {3, 1, 2}) holder->enqueue_message(external("order-1", id)).value();
  const Turn held = take_turn(*holder);
  rival->enqueue_message(external("order-1", 4)).value();

  holder->abandon_turn(held.token).value();

  const Turn again = take_turn(*rival);
  Turn expected = held;
  expected.messages.push_back(external("order-1", 4));
  expected.attempt = again.attempt;
  expected.now = again.now;
  expected.token = again.token;
  EXPECT_EQ(again, expected);
}

void abandoned_turn_brings_nothing_into_being(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Turn held = take_turn(*provider);

  provider->abandon_turn(held.token).value();

  EXPECT_TRUE(nothing(provider->read_instance("order-1")));
  EXPECT_EQ(provider->read_history("order-1").value(), std::vector<Event>());
  EXPECT_EQ(drain_messages(*provider), std::vector{start("order-1")});
}

void abandoned_activity_keeps_its_content_and_place(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  for (const std::uint64_t id : {3, 1, 2}) {
    holder->enqueue_activity(activity("order-1", id)).value();
  }
  const LockedActivity held = take_activity(*holder);

  holder->abandon_activity(held.token).value();

  EXPECT_EQ(drain_activities(*rival),
            (std::vector{activity("order-1", 3), activity("order-1", 1), activity("order-1", 2)}));
}

// The delay counts from the abandon: neither from the fetch nor from the lock's deadline.
template <class Queue>
void abandon_delay_hides_for_exactly_that_long(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder, kLongLock);
  ctx.advance(Duration(7));
  const Window hidden = ctx.window();
  Queue::abandon(*holder, held.token, {.delay = hidden.length}).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(hidden);
  EXPECT_EQ(take<Queue>(*rival).item, held.item);
}

template <class Queue>
void abandon_delay_outlasts_the_lock(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*holder, lock.length);
  Queue::abandon(*holder, held.token, {.delay = kLongLock}).value();

  ctx.to_end(lock);

  EXPECT_TRUE(none_deliverable<Queue>(*rival));
}

template <class Queue>
void token_abandoned_with_a_delay_is_dead(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window hidden = ctx.window();
  Queue::abandon(*provider, held.token, {.delay = hidden.length}).value();

  EXPECT_TRUE(fails_with(Queue::renew(*provider, held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::abandon(*provider, held.token), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::ack(*provider, held.token), ErrorKind::lock_lost));

  EXPECT_TRUE(none_deliverable<Queue>(*provider)) << "the delay was ended by a dead token";
  ctx.to_end(hidden);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void abandon_delay_hides_nothing_else(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder);
  Queue::put(*rival, 2);

  Queue::abandon(*holder, held.token, {.delay = kLongLock}).value();
  Queue::put(*rival, 3);

  const std::uint64_t one = take<Queue>(*rival).item;
  const std::uint64_t other = take<Queue>(*rival).item;
  EXPECT_EQ((std::set{one, other}), (std::set<std::uint64_t>{2, 3}));
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
}

void abandon_delay_hides_no_message_that_came_during_the_lock(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Turn held = take_turn(*holder);
  rival->enqueue_message(external("order-1", 2)).value();
  const Window hidden = ctx.window();
  holder->abandon_turn(held.token, {.delay = hidden.length}).value();

  const Turn between = take_turn(*rival);
  EXPECT_EQ(between.messages, std::vector{external("order-1", 2)});
  EXPECT_TRUE(succeeds(rival->ack_turn(between.token, {})));

  ctx.to_end(hidden);
  EXPECT_EQ(drain_messages(*rival), std::vector{external("order-1", 1)});
}

void abandon_delay_hides_no_message_that_comes_after_it(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Turn held = take_turn(*holder);
  holder->abandon_turn(held.token, {.delay = kLongLock}).value();

  rival->enqueue_message(external("order-1", 2)).value();

  EXPECT_EQ(take_turn(*rival).messages, std::vector{external("order-1", 2)});
}

void messages_come_in_order_when_an_abandon_delay_is_over(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  holder->enqueue_message(external("order-1", 2)).value();
  const Turn held = take_turn(*holder);
  const Window hidden = ctx.window();
  holder->abandon_turn(held.token, {.delay = hidden.length}).value();
  rival->enqueue_message(external("order-1", 3)).value();

  ctx.to_end(hidden);

  EXPECT_EQ(take_turn(*rival).messages,
            (std::vector{external("order-1", 1), external("order-1", 2), external("order-1", 3)}));
}

void abandon_leaves_a_hidden_message_hidden(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  const Window hidden = ctx.window();
  holder->enqueue_message(external("order-1", 1), hidden.length).value();
  holder->enqueue_message(external("order-1", 2)).value();
  const Turn held = take_turn(*holder);

  holder->abandon_turn(held.token).value();
  ctx.to_last_moment(hidden);
  const Turn again = take_turn(*rival);
  EXPECT_EQ(again.messages, std::vector{external("order-1", 2)});
  EXPECT_TRUE(succeeds(rival->abandon_turn(again.token, {.delay = kLongLock})));

  ctx.to_end(hidden);
  EXPECT_EQ(take_turn(*rival).messages, std::vector{external("order-1", 1)})
      << "the message has its own visible time, not that of the abandoned batch";
}

constexpr Validation kRows[] = {
    {"abandoned_turn_is_free_at_once", requirement("LOCK_6"),
     abandoned_item_is_free_at_once<Turns>},
    {"abandoned_activity_is_free_at_once", requirement("LOCK_6"),
     abandoned_item_is_free_at_once<Activities>},
    {"abandoned_turn_keeps_its_content_and_order", requirement("LOCK_6"),
     abandoned_turn_keeps_its_content_and_order},
    {"abandoned_turn_brings_nothing_into_being", requirement("LOCK_6"),
     abandoned_turn_brings_nothing_into_being},
    {"abandoned_activity_keeps_its_content_and_place", requirement("LOCK_6"),
     abandoned_activity_keeps_its_content_and_place},
    {"abandon_delay_hides_a_turn_for_exactly_that_long", requirement("LOCK_6"),
     abandon_delay_hides_for_exactly_that_long<Turns>},
    {"abandon_delay_hides_an_activity_for_exactly_that_long", requirement("LOCK_6"),
     abandon_delay_hides_for_exactly_that_long<Activities>},
    {"abandon_delay_of_a_turn_outlasts_the_lock", requirement("LOCK_6"),
     abandon_delay_outlasts_the_lock<Turns>},
    {"abandon_delay_of_an_activity_outlasts_the_lock", requirement("LOCK_6"),
     abandon_delay_outlasts_the_lock<Activities>},
    {"turn_token_abandoned_with_a_delay_is_dead", requirement("LOCK_9"),
     token_abandoned_with_a_delay_is_dead<Turns>},
    {"activity_token_abandoned_with_a_delay_is_dead", requirement("LOCK_9"),
     token_abandoned_with_a_delay_is_dead<Activities>},
    {"abandon_delay_hides_no_other_instance", requirement("LOCK_6"),
     abandon_delay_hides_nothing_else<Turns>},
    {"abandon_delay_hides_no_other_activity", requirement("LOCK_6"),
     abandon_delay_hides_nothing_else<Activities>},
    {"abandon_delay_hides_no_message_that_came_during_the_lock", requirement("LOCK_6"),
     abandon_delay_hides_no_message_that_came_during_the_lock},
    {"abandon_delay_hides_no_message_that_comes_after_it", requirement("LOCK_6"),
     abandon_delay_hides_no_message_that_comes_after_it},
    {"messages_come_in_order_when_an_abandon_delay_is_over", requirement("LOCK_6"),
     messages_come_in_order_when_an_abandon_delay_is_over},
    {"abandon_leaves_a_hidden_message_hidden", requirement("LOCK_6"),
     abandon_leaves_a_hidden_message_hidden},
};

}  // namespace

std::span<const Validation> abandon_validations() { return kRows; }

}  // namespace ackproof
