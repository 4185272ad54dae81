// Who gets an activity that is bound to a session, and that its session stays with it. How a session
// is owned is in `session_ownership.cc`, what becomes of it in `session_renewal.cc` and
// `session_cleanup.cc`.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// --- SESS_1: without a claim

void fetch_without_a_claim_returns_no_bound_item(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), activity("order-1", 2),
                             bound("order-2", 3, "session-2")};
  enqueue(*provider, items);

  EXPECT_EQ(take_activity(*provider, unclaimed()).activity, items[1]);
  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));

  EXPECT_EQ(drain(*provider, as("worker-1")), (std::vector{items[0], items[2]}));
}

void fetch_without_a_claim_returns_no_item_of_an_owned_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  claim(*owner, "worker-1", "session-1");
  enqueue(*owner, {bound("order-1", 2, "session-1")});

  EXPECT_TRUE(nothing(owner->fetch_activity(unclaimed())));
  EXPECT_TRUE(nothing(other->fetch_activity(unclaimed())));
}

void fetch_without_a_claim_returns_no_item_of_a_lapsed_session(Context& ctx) {
  const auto provider = ctx.open();
  const Window session = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  const Activity queued = bound("order-1", 2, "session-1");
  enqueue(*provider, {queued});

  ctx.to_end(session);

  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));
  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, queued);
}

void unbound_items_come_to_every_fetch(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {activity("order-1", 1), activity("order-1", 2),
                             activity("order-1", 3)};
  enqueue(*provider, items);

  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, items[0]);
  EXPECT_EQ(take_activity(*provider, unclaimed()).activity, items[1]);
  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, items[2]);
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-1"))));
}

// --- SESS_1: with a claim

void fetch_with_a_claim_takes_all_that_is_open_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 9, "session-2"), activity("order-2", 3),
                             bound("order-1", 1, "session-1"), bound("order-1", 10, "session-3"),
                             activity("order-1", 2),           bound("order-2", 4, "session-2")};
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, as("worker-1")), items);
}

// Neither its own sessions, nor free ones, nor unbound items come first.
void own_and_free_and_unbound_items_share_one_order(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");
  const std::vector items = {
      activity("order-1", 2), bound("order-1", 3, "session-2"), bound("order-1", 4, "session-1"),
      activity("order-1", 5), bound("order-1", 6, "session-1"), bound("order-1", 7, "session-3"),
      activity("order-1", 8)};
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, as("worker-1")), items);
}

void items_of_one_session_come_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Activity> items;
  for (const std::uint64_t id : {9, 10, 2, 1, 0, 11, 3}) {
    items.push_back(bound("order-1", id, "session-1"));
  }
  enqueue(*provider, items);

  EXPECT_EQ(drain(*provider, as("worker-1")), items);
}

void owner_gets_the_next_item_of_its_session(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*provider, {next});

  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, next);
}

void others_get_no_item_of_an_owned_session_though_none_is_in_flight(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));

  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, next);
}

void others_get_no_item_of_a_session_with_an_item_in_flight(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  enqueue(*owner, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const LockedActivity held = take_activity(*owner, as("worker-1"));

  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));

  owner->ack_activity(held.token, std::nullopt).value();
  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));
}

void owner_may_hold_several_items_of_a_session_at_once(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1"),
                             bound("order-1", 3, "session-1")};
  enqueue(*provider, items);

  for (const Activity& item : items) {
    EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, item);
  }
}

void sessions_of_different_owners_are_apart(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  claim(*one, "worker-1", "session-1");
  claim(*other, "worker-2", "session-2");
  const std::vector items = {bound("order-1", 2, "session-2"), bound("order-1", 3, "session-1"),
                             bound("order-1", 4, "session-2"), bound("order-1", 5, "session-1")};
  enqueue(*one, items);

  EXPECT_EQ(drain(*one, as("worker-1")), (std::vector{items[1], items[3]}));
  EXPECT_EQ(drain(*other, as("worker-2")), (std::vector{items[0], items[2]}));
}

// A session is named by its id alone: its items may be of any instance.
void session_covers_the_items_of_every_instance(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1")});
  take_activity(*provider, as("worker-1"));
  const Activity next = bound("order-2", 1, "session-1");
  enqueue(*provider, {next});

  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));

  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, next);
}

// --- SESS_1: a blocked head

void items_of_a_foreign_session_block_nothing_behind_them(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1"),
                             activity("order-1", 4),           bound("order-1", 5, "session-2"),
                             bound("order-1", 6, "session-1"), activity("order-1", 7)};
  enqueue(*owner, items);

  EXPECT_EQ(drain(*other, as("worker-2")), (std::vector{items[2], items[3], items[5]}));
  EXPECT_EQ(drain(*owner, as("worker-1")), (std::vector{items[0], items[1], items[4]}));
}

void thousand_items_of_a_foreign_session_block_nothing_behind_them(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  claim(*owner, "worker-1", "session-1");
  std::vector<Activity> blocked;
  for (std::uint64_t id = 1; id <= 1'000; ++id) {
    blocked.push_back(bound("order-1", id, "session-1"));
  }
  enqueue_by_commit(*owner, blocked);
  const Activity free = bound("order-2", 1, "session-2");
  enqueue(*owner, {free, activity("order-2", 2)});

  EXPECT_EQ(take_activity(*other, as("worker-2")).activity, free);
  EXPECT_EQ(take_activity(*other, unclaimed()).activity, activity("order-2", 2));
  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, blocked.front());
}

void items_of_many_foreign_sessions_block_nothing_behind_them(Context& ctx) {
  constexpr std::uint64_t kSessions = 300;
  const auto owner = ctx.open();
  const auto other = ctx.open();
  std::vector<Activity> items;
  for (std::uint64_t id = 1; id <= 2 * kSessions; ++id) {
    items.push_back(bound("order-1", id, "session-" + std::to_string(id % kSessions)));
  }
  enqueue_by_commit(*owner, items);
  for (std::uint64_t n = 1; n <= kSessions; ++n) take_activity(*owner, as("worker-1"));
  const Activity last = bound("order-2", 1, "session-of-nobody");
  enqueue(*owner, {last});

  EXPECT_EQ(take_activity(*other, as("worker-2")).activity, last);
  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));
}

void item_passed_over_for_its_session_is_neither_locked_nor_counted(Context& ctx) {
  const auto owner = ctx.open();
  const auto other = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const Activity passed = bound("order-1", 2, "session-1");
  enqueue(*owner, {passed});

  for (int n = 0; n < 3; ++n) {
    EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2"))));
    EXPECT_TRUE(nothing(other->fetch_activity(unclaimed())));
  }

  const LockedActivity taken = take_activity(*owner, as("worker-1"));
  EXPECT_EQ(taken, (LockedActivity{passed, 1, taken.token}));
}

// --- SESS_6

void session_id_comes_back_with_an_enqueued_item(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});

  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, item);
}

void session_id_survives_the_commit_of_a_turn(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), activity("order-1", 2),
                             bound("order-1", 3, "session-2"), bound("order-1", 4, "session-1")};
  enqueue_by_commit(*provider, items);

  EXPECT_EQ(drain(*provider, unclaimed()), std::vector{items[1]});
  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, items[0]);
  EXPECT_EQ(drain(*provider, as("worker-2")), std::vector{items[2]});
  EXPECT_EQ(drain(*provider, as("worker-1")), std::vector{items[3]});
}

void session_id_survives_abandon(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});

  for (const bool ignore : {false, true, false}) {
    const LockedActivity held = take_activity(*provider, as("worker-1"));
    provider->abandon_activity(held.token, {.ignore_attempt = ignore}).value();
  }

  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, item);
}

void session_id_survives_abandon_with_a_delay(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});
  const LockedActivity held = take_activity(*provider, as("worker-1"));

  const Window delay = ctx.window();
  provider->abandon_activity(held.token, {.delay = delay.length}).value();
  ctx.to_end(delay);

  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, item);
}

void session_id_survives_the_expiry_of_the_item_lock(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});

  const Window lock = ctx.window();
  take_activity(*provider, as("worker-1", kLongLock, lock.length));
  ctx.to_end(lock);

  EXPECT_TRUE(nothing(provider->fetch_activity(unclaimed())));
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, item);
}

constexpr Validation kRows[] = {
    {"fetch_without_a_claim_returns_no_bound_item", requirement("SESS_1"),
     fetch_without_a_claim_returns_no_bound_item},
    {"fetch_without_a_claim_returns_no_item_of_an_owned_session", requirement("SESS_1"),
     fetch_without_a_claim_returns_no_item_of_an_owned_session},
    {"fetch_without_a_claim_returns_no_item_of_a_lapsed_session", requirement("SESS_1"),
     fetch_without_a_claim_returns_no_item_of_a_lapsed_session},
    {"unbound_items_come_to_every_fetch", requirement("SESS_1"), unbound_items_come_to_every_fetch},
    {"fetch_with_a_claim_takes_all_that_is_open_in_enqueue_order", requirement("SESS_1"),
     fetch_with_a_claim_takes_all_that_is_open_in_enqueue_order},
    {"own_and_free_and_unbound_items_share_one_order", requirement("SESS_1"),
     own_and_free_and_unbound_items_share_one_order},
    {"items_of_one_session_come_in_enqueue_order", requirement("SESS_1"),
     items_of_one_session_come_in_enqueue_order},
    {"owner_gets_the_next_item_of_its_session", requirement("SESS_1"),
     owner_gets_the_next_item_of_its_session},
    {"others_get_no_item_of_an_owned_session_though_none_is_in_flight", requirement("SESS_1"),
     others_get_no_item_of_an_owned_session_though_none_is_in_flight},
    {"others_get_no_item_of_a_session_with_an_item_in_flight", requirement("SESS_1"),
     others_get_no_item_of_a_session_with_an_item_in_flight},
    {"owner_may_hold_several_items_of_a_session_at_once", requirement("SESS_1"),
     owner_may_hold_several_items_of_a_session_at_once},
    {"sessions_of_different_owners_are_apart", requirement("SESS_1"),
     sessions_of_different_owners_are_apart},
    {"session_covers_the_items_of_every_instance", requirement("SESS_1"),
     session_covers_the_items_of_every_instance},
    {"items_of_a_foreign_session_block_nothing_behind_them", requirement("SESS_1"),
     items_of_a_foreign_session_block_nothing_behind_them},
    {"thousand_items_of_a_foreign_session_block_nothing_behind_them", requirement("SESS_1"),
     thousand_items_of_a_foreign_session_block_nothing_behind_them},
    {"items_of_many_foreign_sessions_block_nothing_behind_them", requirement("SESS_1"),
     items_of_many_foreign_sessions_block_nothing_behind_them},
    {"item_passed_over_for_its_session_is_neither_locked_nor_counted", requirement("ERR_4"),
     item_passed_over_for_its_session_is_neither_locked_nor_counted, Hook::none,
     Capability::sessions},
    {"session_id_comes_back_with_an_enqueued_item", requirement("SESS_6"),
     session_id_comes_back_with_an_enqueued_item},
    {"session_id_survives_the_commit_of_a_turn", requirement("SESS_6"),
     session_id_survives_the_commit_of_a_turn},
    {"session_id_survives_abandon", requirement("SESS_6"), session_id_survives_abandon},
    {"session_id_survives_abandon_with_a_delay", requirement("SESS_6"),
     session_id_survives_abandon_with_a_delay},
    {"session_id_survives_the_expiry_of_the_item_lock", requirement("SESS_6"),
     session_id_survives_the_expiry_of_the_item_lock},
};

}  // namespace

std::span<const Validation> session_validations() { return kRows; }

}  // namespace ackproof
