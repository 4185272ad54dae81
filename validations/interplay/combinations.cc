// What goes wrong only where two features meet: a renewal and a late message, a cancellation and a
// result, a delay and a lock, an ended execution and a late ack.
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

TurnCommit commit_to(std::uint64_t execution, const std::vector<Event>& events) {
  TurnCommit commit = commit_events(events);
  commit.execution = execution;
  return commit;
}

TurnCommit commit_messages(const std::vector<Message>& messages) {
  TurnCommit commit;
  commit.messages = messages;
  return commit;
}

// --- What an ack takes along

void message_that_arrived_before_a_renewal_survives_the_ack(Context& ctx) {
  const auto holder = ctx.open();
  const auto sender = ctx.open();
  create_instance(*holder, "order-1");
  const Turn turn = wake(*holder, "order-1", 1);
  sender->enqueue_message(external("order-1", 2)).value();

  holder->renew_turn(turn.token, kLongLock).value();
  sender->enqueue_message(external("order-1", 3)).value();
  holder->ack_turn(turn.token, {}).value();

  EXPECT_EQ(take_turn(*sender).messages,
            (std::vector{external("order-1", 2), external("order-1", 3)}));
}

template <Status ending>
void timer_outlives_the_end_of_its_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message rings = timer("order-1", 2, turn.now + wait.length);
  provider->ack_turn(turn.token, commit_messages({rings})).value();

  TurnCommit last = commit_events({event(2)});
  last.metadata.status = ending;
  provider->ack_turn(wake(*provider, "order-1", 3).token, last).value();
  ctx.to_end(wait);

  EXPECT_EQ(take_turn(*provider).messages, std::vector{rings});
}

void timer_of_a_lower_execution_is_delivered(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message rings = timer("order-1", 2, turn.now + wait.length);
  provider->ack_turn(turn.token, commit_messages({rings})).value();

  continue_as_new(*provider, "order-1", 1);
  ctx.to_end(wait);

  const Turn late = take_turn(*provider);
  EXPECT_EQ(late.messages, std::vector{rings});
  EXPECT_EQ(late.execution, 2U);
}

Message next_execution(const std::string& instance, std::uint64_t id) {
  Message next = start(instance);
  next.id = id;
  next.kind = MessageKind::continue_as_new;
  return next;
}

// As an engine does it: the ack that ends an execution sends the message that begins the next one.
TurnCommit continuing(const std::string& instance) {
  TurnCommit commit = commit_messages({next_execution(instance, 9)});
  commit.metadata.status = Status::continued_as_new;
  return commit;
}

void timer_outlives_the_message_that_continues_as_new(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message rings = timer("order-1", 2, turn.now + wait.length);
  provider->ack_turn(turn.token, commit_messages({rings})).value();

  commit_turn(*provider, "order-1", continuing("order-1"));
  const Turn next = take_turn(*provider);
  provider->ack_turn(next.token, {.execution = 2, .events = {event(1)}}).value();
  ctx.to_end(wait);

  EXPECT_EQ(next.messages, std::vector{next_execution("order-1", 9)});
  EXPECT_EQ(take_turn(*provider).messages, std::vector{rings});
}

// The program had ended its execution before it heard of the request, which is for the next one then.
void turn_with_a_cancellation_can_continue_as_new(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message cancel = external("order-1", 1);
  cancel.kind = MessageKind::cancel_instance;
  provider->enqueue_message(cancel).value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, continuing("order-1")).value();

  EXPECT_EQ(turn.messages, std::vector{cancel});
  EXPECT_EQ(take_turn(*provider).messages, std::vector{next_execution("order-1", 9)});
}

void turn_during_which_mail_came_can_continue_as_new(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  sender->enqueue_message(external("order-1", 2)).value();

  provider->ack_turn(turn.token, continuing("order-1")).value();

  EXPECT_EQ(take_turn(*provider).messages,
            (std::vector{external("order-1", 2), next_execution("order-1", 9)}));
}

// Mail that is held for a child must not make a record that its start then finds.
void child_that_has_mail_before_its_start_gets_its_parent(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "parent-1");
  provider->enqueue_message(external("child-1", 1)).value();
  Message begin = start("child-1");
  begin.parent = "parent-1";

  commit_turn(*provider, "parent-1", commit_messages({begin}));
  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, commit_events({event(1)})).value();

  EXPECT_EQ(turn.instance, "child-1");
  EXPECT_EQ(record_of(*provider, "child-1").parent, "parent-1");
}

void cancellation_leaves_a_completion_that_is_queued(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = wake(*provider, "order-1", 2);
  const LockedActivity done = take_activity(*worker);
  worker->ack_activity(done.token, completion(done.activity)).value();

  TurnCommit cancelling;
  cancelling.cancelled = {key_of(done.activity)};
  provider->ack_turn(turn.token, cancelling).value();

  EXPECT_EQ(take_turn(*provider).messages, std::vector{completion(done.activity)});
}

// --- What looks like a repetition

// Two at once, and one more when those were acked.
void completions_with_one_id_are_all_delivered(Context& ctx) {
  const auto provider = ctx.open();
  const Message done = completion(activity("order-1", 1));
  create_instance(*provider, "order-1");
  for (int n = 0; n < 3; ++n) provider->enqueue_activity(activity("order-1", 1)).value();

  provider->ack_activity(take_activity(*provider).token, done).value();
  provider->ack_activity(take_activity(*provider).token, done).value();
  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {}).value();
  provider->ack_activity(take_activity(*provider).token, done).value();

  EXPECT_EQ(turn.messages, (std::vector{done, done}));
  EXPECT_EQ(take_turn(*provider).messages, std::vector{done});
}

void timers_with_one_id_all_ring(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  const Message rings = timer("order-1", 2, turn.now);

  provider->ack_turn(turn.token, commit_messages({rings})).value();
  const Turn second = take_turn(*provider);
  provider->ack_turn(second.token, commit_messages({rings})).value();

  EXPECT_EQ(second.messages, std::vector{rings});
  EXPECT_EQ(take_turn(*provider).messages, std::vector{rings});
}

// In one commit and in two.
void timers_of_one_millisecond_all_ring(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Time moment = turn.now + wait.length;
  const std::vector<Message> ring = {timer("order-1", 2, moment), timer("order-1", 3, moment),
                                     timer("order-1", 4, moment)};

  provider->ack_turn(turn.token, commit_messages({ring[0], ring[1]})).value();
  commit_turn(*provider, "order-1", commit_messages({ring[2]}));
  ctx.to_end(wait);

  EXPECT_EQ(take_turn(*provider).messages, ring);
}

// --- Timers and delays

void timer_rings_in_time_though_a_later_one_was_set_after_it(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  const Message soon = timer("order-1", 2, turn.now + wait.length);
  const Message later = timer("order-1", 3, turn.now + wait.length + kLongLock);

  provider->ack_turn(turn.token, commit_messages({soon})).value();
  commit_turn(*provider, "order-1", commit_messages({later}));
  ctx.to_end(wait);

  EXPECT_EQ(take_turn(*provider).messages, std::vector{soon});
}

void delay_counts_also_while_its_target_is_locked(Context& ctx) {
  const auto holder = ctx.open();
  const auto sender = ctx.open();
  create_instance(*holder, "order-1");
  const Turn turn = wake(*holder, "order-1", 1);
  const Window hidden = ctx.window();
  sender->enqueue_message(external("order-1", 2), hidden.length).value();
  holder->ack_turn(turn.token, {}).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(sender->fetch_turn({})));
  ctx.to_end(hidden);

  EXPECT_EQ(take_turn(*sender).messages, std::vector{external("order-1", 2)});
}

void completion_is_hidden_until_its_visible_time(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);
  provider->enqueue_message(external("order-1", 2)).value();
  const Window hidden = ctx.window();  // It counts from the turn's `now`.
  const Turn turn = take_turn(*provider);
  Message done = completion(locked.activity);
  done.visible_at = turn.now + hidden.length;
  provider->ack_turn(turn.token, {}).value();
  provider->ack_activity(locked.token, done).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);

  EXPECT_EQ(take_turn(*provider).messages, std::vector{done});
}

// --- Abandon

void abandon_delay_hides_no_message_that_fell_due_during_the_lock(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn held = take_turn(*holder);
  const Message rings = timer("order-1", 2, held.now + wait.length);
  rival->enqueue_message(rings).value();
  ctx.to_end(wait);

  const Window hidden = ctx.window();
  holder->abandon_turn(held.token, {.delay = hidden.length}).value();
  const Turn between = take_turn(*rival);
  rival->ack_turn(between.token, {}).value();
  ctx.to_end(hidden);

  EXPECT_EQ(between.messages, std::vector{rings});
  EXPECT_EQ(take_turn(*rival).messages, std::vector{external("order-1", 1)});
}

void start_that_is_hidden_by_an_abandon_starts_nothing_yet(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  holder->enqueue_message(start("order-1")).value();
  const Turn held = take_turn(*holder);
  const Window hidden = ctx.window();
  holder->abandon_turn(held.token, {.delay = hidden.length}).value();
  rival->enqueue_message(external("order-1", 1)).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(nothing(rival->fetch_turn({})));
  ctx.to_end(hidden);

  EXPECT_EQ(take_turn(*rival).messages, (std::vector{start("order-1"), external("order-1", 1)}));
}

template <class Queue>
void abandon_that_ignores_the_attempt_keeps_its_delay(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window hidden = ctx.window();
  Queue::abandon(*provider, held.token, {.delay = hidden.length, .ignore_attempt = true}).value();

  ctx.to_last_moment(hidden);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(hidden);

  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

template <class Queue>
void abandon_with_a_delay_can_ignore_the_attempt(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window hidden = ctx.window();

  Queue::abandon(*provider, held.token, {.delay = hidden.length, .ignore_attempt = true}).value();
  ctx.to_end(hidden);

  EXPECT_EQ(take<Queue>(*provider).attempt, 1U);
}

// --- Renewed locks

template <class Queue>
void expiry_of_a_renewed_lock_counts(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Taken held = take<Queue>(*provider);
  const Window lock = ctx.window();

  Queue::renew(*provider, held.token, lock.length).value();
  ctx.to_end(lock);

  EXPECT_EQ(take<Queue>(*provider).attempt, 2U);
}

// The last one ends the lock much sooner than those before it.
template <class Queue>
void every_renewal_counts_however_many(Context& ctx) {
  constexpr int kRenewals = 30;
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder);
  for (int n = 1; n < kRenewals; ++n) {
    Queue::renew(*holder, held.token, kLongLock).value();
  }
  const Window lock = ctx.window();
  Queue::renew(*holder, held.token, lock.length).value();

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(lock);

  EXPECT_EQ(take<Queue>(*rival).item, 1U);
}

// --- Executions

void executions_may_be_skipped(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  commit_turn(*provider, "order-1", commit_to(5, {event(1), event(2)}));
  EXPECT_EQ(record_of(*provider, "order-1").execution, 5U);
  commit_turn(*provider, "order-1", commit_to(3, {event(7)}));

  EXPECT_EQ(record_of(*provider, "order-1").execution, 5U);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", 3).value(), events(7, 7));
  EXPECT_EQ(provider->read_history("order-1", 4).value(), std::vector<Event>());
}

void first_ack_may_begin_any_execution(Context& ctx) {
  const auto provider = ctx.open();

  commit_start(*provider, start("order-1"), commit_to(5, {event(1)}));

  EXPECT_EQ(record_of(*provider, "order-1").execution, 5U);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", 1).value(), std::vector<Event>());
  const Turn turn = wake(*provider, "order-1", 1);
  EXPECT_EQ(turn.execution, 5U);
  EXPECT_EQ(turn.history, events(1, 1));
}

void late_ack_updates_the_record(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  ctx.advance(Duration(7));
  const Turn turn = wake(*provider, "order-1", 1);
  ctx.advance(Duration(7));
  const Time acked_at = ctx.now();

  provider->ack_turn(turn.token, commit_to(1, {event(2)})).value();

  const Time updated_at = provider->read_instance("order-1").value().value().updated_at;
  EXPECT_GE(updated_at, turn.now);
  if (ctx.is_virtual()) {
    EXPECT_EQ(updated_at, acked_at);
  }
}

void refused_late_commit_sends_nothing(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit late = commit_to(1, {event(2)});
  late.messages = {external("order-1", 3), start("order-2")};
  late.activities = {activity("order-1", 4)};
  late.metadata.name = "Renamed";

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, late), ErrorKind::invalid));

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_to(2, {event(2)}))));
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

// The reader has read the ended execution's history before.
void late_ack_is_read_at_once_through_another_handle(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  EXPECT_EQ(reader->read_history("order-1", 1).value(), events(1, 1));

  commit_turn(*provider, "order-1", commit_to(1, {event(2)}));

  EXPECT_EQ(reader->read_history("order-1", 1).value(), events(1, 2));
}

constexpr Validation kRows[] = {
    {"message_that_arrived_before_a_renewal_survives_the_ack", requirement("ACK_6"),
     message_that_arrived_before_a_renewal_survives_the_ack},
    {"timer_outlives_a_completed_instance", requirement("TURN_2"),
     timer_outlives_the_end_of_its_instance<Status::completed>},
    {"timer_outlives_a_failed_instance", requirement("TURN_2"),
     timer_outlives_the_end_of_its_instance<Status::failed>},
    {"timer_of_a_lower_execution_is_delivered", requirement("TURN_2"),
     timer_of_a_lower_execution_is_delivered},
    {"timer_outlives_the_message_that_continues_as_new", requirement("TURN_2"),
     timer_outlives_the_message_that_continues_as_new},
    {"turn_with_a_cancellation_can_continue_as_new", requirement("ACK_8"),
     turn_with_a_cancellation_can_continue_as_new},
    {"turn_during_which_mail_came_can_continue_as_new", requirement("ACK_8"),
     turn_during_which_mail_came_can_continue_as_new},
    {"child_that_has_mail_before_its_start_gets_its_parent", requirement("ACK_15"),
     child_that_has_mail_before_its_start_gets_its_parent},
    {"cancellation_leaves_a_completion_that_is_queued", requirement("ACK_9"),
     cancellation_leaves_a_completion_that_is_queued},
    {"completions_with_one_id_are_all_delivered", requirement("WORK_3"),
     completions_with_one_id_are_all_delivered},
    {"timers_with_one_id_all_ring", requirement("ACK_7"), timers_with_one_id_all_ring},
    {"timers_of_one_millisecond_all_ring", requirement("ACK_7"),
     timers_of_one_millisecond_all_ring},
    {"timer_rings_in_time_though_a_later_one_was_set_after_it", requirement("ACK_7"),
     timer_rings_in_time_though_a_later_one_was_set_after_it},
    {"delay_counts_also_while_its_target_is_locked", requirement("TURN_12"),
     delay_counts_also_while_its_target_is_locked},
    {"completion_is_hidden_until_its_visible_time", requirement("TURN_12"),
     completion_is_hidden_until_its_visible_time},
    {"abandon_delay_hides_no_message_that_fell_due_during_the_lock", requirement("LOCK_6"),
     abandon_delay_hides_no_message_that_fell_due_during_the_lock},
    {"start_that_is_hidden_by_an_abandon_starts_nothing_yet", requirement("TURN_5"),
     start_that_is_hidden_by_an_abandon_starts_nothing_yet},
    {"abandoned_turn_that_ignores_the_attempt_keeps_its_delay", requirement("LOCK_6"),
     abandon_that_ignores_the_attempt_keeps_its_delay<Turns>},
    {"abandoned_activity_that_ignores_the_attempt_keeps_its_delay", requirement("LOCK_6"),
     abandon_that_ignores_the_attempt_keeps_its_delay<Activities>},
    {"turn_abandoned_with_a_delay_can_ignore_the_attempt", requirement("POISON_2"),
     abandon_with_a_delay_can_ignore_the_attempt<Turns>},
    {"activity_abandoned_with_a_delay_can_ignore_the_attempt", requirement("POISON_2"),
     abandon_with_a_delay_can_ignore_the_attempt<Activities>},
    {"expiry_of_a_renewed_turn_counts", requirement("POISON_1"),
     expiry_of_a_renewed_lock_counts<Turns>},
    {"expiry_of_a_renewed_activity_counts", requirement("POISON_1"),
     expiry_of_a_renewed_lock_counts<Activities>},
    {"every_renewal_of_a_turn_counts_however_many", requirement("LOCK_4"),
     every_renewal_counts_however_many<Turns>},
    {"every_renewal_of_an_activity_counts_however_many", requirement("LOCK_4"),
     every_renewal_counts_however_many<Activities>},
    {"executions_may_be_skipped", requirement("ACK_12"), executions_may_be_skipped},
    {"first_ack_may_begin_any_execution", requirement("ACK_12"), first_ack_may_begin_any_execution},
    {"late_ack_updates_the_record", requirement("HIST_6"), late_ack_updates_the_record},
    {"refused_late_commit_sends_nothing", requirement("ACK_17"), refused_late_commit_sends_nothing},
    {"late_ack_is_read_at_once_through_another_handle", requirement("CAP_7"),
     late_ack_is_read_at_once_through_another_handle, Hook::none, Capability::queues},
};

}  // namespace

std::span<const Validation> combination_validations() { return kRows; }

}  // namespace ackproof
