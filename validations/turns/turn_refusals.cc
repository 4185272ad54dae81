// Which events a turn commit cannot have, and what a commit that was refused leaves usable.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// --- ACK_4

void stored_event_stays_as_it_was(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  Event rewritten = event(1);
  rewritten.kind = "TimerCreated";
  rewritten.payload = "rewritten";

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(2), rewritten})),
                         ErrorKind::conflict));
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(1), event(2)})),
                         ErrorKind::conflict))
      << "an event is not appended twice, even if it is equal";

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
}

void stored_event_of_a_lower_execution_stays_as_it_was(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Turn first = wake(*provider, "order-1", 7);
  provider->ack_turn(first.token, {.execution = 2, .events = {event(1)}}).value();
  const auto before = provider->read_instance("order-1").value();
  const Turn turn = wake(*provider, "order-1", 8);
  Event rewritten = event(1);
  rewritten.payload = "rewritten";

  for (const Event& stored : {event(1), rewritten}) {
    const TurnCommit commit{.execution = 1,
                            .events = {event(2), stored},
                            .activities = {activity("order-1", 1)},
                            .messages = {external("order-1", 9)},
                            .metadata = {.status = Status::failed, .output = "late"}};
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));
  }

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", 2).value(), events(1, 1));
  EXPECT_EQ(provider->read_instance("order-1").value(), before);
  EXPECT_EQ(drain_activities(*other), std::vector<Activity>());
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the refusal ended the lock";
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.execution = 1, .events = {event(2)}})));
  EXPECT_EQ(drain_messages(*other), std::vector<Message>());
}

void event_id_twice_in_one_commit_is_conflict(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  Event twin = event(2);
  twin.payload = "another event with the same id";

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(2), event(3), twin})),
                         ErrorKind::conflict));
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(2), event(2)})),
                         ErrorKind::conflict));

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
}

void same_event_id_in_another_execution_is_another_event(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  Event first_of_second = event(1);
  first_of_second.payload = "first of the second execution";

  const Result<void> acked =
      provider->ack_turn(turn.token, {.execution = 2, .events = {first_of_second}});

  EXPECT_TRUE(succeeds(acked));
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", 2).value(), std::vector{first_of_second});
}

// --- ACK_5

void refused_ack_can_be_corrected_with_the_same_token(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit commit = commit_events({event(1), event(2)});
  commit.activities = {activity("order-1", 1)};
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));
  commit.events = {event(0), event(2)};
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));

  commit.events = {event(2)};
  const Result<void> corrected = provider->ack_turn(turn.token, commit);

  EXPECT_TRUE(succeeds(corrected));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>()) << "the batch is still there";
}

// That acks with these commits neither end the lock nor move its deadline.
void expect_lock_as_long_as_it_was(Context& ctx, const std::vector<TurnCommit>& refused,
                                   ErrorKind kind) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*provider, {.lock_timeout = lock.length});

  ctx.to_last_moment(lock);
  for (const TurnCommit& commit : refused) {
    EXPECT_TRUE(fails_with(provider->ack_turn(held.token, commit), kind));
  }
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the refusal ended the lock";
  ctx.to_end(lock);
  const Turn next = take_turn(*other);

  EXPECT_EQ(next.messages, std::vector{external("order-1", 7)});
  EXPECT_EQ(next.attempt, 2U);
  EXPECT_TRUE(
      fails_with(provider->ack_turn(held.token, commit_events({event(2)})), ErrorKind::lock_lost));
  EXPECT_TRUE(succeeds(other->ack_turn(next.token, commit_events({event(2)}))));
}

void refused_ack_leaves_the_lock_as_long_as_it_was(Context& ctx) {
  expect_lock_as_long_as_it_was(ctx, {commit_events({event(1)})}, ErrorKind::conflict);
}

void invalid_ack_leaves_the_lock_as_long_as_it_was(Context& ctx) {
  expect_lock_as_long_as_it_was(ctx,
                                {{.execution = 0},
                                 {.events = {event(0)}},
                                 {.activities = {activity("", 1)}},
                                 {.messages = {external("", 1)}},
                                 {.cancelled = {{.instance = "order-1", .execution = 0, .id = 1}}},
                                 {.metadata = {.name = ""}}},
                                ErrorKind::invalid);
}

constexpr Validation kRows[] = {
    {"stored_event_stays_as_it_was", requirement("ACK_4"), stored_event_stays_as_it_was},
    {"stored_event_of_a_lower_execution_stays_as_it_was", requirement("ACK_4"),
     stored_event_of_a_lower_execution_stays_as_it_was},
    {"event_id_twice_in_one_commit_is_conflict", requirement("ACK_4"),
     event_id_twice_in_one_commit_is_conflict},
    {"same_event_id_in_another_execution_is_another_event", requirement("ACK_4"),
     same_event_id_in_another_execution_is_another_event},
    {"refused_ack_can_be_corrected_with_the_same_token", requirement("ACK_5"),
     refused_ack_can_be_corrected_with_the_same_token},
    {"refused_ack_leaves_the_lock_as_long_as_it_was", requirement("ACK_5"),
     refused_ack_leaves_the_lock_as_long_as_it_was},
    {"invalid_ack_leaves_the_lock_as_long_as_it_was", requirement("ACK_5"),
     invalid_ack_leaves_the_lock_as_long_as_it_was},
};

}  // namespace

std::span<const Validation> turn_refusal_validations() { return kRows; }

}  // namespace ackproof
