// What programs can do, and that a replay gives them the same again.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/world.h"

namespace ackproof::engine {
namespace {

// --- Programs. Each awaits into a name, as the rules of task.h say.

Task<Value> in_sequence(Context& context, Value input) {
  const Value first = co_await context.activity("step", input);
  const Value second = co_await context.activity("step", first.get<int>() + 1);
  co_return second;
}

Task<int> sum_of_two(Context& context, int input) {
  const Future<int> left = context.activity<int>("step", input);
  const Future<int> right = context.activity<int>("step", input + 1);
  const int one = co_await left;
  const int other = co_await right;
  co_return one + other;
}

Task<std::string> race_with_a_timer(Context& context, int span) {
  Future<Value> slow = context.event("never");
  Future<Value> limit = context.timer(Duration(span));
  const std::size_t winner = co_await context.select(slow, limit);
  co_return winner == 1 ? "timer" : "event";
}

Task<Value> retried(Context& context, Value input) {
  const CallOptions options{RetryPolicy(5)};
  const Value result = co_await context.call("flaky", input, options);
  co_return result;
}

Task<Value> in_time(Context& context, Value input) {
  CallOptions options{RetryPolicy(2)};
  options.timeout = Duration(1'000);
  const Value result = co_await context.call("nobody_has_it", input, options);
  co_return result;
}

Task<Value> listener(Context& context, Value) {
  const Value first = co_await context.event("news");
  const Value second = co_await context.event("news");
  Value both = Value::array();
  both.push_back(first);
  both.push_back(second);
  co_return both;
}

Task<Value> parent(Context& context, Value input) {
  const Value doubled = co_await context.child("twice", input);
  co_return doubled;
}

Task<int> twice(Context& context, int input) {
  const int same = co_await context.activity<int>("step", input);
  co_return same * 2;
}

Task<Value> failing_child_is_caught(Context& context, Value input) {
  std::optional<Failure> failure;
  try {
    co_await context.child("retried", input);
  } catch (const Failed& failed) {
    failure = failed.failure();
  }
  co_return failure ? Value(failure->message) : Value("no failure");
}

Task<Value> counts_down(Context& context, int left) {
  const Value message = co_await context.message("work");
  context.set_value("last", message);
  if (left > 1) context.continue_as_new(left - 1);
  const Value before = context.value("last").value_or(Value());
  co_return before;
}

Task<Value> cancellable(Context& context, Value) {
  std::optional<Failure> failure;
  try {
    co_await context.activity("nobody_has_it", Value(1));
  } catch (const Failed& failed) {
    failure = failed.failure();
  }
  const Value cleaned = co_await context.activity("step", "cleaning");
  co_return failure ? Value(failure->message) : cleaned;
}

Task<Value> dice(Context& context, Value) {
  Value rolled = Value::array();
  rolled.push_back(context.random());
  rolled.push_back(context.new_id());
  rolled.push_back(context.now().time_since_epoch().count());
  co_await context.timer(Duration(1'000));
  rolled.push_back(context.now().time_since_epoch().count());
  rolled.push_back(context.random());
  co_return rolled;
}

Task<int> half(Context& context, int input) {
  const int one = co_await context.activity<int>("step", input);
  const int two = co_await context.activity<int>("step", one);
  co_return two;
}

Task<int> side_by_side(Context& context, int input) {
  const Spawned<int> left = context.spawn(half(context, input));
  const Spawned<int> right = context.spawn(half(context, input * 10));
  const int one = co_await left;
  const int other = co_await right;
  co_return one + other;
}

// One activity named `after` once the shared one is answered.
Task<int> follows(Context& context, Future<int> shared, std::string after) {
  const int answer = co_await shared;
  const int next = co_await context.activity<int>(after, answer);
  co_return next;
}

Task<int> several_wait_for_one(Context& context, int input) {
  const Future<int> shared = context.activity<int>("step", input);
  const Spawned<int> first = context.spawn(follows(context, shared, "first"));
  const Spawned<int> second = context.spawn(follows(context, shared, "second"));
  const Spawned<int> third = context.spawn(follows(context, shared, "third"));
  const int three = co_await third;
  const int two = co_await second;
  const int one = co_await first;
  co_return one + two + three;
}

// Of those that wait, only the last is dropped before the answer comes.
Task<int> one_of_them_is_dropped(Context& context, int input) {
  const Future<int> shared = context.activity<int>("step", input);
  const Spawned<int> kept = context.spawn(follows(context, shared, "kept"));
  Spawned<int> dropped = context.spawn(follows(context, shared, "dropped"));
  co_await context.activity("first", Value(0));
  dropped.drop();
  const int result = co_await kept;
  co_return result;
}

Task<int> many_tasks(Context& context, int number) {
  std::vector<Spawned<int>> tasks;
  for (int i = 0; i < number; ++i) tasks.push_back(context.spawn(half(context, i)));
  int sum = 0;
  for (const Spawned<int>& task : tasks) {
    const int one = co_await task;
    sum += one;
  }
  co_return sum;
}

Task<Value> reports(Context& context, Value) {
  context.set_status("working");
  context.set_value("kept", 7);
  context.set_value("gone", 8);
  context.clear_value("gone");
  co_await context.activity("step", Value(1));
  context.set_status("ready");
  co_return Value();
}

Task<Value> in_a_session(Context& context, Value) {
  CallOptions pinned;
  pinned.session = "gpu-1";
  co_await context.activity("step", Value(1), pinned);
  const Value second = co_await context.activity("step", Value(2), pinned);
  co_return second;
}

Task<Value> tagged(Context& context, Value input) {
  CallOptions options;
  options.tag = "gpu";
  const Value result = co_await context.activity("step", input, options);
  co_return result;
}

Task<int> deep(Context& context, int left) {
  if (left == 0) {
    const int bottom = co_await context.activity<int>("step", 0);
    co_return bottom;
  }
  const int below = co_await deep(context, left - 1);
  co_return below + 1;
}

TEST(Program, does_one_thing_after_the_other) {
  World world;
  world.echo("step");
  world.registry.program("p", in_sequence);

  EXPECT_EQ(world.end_of("p", 1).result, 2);

  EXPECT_EQ(world.log, (std::vector<std::string>{"step 1", "step 2"}));
  EXPECT_EQ(world.kinds("one"),
            "Started ActivityScheduled ActivityCompleted ActivityScheduled ActivityCompleted "
            "Completed");
}

TEST(Program, fans_out_and_in) {
  World world;
  world.echo("step");
  world.registry.program("p", sum_of_two);

  EXPECT_EQ(world.end_of("p", 20).result, 41);
}

TEST(Program, the_loser_of_a_select_is_dropped) {
  World world;
  world.registry.program("p", race_with_a_timer);

  EXPECT_EQ(world.end_of("p", 500).result, "timer");
  EXPECT_EQ(world.kinds("one"), "Started EventAwaited TimerCreated TimerFired Dropped Completed");
}

TEST(Program, who_waits_for_the_same_goes_on_in_the_order_of_spawning) {
  World world;
  for (const char* name : {"step", "first", "second", "third"}) world.echo(name);
  world.registry.program("p", several_wait_for_one);

  EXPECT_EQ(world.end_of("p", 7).result, 21);

  EXPECT_EQ(world.log, (std::vector<std::string>{"step 7", "first 7", "second 7", "third 7"}));
}

TEST(Program, a_task_that_is_dropped_while_it_waits_does_nothing_more) {
  World world;
  for (const char* name : {"first", "step", "kept", "dropped"}) world.echo(name);
  world.registry.program("p", one_of_them_is_dropped);

  EXPECT_EQ(world.end_of("p", 7).result, 7);

  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "dropped 7"), 0);
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "kept 7"), 1);
}

TEST(Program, a_hundred_tasks_run_side_by_side) {
  World world;
  world.echo("step");
  world.registry.program("p", many_tasks);

  EXPECT_EQ(world.end_of("p", 100).result, 4'950);
}

TEST(Program, each_end_is_told_once_when_it_is_stored) {
  World world;
  world.echo("step");
  world.registry.program("parent", parent).program("twice", twice).program("retried", retried);
  world.registry.program("counts_down", counts_down);
  std::vector<std::string> told;
  Settings settings;
  settings.ended = [&](const std::string& instance) {
    EXPECT_TRUE(world.engine().ending(instance).value()) << instance;
    told.push_back(instance);
  };
  world.restart(settings);

  ASSERT_TRUE(world.engine().start("works", "parent", 4));
  ASSERT_TRUE(world.engine().start("fails", "parent", "no number"));
  ASSERT_TRUE(world.engine().start("goes_on", "counts_down", 2));
  world.run();
  EXPECT_EQ(told.size(), 4U) << "two parents and their children";
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(world.engine().enqueue("goes_on", "work", i));
  world.run();

  std::sort(told.begin(), told.end());
  EXPECT_EQ(told,
            (std::vector<std::string>{"fails", "fails:1:2", "goes_on", "works", "works:1:2"}));
}

TEST(Program, a_failed_activity_is_tried_again_with_growing_pauses) {
  World world;
  world.fail_first("flaky", 3);
  world.registry.program("p", retried);

  EXPECT_EQ(world.end_of("p", 5).result, 5);

  EXPECT_EQ(world.log.size(), 4U);
  const auto history = world.provider().read_history("one").value();
  std::vector<std::int64_t> pauses;
  for (const Event& event : history) {
    if (event.kind == "TimerCreated") {
      pauses.push_back(
          (Time(Duration(decode(event.payload)["due"].get<std::int64_t>())) - event.timestamp)
              .count());
    }
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{100, 200, 400}));
}

TEST(Program, what_is_not_retryable_is_not_retried) {
  World world;
  world.fail_first("flaky", 3, false);
  world.registry.program("p", retried);

  const Ending ending = world.end_of("p", 5);

  EXPECT_EQ(world.log.size(), 1U);
  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::application);
  EXPECT_EQ(ending.failure->message, "never");
  EXPECT_EQ(ending.failure->source, "flaky");
}

TEST(Program, what_nobody_answers_times_out) {
  World world;
  world.registry.program("p", in_time);

  const Ending ending = world.end_of("p", 5);

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::timed_out);
  EXPECT_EQ(ending.failure->context.at("attempts"), "2");
  EXPECT_EQ(world.provider().read_queue_depths().value().activities, QueueDepth())
      << "an activity that timed out is cancelled";
}

TEST(Program, events_are_kept_until_somebody_waits) {
  World world;
  world.registry.program("p", listener);
  ASSERT_TRUE(world.engine().start("one", "p", 0));
  ASSERT_TRUE(world.engine().raise("one", "news", "early"));
  world.settle();
  ASSERT_TRUE(world.engine().raise("one", "other", "not this"));
  ASSERT_TRUE(world.engine().raise("one", "news", "late"));
  world.settle();

  EXPECT_EQ(world.ending("one").result, Value({"early", "late"}));
}

TEST(Program, a_child_answers_its_parent) {
  World world;
  world.echo("step");
  world.registry.program("p", parent).program("twice", twice);

  EXPECT_EQ(world.end_of("p", 21).result, 42);
  EXPECT_EQ(world.provider().list_children("one").value().size(), 1U);
}

TEST(Program, a_failing_child_says_of_what) {
  World world;
  world.fail_first("flaky", 1, false);
  world.registry.program("p", failing_child_is_caught).program("retried", retried);

  const std::string said = world.end_of("p", 1).result;

  EXPECT_NE(said.find("never"), std::string::npos) << said;
}

TEST(Program, messages_and_values_outlive_continue_as_new) {
  World world;
  world.registry.program("p", counts_down);
  ASSERT_TRUE(world.engine().start("one", "p", 3));
  for (const char* message : {"a", "b", "c"}) {
    ASSERT_TRUE(world.engine().enqueue("one", "work", message));
  }
  world.settle();

  EXPECT_EQ(world.ending("one").result, "c");
  EXPECT_EQ(world.provider().list_executions("one").value(), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(world.provider().read_value("one", "last").value()->value, "\"c\"");
}

TEST(Program, a_cancellation_is_seen_once_and_can_be_cleaned_up_after) {
  World world;
  world.echo("step");
  world.registry.program("p", cancellable);
  ASSERT_TRUE(world.engine().start("one", "p", 0));
  world.settle();
  ASSERT_TRUE(world.engine().cancel("one", "enough"));
  world.settle();

  EXPECT_EQ(world.ending("one").result, "enough");
  EXPECT_EQ(world.log, (std::vector<std::string>{"step \"cleaning\""}));
}

TEST(Program, what_it_rolls_it_rolls_again) {
  World world;
  world.registry.program("p", dice);
  const Value once = world.end_of("p", 0).result;

  EXPECT_EQ(once[3].get<std::int64_t>() - once[2].get<std::int64_t>(), 1'000);
  World again;
  again.registry.program("p", dice);
  EXPECT_EQ(again.end_of("p", 0).result, once) << "the same instance rolls the same";
}

TEST(Program, spawned_tasks_run_side_by_side) {
  World world;
  world.echo("step");
  world.registry.program("p", side_by_side);

  EXPECT_EQ(world.end_of("p", 1).result, 11);
  EXPECT_EQ(world.log, (std::vector<std::string>{"step 1", "step 10", "step 1", "step 10"}));
}

TEST(Program, status_and_values_take_effect_with_the_turn) {
  World world;
  world.registry.program("p", reports);
  ASSERT_TRUE(world.engine().start("one", "p", 0));
  world.engine().take_turn();

  EXPECT_EQ(world.provider().read_custom_status("one", 0).value()->value, "\"working\"");
  EXPECT_EQ(world.provider().read_values("one").value().size(), 1U);
  world.echo("step");
  world.run();
  EXPECT_EQ(world.provider().read_custom_status("one", 1).value()->value, "\"ready\"");
}

TEST(Program, activities_of_a_session_go_to_the_worker_that_has_it) {
  World world;
  world.echo("step");
  world.registry.program("p", in_a_session);
  Settings other;
  other.worker = "somebody else";
  Engine elsewhere(world.provider(), world.registry, other);
  ASSERT_TRUE(world.engine().start("one", "p", 0));
  world.engine().take_turn();

  EXPECT_EQ(world.engine().work(), Step::done);
  world.engine().take_turn();
  EXPECT_EQ(elsewhere.work(), Step::nothing);
  EXPECT_EQ(world.engine().work(), Step::done);
  world.engine().take_turn();
  EXPECT_EQ(world.ending("one").result, 2);
}

TEST(Program, activities_with_a_tag_go_to_workers_that_take_it) {
  World world;
  world.echo("step");
  world.registry.program("p", tagged);
  Settings with_gpu;
  with_gpu.tags = {.kind = TagFilter::Kind::tags, .tags = {"gpu"}};
  Engine elsewhere(world.provider(), world.registry, with_gpu);
  ASSERT_TRUE(world.engine().start("one", "p", 7));
  world.engine().take_turn();

  EXPECT_EQ(world.engine().work(), Step::nothing);
  EXPECT_EQ(elsewhere.work(), Step::done);
  world.engine().take_turn();
  EXPECT_EQ(world.ending("one").result, 7);
}

TEST(Program, deep_and_long_ones_overflow_nothing) {
  World world;
  world.echo("step");
  world.registry.program("p", deep);

  EXPECT_EQ(world.end_of("p", 100'000).result, 100'000);
}

TEST(Program, an_unknown_one_waits_for_somebody_who_knows_it) {
  World world;
  world.echo("step");
  world.registry.program("p", in_sequence, "2");
  ASSERT_TRUE(world.engine().start("one", "p", 1, "3"));
  world.settle();
  EXPECT_FALSE(world.engine().ending("one").value());

  world.registry.program("p", in_sequence, "3");
  world.run();

  EXPECT_EQ(world.ending("one").result, 2);
}

TEST(Program, the_newest_version_is_taken_by_its_numbers) {
  World world;
  world.echo("step");
  world.registry.program("p", in_sequence, "1.10").program("p", in_sequence, "1.9");
  world.end_of("p", 1);

  EXPECT_EQ(world.provider().read_instance("one").value()->version, "1.10");
}

// --- What goes wrong

// Of a workflow whose program is another one from its second turn on.
Ending ending_after_change_to(Task<Value> (*program)(Context&, Value)) {
  World world;
  world.registry.program("p", in_sequence);
  EXPECT_TRUE(world.engine().start("one", "p", 1));
  world.settle();
  world.registry.program("p", program);
  world.echo("step");
  world.run();
  return world.ending("one");
}

Task<Value> changed(Context& context, Value input) {
  const Value first = co_await context.activity("another", input);
  co_return first;
}

TEST(Replay, a_program_that_changed_is_named_with_its_history) {
  const Ending ending = ending_after_change_to(changed);

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::nondeterministic);
  EXPECT_EQ(ending.failure->context.at("history"), "ActivityScheduled step #2");
  EXPECT_EQ(ending.failure->context.at("program"), "does ActivityScheduled another");
}

Task<Value> ends_early(Context&, Value input) { co_return input; }

TEST(Replay, a_program_that_does_less_than_its_history_is_named) {
  const Ending ending = ending_after_change_to(ends_early);

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::nondeterministic);
  EXPECT_EQ(ending.failure->context.at("program"), "has ended");
}

TEST(Replay, what_kills_its_worker_is_poison_in_the_end) {
  World world;
  world.registry.program("p", in_sequence);
  Settings settings;
  settings.most_attempts = 3;
  world.restart(settings);
  ASSERT_TRUE(world.engine().start("one", "p", 1));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(world.provider().fetch_turn({}).value());  // And then the worker dies.
    world.advance(Duration(30'000));
  }
  world.settle();

  const Ending ending = world.ending("one");

  ASSERT_TRUE(ending.failure);
  EXPECT_EQ(ending.failure->kind, FailureKind::poisoned);
}

TEST(History, all_codecs_are_read_whoever_writes) {
  for (const Codec codec : {Codec::json, Codec::cbor, Codec::message_pack}) {
    World world;
    world.echo("step");
    world.registry.program("p", in_sequence);
    Settings settings;
    settings.codec = codec;
    world.restart(settings);
    ASSERT_TRUE(world.engine().start("one", "p", 1));
    world.engine().take_turn();
    world.restart();  // With JSON, as at first.
    world.run();
    EXPECT_EQ(world.ending("one").result, 2);
  }
  EXPECT_THROW(decode("no object"), Failed);
  EXPECT_THROW(decode(""), Failed);
  EXPECT_THROW(decode("{\"cut"), Failed);
}

}  // namespace
}  // namespace ackproof::engine
