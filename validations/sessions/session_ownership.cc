// By whom a session is owned, and until when. Races for it are in `session_races.cc`.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// --- By owner id

void ownership_is_by_owner_id_and_not_by_handle(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  claim(*one, "worker-1", "session-1");
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1")};
  enqueue(*one, items);

  EXPECT_TRUE(nothing(one->fetch_activity(as("worker-2")))) << "the handle counts as the owner";
  EXPECT_EQ(take_activity(*other, as("worker-1")).activity, items[0]);
  EXPECT_EQ(take_activity(*one, as("worker-1")).activity, items[1]);
}

void several_fetchers_share_an_owner_id(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1"),
                             bound("order-1", 3, "session-1")};
  enqueue(*provider, {items[0], items[1]});

  EXPECT_EQ(drain(*provider, as("process-1")), (std::vector{items[0], items[1]}));
  enqueue(*provider, {items[2]});

  EXPECT_TRUE(nothing(provider->fetch_activity(as("process-2"))));
  EXPECT_EQ(drain(*provider, as("process-1")), std::vector{items[2]});
}

// --- Until the deadline

void session_is_owned_exactly_until_its_deadline(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void lapsed_session_is_open_to_its_former_owner_too(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1")};
  enqueue(*owner, {items[0]});

  ctx.to_end(lapse);
  enqueue(*owner, {items[1]});

  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, items[0]);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2")))) << "it was not claimed anew";
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, items[1]);
}

void takeover_shuts_the_former_owner_out(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *former, "worker-1", "session-1");
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1")};
  enqueue(*former, {items[0]});

  ctx.to_end(lapse);
  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[0]);
  enqueue(*former, {items[1]});

  EXPECT_TRUE(nothing(former->fetch_activity(as("worker-1"))));
  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[1]);
}

void takeover_has_the_session_timeout_it_asked_for(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  enqueue(*former, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1"),
                    bound("order-1", 3, "session-1")});
  const Window first = ctx.window();
  take_activity(*former, as("worker-1", first.length));
  ctx.to_end(first);
  const Window second = ctx.window(first.length * 2);
  take_activity(*present, as("worker-2", second.length));

  ctx.to_last_moment(second);
  EXPECT_TRUE(nothing(former->fetch_activity(as("worker-1"))));
  ctx.to_end(second);
  EXPECT_EQ(take_activity(*former, as("worker-1")).activity, bound("order-1", 3, "session-1"));
}

void taking_an_item_refreshes_its_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  enqueue(*owner, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1"),
                   bound("order-1", 3, "session-1")});
  const Window first = ctx.window();
  take_activity(*owner, as("worker-1", first.length));

  ctx.to_last_moment(first);
  const Window second = ctx.window(first.length * 2);
  take_activity(*owner, as("worker-1", second.length));
  ctx.to_end(first);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_last_moment(second);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(second);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, bound("order-1", 3, "session-1"));
}

// A short claim of one session is not the end of another one.
void sessions_of_one_owner_have_their_own_deadlines(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-2");
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-2")};
  enqueue(*owner, items);

  ctx.to_end(lapse);

  EXPECT_EQ(drain(*rival, as("worker-2")), std::vector{items[1]});
  EXPECT_EQ(drain(*owner, as("worker-1")), std::vector{items[0]});
}

// Items of no session and of another one, and a fetch that returns nothing.
void other_fetches_of_the_owner_do_not_refresh_a_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");

  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(owner->fetch_activity(as("worker-1"))));
  enqueue(*owner, {activity("order-1", 2), bound("order-1", 3, "session-2")});
  EXPECT_EQ(drain(*owner, as("worker-1")).size(), 2U);
  const Activity next = bound("order-1", 4, "session-1");
  enqueue(*owner, {next});
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void foreign_fetches_do_not_refresh_a_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_TRUE(nothing(rival->fetch_activity(unclaimed())));
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-3")).activity, next);
}

void renewing_or_acking_an_item_does_not_lengthen_its_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")};
  enqueue(*owner, items);
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*owner, as("worker-1", lapse.length));

  ctx.to_last_moment(lapse);
  owner->renew_activity(held.token, kLongLock).value();
  owner->ack_activity(held.token, std::nullopt).value();
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, items[1]);
}

// A late sign of life of the last owner does not bring back what has ended.
void late_ack_and_renewal_of_an_item_do_not_revive_its_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")};
  enqueue(*owner, items);
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*owner, as("worker-1", lapse.length));
  ctx.to_end(lapse);

  owner->renew_activity(held.token, kLongLock).value();
  owner->ack_activity(held.token, std::nullopt).value();

  EXPECT_EQ(renewed(*owner, {"worker-1"}), 0U);
  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, items[1]);
}

// --- Beyond the item

void session_outlives_its_acked_item(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  enqueue(*owner, {bound("order-1", 1, "session-1")});
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*owner, as("worker-1", lapse.length));
  owner->ack_activity(held.token, completion(held.activity)).value();
  EXPECT_TRUE(nothing(owner->fetch_activity(as("worker-1")))) << "the session has no item left";

  ctx.to_last_moment(lapse);
  enqueue(*rival, {bound("order-1", 2, "session-1")});

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
}

void session_outlives_its_cancelled_item(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  create_instance(*owner, "order-1");
  const Activity cancelled = bound("order-1", 1, "session-1");
  enqueue(*owner, {cancelled});
  take_activity(*owner, as("worker-1"));

  commit_turn(*rival, "order-1", {.cancelled = {key_of(cancelled)}});
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*rival, {next});

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, next);
}

void abandoned_item_goes_back_to_the_owner_of_its_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*owner, {item});
  const LockedActivity held = take_activity(*owner, as("worker-1"));

  owner->abandon_activity(held.token).value();

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  const LockedActivity again = take_activity(*owner, as("worker-1"));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
  owner->ack_activity(again.token, std::nullopt).value();
  EXPECT_TRUE(nothing(owner->fetch_activity(as("worker-1"))));
}

void ignored_attempt_of_a_bound_item_is_not_counted(Context& ctx) {
  const auto owner = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*owner, {item});
  const LockedActivity held = take_activity(*owner, as("worker-1"));

  const Window delay = ctx.window();
  owner->abandon_activity(held.token, {.delay = delay.length, .ignore_attempt = true}).value();
  ctx.to_end(delay);

  const LockedActivity again = take_activity(*owner, as("worker-1"));
  EXPECT_EQ(again, (LockedActivity{item, 1, again.token}));
}

void expired_item_goes_back_to_the_owner_of_its_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*owner, {item});
  const Window lock = ctx.window();
  take_activity(*owner, as("worker-1", kLongLock, lock.length));

  ctx.to_end(lock);

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  const LockedActivity again = take_activity(*owner, as("worker-1"));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
}

void item_is_anyones_when_its_lock_and_its_session_have_ended(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*owner, {item});
  const Window both = ctx.window();
  take_activity(*owner, as("worker-1", both.length, both.length));

  ctx.to_last_moment(both);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(both);

  const LockedActivity again = take_activity(*rival, as("worker-2"));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
}

// The item in flight stays with its holder, then goes to whoever owns the session by then.
void item_released_after_a_takeover_goes_to_the_new_owner(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")};
  enqueue(*former, items);
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*former, as("worker-1", lapse.length));

  ctx.to_end(lapse);
  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[1]);
  EXPECT_TRUE(nothing(present->fetch_activity(as("worker-2")))) << "the first is still in flight";
  former->abandon_activity(held.token).value();

  EXPECT_TRUE(nothing(former->fetch_activity(as("worker-1"))));
  const LockedActivity again = take_activity(*present, as("worker-2"));
  EXPECT_EQ(again, (LockedActivity{items[0], 2, again.token}));
}

constexpr Capability kFacet = Capability::sessions;

constexpr Validation kRows[] = {
    {"ownership_is_by_owner_id_and_not_by_handle", requirement("SESS_2"),
     ownership_is_by_owner_id_and_not_by_handle},
    {"several_fetchers_share_an_owner_id", requirement("SESS_2"),
     several_fetchers_share_an_owner_id},
    {"session_is_owned_exactly_until_its_deadline", requirement("SESS_2"),
     session_is_owned_exactly_until_its_deadline},
    {"lapsed_session_is_open_to_its_former_owner_too", requirement("SESS_2"),
     lapsed_session_is_open_to_its_former_owner_too},
    {"takeover_shuts_the_former_owner_out", requirement("SESS_2"),
     takeover_shuts_the_former_owner_out},
    {"takeover_has_the_session_timeout_it_asked_for", requirement("SESS_2"),
     takeover_has_the_session_timeout_it_asked_for},
    {"taking_an_item_refreshes_its_session", requirement("SESS_2"),
     taking_an_item_refreshes_its_session},
    {"sessions_of_one_owner_have_their_own_deadlines", requirement("SESS_2"),
     sessions_of_one_owner_have_their_own_deadlines},
    {"other_fetches_of_the_owner_do_not_refresh_a_session", requirement("SESS_2"),
     other_fetches_of_the_owner_do_not_refresh_a_session},
    {"foreign_fetches_do_not_refresh_a_session", requirement("SESS_2"),
     foreign_fetches_do_not_refresh_a_session},
    {"renewing_or_acking_an_item_does_not_lengthen_its_session", requirement("SESS_2"),
     renewing_or_acking_an_item_does_not_lengthen_its_session},
    {"late_ack_and_renewal_of_an_item_do_not_revive_its_session", requirement("SESS_2"),
     late_ack_and_renewal_of_an_item_do_not_revive_its_session},
    {"session_outlives_its_acked_item", requirement("SESS_2"), session_outlives_its_acked_item},
    {"session_outlives_its_cancelled_item", requirement("SESS_2"),
     session_outlives_its_cancelled_item},
    {"abandoned_item_goes_back_to_the_owner_of_its_session", requirement("SESS_2"),
     abandoned_item_goes_back_to_the_owner_of_its_session},
    {"ignored_attempt_of_a_bound_item_is_not_counted", requirement("POISON_2"),
     ignored_attempt_of_a_bound_item_is_not_counted, Hook::none, kFacet},
    {"expired_item_goes_back_to_the_owner_of_its_session", requirement("SESS_2"),
     expired_item_goes_back_to_the_owner_of_its_session},
    {"item_is_anyones_when_its_lock_and_its_session_have_ended", requirement("SESS_2"),
     item_is_anyones_when_its_lock_and_its_session_have_ended},
    {"item_released_after_a_takeover_goes_to_the_new_owner", requirement("SESS_2"),
     item_released_after_a_takeover_goes_to_the_new_owner},
};

}  // namespace

std::span<const Validation> session_ownership_validations() { return kRows; }

}  // namespace ackproof
