// Acks of activities: the item goes, its completion comes, both at once, to the target that it
// names.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

Message completion_to(const std::string& target, std::uint64_t id) {
  return completion(activity(target, id));
}

// Activities of one instance with these ids, in the queue in this order.
std::vector<Activity> enqueue_all(Provider& provider, const std::string& instance,
                                  std::initializer_list<std::uint64_t> ids) {
  std::vector<Activity> all;
  for (const std::uint64_t id : ids) {
    all.push_back(activity(instance, id));
    provider.enqueue_activity(all.back()).value();
  }
  return all;
}

// --- Ack and completion

void ack_removes_the_activity_and_delivers_its_completion(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  create_instance(*worker, "order-1");
  enqueue_all(*worker, "order-1", {1, 2});
  const Message completed = completion_to("order-1", 1);
  Message failed = completion_to("order-1", 2);
  failed.kind = MessageKind::activity_failed;

  const Window lock = ctx.window();
  const LockedActivity first = take_activity(*worker, {.lock_timeout = lock.length});
  worker->ack_activity(first.token, completed).value();
  other->ack_activity(take_activity(*other).token, failed).value();

  EXPECT_EQ(drain_messages(*other), (std::vector{completed, failed}));
  ctx.to_end(lock);
  EXPECT_EQ(drain_activities(*other), std::vector<Activity>()) << "an acked activity came back";
}

void ack_without_completion_enqueues_nothing(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const auto known = enqueue_all(*provider, "order-1", {1});
  const auto unknown = enqueue_all(*provider, "order-2", {1});

  EXPECT_EQ(drain_activities(*provider), (std::vector{known[0], unknown[0]}));

  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
  // What had been held for an instance without a record would show once that starts.
  provider->enqueue_message(start("order-2")).value();
  EXPECT_EQ(drain_messages(*provider), std::vector{start("order-2")});
}

void token_that_is_used_up_enqueues_no_completion(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, "order-1", {1, 2});
  const LockedActivity acked = take_activity(*provider);
  provider->ack_activity(acked.token, completion(acked.activity)).value();
  const LockedActivity abandoned = take_activity(*provider);
  provider->abandon_activity(abandoned.token).value();

  for (const LockToken& token : {acked.token, abandoned.token, LockToken{"made up"}, LockToken{}}) {
    EXPECT_TRUE(
        fails_with(other->ack_activity(token, completion_to("order-1", 3)), ErrorKind::lock_lost));
  }

  EXPECT_EQ(drain_messages(*provider), std::vector{completion(acked.activity)});
  EXPECT_EQ(drain_activities(*provider), std::vector{abandoned.activity});
}

void expired_token_enqueues_no_completion(Context& ctx) {
  const auto stale = ctx.open();
  const auto successor = ctx.open();
  create_instance(*stale, "order-1");
  enqueue_all(*stale, "order-1", {1});
  const Window lock = ctx.window();
  const LockedActivity held = take_activity(*stale, {.lock_timeout = lock.length});

  ctx.to_end(lock);
  EXPECT_TRUE(fails_with(stale->ack_activity(held.token, completion_to("order-1", 8)),
                         ErrorKind::lock_lost));
  const LockedActivity taken_over = take_activity(*successor);
  EXPECT_TRUE(fails_with(stale->ack_activity(held.token, completion_to("order-1", 9)),
                         ErrorKind::lock_lost));

  EXPECT_EQ(drain_messages(*successor), std::vector<Message>());
  const Message good = completion_to("order-1", 1);
  EXPECT_TRUE(succeeds(successor->ack_activity(taken_over.token, good)));
  EXPECT_EQ(drain_messages(*successor), std::vector{good});
}

// --- Activities and instances

void activity_needs_no_instance(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  const auto queued = enqueue_all(*provider, "order-1", {1});

  const LockedActivity first = take_activity(*provider);
  EXPECT_TRUE(succeeds(provider->renew_activity(first.token, kLongLock)));
  EXPECT_TRUE(succeeds(provider->abandon_activity(first.token)));
  const LockedActivity second = take_activity(*other);
  EXPECT_TRUE(succeeds(other->ack_activity(second.token, std::nullopt)));

  EXPECT_EQ((std::vector{first.activity, second.activity}), (std::vector{queued[0], queued[0]}));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_TRUE(nothing(provider->read_instance("order-1")));
}

void completion_waits_for_an_instance_without_a_record(Context& ctx) {
  const auto provider = ctx.open();
  enqueue_all(*provider, "order-1", {1});

  provider->ack_activity(take_activity(*provider).token, completion_to("order-1", 1)).value();

  EXPECT_TRUE(nothing(provider->fetch_turn({.lock_timeout = kLongLock})));
  EXPECT_TRUE(nothing(provider->read_instance("order-1")));
  provider->enqueue_message(start("order-1")).value();
  EXPECT_EQ(drain_messages(*provider),
            (std::vector{completion_to("order-1", 1), start("order-1")}));
}

// Whether a result still matters is the engine's business: also one of a life that is over, or of
// one that has not begun.
void completion_for_another_execution_is_delivered(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->ack_turn(take_turn(*provider).token, {.execution = 2, .events = {event(1)}}).value();
  std::vector<Message> expected;
  for (const std::uint64_t execution : {1, 2, 7}) {
    Activity work = activity("order-1", 10 + execution);
    work.execution = execution;
    provider->enqueue_activity(work).value();
    expected.push_back(completion(work));
  }

  for (const Message& message : expected) {
    provider->ack_activity(take_activity(*provider).token, message).value();
  }

  EXPECT_EQ(drain_messages(*provider), expected);
}

// --- Two items of one identity

void activities_with_one_identity_are_separate_items(Context& ctx) {
  const auto provider = ctx.open();
  const Activity twin = activity("order-1", 1);
  Activity sibling = twin;
  sibling.name = "Other";
  sibling.payload = "other";

  for (const Activity& item : {twin, sibling, twin}) provider->enqueue_activity(item).value();

  EXPECT_EQ(drain_activities(*provider), (std::vector{twin, sibling, twin}));
}

void ack_of_one_twin_leaves_the_other(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  enqueue_all(*one, "order-1", {1, 1});
  const LockedActivity first = take_activity(*one);
  const LockedActivity second = take_activity(*other);
  EXPECT_NE(first.token, second.token);

  one->ack_activity(first.token, std::nullopt).value();

  EXPECT_TRUE(succeeds(other->renew_activity(second.token, kLongLock)));
  EXPECT_TRUE(succeeds(other->abandon_activity(second.token)));
  EXPECT_EQ(drain_activities(*one), std::vector{second.activity});
}

void cancellation_removes_every_activity_of_the_identity(Context& ctx) {
  const auto engine = ctx.open();
  const auto worker = ctx.open();
  engine->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*engine);
  const auto queued = enqueue_all(*engine, "order-1", {1, 1, 2, 1});
  Activity next_life = activity("order-1", 1);
  next_life.execution = 2;
  engine->enqueue_activity(next_life).value();
  const LockedActivity in_flight = take_activity(*worker);
  TurnCommit commit = commit_events({event(1)});
  commit.cancelled = {key_of(queued[0])};

  engine->ack_turn(turn.token, commit).value();

  EXPECT_TRUE(fails_with(worker->renew_activity(in_flight.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_EQ(drain_activities(*worker), (std::vector{queued[2], next_life}));
}

// --- Where completions go

void completion_of_another_kind_is_refused_and_the_activity_kept(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  enqueue_all(*provider, "order-1", {1});
  const LockedActivity held = take_activity(*provider);
  const Message good = completion(held.activity);

  for (const MessageKind kind :
       {MessageKind::start_orchestration, MessageKind::continue_as_new, MessageKind::timer_fired,
        MessageKind::external_raised, MessageKind::child_completed, MessageKind::child_failed,
        MessageKind::cancel_instance, MessageKind::queue_message}) {
    Message bad = good;
    bad.kind = kind;
    bad.name = "Order";
    EXPECT_TRUE(fails_with(provider->ack_activity(held.token, bad), ErrorKind::invalid))
        << "kind " << static_cast<int>(kind);
  }

  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_TRUE(succeeds(provider->ack_activity(held.token, good)));
  EXPECT_EQ(drain_messages(*other), std::vector{good});
  EXPECT_EQ(drain_activities(*other), std::vector<Activity>());
}

void both_kinds_of_completion_arrive_as_they_are(Context& ctx) {
  const auto worker = ctx.open();
  const auto engine = ctx.open();
  create_instance(*engine, "order-1");
  std::vector<Message> results;
  for (const Activity& item : enqueue_all(*engine, "order-1", {1, 2})) {
    results.push_back(completion(item));
  }
  results[0].kind = MessageKind::activity_failed;
  results[0].payload = "card declined";

  for (const Message& result : results) {
    EXPECT_TRUE(succeeds(worker->ack_activity(take_activity(*worker).token, result)));
  }

  EXPECT_EQ(drain_messages(*engine), results);
  EXPECT_EQ(drain_activities(*engine), std::vector<Activity>());
}

void completion_goes_to_the_target_that_it_names(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  enqueue_all(*provider, "order-1", {1});
  const Message elsewhere = completion_to("order-2", 8);

  provider->ack_activity(take_activity(*provider).token, elsewhere).value();

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.instance, "order-2");
  EXPECT_EQ(turn.messages, std::vector{elsewhere});
  EXPECT_TRUE(nothing(provider->fetch_turn({.lock_timeout = kLongLock})));
}

constexpr Validation kRows[] = {
    {"ack_removes_the_activity_and_delivers_its_completion", requirement("WORK_3"),
     ack_removes_the_activity_and_delivers_its_completion},
    {"ack_without_completion_enqueues_nothing", requirement("WORK_3"),
     ack_without_completion_enqueues_nothing},
    {"token_that_is_used_up_enqueues_no_completion", requirement("WORK_3"),
     token_that_is_used_up_enqueues_no_completion},
    {"expired_token_enqueues_no_completion", requirement("WORK_3"),
     expired_token_enqueues_no_completion},
    {"activity_needs_no_instance", requirement("WORK_4"), activity_needs_no_instance},
    {"completion_waits_for_an_instance_without_a_record", requirement("WORK_4"),
     completion_waits_for_an_instance_without_a_record},
    {"completion_for_another_execution_is_delivered", requirement("WORK_4"),
     completion_for_another_execution_is_delivered},
    {"activities_with_one_identity_are_separate_items", requirement("WORK_6"),
     activities_with_one_identity_are_separate_items},
    {"ack_of_one_twin_leaves_the_other", requirement("WORK_6"), ack_of_one_twin_leaves_the_other},
    {"cancellation_removes_every_activity_of_the_identity", requirement("WORK_6"),
     cancellation_removes_every_activity_of_the_identity},
    {"completion_of_another_kind_is_refused_and_the_activity_kept", requirement("WORK_9"),
     completion_of_another_kind_is_refused_and_the_activity_kept},
    {"both_kinds_of_completion_arrive_as_they_are", requirement("WORK_9"),
     both_kinds_of_completion_arrive_as_they_are},
    {"completion_goes_to_the_target_that_it_names", requirement("WORK_9"),
     completion_goes_to_the_target_that_it_names},
};

}  // namespace

std::span<const Validation> completion_validations() { return kRows; }

}  // namespace ackproof
