// A fetch that waits for work: what ends its waiting, and when (POLL_1, POLL_3).
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/polling/polls.h"

namespace ackproof {

namespace {

// --- Work that is there, and no work

template <class Queue>
void fetch_with_work_returns_at_once(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  auto fetch = waiting_fetch<Queue>(ctx, *provider);

  const std::optional<Taken> taken = fetch.answer().value();
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->item, 1U);
}

template <class Queue>
void fetch_without_poll_timeout_returns_at_once(Context& ctx) {
  const auto provider = ctx.open();

  auto fetch = aside(ctx, [&] { return Queue::fetch(*provider); });

  EXPECT_TRUE(!fetch.answer().value().has_value());
}

template <class Queue>
void fetch_without_long_polling_returns_at_once(Context& ctx) {
  const auto provider = ctx.open();

  auto fetch = waiting_fetch<Queue>(ctx, *provider);

  EXPECT_TRUE(!fetch.answer().value().has_value());
}

// Looked at in the middle as well, because real time can be looked at well before the end only.
template <class Queue>
void poll_without_work_ends_at_its_timeout(Context& ctx) {
  const auto provider = ctx.open();
  const Window poll = ctx.window(Duration(1'337));
  auto fetch = aside(ctx, [&] { return Queue::fetch(*provider, kLongLock, poll.length); });

  ctx.advance(poll.length * 4 / 5);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_last_moment(poll);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(poll);

  EXPECT_TRUE(!fetch.answer_after_slack().value().has_value());
}

// A start that is hidden, and a message that is held.
void arrival_of_nothing_deliverable_ends_no_poll(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  auto fetch = waiting_turn(ctx, *worker);

  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-1"), 2 * kLongLock); });
  meanwhile(ctx, [&] { return sender->enqueue_message(external("order-2", 1)); });
  EXPECT_TRUE(fetch.is_waiting());
  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-3")); });

  EXPECT_EQ(brought(fetch).messages, std::vector{start("order-3")});
}

void arrival_of_nothing_deliverable_prolongs_no_poll(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  const Window poll = ctx.window();
  auto fetch = aside(ctx, [&] {
    return worker->fetch_turn({.lock_timeout = kLongLock, .poll_timeout = poll.length});
  });

  ctx.advance(poll.length / 2);
  meanwhile(ctx, [&] { return sender->enqueue_message(external("order-1", 1)); });
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(poll);

  EXPECT_TRUE(nothing(fetch.answer_after_slack()));
}

// --- Arrivals

template <class Queue>
void poll_brings_what_is_enqueued(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  auto fetch = waiting_fetch<Queue>(ctx, *worker);
  EXPECT_TRUE(fetch.is_waiting());

  put<Queue>(ctx, *sender, 1);

  EXPECT_EQ(brought(fetch).item, 1U);
}

template <class Queue>
void poll_brings_what_another_instance_commits(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_message(start("source")).value();
  const Turn source = take_turn(*sender);
  TurnCommit commit;
  commit.messages = {start("order-1")};
  commit.activities = {activity("order-1", 1)};
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  meanwhile(ctx, [&] { return sender->ack_turn(source.token, commit); });

  EXPECT_EQ(brought(fetch).item, 1U);
}

void poll_brings_the_completion_of_an_activity(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*worker, "order-1");
  worker->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*other);
  const Message done = completion(locked.activity);
  auto fetch = waiting_turn(ctx, *worker);

  meanwhile(ctx, [&] { return other->ack_activity(locked.token, done); });

  EXPECT_EQ(brought(fetch).messages, std::vector{done});
}

void poll_brings_held_messages_with_their_start(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_message(external("order-1", 1)).value();
  auto fetch = waiting_turn(ctx, *worker);

  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-1")); });

  EXPECT_EQ(brought(fetch).messages, (std::vector{external("order-1", 1), start("order-1")}));
}

// --- Locks that end

template <class Queue>
void poll_brings_what_was_locked_when_the_lock_ends(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Window lock = ctx.window();
  take<Queue>(*other, lock.length);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  ctx.to_last_moment(lock);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(lock);

  const Taken taken = brought(fetch);
  EXPECT_EQ(taken.item, 1U);
  EXPECT_EQ(taken.attempt, 2U);
}

// The waiting fetch has seen a deadline that no longer counts.
template <class Queue>
void poll_brings_what_was_locked_when_a_shortened_lock_ends(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Taken held = take<Queue>(*other);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);
  const Window lock = ctx.window();
  meanwhile(ctx, [&] { return Queue::renew(*other, held.token, lock.length); });

  ctx.to_last_moment(lock);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(lock);

  EXPECT_EQ(brought(fetch).item, 1U);
}

template <class Queue>
void poll_brings_nothing_that_a_renewal_keeps_locked(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*other, lock.length);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);
  meanwhile(ctx, [&] { return Queue::renew(*other, held.token, kLongLock); });

  ctx.to_end(lock);
  EXPECT_TRUE(fetch.is_waiting());
  meanwhile(ctx, [&] { return Queue::ack(*other, held.token); });
  EXPECT_TRUE(fetch.is_waiting());
  put<Queue>(ctx, *other, 2);

  EXPECT_EQ(brought(fetch).item, 2U);
}

template <class Queue>
void poll_brings_what_is_abandoned(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Taken held = take<Queue>(*other);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  meanwhile(ctx, [&] { return Queue::abandon(*other, held.token); });

  EXPECT_EQ(brought(fetch).item, 1U);
}

void poll_brings_what_arrived_during_a_turn_when_it_is_acked(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*other, "order-1");
  const Turn held = wake(*other, "order-1", 1);
  other->enqueue_message(external("order-1", 2)).value();
  auto fetch = waiting_turn(ctx, *worker);
  EXPECT_TRUE(fetch.is_waiting());

  meanwhile(ctx, [&] { return other->ack_turn(held.token, {}); });

  EXPECT_EQ(brought(fetch).messages, std::vector{external("order-1", 2)});
}

// The waiting began while the lock was there: its end is not what has to be waited for any more.
template <class Queue>
void poll_brings_what_is_abandoned_during_it_when_its_delay_ends(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Taken held = take<Queue>(*other);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);
  const Window hidden = ctx.window();
  meanwhile(ctx, [&] { return Queue::abandon(*other, held.token, {.delay = hidden.length}); });

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(hidden);

  EXPECT_EQ(brought(fetch).item, 1U);
}

// A delayed abandon hides its own batch only.
void poll_brings_what_arrived_during_a_turn_when_it_is_abandoned_with_a_delay(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*other, "order-1");
  const Turn held = wake(*other, "order-1", 1);
  other->enqueue_message(external("order-1", 2)).value();
  auto fetch = waiting_turn(ctx, *worker);

  meanwhile(ctx, [&] { return other->abandon_turn(held.token, {.delay = kLongLock}); });

  EXPECT_EQ(brought(fetch).messages, std::vector{external("order-1", 2)});
}

// --- What the other clauses say of a fetch that waited

// The fetch waits for longer than it wants to hold the lock.
template <class Queue>
void lock_begins_when_the_waiting_is_over(Context& ctx) {
  const Duration length = Duration(1'337) + 2 * ctx.description().capabilities.poll_slack;
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  const Window before = ctx.window(length);
  auto fetch = aside(ctx, [&, poll = endless(ctx)] {
    return insist([&] { return Queue::fetch(*worker, before.length, poll); });
  });
  ctx.to_end(before);

  const Window lock = ctx.window(length);
  put<Queue>(ctx, *sender, 1);
  const std::optional<Taken> taken = fetch.answer_after_slack().value();
  ctx.to_last_moment(lock);

  ASSERT_TRUE(taken.has_value());
  EXPECT_TRUE(none_deliverable<Queue>(*sender));
  EXPECT_TRUE(succeeds(Queue::ack(*worker, taken->token)));
}

void turn_tells_the_time_when_the_waiting_is_over(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_message(start("order-0")).value();
  const Turn earlier = take_turn(*sender);
  auto fetch = waiting_turn(ctx, *worker);
  const Duration waited(250);
  ctx.advance(waited);

  const Time put_at = ctx.now();
  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-1")); });
  const Turn turn = brought(fetch);

  EXPECT_GE(turn.now, earlier.now + waited - Duration(10)) << "it is the time of the call";
  if (ctx.is_virtual()) {
    EXPECT_GE(turn.now, put_at);
    EXPECT_LE(turn.now, ctx.now());
  }
}

// It has seen the item often, and has not taken it.
template <class Queue>
void poll_that_ends_with_nothing_leaves_no_trace(Context& ctx) {
  const Duration slack = ctx.description().capabilities.poll_slack;
  const auto worker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*other, 1);
  const Window lock = ctx.window(Duration(1'337) + 2 * slack);
  take<Queue>(*other, lock.length);

  auto fetch = aside(ctx, [&] { return Queue::fetch(*worker, kLongLock, lock.length / 4); });
  ctx.advance(lock.length / 4);
  EXPECT_TRUE(!fetch.answer_after_slack().value().has_value());
  ctx.to_end(lock);

  const Taken taken = take<Queue>(*other);
  EXPECT_EQ(taken.item, 1U);
  EXPECT_EQ(taken.attempt, 2U);
}

// In real time nobody can wait for a broken provider so long.
template <class Queue>
void poll_of_centuries_waits(Context& ctx) {
  const auto provider = ctx.open();
  std::uint64_t item = 0;
  for (const Duration timeout : {Duration(1LL << 31), Duration(std::chrono::days(300 * 365)),
                                 Duration::max() - Duration(1), Duration::max()}) {
    const Duration poll = ctx.is_virtual() ? timeout : endless(ctx);
    auto fetch = aside(ctx, [&provider, poll] {
      return insist([&] { return Queue::fetch(*provider, kLongLock, poll); });
    });
    EXPECT_TRUE(fetch.is_waiting());

    put<Queue>(ctx, *provider, ++item);

    EXPECT_EQ(brought(fetch).item, item);
  }
}

template <class Queue>
void negative_poll_timeouts_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  for (const Duration poll : {Duration(-1), -kLongLock, Duration::min()}) {
    EXPECT_TRUE(fails_with(Queue::fetch(*provider, kLongLock, poll), ErrorKind::invalid));
  }

  EXPECT_EQ(take<Queue>(*provider).attempt, 1U);
}

constexpr auto kPolls = Capability::long_polling;

constexpr Validation kRows[] = {
    {"turn_that_is_there_comes_at_once", requirement("POLL_1"),
     fetch_with_work_returns_at_once<Turns>},
    {"activity_that_is_there_comes_at_once", requirement("POLL_1"),
     fetch_with_work_returns_at_once<Activities>},
    {"turn_fetch_without_poll_timeout_does_not_wait", requirement("POLL_1"),
     fetch_without_poll_timeout_returns_at_once<Turns>},
    {"activity_fetch_without_poll_timeout_does_not_wait", requirement("POLL_1"),
     fetch_without_poll_timeout_returns_at_once<Activities>},
    {"turn_poll_without_work_ends_at_its_timeout", requirement("POLL_1"),
     poll_without_work_ends_at_its_timeout<Turns>},
    {"activity_poll_without_work_ends_at_its_timeout", requirement("POLL_1"),
     poll_without_work_ends_at_its_timeout<Activities>},
    {"arrival_of_nothing_deliverable_ends_no_poll", requirement("POLL_1"),
     arrival_of_nothing_deliverable_ends_no_poll},
    {"arrival_of_nothing_deliverable_prolongs_no_poll", requirement("POLL_1"),
     arrival_of_nothing_deliverable_prolongs_no_poll},
    {"poll_brings_a_turn_that_is_enqueued", requirement("POLL_1"),
     poll_brings_what_is_enqueued<Turns>},
    {"poll_brings_an_activity_that_is_enqueued", requirement("POLL_1"),
     poll_brings_what_is_enqueued<Activities>},
    {"poll_brings_a_turn_that_another_instance_commits", requirement("POLL_1"),
     poll_brings_what_another_instance_commits<Turns>},
    {"poll_brings_an_activity_that_an_instance_commits", requirement("POLL_1"),
     poll_brings_what_another_instance_commits<Activities>},
    {"poll_brings_the_completion_of_an_activity", requirement("POLL_1"),
     poll_brings_the_completion_of_an_activity},
    {"poll_brings_held_messages_with_their_start", requirement("POLL_1"),
     poll_brings_held_messages_with_their_start},
    {"poll_brings_a_turn_when_its_lock_ends", requirement("POLL_1"),
     poll_brings_what_was_locked_when_the_lock_ends<Turns>},
    {"poll_brings_an_activity_when_its_lock_ends", requirement("POLL_1"),
     poll_brings_what_was_locked_when_the_lock_ends<Activities>},
    {"poll_brings_a_turn_when_its_shortened_lock_ends", requirement("POLL_1"),
     poll_brings_what_was_locked_when_a_shortened_lock_ends<Turns>},
    {"poll_brings_an_activity_when_its_shortened_lock_ends", requirement("POLL_1"),
     poll_brings_what_was_locked_when_a_shortened_lock_ends<Activities>},
    {"poll_brings_no_turn_that_a_renewal_keeps_locked", requirement("POLL_1"),
     poll_brings_nothing_that_a_renewal_keeps_locked<Turns>},
    {"poll_brings_no_activity_that_a_renewal_keeps_locked", requirement("POLL_1"),
     poll_brings_nothing_that_a_renewal_keeps_locked<Activities>},
    {"poll_brings_a_turn_that_is_abandoned", requirement("POLL_1"),
     poll_brings_what_is_abandoned<Turns>},
    {"poll_brings_an_activity_that_is_abandoned", requirement("POLL_1"),
     poll_brings_what_is_abandoned<Activities>},
    {"poll_brings_what_arrived_during_a_turn_when_it_is_acked", requirement("POLL_1"),
     poll_brings_what_arrived_during_a_turn_when_it_is_acked},
    {"poll_brings_a_turn_that_is_abandoned_during_it_when_its_delay_ends", requirement("POLL_1"),
     poll_brings_what_is_abandoned_during_it_when_its_delay_ends<Turns>},
    {"poll_brings_an_activity_that_is_abandoned_during_it_when_its_delay_ends",
     requirement("POLL_1"),
     poll_brings_what_is_abandoned_during_it_when_its_delay_ends<Activities>},
    {"poll_brings_what_arrived_during_a_turn_when_it_is_abandoned_with_a_delay",
     requirement("POLL_1"),
     poll_brings_what_arrived_during_a_turn_when_it_is_abandoned_with_a_delay},
    {"turn_fetch_without_long_polling_returns_at_once", requirement("POLL_3"),
     fetch_without_long_polling_returns_at_once<Turns>, Hook::none, Capability::queues, false,
     Level::functional, kPolls},
    {"activity_fetch_without_long_polling_returns_at_once", requirement("POLL_3"),
     fetch_without_long_polling_returns_at_once<Activities>, Hook::none, Capability::queues, false,
     Level::functional, kPolls},
    {"poll_timeout_delays_no_turn_that_is_there", requirement("POLL_3"),
     fetch_with_work_returns_at_once<Turns>},
    {"poll_timeout_delays_no_activity_that_is_there", requirement("POLL_3"),
     fetch_with_work_returns_at_once<Activities>},
    {"negative_poll_timeouts_for_turns_are_refused", requirement("ERR_5"),
     negative_poll_timeouts_are_refused<Turns>, Hook::none, kPolls},
    {"negative_poll_timeouts_for_activities_are_refused", requirement("ERR_5"),
     negative_poll_timeouts_are_refused<Activities>, Hook::none, kPolls},
    {"turn_lock_begins_when_the_waiting_is_over", requirement("LOCK_10"),
     lock_begins_when_the_waiting_is_over<Turns>, Hook::none, kPolls},
    {"activity_lock_begins_when_the_waiting_is_over", requirement("LOCK_10"),
     lock_begins_when_the_waiting_is_over<Activities>, Hook::none, kPolls},
    {"turn_tells_the_time_when_the_waiting_is_over", requirement("TURN_11"),
     turn_tells_the_time_when_the_waiting_is_over, Hook::none, kPolls},
    {"turn_poll_that_ends_with_nothing_leaves_no_trace", requirement("ERR_4"),
     poll_that_ends_with_nothing_leaves_no_trace<Turns>, Hook::none, kPolls},
    {"activity_poll_that_ends_with_nothing_leaves_no_trace", requirement("ERR_4"),
     poll_that_ends_with_nothing_leaves_no_trace<Activities>, Hook::none, kPolls},
    {"turn_poll_of_centuries_waits", requirement("TIME_1"), poll_of_centuries_waits<Turns>,
     Hook::none, kPolls},
    {"activity_poll_of_centuries_waits", requirement("TIME_1"), poll_of_centuries_waits<Activities>,
     Hook::none, kPolls},
};

}  // namespace

std::span<const Validation> long_polling_validations() { return kRows; }

}  // namespace ackproof
