// What is left of a deleted instance: nothing, in either queue, under any lock, in any facet; and
// its id begins anew.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// The first turn of order-1 after its deletion has to be that of an id never used before.
void expect_fresh_start(Provider& provider) {
  Message begin = start("order-1");
  begin.name = "Refund";
  begin.version = std::nullopt;
  provider.enqueue_message(begin).value();

  const Turn turn = take_turn(provider);
  EXPECT_EQ(turn, (Turn{.instance = "order-1",
                        .name = "Refund",
                        .messages = {begin},
                        .now = turn.now,
                        .token = turn.token}));
  provider.ack_turn(turn.token, commit_events({event(7)})).value();
  EXPECT_EQ(record_of(provider, "order-1"),
            (InstanceInfo{.instance = "order-1", .name = "Refund"}));
  EXPECT_EQ(provider.read_history("order-1").value(), std::vector{event(7)});
}

void history_of_every_execution_goes(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  continue_as_new(*provider, "order-1", 2);

  EXPECT_EQ(provider->delete_instance("order-1", true).value(),
            (DeletionCounts{.instances = 1, .executions = 3, .events = 3}));

  for (const std::uint64_t execution : {1, 2, 3}) {
    EXPECT_EQ(reader->read_history("order-1", execution).value(), std::vector<Event>());
  }
  EXPECT_EQ(stored(*reader, Names{"order-1"}), nothing_of({"order-1"}));
  expect_fresh_start(*provider);
  EXPECT_EQ(reader->read_history("order-1", 2).value(), std::vector<Event>());
}

void id_begins_anew_after_deletion(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-0");
  finish_instance(*provider, "order-1", Status::failed);
  commit_turn(*provider, "order-1", {.execution = 5, .events = {event(1)}});

  provider->delete_instance("order-1", true).value();

  expect_fresh_start(*provider);
  provider->delete_instance("order-1", true).value();
  finish_instance(*provider, "order-1", Status::completed, "order-0");
  EXPECT_EQ(record_of(*provider, "order-1").parent, "order-0") << "the parent was still fixed";
  EXPECT_TRUE(fails_with(provider->delete_instance("order-1", true), ErrorKind::conflict));
}

void times_begin_anew_after_deletion(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Time before = provider->read_instance("order-1").value()->updated_at;
  provider->delete_instance("order-1", true).value();
  ctx.advance(Duration(7));

  create_instance(*provider, "order-1");

  EXPECT_LT(before, provider->read_instance("order-1").value()->created_at);
}

void visible_and_hidden_messages_go(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(start("order-1")).value();
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 2), delay.length).value();
  provider->enqueue_message(start("order-1"), delay.length).value();

  EXPECT_EQ(provider->delete_instance("order-1", true).value().queued_items, 4U);

  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  expect_fresh_start(*provider);
  ctx.to_end(delay);
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "a hidden message came out";
}

void locked_messages_go_with_their_lock(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  take_turn(*provider, {.lock_timeout = lock.length});
  provider->enqueue_message(external("order-1", 2)).value();

  EXPECT_EQ(provider->delete_instance("order-1", true).value().queued_items, 2U);

  expect_fresh_start(*provider);
  ctx.to_end(lock);
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "a message came back with its lock's expiry";
}

void held_messages_go_with_force(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2)).value();
  provider->enqueue_message(external("order-10", 3)).value();

  EXPECT_EQ(provider->delete_instance("order-1", true).value().queued_items, 2U);

  expect_fresh_start(*provider);
  provider->enqueue_message(start("order-10")).value();
  EXPECT_EQ(take_turn(*provider).messages,
            (std::vector{external("order-10", 3), start("order-10")}));
}

// Of every execution, whoever enqueued them.
void queued_activities_go(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order-1", 1), activity("order-2", 1)};
  commit_start(*provider, start("order-1"), commit);
  Activity later = activity("order-1", 2);
  later.execution = 7;
  provider->enqueue_activity(later).value();
  provider->enqueue_activity(activity("order-10", 1)).value();

  EXPECT_EQ(provider->delete_instance("order-1", true).value().queued_items, 2U);

  EXPECT_EQ(drain_activities(*provider),
            (std::vector{activity("order-2", 1), activity("order-10", 1)}));
}

void locked_and_hidden_activities_go(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  const LockedActivity first = take_activity(*provider);
  const Window delay = ctx.window(Duration(2'000));
  provider->abandon_activity(first.token, {.delay = delay.length}).value();
  take_activity(*provider, {.lock_timeout = delay.length / 2});

  EXPECT_EQ(provider->delete_instance("order-1", true).value().queued_items, 2U);

  ctx.to_end(delay);
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

void activity_in_flight_cannot_be_completed_after_deletion(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity held = take_activity(*worker);

  provider->delete_instance("order-1", true).value();

  EXPECT_TRUE(fails_with(worker->renew_activity(held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(worker->ack_activity(held.token, completion(held.activity)),
                         ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(worker->abandon_activity(held.token), ErrorKind::lock_lost));
  expect_fresh_start(*provider);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  EXPECT_TRUE(nothing(provider->fetch_activity({})));
}

// The marked result of the old life must not reach the new one, though every id is the same.
void worker_of_the_old_life_cannot_complete_into_the_new_one(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity old = take_activity(*worker);
  provider->delete_instance("order-1", true).value();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  Message stale = completion(old.activity);
  stale.payload = "of the old life";

  EXPECT_TRUE(fails_with(worker->ack_activity(old.token, stale), ErrorKind::lock_lost));

  EXPECT_EQ(wake(*provider, "order-1", 2).messages, std::vector{external("order-1", 2)});
  const LockedActivity anew = take_activity(*worker);
  EXPECT_EQ(anew.attempt, 1U);
  EXPECT_TRUE(succeeds(worker->ack_activity(anew.token, completion(anew.activity))));
}

void attempts_begin_anew_after_deletion(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  for (int n = 0; n < 3; ++n) {
    provider->abandon_turn(take_turn(*provider).token).value();
    provider->abandon_activity(take_activity(*provider).token).value();
  }

  provider->delete_instance("order-1", true).value();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_activity(activity("order-1", 1)).value();

  EXPECT_EQ(take_turn(*provider).attempt, 1U);
  EXPECT_EQ(take_activity(*provider).attempt, 1U);
}

void items_of_others_stay(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit commit = commit_events({event(1)});
  commit.messages = {start("order-2"), external("order-2", 1)};
  commit.activities = {activity("order-2", 1)};
  commit.metadata.status = Status::completed;
  commit_start(*provider, start("order-1"), commit);

  EXPECT_EQ(provider->delete_instance("order-1", false).value(),
            (DeletionCounts{.instances = 1, .executions = 1, .events = 1}));

  EXPECT_EQ(drain_messages(*provider), commit.messages);
  EXPECT_EQ(drain_activities(*provider), commit.activities);
}

void message_after_deletion_is_held_for_the_next_start(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->delete_instance("order-1", true).value();

  provider->enqueue_message(external("order-1", 1)).value();
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  provider->enqueue_message(start("order-1")).value();

  EXPECT_EQ(take_turn(*provider).messages, (std::vector{external("order-1", 1), start("order-1")}));
}

void everything_of_descendants_goes_too(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  for (const std::string& member : family) {
    provider->enqueue_message(external(member, 1)).value();
    provider->enqueue_activity(activity(member, 1)).value();
  }
  const Turn turn = take_turn_of(*provider, family[4]);
  const LockedActivity held = take_activity(*provider);

  EXPECT_EQ(provider->delete_instance("order-1", false).value(),
            (DeletionCounts{.instances = 5, .executions = 5, .events = 5, .queued_items = 10}));

  EXPECT_TRUE(fails_with(provider->renew_turn(turn.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->renew_activity(held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  for (const std::string& member : family) {
    provider->enqueue_message(start(member)).value();
    EXPECT_EQ(take_turn(*provider).messages, std::vector{start(member)});
  }
}

// --- Facets

void key_values_go(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit first = commit_events({event(1)}), second{.execution = 2};
  first.metadata.status = Status::continued_as_new;
  first.values = {set_value("color", "red"), set_value("", "of the empty key")};
  second.values = {set_value("size", "XL"), clear_value("color")};
  commit_start(*provider, start("order-1"), first);
  commit_turn(*provider, "order-1", second);
  commit_start(*provider, start("order-10"), first);
  const auto others = provider->read_values("order-10").value();

  provider->delete_instance("order-1", true).value();

  EXPECT_EQ(provider->read_values("order-1").value(), (std::map<std::string, KeyValue>()));
  expect_fresh_start(*provider);
  EXPECT_EQ(provider->read_values("order-1").value(), (std::map<std::string, KeyValue>()));
  for (const std::string key : {"color", "size", ""}) {
    EXPECT_TRUE(nothing(provider->read_value("order-1", key))) << key;
  }
  EXPECT_EQ(provider->read_values("order-10").value(), others);
}

void custom_status_goes(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit commit = commit_events({event(1)});
  commit.custom_status = {{.value = "packing"}};
  commit_start(*provider, start("order-1"), commit);
  commit_turn(*provider, "order-1", {.custom_status = {{.value = "shipping"}}});

  provider->delete_instance("order-1", true).value();

  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));
  expect_fresh_start(*provider);
  EXPECT_TRUE(nothing(provider->read_custom_status("order-1", 0)));
  commit_turn(*provider, "order-1", {.custom_status = {{.value = "refunding"}}});
  EXPECT_EQ(provider->read_custom_status("order-1", 0).value(),
            (CustomStatus{.value = "refunding", .version = 1}));
}

void pin_goes(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit commit = commit_events({event(1)});
  commit.metadata.pinned_version = EngineVersion{.major = 1};
  commit_start(*provider, start("order-1"), commit);

  provider->delete_instance("order-1", true).value();

  expect_fresh_start(*provider);
  provider->enqueue_message(external("order-1", 1)).value();
  const VersionRange other{.lowest = {.major = 2}, .highest = {.major = 3}};
  EXPECT_EQ(
      take_turn(*provider, {.lock_timeout = kLongLock, .versions = std::vector{other}}).messages,
      std::vector{external("order-1", 1)});
}

FetchActivity as_owner(const std::string& owner) {
  return {.lock_timeout = kLongLock,
          .session = SessionClaim{.owner = owner, .lock_timeout = kLongLock}};
}

void sessions_left_empty_go(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(bound("order-1", 1, "session-1")).value();
  take_activity(*provider, as_owner("worker-1"));

  provider->delete_instance("order-1", true).value();

  EXPECT_EQ(provider->renew_sessions({.owners = {"worker-1"}, .extend_for = kLongLock}).value(),
            0U);
  provider->enqueue_activity(bound("order-2", 1, "session-1")).value();
  EXPECT_EQ(take_activity(*provider, as_owner("worker-2")).activity,
            bound("order-2", 1, "session-1"))
      << "the deleted instance's session is still owned";
}

void sessions_with_items_of_others_stay(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(bound("order-1", 1, "session-1")).value();
  provider->enqueue_activity(bound("order-2", 2, "session-1")).value();
  take_activity(*provider, as_owner("worker-1"));

  provider->delete_instance("order-1", true).value();

  EXPECT_TRUE(nothing(provider->fetch_activity(as_owner("worker-2"))))
      << "the session of an item that is still queued was taken from its owner";
  EXPECT_EQ(take_activity(*provider, as_owner("worker-1")).activity,
            bound("order-2", 2, "session-1"));
}

void deleted_instances_are_in_no_list(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  finish_instance(*provider, "order-2");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external(family[1], 1), kLongLock).value();
  provider->enqueue_activity(activity(family[2], 1)).value();
  take_turn(*provider);

  provider->delete_instance("order-1", false).value();

  EXPECT_EQ(provider->list_instances(std::nullopt).value(), Names{"order-2"});
  EXPECT_EQ(provider->list_instances(Status::completed).value(), Names{"order-2"});
  EXPECT_EQ(provider->read_queue_depths().value(), QueueDepths());
  EXPECT_EQ(provider->read_totals().value(),
            (StoreTotals{.instances = 1, .executions = 1, .events = 1, .completed = 1}));
  for (const std::string& member : family) {
    EXPECT_EQ(provider->list_children(member).value(), Names());
    EXPECT_TRUE(fails_with(provider->read_tree(member), ErrorKind::not_found));
    EXPECT_TRUE(fails_with(provider->list_executions(member), ErrorKind::not_found));
    EXPECT_TRUE(fails_with(provider->read_execution(member, 1), ErrorKind::not_found));
  }
}

void deleted_instance_stays_deleted_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  finish_instance(*provider, "order-2");
  provider->enqueue_message(external("order-1", 1), kLongLock).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = wake(*provider, "order-1", 2);
  const LockedActivity held = take_activity(*provider);
  provider->delete_instance("order-1", false).value();
  const auto before = stored(*provider, Names{"order-2"});

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(stored(*provider, family), nothing_of(family));
  EXPECT_EQ(stored(*provider, Names{"order-2"}), before);
  EXPECT_TRUE(fails_with(provider->renew_turn(turn.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->renew_activity(held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  expect_fresh_start(*provider);
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

constexpr const Requirement& kClause = requirement("DEL_2");

constexpr Validation kRows[] = {
    {"history_of_every_execution_goes", kClause, history_of_every_execution_goes},
    {"id_begins_anew_after_deletion", kClause, id_begins_anew_after_deletion},
    {"times_begin_anew_after_deletion", kClause, times_begin_anew_after_deletion},
    {"visible_and_hidden_messages_go", kClause, visible_and_hidden_messages_go},
    {"locked_messages_go_with_their_lock", kClause, locked_messages_go_with_their_lock},
    {"held_messages_go_with_force", kClause, held_messages_go_with_force},
    {"queued_activities_go", kClause, queued_activities_go},
    {"locked_and_hidden_activities_go", kClause, locked_and_hidden_activities_go},
    {"activity_in_flight_cannot_be_completed_after_deletion", kClause,
     activity_in_flight_cannot_be_completed_after_deletion},
    {"worker_of_the_old_life_cannot_complete_into_the_new_one", kClause,
     worker_of_the_old_life_cannot_complete_into_the_new_one},
    {"attempts_begin_anew_after_deletion", kClause, attempts_begin_anew_after_deletion},
    {"items_of_others_stay", kClause, items_of_others_stay},
    {"message_after_deletion_is_held_for_the_next_start", kClause,
     message_after_deletion_is_held_for_the_next_start},
    {"everything_of_descendants_goes_too", kClause, everything_of_descendants_goes_too},
    {"key_values_go", kClause, key_values_go, Hook::none, Capability::key_value},
    {"custom_status_goes", kClause, custom_status_goes, Hook::none, Capability::custom_status},
    {"pin_goes", kClause, pin_goes, Hook::none, Capability::version_filter},
    {"sessions_left_empty_go", kClause, sessions_left_empty_go, Hook::none, Capability::sessions},
    {"sessions_with_items_of_others_stay", kClause, sessions_with_items_of_others_stay, Hook::none,
     Capability::sessions},
    {"deleted_instances_are_in_no_list", kClause, deleted_instances_are_in_no_list, Hook::none,
     Capability::management},
    {"deleted_instance_stays_deleted_after_reopening", kClause,
     deleted_instance_stays_deleted_after_reopening, Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> deletion_leftover_validations() { return kRows; }

}  // namespace ackproof
