// A lock is nobody else's business: other instances and items go on as if it were not there, and a
// token moves nothing but what it opened.
#include <set>
#include <string>
#include <utility>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// --- No lock hinders another

void locked_instance_hinders_no_other_instance(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  for (const char* instance : {"order-1", "order-2"}) {
    holder->enqueue_message(start(instance)).value();
  }
  const Turn held = take_turn(*holder);

  const Turn other = take_turn(*rival);
  EXPECT_NE(other.instance, held.instance);
  EXPECT_TRUE(succeeds(rival->ack_turn(other.token, commit_events({event(1)}))));
  rival->enqueue_message(external(other.instance, 1)).value();

  EXPECT_EQ(take_turn(*rival).messages, std::vector{external(other.instance, 1)});
  EXPECT_TRUE(nothing(rival->fetch_turn({})));
  EXPECT_TRUE(succeeds(holder->ack_turn(held.token, {})));
}

void locked_activity_hinders_no_other_activity(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  for (const std::uint64_t id : {1, 2, 3}) {
    holder->enqueue_activity(activity("order-1", id)).value();
  }
  const LockedActivity held = take_activity(*holder);

  EXPECT_EQ(drain_activities(*rival),
            (std::vector{activity("order-1", 2), activity("order-1", 3)}));

  EXPECT_TRUE(succeeds(holder->ack_activity(held.token, std::nullopt)));
}

void locked_instance_hinders_none_of_its_activities(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_activity(activity("order-1", 1)).value();
  holder->enqueue_message(external("order-1", 2)).value();
  const Turn held = take_turn(*holder);

  const LockedActivity done = take_activity(*rival);
  EXPECT_TRUE(succeeds(rival->renew_activity(done.token, kLongLock)));
  EXPECT_TRUE(succeeds(rival->ack_activity(done.token, completion(done.activity))));

  EXPECT_TRUE(succeeds(holder->ack_turn(held.token, {})));
  EXPECT_EQ(drain_messages(*holder), std::vector{completion(done.activity)});
}

void locked_activity_hinders_no_turn_of_its_instance(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  create_instance(*holder, "order-1");
  holder->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity held = take_activity(*holder);
  rival->enqueue_message(external("order-1", 2)).value();

  const Turn turn = take_turn(*rival);
  EXPECT_TRUE(succeeds(rival->renew_turn(turn.token, kLongLock)));
  EXPECT_TRUE(succeeds(rival->ack_turn(turn.token, commit_events({event(2)}))));

  EXPECT_TRUE(succeeds(holder->ack_activity(held.token, std::nullopt)));
}

template <class Queue>
void two_hundred_items_are_locked_at_a_time(Context& ctx) {
  constexpr std::uint64_t kItems = 200;
  const auto provider = ctx.open();
  Queue::put_many(*provider, kItems);

  std::set<std::uint64_t> taken;
  while (const std::optional<Taken> next = Queue::fetch(*provider).value()) {
    ASSERT_TRUE(taken.insert(next->item).second) << "item " << next->item << " came out twice";
  }

  std::set<std::uint64_t> all;
  for (std::uint64_t item = 1; item <= kItems; ++item) all.insert(item);
  EXPECT_EQ(taken, all);
}

// Each pair has the same value under one of the 32-bit hashes that stores lock by: CRC-32, FNV-1,
// FNV-1a, the two of Bernstein, Java's, and PostgreSQL's hashtext.
constexpr std::pair<const char*, const char*> kColliding[] = {
    {"plumless", "buckeroo"},       {"creamwove", "quists"},         {"costarring", "liquid"},
    {"hetairas", "mentioner"},      {"haggadot", "loathsomenesses"}, {"Aa", "BB"},
    {"order-3687", "order-118181"},
};

void ids_with_the_same_hash_are_locked_apart(Context& ctx) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();

  for (const auto& [one, other] : kColliding) {
    SCOPED_TRACE(std::string(one) + " and " + other);
    holder->enqueue_message(start(one)).value();
    const Turn held = take_turn(*holder);
    holder->enqueue_message(start(other)).value();

    const Turn second = take_turn(*rival);
    EXPECT_EQ(second.messages, std::vector{start(other)});
    EXPECT_TRUE(succeeds(rival->ack_turn(second.token, commit_events({event(1)}))));
    EXPECT_TRUE(nothing(rival->fetch_turn({}))) << "the other ack freed this instance";
    EXPECT_TRUE(succeeds(holder->ack_turn(held.token, commit_events(events(1, 2)))));
  }
}

// The end of one lock, in whichever way, leaves the others able to move their deadline: a renewal
// that is said to have worked has to count.
template <class Queue>
void end_of_a_lock_hinders_no_other_renewal(Context& ctx, const auto& end) {
  const auto holder = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*holder, 1);
  Queue::put(*holder, 2);
  const Taken ended = take<Queue>(*holder);
  const Taken held = take<Queue>(*rival);
  end(*holder, ended.token);
  const Window renewed = ctx.window();
  EXPECT_TRUE(succeeds(Queue::renew(*rival, held.token, renewed.length)));

  ctx.to_last_moment(renewed);
  EXPECT_TRUE(none_deliverable<Queue>(*holder));
  ctx.to_end(renewed);
  EXPECT_EQ(take<Queue>(*holder).item, held.item);
}

template <class Queue>
void ack_hinders_no_other_renewal(Context& ctx) {
  end_of_a_lock_hinders_no_other_renewal<Queue>(
      ctx, [](Provider& holder, const LockToken& token) { Queue::ack(holder, token).value(); });
}

template <class Queue>
void abandon_hinders_no_other_renewal(Context& ctx) {
  end_of_a_lock_hinders_no_other_renewal<Queue>(ctx, [](Provider& holder, const LockToken& token) {
    Queue::abandon(holder, token, {.delay = 2 * kLongLock}).value();
  });
}

// --- A token touches only what it opened

template <class Queue>
struct Neighbours {
  explicit Neighbours(Context& ctx) : worker(ctx.open()), rival(ctx.open()) {
    Queue::put(*worker, 1);
    Queue::put(*worker, 2);
    mine = take<Queue>(*worker);
    theirs = take<Queue>(*rival);
  }
  std::unique_ptr<Provider> worker;
  std::unique_ptr<Provider> rival;
  Taken mine;
  Taken theirs;
};

template <class Queue>
void ack_touches_only_what_its_token_opened(Context& ctx) {
  const Neighbours<Queue> both(ctx);

  Queue::ack(*both.worker, both.mine.token).value();

  EXPECT_TRUE(none_deliverable<Queue>(*both.worker));
  EXPECT_TRUE(succeeds(Queue::abandon(*both.rival, both.theirs.token)));
  EXPECT_EQ(take<Queue>(*both.worker).item, both.theirs.item);
}

template <class Queue>
void abandon_touches_only_what_its_token_opened(Context& ctx) {
  const Neighbours<Queue> both(ctx);

  Queue::abandon(*both.worker, both.mine.token).value();

  EXPECT_EQ(take<Queue>(*both.worker).item, both.mine.item);
  EXPECT_TRUE(none_deliverable<Queue>(*both.worker));
  EXPECT_TRUE(succeeds(Queue::ack(*both.rival, both.theirs.token)));
}

template <class Queue>
void renewal_touches_only_what_its_token_opened(Context& ctx) {
  const Neighbours<Queue> both(ctx);
  const Window renewed = ctx.window();
  Queue::renew(*both.worker, both.mine.token, renewed.length).value();

  ctx.to_end(renewed);

  EXPECT_EQ(take<Queue>(*both.worker).item, both.mine.item);
  EXPECT_TRUE(none_deliverable<Queue>(*both.worker));
  EXPECT_TRUE(succeeds(Queue::ack(*both.rival, both.theirs.token)));
}

template <class Queue>
void renewal_leaves_the_end_of_another_lock_alone(Context& ctx) {
  const auto worker = ctx.open();
  const auto rival = ctx.open();
  Queue::put(*worker, 1);
  Queue::put(*worker, 2);
  const Taken mine = take<Queue>(*worker);
  const Window lock = ctx.window();
  const Taken theirs = take<Queue>(*rival, lock.length);
  EXPECT_TRUE(succeeds(Queue::renew(*worker, mine.token, 2 * kLongLock)));

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*worker));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*worker).item, theirs.item);
  EXPECT_TRUE(fails_with(Queue::ack(*rival, theirs.token), ErrorKind::lock_lost));
  EXPECT_TRUE(succeeds(Queue::ack(*worker, mine.token)));
}

constexpr Validation kRows[] = {
    {"locked_instance_hinders_no_other_instance", requirement("LOCK_8"),
     locked_instance_hinders_no_other_instance},
    {"locked_activity_hinders_no_other_activity", requirement("LOCK_8"),
     locked_activity_hinders_no_other_activity},
    {"locked_instance_hinders_none_of_its_activities", requirement("LOCK_8"),
     locked_instance_hinders_none_of_its_activities},
    {"locked_activity_hinders_no_turn_of_its_instance", requirement("LOCK_8"),
     locked_activity_hinders_no_turn_of_its_instance},
    {"two_hundred_instances_are_locked_at_a_time", requirement("LOCK_8"),
     two_hundred_items_are_locked_at_a_time<Turns>},
    {"two_hundred_activities_are_locked_at_a_time", requirement("LOCK_8"),
     two_hundred_items_are_locked_at_a_time<Activities>},
    {"ids_with_the_same_hash_are_locked_apart", requirement("LOCK_8"),
     ids_with_the_same_hash_are_locked_apart},
    {"ack_of_a_turn_hinders_no_other_renewal", requirement("LOCK_8"),
     ack_hinders_no_other_renewal<Turns>},
    {"ack_of_an_activity_hinders_no_other_renewal", requirement("LOCK_8"),
     ack_hinders_no_other_renewal<Activities>},
    {"abandon_of_a_turn_hinders_no_other_renewal", requirement("LOCK_8"),
     abandon_hinders_no_other_renewal<Turns>},
    {"abandon_of_an_activity_hinders_no_other_renewal", requirement("LOCK_8"),
     abandon_hinders_no_other_renewal<Activities>},
    {"ack_turn_touches_only_the_instance_of_its_token", requirement("LOCK_9"),
     ack_touches_only_what_its_token_opened<Turns>},
    {"ack_activity_touches_only_the_activity_of_its_token", requirement("LOCK_9"),
     ack_touches_only_what_its_token_opened<Activities>},
    {"abandon_turn_touches_only_the_instance_of_its_token", requirement("LOCK_9"),
     abandon_touches_only_what_its_token_opened<Turns>},
    {"abandon_activity_touches_only_the_activity_of_its_token", requirement("LOCK_9"),
     abandon_touches_only_what_its_token_opened<Activities>},
    {"renew_turn_touches_only_the_instance_of_its_token", requirement("LOCK_9"),
     renewal_touches_only_what_its_token_opened<Turns>},
    {"renew_activity_touches_only_the_activity_of_its_token", requirement("LOCK_9"),
     renewal_touches_only_what_its_token_opened<Activities>},
    {"renew_turn_leaves_the_end_of_another_lock_alone", requirement("LOCK_9"),
     renewal_leaves_the_end_of_another_lock_alone<Turns>},
    {"renew_activity_leaves_the_end_of_another_lock_alone", requirement("LOCK_9"),
     renewal_leaves_the_end_of_another_lock_alone<Activities>},
};

}  // namespace

std::span<const Validation> lock_isolation_validations() { return kRows; }

}  // namespace ackproof
