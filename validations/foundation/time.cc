// Durations and moments hold to the millisecond, also the extreme ones.
#include <limits>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// Neither the durations nor the moments are whole seconds, so a store that keeps seconds is found
// out.
constexpr Duration kOdd{1'337};
constexpr Duration kOddMoment{123};

constexpr Duration kTenYears = std::chrono::days(3'653);

// Beyond 64-bit nanoseconds, beyond the year 9999, and so much that no sum can hold it.
constexpr Duration kLongDelays[] = {
    std::chrono::days(300 * 365),
    std::chrono::days(9'000LL * 365),
    Duration(1LL << 53),
    Duration::max() - Duration(1),
    Duration::max(),
};

constexpr Time at(std::int64_t milliseconds) { return Time(Duration(milliseconds)); }

constexpr Time kFarFuture[] = {
    at(1LL << 53),            // The largest number that a double holds exactly.
    at(253'402'300'800'000),  // The year 10000.
    at(1LL << 62),           Time::max() - Duration(1), Time::max(),
};
constexpr Time kFarPast[] = {
    Time::min(),
    Time::min() + Duration(1),
    at(-62'135'596'800'001),  // Before the year 1.
    at(-(1LL << 53) - 1),
    at(-1),
    at(0),
    at(1'000),
};

std::vector<Message> timers(std::span<const Time> moments) {
  std::vector<Message> all;
  for (const Time moment : moments) all.push_back(timer("order-1", all.size() + 10, moment));
  return all;
}

// --- To the millisecond

template <class Queue>
void lock_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  ctx.advance(kOddMoment);
  const Window lock = ctx.window(kOdd);
  take<Queue>(*provider, lock.length);

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void renewal_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  ctx.advance(kOddMoment);
  const Window lock = ctx.window(kOdd);
  Queue::renew(*provider, held.token, lock.length).value();

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void abandon_delay_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  ctx.advance(kOddMoment);
  const Window hidden = ctx.window(kOdd);
  Queue::abandon(*provider, held.token, {.delay = hidden.length}).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(hidden);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

void enqueue_delay_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  ctx.advance(kOddMoment);
  const Window hidden = ctx.window(kOdd);
  provider->enqueue_message(external("order-1", 1), hidden.length).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);
  EXPECT_EQ(take_turn(*provider).messages, std::vector{external("order-1", 1)});
}

// The visible time is counted from the turn's `now`, which is the store's clock within the fetch
// that starts the window.
void visible_time_of_an_enqueued_message_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  ctx.advance(kOddMoment);
  const Window hidden = ctx.window(kOdd);
  const Turn turn = take_turn(*provider);
  const Message due = timer("order-1", 2, turn.now + hidden.length);
  provider->enqueue_message(due).value();
  provider->ack_turn(turn.token, {}).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);
  EXPECT_EQ(take_turn(*provider).messages, std::vector{due});
}

void visible_time_of_a_committed_timer_holds_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  ctx.advance(kOddMoment);
  const Window hidden = ctx.window(kOdd);
  const Turn turn = take_turn(*provider);
  TurnCommit commit = commit_events({event(1)});
  commit.messages = {timer("order-1", 2, turn.now + hidden.length)};
  provider->ack_turn(turn.token, commit).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);
  EXPECT_EQ(take_turn(*provider).messages, commit.messages);
}

// --- The shortest

template <class Queue>
void smallest_declared_lock_is_honoured(Context& ctx) {
  const Duration smallest = ctx.description().capabilities.limits.smallest_lock;
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  take<Queue>(*provider, smallest);

  if (ctx.is_virtual()) {  // In real time it may be too short to look while it lasts.
    ctx.advance(smallest - Duration(1));
    EXPECT_TRUE(none_deliverable<Queue>(*provider));
    ctx.advance(Duration(1));
  } else {
    ctx.advance(2 * smallest + Duration(50));
  }

  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

void message_with_no_delay_is_deliverable_at_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  provider->enqueue_message(external("order-1", 1), Duration(0)).value();

  EXPECT_EQ(take_turn(*provider).messages, std::vector{external("order-1", 1)});
}

template <class Queue>
void item_abandoned_with_no_delay_is_deliverable_at_once(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  Queue::abandon(*provider, take<Queue>(*provider).token, {.delay = Duration(0)}).value();

  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

// --- The longest. In real time it can only be seen that they have not ended at once.

void to_last_moment_of_ten_years(Context& ctx) {
  if (ctx.is_virtual()) ctx.advance(kTenYears - Duration(1));
}

template <class Queue>
void lock_of_ten_years_holds(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider, kTenYears);

  to_last_moment_of_ten_years(ctx);

  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
}

template <class Queue>
void renewal_by_ten_years_holds(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  EXPECT_TRUE(succeeds(Queue::renew(*provider, held.token, kTenYears)));

  to_last_moment_of_ten_years(ctx);

  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
}

template <class Queue>
void abandon_delay_of_ten_years_holds(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  EXPECT_TRUE(succeeds(Queue::abandon(*provider, held.token, {.delay = kTenYears})));

  to_last_moment_of_ten_years(ctx);

  EXPECT_TRUE(none_deliverable<Queue>(*provider));
}

void enqueue_delay_of_ten_years_holds(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  EXPECT_TRUE(succeeds(provider->enqueue_message(external("order-1", 1), kTenYears)));

  to_last_moment_of_ten_years(ctx);

  EXPECT_TRUE(nothing(provider->fetch_turn({})));
}

void enqueue_delay_of_centuries_holds(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::uint64_t id = 10;
  for (const Duration delay : kLongDelays) {
    EXPECT_TRUE(succeeds(provider->enqueue_message(external("order-1", ++id), delay)));
  }
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  provider->enqueue_message(external("order-1", 1)).value();

  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 1)});
  to_last_moment_of_ten_years(ctx);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
}

// --- Far future and far past

void message_of_the_far_future_stays_hidden(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  for (const Message& message : timers(kFarFuture)) {
    EXPECT_TRUE(succeeds(provider->enqueue_message(message)));
  }
  provider->enqueue_message(external("order-1", 1)).value();

  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 1)});
  to_last_moment_of_ten_years(ctx);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
}

void committed_timer_of_the_far_future_stays_hidden(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  TurnCommit commit = commit_events({event(1)});
  commit.messages = timers(kFarFuture);
  commit.messages.push_back(external("order-1", 1));

  EXPECT_TRUE(succeeds(provider->ack_turn(take_turn(*provider).token, commit)));

  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 1)});
  to_last_moment_of_ten_years(ctx);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
}

void message_of_the_far_past_is_deliverable_at_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (const Message& message : timers(kFarPast)) {
    EXPECT_TRUE(succeeds(provider->enqueue_message(message)));
  }

  EXPECT_EQ(take_turn(*provider).messages, timers(kFarPast));
}

void committed_timer_of_the_far_past_is_deliverable_at_once(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  TurnCommit commit = commit_events({event(1)});
  commit.messages = timers(kFarPast);

  EXPECT_TRUE(succeeds(provider->ack_turn(take_turn(*provider).token, commit)));

  EXPECT_EQ(take_turn(*provider).messages, commit.messages);
}

constexpr const Requirement& kClause = requirement("TIME_1");

constexpr Validation kRows[] = {
    {"turn_lock_holds_to_the_millisecond", kClause, lock_holds_to_the_millisecond<Turns>},
    {"activity_lock_holds_to_the_millisecond", kClause, lock_holds_to_the_millisecond<Activities>},
    {"turn_renewal_holds_to_the_millisecond", kClause, renewal_holds_to_the_millisecond<Turns>},
    {"activity_renewal_holds_to_the_millisecond", kClause,
     renewal_holds_to_the_millisecond<Activities>},
    {"abandon_delay_of_a_turn_holds_to_the_millisecond", kClause,
     abandon_delay_holds_to_the_millisecond<Turns>},
    {"abandon_delay_of_an_activity_holds_to_the_millisecond", kClause,
     abandon_delay_holds_to_the_millisecond<Activities>},
    {"enqueue_delay_holds_to_the_millisecond", kClause, enqueue_delay_holds_to_the_millisecond},
    {"visible_time_of_an_enqueued_message_holds_to_the_millisecond", kClause,
     visible_time_of_an_enqueued_message_holds_to_the_millisecond},
    {"visible_time_of_a_committed_timer_holds_to_the_millisecond", kClause,
     visible_time_of_a_committed_timer_holds_to_the_millisecond},
    {"smallest_declared_turn_lock_is_honoured", kClause, smallest_declared_lock_is_honoured<Turns>},
    {"smallest_declared_activity_lock_is_honoured", kClause,
     smallest_declared_lock_is_honoured<Activities>},
    {"message_with_no_delay_is_deliverable_at_once", kClause,
     message_with_no_delay_is_deliverable_at_once},
    {"turn_abandoned_with_no_delay_is_deliverable_at_once", kClause,
     item_abandoned_with_no_delay_is_deliverable_at_once<Turns>},
    {"activity_abandoned_with_no_delay_is_deliverable_at_once", kClause,
     item_abandoned_with_no_delay_is_deliverable_at_once<Activities>},
    {"turn_lock_of_ten_years_holds", kClause, lock_of_ten_years_holds<Turns>},
    {"activity_lock_of_ten_years_holds", kClause, lock_of_ten_years_holds<Activities>},
    {"turn_renewal_by_ten_years_holds", kClause, renewal_by_ten_years_holds<Turns>},
    {"activity_renewal_by_ten_years_holds", kClause, renewal_by_ten_years_holds<Activities>},
    {"abandon_delay_of_a_turn_of_ten_years_holds", kClause,
     abandon_delay_of_ten_years_holds<Turns>},
    {"abandon_delay_of_an_activity_of_ten_years_holds", kClause,
     abandon_delay_of_ten_years_holds<Activities>},
    {"enqueue_delay_of_ten_years_holds", kClause, enqueue_delay_of_ten_years_holds},
    {"enqueue_delay_of_centuries_holds", kClause, enqueue_delay_of_centuries_holds},
    {"message_of_the_far_future_stays_hidden", kClause, message_of_the_far_future_stays_hidden},
    {"committed_timer_of_the_far_future_stays_hidden", kClause,
     committed_timer_of_the_far_future_stays_hidden},
    {"message_of_the_far_past_is_deliverable_at_once", kClause,
     message_of_the_far_past_is_deliverable_at_once},
    {"committed_timer_of_the_far_past_is_deliverable_at_once", kClause,
     committed_timer_of_the_far_past_is_deliverable_at_once},
};

}  // namespace

std::span<const Validation> time_validations() { return kRows; }

}  // namespace ackproof
