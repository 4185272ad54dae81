// Which sessions cleanup removes, and that a session has no say in what happens to an item that was
// handed out.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// Cleanup removes so many sessions; a provider that removes lapsed ones by itself may have come
// first.
testing::AssertionResult cleans_up(Context& ctx, Provider& provider, std::uint64_t sessions) {
  const std::uint64_t removed = provider.cleanup_sessions().value();
  const bool eager = ctx.description().capabilities.eager_session_cleanup;
  if (removed == sessions || (eager && removed < sessions)) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "cleanup removed " << removed << " sessions instead of " << sessions;
}

// --- SESS_4

void cleanup_removes_hundreds_of_sessions_at_once(Context& ctx) {
  constexpr std::uint64_t kSessions = 520;
  const auto provider = ctx.open();
  for (std::uint64_t n = 1; n <= kSessions; ++n) {
    claim(*provider, "worker-1", "session-" + std::to_string(n));
  }
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*provider, {"worker-1"}, lapse.length), kSessions);

  ctx.to_end(lapse);

  EXPECT_TRUE(cleans_up(ctx, *provider, kSessions));
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);
}

void cleanup_removes_lapsed_sessions_without_items(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");
  claim(*provider, "worker-1", "session-2");
  claim(*provider, "worker-2", "session-3");
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*provider, {"worker-1", "worker-2"}, lapse.length), 3U);

  ctx.to_end(lapse);

  EXPECT_TRUE(cleans_up(ctx, *provider, 3));
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U) << "they were still there";
}

void cleanup_removes_a_session_exactly_from_its_deadline_on(Context& ctx) {
  const auto provider = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");

  ctx.to_last_moment(lapse);
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);
  ctx.to_end(lapse);

  EXPECT_TRUE(cleans_up(ctx, *provider, 1));
}

void cleanup_keeps_live_sessions(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  claim(*owner, "worker-1", "session-1");

  EXPECT_EQ(rival->cleanup_sessions().value(), 0U);

  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_EQ(renewed(*owner, {"worker-1"}), 1U);
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, next);
}

void cleanup_tells_live_sessions_from_lapsed_ones(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-2", "session-2");
  ctx.to_end(lapse);

  EXPECT_TRUE(cleans_up(ctx, *rival, 1));

  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-2")};
  enqueue(*owner, items);
  EXPECT_EQ(drain(*rival, as("worker-3")), std::vector{items[1]});
  EXPECT_EQ(drain(*owner, as("worker-1")), std::vector{items[0]});
}

void cleanup_keeps_a_session_with_a_queued_item(Context& ctx) {
  const auto provider = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  const Activity queued = bound("order-1", 2, "session-1");
  enqueue(*provider, {queued});
  ctx.to_end(lapse);

  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);

  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, queued);
}

// Hidden and locked items are queued too.
void cleanup_keeps_a_session_with_a_hidden_or_locked_item(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-2")});
  const LockedActivity hidden = take_activity(*provider, as("worker-1"));
  const LockedActivity locked = take_activity(*provider, as("worker-1"));
  provider->abandon_activity(hidden.token, {.delay = kLongLock}).value();
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*provider, {"worker-1"}, lapse.length), 2U);
  ctx.to_end(lapse);

  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);
  provider->ack_activity(locked.token, std::nullopt).value();

  EXPECT_TRUE(cleans_up(ctx, *provider, 1));
}

void cancelled_item_keeps_no_session(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  const Activity queued = bound("order-1", 2, "session-1");
  enqueue(*provider, {queued});
  ctx.to_end(lapse);
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);

  commit_turn(*provider, "order-1", {.cancelled = {key_of(queued)}});

  EXPECT_TRUE(cleans_up(ctx, *provider, 1));
}

// `session-1` has no item, whatever its neighbours in the alphabet have.
void items_of_other_sessions_keep_no_session(Context& ctx) {
  const auto provider = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  enqueue(*provider, {activity("order-1", 1), bound("session-1", 2, "session-10"),
                      bound("order-1", 3, "session"), bound("order-1", 4, "Session-1"),
                      bound("order-1", 5, "session-_")});

  ctx.to_end(lapse);

  EXPECT_TRUE(cleans_up(ctx, *provider, 1));
}

void cleanup_without_sessions_removes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), activity("order-1", 2)};
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);

  enqueue(*provider, items);
  EXPECT_EQ(provider->cleanup_sessions().value(), 0U);

  EXPECT_EQ(drain(*provider, as("worker-1")), items);
}

void cleaned_up_session_can_be_claimed_anew(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *former, "worker-1", "session-1");
  ctx.to_end(lapse);
  EXPECT_TRUE(cleans_up(ctx, *former, 1));
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1")};
  enqueue(*former, items);

  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[0]);

  EXPECT_TRUE(nothing(former->fetch_activity(as("worker-1"))));
  EXPECT_EQ(renewed(*present, {"worker-2"}), 1U);
  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[1]);
}

// The sessions have lapsed and have no item when a round begins; what cleanup finds may have been
// claimed by the time it removes it.
void cleanup_takes_no_session_that_is_being_claimed(Context& ctx) {
  constexpr std::uint64_t kRounds = 6, kPerRound = 8;
  const auto cleaner = ctx.open();
  const auto owner = ctx.open();
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const auto session = [round](std::uint64_t n) {
      return "session-" + std::to_string(round * kPerRound + n);
    };
    for (std::uint64_t n = 0; n < kPerRound; ++n) claim(*owner, "worker-1", session(n));
    const Window lapse = ctx.window();
    ASSERT_EQ(renewed(*owner, {"worker-1"}, lapse.length), kPerRound);
    ctx.to_end(lapse);

    // The one that is started last has a small lead, so they take turns at it.
    ctx.together(2, [&](std::size_t i) {
      for (std::uint64_t n = 0; n < kPerRound; ++n) {
        if (i == round % 2) {
          insist([&] { return cleaner->cleanup_sessions(); }).value();
          continue;
        }
        insist([&] { return owner->enqueue_activity(bound("order-1", n, session(n))); }).value();
        const auto held = contend(*owner, as("worker-2"));
        if (held) insist([&] { return owner->ack_activity(held->token, std::nullopt); }).value();
      }
      return true;
    });

    EXPECT_EQ(renewed(*owner, {"worker-2"}), (round + 1) * kPerRound);
  }
}

// --- SESS_5

void item_of_a_lapsed_session_can_be_acked(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1", lapse.length));

  ctx.to_end(lapse);

  EXPECT_TRUE(succeeds(provider->ack_activity(held.token, completion(item))));
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(item)});
  EXPECT_EQ(drain(*provider, as("worker-1")), std::vector<Activity>());
}

void item_of_a_lapsed_session_can_be_renewed_and_abandoned(Context& ctx) {
  const auto provider = ctx.open();
  const auto rival = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1", lapse.length));

  ctx.to_end(lapse);

  EXPECT_TRUE(succeeds(provider->renew_activity(held.token, kLongLock)));
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_TRUE(succeeds(provider->abandon_activity(held.token)));
  const LockedActivity again = take_activity(*rival, as("worker-2"));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
}

void item_of_a_session_taken_over_obeys_its_token(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  create_instance(*former, "order-1");
  std::vector<Activity> items;
  for (std::uint64_t id = 1; id <= 4; ++id) items.push_back(bound("order-1", id, "session-1"));
  enqueue(*former, items);
  const LockedActivity first = take_activity(*former, as("worker-1"));
  const LockedActivity second = take_activity(*former, as("worker-1"));
  const LockedActivity third = take_activity(*former, as("worker-1"));
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*former, {"worker-1"}, lapse.length), 1U);
  ctx.to_end(lapse);
  EXPECT_EQ(take_activity(*present, as("worker-2")).activity, items[3]);

  EXPECT_TRUE(succeeds(former->ack_activity(first.token, completion(items[0]))));
  EXPECT_TRUE(succeeds(former->renew_activity(second.token, kLongLock)));
  EXPECT_TRUE(succeeds(former->abandon_activity(third.token)));

  EXPECT_EQ(drain_messages(*former), std::vector{completion(items[0])});
  EXPECT_EQ(drain(*present, as("worker-2")), std::vector{items[2]});
  EXPECT_TRUE(succeeds(former->ack_activity(second.token, std::nullopt)));
}

void live_session_saves_no_expired_item(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});
  const Window lock = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1", kLongLock, lock.length));

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(provider->renew_activity(held.token, kLongLock), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->abandon_activity(held.token), ErrorKind::lock_lost));
  EXPECT_TRUE(
      fails_with(provider->ack_activity(held.token, completion(item)), ErrorKind::lock_lost));
  EXPECT_EQ(drain(*provider, as("worker-1")), std::vector{item});
}

void renewing_a_session_does_not_lengthen_the_lock_of_its_item(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});
  const Window lock = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1", kLongLock, lock.length));

  EXPECT_EQ(renewed(*provider, {"worker-1"}), 1U);
  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(provider->ack_activity(held.token, std::nullopt), ErrorKind::lock_lost));
  const LockedActivity again = take_activity(*provider, as("worker-1"));
  EXPECT_EQ(again, (LockedActivity{item, 2, again.token}));
}

void bound_item_can_be_acked_by_whoever_has_its_token(Context& ctx) {
  const auto holder = ctx.open();
  const auto other = ctx.open();
  claim(*other, "worker-2", "session-2");
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")};
  enqueue(*holder, items);
  const LockedActivity held = take_activity(*holder, as("worker-1"));

  EXPECT_TRUE(succeeds(other->renew_activity(held.token, kLongLock)));
  EXPECT_TRUE(succeeds(other->ack_activity(held.token, std::nullopt)));

  EXPECT_TRUE(nothing(other->fetch_activity(as("worker-2")))) << "the session changed hands";
  EXPECT_EQ(drain(*holder, as("worker-1")), std::vector{items[1]});
}

constexpr Validation kRows[] = {
    heavy({"cleanup_removes_hundreds_of_sessions_at_once", requirement("SESS_4"),
           cleanup_removes_hundreds_of_sessions_at_once}),
    {"cleanup_removes_lapsed_sessions_without_items", requirement("SESS_4"),
     cleanup_removes_lapsed_sessions_without_items},
    {"cleanup_removes_a_session_exactly_from_its_deadline_on", requirement("SESS_4"),
     cleanup_removes_a_session_exactly_from_its_deadline_on},
    {"cleanup_keeps_live_sessions", requirement("SESS_4"), cleanup_keeps_live_sessions},
    {"cleanup_tells_live_sessions_from_lapsed_ones", requirement("SESS_4"),
     cleanup_tells_live_sessions_from_lapsed_ones},
    {"cleanup_keeps_a_session_with_a_queued_item", requirement("SESS_4"),
     cleanup_keeps_a_session_with_a_queued_item},
    {"cleanup_keeps_a_session_with_a_hidden_or_locked_item", requirement("SESS_4"),
     cleanup_keeps_a_session_with_a_hidden_or_locked_item},
    {"cancelled_item_keeps_no_session", requirement("SESS_4"), cancelled_item_keeps_no_session},
    {"items_of_other_sessions_keep_no_session", requirement("SESS_4"),
     items_of_other_sessions_keep_no_session},
    {"cleanup_without_sessions_removes_nothing", requirement("SESS_4"),
     cleanup_without_sessions_removes_nothing},
    {"cleaned_up_session_can_be_claimed_anew", requirement("SESS_4"),
     cleaned_up_session_can_be_claimed_anew},
    {"cleanup_takes_no_session_that_is_being_claimed", requirement("SESS_4"),
     cleanup_takes_no_session_that_is_being_claimed},
    {"item_of_a_lapsed_session_can_be_acked", requirement("SESS_5"),
     item_of_a_lapsed_session_can_be_acked},
    {"item_of_a_lapsed_session_can_be_renewed_and_abandoned", requirement("SESS_5"),
     item_of_a_lapsed_session_can_be_renewed_and_abandoned},
    {"item_of_a_session_taken_over_obeys_its_token", requirement("SESS_5"),
     item_of_a_session_taken_over_obeys_its_token},
    {"live_session_saves_no_expired_item", requirement("SESS_5"),
     live_session_saves_no_expired_item},
    {"renewing_a_session_does_not_lengthen_the_lock_of_its_item", requirement("SESS_5"),
     renewing_a_session_does_not_lengthen_the_lock_of_its_item},
    {"bound_item_can_be_acked_by_whoever_has_its_token", requirement("SESS_5"),
     bound_item_can_be_acked_by_whoever_has_its_token},
};

}  // namespace

std::span<const Validation> session_cleanup_validations() { return kRows; }

}  // namespace ackproof
