// Locks on instances and activities: they hold until the deadline, not longer, and one of them is
// nobody else's business. Giving back is in `abandon.cc`, dead tokens are in `stale_tokens.cc`.
#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// --- The deadline

template <class Queue>
void item_is_deliverable_again_from_the_deadline_on(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*holder, lock.length);

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(lock);
  const Taken again = take<Queue>(*rival);

  EXPECT_NE(again.token, held.token);
}

void expired_turn_comes_back_as_it_was(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  for (const std::uint64_t id : {3, 1, 2}) holder->enqueue_message(external("order-1", id)).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*holder, {.lock_timeout = lock.length});

  ctx.to_end(lock);
  const Turn again = take_turn(*rival);

  Turn expected = held;
  expected.attempt = again.attempt;
  expected.now = again.now;
  expected.token = again.token;
  EXPECT_EQ(again, expected);
}

void expired_activity_comes_back_as_it_was(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  holder->enqueue_activity(activity("order-1", 1)).value();
  const Window lock = ctx.window();
  take_activity(*holder, {.lock_timeout = lock.length});

  ctx.to_end(lock);
  const LockedActivity again = take_activity(*rival);

  EXPECT_EQ(again, (LockedActivity{activity("order-1", 1), again.attempt, again.token}));
}

template <class Queue>
void token_is_good_to_the_last_moment(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*provider, lock.length);

  ctx.to_last_moment(lock);

  EXPECT_TRUE(succeeds(Queue::ack(*provider, held.token)));
}

template <class Queue>
void takeover_starts_a_lock_of_its_own(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window first = ctx.window();
  take<Queue>(*holder, first.length);
  ctx.to_end(first);
  const Window second = ctx.window();
  const Taken held = take<Queue>(*rival, second.length);

  ctx.to_last_moment(second);
  EXPECT_TRUE(none_deliverable<Queue>(*holder));
  EXPECT_TRUE(succeeds(Queue::renew(*rival, held.token, second.length)));
}

// The two lengths differ, so that a timeout remembered from the first delivery is found out.
template <class Queue>
void takeover_has_the_lock_timeout_it_asked_for(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window first = ctx.window();
  take<Queue>(*holder, first.length);
  ctx.to_end(first);
  const Window second = ctx.window(first.length * 3 / 2);
  const Taken held = take<Queue>(*rival, second.length);

  ctx.to_last_moment(second);
  EXPECT_TRUE(none_deliverable<Queue>(*holder));
  ctx.to_end(second);
  EXPECT_EQ(take<Queue>(*holder).item, held.item);
}

template <class Queue>
void each_fetch_has_the_lock_timeout_it_asked_for(Context& ctx) {
  const auto provider = ctx.open();
  for (const std::uint64_t item : {1, 2, 3}) Queue::put(*provider, item);
  const Taken before = take<Queue>(*provider, kLongLock);
  const Window lock = ctx.window();
  const Taken brief = take<Queue>(*provider, lock.length);
  const Taken after = take<Queue>(*provider, 2 * kLongLock);

  ctx.to_end(lock);

  EXPECT_EQ(take<Queue>(*provider).item, brief.item);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, before.token)));
  EXPECT_TRUE(succeeds(Queue::ack(*provider, after.token)));
}

void other_calls_neither_end_nor_lengthen_a_turn_lock(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  take_turn(*holder, {.lock_timeout = lock.length});

  rival->enqueue_message(external("order-1", 2)).value();
  rival->enqueue_activity(activity("order-1", 3)).value();
  const LockedActivity done = take_activity(*rival);
  rival->ack_activity(done.token, completion(done.activity)).value();
  rival->read_history("order-1").value();
  rival->read_instance("order-1").value();

  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(rival->fetch_turn({})));
  ctx.to_end(lock);
  EXPECT_EQ(take_turn(*rival).messages, (std::vector{external("order-1", 1), external("order-1", 2),
                                                     completion(done.activity)}));
}

// --- Refused and expired

void lock_is_released_only_by_a_successful_ack(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*holder, {.lock_timeout = lock.length});
  rival->enqueue_message(external("order-1", 2)).value();

  EXPECT_TRUE(fails_with(holder->ack_turn({"not-a-token"}, commit_events({event(2)})),
                         ErrorKind::lock_lost));
  EXPECT_TRUE(
      fails_with(holder->ack_turn(held.token, commit_events({event(1)})), ErrorKind::conflict));
  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(rival->fetch_turn({}))) << "a refused ack released the lock";

  EXPECT_TRUE(succeeds(holder->ack_turn(held.token, commit_events({event(2)}))));
  EXPECT_EQ(take_turn(*rival).messages, std::vector{external("order-1", 2)});
  EXPECT_EQ(rival->read_history("order-1").value(), events(1, 2));
}

void refused_ack_leaves_the_deadline_as_it_is(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*holder, {.lock_timeout = lock.length});

  ctx.to_last_moment(lock);
  EXPECT_TRUE(
      fails_with(holder->ack_turn(held.token, commit_events({event(1)})), ErrorKind::conflict));
  ctx.to_end(lock);

  EXPECT_EQ(take_turn(*rival).messages, std::vector{external("order-1", 1)});
}

void expired_token_is_dead_though_nobody_took_over(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window lock = ctx.window();
  const Turn held = take_turn(*provider, {.lock_timeout = lock.length});

  ctx.to_end(lock);

  EXPECT_TRUE(
      fails_with(provider->ack_turn(held.token, commit_events({event(1)})), ErrorKind::lock_lost));
  EXPECT_EQ(provider->read_history("order-1").value(), std::vector<Event>())
      << "a refused ack left events behind";
}

void expired_activity_token_is_dead_though_nobody_took_over(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Window lock = ctx.window();
  const LockedActivity held = take_activity(*provider, {.lock_timeout = lock.length});

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(provider->ack_activity(held.token, completion(held.activity)),
                         ErrorKind::lock_lost));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>())
      << "a refused ack left its completion behind";
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
}

// Whatever the late holder calls, the item comes out at once and counts one delivery more.
template <class Queue>
void no_call_with_an_expired_token_counts(Context& ctx) {
  const auto late = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*late, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*late, lock.length);

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(Queue::renew(*late, held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::abandon(*late, held.token), ErrorKind::lock_lost));
  EXPECT_TRUE(
      fails_with(Queue::abandon(*late, held.token, {.delay = kLongLock, .ignore_attempt = true}),
                 ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::ack(*late, held.token), ErrorKind::lock_lost));
  const Taken again = take<Queue>(*rival);
  EXPECT_EQ(again.item, held.item);
  EXPECT_EQ(again.attempt, held.attempt + 1);
}

void stale_turn_holder_does_no_harm_after_takeover(Context& ctx) {
  const auto stale = ctx.open();
  const auto successor = ctx.open();
  create_instance(*stale, "order-1");
  stale->enqueue_message(external("order-1", 1)).value();
  const Window lock = ctx.window();
  const LockToken lost = take_turn(*stale, {.lock_timeout = lock.length}).token;
  ctx.to_end(lock);
  const LockToken live = take_turn(*successor).token;
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 3)};
  commit.messages = {external("order-1", 4)};

  EXPECT_TRUE(fails_with(stale->renew_turn(lost, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->ack_turn(lost, commit), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->ack_turn(lost, {}), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->abandon_turn(lost), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->abandon_turn(lost, {.delay = kLongLock}), ErrorKind::lock_lost));

  EXPECT_TRUE(nothing(stale->fetch_turn({}))) << "the successor's lock was touched";
  EXPECT_TRUE(succeeds(successor->ack_turn(live, commit)));
  EXPECT_EQ(successor->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*successor), commit.activities);
  EXPECT_EQ(drain_messages(*successor), commit.messages);
}

void stale_activity_holder_does_no_harm_after_takeover(Context& ctx) {
  const auto stale = ctx.open();
  const auto successor = ctx.open();
  create_instance(*stale, "order-1");
  stale->enqueue_activity(activity("order-1", 1)).value();
  const Window lock = ctx.window();
  const LockToken lost = take_activity(*stale, {.lock_timeout = lock.length}).token;
  ctx.to_end(lock);
  const LockToken live = take_activity(*successor).token;
  const Message done = completion(activity("order-1", 1));

  EXPECT_TRUE(fails_with(stale->renew_activity(lost, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->ack_activity(lost, done), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->ack_activity(lost, std::nullopt), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(stale->abandon_activity(lost), ErrorKind::lock_lost));
  EXPECT_TRUE(
      fails_with(stale->abandon_activity(lost, {.delay = kLongLock}), ErrorKind::lock_lost));

  EXPECT_TRUE(nothing(stale->fetch_activity({}))) << "the successor's lock was touched";
  EXPECT_TRUE(succeeds(successor->ack_activity(live, done)));
  EXPECT_EQ(drain_activities(*successor), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*successor), std::vector{done});
}

// --- Renewal

template <class Queue>
void renewed_lock_ends_at_now_plus_the_extension(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*holder, lock.length);
  ctx.to_last_moment(lock);
  const Window renewed = ctx.window();
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, renewed.length)));

  ctx.to_end(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*rival)) << "the renewed lock ended at its first deadline";
  ctx.to_last_moment(renewed);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(renewed);
  EXPECT_EQ(take<Queue>(*rival).item, held.item);
}

template <class Queue>
void renewal_can_shorten_a_lock(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder, kLongLock);
  const Window renewed = ctx.window();
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, renewed.length)));

  ctx.to_last_moment(renewed);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(renewed);
  EXPECT_TRUE(fails_with(Queue::ack(*holder, held.token), ErrorKind::lock_lost));
  EXPECT_EQ(take<Queue>(*rival).item, held.item);
}

template <class Queue>
void last_of_several_renewals_counts(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Taken held = take<Queue>(*holder);
  const Window shortened = ctx.window();
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, shortened.length)));
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, kLongLock)));
  ctx.to_end(shortened);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  const Window shortened_again = ctx.window();
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, shortened_again.length)));

  ctx.to_end(shortened_again);

  EXPECT_EQ(take<Queue>(*rival).item, held.item);
}

template <class Queue>
void token_stays_good_through_renewals(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*holder, lock.length);
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, kLongLock)));
  ctx.to_end(lock);
  EXPECT_TRUE(succeeds(Queue::renew(*holder, held.token, kLongLock)));

  EXPECT_TRUE(succeeds(Queue::ack(*holder, held.token)));

  EXPECT_TRUE(none_deliverable<Queue>(*rival)) << "the ack left the renewed item behind";
}

template <class Queue>
void renewal_never_revives(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*holder, lock.length);

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(Queue::renew(*holder, held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(Queue::ack(*holder, held.token), ErrorKind::lock_lost));
  EXPECT_EQ(take<Queue>(*rival).item, held.item);
}

constexpr Validation kRows[] = {
    {"turn_is_deliverable_again_from_the_deadline_on", requirement("LOCK_1"),
     item_is_deliverable_again_from_the_deadline_on<Turns>},
    {"activity_is_deliverable_again_from_the_deadline_on", requirement("LOCK_1"),
     item_is_deliverable_again_from_the_deadline_on<Activities>},
    {"expired_turn_comes_back_as_it_was", requirement("LOCK_1"), expired_turn_comes_back_as_it_was},
    {"expired_activity_comes_back_as_it_was", requirement("LOCK_1"),
     expired_activity_comes_back_as_it_was},
    {"other_calls_neither_end_nor_lengthen_a_turn_lock", requirement("LOCK_1"),
     other_calls_neither_end_nor_lengthen_a_turn_lock},
    {"turn_token_is_good_to_the_last_moment", requirement("LOCK_10"),
     token_is_good_to_the_last_moment<Turns>},
    {"activity_token_is_good_to_the_last_moment", requirement("LOCK_10"),
     token_is_good_to_the_last_moment<Activities>},
    {"takeover_of_a_turn_starts_a_lock_of_its_own", requirement("LOCK_10"),
     takeover_starts_a_lock_of_its_own<Turns>},
    {"takeover_of_an_activity_starts_a_lock_of_its_own", requirement("LOCK_10"),
     takeover_starts_a_lock_of_its_own<Activities>},
    {"takeover_of_a_turn_has_the_lock_timeout_it_asked_for", requirement("LOCK_10"),
     takeover_has_the_lock_timeout_it_asked_for<Turns>},
    {"takeover_of_an_activity_has_the_lock_timeout_it_asked_for", requirement("LOCK_10"),
     takeover_has_the_lock_timeout_it_asked_for<Activities>},
    {"each_turn_fetch_has_the_lock_timeout_it_asked_for", requirement("LOCK_10"),
     each_fetch_has_the_lock_timeout_it_asked_for<Turns>},
    {"each_activity_fetch_has_the_lock_timeout_it_asked_for", requirement("LOCK_10"),
     each_fetch_has_the_lock_timeout_it_asked_for<Activities>},
    {"lock_is_released_only_by_a_successful_ack", requirement("ACK_5"),
     lock_is_released_only_by_a_successful_ack},
    {"refused_ack_leaves_the_deadline_as_it_is", requirement("ACK_5"),
     refused_ack_leaves_the_deadline_as_it_is},
    {"expired_token_is_dead_though_nobody_took_over", requirement("LOCK_2"),
     expired_token_is_dead_though_nobody_took_over},
    {"expired_activity_token_is_dead_though_nobody_took_over", requirement("LOCK_2"),
     expired_activity_token_is_dead_though_nobody_took_over},
    {"no_call_with_an_expired_turn_token_counts", requirement("LOCK_2"),
     no_call_with_an_expired_token_counts<Turns>},
    {"no_call_with_an_expired_activity_token_counts", requirement("LOCK_2"),
     no_call_with_an_expired_token_counts<Activities>},
    {"stale_turn_holder_does_no_harm_after_takeover", requirement("LOCK_3"),
     stale_turn_holder_does_no_harm_after_takeover},
    {"stale_activity_holder_does_no_harm_after_takeover", requirement("LOCK_3"),
     stale_activity_holder_does_no_harm_after_takeover},
    {"renewed_turn_lock_ends_at_now_plus_the_extension", requirement("LOCK_4"),
     renewed_lock_ends_at_now_plus_the_extension<Turns>},
    {"renewed_activity_lock_ends_at_now_plus_the_extension", requirement("LOCK_4"),
     renewed_lock_ends_at_now_plus_the_extension<Activities>},
    {"renewal_can_shorten_a_turn_lock", requirement("LOCK_4"), renewal_can_shorten_a_lock<Turns>},
    {"renewal_can_shorten_an_activity_lock", requirement("LOCK_4"),
     renewal_can_shorten_a_lock<Activities>},
    {"last_of_several_turn_renewals_counts", requirement("LOCK_4"),
     last_of_several_renewals_counts<Turns>},
    {"last_of_several_activity_renewals_counts", requirement("LOCK_4"),
     last_of_several_renewals_counts<Activities>},
    {"turn_token_stays_good_through_renewals", requirement("LOCK_4"),
     token_stays_good_through_renewals<Turns>},
    {"activity_token_stays_good_through_renewals", requirement("LOCK_4"),
     token_stays_good_through_renewals<Activities>},
    {"renewal_never_revives_a_turn", requirement("LOCK_5"), renewal_never_revives<Turns>},
    {"renewal_never_revives_an_activity", requirement("LOCK_5"), renewal_never_revives<Activities>},
};

}  // namespace

std::span<const Validation> lock_validations() { return kRows; }

}  // namespace ackproof
