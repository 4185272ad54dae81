// A fetch that waits for an activity of somebody else's session: the session's end brings it,
// wherever the end was moved to meanwhile (POLL_1).
#include <vector>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/polling/polls.h"
#include "validations/sessions/routing.h"

namespace ackproof {

namespace {

// Three items of one session.
std::vector<Activity> enqueue_three(Provider& provider) {
  const std::vector items = {bound("order-1", 1, "session-1"), bound("order-1", 2, "session-1"),
                             bound("order-1", 3, "session-1")};
  enqueue(provider, items);
  return items;
}

void poll_brings_a_bound_activity_when_its_session_is_free(Context& ctx) {
  const auto worker = ctx.open();
  const auto owner = ctx.open();
  const std::vector<Activity> items = enqueue_three(*owner);
  const Window session = ctx.window();
  take_activity(*owner, as("worker-2", session.length));
  auto fetch = waiting_activity(ctx, *worker, as("worker-1"));

  ctx.to_last_moment(session);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(session);

  EXPECT_EQ(brought(fetch).activity, items[1]);
}

// --- The end is moved while the fetch waits for another

// Each sets the deadline of the session of worker-2; a fetch takes one item more.
struct ByRenewal {
  static constexpr std::size_t next = 1;
  static void set(Context& ctx, Provider& owner, Duration length) {
    const RenewSessions options{.owners = {"worker-2"}, .extend_for = length};
    meanwhile(ctx, [&] { return owner.renew_sessions(options); });
  }
};
struct ByFetch {
  static constexpr std::size_t next = 2;
  static void set(Context& ctx, Provider& owner, Duration length) {
    meanwhile(ctx, [&] { return owner.fetch_activity(as("worker-2", length)); });
  }
};

template <class Move>
void poll_brings_a_bound_activity_when_its_shortened_session_is_free(Context& ctx) {
  const auto worker = ctx.open();
  const auto owner = ctx.open();
  const std::vector<Activity> items = enqueue_three(*owner);
  take_activity(*owner, as("worker-2"));
  auto fetch = waiting_activity(ctx, *worker, as("worker-1"));
  const Window session = ctx.window();
  Move::set(ctx, *owner, session.length);

  ctx.to_last_moment(session);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(session);

  EXPECT_EQ(brought(fetch).activity, items[Move::next]);
}

template <class Move>
void poll_brings_a_bound_activity_when_its_prolonged_session_is_free(Context& ctx) {
  const auto worker = ctx.open();
  const auto owner = ctx.open();
  const std::vector<Activity> items = enqueue_three(*owner);
  const Window before = ctx.window();
  take_activity(*owner, as("worker-2", before.length));
  auto fetch = waiting_activity(ctx, *worker, as("worker-1"));
  const Window session = ctx.window(before.length * 2);
  Move::set(ctx, *owner, session.length);

  ctx.to_end(before);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_last_moment(session);
  EXPECT_TRUE(fetch.is_waiting());
  ctx.to_end(session);

  EXPECT_EQ(brought(fetch).activity, items[Move::next]);
}

constexpr Validation asks(std::string_view name, void (*check)(Context&)) {
  return {
      .name = name, .proves = requirement("POLL_1"), .check = check, .needs = Capability::sessions};
}

constexpr Validation kRows[] = {
    asks("poll_brings_a_bound_activity_when_its_session_is_free",
         poll_brings_a_bound_activity_when_its_session_is_free),
    asks("poll_brings_a_bound_activity_when_its_shortened_session_is_free",
         poll_brings_a_bound_activity_when_its_shortened_session_is_free<ByRenewal>),
    asks("poll_brings_a_bound_activity_when_a_fetch_has_shortened_its_session",
         poll_brings_a_bound_activity_when_its_shortened_session_is_free<ByFetch>),
    asks("poll_brings_a_bound_activity_when_its_prolonged_session_is_free",
         poll_brings_a_bound_activity_when_its_prolonged_session_is_free<ByRenewal>),
    asks("poll_brings_a_bound_activity_when_a_fetch_has_prolonged_its_session",
         poll_brings_a_bound_activity_when_its_prolonged_session_is_free<ByFetch>),
};

}  // namespace

std::span<const Validation> session_poll_validations() { return kRows; }

}  // namespace ackproof
