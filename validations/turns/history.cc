// Histories: one per execution, ordered by event id, equal in every field, never interpreted.
#include <algorithm>
#include <chrono>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// An event that says where it belongs, so that one in the wrong place is noticed.
Event event_of(const std::string& owner, std::uint64_t id) {
  Event event = ackproof::event(id);
  event.payload += " of " + owner;
  return event;
}

// One more turn of an instance that exists. Nothing else may be ready.
void run_turn(Provider& provider, const std::string& instance, const TurnCommit& commit) {
  provider.ack_turn(wake(provider, instance, 1).token, commit).value();
}

std::vector<Event> with_ids(std::initializer_list<std::uint64_t> ids) {
  std::vector<Event> list;
  for (const std::uint64_t id : ids) {
    // The largest ids are too large to be added to a time, so they are put in afterwards.
    Event event = ackproof::event(2 + id % 1'000);
    event.id = id;
    event.payload = "event " + std::to_string(id);
    list.push_back(event);
  }
  return list;
}

// --- Executions

void executions_have_histories_of_their_own(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  const auto life = [](std::uint64_t execution) {
    const std::string owner = "life " + std::to_string(execution);
    return std::vector{event_of(owner, 1), event_of(owner, 2)};
  };
  create_instance(*writer, "order-0");
  writer->enqueue_message(start("order-1")).value();
  writer->ack_turn(take_turn(*writer).token, commit_events(life(1))).value();

  // More than nine: the current one is the largest number, not the largest text.
  for (std::uint64_t execution = 2; execution <= 11; ++execution) {
    run_turn(*writer, "order-1", {.execution = execution, .events = life(execution)});
    EXPECT_EQ(reader->read_history("order-1").value(), life(execution));
  }

  for (std::uint64_t execution = 1; execution <= 11; ++execution) {
    EXPECT_EQ(reader->read_history("order-1", execution).value(), life(execution));
  }
  EXPECT_EQ(reader->read_history("order-0").value(), events(1, 1));
}

void current_execution_is_read_even_without_events(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  run_turn(*provider, "order-1", {.execution = 2});

  EXPECT_EQ(provider->read_history("order-1").value(), std::vector<Event>());
  EXPECT_EQ(provider->read_history("order-1", 2).value(), std::vector<Event>());
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(wake(*provider, "order-1", 2).history, std::vector<Event>());
}

void histories_stay_readable_when_their_execution_has_ended(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  create_instance(*provider, "order-1");

  TurnCommit ended = commit_events(events(2, 3));
  ended.metadata.status = Status::continued_as_new;
  run_turn(*provider, "order-1", ended);
  TurnCommit completed{.execution = 2, .events = events(1, 1)};
  completed.metadata.status = Status::completed;
  run_turn(*provider, "order-1", completed);

  EXPECT_EQ(reader->read_history("order-1", 1).value(), events(1, 3));
  EXPECT_EQ(reader->read_history("order-1", 2).value(), events(1, 1));
  EXPECT_EQ(reader->read_history("order-1").value(), events(1, 1));
}

// --- Unknown and undecodable

void history_of_anything_unknown_is_empty(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(start("order-3")).value();
  const std::vector<Event> none;

  for (const std::string instance : {"order-2", "order-3", "order-"}) {
    EXPECT_EQ(provider->read_history(instance).value(), none);
    EXPECT_EQ(provider->read_history(instance, 1).value(), none);
  }
  for (const std::uint64_t execution : {std::uint64_t{2}, std::uint64_t{11}, kLargestId}) {
    EXPECT_EQ(provider->read_history("order-1", execution).value(), none);
  }

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
}

void undecodable_history_is_corrupt_and_never_shorter(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  run_turn(*provider, "order-1", commit_events(events(2, 3)));

  ctx.corrupt_history("order-1");

  EXPECT_TRUE(fails_with(provider->read_history("order-1"), ErrorKind::corrupt));
  EXPECT_TRUE(fails_with(provider->read_history("order-1", 1), ErrorKind::corrupt));
  // What is appended later can be decoded, but is not the whole history.
  run_turn(*provider, "order-1", commit_events(events(4, 4)));
  EXPECT_TRUE(fails_with(ctx.open()->read_history("order-1"), ErrorKind::corrupt));
}

void undecodable_history_spoils_only_its_own_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-10");
  run_turn(*provider, "order-1", {.execution = 2, .events = events(1, 2)});
  const auto record = provider->read_instance("order-1").value();

  ctx.corrupt_history("order-1", 1);

  EXPECT_TRUE(fails_with(provider->read_history("order-1", 1), ErrorKind::corrupt));
  EXPECT_EQ(provider->read_history("order-1", 2).value(), events(1, 2));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(provider->read_history("order-10").value(), events(1, 1));
  EXPECT_EQ(provider->read_instance("order-1").value(), record);
  EXPECT_EQ(wake(*provider, "order-1", 2).history, events(1, 2));
}

// --- Events

void events_are_ordered_by_id_whatever_their_order_of_arrival(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();

  provider->ack_turn(take_turn(*provider).token, commit_events(with_ids({20, 3, 100, 12, 1})))
      .value();
  run_turn(*provider, "order-1", commit_events(with_ids({11, 9, 1'000, 2, 10, 99})));

  const auto expected = with_ids({1, 2, 3, 9, 10, 11, 12, 20, 99, 100, 1'000});
  EXPECT_EQ(provider->read_history("order-1").value(), expected);
  EXPECT_EQ(wake(*provider, "order-1", 2).history, expected);
}

void event_ids_may_have_gaps_and_reach_the_largest(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();

  // 2^53 + 1 is the first integer that a double cannot hold; 2^32 does not fit in 32 bits.
  const std::uint64_t beyond_double = (std::uint64_t{1} << 53U) + 1;
  const std::uint64_t beyond_word = std::uint64_t{1} << 32U;
  provider
      ->ack_turn(take_turn(*provider).token,
                 commit_events(with_ids({7, kLargestId, beyond_double})))
      .value();
  run_turn(*provider, "order-1",
           commit_events(with_ids({kLargestId - 1, 2, beyond_word, beyond_double - 1})));

  EXPECT_EQ(
      provider->read_history("order-1").value(),
      with_ids({2, 7, beyond_word, beyond_double - 1, beyond_double, kLargestId - 1, kLargestId}));
}

void execution_ids_reach_the_largest(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  run_turn(*provider, "order-1", {.execution = kLargestId, .events = events(1, 2)});

  EXPECT_EQ(provider->read_history("order-1", kLargestId).value(), events(1, 2));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(record_of(*provider, "order-1").execution, kLargestId);
  EXPECT_EQ(wake(*provider, "order-1", 2).execution, kLargestId);
}

void events_come_back_equal_in_every_field(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  std::vector<Event> odd = events(1, 9);
  odd[0].source_id = std::nullopt;
  odd[1].source_id = kLargestId;  // Nothing with this id exists.
  odd[2].source_id = 3;           // Itself.
  odd[3].engine_version = "";
  odd[4].engine_version = "not a version";
  odd[5].timestamp = Time();
  odd[6].timestamp = Time(Duration(-1));
  odd[7].timestamp = Time(Duration((std::int64_t{1} << 53) + 1));
  odd[8].timestamp = Time(-std::chrono::hours(24 * 365 * 1'900));
  odd[8].kind = "a kind of its own";

  provider->ack_turn(take_turn(*provider).token, commit_events(odd)).value();

  EXPECT_EQ(provider->read_history("order-1").value(), odd);
  EXPECT_EQ(wake(*provider, "order-1", 1).history, odd);
}

// Kinds and payloads that would end, rename or replace the instance if a provider read them.
void events_are_not_interpreted(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const InstanceInfo before = record_of(*provider, "order-1");
  std::vector<Event> telling = events(2, 9);
  const char* const kinds[] = {"OrchestrationStarted",
                               "OrchestrationCompleted",
                               "OrchestrationFailed",
                               "OrchestrationContinuedAsNew",
                               "OrchestrationCancelRequested",
                               "ActivityScheduled",
                               "TimerCreated",
                               "KeyValueSet"};
  for (std::size_t i = 0; i < telling.size(); ++i) {
    telling[i].kind = kinds[i];
    telling[i].payload =
        R"({"event_id":1,"execution_id":7,"instance":"order-2","name":"Other","status":"Failed",)"
        R"("input":"x","fire_at_ms":0,"key":"k","value":"v"})";
  }

  run_turn(*provider, "order-1", commit_events(telling));

  std::vector<Event> expected = events(1, 1);
  expected.insert(expected.end(), telling.begin(), telling.end());
  EXPECT_EQ(provider->read_history("order-1").value(), expected);
  EXPECT_EQ(record_of(*provider, "order-1"), before);
  EXPECT_TRUE(nothing(provider->read_instance("order-2")));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
}

// The source is a field like any other: whether it may be answered twice is the engine's business.
void events_may_share_their_source(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Event> expected = events(1, 5);
  for (std::size_t i = 1; i < expected.size(); ++i) expected[i].source_id = 1;

  run_turn(*provider, "order-1", commit_events({expected[1], expected[2]}));
  run_turn(*provider, "order-1", commit_events({expected[3], expected[4]}));

  EXPECT_EQ(provider->read_history("order-1").value(), expected);
  EXPECT_EQ(wake(*provider, "order-1", 2).history, expected);
}

void events_belong_to_the_locked_instance_and_the_acked_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  run_turn(*provider, "order-1", {.execution = 2, .events = {event_of("order-1/2", 1)}});

  run_turn(*provider, "order-2", commit_events({event_of("order-2/1", 2)}));
  run_turn(*provider, "order-1", {.execution = 1, .events = {event_of("order-1/1", 2)}});
  run_turn(*provider, "order-1", {.execution = 2, .events = {event_of("order-1/2", 2)}});

  EXPECT_EQ(provider->read_history("order-1", 1).value(),
            (std::vector{event(1), event_of("order-1/1", 2)}));
  EXPECT_EQ(provider->read_history("order-1", 2).value(),
            (std::vector{event_of("order-1/2", 1), event_of("order-1/2", 2)}));
  EXPECT_EQ(provider->read_history("order-2", 1).value(),
            (std::vector{event(1), event_of("order-2/1", 2)}));
  EXPECT_EQ(provider->read_history("order-2", 2).value(), std::vector<Event>());
}

constexpr Validation kRows[] = {
    {"executions_have_histories_of_their_own", requirement("HIST_1"),
     executions_have_histories_of_their_own},
    {"current_execution_is_read_even_without_events", requirement("HIST_1"),
     current_execution_is_read_even_without_events},
    {"histories_stay_readable_when_their_execution_has_ended", requirement("HIST_1"),
     histories_stay_readable_when_their_execution_has_ended},
    {"history_of_anything_unknown_is_empty", requirement("HIST_2"),
     history_of_anything_unknown_is_empty},
    {"undecodable_history_is_corrupt_and_never_shorter", requirement("HIST_2"),
     undecodable_history_is_corrupt_and_never_shorter, Hook::corrupt_history},
    {"undecodable_history_spoils_only_its_own_execution", requirement("HIST_2"),
     undecodable_history_spoils_only_its_own_execution, Hook::corrupt_history},
    {"events_are_ordered_by_id_whatever_their_order_of_arrival", requirement("HIST_3"),
     events_are_ordered_by_id_whatever_their_order_of_arrival},
    {"events_come_back_equal_in_every_field", requirement("HIST_3"),
     events_come_back_equal_in_every_field},
    {"event_ids_may_have_gaps_and_reach_the_largest", requirement("HIST_5"),
     event_ids_may_have_gaps_and_reach_the_largest},
    {"execution_ids_reach_the_largest", requirement("HIST_5"), execution_ids_reach_the_largest},
    {"events_are_not_interpreted", requirement("HIST_5"), events_are_not_interpreted},
    {"events_may_share_their_source", requirement("HIST_5"), events_may_share_their_source},
    {"events_belong_to_the_locked_instance_and_the_acked_execution", requirement("HIST_5"),
     events_belong_to_the_locked_instance_and_the_acked_execution},
};

}  // namespace

std::span<const Validation> history_validations() { return kRows; }

}  // namespace ackproof
