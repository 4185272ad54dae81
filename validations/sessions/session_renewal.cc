// Renewing sessions: whose, until when and how many. Idle ones are in `session_activity.cc`.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// --- Very many

void hundreds_of_sessions_are_renewed_at_once(Context& ctx) {
  constexpr std::uint64_t kSessions = 520;
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  std::vector<Activity> next;
  for (std::uint64_t n = 1; n <= kSessions; ++n) {
    const std::string session = "session-" + std::to_string(n);
    claim(*owner, "worker-1", session);
    next.push_back(bound("order-1", n, session));
  }
  enqueue(*owner, next);

  EXPECT_EQ(renewed(*owner, {"worker-1"}), kSessions);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  const Window lapse = ctx.window();
  EXPECT_EQ(renewed(*owner, {"worker-1"}, lapse.length), kSessions);
  ctx.to_end(lapse);

  EXPECT_EQ(by_id(drain(*rival, as("worker-2"))), next);
}

// --- The deadline

void renewed_session_lasts_exactly_the_extension(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window first = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  ctx.to_last_moment(first);
  const Window second = ctx.window(first.length * 2);
  EXPECT_EQ(renewed(*owner, {"worker-1"}, second.length), 1U);
  ctx.to_end(first);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2")))) << "the old deadline still counts";
  ctx.to_last_moment(second);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(second);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void renewed_session_still_belongs_to_its_owner(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window first = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  EXPECT_EQ(renewed(*rival, {"worker-1"}), 1U) << "any handle may renew";
  ctx.to_end(first);

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, next);
}

void renewal_can_bring_the_deadline_forward(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  claim(*owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  const Window lapse = ctx.window();
  EXPECT_EQ(renewed(*owner, {"worker-1"}, lapse.length), 1U);
  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void session_can_be_renewed_again_and_again(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window first = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  Window current = first;
  enqueue(*owner, {bound("order-1", 2, "session-1")});

  for (int n = 0; n < 3; ++n) {
    const Window before = current;
    ctx.to_last_moment(before);
    current = ctx.window(first.length * 2);
    EXPECT_EQ(renewed(*owner, {"worker-1"}, current.length), 1U);
    ctx.to_end(before);
    EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  }
}

// --- Never revives

void lapsed_session_is_not_renewed(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  ctx.to_end(lapse);
  EXPECT_EQ(renewed(*owner, {"worker-1"}), 0U);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void session_taken_over_is_not_renewed_for_its_former_owner(Context& ctx) {
  const auto former = ctx.open();
  const auto present = ctx.open();
  const Window first = claim_for_a_window(ctx, *former, "worker-1", "session-1");
  ctx.to_end(first);
  const Window second = claim_for_a_window(ctx, *present, "worker-2", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*present, {next});

  EXPECT_EQ(renewed(*former, {"worker-1"}), 0U);
  EXPECT_TRUE(nothing(former->fetch_activity(as("worker-1"))));
  ctx.to_end(second);

  EXPECT_EQ(take_activity(*former, as("worker-3")).activity, next) << "its deadline was moved";
}

void renewal_makes_no_session(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");

  EXPECT_EQ(renewed(*provider, {"worker-1"}), 0U);
  enqueue(*provider, {item});
  EXPECT_EQ(renewed(*provider, {"worker-1"}), 0U);

  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, item);
}

// --- Exactly those of the named owners

void renewal_returns_the_number_of_sessions(Context& ctx) {
  const auto provider = ctx.open();

  claim(*provider, "worker-1", "session-1");
  EXPECT_EQ(renewed(*provider, {"worker-1"}), 1U);
  claim(*provider, "worker-1", "session-2");
  EXPECT_EQ(renewed(*provider, {"worker-1"}), 2U);
  enqueue(*provider, {bound("order-1", 1, "session-3"), bound("order-1", 2, "session-3")});
  take_activity(*provider, as("worker-1"));
  take_activity(*provider, as("worker-1"));

  EXPECT_EQ(renewed(*provider, {"worker-1"}), 3U) << "items are counted instead of sessions";
}

void renewal_counts_the_sessions_of_all_named_owners_once(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");
  claim(*provider, "worker-1", "session-2");
  claim(*provider, "worker-2", "session-3");
  claim(*provider, "worker-3", "session-4");

  EXPECT_EQ(renewed(*provider, {"worker-1", "worker-2"}), 3U);
  EXPECT_EQ(renewed(*provider, {"worker-2", "worker-1", "worker-2", "worker-2"}), 3U)
      << "an owner that is named twice counts twice";
  EXPECT_EQ(renewed(*provider, {"worker-3", "worker-of-nothing"}), 1U);
  EXPECT_EQ(renewed(*provider, {"worker-of-nothing"}), 0U);
  EXPECT_EQ(renewed(*provider, {}), 0U);
}

void renewal_extends_the_sessions_of_every_named_owner(Context& ctx) {
  const auto provider = ctx.open();
  for (const char* number : {"1", "2", "3"}) {
    claim(*provider, std::string("worker-") + number, std::string("session-") + number);
  }
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*provider, {"worker-1", "worker-2", "worker-3"}, lapse.length), 3U);
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-2"),
                             bound("order-1", 3, "session-3")};
  enqueue(*provider, items);

  EXPECT_EQ(renewed(*provider, {"worker-1", "worker-3"}), 2U);
  ctx.to_end(lapse);

  EXPECT_EQ(drain(*provider, as("worker-9")), std::vector{items[1]});
}

void renewal_leaves_the_sessions_of_others_as_they_are(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *owner, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  EXPECT_EQ(renewed(*rival, {"worker-2", "worker", "worker-10", "%", "worker-_", "*"}), 0U);
  EXPECT_EQ(renewed(*rival, {}), 0U);
  ctx.to_end(lapse);

  EXPECT_EQ(take_activity(*rival, as("worker-2")).activity, next);
}

void thousand_owners_can_be_renewed_at_once(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<std::string> owners;
  for (int n = 1; n <= 1'000; ++n) owners.push_back("worker-" + std::to_string(n));
  for (const int n : {1, 500, 1'000}) {
    claim(*provider, "worker-" + std::to_string(n), "session-" + std::to_string(n));
  }

  EXPECT_EQ(renewed(*provider, owners), 3U);
}

constexpr Validation kRows[] = {
    heavy({"hundreds_of_sessions_are_renewed_at_once", requirement("SESS_3"),
           hundreds_of_sessions_are_renewed_at_once}),
    {"renewed_session_lasts_exactly_the_extension", requirement("SESS_3"),
     renewed_session_lasts_exactly_the_extension},
    {"renewed_session_still_belongs_to_its_owner", requirement("SESS_3"),
     renewed_session_still_belongs_to_its_owner},
    {"renewal_can_bring_the_deadline_forward", requirement("SESS_3"),
     renewal_can_bring_the_deadline_forward},
    {"session_can_be_renewed_again_and_again", requirement("SESS_3"),
     session_can_be_renewed_again_and_again},
    {"lapsed_session_is_not_renewed", requirement("SESS_3"), lapsed_session_is_not_renewed},
    {"session_taken_over_is_not_renewed_for_its_former_owner", requirement("SESS_3"),
     session_taken_over_is_not_renewed_for_its_former_owner},
    {"renewal_makes_no_session", requirement("SESS_3"), renewal_makes_no_session},
    {"renewal_returns_the_number_of_sessions", requirement("SESS_3"),
     renewal_returns_the_number_of_sessions},
    {"renewal_counts_the_sessions_of_all_named_owners_once", requirement("SESS_3"),
     renewal_counts_the_sessions_of_all_named_owners_once},
    {"renewal_extends_the_sessions_of_every_named_owner", requirement("SESS_3"),
     renewal_extends_the_sessions_of_every_named_owner},
    {"renewal_leaves_the_sessions_of_others_as_they_are", requirement("SESS_3"),
     renewal_leaves_the_sessions_of_others_as_they_are},
    {"thousand_owners_can_be_renewed_at_once", requirement("SESS_3"),
     thousand_owners_can_be_renewed_at_once},
};

}  // namespace

std::span<const Validation> session_renewal_validations() { return kRows; }

}  // namespace ackproof
