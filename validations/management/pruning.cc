// Pruning: that executions really go, and that nothing else does. Which of them is in
// `pruning_options.cc`.
#include "validations/bulk.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// --- What goes and what stays

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
template <class Prune>
void pruning_beside_continue_as_new(Context& ctx, const Prune& prune) {
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
        return insist([&] { return prune(*pruner); }).value().executions;
      }
      insist([&] { return worker->ack_turn(turn.token, next); }).value();
      return std::uint64_t{0};
    });
    pruned += executions[0];
  }

  pruned += prune(*pruner).value().executions;
  EXPECT_EQ(pruned, kExecutions - 1);
  EXPECT_EQ(worker->read_history("order-1").value(), events(1, 1));
  EXPECT_EQ(record_of(*worker, "order-1").execution, kExecutions);
}

void pruning_while_the_instance_continues_as_new_keeps_the_current_execution(Context& ctx) {
  pruning_beside_continue_as_new(
      ctx, [](Provider& pruner) { return pruner.prune_instance("order-1", {}); });
}

void bulk_pruning_while_an_instance_continues_as_new_keeps_the_current_execution(Context& ctx) {
  pruning_beside_continue_as_new(ctx,
                                 [](Provider& pruner) { return pruner.prune_matching({}, {}); });
}

// --- Very many

void hundreds_of_executions_are_pruned_at_once(Context& ctx) {
  constexpr std::uint64_t kExecutions = 601;
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  for (std::uint64_t n = 1; n < kExecutions; ++n) continue_as_new(*provider, "order-1", n);

  EXPECT_EQ(provider->prune_instance("order-1", {}).value().executions, kExecutions - 1);
  EXPECT_EQ(provider->prune_instance("order-1", {}).value().executions, 0U);
  EXPECT_EQ(record_of(*provider, "order-1").execution, kExecutions);
}

void a_thousand_instances_are_pruned_in_bulk(Context& ctx) {
  const auto provider = ctx.open();
  make_many(*provider, "order", 1'000, std::nullopt);

  EXPECT_EQ(prune_all(ctx, *provider, {.limit = 2'000}, {}), (PruneCounts{.instances = 1'001}));
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

  EXPECT_EQ(prune_all(ctx, *provider, {}, {.keep_last = 2}),
            (PruneCounts{.instances = 3, .executions = 2, .events = 4}));

  EXPECT_EQ(left(*provider, "order-1", all), (Executions{2, 3}));
  EXPECT_EQ(left(*provider, "order-2", all), (Executions{2, 3}));
  EXPECT_EQ(stored(*provider, Names{"order-1", "order-2", "order-3"}), before);
}

constexpr const Requirement& kGoes = requirement("PRUNE_1");

constexpr Validation kRows[] = {
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
    {"bulk_pruning_while_an_instance_continues_as_new_keeps_the_current_execution", kGoes,
     bulk_pruning_while_an_instance_continues_as_new_keeps_the_current_execution},
    heavy({"hundreds_of_executions_are_pruned_at_once", kGoes,
           hundreds_of_executions_are_pruned_at_once}),
    heavy({"a_thousand_instances_are_pruned_in_bulk", requirement("PRUNE_2"),
           a_thousand_instances_are_pruned_in_bulk}),
    {"bulk_pruning_takes_running_and_ended_instances", kGoes,
     bulk_pruning_takes_running_and_ended_instances},
};

}  // namespace

std::span<const Validation> pruning_validations() { return kRows; }

}  // namespace ackproof
