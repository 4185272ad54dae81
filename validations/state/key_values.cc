// The live view of an instance's key-values: what clients read, and when.
#include <algorithm>

#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/pace.h"
#include "validations/state/key_value_steps.h"

namespace ackproof {

namespace {

using Changes = std::vector<KeyValueChange>;

// --- KV_1

void value_that_is_set_can_be_read_at_once_on_every_handle(Context& ctx) {
  const auto provider = ctx.open();
  const auto other = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = {set_value("a", "42"), set_value("b", "")};

  change_values(*provider, "order-1", sets);

  expect_values(*provider, "order-1", values_after(sets));
  expect_values(*other, "order-1", values_after(sets));
}

void first_commit_of_an_instance_can_set_values(Context& ctx) {
  const auto provider = ctx.open();
  const Changes sets = {set_value("a", "1"), set_value("b", "22")};

  commit_start(*provider, start("order-1"), {.values = sets});

  expect_values(*provider, "order-1", values_after(sets));
}

void last_set_of_a_key_wins(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  change_values(*provider, "order-1", {set_value("a", "old"), set_value("b", "kept")});
  change_values(*provider, "order-1", {set_value("a", "newer"), set_value("a", "newest")});

  expect_values(*provider, "order-1",
                values_after({set_value("a", "newest"), set_value("b", "kept")}));
}

void cleared_value_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});

  change_values(*provider, "order-1", {clear_value("a")});

  expect_values(*provider, "order-1", values_after({set_value("b", "22")}));
}

void clear_all_removes_every_value(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  change_values(*provider, "order-1", {set_value("c", "333")});

  change_values(*provider, "order-1", {clear_values()});

  expect_values(*provider, "order-1", {});
}

void clearing_what_is_not_there_is_legal(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  change_values(*provider, "order-1", {clear_values()});
  change_values(*provider, "order-1", {clear_value("a"), set_value("b", "22"), clear_value("c")});
  change_values(*provider, "order-1", {clear_value("a"), clear_value("a")});

  expect_values(*provider, "order-1", values_after({set_value("b", "22")}));
}

void changes_apply_in_their_order_within_a_commit(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes before = {clear_values(), set_value("a", "old"), set_value("b", "kept")};

  for (const Changes& changes :
       {Changes{set_value("a", "1"), clear_value("a"), set_value("a", "333")},
        Changes{set_value("a", "1"), clear_value("a")},
        Changes{clear_value("a"), set_value("a", "1")},
        Changes{set_value("c", "1"), clear_values()}, Changes{clear_values(), set_value("c", "1")},
        Changes{set_value("a", "1"), clear_values(), set_value("c", "1"), set_value("d", "22"),
                clear_value("c")},
        Changes{set_value("c", "1"), clear_values(), clear_value("d"), set_value("a", "1")}}) {
    change_values(*provider, "order-1", before);
    change_values(*provider, "order-1", changes);

    expect_values(*provider, "order-1", changed(values_after(before), changes));
  }
}

void changes_apply_in_their_order_across_commits(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Values expected;

  for (const KeyValueChange& change :
       {set_value("a", "1"), set_value("b", "22"), clear_value("a"), set_value("a", "333"),
        clear_values(), set_value("b", "4444"), clear_value("b"), set_value("c", "5"),
        clear_value("a"), set_value("a", "")}) {
    change_values(*provider, "order-1", {change});

    expected = changed(expected, {change});
    expect_values(*provider, "order-1", expected);
  }
}

void commit_without_value_changes_keeps_the_values(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = {set_value("a", "1"), set_value("b", "22")};
  change_values(*provider, "order-1", sets);
  std::vector<TurnCommit> commits(5);
  commits[1] = commit_events(events(2, 3));
  commits[2].metadata = {.name = "Renamed", .version = "2.0.0"};
  commits[3].activities = {activity("order-1", 1)};
  commits[4].metadata = {.status = Status::completed, .output = "done"};

  for (const TurnCommit& commit : commits) {
    commit_turn(*provider, "order-1", commit);
    expect_values(*provider, "order-1", values_after(sets));
  }
}

void values_of_the_present_execution_lie_over_those_of_ended_ones(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "red"), set_value("b", "large")};
  const Changes second = {set_value("a", "blue"), set_value("c", "circle")};
  change_values(*provider, "order-1", first);
  continue_as_new(*provider, "order-1", 1);

  change_values(*provider, "order-1", second, 2);

  expect_values(*provider, "order-1", changed(values_after(first), second));
}

void cleared_value_of_an_ended_execution_is_hidden(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);

  change_values(*provider, "order-1", {clear_value("a")}, 2);
  expect_values(*provider, "order-1", values_after({set_value("b", "22")}));

  change_values(*provider, "order-1", {set_value("a", "333")}, 2);
  expect_values(*provider, "order-1", values_after({set_value("a", "333"), set_value("b", "22")}));
}

void clear_all_hides_the_values_of_ended_executions(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {set_value("d", "4")}, 2);

  change_values(*provider, "order-1", {clear_values(), set_value("c", "333")}, 2);
  expect_values(*provider, "order-1", values_after({set_value("c", "333")}));

  change_values(*provider, "order-1", {set_value("a", "back")}, 2);
  expect_values(*provider, "order-1",
                values_after({set_value("a", "back"), set_value("c", "333")}));
}

void value_is_overwritten_removed_and_set_again_by_later_executions(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const std::vector<Changes> of_execution = {{set_value("a", "1"), set_value("b", "kept")},
                                             {set_value("a", "22")},
                                             {clear_value("a")},
                                             {set_value("a", "4444")}};

  Values expected;
  for (std::size_t i = 0; i < of_execution.size(); ++i) {
    change_values(*provider, "order-1", of_execution[i], i + 1);
    expected = changed(expected, of_execution[i]);
    expect_values(*provider, "order-1", expected);
    continue_as_new(*provider, "order-1", i + 1);
    expect_values(*provider, "order-1", expected);
  }
}

// --- KV_4

void unknown_key_is_absent(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  expect_values(*provider, "order-1", {});

  change_values(*provider, "order-1", {set_value("a", "1")});

  for (const char* key : {"b", "A", "a ", "", "%", "aa"}) {
    EXPECT_TRUE(nothing(provider->read_value("order-1", key))) << "key " << key;
  }
}

void unknown_instance_has_no_values(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_message(external("order-2", 1)).value();

  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    expect_values(*provider, instance, {});
  }
}

// With keys that are merged, overwritten, hidden and new.
void read_of_all_values_equals_the_single_reads(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1",
                {set_value("a", "1"), set_value("b", "22"), set_value("c", "333")});
  continue_as_new(*provider, "order-1", 1);
  const Changes changes = {set_value("a", "new"), clear_value("b"), set_value("d", "")};

  change_values(*provider, "order-1", changes, 2);

  const Values all = provider->read_values("order-1").value();
  Values single;
  for (const char* key : {"a", "b", "c", "d"}) {
    const auto value = provider->read_value("order-1", key).value();
    if (value) single[key] = *value;
  }
  EXPECT_EQ(all, single);
  EXPECT_EQ(all, values_after({set_value("a", "new"), set_value("c", "333"), set_value("d", "")}));
}

constexpr std::uint64_t kMerges = 40;

std::string only(std::uint64_t n) { return "only " + std::to_string(n); }

// What commit n writes, to execution n + 1: so it also ends the execution before, whose values are
// merged. Besides two keys that every commit sets, it leaves a key of its own for two commits.
Changes changes_of_commit(std::uint64_t n) {
  const std::string number = std::to_string(n);
  Changes changes = {set_value("a", number), set_value("b", number), set_value(only(n), number)};
  if (n > 2) changes.push_back(clear_value(only(n - 2)));
  return changes;
}

Values values_after_commit(std::uint64_t n) {
  Values values;
  for (std::uint64_t last = n > 2 ? n - 2 : 1; last <= n; ++last) {
    values = changed(std::move(values), changes_of_commit(last));
  }
  return values;
}

std::vector<Values> merge_often(Provider& provider, Pace& pace) {
  for (std::uint64_t n = 1; n <= kMerges; ++n) {
    pace.await_look();
    insist([&] { return provider.enqueue_message(external("order-1", n)); }).value();
    const auto turn = insist([&] { return provider.fetch_turn({.lock_timeout = kLongLock}); });
    if (!turn.value()) throw StepFailed("fetch_turn returned nothing although order-1 is ready");
    const TurnCommit commit{.execution = n + 1, .values = changes_of_commit(n)};
    insist([&] { return provider.ack_turn(turn.value()->token, commit); }).value();
  }
  return {};
}

// Looks until the last commit can be seen, or for a good while.
std::vector<Values> look_often(Provider& provider, Pace& pace) {
  constexpr std::size_t kLooks = 10'000;
  Pace::Reader reader(pace);
  std::vector<Values> looks;
  while (looks.size() < kLooks && (looks.empty() || looks.back() != values_after_commit(kMerges))) {
    looks.push_back(insist([&] { return provider.read_values("order-1"); }).value());
    reader.looked();
  }
  return looks;
}

void read_of_all_values_is_one_snapshot(Context& ctx) {
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");

  Pace pace;
  const auto looks = ctx.together(2, [&](std::size_t i) {
    return i == 0 ? merge_often(*writer, pace) : look_often(*reader, pace);
  });

  std::uint64_t last = 0;
  for (const Values& look : looks[1]) {
    const std::uint64_t n = look.contains("a") ? std::stoull(look.at("a").value) : 0;
    ASSERT_EQ(look, values_after_commit(n)) << "this was never the state";
    ASSERT_GE(n, last) << "an older state was read after a newer one";
    last = n;
  }
}

// --- KV_5

constexpr Time at(std::int64_t milliseconds) { return Time(Duration(milliseconds)); }

void last_updated_times_come_back_as_given(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Changes sets;
  for (const Time time :
       {at(0), at(1), at(-1), at(999), at(1'700'000'000'123), at(-(1LL << 53) - 1),
        at((1LL << 53) + 1), at(253'402'300'800'001), Time::max(), Time::min()}) {
    sets.push_back(set_value("key " + std::to_string(sets.size()), "value"));
    sets.back().updated_at = time;
  }

  change_values(*provider, "order-1", sets);

  expect_values(*provider, "order-1", values_after(sets));
  continue_as_new(*provider, "order-1", 1);
  expect_values(*provider, "order-1", values_after(sets));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(sets));
}

void last_updated_time_goes_with_the_last_change_even_backwards(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  KeyValueChange set = set_value("a", "same");
  set.updated_at = at(2'000);
  const KeyValueChange other = set_value("b", "other");
  change_values(*provider, "order-1", {set, other});

  for (const Time time : {at(1'000), at(3'000), at(1'001)}) {
    set.updated_at = time;
    change_values(*provider, "order-1", {set});
    expect_values(*provider, "order-1", values_after({set, other}));
  }
}

void merging_changes_no_last_updated_time(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  KeyValueChange set = set_value("a", "value");
  set.updated_at = at(5);
  change_values(*provider, "order-1", {set});

  ctx.advance(Duration(10));
  end_with_values(*provider, "order-1", {}, Status::completed);
  ctx.advance(Duration(10));
  commit_turn(*provider, "order-1", {.execution = 2});

  expect_values(*provider, "order-1", values_after({set}));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set}));
}

constexpr Validation kRows[] = {
    {"value_that_is_set_can_be_read_at_once_on_every_handle", requirement("KV_1"),
     value_that_is_set_can_be_read_at_once_on_every_handle},
    {"first_commit_of_an_instance_can_set_values", requirement("KV_1"),
     first_commit_of_an_instance_can_set_values},
    {"last_set_of_a_key_wins", requirement("KV_1"), last_set_of_a_key_wins},
    {"cleared_value_is_absent", requirement("KV_1"), cleared_value_is_absent},
    {"clear_all_removes_every_value", requirement("KV_1"), clear_all_removes_every_value},
    {"clearing_what_is_not_there_is_legal", requirement("KV_1"),
     clearing_what_is_not_there_is_legal},
    {"changes_apply_in_their_order_within_a_commit", requirement("KV_1"),
     changes_apply_in_their_order_within_a_commit},
    {"changes_apply_in_their_order_across_commits", requirement("KV_1"),
     changes_apply_in_their_order_across_commits},
    {"commit_without_value_changes_keeps_the_values", requirement("KV_1"),
     commit_without_value_changes_keeps_the_values},
    {"values_of_the_present_execution_lie_over_those_of_ended_ones", requirement("KV_1"),
     values_of_the_present_execution_lie_over_those_of_ended_ones},
    {"cleared_value_of_an_ended_execution_is_hidden", requirement("KV_1"),
     cleared_value_of_an_ended_execution_is_hidden},
    {"clear_all_hides_the_values_of_ended_executions", requirement("KV_1"),
     clear_all_hides_the_values_of_ended_executions},
    {"value_is_overwritten_removed_and_set_again_by_later_executions", requirement("KV_1"),
     value_is_overwritten_removed_and_set_again_by_later_executions},
    {"unknown_key_is_absent", requirement("KV_4"), unknown_key_is_absent},
    {"unknown_instance_has_no_values", requirement("KV_4"), unknown_instance_has_no_values},
    {"read_of_all_values_equals_the_single_reads", requirement("KV_4"),
     read_of_all_values_equals_the_single_reads},
    {"read_of_all_values_is_one_snapshot", requirement("KV_4"), read_of_all_values_is_one_snapshot},
    {"last_updated_times_come_back_as_given", requirement("KV_5"),
     last_updated_times_come_back_as_given},
    {"last_updated_time_goes_with_the_last_change_even_backwards", requirement("KV_5"),
     last_updated_time_goes_with_the_last_change_even_backwards},
    {"merging_changes_no_last_updated_time", requirement("KV_5"),
     merging_changes_no_last_updated_time},
};

}  // namespace

std::span<const Validation> key_value_validations() { return kRows; }

}  // namespace ackproof
