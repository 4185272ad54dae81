// What acks make of the instance's record and of its executions.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// One turn of an instance that exists, with this commit.
Result<void> acked_turn(Provider& provider, const std::string& instance, const TurnCommit& commit) {
  return provider.ack_turn(wake(provider, instance, 900).token, commit);
}

// The first turn of an instance, begun by this message.
Result<void> first_commit(Provider& provider, const Message& begin, const TurnCommit& commit) {
  provider.enqueue_message(begin).value();
  return provider.ack_turn(take_turn(provider).token, commit);
}

// Creates order-1 and continues it as new up to this execution; each has event 1.
void reach_execution(Provider& provider, std::uint64_t last) {
  create_instance(provider, "order-1");
  for (std::uint64_t execution = 2; execution <= last; ++execution) {
    acked_turn(provider, "order-1",
               {.execution = execution - 1,
                .metadata = {.status = Status::continued_as_new, .output = "next input"}})
        .value();
    acked_turn(provider, "order-1", {.execution = execution, .events = {event(1)}}).value();
  }
}

// --- ACK_10

void first_ack_takes_name_and_version_from_the_start(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*provider);
  EXPECT_TRUE(nothing(reader->read_instance("order-1"))) << "created before its first ack";

  provider->ack_turn(turn.token, {}).value();

  const InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0"};
  EXPECT_EQ(record_of(*reader, "order-1"), expected);
}

void refused_first_ack_creates_no_record(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit commit = commit_events({event(1), event(2), event(2)});
  commit.metadata = {.status = Status::completed, .name = "Named", .version = "2.0.0"};

  const Result<void> acked = first_commit(*provider, start("order-1"), commit);

  EXPECT_TRUE(fails_with(acked, ErrorKind::conflict));
  EXPECT_TRUE(nothing(provider->read_instance("order-1")));
}

void metadata_of_the_first_ack_goes_before_the_start(Context& ctx) {
  const auto provider = ctx.open();

  first_commit(*provider, start("order-1"), {.metadata = {.name = "Named"}}).value();
  first_commit(*provider, start("order-2"), {.metadata = {.version = "2.0.0"}}).value();

  const InstanceInfo named{.instance = "order-1", .name = "Named", .version = "1.0.0"};
  const InstanceInfo versioned{.instance = "order-2", .name = "Order", .version = "2.0.0"};
  EXPECT_EQ(record_of(*provider, "order-1"), named);
  EXPECT_EQ(record_of(*provider, "order-2"), versioned);
}

void version_that_nobody_gave_stays_absent_until_metadata_gives_it(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("order-1");
  begin.version.reset();
  first_commit(*provider, begin, commit_events({event(1)})).value();
  InstanceInfo expected{.instance = "order-1", .name = "Order"};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  acked_turn(*provider, "order-1", {.metadata = {.version = "3.0.0"}}).value();

  expected.version = "3.0.0";
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
  EXPECT_EQ(wake(*provider, "order-1", 7).version, "3.0.0");
}

void each_field_of_metadata_that_is_absent_stays_as_it_was(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("order-1");
  begin.parent = "parent";
  first_commit(*provider, begin,
               {.metadata = {.status = Status::completed, .output = "first", .name = "First"}})
      .value();
  InstanceInfo expected{.instance = "order-1",
                        .name = "First",
                        .version = "1.0.0",
                        .parent = "parent",
                        .status = Status::completed,
                        .output = "first"};
  const auto change = [&](const Metadata& given) {
    acked_turn(*provider, "order-1", {.metadata = given}).value();
    EXPECT_EQ(record_of(*provider, "order-1"), expected);
  };

  change({});
  expected.status = Status::failed;
  change({.status = Status::failed});
  expected.output = "second";
  change({.output = "second"});
  expected.name = "Second";
  change({.name = "Second"});
  expected.version = "2.0.0";
  change({.version = "2.0.0"});
  expected.output = "";  // Empty is not absent.
  change({.output = ""});
  expected.status = Status::running;
  change({.status = Status::running});
}

// --- ACK_12

void ack_for_a_higher_execution_starts_it_fresh(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  create_instance(*provider, "order-1");
  acked_turn(*provider, "order-1",
             {.metadata = {.status = Status::continued_as_new, .output = "next input"}})
      .value();

  acked_turn(*provider, "order-1", {.execution = 2, .events = {event(1), event(2)}}).value();

  const InstanceInfo expected{
      .instance = "order-1", .name = "Order", .version = "1.0.0", .execution = 2};
  EXPECT_EQ(record_of(*reader, "order-1"), expected) << "a new execution is Running, no output";
  EXPECT_EQ(reader->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(reader->read_history("order-1", 1).value(), events(1, 1));
  const Turn turn = wake(*provider, "order-1", 7);
  EXPECT_EQ(turn.execution, 2U);
  EXPECT_EQ(turn.history, events(1, 2));
}

void commit_that_begins_an_execution_can_give_its_status_and_output(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0"};

  for (const Status status : {Status::continued_as_new, Status::completed}) {
    const Bytes output = "output " + std::to_string(expected.execution);
    ++expected.execution;
    expected.status = status;
    expected.output = output;

    acked_turn(*provider, "order-1",
               {.execution = expected.execution,
                .events = {event(1)},
                .metadata = {.status = status, .output = output}})
        .value();

    EXPECT_EQ(record_of(*provider, "order-1"), expected);
  }
}

void late_ack_for_a_lower_execution_moves_nothing_back(Context& ctx) {
  const auto provider = ctx.open();
  reach_execution(*provider, 2);
  const InstanceInfo before = record_of(*provider, "order-1");

  acked_turn(*provider, "order-1", {.execution = 1, .events = events(2, 3)}).value();

  EXPECT_EQ(record_of(*provider, "order-1"), before);
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 3));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  const Turn turn = wake(*provider, "order-1", 7);
  EXPECT_EQ(turn.execution, 2U);
  EXPECT_EQ(turn.history, events(1, 1));
}

void executions_are_numbers_not_text(Context& ctx) {
  const auto provider = ctx.open();
  reach_execution(*provider, 10);

  acked_turn(*provider, "order-1", {.execution = 9, .events = {event(2)}}).value();

  EXPECT_EQ(record_of(*provider, "order-1").execution, 10U);
  EXPECT_EQ(provider->read_history("order-1", 9).value(), events(1, 2));
  EXPECT_EQ(wake(*provider, "order-1", 7).execution, 10U);
}

// --- ACK_15

void parent_comes_from_the_start(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("child");
  begin.parent = "order-1";  // Which need not exist.

  first_commit(*provider, begin, commit_events({event(1)})).value();

  EXPECT_EQ(record_of(*provider, "child").parent, "order-1");
}

void parent_comes_from_the_first_of_two_starts(Context& ctx) {
  const auto provider = ctx.open();
  Message first = start("child");
  first.parent = "order-1";
  Message second = start("child");
  second.parent = "order-2";
  provider->enqueue_message(external("child", 1)).value();
  provider->enqueue_message(first).value();

  first_commit(*provider, second, commit_events({event(1)})).value();

  EXPECT_EQ(record_of(*provider, "child").parent, "order-1");
}

void parent_in_the_metadata_goes_before_the_start(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("child-2");
  begin.parent = "order-1";

  first_commit(*provider, start("child-1"), {.metadata = {.parent = "order-2"}}).value();
  first_commit(*provider, begin, {.metadata = {.parent = "order-2"}}).value();

  EXPECT_EQ(record_of(*provider, "child-1").parent, "order-2");
  EXPECT_EQ(record_of(*provider, "child-2").parent, "order-2");
}

void another_parent_later_is_conflict_and_changes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("child");
  begin.parent = "order-1";
  first_commit(*provider, begin, commit_events({event(1)})).value();
  const auto before = provider->read_instance("child").value();
  const Turn turn = wake(*provider, "child", 7);
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("child", 1)};
  commit.messages = {external("child", 8)};
  commit.metadata = {.status = Status::completed, .name = "Renamed", .parent = "order-2"};

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));

  EXPECT_EQ(provider->read_instance("child").value(), before);
  EXPECT_EQ(provider->read_history("child").value(), events(1, 1));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  commit.metadata.parent = "order-1";
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit))) << "the same parent is no conflict";
  EXPECT_EQ(record_of(*provider, "child").parent, "order-1");
  EXPECT_EQ(drain_messages(*provider), std::vector{external("child", 8)});
}

void next_execution_cannot_have_another_parent(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("child");
  begin.parent = "order-1";
  first_commit(*provider, begin, commit_events({event(1)})).value();
  const auto before = provider->read_instance("child").value();
  const Turn turn = wake(*provider, "child", 7);
  TurnCommit commit{.execution = 2, .events = {event(1)}};
  commit.activities = {activity("child", 1)};
  commit.messages = {external("child", 8)};
  commit.metadata.parent = "order-2";

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));

  EXPECT_EQ(provider->read_instance("child").value(), before);
  EXPECT_EQ(provider->read_history("child", 2).value(), std::vector<Event>());
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  commit.metadata.parent = "order-1";
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit))) << "the same parent is no conflict";
  EXPECT_EQ(record_of(*provider, "child").parent, "order-1");
  EXPECT_EQ(drain_messages(*provider), std::vector{external("child", 8)});
}

void parent_cannot_be_given_after_creation(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  const Result<void> acked = acked_turn(*provider, "order-1", {.metadata = {.parent = "order-2"}});

  EXPECT_TRUE(fails_with(acked, ErrorKind::conflict));
  EXPECT_EQ(record_of(*provider, "order-1").parent, std::nullopt);
}

void second_start_gives_no_other_parent_name_or_version(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = record_of(*provider, "order-1");
  Message again = start("order-1");
  again.name = "Other";
  again.version = "9.0.0";
  again.parent = "order-2";

  first_commit(*provider, again, commit_events({event(2)})).value();

  EXPECT_EQ(record_of(*provider, "order-1"), before);
}

// --- ACK_16

void status_and_output_are_those_of_the_acked_execution(Context& ctx) {
  const auto provider = ctx.open();
  reach_execution(*provider, 2);
  InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0", .execution = 2};

  acked_turn(*provider, "order-1",
             {.execution = 1, .metadata = {.status = Status::failed, .output = "late"}})
      .value();
  EXPECT_EQ(record_of(*provider, "order-1"), expected) << "an ended execution spoke for this one";

  acked_turn(*provider, "order-1",
             {.execution = 2, .metadata = {.status = Status::completed, .output = "done"}})
      .value();
  expected.status = Status::completed;
  expected.output = "done";
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

void name_and_version_live_on_from_execution_to_execution(Context& ctx) {
  const auto provider = ctx.open();
  reach_execution(*provider, 2);

  acked_turn(*provider, "order-1",
             {.execution = 2,
              .metadata = {.status = Status::continued_as_new,
                           .output = "next input",
                           .name = "Renamed",
                           .version = "2.0.0"}})
      .value();
  acked_turn(*provider, "order-1", {.execution = 3}).value();

  const InstanceInfo expected{
      .instance = "order-1", .name = "Renamed", .version = "2.0.0", .execution = 3};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

void commit_that_begins_an_execution_can_rename_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  acked_turn(*provider, "order-1",
             {.execution = 2, .metadata = {.name = "Renamed", .version = "2.0.0"}})
      .value();

  const InstanceInfo expected{
      .instance = "order-1", .name = "Renamed", .version = "2.0.0", .execution = 2};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
  const Turn turn = wake(*provider, "order-1", 7);
  EXPECT_EQ(turn.name, "Renamed");
  EXPECT_EQ(turn.version, "2.0.0");
}

// Only metadata can.
void start_of_the_next_execution_does_not_rename_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message begin = start("order-1");
  begin.kind = MessageKind::continue_as_new;
  begin.name = "Other";
  begin.version = "9.0.0";
  begin.execution = 2;
  acked_turn(*provider, "order-1",
             {.messages = {begin},
              .metadata = {.status = Status::continued_as_new, .output = "next input"}})
      .value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {.execution = 2, .events = {event(1)}}).value();

  EXPECT_EQ(turn.messages, std::vector{begin});
  const InstanceInfo expected{
      .instance = "order-1", .name = "Order", .version = "1.0.0", .execution = 2};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

// --- ACK_17

void commit_to_a_lower_execution_writes_both_queues(Context& ctx) {
  const auto provider = ctx.open();
  reach_execution(*provider, 2);
  create_instance(*provider, "order-2");
  provider->enqueue_activity(activity("order-1", 1)).value();
  TurnCommit commit{.execution = 1, .events = {event(2)}};
  commit.activities = {activity("order-1", 2)};
  commit.messages = {external("order-1", 8), external("order-2", 9)};
  commit.cancelled = {key_of(activity("order-1", 1))};
  commit.metadata = {.status = Status::failed, .output = "late"};

  EXPECT_TRUE(succeeds(acked_turn(*provider, "order-1", commit)));

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
  const std::vector<Message> drained = drain_messages(*provider);
  EXPECT_EQ(sent_to("order-1", drained), std::vector{external("order-1", 8)});
  EXPECT_EQ(sent_to("order-2", drained), std::vector{external("order-2", 9)});
}

void instance_metadata_in_a_commit_to_a_lower_execution_is_invalid(Context& ctx) {
  const auto provider = ctx.open();
  Message begin = start("order-1");
  begin.parent = "order-0";
  first_commit(*provider, begin, commit_events({event(1)})).value();
  acked_turn(*provider, "order-1", {.execution = 2, .events = {event(1)}}).value();
  const auto before = provider->read_instance("order-1").value();
  const Turn turn = wake(*provider, "order-1", 7);
  TurnCommit commit{.execution = 1, .events = {event(2)}};
  commit.activities = {activity("order-1", 1)};

  for (const Metadata& given : {Metadata{.status = Status::failed, .name = "Renamed"},
                                Metadata{.version = "2.0.0"}, Metadata{.parent = "order-0"}}) {
    commit.metadata = given;
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
  }

  EXPECT_EQ(provider->read_instance("order-1").value(), before);
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  commit.metadata = {};
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit)));
}

constexpr Validation kRows[] = {
    {"first_ack_takes_name_and_version_from_the_start", requirement("ACK_10"),
     first_ack_takes_name_and_version_from_the_start},
    {"refused_first_ack_creates_no_record", requirement("ACK_10"),
     refused_first_ack_creates_no_record},
    {"metadata_of_the_first_ack_goes_before_the_start", requirement("ACK_10"),
     metadata_of_the_first_ack_goes_before_the_start},
    {"version_that_nobody_gave_stays_absent_until_metadata_gives_it", requirement("ACK_10"),
     version_that_nobody_gave_stays_absent_until_metadata_gives_it},
    {"each_field_of_metadata_that_is_absent_stays_as_it_was", requirement("ACK_10"),
     each_field_of_metadata_that_is_absent_stays_as_it_was},
    {"ack_for_a_higher_execution_starts_it_fresh", requirement("ACK_12"),
     ack_for_a_higher_execution_starts_it_fresh},
    {"commit_that_begins_an_execution_can_give_its_status_and_output", requirement("ACK_12"),
     commit_that_begins_an_execution_can_give_its_status_and_output},
    {"late_ack_for_a_lower_execution_moves_nothing_back", requirement("ACK_12"),
     late_ack_for_a_lower_execution_moves_nothing_back},
    {"executions_are_numbers_not_text", requirement("ACK_12"), executions_are_numbers_not_text},
    {"parent_comes_from_the_start", requirement("ACK_15"), parent_comes_from_the_start},
    {"parent_comes_from_the_first_of_two_starts", requirement("ACK_15"),
     parent_comes_from_the_first_of_two_starts},
    {"parent_in_the_metadata_goes_before_the_start", requirement("ACK_15"),
     parent_in_the_metadata_goes_before_the_start},
    {"another_parent_later_is_conflict_and_changes_nothing", requirement("ACK_15"),
     another_parent_later_is_conflict_and_changes_nothing},
    {"next_execution_cannot_have_another_parent", requirement("ACK_15"),
     next_execution_cannot_have_another_parent},
    {"parent_cannot_be_given_after_creation", requirement("ACK_15"),
     parent_cannot_be_given_after_creation},
    {"second_start_gives_no_other_parent_name_or_version", requirement("ACK_10"),
     second_start_gives_no_other_parent_name_or_version},
    {"status_and_output_are_those_of_the_acked_execution", requirement("ACK_16"),
     status_and_output_are_those_of_the_acked_execution},
    {"name_and_version_live_on_from_execution_to_execution", requirement("ACK_16"),
     name_and_version_live_on_from_execution_to_execution},
    {"commit_that_begins_an_execution_can_rename_the_instance", requirement("ACK_16"),
     commit_that_begins_an_execution_can_rename_the_instance},
    {"start_of_the_next_execution_does_not_rename_the_instance", requirement("ACK_16"),
     start_of_the_next_execution_does_not_rename_the_instance},
    {"commit_to_a_lower_execution_writes_both_queues", requirement("ACK_17"),
     commit_to_a_lower_execution_writes_both_queues},
    {"instance_metadata_in_a_commit_to_a_lower_execution_is_invalid", requirement("ACK_17"),
     instance_metadata_in_a_commit_to_a_lower_execution_is_invalid},
};

}  // namespace

std::span<const Validation> turn_record_validations() { return kRows; }

}  // namespace ackproof
