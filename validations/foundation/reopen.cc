// Everything that returned success is there after every handle was closed and the store was opened
// again: what is stored, what is queued, what is hidden, and who holds what until when.
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

// --- What is stored and queued

void history_of_every_execution_survives_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  TurnCommit second = commit_events(events(1, 12));
  second.execution = 2;
  provider->ack_turn(take_turn(*provider).token, second).value();

  reopen(ctx, provider);

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", 2).value(), events(1, 12));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 12));
}

void instance_record_survives_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  TurnCommit commit = commit_events({event(1)});
  commit.metadata.name = "Refund";
  commit.metadata.version = "2.0.0";
  commit.metadata.parent = "order-0";
  commit.metadata.status = Status::failed;
  commit.metadata.output = Bytes("\0out\xFF", 5);
  provider->ack_turn(take_turn(*provider).token, commit).value();
  const std::optional<InstanceInfo> record = provider->read_instance("order-1").value();
  ASSERT_TRUE(record);

  ctx.advance(Duration(5));
  reopen(ctx, provider);

  EXPECT_EQ(provider->read_instance("order-1").value(), record);
}

void queued_messages_survive_a_reopen_in_order(Context& ctx) {
  Handle provider = ctx.open();
  std::vector<Message> sent = {start("order-1")};
  for (const std::uint64_t id : {3, 1, 12, 2}) sent.push_back(external("order-1", id));
  for (const Message& message : sent) provider->enqueue_message(message).value();

  reopen(ctx, provider);

  EXPECT_EQ(drain_messages(*provider), sent);
}

void queued_activities_survive_a_reopen_in_order(Context& ctx) {
  Handle provider = ctx.open();
  std::vector<Activity> sent;
  for (const std::uint64_t id : {3, 1, 12, 2}) sent.push_back(activity("order-1", id));
  for (const Activity& item : sent) provider->enqueue_activity(item).value();

  reopen(ctx, provider);

  EXPECT_EQ(drain_activities(*provider), sent);
}

void whole_commit_survives_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  for (const std::uint64_t id : {1, 2}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  provider->enqueue_message(external("order-1", 3)).value();
  TurnCommit commit = commit_events(events(2, 4));
  commit.activities = {activity("order-1", 5), activity("order-1", 4)};
  commit.messages = {external("order-1", 7), external("order-1", 6)};
  commit.cancelled = {key_of(activity("order-1", 1))};
  provider->ack_turn(take_turn(*provider).token, commit).value();

  reopen(ctx, provider);

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 4));
  EXPECT_EQ(drain_activities(*provider),
            (std::vector{activity("order-1", 2), activity("order-1", 5), activity("order-1", 4)}));
  EXPECT_EQ(drain_messages(*provider), commit.messages);
}

void acked_activity_and_its_completion_survive_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity done = take_activity(*provider);
  provider->ack_activity(done.token, completion(done.activity)).value();

  reopen(ctx, provider);

  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(done.activity)});
}

void held_message_survives_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();

  reopen(ctx, provider);

  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  provider->enqueue_message(start("order-1")).value();
  EXPECT_EQ(drain_messages(*provider), (std::vector{external("order-1", 1), start("order-1")}));
}

// --- What is hidden

void delayed_message_stays_hidden_through_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  const Window hidden = ctx.window();
  provider->enqueue_message(external("order-1", 1), hidden.length).value();

  reopen(ctx, provider);

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);
  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 1)});
}

void committed_timer_stays_hidden_through_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window hidden = ctx.window();
  const Turn turn = take_turn(*provider);
  TurnCommit commit = commit_events({event(1)});
  commit.messages = {timer("order-1", 2, turn.now + hidden.length)};
  provider->ack_turn(turn.token, commit).value();

  reopen(ctx, provider);

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);
  EXPECT_EQ(drain_messages(*provider), commit.messages);
}

template <class Queue>
void abandoned_item_stays_hidden_through_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window hidden = ctx.window();
  Queue::abandon(*provider, held.token, {.delay = hidden.length}).value();

  reopen(ctx, provider);

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(hidden);
  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

// --- What goes on as if nothing had happened

void message_order_continues_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> sent;
  for (const std::uint64_t id : {5, 4, 3, 2, 1}) {
    sent.push_back(external("order-1", id));
    provider->enqueue_message(sent.back()).value();
    reopen(ctx, provider);
  }

  EXPECT_EQ(take_turn(*provider).messages, sent);
}

void activity_order_continues_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  std::vector<Activity> sent;
  for (const std::uint64_t id : {5, 4, 3, 2, 1}) {
    sent.push_back(activity("order-1", id));
    provider->enqueue_activity(sent.back()).value();
    reopen(ctx, provider);
  }

  EXPECT_EQ(drain_activities(*provider), sent);
}

void turn_continues_its_history_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();

  reopen(ctx, provider);
  const Turn turn = take_turn(*provider);

  EXPECT_EQ(turn.history, events(1, 1));
  EXPECT_EQ(turn.name, "Order");
  EXPECT_EQ(turn.version, "1.0.0");
  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(1)})), ErrorKind::conflict))
      << "the stored event was forgotten";
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events(events(2, 3)))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 3));
}

void current_execution_continues_after_a_reopen(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  for (const std::uint64_t execution : {9, 10}) {
    provider->enqueue_message(external("order-1", execution)).value();
    TurnCommit commit = commit_events(events(1, execution));
    commit.execution = execution;
    provider->ack_turn(take_turn(*provider).token, commit).value();
    reopen(ctx, provider);
  }
  provider->enqueue_message(external("order-1", 1)).value();

  const Turn turn = take_turn(*provider);

  EXPECT_EQ(turn.execution, 10U);
  EXPECT_EQ(turn.history, events(1, 10));
}

template <class Queue>
void token_used_before_a_reopen_opens_nothing_after_it(Context& ctx) {
  Handle provider = ctx.open();
  Queue::put(*provider, 1);
  const LockToken used = take<Queue>(*provider).token;
  Queue::ack(*provider, used).value();

  reopen(ctx, provider);
  Queue::put(*provider, 2);
  const Taken held = take<Queue>(*provider);

  EXPECT_TRUE(fails_with(Queue::renew(*provider, used, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::abandon(*provider, used), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::ack(*provider, used), ErrorKind::lock_lost));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
}

void reopening_again_and_again_doubles_nothing(Context& ctx) {
  Handle provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();

  for (int n = 0; n < 3; ++n) reopen(ctx, provider);

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 1)});
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
}

constexpr Validation row(std::string_view name, const Requirement& proves,
                         void (*check)(Context&)) {
  return {.name = name, .proves = proves, .check = check, .reopens = true};
}

constexpr Validation kRows[] = {
    row("history_of_every_execution_survives_a_reopen", requirement("DUR_1"),
        history_of_every_execution_survives_a_reopen),
    row("instance_record_survives_a_reopen", requirement("DUR_1"),
        instance_record_survives_a_reopen),
    row("queued_messages_survive_a_reopen_in_order", requirement("DUR_1"),
        queued_messages_survive_a_reopen_in_order),
    row("queued_activities_survive_a_reopen_in_order", requirement("DUR_1"),
        queued_activities_survive_a_reopen_in_order),
    row("whole_commit_survives_a_reopen", requirement("DUR_1"), whole_commit_survives_a_reopen),
    row("acked_activity_and_its_completion_survive_a_reopen", requirement("DUR_1"),
        acked_activity_and_its_completion_survive_a_reopen),
    row("held_message_survives_a_reopen", requirement("DUR_1"), held_message_survives_a_reopen),
    row("delayed_message_stays_hidden_through_a_reopen", requirement("DUR_1"),
        delayed_message_stays_hidden_through_a_reopen),
    row("committed_timer_stays_hidden_through_a_reopen", requirement("DUR_1"),
        committed_timer_stays_hidden_through_a_reopen),
    row("abandoned_turn_stays_hidden_through_a_reopen", requirement("DUR_1"),
        abandoned_item_stays_hidden_through_a_reopen<Turns>),
    row("abandoned_activity_stays_hidden_through_a_reopen", requirement("DUR_1"),
        abandoned_item_stays_hidden_through_a_reopen<Activities>),
    row("message_order_continues_after_a_reopen", requirement("DUR_3"),
        message_order_continues_after_a_reopen),
    row("activity_order_continues_after_a_reopen", requirement("DUR_3"),
        activity_order_continues_after_a_reopen),
    row("turn_continues_its_history_after_a_reopen", requirement("DUR_3"),
        turn_continues_its_history_after_a_reopen),
    row("current_execution_continues_after_a_reopen", requirement("DUR_3"),
        current_execution_continues_after_a_reopen),
    row("turn_token_used_before_a_reopen_opens_nothing_after_it", requirement("DUR_3"),
        token_used_before_a_reopen_opens_nothing_after_it<Turns>),
    row("activity_token_used_before_a_reopen_opens_nothing_after_it", requirement("DUR_3"),
        token_used_before_a_reopen_opens_nothing_after_it<Activities>),
    row("reopening_again_and_again_doubles_nothing", requirement("DUR_3"),
        reopening_again_and_again_doubles_nothing),
};

}  // namespace

std::span<const Validation> reopen_validations() { return kRows; }

}  // namespace ackproof
