// One ack is one step: it happens wholly or not at all, for every reader, and once.
#include <algorithm>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// A turn of order-1 with something stored wherever a commit can change something.
struct Scene {
  std::unique_ptr<Provider> provider;  // Holds the turn.
  std::unique_ptr<Provider> other;     // Holds the activity.
  LockedActivity in_flight;            // Activity 1 of order-1; activity 2 waits in the queue.
  Turn turn;
  std::optional<InstanceInfo> record;  // Of order-1, as it was before the ack.
};

Scene set_scene(Context& ctx) {
  Scene scene{.provider = ctx.open(), .other = ctx.open()};
  create_instance(*scene.provider, "order-1");
  create_instance(*scene.provider, "order-2");
  scene.provider->enqueue_activity(activity("order-1", 1)).value();
  scene.provider->enqueue_activity(activity("order-1", 2)).value();
  scene.in_flight = take_activity(*scene.other);
  scene.turn = wake(*scene.provider, "order-1", 7);
  scene.record = scene.provider->read_instance("order-1").value();
  return scene;
}

// Every part that there is, and in every part that has a list more than one item.
TurnCommit full_commit() {
  TurnCommit commit = commit_events(events(2, 3));
  commit.activities = {activity("order-1", 3), activity("order-1", 4)};
  commit.messages = {external("order-1", 8), external("order-2", 9), start("order-3")};
  commit.cancelled = {key_of(activity("order-1", 1)), key_of(activity("order-1", 2))};
  commit.metadata = {
      .status = Status::completed, .output = "done", .name = "Renamed", .version = "2.0.0"};
  return commit;
}

// That nothing of the scene has changed, the turn and the activity are still held, and their tokens
// still good.
void expect_untouched(Scene& scene) {
  EXPECT_EQ(scene.other->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(scene.other->read_instance("order-1").value(), scene.record);
  EXPECT_TRUE(nothing(scene.other->read_instance("order-3")));
  EXPECT_EQ(drain_messages(*scene.other), std::vector<Message>())
      << "the instance was set free, or messages were enqueued";
  EXPECT_EQ(drain_activities(*scene.other), std::vector{activity("order-1", 2)});
  EXPECT_TRUE(succeeds(scene.other->ack_activity(scene.in_flight.token, std::nullopt)));
  EXPECT_TRUE(succeeds(scene.provider->renew_turn(scene.turn.token, kLongLock)));
  EXPECT_TRUE(succeeds(scene.provider->ack_turn(scene.turn.token, commit_events(events(2, 2)))));
  EXPECT_EQ(drain_messages(*scene.other), std::vector<Message>())
      << "messages of the refused commit were in the queue";
  EXPECT_EQ(scene.other->read_history("order-1").value(), events(1, 2));
}

// --- ACK_1

void failed_ack_rolls_everything_back(Context& ctx) {
  Scene scene = set_scene(ctx);
  TurnCommit commit = full_commit();
  commit.events.push_back(event(1));  // Stored already; everything before it is in order.

  const Result<void> acked = scene.provider->ack_turn(scene.turn.token, commit);

  EXPECT_TRUE(fails_with(acked, ErrorKind::conflict));
  expect_untouched(scene);
}

void commit_with_one_bad_item_at_its_end_changes_nothing(Context& ctx) {
  Scene scene = set_scene(ctx);
  std::vector<TurnCommit> commits(5, full_commit());
  commits[0].events.push_back(event(0));
  commits[1].activities.push_back({.instance = "order-1", .id = 5, .name = ""});
  commits[2].messages.push_back(external("", 10));
  commits[3].cancelled.push_back({.instance = "order-1", .execution = 0, .id = 1});
  commits[4].metadata.name = std::string("order\0", 6);

  for (const TurnCommit& commit : commits) {
    EXPECT_TRUE(fails_with(scene.provider->ack_turn(scene.turn.token, commit), ErrorKind::invalid));
  }

  expect_untouched(scene);
}

void multi_operation_ack_is_atomic(Context& ctx) {
  Scene scene = set_scene(ctx);
  const auto& other = scene.other;

  const Result<void> acked = scene.provider->ack_turn(scene.turn.token, full_commit());

  EXPECT_TRUE(succeeds(acked));
  EXPECT_EQ(other->read_history("order-1").value(), events(1, 3));
  const InstanceInfo record{.instance = "order-1",
                            .name = "Renamed",
                            .version = "2.0.0",
                            .status = Status::completed,
                            .output = "done"};
  EXPECT_EQ(record_of(*other, "order-1"), record);
  EXPECT_EQ(drain_activities(*other),
            (std::vector{activity("order-1", 3), activity("order-1", 4)}));
  EXPECT_TRUE(
      fails_with(other->renew_activity(scene.in_flight.token, kLongLock), ErrorKind::lock_lost));
  const std::vector<Message> drained = drain_messages(*other);
  EXPECT_EQ(sent_to("order-1", drained), std::vector{external("order-1", 8)});
  EXPECT_EQ(sent_to("order-2", drained), std::vector{external("order-2", 9)});
  EXPECT_EQ(sent_to("order-3", drained), std::vector{start("order-3")});
  EXPECT_EQ(drained.size(), 3U) << "messages for an instance that was never named";
}

// What one look at order-1 saw: its output, then its history, then its output again. The output is
// the number of acks, written with two digits; each ack adds two events.
struct Look {
  std::optional<Bytes> output_before;
  std::vector<Event> history;
  std::optional<Bytes> output_after;
};

constexpr std::uint64_t kAcks = 20;

Bytes output_of(std::uint64_t acks) { return (acks < 10 ? "0" : "") + std::to_string(acks); }

// As many acks as can be seen, one after the other.
std::vector<Look> ack_often(Provider& provider) {
  for (std::uint64_t n = 1; n <= kAcks; ++n) {
    insist([&] { return provider.enqueue_message(external("order-1", n)); }).value();
    const auto turn = insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); });
    if (!turn.value()) throw StepFailed("fetch_turn returned nothing although order-1 is ready");
    TurnCommit commit = commit_events(events(2 * n, 2 * n + 1));
    commit.metadata.output = output_of(n);
    insist([&] { return provider.ack_turn(turn.value()->token, commit); }).value();
  }
  return {};
}

// Looks until the last ack can be seen, or for a good while.
std::vector<Look> look_often(Provider& provider) {
  constexpr std::size_t kLooks = 2'000;
  const auto output = [&] {
    const auto record = insist([&] { return provider.read_instance("order-1"); }).value();
    return record ? record->output : std::nullopt;
  };
  std::vector<Look> looks;
  while (looks.size() < kLooks &&
         (looks.empty() || looks.back().output_before < output_of(kAcks))) {
    Look look{.output_before = output()};
    look.history = insist([&] { return provider.read_history("order-1"); }).value();
    look.output_after = output();
    looks.push_back(std::move(look));
  }
  return looks;
}

void reader_never_sees_half_an_ack(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");

  const auto looks = ctx.together(
      2, [&](std::size_t i) { return i == 0 ? ack_often(*writer) : look_often(*reader); });

  for (const Look& look : looks[1]) {
    ASSERT_EQ(look.history, events(1, look.history.size()));
    ASSERT_EQ(look.history.size() % 2, 1U) << "one of the two events of an ack was seen";
    const std::uint64_t acks = look.history.size() / 2;
    const std::optional<Bytes> output =
        acks == 0 ? std::nullopt : std::optional<Bytes>(output_of(acks));
    ASSERT_LE(look.output_before, output) << "an output was seen before its ack's events";
    ASSERT_GE(look.output_after, output) << "events were seen before their ack's output";
  }
}

// What can be had, at one moment.
struct Found {
  std::optional<LockedActivity> activity;
  std::optional<Turn> turn;
};

Found find(Provider& provider) {
  return {insist([&] { return provider.fetch_activity({.lock_timeout = kLongLock}); }).value(),
          insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); }).value()};
}

// What could be had once this event of order-1 had been seen; nothing if it never was.
std::optional<Found> find_after(Provider& provider, std::uint64_t event) {
  constexpr int kLooks = 10'000;
  for (int look = 0; look < kLooks; ++look) {
    const auto history = insist([&] { return provider.read_history("order-1"); });
    if (history.value().size() >= event) return find(provider);
  }
  return std::nullopt;
}

void who_sees_the_events_of_an_ack_sees_its_items_and_the_free_instance(Context& ctx) {
  constexpr std::uint64_t kRounds = 10;
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");

  for (std::uint64_t n = 2; n < 2 + kRounds; ++n) {
    const Turn turn = wake(*writer, "order-1", n);
    TurnCommit commit = commit_events({event(n)});
    commit.activities = {activity("order-1", n)};
    commit.messages = {external("order-1", 100 + n)};
    const auto seen = ctx.together(2, [&](std::size_t i) -> std::optional<Found> {
      if (i == 1) return find_after(*reader, n);
      insist([&] { return writer->ack_turn(turn.token, commit); }).value();
      return std::nullopt;
    });
    const Found found = seen[1] ? *seen[1] : find(*reader);

    ASSERT_TRUE(found.activity) << "the event was there and the activity was not";
    EXPECT_EQ(found.activity->activity, activity("order-1", n));
    ASSERT_TRUE(found.turn) << "the event was there; the message was not, or the lock still was";
    EXPECT_EQ(found.turn->messages, std::vector{external("order-1", 100 + n)});
    EXPECT_EQ(found.turn->history, events(1, n));
    reader->ack_activity(found.activity->token, std::nullopt).value();
    reader->ack_turn(found.turn->token, {}).value();
  }
}

// --- ACK_2

void ack_with_a_token_that_opens_no_turn_changes_nothing(Context& ctx) {
  Scene scene = set_scene(ctx);
  std::string altered = scene.turn.token.value;
  altered.at(0) = static_cast<char>(altered.at(0) ^ 1);
  const std::vector<LockToken> tokens = {
      {""}, {"no-such-token"}, {altered}, {scene.turn.token.value + "0"}, scene.in_flight.token};

  for (const LockToken& token : tokens) {
    EXPECT_TRUE(fails_with(scene.other->ack_turn(token, full_commit()), ErrorKind::lock_lost))
        << testing::PrintToString(token);
  }

  expect_untouched(scene);
}

void ack_with_the_token_of_an_abandoned_turn_changes_nothing(Context& ctx) {
  Scene scene = set_scene(ctx);
  const LockToken abandoned = scene.turn.token;
  scene.provider->abandon_turn(abandoned).value();

  EXPECT_TRUE(fails_with(scene.provider->ack_turn(abandoned, full_commit()), ErrorKind::lock_lost));
  scene.turn = take_turn(*scene.provider);
  EXPECT_TRUE(fails_with(scene.provider->ack_turn(abandoned, full_commit()), ErrorKind::lock_lost));

  expect_untouched(scene);
}

void ack_after_the_deadline_changes_nothing(Context& ctx) {
  Scene scene = set_scene(ctx);
  scene.provider->abandon_turn(scene.turn.token).value();
  const Window lock = ctx.window();
  const LockToken expired = take_turn(*scene.provider, {.lock_timeout = lock.length}).token;

  ctx.to_end(lock);

  EXPECT_TRUE(fails_with(scene.provider->ack_turn(expired, full_commit()), ErrorKind::lock_lost));
  scene.turn = take_turn(*scene.provider);
  EXPECT_TRUE(fails_with(scene.provider->ack_turn(expired, full_commit()), ErrorKind::lock_lost));
  expect_untouched(scene);
}

// --- ACK_3

// Events would betray the second ack by their ids, so there are none in it.
TurnCommit commit_without_events(std::uint64_t id) {
  return {.activities = {activity("order-1", id)},
          .messages = {external("order-1", id), external("order-2", id)}};
}

void two_acks_with_one_token_never_both_succeed(Context& ctx) {
  constexpr std::uint64_t kRounds = 20;
  const std::unique_ptr<Provider> handles[] = {ctx.open(), ctx.open()};
  Provider& provider = *handles[0];
  create_instance(provider, "order-1");
  create_instance(provider, "order-2");

  for (std::uint64_t n = 1; n <= kRounds; ++n) {
    const Turn turn = wake(provider, "order-1", 100 + n);
    const std::vector<Result<void>> acked = ctx.together(2, [&](std::size_t i) {
      return insist([&] { return handles[i]->ack_turn(turn.token, commit_without_events(n)); });
    });

    ASSERT_NE(acked[0].has_value(), acked[1].has_value()) << "exactly one may succeed";
    EXPECT_TRUE(fails_with(acked[acked[0] ? 1 : 0], ErrorKind::lock_lost));
    EXPECT_EQ(drain_activities(provider), std::vector{activity("order-1", n)});
    const std::vector<Message> drained = drain_messages(provider);
    EXPECT_EQ(sent_to("order-1", drained), std::vector{external("order-1", n)});
    EXPECT_EQ(sent_to("order-2", drained), std::vector{external("order-2", n)});
  }
}

void ack_that_is_repeated_is_refused_and_adds_nothing(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  const Turn turn = wake(*provider, "order-1", 7);
  provider->ack_turn(turn.token, commit_without_events(1)).value();

  const Result<void> repeated = provider->ack_turn(turn.token, commit_without_events(1));
  const Result<void> elsewhere = other->ack_turn(turn.token, commit_without_events(1));

  EXPECT_TRUE(fails_with(repeated, ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(elsewhere, ErrorKind::lock_lost));
  EXPECT_EQ(drain_activities(*other), std::vector{activity("order-1", 1)});
  const std::vector<Message> drained = drain_messages(*other);
  EXPECT_EQ(sent_to("order-1", drained), std::vector{external("order-1", 1)});
  EXPECT_EQ(sent_to("order-2", drained), std::vector{external("order-2", 1)});
}

// --- ACK_14

std::vector<Message> by_id(std::vector<Message> messages) {
  std::ranges::sort(messages, {}, &Message::id);
  return messages;
}

void acks_that_write_to_each_others_instances_all_succeed(Context& ctx) {
  constexpr std::size_t kWorkers = 4;
  constexpr std::uint64_t kRounds = 10;
  const auto name_of = [](std::size_t i) { return "order-" + std::to_string(i); };
  std::vector<std::unique_ptr<Provider>> handles;
  for (std::size_t i = 0; i < kWorkers; ++i) {
    handles.push_back(ctx.open());
    create_instance(*handles[i], name_of(i));
  }

  for (std::uint64_t n = 0; n < kRounds; ++n) {
    std::vector<LockToken> tokens;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      tokens.push_back(wake(*handles[i], name_of(i), 99).token);
    }
    const auto acked = ctx.together(kWorkers, [&](std::size_t i) {
      TurnCommit commit = commit_events({event(2 + n)});
      for (std::size_t to = 1; to <= kWorkers; ++to) {
        commit.messages.push_back(external(name_of((i + to) % kWorkers), i));
      }
      return insist([&] { return handles[i]->ack_turn(tokens[i], commit); });
    });

    for (const Result<void>& ack : acked) EXPECT_TRUE(succeeds(ack));
    const std::vector<Message> drained = drain_messages(*handles[0]);
    for (std::size_t i = 0; i < kWorkers; ++i) {
      const std::string to = name_of(i);
      EXPECT_EQ(by_id(sent_to(to, drained)),
                (std::vector{external(to, 0), external(to, 1), external(to, 2), external(to, 3)}));
    }
  }
}

void children_that_finish_at_one_instant_all_report(Context& ctx) {
  constexpr std::size_t kChildren = 8;
  std::vector<std::unique_ptr<Provider>> handles;
  std::vector<Turn> turns;
  std::vector<Message> reports;
  const auto parent = ctx.open();
  create_instance(*parent, "parent");
  for (std::size_t i = 0; i < kChildren; ++i) {
    handles.push_back(ctx.open());
    handles[i]->enqueue_message(start("child-" + std::to_string(i))).value();
    turns.push_back(take_turn(*handles[i]));
    reports.push_back(external("parent", i));
    reports[i].kind = MessageKind::child_completed;
  }

  const auto acked = ctx.together(kChildren, [&](std::size_t i) {
    TurnCommit commit = commit_events(events(1, 2));
    commit.messages = {reports[i]};
    commit.metadata.status = Status::completed;
    return insist([&] { return handles[i]->ack_turn(turns[i].token, commit); });
  });

  for (const Result<void>& ack : acked) EXPECT_TRUE(succeeds(ack));
  EXPECT_EQ(by_id(drain_messages(*handles[0])), reports);
  for (const Turn& turn : turns) {
    EXPECT_EQ(handles[0]->read_history(turn.instance).value(), events(1, 2));
  }
}

constexpr Validation kRows[] = {
    {"failed_ack_rolls_everything_back", requirement("ACK_1"), failed_ack_rolls_everything_back},
    {"commit_with_one_bad_item_at_its_end_changes_nothing", requirement("ACK_1"),
     commit_with_one_bad_item_at_its_end_changes_nothing},
    {"multi_operation_ack_is_atomic", requirement("ACK_1"), multi_operation_ack_is_atomic},
    {"reader_never_sees_half_an_ack", requirement("ACK_1"), reader_never_sees_half_an_ack},
    {"who_sees_the_events_of_an_ack_sees_its_items_and_the_free_instance", requirement("ACK_1"),
     who_sees_the_events_of_an_ack_sees_its_items_and_the_free_instance},
    {"ack_with_a_token_that_opens_no_turn_changes_nothing", requirement("ACK_2"),
     ack_with_a_token_that_opens_no_turn_changes_nothing},
    {"ack_with_the_token_of_an_abandoned_turn_changes_nothing", requirement("ACK_2"),
     ack_with_the_token_of_an_abandoned_turn_changes_nothing},
    {"ack_after_the_deadline_changes_nothing", requirement("ACK_2"),
     ack_after_the_deadline_changes_nothing},
    {"two_acks_with_one_token_never_both_succeed", requirement("ACK_3"),
     two_acks_with_one_token_never_both_succeed},
    {"ack_that_is_repeated_is_refused_and_adds_nothing", requirement("ACK_3"),
     ack_that_is_repeated_is_refused_and_adds_nothing},
    {"acks_that_write_to_each_others_instances_all_succeed", requirement("ACK_14"),
     acks_that_write_to_each_others_instances_all_succeed},
    {"children_that_finish_at_one_instant_all_report", requirement("ACK_14"),
     children_that_finish_at_one_instant_all_report},
};

}  // namespace

std::span<const Validation> turn_ack_atomicity_validations() { return kRows; }

}  // namespace ackproof
