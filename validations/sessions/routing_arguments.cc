// What may stand in a session id, an owner id and a tag, and in the durations of sessions: the limit
// is taken, and what lies beyond it is `invalid` and leaves nothing behind.
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// The longest text that is tried; limits are tried up to 64 MiB (CAP_3).
constexpr std::uint64_t kLongestTried = 64U << 20U;

// Nothing when the limit is beyond what is tried.
std::vector<std::string> texts_beyond_the_limit(Context& ctx) {
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  if (limit >= kLongestTried) return {};
  return {std::string(limit + 1, 'x'), std::string(limit - 1, 'x') + "\u00E9",
          std::string(limit * 2, 'x')};
}

std::string longest_text(Context& ctx, char filler) {
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  return std::string(std::min(limit, kLongestTried), filler);
}

std::vector<std::string> with_the_empty_text(std::vector<std::string> texts) {
  texts.emplace_back();
  return texts;
}

// --- In items

using Make = Activity (*)(const std::string&, std::uint64_t, const std::string&);

// Neither the queue nor a commit takes an item with one of these texts.
template <class Take>
void expect_no_item_taken(Provider& provider, Make make, const std::vector<std::string>& texts,
                          const Take& take_all) {
  provider.enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(provider);

  for (const std::string& text : texts) {
    const Activity bad = make("order-1", 1, text);
    EXPECT_TRUE(fails_with(provider.enqueue_activity(bad), ErrorKind::invalid))
        << testing::PrintToString(text.substr(0, 40));
    const TurnCommit commit{.activities = {activity("order-1", 2), bad}};
    EXPECT_TRUE(fails_with(provider.ack_turn(turn.token, commit), ErrorKind::invalid))
        << testing::PrintToString(text.substr(0, 40));
  }

  EXPECT_EQ(take_all(), std::vector<Activity>());
  EXPECT_TRUE(succeeds(provider.ack_turn(turn.token, {.activities = {activity("order-1", 2)}})));
  EXPECT_EQ(take_all(), std::vector{activity("order-1", 2)});
}

void expect_no_session_taken(Context& ctx, const std::vector<std::string>& texts) {
  const auto provider = ctx.open();
  expect_no_item_taken(*provider, bound, texts, [&] { return drain(*provider, as("worker-1")); });
}

void expect_no_tag_taken(Context& ctx, const std::vector<std::string>& texts) {
  const auto provider = ctx.open();
  expect_no_item_taken(*provider, tagged, texts,
                       [&] { return drain(*provider, filtered(TagKind::any)); });
}

void bad_session_ids_of_items_are_refused(Context& ctx) {
  expect_no_session_taken(ctx, with_the_empty_text(texts_that_are_none()));
}

void bad_tags_of_items_are_refused(Context& ctx) {
  expect_no_tag_taken(ctx, texts_that_are_none());
}

void session_ids_beyond_the_limit_are_refused(Context& ctx) {
  expect_no_session_taken(ctx, texts_beyond_the_limit(ctx));
}

void tags_beyond_the_limit_are_refused(Context& ctx) {
  expect_no_tag_taken(ctx, texts_beyond_the_limit(ctx));
}

// --- In fetches

void expect_no_owner_taken(Context& ctx, const std::vector<std::string>& texts) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});

  for (const std::string& text : texts) {
    EXPECT_TRUE(fails_with(provider->fetch_activity(as(text)), ErrorKind::invalid))
        << testing::PrintToString(text.substr(0, 40));
  }

  const LockedActivity taken = take_activity(*provider, as("worker-1"));
  EXPECT_EQ(taken, (LockedActivity{item, 1, taken.token}));
}

void expect_no_filter_taken(Context& ctx, const std::vector<std::string>& texts) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, "gpu");
  enqueue(*provider, {item});

  for (const std::string& text : texts) {
    for (const TagKind kind : {TagKind::tags, TagKind::default_and}) {
      const FetchActivity options = filtered(kind, {"gpu", text});
      EXPECT_TRUE(fails_with(provider->fetch_activity(options), ErrorKind::invalid))
          << testing::PrintToString(text.substr(0, 40));
    }
  }

  const LockedActivity taken = take_activity(*provider, only({"gpu"}));
  EXPECT_EQ(taken, (LockedActivity{item, 1, taken.token}));
}

void bad_owners_in_fetches_are_refused(Context& ctx) {
  expect_no_owner_taken(ctx, with_the_empty_text(texts_that_are_none()));
}

void bad_tags_in_filters_are_refused(Context& ctx) {
  expect_no_filter_taken(ctx, texts_that_are_none());
}

void owners_beyond_the_limit_are_refused_in_fetches(Context& ctx) {
  expect_no_owner_taken(ctx, texts_beyond_the_limit(ctx));
}

void tags_beyond_the_limit_are_refused_in_filters(Context& ctx) {
  expect_no_filter_taken(ctx, texts_beyond_the_limit(ctx));
}

void session_timeouts_of_zero_or_less_are_refused(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = bound("order-1", 1, "session-1");
  enqueue(*provider, {item});

  for (const Duration timeout :
       {Duration(0), Duration(-1), Duration(-1'000), -kLongLock, Duration::min()}) {
    EXPECT_TRUE(fails_with(provider->fetch_activity(as("worker-1", timeout)), ErrorKind::invalid))
        << timeout.count();
  }

  EXPECT_EQ(renewed(*provider, {"worker-1"}), 0U) << "a refused fetch claimed the session";
  const LockedActivity taken = take_activity(*provider, as("worker-2"));
  EXPECT_EQ(taken, (LockedActivity{item, 1, taken.token}));
}

// --- In renewals

// None of these renewals moves the deadline of `session-1`, which is worker-1's.
void expect_no_renewal(Context& ctx, const std::vector<RenewSessions>& calls) {
  const auto provider = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*provider, {next});

  for (const RenewSessions& options : calls) {
    EXPECT_TRUE(fails_with(provider->renew_sessions(options), ErrorKind::invalid));
  }

  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  ctx.to_end(lapse);
  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, next);
}

std::vector<RenewSessions> renewals_of(const std::vector<std::string>& owners) {
  std::vector<RenewSessions> calls;
  for (const std::string& owner : owners) {
    calls.push_back({.owners = {"worker-1", owner}, .extend_for = kLongLock});
  }
  return calls;
}

void bad_owners_in_renewals_are_refused(Context& ctx) {
  expect_no_renewal(ctx, renewals_of(with_the_empty_text(texts_that_are_none())));
}

void owners_beyond_the_limit_are_refused_in_renewals(Context& ctx) {
  expect_no_renewal(ctx, renewals_of(texts_beyond_the_limit(ctx)));
}

void session_extensions_of_zero_or_less_are_refused(Context& ctx) {
  std::vector<RenewSessions> calls;
  for (const Duration extension :
       {Duration(0), Duration(-1), Duration(-1'000), -kLongLock, Duration::min()}) {
    calls.push_back({.owners = {"worker-1"}, .extend_for = extension});
  }
  expect_no_renewal(ctx, calls);
}

void negative_idle_timeouts_are_refused(Context& ctx) {
  std::vector<RenewSessions> calls;
  for (const Duration idle : {Duration(-1), -kLongLock, Duration::min()}) {
    calls.push_back({.owners = {"worker-1"}, .extend_for = kLongLock, .idle_timeout = idle});
  }
  expect_no_renewal(ctx, calls);
}

// --- The longest

void longest_session_and_owner_ids_come_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  Activity item = bound("order-1", 1, longest_text(ctx, 's'));
  Activity neighbour = item;
  neighbour.id = 2;
  neighbour.session->back() = 'z';
  enqueue(*provider, {item, neighbour});
  const std::string owner = longest_text(ctx, 'o');
  std::string other = owner;
  other.back() = 'z';

  const LockedActivity held = take_activity(*provider, as(owner));
  provider->abandon_activity(held.token).value();

  EXPECT_TRUE(held.activity == item) << "it came back changed";
  EXPECT_TRUE(take_activity(*provider, as(other)).activity == neighbour) << "taken for the other";
  EXPECT_TRUE(nothing(provider->fetch_activity(as(other))));
  EXPECT_EQ(renewed(*provider, {owner}), 1U);
  EXPECT_TRUE(take_activity(*provider, as(owner)).activity == item);
}

void longest_tag_comes_back_equal(Context& ctx) {
  const auto provider = ctx.open();
  const Activity item = tagged("order-1", 1, longest_text(ctx, 't'));
  Activity neighbour = item;
  neighbour.tag->back() = 'z';
  enqueue(*provider, {neighbour, item});

  EXPECT_TRUE(take_activity(*provider, only({*item.tag})).activity == item)
      << "it came back changed, or was taken for the other";
  EXPECT_TRUE(nothing(provider->fetch_activity(only({*item.tag}))));
  EXPECT_TRUE(take_activity(*provider, only({*neighbour.tag})).activity == neighbour);
}

// --- Long times

constexpr Duration kTenYears = std::chrono::hours(24 * 3'652);
constexpr Duration kThousandYears = std::chrono::hours(24 * 365'250);

void session_of_ten_years_is_owned(Context& ctx) {
  const auto owner = ctx.open();
  const auto rival = ctx.open();
  enqueue(*owner, {bound("order-1", 1, "session-1")});
  const LockedActivity held = take_activity(*owner, as("worker-1", kTenYears));
  owner->ack_activity(held.token, std::nullopt).value();
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*owner, {next});

  ctx.advance(ctx.is_virtual() ? kTenYears - Duration(1) : Duration(1));
  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_EQ(renewed(*owner, {"worker-1"}, kTenYears, kThousandYears), 1U);
  ctx.advance(ctx.is_virtual() ? kTenYears - Duration(1) : Duration(1));

  EXPECT_TRUE(nothing(rival->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*owner, as("worker-1")).activity, next);
}

// Longer than the clock has been running.
void idle_timeout_of_a_thousand_years_makes_nothing_idle(Context& ctx) {
  const auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");

  ctx.advance(Duration(1));

  EXPECT_EQ(renewed(*provider, {"worker-1"}, kLongLock, kTenYears), 1U);
  EXPECT_EQ(renewed(*provider, {"worker-1"}, kLongLock, kThousandYears), 1U);
}

constexpr Capability kSessions = Capability::sessions;
constexpr Capability kTags = Capability::tags;

constexpr Validation kRows[] = {
    {"bad_session_ids_of_items_are_refused", requirement("ERR_11"),
     bad_session_ids_of_items_are_refused, Hook::none, kSessions},
    {"bad_tags_of_items_are_refused", requirement("ERR_11"), bad_tags_of_items_are_refused,
     Hook::none, kTags},
    {"session_ids_beyond_the_limit_are_refused", requirement("CAP_3"),
     session_ids_beyond_the_limit_are_refused, Hook::none, kSessions},
    {"tags_beyond_the_limit_are_refused", requirement("CAP_3"), tags_beyond_the_limit_are_refused,
     Hook::none, kTags},
    {"bad_owners_in_fetches_are_refused", requirement("ERR_11"), bad_owners_in_fetches_are_refused,
     Hook::none, kSessions},
    {"bad_tags_in_filters_are_refused", requirement("ERR_11"), bad_tags_in_filters_are_refused,
     Hook::none, kTags},
    {"owners_beyond_the_limit_are_refused_in_fetches", requirement("CAP_3"),
     owners_beyond_the_limit_are_refused_in_fetches, Hook::none, kSessions},
    {"tags_beyond_the_limit_are_refused_in_filters", requirement("CAP_3"),
     tags_beyond_the_limit_are_refused_in_filters, Hook::none, kTags},
    {"session_timeouts_of_zero_or_less_are_refused", requirement("ERR_5"),
     session_timeouts_of_zero_or_less_are_refused, Hook::none, kSessions},
    {"bad_owners_in_renewals_are_refused", requirement("ERR_11"),
     bad_owners_in_renewals_are_refused, Hook::none, kSessions},
    {"owners_beyond_the_limit_are_refused_in_renewals", requirement("CAP_3"),
     owners_beyond_the_limit_are_refused_in_renewals, Hook::none, kSessions},
    {"session_extensions_of_zero_or_less_are_refused", requirement("ERR_5"),
     session_extensions_of_zero_or_less_are_refused, Hook::none, kSessions},
    {"negative_idle_timeouts_are_refused", requirement("ERR_5"), negative_idle_timeouts_are_refused,
     Hook::none, kSessions},
    {"longest_session_and_owner_ids_come_back_equal", requirement("CAP_3"),
     longest_session_and_owner_ids_come_back_equal, Hook::none, kSessions},
    {"longest_tag_comes_back_equal", requirement("CAP_3"), longest_tag_comes_back_equal, Hook::none,
     kTags},
    {"session_of_ten_years_is_owned", requirement("TIME_1"), session_of_ten_years_is_owned,
     Hook::none, kSessions},
    {"idle_timeout_of_a_thousand_years_makes_nothing_idle", requirement("TIME_1"),
     idle_timeout_of_a_thousand_years_makes_nothing_idle, Hook::none, kSessions},
};

}  // namespace

std::span<const Validation> routing_argument_validations() { return kRows; }

}  // namespace ackproof
