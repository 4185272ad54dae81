// What a fetched turn carries: the batch, the history, and who the instance is.
#include <algorithm>

#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// No text, and after that JSON that no parser gives back as it was.
constexpr char kOddBytes[] = "\0\xff {\"n\": 9007199254740993, \"n\": 1.0}";

// --- TURN_2

void batch_is_all_visible_messages_in_enqueue_order(Context& ctx) {
  const auto provider = ctx.open();
  const auto sender = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  std::vector<Message> sent;
  // Neither by id, nor as text, nor by kind; and equal ones are two.
  for (const std::uint64_t id : {10, 9, 100, 2, 2, 1}) sent.push_back(external("order-1", id));
  sent[1].kind = MessageKind::timer_fired;
  sent[3].kind = MessageKind::cancel_instance;
  for (const Message& message : sent) {
    sender->enqueue_message(message).value();
    provider->enqueue_message(external("order-2", message.id)).value();
  }

  const Turn turn = take_turn_of(*provider, "order-1");

  EXPECT_EQ(turn.messages, sent);
}

void hidden_message_is_neither_in_the_batch_nor_touched_by_its_ack(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 1), delay.length).value();
  provider->enqueue_message(external("order-1", 2)).value();

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 2)});
  ctx.to_last_moment(delay);
  EXPECT_TRUE(nothing(provider->fetch_turn({}))) << "the ack of another message showed it";
  ctx.to_end(delay);
  const Turn next = take_turn(*provider);
  EXPECT_EQ(next.messages, std::vector{external("order-1", 1)});
  EXPECT_EQ(next.attempt, 1U) << "it was counted with a batch that it was not in";
}

// One that a commit has sent, and one that was enqueued.
void timer_that_is_not_due_is_neither_in_the_batch_nor_touched_by_its_ack(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const Window wait = ctx.window();  // It counts from the turn's `now`.
  const Turn first = take_turn(*provider);
  const std::vector<Message> timers = {timer("order-1", 2, first.now + wait.length),
                                       timer("order-1", 3, first.now + wait.length)};
  provider->ack_turn(first.token, {.messages = {timers[0]}}).value();
  other->enqueue_message(timers[1]).value();

  const Turn turn = wake(*provider, "order-1", 4);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.messages, std::vector{external("order-1", 4)});
  ctx.to_last_moment(wait);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the ack of another message showed them";
  ctx.to_end(wait);
  const Turn next = take_turn(*other);
  EXPECT_EQ(next.messages, timers);
  EXPECT_EQ(next.attempt, 1U) << "they were counted with a batch that they were not in";
}

// The first thousand are a floor of the declared limit; what is beyond the limit comes next.
void large_batch_comes_whole_up_to_the_declared_limit(Context& ctx) {
  constexpr std::uint64_t kMany = 1'000;
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  TurnCommit commit;
  for (std::uint64_t id = 1; id <= kMany; ++id) {
    commit.messages.push_back(external("order-2", kMany - id));
  }
  commit_turn(*provider, "order-1", commit);
  provider->enqueue_message(external("order-2", kMany)).value();
  std::vector<Message> sent = commit.messages;
  sent.push_back(external("order-2", kMany));
  const std::uint64_t limit = ctx.description().capabilities.limits.batch_messages;
  const auto cut = sent.begin() + static_cast<std::ptrdiff_t>(std::min(limit, kMany + 1));

  const Turn turn = take_turn(*provider);
  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(turn.messages, std::vector(sent.begin(), cut));
  EXPECT_EQ(drain_messages(*provider), std::vector(cut, sent.end()));
}

// --- TURN_3

void turn_carries_everything_as_it_was_written(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  Event odd = event(kLargestId);
  odd.kind = "Odd, \"quoted\"";
  odd.source_id = kLargestId - 1;
  odd.timestamp = Time(Duration(1));
  odd.engine_version = "";
  odd.payload = Bytes(kOddBytes, sizeof kOddBytes - 1);
  provider->enqueue_message(start("order-1")).value();
  provider
      ->ack_turn(take_turn(*provider).token,
                 {.events = {event(1), odd}, .metadata = {.name = "Renamed", .version = "2.0"}})
      .value();
  const Message sent = external("order-1", 7);
  other->enqueue_message(sent).value();

  const Turn turn = take_turn(*other);

  const Turn expected{.instance = "order-1",
                      .name = "Renamed",
                      .version = "2.0",
                      .execution = 1,
                      .history = {event(1), odd},
                      .messages = {sent},
                      .attempt = 1,
                      .now = turn.now,
                      .token = turn.token};
  EXPECT_EQ(turn, expected);
}

void every_kind_of_message_is_delivered_as_it_was_enqueued(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  std::vector<Message> sent;
  for (int kind = 0; kind <= static_cast<int>(MessageKind::queue_message); ++kind) {
    Message message = external("order-1", kLargestId - static_cast<std::uint64_t>(kind));
    message.kind = static_cast<MessageKind>(kind);
    message.execution = 5;
    message.visible_at = Time(Duration(1'234'567'890 + kind));  // Long past.
    message.payload = std::string("\0\xff", 2) + std::to_string(kind);
    if (message.is_start()) {
      message.version = "7.8.9";
      message.parent = "order-0";
    }
    sent.push_back(message);
  }
  Message bare{.kind = MessageKind::child_failed, .target = "order-1"};  // Nothing optional.
  sent.push_back(bare);

  for (const Message& message : sent) provider->enqueue_message(message).value();

  EXPECT_EQ(take_turn(*provider).messages, sent);
}

void history_comes_by_event_id_whatever_the_order_of_the_acks(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  commit_turn(*provider, "order-1", commit_events({event(100), event(9), event(12)}));
  commit_turn(*provider, "order-1", commit_events({event(2), event(11), event(10)}));

  const std::vector<Event> expected = {event(1),  event(2),  event(9),  event(10),
                                       event(11), event(12), event(100)};
  EXPECT_EQ(wake(*provider, "order-1", 7).history, expected);
}

void long_history_comes_whole(Context& ctx) {
  constexpr std::uint64_t kPerCommit = 800;
  constexpr std::uint64_t kCommits = 4;
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  for (std::uint64_t n = 0; n < kCommits; ++n) {
    const std::uint64_t first = 2 + n * kPerCommit;
    commit_turn(*provider, "order-1", commit_events(events(first, first + kPerCommit - 1)));
  }

  const Turn turn = wake(*other, "order-1", 7);

  EXPECT_EQ(turn.history, events(1, 1 + kCommits * kPerCommit));
}

void history_of_a_turn_is_that_of_the_current_execution_alone(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  commit_turn(*provider, "order-1", commit_events(events(2, 9)));
  commit_turn(*other, "order-2", commit_events(events(2, 5)));

  commit_turn(*provider, "order-2", {.execution = 2, .events = events(1, 3)});

  const Turn turn = wake(*other, "order-2", 8);
  EXPECT_EQ(turn.execution, 2U);
  EXPECT_EQ(turn.history, events(1, 3));
}

// The first handle has seen the history before, and did not append to it since.
void turn_has_the_events_that_another_handle_has_acked(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Turn before = wake(*provider, "order-1", 7);
  provider->abandon_turn(before.token).value();
  const Turn between = take_turn(*other);
  other->ack_turn(between.token, commit_events(events(2, 3))).value();

  const Turn after = wake(*provider, "order-1", 8);

  EXPECT_EQ(before.history, events(1, 1));
  EXPECT_EQ(between.history, events(1, 1));
  EXPECT_EQ(after.history, events(1, 3));
}

// Neither that of its first message nor of its last one.
void attempt_of_a_turn_is_the_largest_of_its_batch(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Window delay = ctx.window();
  provider->enqueue_message(external("order-1", 1), delay.length).value();
  provider->abandon_turn(wake(*provider, "order-1", 2).token).value();
  provider->abandon_turn(take_turn(*provider).token).value();
  ctx.to_end(delay);
  provider->enqueue_message(external("order-1", 3)).value();

  const Turn all = take_turn(*provider);
  provider->ack_turn(all.token, {}).value();
  const Turn fresh = wake(*provider, "order-1", 4);

  EXPECT_EQ(all.messages,
            (std::vector{external("order-1", 1), external("order-1", 2), external("order-1", 3)}));
  EXPECT_EQ(all.attempt, 3U);
  EXPECT_EQ(fresh.attempt, 1U) << "attempts belong to messages, not to instances";
}

// --- TURN_6

void undecodable_history_is_told_in_the_turn(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  ctx.corrupt_history("order-1");

  const Turn turn = wake(*provider, "order-1", 7);

  EXPECT_TRUE(turn.history_error.has_value());
  const Turn expected{.instance = "order-1",
                      .name = "Order",
                      .version = "1.0.0",
                      .execution = 1,
                      .history_error = turn.history_error,
                      .messages = {external("order-1", 7)},
                      .attempt = 1,
                      .now = turn.now,
                      .token = turn.token};
  EXPECT_EQ(turn, expected);
  EXPECT_TRUE(nothing(other->fetch_turn({}))) << "the lock is held as usual";
  EXPECT_TRUE(succeeds(provider->abandon_turn(turn.token)));
  EXPECT_EQ(take_turn(*other).attempt, 2U) << "the delivery is counted as usual";
}

void undecodable_history_of_a_past_execution_is_no_error(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  commit_turn(*provider, "order-1", {.execution = 2, .events = events(1, 2)});

  ctx.corrupt_history("order-1", 1);

  const Turn turn = wake(*provider, "order-1", 7);
  EXPECT_EQ(turn.history_error, std::nullopt);
  EXPECT_EQ(turn.history, events(1, 2));
  const Turn neighbour = wake(*provider, "order-2", 8);
  EXPECT_EQ(neighbour.history_error, std::nullopt);
  EXPECT_EQ(neighbour.history, events(1, 1));
}

// --- TURN_11

void turn_tells_the_time_of_its_fetch(Context& ctx) {
  constexpr Duration kPause{50};
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  ctx.advance(kPause);
  const Time before = ctx.now();
  const Turn first = take_turn(*provider);
  provider->abandon_turn(first.token).value();

  ctx.advance(kPause);
  const Turn second = take_turn(*provider);

  if (ctx.is_virtual()) {
    EXPECT_EQ(first.now, before);
    EXPECT_EQ(second.now, before + kPause);
  } else {
    EXPECT_GE(second.now, first.now + kPause / 2) << "clocks may be slewed, but not by that much";
  }
}

constexpr Validation kRows[] = {
    {"batch_is_all_visible_messages_in_enqueue_order", requirement("TURN_2"),
     batch_is_all_visible_messages_in_enqueue_order},
    {"hidden_message_is_neither_in_the_batch_nor_touched_by_its_ack", requirement("TURN_2"),
     hidden_message_is_neither_in_the_batch_nor_touched_by_its_ack},
    {"timer_that_is_not_due_is_neither_in_the_batch_nor_touched_by_its_ack", requirement("TURN_2"),
     timer_that_is_not_due_is_neither_in_the_batch_nor_touched_by_its_ack},
    {"large_batch_comes_whole_up_to_the_declared_limit", requirement("TURN_2"),
     large_batch_comes_whole_up_to_the_declared_limit},
    {"turn_carries_everything_as_it_was_written", requirement("TURN_3"),
     turn_carries_everything_as_it_was_written},
    {"every_kind_of_message_is_delivered_as_it_was_enqueued", requirement("TURN_3"),
     every_kind_of_message_is_delivered_as_it_was_enqueued},
    {"history_comes_by_event_id_whatever_the_order_of_the_acks", requirement("TURN_3"),
     history_comes_by_event_id_whatever_the_order_of_the_acks},
    {"long_history_comes_whole", requirement("TURN_3"), long_history_comes_whole},
    {"history_of_a_turn_is_that_of_the_current_execution_alone", requirement("TURN_3"),
     history_of_a_turn_is_that_of_the_current_execution_alone},
    {"turn_has_the_events_that_another_handle_has_acked", requirement("TURN_3"),
     turn_has_the_events_that_another_handle_has_acked},
    {"attempt_of_a_turn_is_the_largest_of_its_batch", requirement("TURN_3"),
     attempt_of_a_turn_is_the_largest_of_its_batch},
    {"undecodable_history_is_told_in_the_turn", requirement("TURN_6"),
     undecodable_history_is_told_in_the_turn, Hook::corrupt_history},
    {"undecodable_history_of_a_past_execution_is_no_error", requirement("TURN_6"),
     undecodable_history_of_a_past_execution_is_no_error, Hook::corrupt_history},
    {"turn_tells_the_time_of_its_fetch", requirement("TURN_11"), turn_tells_the_time_of_its_fetch},
};

}  // namespace

std::span<const Validation> turn_fetch_validations() { return kRows; }

}  // namespace ackproof
