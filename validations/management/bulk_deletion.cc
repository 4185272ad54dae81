// Bulk deletion: which trees a filter takes, how many of them, and what it says it took.
#include "validations/bulk.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

DeletionCounts single(std::uint64_t n) { return {.instances = n, .executions = n, .events = n}; }

// Finishes it and tells when, on the store's clock. Another one finished before has an earlier time.
Time finished_at(Context& ctx, Provider& provider, const std::string& instance,
                 Status status = Status::completed) {
  ctx.advance(Duration(7));
  finish_instance(provider, instance, status);
  const Time ended = provider.read_instance(instance).value()->updated_at;
  ctx.advance(Duration(7));
  return ended;
}

void filter_without_criteria_takes_every_terminal_root(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3", "order-4"};
  finish_instance(*provider, "order-1", Status::completed);
  finish_instance(*provider, "order-2", Status::running);
  finish_instance(*provider, "order-3", Status::failed);
  finish_instance(*provider, "order-4", Status::continued_as_new);
  const auto before = stored(*provider, Names{"order-2", "order-4"});

  EXPECT_EQ(delete_all(ctx, *provider, {}), single(2));
  EXPECT_EQ(existing(*provider, all), (Names{"order-2", "order-4"}));
  EXPECT_EQ(stored(*provider, Names{"order-2", "order-4"}), before);
  EXPECT_EQ(delete_all(ctx, *provider, {}), DeletionCounts());
}

void filter_by_ids_takes_exactly_these(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Names all = {"order-1", "order-2", "order-3", "order-10", "Order-1", "order-_"};
  for (const std::string& instance : all) finish_instance(*provider, instance);

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{"order-1", "order-3"}}), single(2));
  EXPECT_EQ(existing(*reader, all), (Names{"order-2", "order-10", "Order-1", "order-_"}));
  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{"order-_"}}), single(1));
  EXPECT_EQ(existing(*reader, all), (Names{"order-2", "order-10", "Order-1"}));
}

// An empty list names nobody; only an absent one means everybody.
void empty_list_of_ids_takes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names()}), DeletionCounts());

  EXPECT_EQ(existing(*provider, {"order-1"}), Names{"order-1"});
}

void unknown_and_unstarted_ids_are_skipped(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  provider->enqueue_message(external("order-2", 1)).value();
  provider->enqueue_activity(activity("order-3", 1)).value();

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{"order-8", "order-9"}}),
            DeletionCounts());
  EXPECT_EQ(delete_all(ctx, *provider,
                       {.instances = Names{"order-9", "order-2", "order-1", "order-3", "order-1"}}),
            single(1));

  EXPECT_EQ(existing(*provider, {"order-1"}), Names());
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-3", 1)});
  provider->enqueue_message(start("order-2")).value();
  EXPECT_EQ(drain_messages(*provider), (std::vector{external("order-2", 1), start("order-2")}));
}

void descendants_are_taken_and_counted(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  finish_instance(*provider, "order-2");
  commit_turn(*provider, family[4], commit_events(events(2, 6)));
  TurnCommit again{.execution = 2};
  again.metadata.status = Status::failed;
  commit_turn(*provider, family[2], again);
  provider->enqueue_message(external(family[3], 1)).value();
  provider->enqueue_activity(activity(family[1], 1)).value();

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{"order-1"}}),
            (DeletionCounts{.instances = 5, .executions = 6, .events = 10, .queued_items = 2}));

  EXPECT_EQ(stored(*provider, family), nothing_of(family));
  EXPECT_EQ(existing(*provider, {"order-2"}), Names{"order-2"});
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

void descendants_by_themselves_are_skipped(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  const auto before = stored(*provider, family);

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{family[1], family[2], family[4]}}),
            DeletionCounts());

  EXPECT_EQ(stored(*provider, family), before);
}

template <Status status>
void running_descendant_keeps_its_tree(Context& ctx) {
  const auto provider = ctx.open();
  const Names kept = make_family(*provider, "order-1");
  const Names taken = make_family(*provider, "order-2");
  TurnCommit live{.execution = 2};
  live.metadata.status = status;
  commit_turn(*provider, kept[4], live);
  const auto before = stored(*provider, kept);

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = Names{"order-1", "order-2"}}), single(5));

  EXPECT_EQ(stored(*provider, kept), before);
  EXPECT_EQ(stored(*provider, taken), nothing_of(taken));
  EXPECT_EQ(delete_all(ctx, *provider, {}), DeletionCounts());
}

void status_of_the_current_execution_makes_it_terminal(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed);
  commit_turn(*provider, "order-1", {.execution = 2});
  finish_instance(*provider, "order-2", Status::continued_as_new);
  TurnCommit last{.execution = 2};
  last.metadata.status = Status::completed;
  commit_turn(*provider, "order-2", last);

  EXPECT_EQ(delete_all(ctx, *provider, {}),
            (DeletionCounts{.instances = 1, .executions = 2, .events = 1}));

  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names{"order-1"});
}

void instance_whose_parent_is_gone_is_taken_as_a_root(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-3", Status::completed, "order-2");

  EXPECT_EQ(delete_all(ctx, *provider, {}), single(2));

  EXPECT_EQ(existing(*provider, {"order-2", "order-3"}), Names());
}

// --- Completed before

void completed_before_is_strict(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3"};
  finished_at(ctx, *provider, "order-1");
  const Time second = finished_at(ctx, *provider, "order-2", Status::failed);
  finished_at(ctx, *provider, "order-3");

  EXPECT_EQ(delete_all(ctx, *provider, {.completed_before = second}), single(1));
  EXPECT_EQ(existing(*provider, all), (Names{"order-2", "order-3"}));
  EXPECT_EQ(delete_all(ctx, *provider, {.completed_before = second + Duration(1)}), single(1));
  EXPECT_EQ(existing(*provider, all), Names{"order-3"});
}

void completed_before_the_epoch_takes_nothing_and_far_ahead_takes_all(Context& ctx) {
  const auto provider = ctx.open();
  const Time ended = finished_at(ctx, *provider, "order-1");
  finish_instance(*provider, "order-2", Status::running);

  EXPECT_EQ(delete_all(ctx, *provider, {.completed_before = Time(Duration(-1))}), DeletionCounts());
  EXPECT_EQ(delete_all(ctx, *provider, {.completed_before = Time()}), DeletionCounts());
  EXPECT_EQ(existing(*provider, {"order-1"}), Names{"order-1"});
  EXPECT_EQ(
      delete_all(ctx, *provider, {.completed_before = ended + std::chrono::hours(24 * 3'650)}),
      single(1));
  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names{"order-2"});
}

// Completed is when it ended, not when it was acked last, or when an execution before it ended.
void completed_before_goes_by_the_end_of_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  const Time first = finished_at(ctx, *provider, "order-1");
  const Time second = finished_at(ctx, *provider, "order-2");
  commit_turn(*provider, "order-1", commit_events({event(2)}));
  TurnCommit next{.execution = 2};
  next.metadata.status = Status::completed;
  commit_turn(*provider, "order-2", next);

  EXPECT_EQ(delete_all(ctx, *provider, {.completed_before = second + Duration(1)}),
            (DeletionCounts{.instances = 1, .executions = 1, .events = 2}))
      << "order-1 ended at " << to_text(first);

  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names{"order-2"});
}

void all_criteria_have_to_hold(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3"};
  finished_at(ctx, *provider, "order-1");
  finished_at(ctx, *provider, "order-2");
  const Time third = finished_at(ctx, *provider, "order-3");

  EXPECT_EQ(delete_all(ctx, *provider,
                       {.instances = Names{"order-2", "order-3"}, .completed_before = third}),
            single(1));

  EXPECT_EQ(existing(*provider, all), (Names{"order-1", "order-3"}));
}

// --- The limit

void limit_bounds_the_roots_of_each_call(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3", "order-4", "order-5"};
  for (const std::string& instance : all) finish_instance(*provider, instance);

  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 0}), DeletionCounts());
  EXPECT_EQ(existing(*provider, all), all);
  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 2}), single(2));
  EXPECT_EQ(existing(*provider, all).size(), 3U);
  EXPECT_EQ(delete_all(ctx, *provider, {.instances = all, .limit = 2}), single(2));
  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 2}), single(1));
  EXPECT_EQ(existing(*provider, all), Names());
  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 2}), DeletionCounts());
}

void limit_equal_to_the_matches_takes_them_all(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3"};
  for (const std::string& instance : all) finish_instance(*provider, instance);

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = all, .limit = 3}), single(3));
}

void largest_limit_is_no_limit(Context& ctx) {
  const auto provider = ctx.open();
  for (const std::string instance : {"order-1", "order-2"}) finish_instance(*provider, instance);

  EXPECT_EQ(delete_all(ctx, *provider, {.limit = kLargestId}), single(2));
}

void limit_does_not_count_descendants(Context& ctx) {
  const auto provider = ctx.open();
  const Names first = make_family(*provider, "order-1");
  const Names second = make_family(*provider, "order-2");

  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 1}), single(5));
  EXPECT_EQ(existing(*provider, first).size() + existing(*provider, second).size(), 5U);
  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 1}), single(5));
  EXPECT_EQ(existing(*provider, second), Names());
}

// The limit is for what can be deleted, so what cannot be does not stand in front of it.
void skipped_instances_do_not_use_up_the_limit(Context& ctx) {
  const auto provider = ctx.open();
  Names ids = {"order-0"};
  for (int n = 1; n <= 3; ++n) {
    ids.push_back("order-" + std::to_string(n));
    finish_instance(*provider, ids.back(), Status::running);
    ids.push_back("parent-" + std::to_string(n));
    finish_instance(*provider, ids.back());
    finish_instance(*provider, "child-" + std::to_string(n), Status::running, ids.back());
  }
  finish_instance(*provider, "order-9");
  ids.push_back("order-9");

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = ids, .limit = 1}), single(1));

  EXPECT_EQ(existing(*provider, {"order-9"}), Names());
  finish_instance(*provider, "order-9");
  EXPECT_EQ(delete_all(ctx, *provider, {.limit = 1}), single(1));
}

void default_limit_is_a_thousand_roots(Context& ctx) {
  const auto provider = ctx.open();
  make_many(*provider, "order", 1'000, std::nullopt);

  EXPECT_EQ(delete_all(ctx, *provider, {}), single(1'000));
  EXPECT_EQ(delete_all(ctx, *provider, {}), single(1));
}

void thousand_ids_are_taken(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order");
  Names ids;
  for (int n = 1; n < 1'000; ++n) ids.push_back("order-" + std::to_string(n));
  ids.push_back("order");

  EXPECT_EQ(delete_all(ctx, *provider, {.instances = ids}), single(5));

  EXPECT_EQ(existing(*provider, family), Names());
}

// --- At one instant, and afterwards

// Each tree is taken by one of them, and counted by that one.
void two_bulk_deletions_at_one_instant_share_the_trees(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  for (std::size_t round = 0; round < 10; ++round) {
    Names all;
    for (int n = 0; n < 6; ++n) {
      const Names family = make_family(*one, "order-" + std::to_string(n));
      all.insert(all.end(), family.begin(), family.end());
    }

    const auto taken = meet(ctx, round, [&](std::size_t i) {
      Provider& mine = i == 0 ? *one : *other;
      return insist([&] { return mine.delete_matching({}); }).value();
    });

    // Each may have stopped because the other was in its way.
    const DeletionCounts rest = delete_all(ctx, *one, {});
    EXPECT_EQ(taken[0].instances + taken[1].instances + rest.instances, all.size());
    EXPECT_EQ(taken[0].events + taken[1].events + rest.events, all.size());
    EXPECT_EQ(existing(*one, all), Names());
  }
}

// While a member starts to run: its tree stays whole, or goes whole before.
void tree_that_runs_again_is_not_taken_at_the_same_instant(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  TurnCommit again;
  again.metadata.status = Status::running;
  for (std::size_t round = 0; round < 25; ++round) {
    const Names family = make_family(*worker, "order-1");
    const Turn turn = wake(*worker, family[4], 1);

    const auto taken = meet(ctx, round, [&](std::size_t i) {
      if (i == 1) return insist([&] { return deleter->delete_matching({}); }).value().instances;
      const auto acked = insist([&] { return worker->ack_turn(turn.token, again); });
      if (!acked && acked.error().kind == ErrorKind::lock_lost) return std::uint64_t{0};
      acked.value();
      return std::uint64_t{1};
    });

    EXPECT_EQ(taken[1], taken[0] == 1 ? 0U : 5U);
    EXPECT_EQ(existing(*worker, family), taken[0] == 1 ? family : Names());
    if (taken[0] == 1) deleter->delete_instance("order-1", true).value();
  }
}

void bulk_deletion_lasts_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  create_instance(*provider, "order-2");
  provider->enqueue_activity(activity("order-1", 1)).value();
  delete_all(ctx, *provider, {});

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(stored(*provider, family), nothing_of(family));
  EXPECT_EQ(existing(*provider, {"order-2"}), Names{"order-2"});
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

constexpr const Requirement& kClause = requirement("DEL_5");

constexpr Validation kRows[] = {
    {"filter_without_criteria_takes_every_terminal_root", kClause,
     filter_without_criteria_takes_every_terminal_root},
    {"filter_by_ids_takes_exactly_these", kClause, filter_by_ids_takes_exactly_these},
    {"empty_list_of_ids_takes_nothing", kClause, empty_list_of_ids_takes_nothing},
    {"unknown_and_unstarted_ids_are_skipped", kClause, unknown_and_unstarted_ids_are_skipped},
    {"descendants_are_taken_and_counted", kClause, descendants_are_taken_and_counted},
    {"descendants_by_themselves_are_skipped", kClause, descendants_by_themselves_are_skipped},
    {"running_descendant_keeps_its_tree", kClause,
     running_descendant_keeps_its_tree<Status::running>},
    {"descendant_continued_as_new_keeps_its_tree", kClause,
     running_descendant_keeps_its_tree<Status::continued_as_new>},
    {"status_of_the_current_execution_makes_it_terminal", kClause,
     status_of_the_current_execution_makes_it_terminal},
    {"instance_whose_parent_is_gone_is_taken_as_a_root", kClause,
     instance_whose_parent_is_gone_is_taken_as_a_root},
    {"completed_before_is_strict", kClause, completed_before_is_strict},
    {"completed_before_the_epoch_takes_nothing_and_far_ahead_takes_all", kClause,
     completed_before_the_epoch_takes_nothing_and_far_ahead_takes_all},
    {"completed_before_goes_by_the_end_of_the_current_execution", kClause,
     completed_before_goes_by_the_end_of_the_current_execution},
    {"all_criteria_have_to_hold", kClause, all_criteria_have_to_hold},
    {"limit_bounds_the_roots_of_each_call", kClause, limit_bounds_the_roots_of_each_call},
    {"limit_equal_to_the_matches_takes_them_all", kClause,
     limit_equal_to_the_matches_takes_them_all},
    {"largest_limit_is_no_limit", kClause, largest_limit_is_no_limit},
    {"limit_does_not_count_descendants", kClause, limit_does_not_count_descendants},
    {"skipped_instances_do_not_use_up_the_limit", kClause,
     skipped_instances_do_not_use_up_the_limit},
    heavy({"default_limit_is_a_thousand_roots", kClause, default_limit_is_a_thousand_roots}),
    {"thousand_ids_are_taken", kClause, thousand_ids_are_taken},
    {"two_bulk_deletions_at_one_instant_share_the_trees", kClause,
     two_bulk_deletions_at_one_instant_share_the_trees},
    {"tree_that_runs_again_is_not_taken_at_the_same_instant", kClause,
     tree_that_runs_again_is_not_taken_at_the_same_instant},
    {"bulk_deletion_lasts_after_reopening", kClause, bulk_deletion_lasts_after_reopening,
     Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> bulk_deletion_validations() { return kRows; }

}  // namespace ackproof
