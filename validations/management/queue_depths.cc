// How many items each queue holds, by what keeps them from being delivered.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

QueueDepth messages(Provider& provider) { return provider.read_queue_depths().value().messages; }
QueueDepth activities(Provider& provider) {
  return provider.read_queue_depths().value().activities;
}

std::uint64_t sum(const QueueDepth& depth) {
  return depth.ready + depth.hidden + depth.locked + depth.held;
}

// --- Messages

void visible_messages_are_ready(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  EXPECT_EQ(reader->read_queue_depths().value(), QueueDepths());
  finish_instance(*provider, "order-1");

  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2)).value();
  provider->enqueue_message(external("order-2", 3)).value();
  provider->enqueue_message(start("order-2")).value();

  EXPECT_EQ(reader->read_queue_depths().value(), (QueueDepths{.messages = {.ready = 4}}));
}

void messages_are_hidden_until_they_are_visible(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2), kLongLock).value();
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 3), delay.length).value();

  ctx.to_last_moment(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 1, .hidden = 2}));
  ctx.to_end(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 2, .hidden = 1}));
}

// Also what the batch does not contain: later arrivals, and what is hidden.
void every_message_of_a_locked_instance_is_locked(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1), kLongLock).value();
  const Turn turn = wake(*provider, "order-1", 2);
  provider->enqueue_message(external("order-1", 3)).value();
  provider->enqueue_message(external("order-1", 4), kLongLock).value();
  provider->enqueue_message(start("order-2")).value();

  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 1, .locked = 4}));
  provider->ack_turn(turn.token, {}).value();
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 2, .hidden = 2}));
}

void messages_are_ready_again_when_the_lock_expires(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window lock = ctx.window();
  take_turn(*provider, {.lock_timeout = lock.length});

  ctx.to_last_moment(lock);
  EXPECT_EQ(messages(*provider), (QueueDepth{.locked = 1}));
  ctx.to_end(lock);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 1}));
}

void messages_stay_locked_while_the_lock_is_renewed(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Window lock = ctx.window();
  const Turn turn = take_turn(*provider, {.lock_timeout = lock.length});
  provider->renew_turn(turn.token, kLongLock).value();

  ctx.to_end(lock);

  EXPECT_EQ(messages(*provider), (QueueDepth{.locked = 1}));
}

void abandoned_messages_are_ready_at_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Turn turn = wake(*provider, "order-1", 2);

  provider->abandon_turn(turn.token).value();

  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 2}));
}

void messages_abandoned_with_a_delay_are_hidden_for_so_long(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_message(external("order-1", 2)).value();
  const Window delay = ctx.window();
  provider->abandon_turn(turn.token, {.delay = delay.length}).value();

  ctx.to_last_moment(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 1, .hidden = 1}));
  ctx.to_end(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 2}));
}

void messages_of_an_instance_that_has_not_started_are_held(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2)).value();
  provider->enqueue_message(external("order-1", 3), kLongLock).value();
  provider->enqueue_message(external("order-2", 4)).value();
  EXPECT_EQ(messages(*provider), (QueueDepth{.hidden = 1, .held = 3}));
  const Window delay = ctx.window();
  provider->enqueue_message(start("order-1"), delay.length).value();

  ctx.to_last_moment(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.hidden = 2, .held = 3}));
  ctx.to_end(delay);
  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 3, .hidden = 1, .held = 1}));

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(messages(*provider), (QueueDepth{.locked = 4, .held = 1}));
  provider->ack_turn(turn.token, {}).value();
  EXPECT_EQ(messages(*provider), (QueueDepth{.hidden = 1, .held = 1}));
}

void acks_change_the_depths_by_what_they_bring_and_remove(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 2), activity("order-1", 3)};
  commit.cancelled = {key_of(activity("order-1", 1)), key_of(activity("order-1", 3))};
  commit.messages = {start("order-2"), external("order-3", 4)};
  commit_turn(*provider, "order-1", commit);
  EXPECT_EQ(provider->read_queue_depths().value(),
            (QueueDepths{.messages = {.ready = 1, .held = 1}, .activities = {.ready = 1}}));

  const LockedActivity held = take_activity(*provider);
  provider->ack_activity(held.token, completion(held.activity)).value();

  EXPECT_EQ(provider->read_queue_depths().value(),
            (QueueDepths{.messages = {.ready = 2, .held = 1}}));
}

void refused_calls_leave_the_depths_as_they_are(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order-1", 2)};
  commit.messages = {start("order-2")};

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::conflict));
  EXPECT_TRUE(fails_with(provider->abandon_turn({"made up"}), ErrorKind::lock_lost));
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  EXPECT_TRUE(nothing(provider->fetch_activity({})));

  EXPECT_EQ(provider->read_queue_depths().value(), (QueueDepths{.messages = {.locked = 1}}));
}

// --- Activities

void activities_are_ready_locked_or_hidden(Context& ctx) {
  const auto provider = ctx.open();
  for (const std::uint64_t id : {1, 2, 3}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 3}));
  const LockedActivity first = take_activity(*provider);
  const LockedActivity second = take_activity(*provider);
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 1, .locked = 2}));

  const Window delay = ctx.window();
  provider->abandon_activity(first.token, {.delay = delay.length}).value();
  ctx.to_last_moment(delay);
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 1, .hidden = 1, .locked = 1}));
  ctx.to_end(delay);
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 2, .locked = 1}));

  provider->abandon_activity(second.token).value();
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 3}));
}

void activities_are_ready_again_when_the_lock_expires(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Window lock = ctx.window();
  take_activity(*provider, {.lock_timeout = lock.length});

  ctx.to_last_moment(lock);
  EXPECT_EQ(activities(*provider), (QueueDepth{.locked = 1}));
  ctx.to_end(lock);
  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 1}));
}

void cancelled_activities_count_no_more(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  for (const std::uint64_t id : {1, 2, 3}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  take_activity(*provider);
  TurnCommit commit;
  commit.cancelled = {key_of(activity("order-1", 1)), key_of(activity("order-1", 2))};

  commit_turn(*provider, "order-1", commit);

  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 1}));
}

void activities_of_a_session_owned_by_another_are_ready(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(bound("order-1", 1, "session-1")).value();
  provider->enqueue_activity(bound("order-1", 2, "session-1")).value();
  take_activity(*provider,
                {.lock_timeout = kLongLock,
                 .session = SessionClaim{.owner = "worker-1", .lock_timeout = kLongLock}});

  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 1, .locked = 1}));
}

void activities_with_a_tag_are_ready(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(tagged("order-1", 1, "gpu")).value();
  provider->enqueue_activity(tagged("order-1", 2, "")).value();
  EXPECT_TRUE(nothing(provider->fetch_activity({})));

  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 2}));
}

// --- Both

void undecodable_messages_are_counted(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_message(external("order-1", 2)).value();

  ctx.corrupt_message("order-1", 1);

  EXPECT_EQ(messages(*provider), (QueueDepth{.ready = 2}));
}

void undecodable_activities_are_counted(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();

  ctx.corrupt_activity(key_of(activity("order-1", 1)));

  EXPECT_EQ(activities(*provider), (QueueDepth{.ready = 2}));
}

// Looks several times while the other caller does one thing.
template <class Step>
std::vector<QueueDepths> looks_during(Context& ctx, std::size_t round, Provider& reader,
                                      const Step& step) {
  constexpr int kLooks = 5;
  return meet(ctx, round, [&](std::size_t i) {
    std::vector<QueueDepths> all;
    if (i == 1) step();
    for (int n = 0; i == 0 && n < kLooks; ++n) {
      all.push_back(insist([&] { return reader.read_queue_depths(); }).value());
    }
    return all;
  })[0];
}

// One lock takes all messages of the instance at once, so a reader sees all ready or all locked.
void depths_of_messages_are_of_one_moment(Context& ctx) {
  constexpr std::uint64_t kMessages = 5;
  const auto worker = ctx.open();
  const auto reader = ctx.open();
  create_instance(*worker, "order-1");
  for (std::uint64_t id = 1; id <= kMessages; ++id) {
    worker->enqueue_message(external("order-1", id)).value();
  }
  std::optional<Turn> turn;

  for (std::size_t round = 0; round < 60; ++round) {
    const auto seen = looks_during(ctx, round, *reader, [&] {
      if (turn) {
        insist([&] { return worker->abandon_turn(turn->token); }).value();
        turn.reset();
      } else {
        turn = insist_turn(*worker);
      }
    });
    for (const QueueDepths& depths : seen) {
      const bool locked = depths.messages.locked > 0;
      EXPECT_EQ(depths.messages,
                locked ? QueueDepth{.locked = kMessages} : QueueDepth{.ready = kMessages});
    }
  }
}

// An ack turns an activity into a message in one step: together they are as many as before.
void depths_of_both_queues_are_of_one_moment(Context& ctx) {
  constexpr std::uint64_t kItems = 60;
  const auto worker = ctx.open();
  const auto reader = ctx.open();
  TurnCommit commit = commit_events({event(1)});
  for (std::uint64_t id = 1; id <= kItems; ++id) {
    commit.activities.push_back(activity("order-1", id));
  }
  commit_start(*worker, start("order-1"), commit);

  for (std::size_t round = 0; round < kItems; ++round) {
    const LockedActivity held = take_activity(*worker);
    const auto seen = looks_during(ctx, round, *reader, [&] {
      const Message done = completion(held.activity);
      insist([&] { return worker->ack_activity(held.token, done); }).value();
    });
    for (const QueueDepths& depths : seen) {
      EXPECT_EQ(sum(depths.messages) + sum(depths.activities), kItems)
          << testing::PrintToString(depths);
    }
  }
  EXPECT_EQ(reader->read_queue_depths().value(), (QueueDepths{.messages = {.ready = kItems}}));
}

void depths_are_the_same_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  const LockedActivity first = take_activity(*provider);
  provider->abandon_activity(first.token, {.delay = kLongLock}).value();
  take_activity(*provider);
  wake(*provider, "order-1", 1);
  provider->enqueue_message(start("order-2")).value();
  provider->enqueue_message(start("order-3"), kLongLock).value();
  provider->enqueue_message(external("order-4", 1)).value();

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(provider->read_queue_depths().value(),
            (QueueDepths{.messages = {.ready = 1, .hidden = 1, .locked = 1, .held = 1},
                         .activities = {.hidden = 1, .locked = 1}}));
}

constexpr const Requirement& kClause = requirement("MGMT_2");

constexpr Validation kRows[] = {
    {"visible_messages_are_ready", kClause, visible_messages_are_ready},
    {"messages_are_hidden_until_they_are_visible", kClause,
     messages_are_hidden_until_they_are_visible},
    {"every_message_of_a_locked_instance_is_locked", kClause,
     every_message_of_a_locked_instance_is_locked},
    {"messages_are_ready_again_when_the_lock_expires", kClause,
     messages_are_ready_again_when_the_lock_expires},
    {"messages_stay_locked_while_the_lock_is_renewed", kClause,
     messages_stay_locked_while_the_lock_is_renewed},
    {"abandoned_messages_are_ready_at_once", kClause, abandoned_messages_are_ready_at_once},
    {"messages_abandoned_with_a_delay_are_hidden_for_so_long", kClause,
     messages_abandoned_with_a_delay_are_hidden_for_so_long},
    {"messages_of_an_instance_that_has_not_started_are_held", kClause,
     messages_of_an_instance_that_has_not_started_are_held},
    {"acks_change_the_depths_by_what_they_bring_and_remove", kClause,
     acks_change_the_depths_by_what_they_bring_and_remove},
    {"refused_calls_leave_the_depths_as_they_are", kClause,
     refused_calls_leave_the_depths_as_they_are},
    {"activities_are_ready_locked_or_hidden", kClause, activities_are_ready_locked_or_hidden},
    {"activities_are_ready_again_when_the_lock_expires", kClause,
     activities_are_ready_again_when_the_lock_expires},
    {"cancelled_activities_count_no_more", kClause, cancelled_activities_count_no_more},
    {"activities_of_a_session_owned_by_another_are_ready", kClause,
     activities_of_a_session_owned_by_another_are_ready, Hook::none, Capability::sessions},
    {"activities_with_a_tag_are_ready", kClause, activities_with_a_tag_are_ready, Hook::none,
     Capability::tags},
    {"undecodable_messages_are_counted", kClause, undecodable_messages_are_counted,
     Hook::corrupt_message},
    {"undecodable_activities_are_counted", kClause, undecodable_activities_are_counted,
     Hook::corrupt_activity},
    {"depths_of_messages_are_of_one_moment", kClause, depths_of_messages_are_of_one_moment},
    {"depths_of_both_queues_are_of_one_moment", kClause, depths_of_both_queues_are_of_one_moment},
    {"depths_are_the_same_after_reopening", kClause, depths_are_the_same_after_reopening,
     Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> queue_depth_validations() { return kRows; }

}  // namespace ackproof
