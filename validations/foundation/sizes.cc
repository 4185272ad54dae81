// How much a provider takes: the floors that hold for everybody, and the limits that it declares.
#include <algorithm>
#include <array>
#include <utility>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"

namespace ackproof {

namespace {

std::string text_of(std::uint64_t size, char filler) { return std::string(size, filler); }

// Commits so many events, in turns of `per_turn`, to an instance that exists with event 1.
void fill_history(Provider& provider, const std::string& instance, std::uint64_t last,
                  std::uint64_t per_turn) {
  for (std::uint64_t first = 2; first <= last; first += per_turn) {
    const Turn turn = wake(provider, instance, first);
    provider
        .ack_turn(turn.token, commit_events(events(first, std::min(last, first + per_turn - 1))))
        .value();
  }
}

std::vector<Activity> activities_of(const std::string& instance, std::uint64_t count) {
  std::vector<Activity> list;
  for (std::uint64_t id = 1; id <= count; ++id) list.push_back(activity(instance, id));
  return list;
}

std::vector<Message> messages_to(const std::string& target, std::uint64_t count) {
  std::vector<Message> list;
  for (std::uint64_t id = 1; id <= count; ++id) list.push_back(external(target, id));
  return list;
}

// --- Floors

void declared_limits_reach_the_floors(Context& ctx) {
  const Limits floors;
  const Limits& declared = ctx.description().capabilities.limits;

  EXPECT_GE(declared.payload_bytes, floors.payload_bytes);
  EXPECT_GE(declared.id_bytes, floors.id_bytes);
  EXPECT_GE(declared.history_events, floors.history_events);
  EXPECT_GE(declared.commit_items, floors.commit_items);
  EXPECT_GE(declared.batch_messages, floors.batch_messages);
  EXPECT_GE(declared.value_bytes, floors.value_bytes);
  EXPECT_LE(declared.smallest_lock, floors.smallest_lock);
  EXPECT_GT(declared.smallest_lock, Duration(0));
}

void payloads_of_a_mebibyte_pass_through_the_queues(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message message = external("order-1", 1);
  message.payload = noise(kMiB);
  Activity work = activity("order-1", 1);
  work.payload = noise(kMiB - 1);
  Message result = completion(work);
  result.payload = noise(kMiB);

  provider->enqueue_message(message).value();
  provider->enqueue_activity(work).value();
  const LockedActivity locked = take_activity(*provider);
  provider->ack_activity(locked.token, result).value();

  EXPECT_TRUE(same(locked.activity, work));
  EXPECT_TRUE(same(drain_messages(*provider), {message, result}));
}

void payloads_of_a_mebibyte_are_committed(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit commit = commit_events({event(2)});
  commit.events[0].payload = noise(kMiB);
  commit.messages = {external("order-1", 2)};
  commit.messages[0].payload = noise(kMiB);
  commit.activities = {activity("order-1", 2)};
  commit.activities[0].payload = noise(kMiB);
  commit.metadata.output = noise(kMiB);

  provider->ack_turn(wake(*provider, "order-1", 1).token, commit).value();

  const std::vector<Event> history = {event(1), commit.events[0]};
  EXPECT_TRUE(same(provider->read_history("order-1").value(), history));
  EXPECT_TRUE(same(record_of(*provider, "order-1").output, commit.metadata.output));
  const Turn turn = take_turn(*provider);
  EXPECT_TRUE(same(turn.messages, commit.messages));
  EXPECT_TRUE(same(turn.history, history));
  EXPECT_TRUE(same(drain_activities(*provider), commit.activities));
}

// One field after the other at its longest, in every place that there is.
void ids_of_1024_bytes_are_kept_in_every_field(Context& ctx) {
  const auto provider = ctx.open();
  const std::string instance = text_of(kLongestId, 'i');
  Message message = start(instance);
  message.name = text_of(kLongestId, 'n');
  message.version = text_of(kLongestId, 'v');
  message.parent = text_of(kLongestId, 'p');
  TurnCommit commit = commit_events({event(1)});
  commit.events[0].kind = text_of(kLongestId, 'k');
  commit.events[0].engine_version = text_of(kLongestId, 'e');
  commit.activities = {activity(instance, 1), activity(instance, 2)};
  commit.activities[0].name = text_of(kLongestId, 'a');
  commit.cancelled = {key_of(commit.activities[1])};
  commit.messages = {external(instance, 1)};
  commit.messages[0].name = text_of(kLongestId, 'm');

  provider->enqueue_message(message).value();
  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, commit).value();

  EXPECT_EQ(turn.messages, std::vector{message});
  EXPECT_EQ(provider->read_history(instance).value(), commit.events);
  const InstanceInfo record{.instance = instance,
                            .name = *message.name,
                            .version = message.version,
                            .parent = message.parent};
  EXPECT_EQ(record_of(*provider, instance), record);
  EXPECT_EQ(drain_messages(*provider), commit.messages);
  EXPECT_EQ(drain_activities(*provider), std::vector{commit.activities[0]});
}

void history_of_10000_events_is_read_whole(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  fill_history(*provider, "order-1", 10'000, 1'000);

  const std::vector<Event> expected = events(1, 10'000);
  EXPECT_TRUE(same(provider->read_history("order-1").value(), expected));
  EXPECT_TRUE(same(wake(*provider, "order-1", 1).history, expected));
}

// All but ten are cancelled again, which shows that they were there without a thousand fetches.
void commit_of_1000_activities_and_1000_cancellations_is_taken(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit scheduling;
  scheduling.activities = activities_of("order-1", 1'000);
  TurnCommit cancelling;
  std::vector<Activity> kept;
  for (const Activity& item : scheduling.activities) {
    ActivityKey key = key_of(item);
    if (item.id % 100 == 0) {
      kept.push_back(item);
      key.id += 1'000;  // Nothing has this id.
    }
    cancelling.cancelled.push_back(key);
  }

  provider->ack_turn(wake(*provider, "order-1", 1).token, scheduling).value();
  EXPECT_EQ(take_activity(*provider).activity, scheduling.activities[0]);
  provider->ack_turn(wake(*provider, "order-1", 2).token, cancelling).value();

  EXPECT_EQ(drain_activities(*provider), kept);
}

void commit_of_1000_messages_to_one_instance_is_one_batch(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  TurnCommit commit;
  commit.messages = messages_to("order-2", 1'000);

  provider->ack_turn(wake(*provider, "order-1", 1).token, commit).value();
  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_TRUE(same(turn.messages, commit.messages));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void commit_of_1000_messages_reaches_every_target(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-0");
  TurnCommit commit;
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    const std::string target = "order-" + std::to_string(1 + n % 25);
    commit.messages.push_back(n < 25 ? start(target) : external(target, n));
  }

  provider->ack_turn(wake(*provider, "order-0", 1).token, commit).value();

  const std::vector<Message> drained = drain_messages(*provider);
  for (int n = 1; n <= 25; ++n) {
    const std::string target = "order-" + std::to_string(n);
    EXPECT_TRUE(same(sent_to(target, drained), sent_to(target, commit.messages))) << target;
  }
}

// --- Declared limits

void payload_limit_is_exact_in_the_instance_queue(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.payload_bytes;
  const std::uint64_t tried = std::min(limit, kLargestTried);
  create_instance(*provider, "order-1");
  Message message = external("order-1", 1);

  if (limit <= kLargestTried) {
    message.payload = Bytes(limit + 1, 'x');
    EXPECT_TRUE(fails_with(provider->enqueue_message(message), ErrorKind::invalid));
  }
  message.payload = noise(tried);
  EXPECT_TRUE(succeeds(provider->enqueue_message(message)));

  EXPECT_TRUE(same(drain_messages(*provider), {message}));
}

// One byte more than the limit, if that is within what is tried.
std::vector<Bytes> payloads_beyond(const Limits& limits) {
  std::vector<Bytes> list;
  if (limits.payload_bytes <= kLargestTried) list.emplace_back(limits.payload_bytes + 1, 'x');
  return list;
}

void payload_beyond_the_limit_is_refused_in_the_activity_queue(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity locked = take_activity(*provider);

  for (const Bytes& longer : payloads_beyond(ctx.description().capabilities.limits)) {
    Activity work = activity("order-1", 2);
    work.payload = longer;
    EXPECT_TRUE(fails_with(provider->enqueue_activity(work), ErrorKind::invalid));
    Message result = completion(locked.activity);
    result.payload = longer;
    EXPECT_TRUE(fails_with(provider->ack_activity(locked.token, result), ErrorKind::invalid));
  }

  EXPECT_TRUE(succeeds(provider->ack_activity(locked.token, std::nullopt)));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void payload_beyond_the_limit_is_refused_in_a_commit(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);

  for (const Bytes& longer : payloads_beyond(ctx.description().capabilities.limits)) {
    TurnCommit commit = commit_events({event(2)});
    const auto refused = [&](Bytes& field) {
      const Bytes fine = std::exchange(field, longer);
      const Result<void> acked = provider->ack_turn(turn.token, commit);
      field = fine;
      return fails_with(acked, ErrorKind::invalid);
    };
    commit.messages = {external("order-1", 2)};
    commit.activities = {activity("order-1", 2)};
    EXPECT_TRUE(refused(commit.events[0].payload));
    EXPECT_TRUE(refused(commit.messages[0].payload));
    EXPECT_TRUE(refused(commit.activities[0].payload));
    EXPECT_TRUE(refused(commit.metadata.output.emplace()));
  }

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(record_of(*provider, "order-1").output, std::nullopt);
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void id_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.id_bytes;
  const std::string longest = text_of(std::min(limit, kMiB), 'x');
  const std::string almost = longest.substr(1) + "y";
  const std::vector<Activity> work = {activity(longest, 1), activity(almost, 1)};

  create_instance(*provider, longest);
  for (const Activity& item : work) provider->enqueue_activity(item).value();
  if (limit <= kMiB) {
    EXPECT_TRUE(fails_with(provider->enqueue_message(start(longest + "x")), ErrorKind::invalid));
    EXPECT_TRUE(
        fails_with(provider->enqueue_activity(activity(longest + "x", 1)), ErrorKind::invalid));
  }

  EXPECT_EQ(provider->read_history(longest).value(), events(1, 1));
  EXPECT_EQ(provider->read_history(almost).value(), std::vector<Event>());
  EXPECT_EQ(drain_activities(*provider), work);
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void commit_beyond_the_limit_is_refused_for_every_list(Context& ctx) {
  const auto provider = ctx.open();
  const std::uint64_t limit = ctx.description().capabilities.limits.commit_items;
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);

  std::vector<TurnCommit> commits(limit <= kMostTried ? 4 : 0);
  if (!commits.empty()) {
    commits[0].events = events(2, limit + 2);
    commits[1].activities = activities_of("order-1", limit + 1);
    commits[2].messages = messages_to("order-1", limit + 1);
    for (const Activity& item : commits[1].activities) {
      commits[3].cancelled.push_back(key_of(item));
    }
  }
  for (const TurnCommit& commit : commits) {
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit), ErrorKind::invalid));
  }

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

void commit_at_the_limit_is_taken_for_every_list(Context& ctx) {
  const auto provider = ctx.open();
  const Limits& limits = ctx.description().capabilities.limits;
  const std::uint64_t tried =
      std::min({limits.commit_items, limits.history_events - 1, kMostTried});
  create_instance(*provider, "order-1");
  TurnCommit full = commit_events(events(2, tried + 1));
  full.activities = activities_of("order-1", tried);
  full.messages = messages_to("order-1", tried);
  TurnCommit cancelling;
  for (const Activity& item : full.activities) cancelling.cancelled.push_back(key_of(item));
  cancelling.cancelled.back().id = tried + 1;  // The last activity stays.

  EXPECT_TRUE(succeeds(provider->ack_turn(wake(*provider, "order-1", 0).token, full)));
  EXPECT_TRUE(same(drain_messages(*provider), full.messages));
  EXPECT_TRUE(succeeds(provider->ack_turn(wake(*provider, "order-1", 0).token, cancelling)));

  EXPECT_TRUE(same(provider->read_history("order-1").value(), events(1, tried + 1)));
  EXPECT_EQ(drain_activities(*provider), std::vector{full.activities.back()});
}

void history_limit_is_exact(Context& ctx) {
  const auto provider = ctx.open();
  const Limits& limits = ctx.description().capabilities.limits;
  const std::uint64_t tried = std::min(limits.history_events, kMostTried);
  create_instance(*provider, "order-1");
  fill_history(*provider, "order-1", tried - 1, std::min(limits.commit_items, kMostTried));
  const Turn turn = wake(*provider, "order-1", 1);

  if (tried == limits.history_events) {
    EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events(events(tried, tried + 1))),
                           ErrorKind::invalid));
  }
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events(events(tried, tried)))));

  EXPECT_TRUE(same(provider->read_history("order-1").value(), events(1, tried)));
}

constexpr Validation kRows[] = {
    {"declared_limits_reach_the_floors", requirement("TEXT_2"), declared_limits_reach_the_floors},
    {"payloads_of_a_mebibyte_pass_through_the_queues", requirement("TEXT_2"),
     payloads_of_a_mebibyte_pass_through_the_queues},
    {"payloads_of_a_mebibyte_are_committed", requirement("TEXT_2"),
     payloads_of_a_mebibyte_are_committed},
    {"ids_of_1024_bytes_are_kept_in_every_field", requirement("TEXT_2"),
     ids_of_1024_bytes_are_kept_in_every_field},
    {"history_of_10000_events_is_read_whole", requirement("TEXT_2"),
     history_of_10000_events_is_read_whole},
    {"commit_of_1000_activities_and_1000_cancellations_is_taken", requirement("TEXT_2"),
     commit_of_1000_activities_and_1000_cancellations_is_taken},
    {"commit_of_1000_messages_to_one_instance_is_one_batch", requirement("TEXT_2"),
     commit_of_1000_messages_to_one_instance_is_one_batch},
    {"commit_of_1000_messages_reaches_every_target", requirement("TEXT_2"),
     commit_of_1000_messages_reaches_every_target},
    heavy({"payload_limit_is_exact_in_the_instance_queue", requirement("CAP_3"),
           payload_limit_is_exact_in_the_instance_queue}),
    {"payload_beyond_the_limit_is_refused_in_the_activity_queue", requirement("CAP_3"),
     payload_beyond_the_limit_is_refused_in_the_activity_queue},
    {"payload_beyond_the_limit_is_refused_in_a_commit", requirement("CAP_3"),
     payload_beyond_the_limit_is_refused_in_a_commit},
    {"id_limit_is_exact", requirement("CAP_3"), id_limit_is_exact},
    {"commit_beyond_the_limit_is_refused_for_every_list", requirement("CAP_3"),
     commit_beyond_the_limit_is_refused_for_every_list},
    heavy({"commit_at_the_limit_is_taken_for_every_list", requirement("CAP_3"),
           commit_at_the_limit_is_taken_for_every_list}),
    heavy({"history_limit_is_exact", requirement("CAP_3"), history_limit_is_exact}),
};

}  // namespace

std::span<const Validation> size_validations() { return kRows; }

}  // namespace ackproof
