// Several fetches that wait at a time, and everything else that goes on meanwhile (POLL_2); and
// what ends the waiting of a fetch that takes only some of the work.
#include <algorithm>
#include <functional>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/polling/polls.h"

namespace ackproof {

namespace {

// --- Other calls

// A turn and an activity in hand, from before the waiting.
struct InHand {
  Turn turn;
  LockedActivity locked;
};

InHand take_both(Provider& provider) {
  create_instance(provider, "order-8");
  provider.enqueue_activity(activity("order-8", 8)).value();
  return {wake(provider, "order-8", 1), take_activity(provider)};
}

// One call of each, none of which makes anything deliverable.
bool make_calls(Provider& provider, const InHand& held) {
  (void)provider.describe();
  insist([&] { return provider.renew_turn(held.turn.token, kLongLock); }).value();
  insist([&] { return provider.renew_activity(held.locked.token, kLongLock); }).value();
  insist([&] { return provider.enqueue_message(external("order-7", 1)); }).value();
  insist([&] { return provider.fetch_turn({}); }).value();
  insist([&] { return provider.fetch_activity({}); }).value();
  insist([&] { return provider.ack_turn(held.turn.token, commit_events({event(2)})); }).value();
  insist([&] { return provider.ack_activity(held.locked.token, std::nullopt); }).value();
  insist([&] { return provider.read_history("order-8"); }).value();
  insist([&] { return provider.read_instance("order-8"); }).value();
  return true;
}

template <class Queue>
void waiting_hinders_no_call_on_its_handle(Context& ctx) {
  const auto provider = ctx.open();
  const InHand held = take_both(*provider);
  auto fetch = waiting_fetch<Queue>(ctx, *provider);

  auto calls = aside(ctx, [&] { return make_calls(*provider, held); });

  EXPECT_TRUE(calls.answer());
  EXPECT_TRUE(fetch.is_waiting());
  put<Queue>(ctx, *provider, 1);
  EXPECT_EQ(brought(fetch).item, 1U);
  EXPECT_EQ(provider->read_history("order-8").value(), events(1, 2));
}

template <class Queue>
void waiting_hinders_no_call_on_another_handle(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  const InHand held = take_both(*other);
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  auto calls = aside(ctx, [&] { return make_calls(*other, held); });

  EXPECT_TRUE(calls.answer());
  EXPECT_TRUE(fetch.is_waiting());
  put<Queue>(ctx, *other, 1);
  EXPECT_EQ(brought(fetch).item, 1U);
  EXPECT_EQ(other->read_history("order-8").value(), events(1, 2));
}

// The new handle brings the work.
template <class Queue>
void waiting_hinders_no_handle_from_being_opened(Context& ctx) {
  const auto worker = ctx.open();
  auto fetch = waiting_fetch<Queue>(ctx, *worker);

  auto opened = aside(ctx, [&] {
    Queue::put(*ctx.open(), 1);
    return true;
  });

  EXPECT_TRUE(opened.answer());
  EXPECT_EQ(brought(fetch).item, 1U);
}

// --- Several waiters

// One after the other comes back with one item.
template <class Queue>
void each_item_comes_to_one_of_two_waiters(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  const auto sender = ctx.open();
  auto first = waiting_fetch<Queue>(ctx, *one);
  auto second = waiting_fetch<Queue>(ctx, *other);

  put<Queue>(ctx, *sender, 1);
  EXPECT_TRUE(first.is_waiting() || second.is_waiting());
  put<Queue>(ctx, *sender, 2);

  std::vector<std::uint64_t> items = {brought(first).item, brought(second).item};
  std::ranges::sort(items);
  EXPECT_EQ(items, (std::vector<std::uint64_t>{1, 2}));
}

// So two fetches wait on one handle.
template <class Queue>
void each_item_comes_to_one_of_two_waiters_of_a_handle(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  auto first = waiting_fetch<Queue>(ctx, *worker);
  auto second = waiting_fetch<Queue>(ctx, *worker);

  put<Queue>(ctx, *sender, 1);
  EXPECT_TRUE(first.is_waiting() || second.is_waiting());
  put<Queue>(ctx, *sender, 2);

  std::vector<std::uint64_t> items = {brought(first).item, brought(second).item};
  std::ranges::sort(items);
  EXPECT_EQ(items, (std::vector<std::uint64_t>{1, 2}));
}

template <class Queue>
void one_commit_ends_the_waiting_of_many(Context& ctx) {
  constexpr std::uint64_t kWaiters = 4;
  const auto sender = ctx.open();
  sender->enqueue_message(start("source")).value();
  const Turn source = take_turn(*sender);
  TurnCommit commit;
  std::vector<std::uint64_t> sent;
  std::vector<std::unique_ptr<Provider>> workers;
  for (std::uint64_t n = 1; n <= kWaiters; ++n) {
    commit.messages.push_back(start("order-" + std::to_string(n)));
    commit.activities.push_back(activity("order-1", n));
    sent.push_back(n);
    workers.push_back(ctx.open());
  }
  std::vector<WaitingFetch<Taken>> fetches;
  for (const auto& worker : workers) fetches.push_back(waiting_fetch<Queue>(ctx, *worker));

  meanwhile(ctx, [&] { return sender->ack_turn(source.token, commit); });

  std::vector<std::uint64_t> items;
  for (auto& fetch : fetches) items.push_back(brought(fetch).item);
  std::ranges::sort(items);
  EXPECT_EQ(items, sent);
}

// Whoever waits longest waits for the other queue.
template <class Queue, class Other>
void work_of_one_queue_ends_no_waiting_for_the_other(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  const auto sender = ctx.open();
  auto first = waiting_fetch<Other>(ctx, *one);
  auto second = waiting_fetch<Queue>(ctx, *other);

  put<Queue>(ctx, *sender, 1);

  EXPECT_EQ(brought(second).item, 1U);
  EXPECT_TRUE(first.is_waiting());
  put<Other>(ctx, *sender, 2);
  EXPECT_EQ(brought(first).item, 2U);
}

void one_commit_ends_the_waiting_for_both_queues(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_message(start("source")).value();
  const Turn source = take_turn(*sender);
  TurnCommit commit;
  commit.messages = {start("order-1")};
  commit.activities = {activity("order-1", 2)};
  auto turn = waiting_fetch<Turns>(ctx, *one);
  auto work = waiting_fetch<Activities>(ctx, *other);

  meanwhile(ctx, [&] { return sender->ack_turn(source.token, commit); });

  EXPECT_EQ(brought(turn).item, 1U);
  EXPECT_EQ(brought(work).item, 2U);
}

// The item arrives when the fetch is about to look, has looked, or is about to wait. Which of the
// two threads is a little ahead depends on their order.
template <class Queue>
void arrival_at_the_beginning_of_a_poll_is_not_missed(Context& ctx) {
  constexpr std::uint64_t kRounds = 100;
  constexpr int kSlacks = 3;
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  const Duration timeout = endless(ctx);
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    const std::size_t fetcher = round % 2;
    auto both = aside(ctx, [&] {
      return ctx.together(2, [&](std::size_t i) {
        if (i == fetcher) {
          return insist([&] { return Queue::fetch(*worker, kLongLock, timeout); }).value();
        }
        put_insisting<Queue>(*sender, round);
        return std::optional<Taken>();
      });
    });

    const Duration slack = ctx.description().capabilities.poll_slack;
    for (int n = 0; n < kSlacks && both.is_waiting(); ++n) ctx.advance(slack);

    const std::optional<Taken> taken = both.answer()[fetcher];
    ASSERT_TRUE(taken.has_value());
    ASSERT_EQ(taken->item, round);
  }
}

// --- Waiters that take only some of the work

// What the second waiter wants goes to it, past the first, who gets his own afterwards.
void expect_each_gets_his_own(Context& ctx, const FetchActivity& one, const Activity& for_one,
                              const FetchActivity& other, const Activity& for_other) {
  const auto worker = ctx.open();
  const auto colleague = ctx.open();
  const auto sender = ctx.open();
  auto first = waiting_activity(ctx, *worker, one);
  auto second = waiting_activity(ctx, *colleague, other);

  meanwhile(ctx, [&] { return sender->enqueue_activity(for_other); });
  EXPECT_EQ(brought(second).activity, for_other);
  EXPECT_TRUE(first.is_waiting());
  meanwhile(ctx, [&] { return sender->enqueue_activity(for_one); });

  EXPECT_EQ(brought(first).activity, for_one);
}

const FetchActivity kUntagged;
const FetchActivity kTagged{.tags = {.kind = TagFilter::Kind::tags, .tags = {"gpu"}}};
const FetchActivity kOwner{.session = SessionClaim{.owner = "worker-1", .lock_timeout = kLongLock}};

void tagged_activity_comes_to_the_waiter_that_wants_its_tag(Context& ctx) {
  expect_each_gets_his_own(ctx, kUntagged, activity("order-1", 1), kTagged,
                           tagged("order-1", 2, "gpu"));
}

void untagged_activity_comes_past_a_waiter_that_wants_tags(Context& ctx) {
  expect_each_gets_his_own(ctx, kTagged, tagged("order-1", 2, "gpu"), kUntagged,
                           activity("order-1", 1));
}

void bound_activity_comes_to_the_waiter_that_takes_sessions(Context& ctx) {
  expect_each_gets_his_own(ctx, FetchActivity(), activity("order-1", 1), kOwner,
                           bound("order-1", 2, "session-1"));
}

std::vector<VersionRange> versions(std::uint64_t major) {
  return {{.lowest = {.major = major}, .highest = {.major = major, .minor = 99}}};
}

void pin(Provider& provider, const std::string& instance, std::uint64_t major) {
  TurnCommit pinning = commit_events({event(1)});
  pinning.metadata.pinned_version = EngineVersion{.major = major};
  commit_start(provider, start(instance), pinning);
}

void pinned_instance_comes_to_the_waiter_that_supports_it(Context& ctx) {
  const auto worker = ctx.open();
  const auto colleague = ctx.open();
  const auto sender = ctx.open();
  pin(*sender, "order-1", 1);
  pin(*sender, "order-2", 2);
  auto first = waiting_turn(ctx, *worker, {.versions = versions(1)});
  auto second = waiting_turn(ctx, *colleague, {.versions = versions(2)});

  meanwhile(ctx, [&] { return sender->enqueue_message(external("order-2", 1)); });
  EXPECT_EQ(brought(second).messages, std::vector{external("order-2", 1)});
  EXPECT_TRUE(first.is_waiting());
  meanwhile(ctx, [&] { return sender->enqueue_message(external("order-1", 1)); });

  EXPECT_EQ(brought(first).messages, std::vector{external("order-1", 1)});
}

// --- Work that is there, and becomes admissible

void poll_brings_an_instance_when_its_pin_is_supported(Context& ctx) {
  const auto worker = ctx.open();
  const auto other = ctx.open();
  pin(*other, "order-1", 2);
  const Turn held = wake(*other, "order-1", 1);
  other->enqueue_message(external("order-1", 2)).value();
  auto fetch = waiting_turn(ctx, *worker, {.versions = versions(1)});
  EXPECT_TRUE(fetch.is_waiting());
  TurnCommit pinning;
  pinning.metadata.pinned_version = EngineVersion{.major = 1};

  meanwhile(ctx, [&] { return other->ack_turn(held.token, pinning); });

  EXPECT_EQ(brought(fetch).messages, std::vector{external("order-1", 2)});
}

void poll_waits_on_beside_an_instance_that_it_does_not_support(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  pin(*sender, "order-1", 2);
  sender->enqueue_message(external("order-1", 1)).value();

  auto fetch = waiting_turn(ctx, *worker, {.versions = versions(1)});
  EXPECT_TRUE(fetch.is_waiting());
  meanwhile(ctx, [&] { return sender->enqueue_message(start("order-2")); });

  EXPECT_EQ(brought(fetch).messages, std::vector{start("order-2")});
}

// Nobody's filter admits the one, and nobody but its owner may take the other.
void poll_waits_on_beside_an_activity_that_it_does_not_take(Context& ctx) {
  const auto worker = ctx.open();
  const auto sender = ctx.open();
  sender->enqueue_activity(tagged("order-1", 1, "gpu")).value();

  auto fetch = waiting_activity(ctx, *worker);
  EXPECT_TRUE(fetch.is_waiting());
  meanwhile(ctx, [&] { return sender->enqueue_activity(activity("order-1", 2)); });

  EXPECT_EQ(brought(fetch).activity, activity("order-1", 2));
}

constexpr Validation kRows[] = {
    {"waiting_for_a_turn_hinders_no_call_on_its_handle", requirement("POLL_2"),
     waiting_hinders_no_call_on_its_handle<Turns>},
    {"waiting_for_an_activity_hinders_no_call_on_its_handle", requirement("POLL_2"),
     waiting_hinders_no_call_on_its_handle<Activities>},
    {"waiting_for_a_turn_hinders_no_call_on_another_handle", requirement("POLL_2"),
     waiting_hinders_no_call_on_another_handle<Turns>},
    {"waiting_for_an_activity_hinders_no_call_on_another_handle", requirement("POLL_2"),
     waiting_hinders_no_call_on_another_handle<Activities>},
    {"waiting_for_a_turn_hinders_no_handle_from_being_opened", requirement("POLL_2"),
     waiting_hinders_no_handle_from_being_opened<Turns>},
    {"waiting_for_an_activity_hinders_no_handle_from_being_opened", requirement("POLL_2"),
     waiting_hinders_no_handle_from_being_opened<Activities>},
    {"each_turn_comes_to_one_of_two_waiters", requirement("POLL_2"),
     each_item_comes_to_one_of_two_waiters<Turns>},
    {"each_activity_comes_to_one_of_two_waiters", requirement("POLL_2"),
     each_item_comes_to_one_of_two_waiters<Activities>},
    {"each_turn_comes_to_one_of_two_waiters_of_a_handle", requirement("POLL_2"),
     each_item_comes_to_one_of_two_waiters_of_a_handle<Turns>},
    {"each_activity_comes_to_one_of_two_waiters_of_a_handle", requirement("POLL_2"),
     each_item_comes_to_one_of_two_waiters_of_a_handle<Activities>},
    {"one_commit_ends_the_waiting_for_many_turns", requirement("POLL_2"),
     one_commit_ends_the_waiting_of_many<Turns>},
    {"one_commit_ends_the_waiting_for_many_activities", requirement("POLL_2"),
     one_commit_ends_the_waiting_of_many<Activities>},
    {"one_commit_ends_the_waiting_for_both_queues", requirement("POLL_2"),
     one_commit_ends_the_waiting_for_both_queues},
    {"turn_comes_past_a_waiter_for_activities", requirement("POLL_2"),
     work_of_one_queue_ends_no_waiting_for_the_other<Turns, Activities>},
    {"activity_comes_past_a_waiter_for_turns", requirement("POLL_2"),
     work_of_one_queue_ends_no_waiting_for_the_other<Activities, Turns>},
    {"turn_that_arrives_as_a_poll_begins_is_not_missed", requirement("POLL_1"),
     arrival_at_the_beginning_of_a_poll_is_not_missed<Turns>},
    {"activity_that_arrives_as_a_poll_begins_is_not_missed", requirement("POLL_1"),
     arrival_at_the_beginning_of_a_poll_is_not_missed<Activities>},
    {"tagged_activity_comes_to_the_waiter_that_wants_its_tag", requirement("POLL_2"),
     tagged_activity_comes_to_the_waiter_that_wants_its_tag, Hook::none, Capability::tags},
    {"untagged_activity_comes_past_a_waiter_that_wants_tags", requirement("POLL_2"),
     untagged_activity_comes_past_a_waiter_that_wants_tags, Hook::none, Capability::tags},
    {"bound_activity_comes_to_the_waiter_that_takes_sessions", requirement("POLL_2"),
     bound_activity_comes_to_the_waiter_that_takes_sessions, Hook::none, Capability::sessions},
    {"pinned_instance_comes_to_the_waiter_that_supports_it", requirement("POLL_2"),
     pinned_instance_comes_to_the_waiter_that_supports_it, Hook::none, Capability::version_filter},
    {"poll_brings_an_instance_when_its_pin_is_supported", requirement("POLL_1"),
     poll_brings_an_instance_when_its_pin_is_supported, Hook::none, Capability::version_filter},
    {"poll_waits_on_beside_an_instance_that_it_does_not_support", requirement("POLL_1"),
     poll_waits_on_beside_an_instance_that_it_does_not_support, Hook::none,
     Capability::version_filter},
    {"poll_waits_on_beside_an_activity_that_it_does_not_take", requirement("POLL_1"),
     poll_waits_on_beside_an_activity_that_it_does_not_take, Hook::none, Capability::tags},
};

}  // namespace

std::span<const Validation> waiting_fetch_validations() { return kRows; }

}  // namespace ackproof
