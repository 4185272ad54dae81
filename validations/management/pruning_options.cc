// Which executions the options of pruning mean, and which instances a filter means in bulk.
#include "validations/bulk.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

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

void bulk_pruning_takes_instances_that_are_no_roots(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "order-2", Status::continued_as_new, "order-1");
  commit_turn(*provider, "order-2", {.execution = 2});

  EXPECT_EQ(prune_all(ctx, *provider, {}, {}),
            (PruneCounts{.instances = 2, .executions = 1, .events = 1}));
}

void bulk_pruning_by_ids_takes_exactly_these(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  const Names names = {"order-1", "order-2", "order-3", "order-10"};
  for (const std::string& instance : names) make_chain(ctx, *provider, instance, all);
  provider->enqueue_message(external("order-8", 1)).value();

  EXPECT_EQ(prune_all(ctx, *provider,
                      {.instances = Names{"order-9", "order-1", "order-8", "order-3", "order-1"}},
                      {.keep_last = 1}),
            (PruneCounts{.instances = 2, .executions = 6, .events = 12}));

  EXPECT_EQ(left(*provider, "order-1", all), Executions{4});
  EXPECT_EQ(left(*provider, "order-2", all), all);
  EXPECT_EQ(left(*provider, "order-3", all), Executions{4});
  EXPECT_EQ(left(*provider, "order-10", all), all);
  EXPECT_EQ(prune_all(ctx, *provider, {.instances = Names()}, {}), PruneCounts());
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

  EXPECT_EQ(prune_all(ctx, *provider, filter, {}), counts_of({1}));
  EXPECT_EQ(left(*provider, "order-2", all), Executions{2});
  EXPECT_EQ(left(*provider, "order-1", all), all) << "it has not ended";
  EXPECT_EQ(left(*provider, "order-3", all), all) << "it ended at that very moment";
}

void bulk_pruning_goes_by_both_criteria_of_the_executions(Context& ctx) {
  const auto provider = ctx.open();
  const Executions all = {1, 2, 3, 4};
  const std::vector<Time> one = make_chain(ctx, *provider, "order-1", all);
  make_chain(ctx, *provider, "order-2", all);

  EXPECT_EQ(prune_all(ctx, *provider, {}, {.keep_last = 2, .completed_before = one[2]}),
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

  EXPECT_EQ(prune_all(ctx, *provider, {.limit = 0}, {}), PruneCounts());
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

constexpr const Requirement& kWhich = requirement("PRUNE_2");

constexpr Validation kRows[] = {
    {"keep_last_absent_leaves_the_current_execution", kWhich,
     only_the_current_execution_is_left<-1>},
    {"keep_last_0_leaves_the_current_execution", kWhich, only_the_current_execution_is_left<0>},
    {"keep_last_1_leaves_the_current_execution", kWhich, only_the_current_execution_is_left<1>},
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

std::span<const Validation> pruning_option_validations() { return kRows; }

}  // namespace ackproof
