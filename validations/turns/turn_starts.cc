// How instances begin, go on and end, as their turns tell it: start messages, names, executions.
#include <algorithm>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// --- TURN_4

void first_turn_of_a_new_instance_is_described_by_its_start(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  Message begin = start("order-1");
  begin.parent = "order-0";
  other->enqueue_message(begin).value();

  const Turn turn = take_turn(*provider);

  const Turn expected{.instance = "order-1",
                      .name = "Order",
                      .version = "1.0.0",
                      .execution = 1,
                      .messages = {begin},
                      .attempt = 1,
                      .now = turn.now,
                      .token = turn.token};
  EXPECT_EQ(turn, expected);
}

void continue_as_new_message_begins_an_instance_too(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("order-1");
  begin.kind = MessageKind::continue_as_new;
  provider->enqueue_message(begin).value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, commit_events({event(1)})).value();

  EXPECT_EQ(turn.name, "Order");
  EXPECT_EQ(turn.version, "1.0.0");
  EXPECT_EQ(turn.messages, std::vector{begin});
  const InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0"};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

// --- TURN_9

void start_for_an_instance_that_exists_is_an_ordinary_message(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message again = start("order-1");
  again.name = "Other";
  again.version = "9.0.0";
  again.execution = 5;
  provider->enqueue_message(external("order-1", 7)).value();
  provider->enqueue_message(again).value();

  const Turn turn = take_turn(*provider);

  const Turn expected{.instance = "order-1",
                      .name = "Order",
                      .version = "1.0.0",
                      .execution = 1,
                      .history = {event(1)},
                      .messages = {external("order-1", 7), again},
                      .attempt = 1,
                      .now = turn.now,
                      .token = turn.token};
  EXPECT_EQ(turn, expected);
}

void start_for_an_instance_that_has_ended_is_an_ordinary_message(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", {.metadata = {.status = Status::completed, .output = "done"}});
  const InstanceInfo before = record_of(*provider, "order-1");
  provider->enqueue_message(start("order-1")).value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.execution, 1U);
  EXPECT_EQ(turn.history, events(1, 1));
  EXPECT_EQ(turn.messages, std::vector{start("order-1")});
  EXPECT_EQ(record_of(*provider, "order-1"), before);
}

// --- TURN_13

void first_start_names_a_new_instance_wherever_it_is(Context& ctx) {
  const auto provider = ctx.open();
  Message first = start("order-1");
  first.name = "First";
  first.version.reset();
  first.execution = 8;
  Message second = start("order-1");
  second.name = "Second";
  const std::vector<Message> sent = {external("order-1", 1), external("order-1", 2), first,
                                     external("order-1", 3), second};
  for (const Message& message : sent) provider->enqueue_message(message).value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, commit_events({event(1)})).value();

  const Turn expected{.instance = "order-1",
                      .name = "First",
                      .version = std::nullopt,
                      .execution = 1,
                      .messages = sent,
                      .attempt = 1,
                      .now = turn.now,
                      .token = turn.token};
  EXPECT_EQ(turn, expected);
  const InstanceInfo record{.instance = "order-1", .name = "First"};
  EXPECT_EQ(record_of(*provider, "order-1"), record);
}

void absent_version_stays_absent_from_turn_to_turn(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("order-1");
  begin.version.reset();
  provider->enqueue_message(begin).value();

  const Turn first = take_turn(*provider);
  provider->ack_turn(first.token, commit_events({event(1)})).value();
  const Turn second = wake(*provider, "order-1", 7);

  EXPECT_EQ(first.version, std::nullopt);
  EXPECT_EQ(second.name, "Order");
  EXPECT_EQ(second.version, std::nullopt);
}

// --- TURN_14

void instance_that_has_ended_still_gets_its_messages(Context& ctx) {
  const auto provider = ctx.open();
  for (const Status end : {Status::completed, Status::failed}) {
    const std::string instance = "order-" + std::to_string(static_cast<int>(end));
    create_instance(*provider, instance);
    commit_turn(*provider, instance, {.events = {event(2)}, .metadata = {.status = end}});

    const Turn late = wake(*provider, instance, 7);
    provider->ack_turn(late.token, commit_events({event(3)})).value();

    EXPECT_EQ(late.messages, std::vector{external(instance, 7)});
    EXPECT_EQ(late.history, events(1, 2));
    EXPECT_EQ(provider->read_history(instance).value(), events(1, 3));
    EXPECT_EQ(record_of(*provider, instance).status, end);
  }
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void instance_that_has_ended_can_begin_another_execution(Context& ctx) {
  const auto provider = ctx.open();
  for (const Status end : {Status::completed, Status::failed}) {
    const std::string instance = "order-" + std::to_string(static_cast<int>(end));
    create_instance(*provider, instance);
    commit_turn(*provider, instance, {.metadata = {.status = end, .output = "done"}});
    const Turn turn = wake(*provider, instance, 7);

    const Result<void> acked =
        provider->ack_turn(turn.token, {.execution = 2, .events = events(1, 2)});

    EXPECT_TRUE(succeeds(acked));
    const InstanceInfo expected{
        .instance = instance, .name = "Order", .version = "1.0.0", .execution = 2};
    EXPECT_EQ(record_of(*provider, instance), expected);
    const Turn next = wake(*provider, instance, 8);
    EXPECT_EQ(next.execution, 2U);
    EXPECT_EQ(next.history, events(1, 2));
  }
}

void instance_between_two_executions_still_is_in_the_old_one(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message begin = start("order-1");
  begin.kind = MessageKind::continue_as_new;
  begin.version = "2.0.0";
  begin.execution = 2;
  commit_turn(*provider, "order-1",
              {.events = {event(2)},
               .messages = {begin},
               .metadata = {.status = Status::continued_as_new, .output = "next input"}});

  const Turn between = take_turn(*provider);

  EXPECT_EQ(between.execution, 1U);
  EXPECT_EQ(between.history, events(1, 2));
  EXPECT_EQ(between.version, "1.0.0");
  EXPECT_EQ(between.messages, std::vector{begin});
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(record_of(*provider, "order-1").execution, 1U);
  EXPECT_EQ(record_of(*provider, "order-1").status, Status::continued_as_new);
  provider->ack_turn(between.token, {.execution = 2, .events = {event(1)}}).value();
  EXPECT_EQ(wake(*provider, "order-1", 7).execution, 2U);
}

void start_beyond_the_batch_limit_names_the_instance(Context& ctx) {
  constexpr std::uint64_t kPerCommit = 1'000;
  constexpr std::uint64_t kMost = 10'000;  // A limit beyond that is not reached.
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.batch_messages;
  const std::uint64_t count = std::min(limit, kMost) + 1;
  std::vector<Message> sent;
  create_instance(*provider, "feeder");
  for (std::uint64_t done = 0; done < count; done += kPerCommit) {
    const Turn turn = wake(*provider, "feeder", done);
    TurnCommit commit;
    for (std::uint64_t n = done; n < std::min(done + kPerCommit, count); ++n) {
      commit.messages.push_back(external("order-1", n));
    }
    sent.insert(sent.end(), commit.messages.begin(), commit.messages.end());
    provider->ack_turn(turn.token, commit).value();
  }
  sent.push_back(start("order-1"));
  provider->enqueue_message(sent.back()).value();

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.name, "Order");
  EXPECT_EQ(turn.version, "1.0.0");
  provider->ack_turn(turn.token, commit_events({event(1)})).value();

  const InstanceInfo record{.instance = "order-1", .name = "Order", .version = "1.0.0"};
  EXPECT_EQ(record_of(*provider, "order-1"), record);
  std::vector<Message> received = turn.messages;
  const std::vector<Message> rest = drain_messages(*provider);
  received.insert(received.end(), rest.begin(), rest.end());
  EXPECT_EQ(received, sent);
}

constexpr Validation kRows[] = {
    {"start_beyond_the_batch_limit_names_the_instance", requirement("TURN_13"),
     start_beyond_the_batch_limit_names_the_instance},
    {"first_turn_of_a_new_instance_is_described_by_its_start", requirement("TURN_4"),
     first_turn_of_a_new_instance_is_described_by_its_start},
    {"continue_as_new_message_begins_an_instance_too", requirement("TURN_4"),
     continue_as_new_message_begins_an_instance_too},
    {"start_for_an_instance_that_exists_is_an_ordinary_message", requirement("TURN_9"),
     start_for_an_instance_that_exists_is_an_ordinary_message},
    {"start_for_an_instance_that_has_ended_is_an_ordinary_message", requirement("TURN_9"),
     start_for_an_instance_that_has_ended_is_an_ordinary_message},
    {"first_start_names_a_new_instance_wherever_it_is", requirement("TURN_13"),
     first_start_names_a_new_instance_wherever_it_is},
    {"absent_version_stays_absent_from_turn_to_turn", requirement("TURN_13"),
     absent_version_stays_absent_from_turn_to_turn},
    {"instance_that_has_ended_still_gets_its_messages", requirement("TURN_14"),
     instance_that_has_ended_still_gets_its_messages},
    {"instance_that_has_ended_can_begin_another_execution", requirement("TURN_14"),
     instance_that_has_ended_can_begin_another_execution},
    {"instance_between_two_executions_still_is_in_the_old_one", requirement("TURN_14"),
     instance_between_two_executions_still_is_in_the_old_one},
};

}  // namespace

std::span<const Validation> turn_start_validations() { return kRows; }

}  // namespace ackproof
