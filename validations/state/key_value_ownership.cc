// Key-values belong to their instance: to no other one, to no execution, and for as long as it is
// there.
#include <algorithm>

#include "validations/bulk.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/state/key_value_steps.h"

namespace ackproof {

namespace {

using Changes = std::vector<KeyValueChange>;

// --- KV_3: isolation

void equal_keys_of_instances_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> instances = {"order-1", "order-10", "order",
                                              "Order-1", "order_1",  "order-1 "};
  for (const std::string& instance : instances) {
    create_instance(*provider, instance);
    change_values(*provider, instance, {set_value("a", "of " + instance)});
  }

  for (const std::string& instance : instances) {
    expect_values(*provider, instance, values_after({set_value("a", "of " + instance)}));
  }
}

void clearing_touches_no_other_instance(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> instances = {"order-1", "order-10", "Order-1", "order_1"};
  const Changes sets = {set_value("a", "1"), set_value("b", "22")};
  for (const std::string& instance : instances) {
    create_instance(*provider, instance);
    end_with_values(*provider, instance, {set_value("a", "1")}, Status::continued_as_new);
    change_values(*provider, instance, {set_value("b", "22")}, 2);
  }

  change_values(*provider, "order-1", {clear_values()}, 2);
  expect_values(*provider, "order-1", {});
  change_values(*provider, "order-10", {clear_value("a")}, 2);
  expect_values(*provider, "order-10", values_after({set_value("b", "22")}));

  expect_values(*provider, "Order-1", values_after(sets));
  expect_values(*provider, "order_1", values_after(sets));
}

// Where the two are joined with a separator, they would be the same.
void instance_and_key_cannot_be_confused(Context& ctx) {
  const auto provider = ctx.open();
  const std::vector<std::string> separators = {":", "/", "|", ".", "-", "_", "#", "\x1F", ","};
  for (const std::string& by : separators) {
    const std::string longer = "i" + by + "a";
    for (const std::string& instance : {std::string("i"), longer}) {
      if (!provider->read_instance(instance).value()) create_instance(*provider, instance);
    }
    change_values(*provider, "i", {clear_values(), set_value("a" + by + "b", "short")});
    change_values(*provider, longer, {set_value("b", "longer")});

    expect_values(*provider, "i", values_after({set_value("a" + by + "b", "short")}));
    expect_values(*provider, longer, values_after({set_value("b", "longer")}));
  }
}

// Texts that stores mistake for one another, or for something else.
std::vector<std::string> odd_keys() {
  std::vector<std::string> keys = {"",
                                   " ",
                                   "  ",
                                   "key",
                                   "Key",
                                   "KEY",
                                   "key ",
                                   " key",
                                   "key\t",
                                   "key\n",
                                   "k",
                                   "ke",
                                   "keys",
                                   "1",
                                   "01",
                                   "1.0",
                                   "10",
                                   "9",
                                   "-1",
                                   "null",
                                   "NULL",
                                   "true",
                                   "''",
                                   "'",
                                   "\"",
                                   "`",
                                   "x' OR '1'='1",
                                   "'; DROP TABLE key_values; --",
                                   "%",
                                   "k%",
                                   "_",
                                   "k_y",
                                   "*",
                                   "k*",
                                   "?",
                                   "[a-z]",
                                   "\\",
                                   "\\n",
                                   "\\u0041",
                                   "%s",
                                   "$1",
                                   "?1",
                                   ":name",
                                   "{}",
                                   "{\"a\":1}",
                                   "a,b",
                                   "a=b",
                                   "a:b",
                                   "a.b",
                                   "a/b",
                                   "../a",
                                   "a\x1F"
                                   "b",
                                   "\x01",
                                   "caf\u00E9",
                                   "cafe\u0301",
                                   "cafe",
                                   "CAF\u00C9",
                                   "stra\u00DFe",
                                   "strasse",
                                   "\u65E5\u672C\u8A9E",
                                   "\U0001F600",
                                   "\U0001F601",
                                   "\U0010FFFF",
                                   "\u200Bkey",
                                   "\uFF21",
                                   "A"};
  keys.push_back(std::string(255, 'x'));
  keys.push_back(std::string(256, 'x'));
  keys.push_back(std::string(kLongestId - 1, 'x') + "y");
  keys.push_back(std::string(kLongestId, 'x'));
  return keys;
}

// Each key with itself as value.
Changes sets_of(const std::vector<std::string>& keys) {
  Changes sets;
  for (const std::string& key : keys) sets.push_back(set_value(key, "value of " + key));
  return sets;
}

void any_text_is_a_key_and_is_no_other_one(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = sets_of(odd_keys());

  change_values(*provider, "order-1", sets);

  expect_values(*provider, "order-1", values_after(sets));
  continue_as_new(*provider, "order-1", 1);
  expect_values(*provider, "order-1", values_after(sets));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(sets));
}

// Half of them while they are unmerged, the other half when they are merged.
void clearing_a_key_takes_it_literally(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = sets_of(odd_keys());
  change_values(*provider, "order-1", sets);
  Values expected = values_after(sets);

  std::uint64_t execution = 1;
  for (std::size_t i = 0; i < sets.size(); i += 2) {
    if (i / 2 == sets.size() / 4) continue_as_new(*provider, "order-1", execution++);
    change_values(*provider, "order-1", {clear_value(sets[i].key)}, execution);
    expected.erase(sets[i].key);
    ASSERT_EQ(provider->read_values("order-1").value(), expected) << "clearing " << sets[i].key;
  }

  expect_values(*provider, "order-1", expected);
  continue_as_new(*provider, "order-1", execution);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), expected);
}

void empty_value_is_a_value(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = {set_value("a", ""), set_value("b", "full")};
  change_values(*provider, "order-1", {set_value("a", "old")});

  change_values(*provider, "order-1", sets);
  expect_values(*provider, "order-1", values_after(sets));

  continue_as_new(*provider, "order-1", 1);
  expect_values(*provider, "order-1", values_after(sets));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(sets));
  change_values(*provider, "order-1", {set_value("b", "")}, 2);
  expect_values(*provider, "order-1", values_after({set_value("a", ""), set_value("b", "")}));
}

// --- KV_3: pruning

// That nothing but the current execution is left.
void prune_all_but_the_current(Provider& provider) {
  provider.prune_instance("order-1", {.keep_last = 1}).value();
}

void values_of_pruned_executions_survive(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "only here"), set_value("b", "old")};
  const Changes second = {set_value("b", "newer"), set_value("c", "333")};
  change_values(*provider, "order-1", first);
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", second, 2);
  continue_as_new(*provider, "order-1", 2);

  prune_all_but_the_current(*provider);

  const Values expected = changed(values_after(first), second);
  expect_values(*provider, "order-1", expected);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), expected);
}

void pruning_leaves_the_values_of_the_unfinished_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes first = {set_value("a", "1"), set_value("b", "22")};
  const Changes second = {clear_value("a"), set_value("c", "333")};
  change_values(*provider, "order-1", first);
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", second, 2);

  prune_all_but_the_current(*provider);

  expect_values(*provider, "order-1", changed(values_after(first), second));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(first));
  continue_as_new(*provider, "order-1", 2);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), changed(values_after(first), second));
}

void pruning_an_instance_with_one_execution_leaves_its_values(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Changes sets = {set_value("a", "1")};
  change_values(*provider, "order-1", sets);

  prune_all_but_the_current(*provider);
  expect_values(*provider, "order-1", values_after(sets));

  end_with_values(*provider, "order-1", {}, Status::completed);
  prune_all_but_the_current(*provider);
  expect_values(*provider, "order-1", values_after(sets));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after(sets));
}

void cleared_value_stays_gone_after_pruning(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  change_values(*provider, "order-1", {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(*provider, "order-1", 1);
  change_values(*provider, "order-1", {clear_value("a")}, 2);
  continue_as_new(*provider, "order-1", 2);

  prune_all_but_the_current(*provider);

  expect_values(*provider, "order-1", values_after({set_value("b", "22")}));
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("b", "22")}));
}

void bulk_pruning_leaves_the_values(Context& ctx) {
  const auto provider = ctx.open();
  const Changes sets = {set_value("a", "1"), set_value("b", "22")};
  for (const char* instance : {"order-1", "order-2"}) {
    create_instance(*provider, instance);
    change_values(*provider, instance, sets);
    continue_as_new(*provider, instance, 1);
  }

  prune_all(ctx, *provider, {}, {.keep_last = 1});

  for (const char* instance : {"order-1", "order-2"}) {
    expect_values(*provider, instance, values_after(sets));
    EXPECT_EQ(snapshot_of(*provider, instance), values_after(sets));
  }
}

// --- KV_3: deletion

// Some values of the instance are merged, and some are not.
void create_with_values(Provider& provider, const std::string& instance) {
  create_instance(provider, instance);
  change_values(provider, instance, {set_value("a", "1"), set_value("b", "22")});
  continue_as_new(provider, instance, 1);
  change_values(provider, instance, {set_value("b", "new"), set_value("c", "333")}, 2);
}

void values_go_with_the_deletion_of_the_instance(Context& ctx) {
  const auto provider = ctx.open();
  create_with_values(*provider, "order-1");
  create_with_values(*provider, "order-10");
  const Values others = provider->read_values("order-10").value();

  provider->delete_instance("order-1", true).value();

  expect_values(*provider, "order-1", {});
  expect_values(*provider, "order-10", others);
}

void values_of_a_completed_instance_go_with_its_deletion(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  end_with_values(*provider, "order-1", {set_value("a", "1")}, Status::completed);

  provider->delete_instance("order-1", false).value();

  expect_values(*provider, "order-1", {});
}

void instance_created_anew_sees_no_old_value(Context& ctx) {
  const auto provider = ctx.open();
  create_with_values(*provider, "order-1");
  provider->delete_instance("order-1", true).value();

  provider->enqueue_message(start("order-1")).value();
  const Turn first = take_turn(*provider);
  provider->ack_turn(first.token, {.values = {set_value("d", "4")}}).value();

  EXPECT_EQ(first.values, Values());
  expect_values(*provider, "order-1", values_after({set_value("d", "4")}));
  end_with_values(*provider, "order-1", {}, Status::completed);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), values_after({set_value("d", "4")}));
}

void values_of_descendants_go_with_the_root(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "root");
  finish_instance(*provider, "child", Status::completed, "root");
  finish_instance(*provider, "grandchild", Status::completed, "child");
  for (const char* instance : {"root", "child", "grandchild"}) {
    change_values(*provider, instance, {set_value("a", "1")});
  }

  provider->delete_instance("root", false).value();

  for (const char* instance : {"root", "child", "grandchild"}) {
    expect_values(*provider, instance, {});
  }
}

void values_go_with_every_kind_of_deletion(Context& ctx) {
  const auto provider = ctx.open();
  for (const char* instance : {"order-1", "order-2", "order-3"}) {
    create_instance(*provider, instance);
    end_with_values(*provider, instance, {set_value("a", "1")}, Status::completed);
  }

  provider->delete_instances({"order-1"}, false).value();
  expect_values(*provider, "order-1", {});
  delete_all(ctx, *provider, {.instances = {{"order-2"}}});
  expect_values(*provider, "order-2", {});

  expect_values(*provider, "order-3", values_after({set_value("a", "1")}));
}

void refused_deletion_takes_no_values(Context& ctx) {
  const auto provider = ctx.open();
  create_with_values(*provider, "order-1");
  const Values before = provider->read_values("order-1").value();
  const Values merged = snapshot_of(*provider, "order-1");

  EXPECT_TRUE(fails_with(provider->delete_instance("order-1", false), ErrorKind::conflict));

  expect_values(*provider, "order-1", before);
  EXPECT_EQ(snapshot_of(*provider, "order-1"), merged);
}

constexpr Validation kRows[] = {
    {"equal_keys_of_instances_are_apart", requirement("KV_3"), equal_keys_of_instances_are_apart},
    {"clearing_touches_no_other_instance", requirement("KV_3"), clearing_touches_no_other_instance},
    {"instance_and_key_cannot_be_confused", requirement("KV_3"),
     instance_and_key_cannot_be_confused},
    {"any_text_is_a_key_and_is_no_other_one", requirement("KV_3"),
     any_text_is_a_key_and_is_no_other_one},
    {"clearing_a_key_takes_it_literally", requirement("KV_3"), clearing_a_key_takes_it_literally},
    {"empty_value_is_a_value", requirement("KV_3"), empty_value_is_a_value},
    {"values_of_pruned_executions_survive", requirement("KV_3"),
     values_of_pruned_executions_survive, Hook::none, Capability::pruning},
    {"pruning_leaves_the_values_of_the_unfinished_execution", requirement("KV_3"),
     pruning_leaves_the_values_of_the_unfinished_execution, Hook::none, Capability::pruning},
    {"pruning_an_instance_with_one_execution_leaves_its_values", requirement("KV_3"),
     pruning_an_instance_with_one_execution_leaves_its_values, Hook::none, Capability::pruning},
    {"cleared_value_stays_gone_after_pruning", requirement("KV_3"),
     cleared_value_stays_gone_after_pruning, Hook::none, Capability::pruning},
    {"bulk_pruning_leaves_the_values", requirement("KV_3"), bulk_pruning_leaves_the_values,
     Hook::none, Capability::pruning},
    {"values_go_with_the_deletion_of_the_instance", requirement("KV_3"),
     values_go_with_the_deletion_of_the_instance, Hook::none, Capability::deletion},
    {"values_of_a_completed_instance_go_with_its_deletion", requirement("KV_3"),
     values_of_a_completed_instance_go_with_its_deletion, Hook::none, Capability::deletion},
    {"instance_created_anew_sees_no_old_value", requirement("KV_3"),
     instance_created_anew_sees_no_old_value, Hook::none, Capability::deletion},
    {"values_of_descendants_go_with_the_root", requirement("KV_3"),
     values_of_descendants_go_with_the_root, Hook::none, Capability::deletion},
    {"values_go_with_every_kind_of_deletion", requirement("KV_3"),
     values_go_with_every_kind_of_deletion, Hook::none, Capability::deletion},
    {"refused_deletion_takes_no_values", requirement("KV_3"), refused_deletion_takes_no_values,
     Hook::none, Capability::deletion},
};

}  // namespace

std::span<const Validation> key_value_ownership_validations() { return kRows; }

}  // namespace ackproof
