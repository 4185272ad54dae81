// When a session is idle, which a renewal does not extend, and what counts as its activity.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// Asks without changing deadlines that matter, and without this being too short for any of them.
std::uint64_t active(Provider& provider, const std::vector<std::string>& owners,
                     const Window& idle) {
  return renewed(provider, owners, kLongLock, idle.length);
}

// --- Idle sessions

void session_is_idle_exactly_from_the_idle_timeout_on(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1")});
  const Window idle = ctx.window();
  take_activity(*provider, as("worker-1"));

  ctx.to_last_moment(idle);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U);
}

void with_an_idle_timeout_of_zero_every_session_is_idle(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");

  EXPECT_EQ(renewed(*provider, {"worker-1"}, kLongLock, Duration(0)), 0U);
}

void idle_session_keeps_the_deadline_it_has(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  EXPECT_EQ(renewed(*owner, {"worker-1"}, kLongLock, Duration(0)), 0U);
  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

// The deadline of what is renewed comes forward, so it can be seen which session it was.
void only_the_sessions_that_are_not_idle_are_renewed(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-2"),
                             bound("order-1", 3, "session-1"), bound("order-1", 4, "session-2")};
  enqueue(*owner, items);
  const Window quiet = ctx.window();
  take_activity(*owner, as("worker-1"));
  ctx.to_end(quiet);
  const Window idle = ctx.window();
  take_activity(*owner, as("worker-1"));

  ctx.to_last_moment(idle);
  const Window lapse = ctx.window(idle.length * 2);
  EXPECT_EQ(renewed(*owner, {"worker-1"}, lapse.length, idle.length), 1U);
  ctx.to_end(idle);
  ctx.to_end(lapse);

  EXPECT_EQ(drain(*rival, as("worker-2")), std::vector{items[3]});
}

void renewing_a_session_is_no_activity(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1")});
  const Window idle = ctx.window();
  take_activity(*provider, as("worker-1"));

  ctx.to_last_moment(idle);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U) << "a renewal keeps a session for ever";
}

// At once and with a delay: both leave the session as it is.
void abandoning_an_item_is_no_activity_of_the_session(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const LockedActivity first = take_activity(*provider, as("worker-1"));
  const Window idle = ctx.window();
  const LockedActivity second = take_activity(*provider, as("worker-1"));

  ctx.to_last_moment(idle);
  provider->abandon_activity(first.token, {}).value();
  provider->abandon_activity(second.token, {.delay = kLongLock, .ignore_attempt = true}).value();
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U);
}

// --- Activity

// After a long silence `act` is all that happens in a session of which one item is in flight and
// the next one is queued.
template <class Act>
void expect_activity(Context& ctx, const Act& act) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const Window quiet = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1"));
  ctx.to_end(quiet);

  const Window idle = ctx.window();
  act(*provider, held);
  ctx.to_last_moment(idle);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U);
}

void fetch_is_activity_of_the_session(Context& ctx) {
  expect_activity(ctx, [](Provider& provider, const LockedActivity&) {
    take_activity(provider, as("worker-1"));
  });
}

void ack_is_activity_of_the_session(Context& ctx) {
  expect_activity(ctx, [](Provider& provider, const LockedActivity& held) {
    provider.ack_activity(held.token, completion(held.activity)).value();
  });
}

void ack_without_a_completion_is_activity_of_the_session(Context& ctx) {
  expect_activity(ctx, [](Provider& provider, const LockedActivity& held) {
    provider.ack_activity(held.token, std::nullopt).value();
  });
}

void renewing_an_item_is_activity_of_the_session(Context& ctx) {
  expect_activity(ctx, [](Provider& provider, const LockedActivity& held) {
    provider.renew_activity(held.token, kLongLock).value();
  });
}

void activity_of_one_session_is_none_of_another(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-2"),
                      bound("order-1", 3, "session-2"), activity("order-1", 4)});
  const Window idle = ctx.window();
  take_activity(*provider, as("worker-1"));

  ctx.to_last_moment(idle);
  const LockedActivity held = take_activity(*provider, as("worker-1"));
  provider->renew_activity(held.token, kLongLock).value();
  EXPECT_EQ(drain(*provider, as("worker-1")).size(), 2U);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 2U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
}

// Refused calls are no signs of life.
void call_with_a_dead_token_is_no_activity(Context& ctx) {
  const auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const LockedActivity dead = take_activity(*provider, as("worker-1"));
  provider->ack_activity(dead.token, std::nullopt).value();
  const Window idle = ctx.window();
  take_activity(*provider, as("worker-1"));

  ctx.to_last_moment(idle);
  EXPECT_TRUE(fails_with(provider->ack_activity(dead.token, std::nullopt), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(provider->renew_activity(dead.token, kLongLock), ErrorKind::lock_lost));
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U);
}

// The former owner finishes its item when the session has long been another's.
template <class Late>
void expect_no_activity_of_the_present_owner(Context& ctx, const Late& late) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  enqueue(*former, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const Window lapse = ctx.window();
  const LockedActivity held = take_activity(*former, as("worker-1", lapse.length));
  ctx.to_end(lapse);
  const Window idle = ctx.window();
  take_activity(*present, as("worker-2"));

  ctx.to_last_moment(idle);
  late(*former, held);
  EXPECT_EQ(active(*present, {"worker-2"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*present, {"worker-2"}, idle), 0U) << "it counted as the new owner's";
}

void late_ack_of_a_former_owner_is_no_activity_of_the_present_one(Context& ctx) {
  expect_no_activity_of_the_present_owner(ctx, [](Provider& former, const LockedActivity& held) {
    former.ack_activity(held.token, completion(held.activity)).value();
  });
}

void late_renewal_by_a_former_owner_is_no_activity_of_the_present_one(Context& ctx) {
  expect_no_activity_of_the_present_owner(ctx, [](Provider& former, const LockedActivity& held) {
    former.renew_activity(held.token, kLongLock).value();
  });
}

void foreign_fetch_is_no_activity_of_the_session(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  enqueue(*owner, {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1")});
  const Window idle = ctx.window();
  take_activity(*owner, as("worker-1"));

  ctx.to_last_moment(idle);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  enqueue(*rival, {bound("order-1", 3, "session-1"), activity("order-1", 4)});
  EXPECT_EQ(drain(*rival, as("worker-2")), std::vector{activity("order-1", 4)});
  ctx.to_end(idle);

  EXPECT_EQ(active(*owner, {"worker-1"}, idle), 0U);
}

// --- Reopening

void last_activity_of_a_session_survives_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1")});
  const Window idle = ctx.window();
  take_activity(*provider, as("worker-1"));

  provider.reset();
  provider = ctx.open();
  ctx.to_last_moment(idle);
  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
  ctx.to_end(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 0U);
}

// Who fetched an item is part of its lock.
void ack_after_a_reopen_is_activity_of_the_session(Context& ctx) {
  auto provider = ctx.open();
  enqueue(*provider, {bound("order-1", 1, "session-1")});
  const Window quiet = ctx.window();
  const LockedActivity held = take_activity(*provider, as("worker-1"));

  provider.reset();
  provider = ctx.open();
  ctx.to_end(quiet);
  const Window idle = ctx.window();
  provider->ack_activity(held.token, std::nullopt).value();
  ctx.to_last_moment(idle);

  EXPECT_EQ(active(*provider, {"worker-1"}, idle), 1U);
}

constexpr Validation kRows[] = {
    {"session_is_idle_exactly_from_the_idle_timeout_on", requirement("SESS_3"),
     session_is_idle_exactly_from_the_idle_timeout_on},
    {"with_an_idle_timeout_of_zero_every_session_is_idle", requirement("SESS_3"),
     with_an_idle_timeout_of_zero_every_session_is_idle},
    {"idle_session_keeps_the_deadline_it_has", requirement("SESS_3"),
     idle_session_keeps_the_deadline_it_has},
    {"only_the_sessions_that_are_not_idle_are_renewed", requirement("SESS_3"),
     only_the_sessions_that_are_not_idle_are_renewed},
    {"renewing_a_session_is_no_activity", requirement("SESS_3"), renewing_a_session_is_no_activity},
    {"abandoning_an_item_is_no_activity_of_the_session", requirement("SESS_3"),
     abandoning_an_item_is_no_activity_of_the_session},
    {"fetch_is_activity_of_the_session", requirement("SESS_3"), fetch_is_activity_of_the_session},
    {"ack_is_activity_of_the_session", requirement("SESS_3"), ack_is_activity_of_the_session},
    {"ack_without_a_completion_is_activity_of_the_session", requirement("SESS_3"),
     ack_without_a_completion_is_activity_of_the_session},
    {"renewing_an_item_is_activity_of_the_session", requirement("SESS_3"),
     renewing_an_item_is_activity_of_the_session},
    {"activity_of_one_session_is_none_of_another", requirement("SESS_3"),
     activity_of_one_session_is_none_of_another},
    {"call_with_a_dead_token_is_no_activity", requirement("SESS_3"),
     call_with_a_dead_token_is_no_activity},
    {"late_ack_of_a_former_owner_is_no_activity_of_the_present_one", requirement("SESS_3"),
     late_ack_of_a_former_owner_is_no_activity_of_the_present_one},
    {"late_renewal_by_a_former_owner_is_no_activity_of_the_present_one", requirement("SESS_3"),
     late_renewal_by_a_former_owner_is_no_activity_of_the_present_one},
    {"foreign_fetch_is_no_activity_of_the_session", requirement("SESS_3"),
     foreign_fetch_is_no_activity_of_the_session},
    {"last_activity_of_a_session_survives_a_reopen", requirement("DUR_5"),
     last_activity_of_a_session_survives_a_reopen, Hook::none, Capability::sessions, true},
    {"ack_after_a_reopen_is_activity_of_the_session", requirement("SESS_3"),
     ack_after_a_reopen_is_activity_of_the_session, Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> session_activity_validations() { return kRows; }

}  // namespace ackproof
