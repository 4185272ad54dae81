// What a provider does right up to some number, or for some time, it has to do right beyond it too.
#include <algorithm>
#include <functional>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

constexpr std::uint64_t kFloor = 1'000;  // Of commits and batches (TEXT_2).

Event answering(std::uint64_t id, std::optional<std::uint64_t> source) {
  Event answer = event(id);
  answer.source_id = source;
  return answer;
}

// Large lists are compared as a whole, but not printed when they differ.
testing::AssertionResult same(const std::vector<Event>& one, const std::vector<Event>& other) {
  if (one == other) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << one.size() << " events, which are not the " << other.size() << " that were written";
}

void write_history(Provider& provider, const std::string& instance, std::uint64_t execution,
                   std::uint64_t count) {
  for (std::uint64_t first = 1; first <= count; first += kFloor) {
    const std::uint64_t last = std::min(count, first + kFloor - 1);
    commit_turn(provider, instance, {.execution = execution, .events = events(first, last)});
  }
}

// --- Counts

// By each of two ways into the queue.
void held_messages_are_kept_however_many(Context& ctx) {
  constexpr std::uint64_t kMany = 300;
  const auto provider = ctx.open();
  std::vector<Message> all;
  for (std::uint64_t id = 1; id <= kMany; ++id) all.push_back(external("order-1", id));
  TurnCommit commit;
  commit.messages = all;
  commit_start(*provider, start("source"), commit);
  for (std::uint64_t id = 1; id <= kMany; ++id) {
    all.push_back(external("order-1", kMany + id));
    provider->enqueue_message(all.back()).value();
  }
  EXPECT_TRUE(nothing(provider->fetch_turn({})));

  provider->enqueue_message(start("order-1")).value();

  all.push_back(start("order-1"));
  EXPECT_EQ(take_turn(*provider).messages, all);
}

// Neither can be delivered, and both are older than what can.
void instance_behind_many_that_wait(Context& ctx, const std::function<Message(Time)>& waiting) {
  constexpr std::uint64_t kMany = 600;
  const auto provider = ctx.open();
  provider->enqueue_message(start("source")).value();
  const Turn turn = take_turn(*provider);
  TurnCommit commit;
  for (std::uint64_t n = 1; n <= kMany; ++n) {
    commit.messages.push_back(waiting(turn.now));
    commit.messages.back().target = "order-" + std::to_string(n);
  }
  provider->ack_turn(turn.token, commit).value();
  EXPECT_TRUE(nothing(provider->fetch_turn({})));

  provider->enqueue_message(start("late")).value();

  EXPECT_EQ(take_turn(*provider).messages, std::vector{start("late")});
}

void instance_behind_many_held_ones_is_found(Context& ctx) {
  instance_behind_many_that_wait(ctx, [](Time) { return external("", 1); });
}

void instance_behind_many_delayed_ones_is_found(Context& ctx) {
  instance_behind_many_that_wait(ctx, [](Time now) {
    Message message = start("");
    message.visible_at = now + kLongLock;
    return message;
  });
}

template <class Queue>
void many_locks_hold_at_a_time(Context& ctx) {
  constexpr std::uint64_t kMany = 520;
  const auto provider = ctx.open();
  Queue::put_many(*provider, kMany);
  std::vector<LockToken> tokens;
  for (std::uint64_t n = 0; n < kMany; ++n) tokens.push_back(take<Queue>(*provider).token);

  for (const LockToken& token : tokens) {
    ASSERT_TRUE(succeeds(Queue::ack(*provider, token)));
  }

  EXPECT_TRUE(none_deliverable<Queue>(*provider));
}

// A backlog of several batches stands before another instance's only message.
void backlog_of_one_instance_does_not_starve_another(Context& ctx) {
  constexpr std::uint64_t kBatches = 4;
  const auto provider = ctx.open();
  const std::uint64_t batch = ctx.description().capabilities.limits.batch_messages;
  const std::uint64_t count = kBatches * std::min(batch, 2 * kFloor);
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  std::vector<LockToken> sources;
  for (std::uint64_t first = 1; first <= count; first += kFloor) {
    provider->enqueue_message(start("source-" + std::to_string(first))).value();
    sources.push_back(take_turn(*provider).token);
  }
  for (std::uint64_t n = 0; n < sources.size(); ++n) {
    TurnCommit commit;
    for (std::uint64_t id = n * kFloor + 1; id <= std::min(count, (n + 1) * kFloor); ++id) {
      commit.messages.push_back(external("order-1", id));
    }
    provider->ack_turn(sources[n], commit).value();
  }
  provider->enqueue_message(external("order-2", 1)).value();

  Turn turn = take_turn(*provider);
  for (int before = 1; turn.instance != "order-2"; ++before) {
    ASSERT_LE(before, 2) << "another instance was served more often before it";
    provider->ack_turn(turn.token, {}).value();
    turn = take_turn(*provider);
  }
}

void history_of_a_turn_reaches_the_declared_limit(Context& ctx) {
  constexpr std::uint64_t kMostTried = 12'000;
  const auto provider = ctx.open();
  const std::uint64_t tried =
      std::min(ctx.description().capabilities.limits.history_events, kMostTried);
  provider->enqueue_message(start("order-1")).value();
  provider->ack_turn(take_turn(*provider).token, {}).value();

  write_history(*provider, "order-1", 1, tried);

  EXPECT_TRUE(same(wake(*provider, "order-1", 1).history, events(1, tried)));
}

template <class Queue>
void attempts_are_counted_however_many(Context& ctx) {
  constexpr std::uint64_t kMany = 300;
  const auto provider = ctx.open();
  Queue::put(*provider, 1);

  for (std::uint64_t n = 1; n <= kMany; ++n) {
    const Taken taken = take<Queue>(*provider);
    ASSERT_EQ(taken.attempt, n);
    Queue::abandon(*provider, taken.token).value();
  }
}

void histories_of_many_executions_stay_readable(Context& ctx) {
  constexpr std::uint64_t kMany = 150;
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  for (std::uint64_t n = 2; n <= kMany; ++n) {
    commit_turn(*provider, "order-1", {.execution = n, .events = {answering(n, n)}});
  }

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  for (std::uint64_t n = 2; n <= kMany; ++n) {
    ASSERT_EQ(provider->read_history("order-1", n).value(), std::vector{answering(n, n)});
  }
}

void history_limit_is_that_of_each_execution(Context& ctx) {
  constexpr std::uint64_t kMostTried = 10'000;
  const auto provider = ctx.open();
  const std::uint64_t tried =
      std::min(ctx.description().capabilities.limits.history_events, kMostTried);
  provider->enqueue_message(start("order-1")).value();
  provider->ack_turn(take_turn(*provider).token, {}).value();

  write_history(*provider, "order-1", 1, tried);
  write_history(*provider, "order-1", 2, tried);

  EXPECT_TRUE(same(provider->read_history("order-1", 1).value(), events(1, tried)));
  EXPECT_TRUE(same(provider->read_history("order-1", 2).value(), events(1, tried)));
}

// --- Numbers that agree in their lower 32 bits

constexpr std::uint64_t kBeyond = std::uint64_t{1} << 32U;

void event_ids_differ_beyond_32_bits(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Event> ids = {event(1), event(kBeyond + 1), event(2 * kBeyond + 1)};
  create_instance(*provider, "order-1");

  commit_turn(*provider, "order-1", commit_events({ids[1]}));
  commit_turn(*provider, "order-1", commit_events({ids[2]}));

  EXPECT_EQ(provider->read_history("order-1").value(), ids);
  EXPECT_EQ(wake(*provider, "order-1", 1).history, ids);
}

void cancelled_ids_differ_beyond_32_bits(Context& ctx) {
  const auto provider = ctx.open();
  Activity other_execution = activity("order-1", 7);
  other_execution.execution = kBeyond + 1;
  const std::vector<Activity> queued = {activity("order-1", 7), activity("order-1", kBeyond + 7),
                                        other_execution};
  for (const Activity& item : queued) provider->enqueue_activity(item).value();

  TurnCommit cancelling;
  cancelling.cancelled = {key_of(queued[1]), key_of(queued[2])};
  commit_start(*provider, start("order-1"), cancelling);

  EXPECT_EQ(drain_activities(*provider), std::vector{queued[0]});
}

void executions_differ_beyond_32_bits(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Event> later = {answering(1, 77), event(2)};
  create_instance(*provider, "order-1");

  commit_turn(*provider, "order-1", {.execution = kBeyond + 1, .events = later});

  EXPECT_EQ(record_of(*provider, "order-1").execution, kBeyond + 1);
  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1", kBeyond + 1).value(), later);
  EXPECT_EQ(wake(*provider, "order-1", 1).history, later);
}

void source_id_0_is_not_an_absent_one(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Event> written = {answering(1, 0), answering(2, std::nullopt)};

  commit_start(*provider, start("order-1"), commit_events(written));

  EXPECT_EQ(provider->read_history("order-1").value(), written);
  EXPECT_EQ(wake(*provider, "order-1", 1).history, written);
}

// --- Long times. In real time nothing passes, and only virtual time decides.

void let_years_pass(Context& ctx) {
  if (ctx.is_virtual()) ctx.advance(std::chrono::days(7'305));
}

// By each of the ways into the queue.
void messages_wait_for_years(Context& ctx) {
  const auto provider = ctx.open();
  const Activity work = activity("order-1", 1);
  create_instance(*provider, "order-1");
  provider->enqueue_activity(work).value();
  const LockedActivity locked = take_activity(*provider);
  commit_turn(*provider, "order-1", {.messages = {external("order-1", 2)}});
  provider->ack_activity(locked.token, completion(work)).value();
  provider->enqueue_message(external("order-1", 3)).value();

  let_years_pass(ctx);

  EXPECT_EQ(take_turn(*provider).messages,
            (std::vector{external("order-1", 2), completion(work), external("order-1", 3)}));
}

void held_messages_wait_for_years(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(external("order-1", 1)).value();

  let_years_pass(ctx);
  provider->enqueue_message(start("order-1")).value();

  EXPECT_EQ(take_turn(*provider).messages, (std::vector{external("order-1", 1), start("order-1")}));
}

void activities_wait_for_years(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<Activity> queued = {activity("order-1", 1), activity("order-1", 2)};
  commit_start(*provider, start("order-1"), {.activities = {queued[0]}});
  provider->enqueue_activity(queued[1]).value();

  let_years_pass(ctx);

  EXPECT_EQ(drain_activities(*provider), queued);
}

void histories_stay_readable_for_years(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", {.execution = 2, .events = events(1, 2)});

  let_years_pass(ctx);

  EXPECT_EQ(provider->read_history("order-1", 1).value(), events(1, 1));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(wake(*provider, "order-1", 1).history, events(1, 2));
}

// What was put before, what falls due and what is put then; and locks still end.
void queues_work_on_beyond_the_year_9999(Context& ctx) {
  constexpr Time kYear10000{Duration(253'402'300'800'000)};
  const auto provider = ctx.open();
  const Message rings = timer("order-1", 2, kYear10000);
  create_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();
  if (ctx.is_virtual()) {
    provider->enqueue_message(rings).value();
    ctx.advance(kYear10000 - ctx.now());
    EXPECT_EQ(drain_messages(*provider), std::vector{rings});
  }
  provider->enqueue_message(external("order-1", 3)).value();

  const Window lock = ctx.window();
  take_turn(*provider, {.lock_timeout = lock.length});
  ctx.to_last_moment(lock);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(lock);

  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-1", 3)});
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
}

// A clock that counts whole seconds would end these a good while too early, also in real time.
template <class Queue>
void lock_of_almost_two_seconds_is_longer_than_one(Context& ctx) {
  const auto provider = ctx.open();
  Queue::put(*provider, 1);
  const Window lock = ctx.window(Duration(1'900));
  take<Queue>(*provider, lock.length);

  ctx.advance(lock.length * 4 / 5);
  EXPECT_TRUE(none_deliverable<Queue>(*provider));
  ctx.to_end(lock);

  EXPECT_EQ(take<Queue>(*provider).item, 1U);
}

void delay_of_almost_two_seconds_is_longer_than_one(Context& ctx) {
  const auto provider = ctx.open();
  const Window hidden = ctx.window(Duration(1'900));
  provider->enqueue_message(start("order-1"), hidden.length).value();

  ctx.advance(hidden.length * 4 / 5);
  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  ctx.to_end(hidden);

  EXPECT_EQ(take_turn(*provider).messages, std::vector{start("order-1")});
}

constexpr Validation kRows[] = {
    {"held_messages_are_kept_however_many", requirement("TURN_5"),
     held_messages_are_kept_however_many},
    {"instance_behind_many_held_ones_is_found", requirement("TURN_5"),
     instance_behind_many_held_ones_is_found},
    {"instance_behind_many_delayed_ones_is_found", requirement("TURN_5"),
     instance_behind_many_delayed_ones_is_found},
    {"many_turns_are_locked_at_a_time", requirement("LOCK_8"), many_locks_hold_at_a_time<Turns>},
    {"many_activities_are_locked_at_a_time", requirement("LOCK_8"),
     many_locks_hold_at_a_time<Activities>},
    {"backlog_of_one_instance_does_not_starve_another", requirement("TURN_8"),
     backlog_of_one_instance_does_not_starve_another},
    {"history_of_a_turn_reaches_the_declared_limit", requirement("TURN_3"),
     history_of_a_turn_reaches_the_declared_limit},
    {"attempts_of_a_turn_are_counted_however_many", requirement("POISON_1"),
     attempts_are_counted_however_many<Turns>},
    {"attempts_of_an_activity_are_counted_however_many", requirement("POISON_1"),
     attempts_are_counted_however_many<Activities>},
    {"histories_of_many_executions_stay_readable", requirement("HIST_1"),
     histories_of_many_executions_stay_readable},
    heavy({"history_limit_is_that_of_each_execution", requirement("CAP_3"),
           history_limit_is_that_of_each_execution}),
    {"event_ids_differ_beyond_32_bits", requirement("ACK_4"), event_ids_differ_beyond_32_bits},
    {"cancelled_ids_differ_beyond_32_bits", requirement("ACK_9"),
     cancelled_ids_differ_beyond_32_bits},
    {"executions_differ_beyond_32_bits", requirement("HIST_1"), executions_differ_beyond_32_bits},
    {"source_id_0_is_not_an_absent_one", requirement("HIST_3"), source_id_0_is_not_an_absent_one},
    {"messages_wait_for_years", requirement("TURN_2"), messages_wait_for_years},
    {"held_messages_wait_for_years", requirement("TURN_5"), held_messages_wait_for_years},
    {"activities_wait_for_years", requirement("WORK_7"), activities_wait_for_years},
    {"histories_stay_readable_for_years", requirement("HIST_1"), histories_stay_readable_for_years},
    {"queues_work_on_beyond_the_year_9999", requirement("TIME_1"),
     queues_work_on_beyond_the_year_9999},
    {"turn_lock_of_almost_two_seconds_is_longer_than_one", requirement("TIME_1"),
     lock_of_almost_two_seconds_is_longer_than_one<Turns>},
    {"activity_lock_of_almost_two_seconds_is_longer_than_one", requirement("TIME_1"),
     lock_of_almost_two_seconds_is_longer_than_one<Activities>},
    {"delay_of_almost_two_seconds_is_longer_than_one", requirement("TIME_1"),
     delay_of_almost_two_seconds_is_longer_than_one},
};

}  // namespace

std::span<const Validation> bound_validations() { return kRows; }

}  // namespace ackproof
