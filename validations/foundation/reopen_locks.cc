// Locks, tokens and attempt counts outlive the handles: after every handle was closed and the store
// was opened again, a token is good until its deadline, and dead from then on.
#include <memory>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

using Handle = std::unique_ptr<Provider>;

// `provider` is the only handle there is.
void reopen(Context& ctx, Handle& provider) {
  provider.reset();
  provider = ctx.open();
}

template <class Queue>
void lock_holds_through_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  take<Queue>(*provider, lock.length);

  reopen(ctx, provider);

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void renewed_deadline_holds_through_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window lock = ctx.window();
  Queue::renew(*provider, held.token, lock.length).value();

  reopen(ctx, provider);

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void token_acks_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);

  reopen(ctx, provider);

  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
}

void turn_token_commits_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Turn held = take_turn(*provider);
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 3)};
  commit.messages = {external("order-1", 4)};

  reopen(ctx, provider);

  EXPECT_TRUE(succeeds(provider->ack_turn(held.token, commit)));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), commit.activities);
  EXPECT_EQ(drain_messages(*provider), commit.messages);
}

void ack_after_a_reopen_removes_exactly_its_batch(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2)).value();
  const Turn held = take_turn(*provider);
  provider->enqueue_message(external("order-1", 3)).value();

  reopen(ctx, provider);
  provider->enqueue_message(external("order-1", 4)).value();
  EXPECT_TRUE(succeeds(provider->ack_turn(held.token, {})));

  EXPECT_EQ(drain_messages(*provider),
            (std::vector{external("order-1", 3), external("order-1", 4)}));
}

void activity_token_completes_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity held = take_activity(*provider);

  reopen(ctx, provider);

  EXPECT_TRUE(succeeds(provider->ack_activity(held.token, completion(held.activity))));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(held.activity)});
}

template <class Queue>
void token_renews_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*provider, lock.length);

  reopen(ctx, provider);
  EXPECT_TRUE(succeeds(Queue::renew(*provider, held.token, kLongLock)));

  ctx.to_end(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
}

template <class Queue>
void token_abandons_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);

  reopen(ctx, provider);

  EXPECT_TRUE(succeeds(Queue::abandon(*provider, held.token)));
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void token_dies_at_its_deadline_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*provider, lock.length);

  reopen(ctx, provider);
  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(Queue::renew(*provider, held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::ack(*provider, held.token), ErrorKind::lock_lost));
}

template <class Queue>
void lock_expires_while_everything_is_closed(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*provider, lock.length);

  provider.reset();
  ctx.to_end(lock);
  provider = ctx.open();

  EXPECT_TRUE(fails_with(Queue::ack(*provider, held.token), ErrorKind::lock_lost));
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void attempt_count_after_abandons_survives_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  for (int n = 0; n < 2; ++n) {
    Queue::abandon(*provider, take<Queue>(*provider).token).value();
  }

  reopen(ctx, provider);

  EXPECT_EQ(take<Queue>(*provider).attempt, 3U);
}

template <class Queue>
void attempt_of_a_lock_held_through_a_reopen_counts(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  take<Queue>(*provider, lock.length);

  reopen(ctx, provider);
  ctx.to_end(lock);

  EXPECT_EQ(take<Queue>(*provider).attempt, 2U);
}

constexpr Validation row(std::string_view name, void (*check)(Context&)) {
  return {.name = name, .proves = requirement("DUR_5"), .check = check, .reopens = true};
}

constexpr Validation kRows[] = {
    row("turn_lock_holds_through_a_reopen", lock_holds_through_a_reopen<Turns>),
    row("activity_lock_holds_through_a_reopen", lock_holds_through_a_reopen<Activities>),
    row("renewed_turn_deadline_holds_through_a_reopen",
        renewed_deadline_holds_through_a_reopen<Turns>),
    row("renewed_activity_deadline_holds_through_a_reopen",
        renewed_deadline_holds_through_a_reopen<Activities>),
    row("turn_token_acks_after_a_reopen", token_acks_after_a_reopen<Turns>),
    row("activity_token_acks_after_a_reopen", token_acks_after_a_reopen<Activities>),
    row("turn_token_commits_after_a_reopen", turn_token_commits_after_a_reopen),
    row("ack_after_a_reopen_removes_exactly_its_batch",
        ack_after_a_reopen_removes_exactly_its_batch),
    row("activity_token_completes_after_a_reopen", activity_token_completes_after_a_reopen),
    row("turn_token_renews_after_a_reopen", token_renews_after_a_reopen<Turns>),
    row("activity_token_renews_after_a_reopen", token_renews_after_a_reopen<Activities>),
    row("turn_token_abandons_after_a_reopen", token_abandons_after_a_reopen<Turns>),
    row("activity_token_abandons_after_a_reopen", token_abandons_after_a_reopen<Activities>),
    row("turn_token_dies_at_its_deadline_after_a_reopen",
        token_dies_at_its_deadline_after_a_reopen<Turns>),
    row("activity_token_dies_at_its_deadline_after_a_reopen",
        token_dies_at_its_deadline_after_a_reopen<Activities>),
    row("turn_lock_expires_while_everything_is_closed",
        lock_expires_while_everything_is_closed<Turns>),
    row("activity_lock_expires_while_everything_is_closed",
        lock_expires_while_everything_is_closed<Activities>),
    row("turn_attempt_count_after_abandons_survives_a_reopen",
        attempt_count_after_abandons_survives_a_reopen<Turns>),
    row("activity_attempt_count_after_abandons_survives_a_reopen",
        attempt_count_after_abandons_survives_a_reopen<Activities>),
    row("attempt_of_a_turn_held_through_a_reopen_counts",
        attempt_of_a_lock_held_through_a_reopen_counts<Turns>),
    row("attempt_of_an_activity_held_through_a_reopen_counts",
        attempt_of_a_lock_held_through_a_reopen_counts<Activities>),
};

}  // namespace

std::span<const Validation> reopen_lock_validations() { return kRows; }

}  // namespace ackproof
