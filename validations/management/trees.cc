// Parents, children and trees: as deep, as wide and as odd as instances can name each other.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

Names children_of(Provider& provider, const std::string& instance) {
  return sorted(provider.list_children(instance).value());
}

// The tree's members; its root has to come first.
Names tree_of(Provider& provider, const std::string& root) {
  InstanceTree tree = provider.read_tree(root).value();
  EXPECT_EQ(tree.root, root);
  if (tree.members.empty() || tree.members.front() != root) {
    ADD_FAILURE() << "the tree does not begin with its root " << root;
  }
  return sorted(std::move(tree.members));
}

void tree_is_the_node_and_all_its_descendants(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Names family = make_family(*provider, "order-1");
  make_family(*provider, "order-2");

  EXPECT_EQ(tree_of(*reader, "order-1"), sorted(family));
  EXPECT_EQ(tree_of(*reader, family[1]), sorted({family[1], family[3], family[4]}));
  EXPECT_EQ(tree_of(*reader, family[2]), Names{family[2]});
  EXPECT_EQ(tree_of(*reader, family[4]), Names{family[4]});
}

void children_are_the_direct_ones_only(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Names family = make_family(*provider, "order-1");

  EXPECT_EQ(children_of(*reader, family[0]), sorted({family[1], family[2]}));
  EXPECT_EQ(children_of(*reader, family[1]), Names{family[3]});
  EXPECT_EQ(children_of(*reader, family[3]), Names{family[4]});
  EXPECT_EQ(children_of(*reader, family[2]), Names());
  EXPECT_EQ(children_of(*reader, family[4]), Names());
}

void parent_is_the_one_the_instance_was_created_with(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  TurnCommit commit = commit_events({event(1)});
  commit.metadata.parent = "order-1";
  commit_start(*provider, start("order-3"), commit);
  continue_as_new(*provider, "order-3", 1);

  EXPECT_EQ(provider->read_parent("order-1").value(), std::nullopt);
  EXPECT_EQ(provider->read_parent("order-2").value(), "order-1");
  EXPECT_EQ(provider->read_parent("order-3").value(), "order-1");
  EXPECT_EQ(tree_of(*provider, "order-1"), (Names{"order-1", "order-2", "order-3"}));
}

// More than a statement's variables in some stores, and more than a page in others.
void wide_tree_is_read_whole(Context& ctx) {
  const auto provider = ctx.open();
  Names expected = make_many(*provider, "order", 1'000, "order");
  finish_instance(*provider, "order-1001", Status::completed, "order");
  expected.push_back("order-1001");

  EXPECT_EQ(children_of(*provider, "order"), sorted(expected));
  expected.push_back("order");
  EXPECT_EQ(tree_of(*provider, "order"), sorted(expected));
}

void deep_tree_is_read_whole(Context& ctx) {
  constexpr int kGenerations = 150;
  const auto provider = ctx.open();
  finish_instance(*provider, "order-0");
  Names expected = {"order-0"};
  for (int n = 1; n < kGenerations; ++n) {
    const std::string parent = expected.back();
    expected.push_back("order-" + std::to_string(n));
    finish_instance(*provider, expected.back(), Status::completed, parent);
  }

  EXPECT_EQ(tree_of(*provider, "order-0"), sorted(expected));
  EXPECT_EQ(tree_of(*provider, expected.back()), Names{expected.back()});
}

void tree_walk_ends_where_parents_form_a_cycle(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed, "order-3");
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-3", Status::completed, "order-2");
  finish_instance(*provider, "order-4", Status::completed, "order-3");

  const Names all = {"order-1", "order-2", "order-3", "order-4"};
  for (const std::string root : {"order-1", "order-2", "order-3"}) {
    EXPECT_EQ(tree_of(*provider, root), all);
  }
  EXPECT_EQ(tree_of(*provider, "order-4"), Names{"order-4"});
  EXPECT_EQ(children_of(*provider, "order-3"), (Names{"order-1", "order-4"}));
}

void tree_of_an_instance_that_is_its_own_parent_has_it_once(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed, "order-1");
  finish_instance(*provider, "order-2", Status::completed, "order-1");

  EXPECT_EQ(tree_of(*provider, "order-1"), (Names{"order-1", "order-2"}));
  EXPECT_EQ(tree_of(*provider, "order-2"), Names{"order-2"});
  EXPECT_EQ(provider->read_parent("order-1").value(), "order-1");
}

void trees_of_ids_that_look_alike_are_apart(Context& ctx) {
  const auto provider = ctx.open();
  const Names roots = {"order-1", "order-10", "Order-1", "order-1 ", "order_1",
                       "order-%", "order-_",  "order-*", "order",    "order-1\xCC\x81"};
  for (const std::string& root : roots) finish_instance(*provider, root);
  for (const std::string& root : roots) {
    finish_instance(*provider, "of " + root, Status::completed, root);
  }

  for (const std::string& root : roots) {
    EXPECT_EQ(children_of(*provider, root), Names{"of " + root});
    EXPECT_EQ(tree_of(*provider, root), sorted({root, "of " + root}));
    EXPECT_EQ(provider->read_parent("of " + root).value(), root);
  }
}

// An id that only has queued items is as unknown as one that nobody ever used.
void unknown_instance_has_no_children_and_the_rest_is_not_found(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  provider->enqueue_message(start("order-2")).value();
  provider->enqueue_activity(activity("order-3", 1)).value();

  for (const std::string unknown : {"order-2", "order-3", "order-4", "order-", "order-10"}) {
    EXPECT_EQ(children_of(*provider, unknown), Names()) << unknown;
    EXPECT_TRUE(fails_with(provider->read_parent(unknown), ErrorKind::not_found)) << unknown;
    EXPECT_TRUE(fails_with(provider->read_tree(unknown), ErrorKind::not_found)) << unknown;
    EXPECT_TRUE(fails_with(provider->read_execution(unknown, 1), ErrorKind::not_found)) << unknown;
    EXPECT_TRUE(fails_with(provider->list_executions(unknown), ErrorKind::not_found)) << unknown;
  }
}

void unknown_execution_is_not_found(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), {.execution = 2});
  commit_turn(*provider, "order-1", {.execution = 4});

  for (const std::uint64_t unknown : {std::uint64_t{1}, std::uint64_t{3}, kLargestId}) {
    EXPECT_TRUE(fails_with(provider->read_execution("order-1", unknown), ErrorKind::not_found))
        << unknown;
  }
}

void parent_that_does_not_exist_is_told_but_has_no_tree(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-2", Status::completed, "order-1");

  EXPECT_EQ(provider->read_parent("order-2").value(), "order-1");
  EXPECT_EQ(children_of(*provider, "order-1"), Names());
  EXPECT_TRUE(fails_with(provider->read_tree("order-1"), ErrorKind::not_found));

  finish_instance(*provider, "order-1");
  EXPECT_EQ(children_of(*provider, "order-1"), Names{"order-2"});
  EXPECT_EQ(tree_of(*provider, "order-1"), (Names{"order-1", "order-2"}));
}

void child_belongs_to_the_tree_from_its_first_ack_on(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  Message begin = start("order-2");
  begin.parent = "order-1";
  provider->enqueue_message(begin).value();
  const Turn turn = take_turn(*provider);
  EXPECT_EQ(tree_of(*provider, "order-1"), Names{"order-1"});

  provider->ack_turn(turn.token, {}).value();

  EXPECT_EQ(tree_of(*provider, "order-1"), (Names{"order-1", "order-2"}));
}

// Each tree vanishes while it is read again and again: it is there with all its members, or
// unknown.
void tree_is_read_whole_while_it_is_deleted(Context& ctx) {
  constexpr std::size_t kTrees = 25;
  constexpr int kMostTurns = 10'000'000;
  constexpr int kMostReads = 2'000;
  const auto deleter = ctx.open();
  const auto reader = ctx.open();
  std::vector<Names> families;
  for (std::size_t n = 0; n < kTrees; ++n) {
    families.push_back(make_family(*deleter, "order-" + std::to_string(n)));
  }
  std::atomic<std::size_t> reading = 0;  // How many trees were read at least once.

  const auto seen = ctx.together(2, [&](std::size_t i) {
    std::vector<Names> partial;
    for (std::size_t n = 0; n < kTrees; ++n) {
      if (i == 0) {
        for (int turn = 0; reading <= n && turn < kMostTurns; ++turn) std::this_thread::yield();
        insist([&] { return deleter->delete_instance(families[n][0], false); }).value();
        continue;
      }
      for (int reads = 0; reads < kMostReads; ++reads) {
        const auto tree = insist([&] { return reader->read_tree(families[n][0]); });
        reading = n + 1;
        if (!tree && tree.error().kind == ErrorKind::not_found) break;
        if (sorted(tree.value().members) == sorted(families[n])) continue;
        partial.push_back(tree.value().members);
        break;
      }
    }
    return partial;
  });

  EXPECT_EQ(seen[1], std::vector<Names>());
}

void trees_are_the_same_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(tree_of(*provider, "order-1"), sorted(family));
  EXPECT_EQ(provider->read_parent(family[3]).value(), family[1]);
}

constexpr const Requirement& kClause = requirement("MGMT_3");

constexpr Validation kRows[] = {
    {"tree_is_the_node_and_all_its_descendants", kClause, tree_is_the_node_and_all_its_descendants},
    {"children_are_the_direct_ones_only", kClause, children_are_the_direct_ones_only},
    {"parent_is_the_one_the_instance_was_created_with", kClause,
     parent_is_the_one_the_instance_was_created_with},
    heavy({"wide_tree_is_read_whole", kClause, wide_tree_is_read_whole}),
    {"deep_tree_is_read_whole", kClause, deep_tree_is_read_whole},
    {"tree_walk_ends_where_parents_form_a_cycle", kClause,
     tree_walk_ends_where_parents_form_a_cycle},
    {"tree_of_an_instance_that_is_its_own_parent_has_it_once", kClause,
     tree_of_an_instance_that_is_its_own_parent_has_it_once},
    {"trees_of_ids_that_look_alike_are_apart", kClause, trees_of_ids_that_look_alike_are_apart},
    {"unknown_instance_has_no_children_and_the_rest_is_not_found", kClause,
     unknown_instance_has_no_children_and_the_rest_is_not_found},
    {"unknown_execution_is_not_found", kClause, unknown_execution_is_not_found},
    {"parent_that_does_not_exist_is_told_but_has_no_tree", kClause,
     parent_that_does_not_exist_is_told_but_has_no_tree},
    {"child_belongs_to_the_tree_from_its_first_ack_on", kClause,
     child_belongs_to_the_tree_from_its_first_ack_on},
    {"tree_is_read_whole_while_it_is_deleted", kClause, tree_is_read_whole_while_it_is_deleted,
     Hook::none, Capability::deletion},
    {"trees_are_the_same_after_reopening", kClause, trees_are_the_same_after_reopening, Hook::none,
     Capability::queues, true},
};

}  // namespace

std::span<const Validation> tree_validations() { return kRows; }

}  // namespace ackproof
