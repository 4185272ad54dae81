// The key-values that a turn carries: the state merged so far, and when changes are merged.
#include <random>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/state/key_value_steps.h"

namespace ackproof {

namespace {

using Changes = std::vector<KeyValueChange>;

constexpr Status kEnds[] = {Status::completed, Status::failed, Status::continued_as_new};

// --- KV_1: nothing of an execution that has not ended

void snapshot_of_a_new_instance_is_empty(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  const Turn first = take_turn(*provider);
  EXPECT_EQ(first.values, Values());

  provider->ack_turn(first.token, commit_events({event(1)})).value();

  EXPECT_EQ(snapshot_of(*provider, "order-1"), Values());
}

void snapshot_has_no_value_set_by_the_unfinished_execution(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), {.values = {set_value("a", "1")}});
  EXPECT_EQ(snapshot_of(*provider, "order-1"), Values());

  change_values(*provider, "order-1", {set_value("a", "22"), set_value("b", "333")});

  expect_values(*provider, "order-1", values_after({set_value("a", "22"), set_value("b", "333")}));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), Values());
}

void snapshot_keeps_what_the_unfinished_execution_overwrites_or_clears(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "1"), set_value("b", "22"), set_value("c", "333")};
  change_values(*provider, "order-1", first);
  continue_as_new(*provider, "order-1", 1);

  for (const Changes& changes : {Changes{set_value("a", "new")}, Changes{clear_value("b")},
                                 Changes{clear_values()}, Changes{set_value("d", "4")}}) {
    change_values(*provider, "order-1", changes, 2);
    EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(first));
  }
}

void snapshot_has_the_values_of_earlier_executions_only(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {set_value("b", "22")}, 2);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("a", "1")}));

  continue_as_new(*provider, "order-1", 2);
  change_values(*provider, "order-1", {set_value("c", "333")}, 3);

  EXPECT_EQ(snapshot_of(*provider, "order-1"),
            values_after({set_value("a", "1"), set_value("b", "22")}));
}

// Nor does it make the present execution one that has ended.
void late_commit_to_a_lower_execution_merges_nothing_of_the_current_one(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {set_value("a", "22"), set_value("b", "333")}, 2);

  end_with_values(*provider, "order-1", {}, Status::failed);

  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("a", "1")}));
  expect_values(*provider, "order-1", values_after({set_value("a", "22"), set_value("b", "333")}));
}

void snapshots_of_instances_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  create_instance(*provider, "order-10");
  end_with_values(*provider, "order-1", {set_value("a", "1")}, Status::completed);

  end_with_values(*provider, "order-10", {clear_values(), set_value("a", "22")}, Status::completed);

  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("a", "1")}));
  EXPECT_EQ(snapshot_of(*provider, "order-10"), values_after({set_value("a", "22")}));
}

// --- KV_2: merging

template <Status status>
void values_are_merged_when_the_execution_ends(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Changes changes = {set_value("a", "1"), set_value("b", "22"), set_value("b", "333"),
                           set_value("c", "gone"), clear_value("c")};
  for (const KeyValueChange& change : changes) change_values(*provider, "order-1", {change});
  EXPECT_EQ(snapshot_of(*other, "order-1"), Values());

  end_with_values(*provider, "order-1", {}, status);

  EXPECT_EQ(snapshot_of(*other, "order-1"), values_after(changes));
  expect_values(*other, "order-1", values_after(changes));
  commit_turn(*provider, "order-1", {.execution = 2});
  EXPECT_EQ(snapshot_of(*other, "order-1"), values_after(changes));
}

void changes_of_the_commit_that_ends_an_execution_are_merged(Context& ctx) {
  const auto provider = ctx.open();
  const Changes before = {set_value("a", "1"), set_value("b", "22")};
  const Changes last = {clear_value("a"), set_value("b", "new"), set_value("c", "333")};

  for (const Status status : kEnds) {
    const std::string instance = "order-" + std::to_string(static_cast<int>(status));
    create_instance(*provider, instance);
    change_values(*provider, instance, before);
    end_with_values(*provider, instance, last, status);

    EXPECT_EQ(snapshot_of(*provider, instance), changed(values_after(before), last));
    expect_values(*provider, instance, changed(values_after(before), last));
  }
}

void values_of_an_instance_that_ends_with_its_first_commit_are_merged(Context& ctx) {
  const auto provider = ctx.open();
  const Changes sets = {set_value("a", "1"), set_value("b", "22")};

  commit_start(*provider, start("order-1"),
               {.metadata = {.status = Status::completed}, .values = sets});

  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(sets));
  expect_values(*provider, "order-1", values_after(sets));
}

void cleared_values_stay_gone_after_merging(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {clear_value("a")}, 2);

  continue_as_new(*provider, "order-1", 2);

  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("b", "22")}));
  expect_values(*provider, "order-1", values_after({set_value("b", "22")}));
  continue_as_new(*provider, "order-1", 3);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("b", "22")}));
}

void clear_all_empties_the_merged_values(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {set_value("d", "4")}, 2);
  change_values(*provider, "order-1", {clear_values()}, 2);
  change_values(*provider, "order-1", {set_value("c", "333"), set_value("a", "back")}, 2);

  continue_as_new(*provider, "order-1", 2);

  const Values expected = values_after({set_value("a", "back"), set_value("c", "333")});
  EXPECT_EQ(snapshot_of(*provider, "order-1"), expected);
  expect_values(*provider, "order-1", expected);
}

// Merging for the second time is not merging for the first time.
void clear_all_alone_leaves_nothing_to_merge(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);

  change_values(*provider, "order-1", {clear_values()}, 2);
  continue_as_new(*provider, "order-1", 2);

  EXPECT_EQ(snapshot_of(*provider, "order-1"), Values());
  expect_values(*provider, "order-1", {});
}

template <Status status>
void commit_to_an_ended_execution_merges_at_once(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes before = {set_value("a", "1"), set_value("b", "22")};
  end_with_values(*provider, "order-1", before, status);

  Values expected = values_after(before);
  for (const Changes& late :
       {Changes{set_value("a", "new"), set_value("c", "333")}, Changes{clear_value("b")},
        Changes{set_value("b", "back")}, Changes{clear_values(), set_value("d", "4")}}) {
    change_values(*provider, "order-1", late);
    expected = changed(expected, late);
    EXPECT_EQ(snapshot_of(*provider, "order-1"), expected);
    expect_values(*provider, "order-1", expected);
  }
}

// Without its status ever having said that it ended.
void execution_that_a_higher_one_follows_has_ended(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "1"), set_value("b", "22")};
  change_values(*provider, "order-1", first);

  commit_turn(*provider, "order-1",
              {.execution = 5, .values = {clear_value("a"), set_value("c", "333")}});

  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(first));
  expect_values(*provider, "order-1", values_after({set_value("b", "22"), set_value("c", "333")}));
  commit_turn(*provider, "order-1", {.execution = 6});
  EXPECT_EQ(snapshot_of(*provider, "order-1"),
            values_after({set_value("b", "22"), set_value("c", "333")}));
}

void commit_that_begins_and_ends_an_execution_merges_both(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "1"), set_value("b", "22")};
  const Changes second = {set_value("a", "new"), clear_value("b"), set_value("c", "333")};
  change_values(*provider, "order-1", first);

  end_with_values(*provider, "order-1", second, Status::completed, 2);

  EXPECT_EQ(snapshot_of(*provider, "order-1"), changed(values_after(first), second));
  expect_values(*provider, "order-1", changed(values_after(first), second));
}

KeyValueChange any_change(std::mt19937_64& random) {
  const std::string key(1, static_cast<char>('a' + random() % 4));
  switch (random() % 8) {
    case 0:
      return clear_values();
    case 1:
    case 2:
    case 3:
      return clear_value(key);
    default:
      return set_value(key, std::to_string(random() % 1'000));
  }
}

// Whatever is done: clients see all of it, and a turn what was there when an execution last ended.
void any_changes_are_live_at_once_and_merged_at_ends(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Values live;
  Values merged;
  std::uint64_t execution = 1;

  for (int commit = 0; commit < 40; ++commit) {
    if (ctx.rng()() % 4 == 0) {
      merged = live;
      ++execution;
    }
    Changes changes;
    const std::size_t count = ctx.rng()() % 4;
    while (changes.size() < count) changes.push_back(any_change(ctx.rng()));
    change_values(*provider, "order-1", changes, execution);

    live = changed(live, changes);
    expect_values(*provider, "order-1", live);
    ASSERT_EQ(snapshot_of(*provider, "order-1"), merged) << "in execution " << execution;
  }
}

constexpr Validation kRows[] = {
    {"snapshot_of_a_new_instance_is_empty", requirement("KV_1"),
     snapshot_of_a_new_instance_is_empty},
    {"snapshot_has_no_value_set_by_the_unfinished_execution", requirement("KV_1"),
     snapshot_has_no_value_set_by_the_unfinished_execution},
    {"snapshot_keeps_what_the_unfinished_execution_overwrites_or_clears", requirement("KV_1"),
     snapshot_keeps_what_the_unfinished_execution_overwrites_or_clears},
    {"snapshot_has_the_values_of_earlier_executions_only", requirement("KV_1"),
     snapshot_has_the_values_of_earlier_executions_only},
    {"late_commit_to_a_lower_execution_merges_nothing_of_the_current_one", requirement("KV_1"),
     late_commit_to_a_lower_execution_merges_nothing_of_the_current_one},
    {"snapshots_of_instances_are_apart", requirement("KV_3"), snapshots_of_instances_are_apart},
    {"values_are_merged_when_the_execution_completes", requirement("KV_2"),
     values_are_merged_when_the_execution_ends<Status::completed>},
    {"values_are_merged_when_the_execution_fails", requirement("KV_2"),
     values_are_merged_when_the_execution_ends<Status::failed>},
    {"values_are_merged_when_the_execution_continues_as_new", requirement("KV_2"),
     values_are_merged_when_the_execution_ends<Status::continued_as_new>},
    {"changes_of_the_commit_that_ends_an_execution_are_merged", requirement("KV_2"),
     changes_of_the_commit_that_ends_an_execution_are_merged},
    {"values_of_an_instance_that_ends_with_its_first_commit_are_merged", requirement("KV_2"),
     values_of_an_instance_that_ends_with_its_first_commit_are_merged},
    {"cleared_values_stay_gone_after_merging", requirement("KV_2"),
     cleared_values_stay_gone_after_merging},
    {"clear_all_empties_the_merged_values", requirement("KV_2"),
     clear_all_empties_the_merged_values},
    {"clear_all_alone_leaves_nothing_to_merge", requirement("KV_2"),
     clear_all_alone_leaves_nothing_to_merge},
    {"commit_to_a_completed_execution_merges_at_once", requirement("KV_2"),
     commit_to_an_ended_execution_merges_at_once<Status::completed>},
    {"commit_to_a_failed_execution_merges_at_once", requirement("KV_2"),
     commit_to_an_ended_execution_merges_at_once<Status::failed>},
    {"commit_to_an_execution_continued_as_new_merges_at_once", requirement("KV_2"),
     commit_to_an_ended_execution_merges_at_once<Status::continued_as_new>},
    {"execution_that_a_higher_one_follows_has_ended", requirement("KV_2"),
     execution_that_a_higher_one_follows_has_ended},
    {"commit_that_begins_and_ends_an_execution_merges_both", requirement("KV_2"),
     commit_that_begins_and_ends_an_execution_merges_both},
    {"any_changes_are_live_at_once_and_merged_at_ends", requirement("KV_2"),
     any_changes_are_live_at_once_and_merged_at_ends},
};

}  // namespace

std::span<const Validation> key_value_snapshot_validations() { return kRows; }

}  // namespace ackproof
