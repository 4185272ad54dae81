// Several handles on one store: each sees at once what another one committed, and neither opening
// nor closing one disturbs the rest.
#include <algorithm>
#include <memory>
#include <vector>

#include "validations/both_queues.h"
#include "validations/build.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"

namespace ackproof {

namespace {

// --- Reading what another handle wrote

// The reader has read before each write, so that whatever it keeps in memory is out of date.
void ack_is_read_at_once_through_another_handle(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  EXPECT_EQ(reader->read_history("order-1").value(), std::vector<Event>());
  EXPECT_TRUE(nothing(reader->read_instance("order-1")));

  writer->enqueue_message(start("order-1")).value();
  for (std::uint64_t id = 1; id <= 5; ++id) {
    TurnCommit commit = commit_events({event(id)});
    commit.messages = {external("order-1", id)};
    commit.metadata.output = "output " + std::to_string(id);
    writer->ack_turn(take_turn(*writer).token, commit).value();

    EXPECT_EQ(reader->read_history("order-1").value(), events(1, id));
    const std::optional<InstanceInfo> record = reader->read_instance("order-1").value();
    EXPECT_EQ(record, writer->read_instance("order-1").value());
    ASSERT_TRUE(record);
    EXPECT_EQ(record->output, commit.metadata.output);
  }
}

void new_execution_is_read_at_once_through_another_handle(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");
  EXPECT_EQ(reader->read_history("order-1").value(), events(1, 1));
  writer->enqueue_message(external("order-1", 1)).value();
  TurnCommit second = commit_events(events(1, 3));
  second.execution = 2;

  writer->ack_turn(take_turn(*writer).token, second).value();

  EXPECT_EQ(reader->read_history("order-1").value(), events(1, 3));
  EXPECT_EQ(reader->read_history("order-1", 1).value(), events(1, 1));
  const std::optional<InstanceInfo> record = reader->read_instance("order-1").value();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->execution, 2U);
}

// Both handles take turns at one instance, each with a history that the other one has extended.
void turn_carries_what_another_handle_committed(Context& ctx) {
  const std::unique_ptr<Provider> handles[] = {ctx.open(), ctx.open()};
  create_instance(*handles[0], "order-1");

  for (std::uint64_t id = 2; id <= 9; ++id) {
    Provider& sender = *handles[(id + 1) % 2];
    Provider& taker = *handles[id % 2];
    sender.enqueue_message(external("order-1", id)).value();
    const Turn turn = take_turn(taker);
    EXPECT_EQ(turn.history, events(1, id - 1));
    EXPECT_EQ(turn.messages, std::vector{external("order-1", id)});
    taker.ack_turn(turn.token, commit_events({event(id)})).value();
  }
}

void activity_is_fetched_at_once_through_another_handle(Context& ctx) {
  const auto sender = ctx.open();
  const auto worker = ctx.open();

  for (std::uint64_t id = 1; id <= 5; ++id) {
    EXPECT_TRUE(nothing(worker->fetch_activity({})));
    sender->enqueue_activity(activity("order-1", id)).value();
    EXPECT_EQ(drain_activities(*worker), std::vector{activity("order-1", id)});
    EXPECT_TRUE(nothing(sender->fetch_activity({}))) << "it was acked by the other handle";
  }
}

void commit_is_fetched_at_once_through_another_handle(Context& ctx) {
  const auto sender = ctx.open();
  const auto worker = ctx.open();
  sender->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*sender);
  EXPECT_TRUE(nothing(worker->fetch_turn({})));
  EXPECT_TRUE(nothing(worker->fetch_activity({})));
  TurnCommit commit = commit_events({event(1)});
  commit.activities = {activity("order-1", 2), activity("order-1", 3)};
  commit.messages = {external("order-1", 4), external("order-1", 5)};

  sender->ack_turn(turn.token, commit).value();

  EXPECT_EQ(drain_activities(*worker), commit.activities);
  EXPECT_EQ(drain_messages(*worker), commit.messages);
}

void completion_is_fetched_at_once_through_another_handle(Context& ctx) {
  const auto worker = ctx.open();
  const auto engine = ctx.open();
  create_instance(*engine, "order-1");
  engine->enqueue_activity(activity("order-1", 1)).value();
  const LockedActivity done = take_activity(*worker);
  EXPECT_TRUE(nothing(engine->fetch_turn({})));

  worker->ack_activity(done.token, completion(done.activity)).value();

  EXPECT_EQ(take_turn(*engine).messages, std::vector{completion(done.activity)});
}

// --- Handles that come and go

template <class Queue>
void token_is_good_on_every_handle(Context& ctx) {
  const auto taker = ctx.open();
  const auto other = ctx.open();
  Queue::put(*taker, 1);
  const Window lock = ctx.window();
  const Taken held = take<Queue>(*taker, lock.length);

  EXPECT_TRUE(succeeds(Queue::renew(*other, held.token, kLongLock)));
  ctx.to_end(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*taker));
  EXPECT_TRUE(succeeds(Queue::ack(*other, held.token)));
  EXPECT_TRUE(none_deliverable<Queue>(*taker));
}

template <class Queue>
void closing_a_handle_ends_none_of_its_locks(Context& ctx) {
  const auto rival = ctx.open();
  auto holder = ctx.open();
  Queue::put(*holder, 1);
  const Window lock = ctx.window();
  take<Queue>(*holder, lock.length);

  holder.reset();

  ctx.to_last_moment(lock);
  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  ctx.to_end(lock);
  EXPECT_EQ(take<Queue>(*rival).item, 1U);
}

template <class Queue>
void opening_a_handle_disturbs_no_lock(Context& ctx) {
  const auto holder = ctx.open();
  Queue::put(*holder, 1);
  Queue::put(*holder, 2);
  const Taken held = take<Queue>(*holder);
  Queue::abandon(*holder, take<Queue>(*holder).token, {.delay = kLongLock}).value();

  const auto rival = ctx.open();

  EXPECT_TRUE(none_deliverable<Queue>(*rival));
  EXPECT_TRUE(succeeds(Queue::ack(*holder, held.token)));
}

// An open that does not end as `busy`, which it may under contention.
std::unique_ptr<Provider> open_patiently(Context& ctx) {
  constexpr int kTries = 500;
  for (int tries = 1; tries < kTries; ++tries) {
    try {
      return ctx.open();
    } catch (const BadResult& refusal) {
      if (refusal.error().kind != ErrorKind::busy) throw;
      back_off(tries);
    }
  }
  return ctx.open();
}

void handles_opened_at_the_same_instant_share_one_store(Context& ctx) {
  constexpr std::size_t kHandles = 8;

  const auto handles = ctx.together(kHandles, [&](std::size_t) { return open_patiently(ctx); });

  std::vector<Activity> sent;
  for (const auto& handle : handles) {
    sent.push_back(activity("order-1", sent.size()));
    handle->enqueue_activity(sent.back()).value();
  }
  EXPECT_EQ(drain_activities(*handles.front()), sent);
}

void opening_while_others_work_loses_nothing(Context& ctx) {
  constexpr std::size_t kCallers = 6;
  constexpr std::uint64_t kEach = 20;
  std::vector<std::unique_ptr<Provider>> workers;
  while (workers.size() < kCallers) workers.push_back(ctx.open());

  // Half of the callers open and close handles, the other half enqueue; what they enqueued is
  // returned.
  const auto sent = ctx.together(kCallers, [&](std::size_t caller) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t n = 0; n < kEach; ++n) {
      if (caller % 2 == 0) {
        const auto opened = open_patiently(ctx);
        insist([&] { return opened->read_history("order-1"); }).value();
      } else {
        const std::uint64_t id = caller * kEach + n;
        insist([&] { return workers[caller]->enqueue_activity(activity("order-1", id)); }).value();
        ids.push_back(id);
      }
    }
    return ids;
  });

  std::vector<std::uint64_t> expected;
  for (const auto& ids : sent) expected.insert(expected.end(), ids.begin(), ids.end());
  std::vector<std::uint64_t> found;
  for (const Activity& item : drain_activities(*ctx.open())) found.push_back(item.id);
  std::ranges::sort(found);
  EXPECT_EQ(found, expected);
}

constexpr Validation kRows[] = {
    {"ack_is_read_at_once_through_another_handle", requirement("CAP_7"),
     ack_is_read_at_once_through_another_handle},
    {"new_execution_is_read_at_once_through_another_handle", requirement("CAP_7"),
     new_execution_is_read_at_once_through_another_handle},
    {"turn_carries_what_another_handle_committed", requirement("CAP_7"),
     turn_carries_what_another_handle_committed},
    {"activity_is_fetched_at_once_through_another_handle", requirement("CAP_7"),
     activity_is_fetched_at_once_through_another_handle},
    {"commit_is_fetched_at_once_through_another_handle", requirement("CAP_7"),
     commit_is_fetched_at_once_through_another_handle},
    {"completion_is_fetched_at_once_through_another_handle", requirement("CAP_7"),
     completion_is_fetched_at_once_through_another_handle},
    {"turn_token_is_good_on_every_handle", requirement("LOCK_9"),
     token_is_good_on_every_handle<Turns>},
    {"activity_token_is_good_on_every_handle", requirement("LOCK_9"),
     token_is_good_on_every_handle<Activities>},
    {"closing_a_handle_ends_none_of_its_turn_locks", requirement("LOCK_1"),
     closing_a_handle_ends_none_of_its_locks<Turns>},
    {"closing_a_handle_ends_none_of_its_activity_locks", requirement("LOCK_1"),
     closing_a_handle_ends_none_of_its_locks<Activities>},
    {"opening_a_handle_disturbs_no_turn_lock", requirement("DUR_4"),
     opening_a_handle_disturbs_no_lock<Turns>},
    {"opening_a_handle_disturbs_no_activity_lock", requirement("DUR_4"),
     opening_a_handle_disturbs_no_lock<Activities>},
    {"handles_opened_at_the_same_instant_share_one_store", requirement("DUR_4"),
     handles_opened_at_the_same_instant_share_one_store},
    {"opening_while_others_work_loses_nothing", requirement("DUR_4"),
     opening_while_others_work_loses_nothing},
};

}  // namespace

std::span<const Validation> handle_validations() { return kRows; }

}  // namespace ackproof
