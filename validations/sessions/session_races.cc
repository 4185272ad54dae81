// Sessions that several owners want at once, and what is left of sessions when a store is reopened.
#include <map>
#include <memory>
#include <set>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

using Handles = std::vector<std::unique_ptr<Provider>>;

Handles workers(Context& ctx, std::size_t n) {
  Handles handles;
  for (std::size_t i = 0; i < n; ++i) handles.push_back(ctx.open());
  return handles;
}

std::string worker(std::size_t i) { return "worker-" + std::to_string(i); }
std::string session(std::uint64_t i) { return "session-" + std::to_string(i); }

// `each` items of every session, one session after the other, with ids from 1.
std::vector<Activity> items_of_sessions(std::uint64_t sessions, std::uint64_t each) {
  std::vector<Activity> items;
  for (std::uint64_t n = 0; n < sessions * each; ++n) {
    items.push_back(bound("order-1", n + 1, session(n / each)));
  }
  return items;
}

// --- Together

void racing_owners_never_share_a_session(Context& ctx) {
  const Handles handles = workers(ctx, 4);
  const std::vector items = items_of_sessions(10, 4);
  enqueue(*handles[0], items);

  // Everything stays locked, and whoever has claimed a session can take all of it.
  const auto shares = ctx.together(handles.size(), [&](std::size_t i) {
    std::vector<Activity> share;
    while (share.size() <= items.size()) {
      const auto locked = contend(*handles[i], as(worker(i)));
      if (!locked) break;
      share.push_back(locked->activity);
    }
    return share;
  });

  std::vector<Activity> all;
  std::map<std::string, std::set<std::size_t>> owners;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    all.insert(all.end(), shares[i].begin(), shares[i].end());
    for (const Activity& item : shares[i]) owners[item.session.value_or("none")].insert(i);
  }
  EXPECT_EQ(by_id(all), items) << "an item was handed out twice, or to nobody";
  for (const auto& [of, who] : owners) EXPECT_EQ(who.size(), 1U) << of << " had several owners";
}

// Which of the racing workers got an item of the session, which has one for each of them.
std::vector<std::string> winners(Context& ctx, const Handles& handles) {
  const auto got = ctx.together(handles.size(), [&](std::size_t i) {
    return contend(*handles[i], as(worker(i))).has_value();
  });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i]) names.push_back(worker(i));
  }
  return names;
}

void one_of_racing_owners_gets_a_free_session(Context& ctx) {
  const Handles handles = workers(ctx, 4);
  for (std::uint64_t round = 0; round < 15; ++round) {
    for (std::uint64_t id = 1; id <= handles.size(); ++id) {
      enqueue(*handles[0], {bound("order-1", id, session(round))});
    }

    const std::vector<std::string> owners = winners(ctx, handles);

    ASSERT_EQ(owners.size(), 1U) << testing::PrintToString(owners);
    EXPECT_EQ(drain(*handles[0], as("worker-9")), std::vector<Activity>());
    EXPECT_EQ(drain(*handles[0], as(owners[0])).size(), handles.size() - 1);
  }
}

void one_of_racing_owners_takes_a_lapsed_session_over(Context& ctx) {
  constexpr std::uint64_t kSessions = 15;
  const Handles handles = workers(ctx, 4);
  for (std::uint64_t n = 0; n < kSessions; ++n) claim(*handles[0], "worker-9", session(n));
  const Window lapse = ctx.window();
  ASSERT_EQ(renewed(*handles[0], {"worker-9"}, lapse.length), kSessions);
  ctx.to_end(lapse);

  for (std::uint64_t round = 0; round < kSessions; ++round) {
    for (std::uint64_t id = 1; id <= handles.size(); ++id) {
      enqueue(*handles[0], {bound("order-1", id, session(round))});
    }

    const std::vector<std::string> owners = winners(ctx, handles);

    ASSERT_EQ(owners.size(), 1U) << testing::PrintToString(owners);
    EXPECT_EQ(drain(*handles[0], as("worker-9")), std::vector<Activity>());
    EXPECT_EQ(drain(*handles[0], as(owners[0])).size(), handles.size() - 1);
  }
}

// --- Reopening

void session_ownership_and_its_deadline_survive_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  const Window lapse = claim_for_a_window(ctx, *provider, "worker-1", "session-1");
  const std::vector items = {bound("order-1", 2, "session-1"), bound("order-1", 3, "session-1")};
  enqueue(*provider, items);

  provider.reset();
  provider = ctx.open();

  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  ctx.to_last_moment(lapse);
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  ctx.to_end(lapse);
  EXPECT_EQ(take_activity(*provider, as("worker-2")).activity, items[0]);
}

void owner_keeps_its_session_over_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  claim(*provider, "worker-1", "session-1");

  provider.reset();
  provider = ctx.open();
  const Activity next = bound("order-1", 2, "session-1");
  enqueue(*provider, {next});

  EXPECT_EQ(renewed(*provider, {"worker-1"}), 1U);
  EXPECT_TRUE(nothing(provider->fetch_activity(as("worker-2"))));
  EXPECT_EQ(take_activity(*provider, as("worker-1")).activity, next);
}

void session_ids_of_queued_and_locked_items_survive_a_reopen(Context& ctx) {
  auto provider = ctx.open();
  const std::vector items = {bound("order-1", 1, "session-1"), activity("order-1", 2),
                             bound("order-1", 3, "session-2"), bound("order-1", 4, "session-1")};
  enqueue(*provider, items);
  const Window lock = ctx.window();
  take_activity(*provider, as("worker-1", kLongLock, lock.length));

  provider.reset();
  provider = ctx.open();
  ctx.to_end(lock);

  EXPECT_EQ(drain(*provider, unclaimed()), std::vector{items[1]});
  EXPECT_EQ(drain(*provider, as("worker-2")), std::vector{items[2]});
  EXPECT_EQ(drain(*provider, as("worker-1")), (std::vector{items[0], items[3]}));
}

constexpr Capability kFacet = Capability::sessions;

constexpr Validation kRows[] = {
    {"racing_owners_never_share_a_session", requirement("SESS_2"),
     racing_owners_never_share_a_session},
    {"one_of_racing_owners_gets_a_free_session", requirement("SESS_2"),
     one_of_racing_owners_gets_a_free_session},
    {"one_of_racing_owners_takes_a_lapsed_session_over", requirement("SESS_2"),
     one_of_racing_owners_takes_a_lapsed_session_over},
    {"session_ownership_and_its_deadline_survive_a_reopen", requirement("DUR_5"),
     session_ownership_and_its_deadline_survive_a_reopen, Hook::none, kFacet, true},
    {"owner_keeps_its_session_over_a_reopen", requirement("DUR_5"),
     owner_keeps_its_session_over_a_reopen, Hook::none, kFacet, true},
    {"session_ids_of_queued_and_locked_items_survive_a_reopen", requirement("DUR_1"),
     session_ids_of_queued_and_locked_items_survive_a_reopen, Hook::none, kFacet, true},
};

}  // namespace

std::span<const Validation> session_race_validations() { return kRows; }

}  // namespace ackproof
