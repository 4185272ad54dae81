// What a turn commit adds and removes.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

constexpr MessageKind kKinds[] = {
    MessageKind::start_orchestration, MessageKind::continue_as_new, MessageKind::activity_completed,
    MessageKind::activity_failed,     MessageKind::timer_fired,     MessageKind::external_raised,
    MessageKind::child_completed,     MessageKind::child_failed,    MessageKind::cancel_instance,
    MessageKind::queue_message,
};

// One message of each kind with every field that the kind may have.
std::vector<Message> one_of_each_kind(const std::string& target) {
  std::vector<Message> messages;
  for (const MessageKind kind : kKinds) {
    const std::uint64_t n = messages.size() + 1;
    Message message = external(target, kLargestId - n);
    message.kind = kind;
    message.execution = 70 + n;
    message.visible_at = Time(Duration(1'234'567'890'000 + n));  // Long past.
    message.payload = std::string("\0\xff {\"n\": 1.0} ", 14) + std::to_string(n);
    if (message.is_start()) {
      message.version = "4.5." + std::to_string(n);
      message.parent = "parent-" + std::to_string(n);
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

// Activities that differ in every field that needs no facet.
std::vector<Activity> assorted_activities() {
  std::vector<Activity> activities = {activity("order-1", 9), activity("order-1", 0),
                                      activity("nobody", 5), activity("order-1", kLargestId),
                                      activity("order-1", 9)};
  activities[0].execution = 12;
  activities[1].payload = "";
  activities[2].payload = std::string("\0\xc3\x28\xff", 4);
  activities[3].name = "Ship it, \"now\"";
  return activities;
}

// --- ACK_6

void ack_removes_its_whole_batch_and_frees_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  for (std::uint64_t id = 1; id <= 9; ++id) {
    provider->enqueue_message(external("order-1", id)).value();
  }
  const Turn turn = wake(*provider, "order-1", 10);

  provider->ack_turn(turn.token, commit_events({event(2)})).value();

  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "something of the batch was left";
  EXPECT_EQ(wake(*other, "order-1", 11).messages, std::vector{external("order-1", 11)});
}

// One of them is equal to a message of the batch in every field: it is another message all the
// same.
void messages_that_arrive_during_a_turn_stay_and_come_next(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  sender->enqueue_message(external("order-1", 2)).value();
  sender->enqueue_message(external("order-1", 1)).value();

  provider->ack_turn(turn.token, {.messages = {external("order-1", 3)}}).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 1)});
  const Turn next = take_turn(*provider);
  EXPECT_EQ(next.messages,
            (std::vector{external("order-1", 2), external("order-1", 1), external("order-1", 3)}));
  EXPECT_EQ(next.attempt, 1U);
}

void message_that_falls_due_during_a_turn_survives_its_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  create_instance(*provider, "order-1");
  const Window delay = ctx.window();
  sender->enqueue_message(external("order-1", 1), delay.length).value();
  const Turn turn = wake(*provider, "order-1", 2);

  ctx.to_end(delay);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 2)});
  const Turn next = take_turn(*provider);
  EXPECT_EQ(next.messages, std::vector{external("order-1", 1)});
  EXPECT_EQ(next.attempt, 1U) << "it was counted with a batch that it was not in";
}

// One that a commit has sent, and one that was enqueued.
void timer_that_falls_due_during_a_turn_survives_its_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn first = take_turn(*provider);
  const std::vector<Message> timers = {timer("order-1", 2, first.now + wait.length),
                                       timer("order-1", 3, first.now + wait.length)};
  provider->ack_turn(first.token, {.messages = {timers[0]}}).value();
  sender->enqueue_message(timers[1]).value();
  const Turn turn = wake(*provider, "order-1", 4);

  ctx.to_end(wait);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 4)});
  const Turn next = take_turn(*provider);
  EXPECT_EQ(next.messages, timers);
  EXPECT_EQ(next.attempt, 1U) << "they were counted with a batch that they were not in";
}

// Also those that come from workers, with the ack of an activity.
void messages_of_every_kind_that_arrive_during_a_turn_survive_its_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  worker->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*worker);
  std::vector<Message> arriving = one_of_each_kind("order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  for (const Message& message : arriving) worker->enqueue_message(message).value();
  arriving.push_back(completion(locked.activity));
  worker->ack_activity(locked.token, arriving.back()).value();

  provider->ack_turn(turn.token, commit_events({event(2)})).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 7)});
  EXPECT_EQ(take_turn(*provider).messages, arriving);
}

// --- ACK_7

void items_of_a_commit_come_at_once_whole_and_in_order(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  const std::vector<Activity> activities = assorted_activities();
  const std::vector<Message> messages = one_of_each_kind("order-1");

  provider->ack_turn(turn.token, {.activities = activities, .messages = messages}).value();

  EXPECT_EQ(drain_activities(*worker), activities);
  EXPECT_EQ(take_turn(*worker).messages, messages);
}

void equal_items_of_a_commit_all_come(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  const std::vector<Activity> activities(2, activity("order-1", 1));
  const std::vector<Message> messages(2, external("order-1", 8));

  provider->ack_turn(turn.token, {.activities = activities, .messages = messages}).value();

  EXPECT_EQ(drain_activities(*provider), activities);
  EXPECT_EQ(take_turn(*provider).messages, messages);
}

void timer_of_a_commit_comes_at_its_visible_time(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 7)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message rings = timer("order-1", 2, turn.now + wait.length);

  provider->ack_turn(turn.token, {.messages = {rings}}).value();

  ctx.to_last_moment(wait);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the timer fired early";
  ctx.to_end(wait);
  EXPECT_EQ(take_turn(*other).messages, std::vector{rings});
}

void timer_of_a_commit_hides_nothing_but_itself(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  const Time tomorrow = turn.now + std::chrono::hours(24);
  const Message past = timer("order-1", 3, Time(Duration(1'234'567'890)));
  const Message now = timer("order-1", 4, turn.now);

  provider
      ->ack_turn(turn.token, {.messages = {timer("order-1", 1, tomorrow), external("order-1", 2),
                                           past, timer("order-2", 5, tomorrow), now}})
      .value();

  EXPECT_EQ(take_turn(*provider).messages, (std::vector{external("order-1", 2), past, now}));
}

// --- ACK_8

void every_kind_of_message_goes_to_the_instance_it_names(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  const Turn turn = wake(*provider, "order-1", 7);

  provider->ack_turn(turn.token, {.messages = one_of_each_kind("order-2")}).value();

  const Turn next = take_turn(*provider);
  EXPECT_EQ(next.instance, "order-2");
  EXPECT_EQ(next.messages, one_of_each_kind("order-2"));
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "a message went astray";
}

void every_kind_of_message_waits_for_an_instance_that_does_not_exist_yet(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> messages = one_of_each_kind("order-2");
  std::erase_if(messages, [](const Message& message) { return message.is_start(); });
  const Turn turn = wake(*provider, "order-1", 7);
  provider->ack_turn(turn.token, {.messages = messages}).value();
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "nobody has started order-2";

  provider->enqueue_message(start("order-2")).value();

  messages.push_back(start("order-2"));
  EXPECT_EQ(take_turn_of(*provider, "order-2").messages, messages);
}

void one_commit_can_write_to_many_instances(Context& ctx) {
  constexpr std::uint64_t kTargets = 50;
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit commit;
  for (std::uint64_t n = 1; n <= kTargets; ++n) {
    commit.messages.push_back(external("child-" + std::to_string(n), n));
    commit.messages.push_back(start("child-" + std::to_string(n)));
  }

  provider->ack_turn(turn.token, commit).value();

  const std::vector<Message> drained = drain_messages(*provider);
  for (std::uint64_t n = 1; n <= kTargets; ++n) {
    const std::string child = "child-" + std::to_string(n);
    EXPECT_EQ(sent_to(child, drained), (std::vector{external(child, n), start(child)}));
  }
  EXPECT_EQ(drained.size(), 2 * kTargets) << "messages for instances that were never named";
}

// --- ACK_11

void instance_with_undecodable_history_can_be_ended(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  ctx.corrupt_history("order-1");
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 1)};
  commit.messages = {external("order-1", 8)};
  commit.metadata = {.status = Status::failed, .output = "history is damaged"};

  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(1)})), ErrorKind::conflict))
      << "event 1 is there, though nobody can read it";
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));

  const InstanceInfo expected{.instance = "order-1",
                              .name = "Order",
                              .version = "1.0.0",
                              .status = Status::failed,
                              .output = "history is damaged"};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 8)});
  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::corrupt));
}

void undecodable_history_can_be_left_behind_by_a_new_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  ctx.corrupt_history("order-1");
  const Turn turn = wake(*provider, "order-1", 7);

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.execution = 2, .events = events(1, 2)})));

  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  const Turn next = wake(*provider, "order-1", 8);
  EXPECT_EQ(next.history_error, std::nullopt);
  EXPECT_EQ(next.history, events(1, 2));
}

void empty_commit_removes_the_batch_and_changes_nothing_else(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = record_of(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 7);

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {})));

  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the batch was left";
  EXPECT_EQ(record_of(*provider, "order-1"), before);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(wake(*other, "order-1", 8).messages, std::vector{external("order-1", 8)});
}

constexpr Validation kRows[] = {
    {"ack_removes_its_whole_batch_and_frees_the_instance", requirement("ACK_6"),
     ack_removes_its_whole_batch_and_frees_the_instance},
    {"messages_that_arrive_during_a_turn_stay_and_come_next", requirement("ACK_6"),
     messages_that_arrive_during_a_turn_stay_and_come_next},
    {"message_that_falls_due_during_a_turn_survives_its_ack", requirement("ACK_6"),
     message_that_falls_due_during_a_turn_survives_its_ack},
    {"timer_that_falls_due_during_a_turn_survives_its_ack", requirement("ACK_6"),
     timer_that_falls_due_during_a_turn_survives_its_ack},
    {"messages_of_every_kind_that_arrive_during_a_turn_survive_its_ack", requirement("ACK_6"),
     messages_of_every_kind_that_arrive_during_a_turn_survive_its_ack},
    {"items_of_a_commit_come_at_once_whole_and_in_order", requirement("ACK_7"),
     items_of_a_commit_come_at_once_whole_and_in_order},
    {"equal_items_of_a_commit_all_come", requirement("ACK_7"), equal_items_of_a_commit_all_come},
    {"timer_of_a_commit_comes_at_its_visible_time", requirement("ACK_7"),
     timer_of_a_commit_comes_at_its_visible_time},
    {"timer_of_a_commit_hides_nothing_but_itself", requirement("ACK_7"),
     timer_of_a_commit_hides_nothing_but_itself},
    {"every_kind_of_message_goes_to_the_instance_it_names", requirement("ACK_8"),
     every_kind_of_message_goes_to_the_instance_it_names},
    {"every_kind_of_message_waits_for_an_instance_that_does_not_exist_yet", requirement("ACK_8"),
     every_kind_of_message_waits_for_an_instance_that_does_not_exist_yet},
    {"one_commit_can_write_to_many_instances", requirement("ACK_8"),
     one_commit_can_write_to_many_instances},
    {"instance_with_undecodable_history_can_be_ended", requirement("ACK_11"),
     instance_with_undecodable_history_can_be_ended, Hook::corrupt_history},
    {"undecodable_history_can_be_left_behind_by_a_new_execution", requirement("ACK_11"),
     undecodable_history_can_be_left_behind_by_a_new_execution, Hook::corrupt_history},
    {"empty_commit_removes_the_batch_and_changes_nothing_else", requirement("ACK_11"),
     empty_commit_removes_the_batch_and_changes_nothing_else},
};

}  // namespace

std::span<const Validation> turn_ack_validations() { return kRows; }

}  // namespace ackproof
