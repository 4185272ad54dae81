// Values come back as they were given: any text in ids and names, any bytes in payloads.
#include <algorithm>
#include <map>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/odd_values.h"

namespace ackproof {

namespace {

// All of this is enqueued by one commit of an instance "source", which saves hundreds of calls.
void enqueue_by_commit(Provider& provider, const std::vector<Message>& messages,
                       const std::vector<Activity>& activities) {
  create_instance(provider, "source");
  TurnCommit commit;
  commit.messages = messages;
  commit.activities = activities;
  provider.ack_turn(wake(provider, "source", 1).token, commit).value();
}

// Takes every turn there is, by instance, and keeps them all locked.
std::map<std::string, Turn> take_all_turns(Provider& provider) {
  std::map<std::string, Turn> turns;
  while (auto turn = provider.fetch_turn({.lock_timeout = kLongLock}).value()) {
    EXPECT_TRUE(turns.emplace(turn->instance, *turn).second)
        << "locked twice: " << testing::PrintToString(turn->instance);
  }
  return turns;
}

// Takes every activity there is, and keeps them all locked.
std::vector<Activity> take_all_activities(Provider& provider) {
  std::vector<Activity> all;
  while (auto locked = provider.fetch_activity({.lock_timeout = kLongLock}).value()) {
    all.push_back(locked->activity);
  }
  return all;
}

// An event that says whose it is.
TurnCommit life_of(const std::string& instance) {
  Event only = event(1);
  only.payload = "of " + instance;
  return commit_events({only});
}

// --- Text

// All are locked at the same time, and each has a queue, a record and a history of its own.
void any_text_is_an_instance_id_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> ids = hostile_texts();
  std::vector<Message> messages;
  for (const std::string& id : ids) {
    messages.push_back(start(id));
    messages.push_back(external(id, messages.size()));
  }
  enqueue_by_commit(*provider, messages, {});

  const std::map<std::string, Turn> turns = take_all_turns(*provider);
  for (const auto& [id, turn] : turns) {
    EXPECT_EQ(turn.messages, sent_to(id, messages));
    EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, life_of(id))));
  }

  EXPECT_EQ(turns.size(), ids.size());
  for (const std::string& id : ids) {
    EXPECT_EQ(provider->read_history(id).value(), life_of(id).events) << id;
    const InstanceInfo expected{.instance = id, .name = "Order", .version = "1.0.0"};
    EXPECT_EQ(record_of(*provider, id), expected);
  }
}

void text_that_looks_like_an_id_finds_nothing(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1 caf\u00E9");
  provider->enqueue_activity(activity("order-1 caf\u00E9", 1)).value();

  for (const std::string other :
       {"ORDER-1 CAF\u00C9", "Order-1 caf\u00E9", "order-1 cafe\u0301", "order-1 cafe",
        "order-1 caf\u00E9 ", " order-1 caf\u00E9", "order-1 caf\u00E9\n", "order-1 caf",
        "order-1 caf\u00E9\u00E9", "order_1 caf\u00E9", "order-1%", "%", "*", "order-?*", "order-1",
        "order\u20101 caf\u00E9", "order-1\u00A0caf\u00E9", "' OR '1'='1"}) {
    EXPECT_TRUE(nothing(provider->read_instance(other))) << other;
    EXPECT_EQ(provider->read_history(other).value(), std::vector<Event>()) << other;
  }
}

void any_text_is_a_name_a_version_and_a_parent(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Message> messages;
  for (const std::string& text : hostile_texts()) {
    messages.push_back(start("order-" + std::to_string(messages.size())));
    messages.back().name = messages.back().version = messages.back().parent = text;
  }
  enqueue_by_commit(*provider, messages, {});
  const std::map<std::string, Turn> turns = take_all_turns(*provider);

  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::string& instance = messages[i].target;
    const std::string& text = *messages[i].name;
    const Turn& turn = turns.at(instance);
    TurnCommit commit;  // Every other one repeats them as metadata.
    if (i % 2 == 0) commit.metadata = {.name = text, .version = text, .parent = text};
    provider->ack_turn(turn.token, commit).value();

    EXPECT_EQ(turn.messages, std::vector{messages[i]});
    EXPECT_EQ(turn.name, text);
    EXPECT_EQ(turn.version, text);
    const InstanceInfo record{.instance = instance, .name = text, .version = text, .parent = text};
    EXPECT_EQ(record_of(*provider, instance), record);
  }
}

void any_text_is_a_name_in_both_queues(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> messages;
  std::vector<Activity> activities;
  for (const std::string& text : hostile_texts()) {
    messages.push_back(external("order-1", messages.size()));
    messages.back().name = text;
    activities.push_back(activity(text, activities.size()));
    activities.back().name = text;
  }

  enqueue_by_commit(*provider, messages, activities);

  EXPECT_EQ(drain_messages(*provider), messages);
  EXPECT_EQ(take_all_activities(*provider), activities);
}

void any_text_is_an_event_kind_and_an_engine_version(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  std::vector<Event> history;
  for (const std::string& text : hostile_texts()) {
    history.push_back(event(history.size() + 1));
    history.back().kind = text;
    history.back().engine_version = text;
  }

  provider->ack_turn(take_turn(*provider).token, commit_events(history)).value();

  EXPECT_EQ(provider->read_history("order-1").value(), history);
  EXPECT_EQ(wake(*provider, "order-1", 1).history, history);
}

// Every other text is cancelled; those that look like it have to stay.
void cancellation_takes_text_literally(Context& ctx) {
  const auto provider = ctx.open();
  std::vector<Activity> queued;
  std::vector<Activity> kept;
  TurnCommit commit;
  for (const std::string& text : hostile_texts()) {
    queued.push_back(activity(text, 1));
    if (queued.size() % 2 == 0) {
      commit.cancelled.push_back(key_of(queued.back()));
    } else {
      kept.push_back(queued.back());
    }
  }
  enqueue_by_commit(*provider, {}, queued);

  provider->ack_turn(wake(*provider, "source", 2).token, commit).value();

  EXPECT_EQ(take_all_activities(*provider), kept);
}

// --- Bytes

void any_bytes_are_a_payload_in_both_queues(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> messages;
  std::vector<Activity> activities;
  for (const Bytes& bytes : hostile_payloads()) {
    messages.push_back(external("order-1", messages.size()));
    messages.back().payload = bytes;
    activities.push_back(activity("order-1", activities.size()));
    activities.back().payload = bytes;
  }

  for (const Message& message : messages) provider->enqueue_message(message).value();
  for (const Activity& activity : activities) provider->enqueue_activity(activity).value();

  EXPECT_EQ(drain_messages(*provider), messages);
  EXPECT_EQ(drain_activities(*provider), activities);
}

void any_bytes_are_a_payload_in_a_commit_and_a_completion(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit commit;
  std::vector<Message> completions;
  for (const Bytes& bytes : hostile_payloads()) {
    const std::uint64_t id = commit.events.size() + 2;
    commit.events.push_back(event(id));
    commit.events.back().payload = bytes;
    commit.messages.push_back(external("order-1", id));
    commit.messages.back().payload = bytes;
    commit.activities.push_back(activity("order-1", id));
    commit.activities.back().payload = bytes;
    completions.push_back(completion(commit.activities.back()));
    completions.back().payload = bytes;
  }

  provider->ack_turn(wake(*provider, "order-1", 1).token, commit).value();

  std::vector<Event> history = events(1, 1);
  history.insert(history.end(), commit.events.begin(), commit.events.end());
  EXPECT_EQ(provider->read_history("order-1").value(), history);
  EXPECT_EQ(drain_messages(*provider), commit.messages);
  for (std::size_t i = 0; i < completions.size(); ++i) {
    const LockedActivity locked = take_activity(*provider);
    EXPECT_EQ(locked.activity, commit.activities[i]);
    provider->ack_activity(locked.token, completions[i]).value();
  }
  EXPECT_EQ(drain_messages(*provider), completions);
}

void any_bytes_are_an_output(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  InstanceInfo expected = record_of(*provider, "order-1");

  for (const Bytes& bytes : hostile_payloads()) {
    TurnCommit commit;
    commit.metadata.output = bytes;
    provider->ack_turn(wake(*provider, "order-1", 1).token, commit).value();

    expected.output = bytes;
    EXPECT_EQ(record_of(*provider, "order-1"), expected);
  }
}

// Every kind of message with as little in it as it may have, and items with the largest numbers.
void items_keep_every_kind_number_and_absence(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> messages;
  for (int kind = 0; kind <= static_cast<int>(MessageKind::queue_message); ++kind) {
    Message bare{.kind = static_cast<MessageKind>(kind), .target = "order-1"};
    if (bare.is_start()) bare.name = "Order";
    Message full = external("order-1", kLargestId);
    full.kind = bare.kind;
    full.execution = kLargestId;
    full.visible_at = Time(Duration(1));
    messages.insert(messages.end(), {bare, full});
  }
  const std::uint64_t beyond_double = (std::uint64_t{1} << 53U) + 1;
  Activity largest = activity("order-1", kLargestId);
  largest.execution = kLargestId;
  Activity precise = activity("order-1", beyond_double);
  precise.execution = beyond_double;

  for (const Message& message : messages) provider->enqueue_message(message).value();
  for (const Activity& item : {largest, precise}) provider->enqueue_activity(item).value();

  EXPECT_EQ(drain_messages(*provider), messages);
  EXPECT_EQ(drain_activities(*provider), (std::vector{largest, precise}));
}

constexpr Validation kRows[] = {
    {"any_text_is_an_instance_id_and_is_no_other_one", requirement("TEXT_1"),
     any_text_is_an_instance_id_and_is_no_other_one},
    {"text_that_looks_like_an_id_finds_nothing", requirement("TEXT_1"),
     text_that_looks_like_an_id_finds_nothing},
    {"any_text_is_a_name_a_version_and_a_parent", requirement("TEXT_1"),
     any_text_is_a_name_a_version_and_a_parent},
    {"any_text_is_a_name_in_both_queues", requirement("TEXT_1"), any_text_is_a_name_in_both_queues},
    {"any_text_is_an_event_kind_and_an_engine_version", requirement("TEXT_1"),
     any_text_is_an_event_kind_and_an_engine_version},
    {"cancellation_takes_text_literally", requirement("TEXT_1"), cancellation_takes_text_literally},
    {"any_bytes_are_a_payload_in_both_queues", requirement("TEXT_1"),
     any_bytes_are_a_payload_in_both_queues},
    {"any_bytes_are_a_payload_in_a_commit_and_a_completion", requirement("TEXT_1"),
     any_bytes_are_a_payload_in_a_commit_and_a_completion},
    {"any_bytes_are_an_output", requirement("TEXT_1"), any_bytes_are_an_output},
    {"items_keep_every_kind_number_and_absence", requirement("TEXT_1"),
     items_keep_every_kind_number_and_absence},
};

}  // namespace

std::span<const Validation> value_validations() { return kRows; }

}  // namespace ackproof
