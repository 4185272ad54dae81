// Cancelled activities go, wherever they are; nothing else goes with them.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// One turn of order-1, which has to exist, that cancels these.
void cancel(Provider& provider, const std::vector<ActivityKey>& keys) {
  const Turn turn = wake(provider, "order-1", 900);
  provider.ack_turn(turn.token, {.cancelled = keys}).value();
}

void enqueue_all(Provider& provider, const std::vector<Activity>& activities) {
  for (const Activity& item : activities) provider.enqueue_activity(item).value();
}

void cancelled_activities_leave_the_queue(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit scheduling;
  scheduling.activities = {activity("order-1", 1), activity("order-1", 2), activity("order-1", 3),
                           activity("order-1", 4)};
  provider->ack_turn(turn.token, scheduling).value();

  cancel(*provider, {key_of(activity("order-1", 1)), key_of(activity("order-1", 3))});

  EXPECT_EQ(drain_activities(*worker),
            (std::vector{activity("order-1", 2), activity("order-1", 4)}));
}

void holder_of_a_cancelled_activity_learns_it_from_renew_and_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, {activity("order-1", 1), activity("order-1", 2)});
  const LockedActivity cancelled = take_activity(*worker);
  const LockedActivity spared = take_activity(*worker);

  cancel(*provider, {key_of(activity("order-1", 1))});

  EXPECT_TRUE(fails_with(worker->renew_activity(cancelled.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(worker->ack_activity(cancelled.token, completion(cancelled.activity)),
                         ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(worker->abandon_activity(cancelled.token), ErrorKind::lock_lost));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>())
      << "the completion of a cancelled activity was enqueued";
  EXPECT_TRUE(succeeds(worker->renew_activity(spared.token, kLongLock)));
  EXPECT_TRUE(succeeds(worker->ack_activity(spared.token, completion(spared.activity))));
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(activity("order-1", 2))});
}

// Its holder never calls again.
void activity_cancelled_in_flight_is_not_redelivered_after_its_deadline(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Window lock = ctx.window();
  take_activity(*worker, {.lock_timeout = lock.length});

  cancel(*provider, {key_of(activity("order-1", 1))});

  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  ctx.to_end(lock);
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>()) << "it came back to life";
}

void activity_cancelled_while_hidden_never_appears(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, {activity("order-1", 1), activity("order-1", 2)});
  const LockedActivity first = take_activity(*worker);
  const LockedActivity second = take_activity(*worker);
  const Window delay = ctx.window();
  worker->abandon_activity(first.token, {.delay = delay.length}).value();
  worker->abandon_activity(second.token).value();

  cancel(*provider, {key_of(first.activity)});
  ctx.to_end(delay);

  EXPECT_EQ(drain_activities(*worker), std::vector{second.activity});
}

void cancellation_takes_all_activities_with_one_identity(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, {activity("order-1", 1), activity("order-1", 1), activity("order-1", 2),
                          activity("order-1", 1)});
  const LockedActivity held = take_activity(*worker);

  cancel(*provider, {key_of(activity("order-1", 1))});

  EXPECT_TRUE(fails_with(worker->renew_activity(held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_EQ(drain_activities(*worker), std::vector{activity("order-1", 2)});
}

void cancellation_of_unknown_activities_is_ignored(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, {activity("order-1", 1), activity("order-1", 2)});
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit commit = commit_events({event(2)});
  const ActivityKey known = key_of(activity("order-1", 1));
  commit.cancelled = {{"order-1", 1, 999}, known, {"nobody", 1, 2}, known, {"order-1", 8, 2}};

  const Result<void> acked = provider->ack_turn(turn.token, commit);

  EXPECT_TRUE(succeeds(acked));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
}

void cancellation_leaves_other_executions_and_instances_alone(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Activity later = activity("order-1", 1);
  later.execution = 2;
  const std::vector<Activity> others = {later, activity("order-10", 1), activity("ORDER-1", 1),
                                        activity("order-1", 11), activity("order-1", 0)};
  enqueue_all(*provider, others);
  provider->enqueue_activity(activity("order-1", 1)).value();

  cancel(*provider, {key_of(activity("order-1", 1))});

  EXPECT_EQ(drain_activities(*provider), others);
}

void turn_can_cancel_the_activities_of_another_instance_and_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Activity later = activity("order-1", 1);
  later.execution = 2;
  enqueue_all(*provider, {activity("order-1", 1), later, activity("order-2", 1)});

  cancel(*provider, {key_of(activity("order-2", 1)), key_of(later)});

  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
}

void activity_scheduled_and_cancelled_in_one_commit_is_gone(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*provider);
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order-1", 1), activity("order-1", 2), activity("order-1", 3)};
  commit.cancelled = {key_of(activity("order-1", 2))};

  const Result<void> acked = provider->ack_turn(turn.token, commit);

  EXPECT_TRUE(succeeds(acked));
  EXPECT_EQ(drain_activities(*provider),
            (std::vector{activity("order-1", 1), activity("order-1", 3)}));
}

void cancellation_has_no_say_in_what_is_scheduled_later(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  cancel(*provider, {key_of(activity("order-1", 1)), key_of(activity("order-1", 2))});

  const Turn turn = wake(*provider, "order-1", 7);
  provider->ack_turn(turn.token, {.activities = {activity("order-1", 1)}}).value();
  provider->enqueue_activity(activity("order-1", 2)).value();

  EXPECT_EQ(drain_activities(*provider),
            (std::vector{activity("order-1", 1), activity("order-1", 2)}));
}

void thousand_activities_can_be_cancelled_in_one_commit(Context& ctx) {
  constexpr std::uint64_t kMany = 1'000;  // A commit takes that many items of each kind (TEXT_2).
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit scheduling;
  std::vector<ActivityKey> keys;
  for (std::uint64_t id = 1; id <= kMany; ++id) {
    scheduling.activities.push_back(activity("order-1", id));
    keys.push_back(key_of(scheduling.activities.back()));
  }
  provider->ack_turn(turn.token, scheduling).value();
  provider->enqueue_activity(activity("order-1", kMany + 1)).value();

  cancel(*provider, keys);

  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", kMany + 1)});
}

// To end an instance is not to cancel its activities: an engine says which it wants gone.
void activities_outlive_the_end_of_their_instance(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  for (const Status end : {Status::completed, Status::failed, Status::continued_as_new}) {
    const std::string instance = "order-" + std::to_string(static_cast<int>(end));
    create_instance(*provider, instance);
    provider->enqueue_activity(activity(instance, 1)).value();
    const LockedActivity held = take_activity(*worker);
    const Turn turn = wake(*provider, instance, 7);
    TurnCommit commit = commit_events({event(2)});
    commit.activities = {activity(instance, 2)};
    commit.metadata.status = end;

    provider->ack_turn(turn.token, commit).value();

    EXPECT_TRUE(succeeds(worker->renew_activity(held.token, kLongLock))) << instance;
    EXPECT_TRUE(succeeds(worker->ack_activity(held.token, completion(held.activity)))) << instance;
    EXPECT_EQ(drain_messages(*provider), std::vector{completion(activity(instance, 1))});
    EXPECT_EQ(drain_activities(*worker), std::vector{activity(instance, 2)});
  }
}

constexpr Validation kRows[] = {
    {"cancelled_activities_leave_the_queue", requirement("ACK_9"),
     cancelled_activities_leave_the_queue},
    {"holder_of_a_cancelled_activity_learns_it_from_renew_and_ack", requirement("ACK_9"),
     holder_of_a_cancelled_activity_learns_it_from_renew_and_ack},
    {"activity_cancelled_in_flight_is_not_redelivered_after_its_deadline", requirement("ACK_9"),
     activity_cancelled_in_flight_is_not_redelivered_after_its_deadline},
    {"activity_cancelled_while_hidden_never_appears", requirement("ACK_9"),
     activity_cancelled_while_hidden_never_appears},
    {"cancellation_takes_all_activities_with_one_identity", requirement("ACK_9"),
     cancellation_takes_all_activities_with_one_identity},
    {"cancellation_of_unknown_activities_is_ignored", requirement("ACK_9"),
     cancellation_of_unknown_activities_is_ignored},
    {"cancellation_leaves_other_executions_and_instances_alone", requirement("ACK_9"),
     cancellation_leaves_other_executions_and_instances_alone},
    {"turn_can_cancel_the_activities_of_another_instance_and_execution", requirement("ACK_9"),
     turn_can_cancel_the_activities_of_another_instance_and_execution},
    {"activity_scheduled_and_cancelled_in_one_commit_is_gone", requirement("ACK_9"),
     activity_scheduled_and_cancelled_in_one_commit_is_gone},
    {"cancellation_has_no_say_in_what_is_scheduled_later", requirement("ACK_9"),
     cancellation_has_no_say_in_what_is_scheduled_later},
    {"thousand_activities_can_be_cancelled_in_one_commit", requirement("ACK_9"),
     thousand_activities_can_be_cancelled_in_one_commit},
    {"activities_outlive_the_end_of_their_instance", requirement("ACK_9"),
     activities_outlive_the_end_of_their_instance},
};

}  // namespace

std::span<const Validation> turn_cancellation_validations() { return kRows; }

}  // namespace ackproof
