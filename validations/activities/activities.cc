// The activity queue: first in, first out among the eligible, and each item to one worker.
#include <algorithm>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

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

// A fetch among others that run at the same time.
std::optional<LockedActivity> contend(Provider& provider) {
  return insist([&] { return provider.fetch_activity({.lock_timeout = kLongLock}); }).value();
}

std::vector<std::unique_ptr<Provider>> workers(Context& ctx, std::size_t n) {
  std::vector<std::unique_ptr<Provider>> handles;
  for (std::size_t i = 0; i < n; ++i) handles.push_back(ctx.open());
  return handles;
}

std::vector<Activity> by_id(std::vector<Activity> list) {
  std::ranges::stable_sort(list, {}, &Activity::id);
  return list;
}

// --- Order

void activities_come_in_the_order_of_their_enqueueing(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  std::vector<Activity> expected;
  // More than nine, with ids and instances in no order: only the queue place is sorted by.
  for (const std::uint64_t id : {9, 10, 2, 100, 1, 0, 11, 3, 20, 19, 8, 7, 1'000, 5}) {
    expected.push_back(activity(id % 2 == 0 ? "order-2" : "order-1", id));
  }

  for (std::size_t i = 0; i < expected.size(); ++i) {
    (i % 3 == 0 ? other : one)->enqueue_activity(expected[i]).value();
  }

  EXPECT_EQ(drain_activities(*one), expected);
}

void enqueued_and_committed_activities_share_one_order(Context& ctx) {
  const auto provider = ctx.open();
  const Activity first = activity("order-1", 3);
  const Activity last = activity("order-1", 0);
  provider->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*provider);
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order-1", 2), activity("order-1", 1)};

  provider->enqueue_activity(first).value();
  provider->ack_turn(turn.token, commit).value();
  provider->enqueue_activity(last).value();

  EXPECT_EQ(drain_activities(*provider),
            (std::vector{first, commit.activities[0], commit.activities[1], last}));
}

void enqueued_activity_is_visible_at_once_to_every_worker(Context& ctx) {
  const auto enqueuer = ctx.open();
  const auto worker = ctx.open();
  const Activity expected = activity("order-1", 1);
  EXPECT_TRUE(nothing(worker->fetch_activity({.lock_timeout = kLongLock})));

  enqueuer->enqueue_activity(expected).value();

  EXPECT_EQ(take_activity(*worker).activity, expected);
}

void hidden_activity_is_skipped_and_not_waited_for(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  const auto queued = enqueue_all(*provider, "order-1", {1, 2, 3});
  const LockedActivity head = take_activity(*provider);

  const Window delay = ctx.window();
  provider->abandon_activity(head.token, {.delay = delay.length}).value();

  EXPECT_EQ(take_activity(*other).activity, queued[1]);
  EXPECT_EQ(take_activity(*other).activity, queued[2]);
  ctx.to_last_moment(delay);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  ctx.to_end(delay);
  EXPECT_EQ(take_activity(*other).activity, queued[0]);
}

void locked_activity_is_skipped_and_handed_to_nobody_else(Context& ctx) {
  const auto holder = ctx.open();
  const auto other = ctx.open();
  const auto queued = enqueue_all(*holder, "order-1", {1, 2});

  const Window lock = ctx.window();
  const LockedActivity held = take_activity(*holder, {.lock_timeout = lock.length});

  EXPECT_EQ(held.activity, queued[0]);
  EXPECT_EQ(take_activity(*other).activity, queued[1]);
  EXPECT_TRUE(nothing(holder->fetch_activity({.lock_timeout = kLongLock})));
  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_TRUE(succeeds(holder->ack_activity(held.token, std::nullopt)));
}

void returned_activities_keep_their_place(Context& ctx) {
  const auto provider = ctx.open();
  const auto queued = enqueue_all(*provider, "order-1", {1, 2, 3, 4});
  const Window lock = ctx.window();
  take_activity(*provider, {.lock_timeout = lock.length});
  const LockedActivity second = take_activity(*provider);

  provider->abandon_activity(second.token).value();
  ctx.to_end(lock);

  EXPECT_EQ(drain_activities(*provider), queued);
}

void activity_behind_many_locked_and_hidden_ones_is_found(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  TurnCommit commit;
  for (std::uint64_t id = 1; id <= 120; ++id) commit.activities.push_back(activity("order-1", id));
  provider->enqueue_message(start("order-1")).value();
  provider->ack_turn(take_turn(*provider).token, commit).value();
  for (std::uint64_t n = 0; n < 120; ++n) {
    const LockedActivity taken = take_activity(*provider);
    if (n % 3 == 0) provider->abandon_activity(taken.token, {.delay = kLongLock}).value();
  }
  const Activity last = activity("order-2", 1);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));

  provider->enqueue_activity(last).value();

  EXPECT_EQ(take_activity(*other).activity, last);
}

// --- One holder

void concurrent_fetchers_share_the_activities_without_overlap(Context& ctx) {
  const auto handles = workers(ctx, 6);
  std::vector<Activity> expected;
  for (std::uint64_t id = 0; id < 60; ++id) {
    expected.push_back(activity("order-1", id));
    handles[0]->enqueue_activity(expected.back()).value();
  }

  // Everything stays locked, so whoever is told "nothing" is right only when all are taken.
  const auto shares = ctx.together(handles.size(), [&](std::size_t i) {
    std::vector<Activity> share;
    while (auto locked = contend(*handles[i])) share.push_back(locked->activity);
    return share;
  });

  std::vector<Activity> all;
  for (const auto& share : shares) all.insert(all.end(), share.begin(), share.end());
  EXPECT_EQ(by_id(all), expected) << "an activity was handed out twice, or to nobody";
}

void one_of_several_racing_fetchers_gets_the_activity(Context& ctx) {
  const auto handles = workers(ctx, 4);
  for (std::uint64_t round = 1; round <= 15; ++round) {
    const Activity only = activity("order-1", round);
    handles[0]->enqueue_activity(only).value();

    const auto got =
        ctx.together(handles.size(), [&](std::size_t i) { return contend(*handles[i]); });

    std::vector<Activity> holders;
    for (const auto& locked : got) {
      if (locked) holders.push_back(locked->activity);
    }
    EXPECT_EQ(holders, std::vector{only});
  }
}

// As many items as fetchers, one fetch each: at no moment is nothing left for one that still waits.
void fetcher_that_loses_a_race_gets_another_activity(Context& ctx) {
  const auto handles = workers(ctx, 4);
  for (std::uint64_t round = 0; round < 15; ++round) {
    std::vector<Activity> expected;
    for (std::uint64_t i = 0; i < handles.size(); ++i) {
      expected.push_back(activity("order-1", round * handles.size() + i));
      handles[0]->enqueue_activity(expected.back()).value();
    }

    const auto got =
        ctx.together(handles.size(), [&](std::size_t i) { return contend(*handles[i]); });

    std::vector<Activity> all;
    for (const auto& locked : got) {
      if (locked) all.push_back(locked->activity);
    }
    EXPECT_EQ(by_id(all), expected);
  }
}

// --- Undecodable activities

void undecodable_activities_at_the_head_block_nobody(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const auto queued = enqueue_all(*provider, "order-2", {1, 2, 3, 4});
  ctx.corrupt_activity(key_of(queued[0]));
  ctx.corrupt_activity(key_of(queued[1]));

  const LockedActivity first = take_activity(*provider);
  const LockedActivity second = take_activity(*other);

  EXPECT_EQ(key_of(first.activity), key_of(queued[0]));
  EXPECT_EQ(key_of(second.activity), key_of(queued[1]));
  EXPECT_EQ(drain_activities(*other), (std::vector{queued[2], queued[3]}));
  provider->enqueue_message(external("order-1", 1)).value();
  EXPECT_EQ(drain_messages(*other), std::vector{external("order-1", 1)});
}

void undecodable_activity_is_delivered_with_an_error_and_locked(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  Activity queued = activity("order-1", kLargestId);
  queued.execution = 5;
  provider->enqueue_activity(queued).value();
  ctx.corrupt_activity(key_of(queued));

  const LockedActivity held = take_activity(*provider);

  EXPECT_NE(held.activity.error, std::nullopt);
  EXPECT_EQ(key_of(held.activity), key_of(queued)) << "the keys remain readable";
  EXPECT_EQ(held.attempt, 1U);
  EXPECT_TRUE(nothing(other->fetch_activity({.lock_timeout = kLongLock})));
}

void undecodable_activity_can_be_renewed_abandoned_and_acked(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const auto queued = enqueue_all(*provider, "order-1", {7});
  ctx.corrupt_activity(key_of(queued[0]));
  Message failed = completion(queued[0]);
  failed.kind = MessageKind::activity_failed;

  const Window lock = ctx.window();
  const LockedActivity first = take_activity(*provider, {.lock_timeout = lock.length});
  EXPECT_TRUE(succeeds(provider->renew_activity(first.token, kLongLock)));
  ctx.to_end(lock);
  EXPECT_TRUE(nothing(provider->fetch_activity({.lock_timeout = kLongLock})));
  EXPECT_TRUE(succeeds(provider->abandon_activity(first.token)));
  const LockedActivity second = take_activity(*provider);
  EXPECT_TRUE(succeeds(provider->ack_activity(second.token, failed)));

  EXPECT_EQ(key_of(second.activity), key_of(queued[0]));
  EXPECT_EQ(drain_messages(*provider), std::vector{failed});
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

constexpr Validation kRows[] = {
    {"activities_come_in_the_order_of_their_enqueueing", requirement("WORK_1"),
     activities_come_in_the_order_of_their_enqueueing},
    {"enqueued_and_committed_activities_share_one_order", requirement("WORK_1"),
     enqueued_and_committed_activities_share_one_order},
    {"enqueued_activity_is_visible_at_once_to_every_worker", requirement("WORK_1"),
     enqueued_activity_is_visible_at_once_to_every_worker},
    {"hidden_activity_is_skipped_and_not_waited_for", requirement("WORK_1"),
     hidden_activity_is_skipped_and_not_waited_for},
    {"returned_activities_keep_their_place", requirement("WORK_1"),
     returned_activities_keep_their_place},
    {"locked_activity_is_skipped_and_handed_to_nobody_else", requirement("WORK_2"),
     locked_activity_is_skipped_and_handed_to_nobody_else},
    {"concurrent_fetchers_share_the_activities_without_overlap", requirement("WORK_2"),
     concurrent_fetchers_share_the_activities_without_overlap},
    {"one_of_several_racing_fetchers_gets_the_activity", requirement("WORK_2"),
     one_of_several_racing_fetchers_gets_the_activity},
    {"undecodable_activities_at_the_head_block_nobody", requirement("WORK_5"),
     undecodable_activities_at_the_head_block_nobody, Hook::corrupt_activity},
    {"fetcher_that_loses_a_race_gets_another_activity", requirement("WORK_7"),
     fetcher_that_loses_a_race_gets_another_activity},
    {"activity_behind_many_locked_and_hidden_ones_is_found", requirement("WORK_7"),
     activity_behind_many_locked_and_hidden_ones_is_found},
    {"undecodable_activity_is_delivered_with_an_error_and_locked", requirement("WORK_8"),
     undecodable_activity_is_delivered_with_an_error_and_locked, Hook::corrupt_activity},
    {"undecodable_activity_can_be_renewed_abandoned_and_acked", requirement("WORK_8"),
     undecodable_activity_can_be_renewed_abandoned_and_acked, Hook::corrupt_activity},
};

}  // namespace

std::span<const Validation> activity_validations() { return kRows; }

}  // namespace ackproof
