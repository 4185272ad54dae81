// A fetch that waits for work which is there and hidden, or arrives hidden, and becomes visible
// (POLL_1).
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/polling/polls.h"

namespace ackproof {

namespace {

template <class Queue>
void poll_brings_what_was_abandoned_when_its_delay_ends(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Taken held = take<Queue>(*other);
  const Window hidden = ctx.window();
  Queue::abandon(*other, held.token, {.delay = hidden.length}).value();
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(hidden);

  EXPECT_EQ(brought(fetch).item, 1U);
}

void poll_brings_a_delayed_message_when_its_delay_ends(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  const Window hidden = ctx.window();
  sender->enqueue_message(start("order-1"), hidden.length).value();
  auto fetch = waiting_turn(ctx, *worker);

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(hidden);

  EXPECT_EQ(brought(fetch).messages, std::vector{start("order-1")});
}

// The fetch waits already when the message arrives, for a later moment.
void poll_brings_a_delayed_message_that_arrives_during_it(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_message(start("order-1"), kLongLock / 2).value();
  auto fetch = waiting_turn(ctx, *worker);
  const Window hidden = ctx.window();
  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-2"), hidden.length); });

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(hidden);

  EXPECT_EQ(brought(fetch).messages, std::vector{start("order-2")});
}

void poll_brings_a_timer_when_it_is_due(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*other, "order-1");
  other->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*other);
  const Message rings = timer("order-1", 2, turn.now + wait.length);
  auto fetch = waiting_turn(ctx, *worker);
  meanwhile(ctx, [&] { return other->ack_turn(turn.token, {.messages = {rings}}); });

  ctx.to_last_moment(wait);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(wait);

  EXPECT_EQ(brought(fetch).messages, std::vector{rings});
}

// The same with a time of its own instead of a delay.
void poll_brings_a_message_that_arrives_during_it_when_it_is_visible(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  create_instance(*sender, "order-1");
  sender->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*sender);
  Message later = start("order-2");
  later.visible_at = turn.now + wait.length;
  auto fetch = waiting_turn(ctx, *worker);
  meanwhile(ctx, [&] { return sender->enqueue_message(later); });

  ctx.to_last_moment(wait);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(wait);

  EXPECT_EQ(brought(fetch).messages, std::vector{later});
}

void poll_brings_a_completion_when_it_is_visible(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*other, "order-1");
  other->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*other);
  other->enqueue_message(external("order-1", 2)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*other);
  other->ack_turn(turn.token, {}).value();
  Message done = completion(locked.activity);
  done.visible_at = turn.now + wait.length;
  auto fetch = waiting_turn(ctx, *worker);
  meanwhile(ctx, [&] { return other->ack_activity(locked.token, done); });

  ctx.to_last_moment(wait);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(wait);

  EXPECT_EQ(brought(fetch).messages, std::vector{done});
}

constexpr Validation kRows[] = {
    {"poll_brings_an_abandoned_turn_when_its_delay_ends", requirement("POLL_1"),
     poll_brings_what_was_abandoned_when_its_delay_ends<Turns>},
    {"poll_brings_an_abandoned_activity_when_its_delay_ends", requirement("POLL_1"),
     poll_brings_what_was_abandoned_when_its_delay_ends<Activities>},
    {"poll_brings_a_delayed_message_when_its_delay_ends", requirement("POLL_1"),
     poll_brings_a_delayed_message_when_its_delay_ends},
    {"poll_brings_a_delayed_message_that_arrives_during_it", requirement("POLL_1"),
     poll_brings_a_delayed_message_that_arrives_during_it},
    {"poll_brings_a_timer_when_it_is_due", requirement("POLL_1"),
     poll_brings_a_timer_when_it_is_due},
    {"poll_brings_a_message_that_arrives_during_it_when_it_is_visible", requirement("POLL_1"),
     poll_brings_a_message_that_arrives_during_it_when_it_is_visible},
    {"poll_brings_a_completion_when_it_is_visible", requirement("POLL_1"),
     poll_brings_a_completion_when_it_is_visible},
};

}  // namespace

std::span<const Validation> polling_delay_validations() { return kRows; }

}  // namespace ackproof
