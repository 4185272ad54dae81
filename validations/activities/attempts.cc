// Attempt counts: every delivery is counted, on the item that was delivered, and nothing else is.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Counts = std::vector<std::uint64_t>;

// Takes the instance's turn and gives it back; the attempt that it was.
std::uint64_t try_turn(Provider& provider, const Abandon& how = {}) {
  const Turn turn = take_turn(provider);
  provider.abandon_turn(turn.token, how).value();
  return turn.attempt;
}

std::uint64_t try_activity(Provider& provider, const Abandon& how = {}) {
  const LockedActivity locked = take_activity(provider);
  provider.abandon_activity(locked.token, how).value();
  return locked.attempt;
}

// Acks the turn's batch away, with one more event.
void finish(Provider& provider, const Turn& turn, std::uint64_t event_id) {
  provider.ack_turn(turn.token, commit_events({event(event_id)})).value();
}

// --- Each delivery adds one

void first_delivery_is_the_first_attempt(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();

  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);

  EXPECT_EQ(turn.attempt, 1U);
  EXPECT_EQ(locked.attempt, 1U);
}

void each_delivery_after_an_abandon_adds_one(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  one->enqueue_message(start("order-1")).value();
  one->enqueue_activity(activity("order-1", 1)).value();

  const Counts turns = {try_turn(*one), try_turn(*other), try_turn(*one), try_turn(*other)};
  const Counts activities = {try_activity(*one), try_activity(*other), try_activity(*one),
                             try_activity(*other)};

  EXPECT_EQ(turns, (Counts{1, 2, 3, 4}));
  EXPECT_EQ(activities, (Counts{1, 2, 3, 4}));
}

void delivery_after_an_abandon_with_delay_adds_one(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);

  const Window longer = ctx.window(2 * ctx.usual_length());
  provider->abandon_turn(turn.token, {.delay = longer.length}).value();
  const Window delay = ctx.window();
  provider->abandon_activity(locked.token, {.delay = delay.length}).value();
  ctx.to_end(delay);
  ctx.to_end(longer);

  EXPECT_EQ(take_turn(*provider).attempt, 2U);
  EXPECT_EQ(take_activity(*provider).attempt, 2U);
}

void turn_after_an_expiry_is_the_next_attempt(Context& ctx) {
  const auto crashed = ctx.open();
  const auto successor = ctx.open();
  crashed->enqueue_message(start("order-1")).value();

  Counts counts;
  for (int n = 0; n < 3; ++n) {
    const Window lock = ctx.window();
    counts.push_back(take_turn(*crashed, {.lock_timeout = lock.length}).attempt);
    ctx.to_end(lock);
  }
  counts.push_back(try_turn(*successor));

  EXPECT_EQ(counts, (Counts{1, 2, 3, 4}));
}

void activity_after_an_expiry_is_the_next_attempt(Context& ctx) {
  const auto crashed = ctx.open();
  const auto successor = ctx.open();
  crashed->enqueue_activity(activity("order-1", 1)).value();

  Counts counts;
  for (int n = 0; n < 3; ++n) {
    const Window lock = ctx.window();
    counts.push_back(take_activity(*crashed, {.lock_timeout = lock.length}).attempt);
    ctx.to_end(lock);
  }
  counts.push_back(try_activity(*successor));

  EXPECT_EQ(counts, (Counts{1, 2, 3, 4}));
}

// --- Per item

void attempts_are_counted_per_activity(Context& ctx) {
  const auto provider = ctx.open();
  // The second one is a twin of the first: counts belong to the item, not to its identity.
  for (const std::uint64_t id : {1, 1, 2}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  try_activity(*provider);
  try_activity(*provider);

  const LockedActivity first = take_activity(*provider);
  const LockedActivity twin = take_activity(*provider);
  const LockedActivity other = take_activity(*provider);

  EXPECT_EQ((Counts{first.attempt, twin.attempt, other.attempt}), (Counts{3, 1, 1}));
}

void new_message_of_a_much_tried_instance_starts_at_one(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  try_turn(*provider);
  try_turn(*provider);
  const Turn third = take_turn(*provider);
  provider->enqueue_message(external("order-1", 2)).value();

  finish(*provider, third, 2);

  const Turn next = take_turn(*provider);
  EXPECT_EQ(third.attempt, 3U);
  EXPECT_EQ(next.messages, std::vector{external("order-1", 2)});
  EXPECT_EQ(next.attempt, 1U);
}

void message_hidden_during_a_delivery_is_not_counted(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();

  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 2), delay.length).value();
  const std::uint64_t first = try_turn(*provider);
  finish(*provider, take_turn(*provider), 2);
  ctx.to_end(delay);

  const Turn later = take_turn(*provider);
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(later.messages, std::vector{external("order-1", 2)});
  EXPECT_EQ(later.attempt, 1U);
}

void batch_has_the_largest_attempt_of_its_messages(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  // The message that was delivered most often stands in the middle of the batch.
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 1), delay.length).value();
  provider->enqueue_message(external("order-1", 2)).value();
  try_turn(*provider);
  try_turn(*provider);
  provider->enqueue_message(external("order-1", 3)).value();
  ctx.to_end(delay);

  const Turn turn = take_turn(*provider);

  EXPECT_EQ(turn.messages,
            (std::vector{external("order-1", 1), external("order-1", 2), external("order-1", 3)}));
  EXPECT_EQ(turn.attempt, 3U);
}

void renewal_is_no_attempt(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);

  for (int n = 0; n < 3; ++n) {
    provider->renew_turn(turn.token, kLongLock).value();
    provider->renew_activity(locked.token, kLongLock).value();
  }
  provider->abandon_turn(turn.token).value();
  provider->abandon_activity(locked.token).value();

  EXPECT_EQ(try_turn(*provider), 2U);
  EXPECT_EQ(try_activity(*provider), 2U);
}

// A message and an activity that were tried before the instance began its next life.
void continue_as_new_resets_no_count(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  try_activity(*provider);
  provider->enqueue_message(external("order-1", 1)).value();
  const Turn tried = take_turn(*provider);
  Message again = start("order-1");
  again.kind = MessageKind::continue_as_new;

  const Window delay = ctx.window();
  provider->abandon_turn(tried.token, {.delay = delay.length}).value();
  TurnCommit ended;
  ended.metadata.status = Status::continued_as_new;
  ended.messages = {again};
  provider->ack_turn(wake(*provider, "order-1", 2).token, ended).value();
  provider->ack_turn(take_turn(*provider).token, {.execution = 2, .events = {event(1)}}).value();
  ctx.to_end(delay);

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.execution, 2U);
  EXPECT_EQ(turn.messages, std::vector{external("order-1", 1)});
  EXPECT_EQ(turn.attempt, 2U);
  EXPECT_EQ(take_activity(*provider).attempt, 2U);
}

// --- ignore_attempt

void ignored_attempt_is_taken_back(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Abandon ignore{.ignore_attempt = true};

  const Counts turns = {try_turn(*provider),         try_turn(*provider),
                        try_turn(*provider, ignore), try_turn(*provider, ignore),
                        try_turn(*provider),         try_turn(*provider)};
  const Counts activities = {try_activity(*provider),         try_activity(*provider),
                             try_activity(*provider, ignore), try_activity(*provider, ignore),
                             try_activity(*provider),         try_activity(*provider)};

  EXPECT_EQ(turns, (Counts{1, 2, 3, 3, 3, 4}));
  EXPECT_EQ(activities, (Counts{1, 2, 3, 3, 3, 4}));
}

void ignored_attempt_of_a_mixed_batch_is_taken_from_each_message(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 1), delay.length).value();
  provider->enqueue_message(external("order-1", 2)).value();
  const Counts before = {try_turn(*provider), try_turn(*provider)};
  ctx.to_end(delay);

  const std::uint64_t ignored = try_turn(*provider, {.ignore_attempt = true});

  EXPECT_EQ(before, (Counts{1, 2}));
  EXPECT_EQ((Counts{ignored, try_turn(*provider)}), (Counts{3, 3}));
}

// After each ignored delivery nothing is counted any more, and there is nothing left to take from.
void ignored_first_attempts_leave_no_debt(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Abandon ignore{.ignore_attempt = true};

  const Counts turns = {try_turn(*provider, ignore), try_turn(*provider, ignore),
                        try_turn(*provider, ignore), try_turn(*provider), try_turn(*provider)};
  const Counts activities = {try_activity(*provider, ignore), try_activity(*provider, ignore),
                             try_activity(*provider, ignore), try_activity(*provider),
                             try_activity(*provider)};

  EXPECT_EQ(turns, (Counts{1, 1, 1, 1, 2}));
  EXPECT_EQ(activities, (Counts{1, 1, 1, 1, 2}));
}

// The stored counts are 0 when the dead tokens try to take one more.
void dead_token_takes_back_no_attempt(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Abandon ignore{.ignore_attempt = true};
  const Turn turn = take_turn(*provider);
  const LockedActivity locked = take_activity(*provider);
  provider->abandon_turn(turn.token, ignore).value();
  provider->abandon_activity(locked.token, ignore).value();

  EXPECT_TRUE(fails_with(provider->abandon_turn(turn.token, ignore), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->abandon_activity(locked.token, ignore), ErrorKind::lock_lost));

  EXPECT_EQ((Counts{try_turn(*provider), try_turn(*provider)}), (Counts{1, 2}));
  EXPECT_EQ((Counts{try_activity(*provider), try_activity(*provider)}), (Counts{1, 2}));
}

void ignored_attempt_is_taken_from_no_message_outside_the_batch(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  try_turn(*provider);
  const Turn tried = take_turn(*provider);

  // Message 1, delivered twice, is hidden while message 2 is delivered and ignored.
  const Window delay = ctx.window();
  provider->abandon_turn(tried.token, {.delay = delay.length}).value();
  provider->enqueue_message(external("order-1", 2)).value();
  try_turn(*provider, {.ignore_attempt = true});
  finish(*provider, take_turn(*provider), 2);
  ctx.to_end(delay);

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, std::vector{external("order-1", 1)});
  EXPECT_EQ(turn.attempt, 3U);
}

void ignored_attempt_makes_no_undelivered_message_negative(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();

  // Message 2 was never delivered: its count is 0 while that of message 1 is taken back.
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 2), delay.length).value();
  try_turn(*provider, {.ignore_attempt = true});
  finish(*provider, take_turn(*provider), 2);
  ctx.to_end(delay);

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, std::vector{external("order-1", 2)});
  provider->abandon_turn(turn.token).value();
  EXPECT_EQ((Counts{turn.attempt, try_turn(*provider)}), (Counts{1, 2}));
}

void ignored_attempt_is_taken_from_no_other_activity(Context& ctx) {
  const auto provider = ctx.open();
  for (const std::uint64_t id : {1, 1, 2}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  const LockedActivity first = take_activity(*provider);
  const LockedActivity twin = take_activity(*provider);
  const LockedActivity other = take_activity(*provider);
  provider->abandon_activity(first.token).value();
  provider->abandon_activity(other.token).value();

  provider->abandon_activity(twin.token, {.ignore_attempt = true}).value();

  const Counts counts = {take_activity(*provider).attempt, take_activity(*provider).attempt,
                         take_activity(*provider).attempt};
  EXPECT_EQ(counts, (Counts{2, 1, 2}));
}

// --- Undecodable items

void deliveries_of_an_undecodable_message_are_counted(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  ctx.corrupt_message("order-1", 7);

  Counts counts = {try_turn(*provider), try_turn(*provider)};
  const Window lock = ctx.window();
  counts.push_back(take_turn(*provider, {.lock_timeout = lock.length}).attempt);
  ctx.to_end(lock);
  counts.push_back(try_turn(*provider, {.ignore_attempt = true}));
  counts.push_back(try_turn(*provider));

  EXPECT_EQ(counts, (Counts{1, 2, 3, 4, 4}));
}

void deliveries_of_an_undecodable_activity_are_counted(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(activity("order-1", 7)).value();
  ctx.corrupt_activity(key_of(activity("order-1", 7)));

  Counts counts = {try_activity(*provider), try_activity(*provider)};
  const Window lock = ctx.window();
  counts.push_back(take_activity(*provider, {.lock_timeout = lock.length}).attempt);
  ctx.to_end(lock);
  counts.push_back(try_activity(*provider, {.ignore_attempt = true}));
  counts.push_back(try_activity(*provider));

  EXPECT_EQ(counts, (Counts{1, 2, 3, 4, 4}));
}

void deliveries_with_undecodable_history_are_counted(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  ctx.corrupt_history("order-1");

  const Counts counts = {try_turn(*provider), try_turn(*provider),
                         try_turn(*provider, {.ignore_attempt = true}), try_turn(*provider)};

  EXPECT_EQ(counts, (Counts{1, 2, 3, 3}));
}

constexpr Validation kRows[] = {
    {"first_delivery_is_the_first_attempt", requirement("POISON_1"),
     first_delivery_is_the_first_attempt},
    {"each_delivery_after_an_abandon_adds_one", requirement("POISON_1"),
     each_delivery_after_an_abandon_adds_one},
    {"delivery_after_an_abandon_with_delay_adds_one", requirement("POISON_1"),
     delivery_after_an_abandon_with_delay_adds_one},
    {"turn_after_an_expiry_is_the_next_attempt", requirement("POISON_1"),
     turn_after_an_expiry_is_the_next_attempt},
    {"activity_after_an_expiry_is_the_next_attempt", requirement("POISON_1"),
     activity_after_an_expiry_is_the_next_attempt},
    {"attempts_are_counted_per_activity", requirement("POISON_1"),
     attempts_are_counted_per_activity},
    {"new_message_of_a_much_tried_instance_starts_at_one", requirement("POISON_1"),
     new_message_of_a_much_tried_instance_starts_at_one},
    {"message_hidden_during_a_delivery_is_not_counted", requirement("POISON_1"),
     message_hidden_during_a_delivery_is_not_counted},
    {"batch_has_the_largest_attempt_of_its_messages", requirement("POISON_1"),
     batch_has_the_largest_attempt_of_its_messages},
    {"renewal_is_no_attempt", requirement("POISON_1"), renewal_is_no_attempt},
    {"continue_as_new_resets_no_count", requirement("POISON_1"), continue_as_new_resets_no_count},
    {"ignored_attempt_is_taken_back", requirement("POISON_2"), ignored_attempt_is_taken_back},
    {"ignored_attempt_of_a_mixed_batch_is_taken_from_each_message", requirement("POISON_2"),
     ignored_attempt_of_a_mixed_batch_is_taken_from_each_message},
    {"ignored_first_attempts_leave_no_debt", requirement("POISON_2"),
     ignored_first_attempts_leave_no_debt},
    {"dead_token_takes_back_no_attempt", requirement("POISON_2"), dead_token_takes_back_no_attempt},
    {"ignored_attempt_is_taken_from_no_message_outside_the_batch", requirement("POISON_2"),
     ignored_attempt_is_taken_from_no_message_outside_the_batch},
    {"ignored_attempt_makes_no_undelivered_message_negative", requirement("POISON_2"),
     ignored_attempt_makes_no_undelivered_message_negative},
    {"ignored_attempt_is_taken_from_no_other_activity", requirement("POISON_2"),
     ignored_attempt_is_taken_from_no_other_activity},
    {"deliveries_of_an_undecodable_message_are_counted", requirement("POISON_3"),
     deliveries_of_an_undecodable_message_are_counted, Hook::corrupt_message},
    {"deliveries_of_an_undecodable_activity_are_counted", requirement("POISON_3"),
     deliveries_of_an_undecodable_activity_are_counted, Hook::corrupt_activity},
    {"deliveries_with_undecodable_history_are_counted", requirement("POISON_3"),
     deliveries_with_undecodable_history_are_counted, Hook::corrupt_history},
};

}  // namespace

std::span<const Validation> attempt_validations() { return kRows; }

}  // namespace ackproof
