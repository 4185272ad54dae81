// Pruning: which executions go, that they really go, and that nothing else does.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

using Executions = std::vector<std::uint64_t>;

// Begins these executions one after the other, each of which ends the one before, and tells when
// each was begun on the store's clock. Execution n has n % 3 + 1 events; the last one is Running.
std::vector<Time> make_chain(Context& ctx, Provider& provider, const std::string& instance,
                             const Executions& executions) {
  std::vector<Time> begun;
  for (const std::uint64_t execution : executions) {
    const TurnCommit commit{.execution = execution, .events = events(1, execution % 3 + 1)};
    ctx.advance(Duration(3));
    if (begun.empty()) {
      commit_start(provider, start(instance), commit);
    } else {
      commit_turn(provider, instance, commit);
    }
    begun.push_back(provider.read_instance(instance).value()->updated_at);
  }
  return begun;
}

// The executions among these that have a history, which has to be the one they were made with.
Executions left(Provider& provider, const std::string& instance, const Executions& executions) {
  Executions all;
  for (const std::uint64_t execution : executions) {
    const std::vector<Event> history = provider.read_history(instance, execution).value();
    if (history.empty()) continue;
    EXPECT_EQ(history, events(1, execution % 3 + 1)) << "execution " << execution;
    all.push_back(execution);
  }
  return all;
}

PruneCounts counts_of(const Executions& pruned) {
  PruneCounts counts{.instances = 1, .executions = pruned.size()};
  for (const std::uint64_t execution : pruned) counts.events += execution % 3 + 1;
  return counts;
}

// --- What goes and what stays

// -1 stands for absent.
template <int keep_last>
void only_the_current_execution_is_left(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Executions all = {1, 2, 3, 4};
  make_chain(ctx, *provider, "order-1", all);
  const auto before = stored(*provider, Names{"order-1"});
  PruneOptions options;
  if (keep_last >= 0) options.keep_last = keep_last;

  EXPECT_EQ(provider->prune_instance("order-1", options).value(), counts_of({1, 2, 3}));

  EXPECT_EQ(left(*reader, "order-1", all), Executions{4});
  EXPECT_EQ(stored(*reader, Names{"order-1"}), before);
  EXPECT_EQ(provider->prune_instance("order-1", options).value(), (PruneCounts{.instances = 1}));
}

// Completed, failed, continued as new: none of it makes the current execution prunable.
void current_execution_stays_whatever_its_status(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3", "order-4"};
  finish_instance(*provider, "order-1", Status::running);
  finish_instance(*provider, "order-2", Status::completed);
  finish_instance(*provider, "order-3", Status::failed);
  finish_instance(*provider, "order-4", Status::continued_as_new);
  const auto before = stored(*provider, all);
  const Time later = before.back().first->updated_at + std::chrono::hours(24);

  for (const std::string& instance : all) {
    EXPECT_EQ(provider->prune_instance(instance, {.keep_last = 0}).value(), counts_of({}));
    EXPECT_EQ(provider->prune_instance(instance, {.completed_before = later}).value(),
              counts_of({}));
  }

  EXPECT_EQ(stored(*provider, all), before);
}

void other_instances_are_left_alone(Context& ctx) {
  const auto provider = ctx.open();
  const Names others = {"order-10", "Order-1", "order-", "order-%", "order-_"};
  const Executions all = {1, 2, 3};
  for (const std::string& other : others) make_chain(ctx, *provider, other, all);
  make_chain(ctx, *provider, "order-1", all);
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  commit_turn(*provider, "order-2", {.execution = 2, .events = events(1, 3)});

  provider->prune_instance("order-1", {}).value();
  for (const std::string& other : others) EXPECT_EQ(left(*provider, other, all), all) << other;
  EXPECT_EQ(provider->read_history("order-2", 1).value(), events(1, 1)) << "the child's";

  EXPECT_EQ(provider->prune_instance("order-%", {}).value(), counts_of({1, 2}));
  EXPECT_EQ(left(*provider, "order-10", all), all);
  EXPECT_EQ(left(*provider, "order-_", all), all);
}

void queues_and_locks_are_left_alone(Context& ctx) {
  const auto provider = ctx.open();
  make_chain(ctx, *provider, "order-1", {1, 2, 3});
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  const LockedActivity held = take_activity(*provider);
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_message(completion(activity("order-1", 3))).value();

  EXPECT_EQ(provider->prune_instance("order-1", {}).value(), counts_of({1, 2}));

  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  EXPECT_TRUE(succeeds(provider->ack_activity(held.token, std::nullopt)));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.execution = 3})));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
  EXPECT_EQ(drain_messages(*provider), std::vector{completion(activity("order-1", 3))});
}

void turn_after_pruning_has_the_current_history(Context& ctx) {
  const auto provider = ctx.open();
  make_chain(ctx, *provider, "order-1", {1, 2, 3});

  provider->prune_instance("order-1", {}).value();
  const Turn turn = wake(*provider, "order-1", 1);

  EXPECT_EQ(turn.execution, 3U);
  EXPECT_EQ(turn.history, events(1, 1));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, {.execution = 4, .events = {event(1)}})));
  EXPECT_EQ(record_of(*provider, "order-1").execution, 4U);
  EXPECT_EQ(provider->prune_instance("order-1", {}).value(), counts_of({3}));
}

// Statuses say nothing about a lower execution: a higher one is current, so it has ended.
void lower_executions_go_whatever_their_status(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed);
  std::uint64_t execution = 1;
  for (const Status status : {Status::failed, Status::continued_as_new, Status::running}) {
    TurnCommit commit{.execution = ++execution, .events = {event(1)}};
    commit.metadata.status = status;
    commit_turn(*provider, "order-1", commit);
  }
  commit_turn(*provider, "order-1", {.execution = 5, .events = {event(1)}});

  EXPECT_EQ(provider->prune_instance("order-1", {}).value(),
            (PruneCounts{.instances = 1, .executions = 4, .events = 4}));

  for (const std::uint64_t lower : {1, 2, 3, 4}) {
    EXPECT_EQ(provider->read_history("order-1", lower).value(), std::vector<Event>());
  }
}

void executions_without_events_are_pruned_and_counted(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), {});
  commit_turn(*provider, "order-1", {.execution = 2});
  commit_turn(*provider, "order-1", {.execution = 3});

  EXPECT_EQ(provider->prune_instance("order-1", {}).value(),
            (PruneCounts{.instances = 1, .executions = 2}));
}

void long_history_is_pruned_whole(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), commit_events(events(1, 1'000)));
  commit_turn(*provider, "order-1", commit_events(events(1'001, 1'500)));
  commit_turn(*provider, "order-1", {.execution = 2, .events = events(1, 3)});

  EXPECT_EQ(provider->prune_instance("order-1", {}).value(),
            (PruneCounts{.instances = 1, .executions = 1, .events = 1'500}));

  EXPECT_EQ(provider->read_history("order-1", 1).value(), std::vector<Event>());
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 3));
}

// What went is gone: a late ack makes the execution anew, without what it had.
void late_ack_to_a_pruned_execution_makes_it_anew(Context& ctx) {
  const auto provider = ctx.open();
  make_chain(ctx, *provider, "order-1", {1, 2, 3});
  provider->prune_instance("order-1", {}).value();

  commit_turn(*provider, "order-1", {.execution = 2, .events = {event(1), event(9)}});

  EXPECT_EQ(provider->read_history("order-1", 2).value(), (std::vector{event(1), event(9)}));
  EXPECT_EQ(record_of(*provider, "order-1").execution, 3U);
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(provider->prune_instance("order-1", {}).value(),
            (PruneCounts{.instances = 1, .executions = 1, .events = 2}));
}

void values_are_left_by_pruning(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit first = commit_events({event(1)});
  first.values = {set_value("color", "red"), set_value("size", "XL")};
  commit_start(*provider, start("order-1"), first);
  commit_turn(*provider, "order-1", {.execution = 2, .values = {set_value("size", "S")}});
  commit_turn(*provider, "order-1", {.execution = 3});
  const auto before = provider->read_values("order-1").value();

  provider->prune_instance("order-1", {}).value();

  EXPECT_EQ(provider->read_values("order-1").value(), before);
  EXPECT_EQ(wake(*provider, "order-1", 1).values, before);
}

void pruned_executions_are_in_no_list(Context& ctx) {
  const auto provider = ctx.open();
  make_chain(ctx, *provider, "order-1", {1, 2, 3, 4});
  const ExecutionInfo third = provider->read_execution("order-1", 3).value();
  const ExecutionInfo fourth = provider->read_execution("order-1", 4).value();

  provider->prune_instance("order-1", {.keep_last = 2}).value();

  EXPECT_EQ(provider->list_executions("order-1").value(), (Executions{3, 4}));
  EXPECT_TRUE(fails_with(provider->read_execution("order-1", 1), ErrorKind::not_found));
  EXPECT_TRUE(fails_with(provider->read_execution("order-1", 2), ErrorKind::not_found));
  EXPECT_EQ(provider->read_execution("order-1", 3).value(), third);
  EXPECT_EQ(provider->read_execution("order-1", 4).value(), fourth);
  EXPECT_EQ(provider->read_totals().value(),
            (StoreTotals{.instances = 1, .executions = 2, .events = 3, .running = 1}));
}

void pruned_executions_stay_gone_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  make_chain(ctx, *provider, "order-1", all);
  provider->prune_instance("order-1", {.keep_last = 2}).value();
  const auto before = stored(*provider, Names{"order-1"});

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{3, 4}));
  EXPECT_EQ(stored(*provider, Names{"order-1"}), before);
  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 2}).value(),
            (PruneCounts{.instances = 1}));
}

// What is pruned is chosen in the step that prunes: an execution that just became current stays, and
// each lower one is pruned, and counted, once.
void pruning_while_the_instance_continues_as_new_keeps_the_current_execution(Context& ctx) {
  constexpr std::uint64_t kExecutions = 40;
  const auto worker = ctx.open();
  const auto pruner = ctx.open();
  create_instance(*worker, "order-1");
  std::uint64_t pruned = 0;

  for (std::uint64_t n = 2; n <= kExecutions; ++n) {
    const Turn turn = wake(*worker, "order-1", n);
    EXPECT_EQ(turn.history, events(1, 1));
    const TurnCommit next{.execution = n, .events = {event(1)}};
    const auto executions = meet(ctx, n, [&](std::size_t i) {
      if (i == 0) {
        return insist([&] { return pruner->prune_instance("order-1", {}); }).value().executions;
      }
      insist([&] { return worker->ack_turn(turn.token, next); }).value();
      return std::uint64_t{0};
    });
    pruned += executions[0];
  }

  pruned += pruner->prune_instance("order-1", {}).value().executions;
  EXPECT_EQ(pruned, kExecutions - 1);
  EXPECT_EQ(worker->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(record_of(*worker, "order-1").execution, kExecutions);
}

// --- Keep last (PRUNE_2)

void keep_last_counts_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  make_chain(ctx, *provider, "order-1", all);

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 5}).value(), counts_of({}));
  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 4}).value(), counts_of({}));
  EXPECT_EQ(left(*provider, "order-1", all), all);
  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 3}).value(), counts_of({1}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3, 4}));
  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 2}).value(), counts_of({2}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{3, 4}));
}

void largest_keep_last_keeps_all(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3};
  make_chain(ctx, *provider, "order-1", all);

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = kLargestId}).value(), counts_of({}));

  EXPECT_EQ(left(*provider, "order-1", all), all);
}

void last_is_by_number_where_numbers_have_gaps(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {2, 5, 9, 40, 41};
  make_chain(ctx, *provider, "order-1", all);

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 3}).value(), counts_of({2, 5}));

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{9, 40, 41}));
}

void last_is_by_number_and_not_by_its_digits(Context& ctx) {
  const auto provider = ctx.open();
  Executions all;
  for (std::uint64_t n = 1; n <= 12; ++n) all.push_back(n);
  make_chain(ctx, *provider, "order-1", all);

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 4}).value(),
            counts_of({1, 2, 3, 4, 5, 6, 7, 8}));

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{9, 10, 11, 12}));
}

// The late one has the lowest number, though it came last.
void last_is_by_number_and_not_by_time(Context& ctx) {
  const auto provider = ctx.open();
  make_chain(ctx, *provider, "order-1", {2, 3, 4});
  commit_turn(*provider, "order-1", {.execution = 1, .events = events(1, 2)});

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 3}).value(), counts_of({1}));

  EXPECT_EQ(left(*provider, "order-1", {1, 2, 3, 4}), (Executions{2, 3, 4}));
}

// --- Completed before (PRUNE_2)

// Execution n ended when n + 1 began.
void completed_before_is_strict_to_the_millisecond(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  const std::vector<Time> begun = make_chain(ctx, *provider, "order-1", all);

  EXPECT_EQ(provider->prune_instance("order-1", {.completed_before = begun[1]}).value(),
            counts_of({}));
  EXPECT_EQ(provider->prune_instance("order-1", {.completed_before = begun[2]}).value(),
            counts_of({1}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3, 4}));
  EXPECT_EQ(
      provider->prune_instance("order-1", {.completed_before = begun[2] + Duration(1)}).value(),
      counts_of({2}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{3, 4}));
  EXPECT_EQ(provider->prune_instance("order-1", {.completed_before = Time()}).value(),
            counts_of({}));
}

void completed_before_goes_by_the_ack_that_ended_it(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::continued_as_new);
  const Time ended = provider->read_instance("order-1").value()->updated_at;
  ctx.advance(Duration(7));
  commit_turn(*provider, "order-1", {.execution = 2, .events = {event(1)}});
  ctx.advance(Duration(7));
  commit_turn(*provider, "order-1", {.execution = 1, .events = {event(2)}});

  EXPECT_EQ(provider->prune_instance("order-1", {.completed_before = ended}).value(),
            (PruneCounts{.instances = 1}));
  EXPECT_EQ(provider->prune_instance("order-1", {.completed_before = ended + Duration(1)}).value(),
            (PruneCounts{.instances = 1, .executions = 1, .events = 2}));
}

void both_criteria_have_to_hold(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4, 5};
  const std::vector<Time> begun = make_chain(ctx, *provider, "order-1", all);
  const Time third_ended = begun[3];

  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 4, .completed_before = third_ended})
                .value(),
            counts_of({1}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3, 4, 5}));
  EXPECT_EQ(provider->prune_instance("order-1", {.keep_last = 1, .completed_before = third_ended})
                .value(),
            counts_of({2}));
  EXPECT_EQ(left(*provider, "order-1", all), (Executions{3, 4, 5}));
}

void unknown_instance_cannot_be_pruned(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2};
  make_chain(ctx, *provider, "order-1", all);
  provider->enqueue_message(external("order-2", 1)).value();

  for (const std::string unknown : {"order-2", "order-3", "order-", "order-10", "%"}) {
    EXPECT_TRUE(fails_with(provider->prune_instance(unknown, {}), ErrorKind::not_found)) << unknown;
  }

  EXPECT_EQ(left(*provider, "order-1", all), all);
}

// --- In bulk

void bulk_pruning_takes_running_and_ended_instances(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3};
  make_chain(ctx, *provider, "order-1", all);
  make_chain(ctx, *provider, "order-2", all);
  TurnCommit completed{.execution = 3};
  completed.metadata.status = Status::completed;
  commit_turn(*provider, "order-2", completed);
  finish_instance(*provider, "order-3");
  const auto before = stored(*provider, Names{"order-1", "order-2", "order-3"});

  EXPECT_EQ(provider->prune_matching({}, {.keep_last = 2}).value(),
            (PruneCounts{.instances = 3, .executions = 2, .events = 4}));

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3}));
  EXPECT_EQ(left(*provider, "order-2", all), (Executions{2, 3}));
  EXPECT_EQ(stored(*provider, Names{"order-1", "order-2", "order-3"}), before);
}

void bulk_pruning_takes_instances_that_are_no_roots(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "order-2", Status::continued_as_new, "order-1");
  commit_turn(*provider, "order-2", {.execution = 2});

  EXPECT_EQ(provider->prune_matching({}, {}).value(),
            (PruneCounts{.instances = 2, .executions = 1, .events = 1}));
}

void bulk_pruning_by_ids_takes_exactly_these(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  const Names names = {"order-1", "order-2", "order-3", "order-10"};
  for (const std::string& instance : names) make_chain(ctx, *provider, instance, all);
  provider->enqueue_message(external("order-8", 1)).value();

  EXPECT_EQ(provider
                ->prune_matching(
                    {.instances = Names{"order-9", "order-1", "order-8", "order-3", "order-1"}},
                    {.keep_last = 1})
                .value(),
            (PruneCounts{.instances = 2, .executions = 6, .events = 12}));

  EXPECT_EQ(left(*provider, "order-1", all), Executions{4});
  EXPECT_EQ(left(*provider, "order-2", all), all);
  EXPECT_EQ(left(*provider, "order-3", all), Executions{4});
  EXPECT_EQ(left(*provider, "order-10", all), all);
  EXPECT_EQ(provider->prune_matching({.instances = Names()}, {}).value(), PruneCounts());
  EXPECT_EQ(left(*provider, "order-2", all), all);
}

void bulk_pruning_before_a_time_takes_instances_that_ended_before(Context& ctx) {
  const auto provider = ctx.open();
  const Names names = {"order-1", "order-2", "order-3"};
  const Executions all = {1, 2};
  std::vector<Time> ended;
  for (const std::string& instance : names) {
    make_chain(ctx, *provider, instance, all);
    TurnCommit completed{.execution = 2};
    if (instance != "order-1") completed.metadata.status = Status::completed;
    commit_turn(*provider, instance, completed);
    ended.push_back(provider->read_instance(instance).value()->updated_at);
  }
  const InstanceFilter filter{.completed_before = ended[2]};

  EXPECT_EQ(provider->prune_matching(filter, {}).value(), counts_of({1}));
  EXPECT_EQ(left(*provider, "order-2", all), Executions{2});
  EXPECT_EQ(left(*provider, "order-1", all), all) << "it has not ended";
  EXPECT_EQ(left(*provider, "order-3", all), all) << "it ended at that very moment";
}

void bulk_pruning_goes_by_both_criteria_of_the_executions(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  const std::vector<Time> one = make_chain(ctx, *provider, "order-1", all);
  make_chain(ctx, *provider, "order-2", all);

  EXPECT_EQ(provider->prune_matching({}, {.keep_last = 2, .completed_before = one[2]}).value(),
            (PruneCounts{.instances = 2, .executions = 1, .events = 2}));

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3, 4}));
  EXPECT_EQ(left(*provider, "order-2", all), all);
}

// Which ones a limit takes is free; how many is not.
void limit_of_bulk_pruning_bounds_the_instances(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3};
  const Names names = {"order-1", "order-2", "order-3"};
  for (const std::string& instance : names) make_chain(ctx, *provider, instance, all);

  EXPECT_EQ(provider->prune_matching({.limit = 0}, {}).value(), PruneCounts());
  EXPECT_EQ(provider->prune_matching({.limit = 2}, {}).value(),
            (PruneCounts{.instances = 2, .executions = 4, .events = 10}));

  std::size_t untouched = 0;
  for (const std::string& instance : names) {
    if (left(*provider, instance, all) == all) ++untouched;
  }
  EXPECT_EQ(untouched, 1U);
  EXPECT_EQ(provider->prune_matching({.limit = 3}, {}).value(),
            (PruneCounts{.instances = 3, .executions = 2, .events = 5}));
}

constexpr const Requirement& kGoes = requirement("PRUNE_1");
constexpr const Requirement& kWhich = requirement("PRUNE_2");

constexpr Validation kRows[] = {
    {"keep_last_absent_leaves_the_current_execution", kWhich,
     only_the_current_execution_is_left<-1>},
    {"keep_last_0_leaves_the_current_execution", kWhich, only_the_current_execution_is_left<0>},
    {"keep_last_1_leaves_the_current_execution", kWhich, only_the_current_execution_is_left<1>},
    {"current_execution_stays_whatever_its_status", kGoes,
     current_execution_stays_whatever_its_status},
    {"other_instances_are_left_alone", kGoes, other_instances_are_left_alone},
    {"queues_and_locks_are_left_alone", kGoes, queues_and_locks_are_left_alone},
    {"turn_after_pruning_has_the_current_history", kGoes,
     turn_after_pruning_has_the_current_history},
    {"lower_executions_go_whatever_their_status", kGoes, lower_executions_go_whatever_their_status},
    {"executions_without_events_are_pruned_and_counted", kGoes,
     executions_without_events_are_pruned_and_counted},
    {"long_history_is_pruned_whole", kGoes, long_history_is_pruned_whole},
    {"late_ack_to_a_pruned_execution_makes_it_anew", kGoes,
     late_ack_to_a_pruned_execution_makes_it_anew},
    {"values_are_left_by_pruning", kGoes, values_are_left_by_pruning, Hook::none,
     Capability::key_value},
    {"pruned_executions_are_in_no_list", kGoes, pruned_executions_are_in_no_list, Hook::none,
     Capability::management},
    {"pruned_executions_stay_gone_after_reopening", kGoes,
     pruned_executions_stay_gone_after_reopening, Hook::none, Capability::queues, true},
    {"pruning_while_the_instance_continues_as_new_keeps_the_current_execution", kGoes,
     pruning_while_the_instance_continues_as_new_keeps_the_current_execution},
    {"keep_last_counts_the_current_execution", kWhich, keep_last_counts_the_current_execution},
    {"largest_keep_last_keeps_all", kWhich, largest_keep_last_keeps_all},
    {"last_is_by_number_where_numbers_have_gaps", kWhich,
     last_is_by_number_where_numbers_have_gaps},
    {"last_is_by_number_and_not_by_its_digits", kWhich, last_is_by_number_and_not_by_its_digits},
    {"last_is_by_number_and_not_by_time", kWhich, last_is_by_number_and_not_by_time},
    {"completed_before_is_strict_to_the_millisecond", kWhich,
     completed_before_is_strict_to_the_millisecond},
    {"completed_before_goes_by_the_ack_that_ended_it", kWhich,
     completed_before_goes_by_the_ack_that_ended_it},
    {"both_criteria_have_to_hold", kWhich, both_criteria_have_to_hold},
    {"unknown_instance_cannot_be_pruned", kWhich, unknown_instance_cannot_be_pruned},
    {"bulk_pruning_takes_running_and_ended_instances", kGoes,
     bulk_pruning_takes_running_and_ended_instances},
    {"bulk_pruning_takes_instances_that_are_no_roots", kWhich,
     bulk_pruning_takes_instances_that_are_no_roots},
    {"bulk_pruning_by_ids_takes_exactly_these", kWhich, bulk_pruning_by_ids_takes_exactly_these},
    {"bulk_pruning_before_a_time_takes_instances_that_ended_before", kWhich,
     bulk_pruning_before_a_time_takes_instances_that_ended_before},
    {"bulk_pruning_goes_by_both_criteria_of_the_executions", kWhich,
     bulk_pruning_goes_by_both_criteria_of_the_executions},
    {"limit_of_bulk_pruning_bounds_the_instances", kWhich,
     limit_of_bulk_pruning_bounds_the_instances},
};

}  // namespace

std::span<const Validation> pruning_validations() { return kRows; }

}  // namespace ackproof
