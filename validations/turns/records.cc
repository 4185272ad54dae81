// The record of an instance: when it begins to exist, what it says, and what changes it.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

void run_turn(Provider& provider, const std::string& instance, const TurnCommit& commit) {
  provider.ack_turn(wake(provider, instance, 1).token, commit).value();
}

InstanceInfo info_of(Provider& provider, const std::string& instance) {
  return provider.read_instance(instance).value().value();
}

// --- When it begins to exist

void enqueueing_creates_no_instance(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();

  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_message(external("order-2", 1)).value();
  provider->enqueue_activity(activity("order-3", 1)).value();

  for (const std::string instance : {"order-1", "order-2", "order-3"}) {
    EXPECT_TRUE(nothing(reader->read_instance(instance)));
    EXPECT_EQ(reader->read_history(instance).value(), std::vector<Event>());
  }
  EXPECT_EQ(drain_messages(*reader), std::vector{start("order-1")})
      << "an instance that nobody started was delivered";
}

void instance_exists_from_its_first_successful_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  provider->enqueue_message(start("order-1")).value();

  const Turn abandoned = take_turn(*provider);
  EXPECT_TRUE(nothing(reader->read_instance("order-1")));
  provider->abandon_turn(abandoned.token).value();
  const Turn turn = take_turn(*provider);
  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(0)})), ErrorKind::invalid));
  EXPECT_TRUE(nothing(reader->read_instance("order-1")));
  provider->ack_turn(turn.token, {}).value();

  const InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0"};
  EXPECT_EQ(record_of(*reader, "order-1"), expected);
}

void start_message_for_an_existing_instance_leaves_its_record(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = info_of(*provider, "order-1");
  Message again = start("order-1");
  again.name = "Other";
  again.version = "9.9.9";
  again.parent = "order-0";
  again.execution = 5;

  provider->enqueue_message(again).value();
  EXPECT_EQ(info_of(*provider, "order-1"), before);
  provider->ack_turn(take_turn(*provider).token, {}).value();

  InstanceInfo after = info_of(*provider, "order-1");
  after.updated_at = before.updated_at;
  EXPECT_EQ(after, before);
}

// --- What it says

void record_has_every_field(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  create_instance(*provider, "order-0");
  Message child = start("order-1");
  child.parent = "order-0";
  provider->enqueue_message(child).value();
  const Turn turn = take_turn(*provider);
  ctx.advance(Duration(5));
  TurnCommit commit = commit_events({event(1)});
  commit.metadata = {.status = Status::failed,
                     .output = Bytes("reason\0and more", 15),
                     .name = "Renamed",
                     .version = "2.0.0"};

  provider->ack_turn(turn.token, commit).value();

  const InstanceInfo expected{.instance = "order-1",
                              .name = "Renamed",
                              .version = "2.0.0",
                              .parent = "order-0",
                              .execution = 1,
                              .status = Status::failed,
                              .output = Bytes("reason\0and more", 15)};
  EXPECT_EQ(record_of(*reader, "order-1"), expected);
  EXPECT_EQ(info_of(*reader, "order-1"), info_of(*provider, "order-1"));
}

void record_follows_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit ended;
  ended.metadata = {.status = Status::continued_as_new, .output = "input of the next"};
  InstanceInfo expected{.instance = "order-1", .name = "Order", .version = "1.0.0"};

  run_turn(*provider, "order-1", ended);
  expected.status = Status::continued_as_new;
  expected.output = "input of the next";
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  run_turn(*provider, "order-1", {.execution = 2});
  expected.execution = 2;
  expected.status = Status::running;
  expected.output = std::nullopt;
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  TurnCommit completed{.execution = 2};
  completed.metadata = {.status = Status::completed, .output = "done"};
  run_turn(*provider, "order-1", completed);
  expected.status = Status::completed;
  expected.output = "done";
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

void empty_output_is_not_an_absent_one(Context& ctx) {
  const auto provider = ctx.open();
  Message bare = start("order-1");
  bare.version = std::nullopt;
  bare.payload = "";
  provider->enqueue_message(bare).value();
  provider->ack_turn(take_turn(*provider).token, {}).value();
  InstanceInfo expected{.instance = "order-1", .name = "Order"};
  EXPECT_EQ(record_of(*provider, "order-1"), expected);

  TurnCommit completed;
  completed.metadata = {.status = Status::completed, .output = ""};
  run_turn(*provider, "order-1", completed);

  expected.status = Status::completed;
  expected.output = "";
  EXPECT_EQ(record_of(*provider, "order-1"), expected);
}

void unknown_instance_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  EXPECT_TRUE(nothing(provider->read_instance("order-1")));

  create_instance(*provider, "order-1");

  for (const std::string instance : {"order-2", "order-", "order-10", "order", "1"}) {
    EXPECT_TRUE(nothing(provider->read_instance(instance)));
  }
}

// --- Its times

void created_and_updated_times_are_those_of_the_acks(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  ctx.advance(Duration(7));
  const Turn first = take_turn(*provider);
  ctx.advance(Duration(7));
  const Time first_ack = ctx.now();
  provider->ack_turn(first.token, {}).value();
  const InstanceInfo created = info_of(*provider, "order-1");

  ctx.advance(Duration(7));
  const Turn second = wake(*provider, "order-1", 1);
  ctx.advance(Duration(7));
  const Time second_ack = ctx.now();
  provider->ack_turn(second.token, {}).value();
  const InstanceInfo updated = info_of(*provider, "order-1");
  const Turn third = wake(*provider, "order-1", 2);

  // All of these are readings of the store's clock.
  EXPECT_LE(first.now, created.created_at);
  EXPECT_LE(created.created_at, created.updated_at);
  EXPECT_LE(created.updated_at, second.now);
  EXPECT_EQ(updated.created_at, created.created_at);
  EXPECT_LE(second.now, updated.updated_at);
  EXPECT_LE(updated.updated_at, third.now);
  if (ctx.is_virtual()) {
    EXPECT_EQ(created.created_at, first_ack);
    EXPECT_EQ(created.updated_at, first_ack);
    EXPECT_EQ(updated.updated_at, second_ack);
  }
}

void only_a_successful_ack_updates_the_record(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = info_of(*provider, "order-1");
  ctx.advance(Duration(7));

  const Turn turn = wake(*provider, "order-1", 1);
  provider->renew_turn(turn.token, kLongLock).value();
  EXPECT_TRUE(
      fails_with(provider->ack_turn(turn.token, commit_events({event(1)})), ErrorKind::conflict));
  provider->abandon_turn(turn.token).value();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->read_history("order-1").value();

  EXPECT_EQ(info_of(*provider, "order-1"), before);
}

// --- Statuses

void all_statuses_are_stored(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const std::vector<Status> statuses = {Status::running, Status::completed, Status::failed,
                                        Status::continued_as_new};

  std::vector<Status> stored;
  for (const Status status : statuses) {
    const std::string instance = "order-" + std::to_string(stored.size());
    create_instance(*provider, instance);
    TurnCommit commit;
    commit.metadata.status = status;
    run_turn(*provider, instance, commit);
    stored.push_back(record_of(*reader, instance).status);
  }

  EXPECT_EQ(stored, statuses);
}

void unknown_status_is_refused_and_changes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = info_of(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit = commit_events({event(2)});
  commit.metadata.output = "done";
  commit.messages = {external("order-1", 2)};

  for (const int number : {4, 5, 255}) {
    commit.metadata.status = static_cast<Status>(number);
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid)) << number;
  }

  EXPECT_EQ(info_of(*provider, "order-1"), before);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

constexpr Validation kRows[] = {
    {"enqueueing_creates_no_instance", requirement("HIST_4"), enqueueing_creates_no_instance},
    {"instance_exists_from_its_first_successful_ack", requirement("HIST_4"),
     instance_exists_from_its_first_successful_ack},
    {"start_message_for_an_existing_instance_leaves_its_record", requirement("HIST_4"),
     start_message_for_an_existing_instance_leaves_its_record},
    {"record_has_every_field", requirement("HIST_6"), record_has_every_field},
    {"record_follows_the_current_execution", requirement("HIST_6"),
     record_follows_the_current_execution},
    {"empty_output_is_not_an_absent_one", requirement("HIST_6"), empty_output_is_not_an_absent_one},
    {"unknown_instance_is_absent", requirement("HIST_6"), unknown_instance_is_absent},
    {"created_and_updated_times_are_those_of_the_acks", requirement("HIST_6"),
     created_and_updated_times_are_those_of_the_acks},
    {"only_a_successful_ack_updates_the_record", requirement("HIST_6"),
     only_a_successful_ack_updates_the_record},
    {"all_statuses_are_stored", requirement("HIST_7"), all_statuses_are_stored},
    {"unknown_status_is_refused_and_changes_nothing", requirement("HIST_7"),
     unknown_status_is_refused_and_changes_nothing},
};

}  // namespace

std::span<const Validation> record_validations() { return kRows; }

}  // namespace ackproof
