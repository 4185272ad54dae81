// What `delete_instance` takes, and what it refuses to: trees, running members, non-roots, and ids
// of which only queued items exist.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// The deletion is refused, forced or not, and everything stored of these stays as it is.
void expect_refused(Provider& provider, const std::string& instance, ErrorKind kind,
                    const Names& all) {
  const auto before = stored(provider, all);
  for (const bool force : {false, true}) {
    EXPECT_TRUE(fails_with(provider.delete_instance(instance, force), kind)) << instance;
  }
  EXPECT_EQ(stored(provider, all), before);
}

// The deletion is refused with all as it was, until it is forced.
void expect_only_by_force(Provider& provider, const std::string& instance, const Names& tree) {
  const auto before = stored(provider, tree);
  EXPECT_TRUE(fails_with(provider.delete_instance(instance, false), ErrorKind::conflict));
  EXPECT_EQ(stored(provider, tree), before);

  EXPECT_EQ(provider.delete_instance(instance, true).value().instances, tree.size());
  EXPECT_EQ(stored(provider, tree), nothing_of(tree));
}

// --- Trees

void root_is_deleted_with_its_whole_tree(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Names family = make_family(*provider, "order-1");
  const Names others = make_family(*provider, "order-2");
  const auto before = stored(*provider, others);

  EXPECT_EQ(provider->delete_instance("order-1", false).value(),
            (DeletionCounts{.instances = 5, .executions = 5, .events = 5}));

  EXPECT_EQ(stored(*reader, family), nothing_of(family));
  EXPECT_EQ(stored(*reader, others), before);
}

void completed_and_failed_instances_are_deleted_without_force(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed);
  finish_instance(*provider, "order-2", Status::failed);
  finish_instance(*provider, "order-3", Status::failed);
  commit_turn(*provider, "order-3", commit_events({event(2), event(3)}));

  const DeletionCounts one{.instances = 1, .executions = 1, .events = 1};
  EXPECT_EQ(provider->delete_instance("order-1", false).value(), one);
  EXPECT_EQ(existing(*provider, {"order-1", "order-2", "order-3"}), (Names{"order-2", "order-3"}));
  EXPECT_EQ(provider->delete_instance("order-2", false).value(), one);
  EXPECT_EQ(provider->delete_instance("order-3", true).value(),
            (DeletionCounts{.instances = 1, .executions = 1, .events = 3}));
  EXPECT_EQ(existing(*provider, {"order-1", "order-2", "order-3"}), Names());
}

// Several executions, locked and hidden items, and a child: each is counted, and counted once.
void deletion_counts_everything_that_went(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  commit_turn(*provider, "order-1", commit_events({event(2), event(3)}));
  continue_as_new(*provider, "order-1", 1);
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-3");
  provider->enqueue_message(external("order-1", 1), kLongLock).value();
  wake(*provider, "order-1", 2);
  provider->enqueue_message(external("order-1", 3)).value();
  for (const std::uint64_t id : {1, 2, 3}) {
    provider->enqueue_activity(activity("order-1", id)).value();
  }
  take_activity(*provider);
  provider->abandon_activity(take_activity(*provider).token, {.delay = kLongLock}).value();
  provider->enqueue_message(external("order-2", 4)).value();
  provider->enqueue_activity(activity("order-2", 1)).value();
  provider->enqueue_message(external("order-3", 5)).value();
  provider->enqueue_activity(activity("order-3", 1)).value();

  EXPECT_EQ(
      provider->delete_instance("order-1", true).value(),
      (DeletionCounts{.instances = 2, .executions = 3, .events = 5, .queued_items = 3 + 3 + 2}));
  EXPECT_EQ(drain_messages(*provider), std::vector{external("order-3", 5)});
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-3", 1)});
}

void wide_tree_is_deleted_whole(Context& ctx) {
  const auto provider = ctx.open();
  Names tree = make_many(*provider, "order", 1'000, "order");
  tree.push_back("order");
  commit_turn(*provider, tree[998], {.execution = 2});

  EXPECT_TRUE(fails_with(provider->delete_instance("order", false), ErrorKind::conflict));
  EXPECT_EQ(existing(*provider, tree), tree);

  EXPECT_EQ(provider->delete_instance("order", true).value(),
            (DeletionCounts{.instances = 1'001, .executions = 1'002, .events = 1'001}));
  EXPECT_EQ(existing(*provider, tree), Names());
}

void deep_tree_is_deleted_whole(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-0");
  Names tree = {"order-0"};
  while (tree.size() < 120) {
    const std::string parent = tree.back();
    tree.push_back("order-" + std::to_string(tree.size()));
    finish_instance(*provider, tree.back(), Status::completed, parent);
  }

  EXPECT_EQ(provider->delete_instance("order-0", false).value().instances, tree.size());

  EXPECT_EQ(stored(*provider, tree), nothing_of(tree));
}

void parent_of_the_metadata_makes_a_child_too(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  TurnCommit commit = commit_events({event(1)});
  commit.metadata = {.status = Status::completed, .parent = "order-1"};
  commit_start(*provider, start("order-2"), commit);

  expect_refused(*provider, "order-2", ErrorKind::conflict, {"order-1", "order-2"});
  EXPECT_EQ(provider->delete_instance("order-1", false).value().instances, 2U);
  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names());
}

void descendants_are_not_deleted_by_themselves(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");

  for (const std::string& member : family) {
    if (member == "order-1") continue;
    expect_refused(*provider, member, ErrorKind::conflict, family);
  }
}

// Each of them has a parent that exists.
void instances_in_a_cycle_are_no_roots(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::completed, "order-2");
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-3", Status::completed, "order-3");

  for (const std::string member : {"order-1", "order-2", "order-3"}) {
    expect_refused(*provider, member, ErrorKind::conflict, {"order-1", "order-2", "order-3"});
  }
}

void ids_that_look_alike_are_not_deleted(Context& ctx) {
  const auto provider = ctx.open();
  const Names ids = {"order-%",     "order-_",         "order-*",    "order%",
                     "order-1",     "Order-1",         "order-10",   "order-1 ",
                     "order-1/son", "order-1\xCC\x81", "order-[12]", "order-\\"};
  for (const std::string& id : ids) {
    finish_instance(*provider, id);
    provider->enqueue_message(external(id, 1), kLongLock).value();
    provider->enqueue_activity(activity(id, 1)).value();
  }
  const DeletionCounts one{.instances = 1, .executions = 1, .events = 1, .queued_items = 2};

  Names left = ids;
  while (!left.empty()) {
    EXPECT_EQ(provider->delete_instance(left.front(), false).value(), one) << left.front();
    left.erase(left.begin());
    EXPECT_EQ(existing(*provider, ids), left);
  }
}

// --- Running

void running_instance_is_deleted_only_by_force(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");

  expect_only_by_force(*provider, "order-1", {"order-1"});
}

void running_descendant_keeps_the_tree_unless_forced(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  commit_turn(*provider, family[4], {.execution = 2});

  expect_only_by_force(*provider, "order-1", family);
}

void continued_as_new_counts_as_running(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::continued_as_new);
  finish_instance(*provider, "order-2");
  finish_instance(*provider, "order-3", Status::continued_as_new, "order-2");

  expect_only_by_force(*provider, "order-1", {"order-1"});
  expect_only_by_force(*provider, "order-2", {"order-2", "order-3"});
}

void status_of_the_current_execution_decides(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  TurnCommit last{.execution = 2, .events = {event(1)}};
  last.metadata.status = Status::completed;
  commit_turn(*provider, "order-1", last);
  finish_instance(*provider, "order-2", Status::completed);
  commit_turn(*provider, "order-2", {.execution = 2});

  EXPECT_EQ(provider->delete_instance("order-1", false).value(),
            (DeletionCounts{.instances = 1, .executions = 2, .events = 2}));
  expect_only_by_force(*provider, "order-2", {"order-2"});
}

// The refused call has taken no lock and ended none.
void refused_deletion_leaves_queues_and_locks(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->enqueue_message(external("order-1", 2)).value();
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 2)).value();
  const LockedActivity held = take_activity(*provider);

  EXPECT_TRUE(fails_with(provider->delete_instance("order-1", false), ErrorKind::conflict));

  EXPECT_TRUE(nothing(provider->fetch_turn({})));
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_TRUE(succeeds(provider->ack_activity(held.token, completion(held.activity))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_messages(*provider),
            (std::vector{external("order-1", 2), completion(held.activity)}));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 2)});
}

void unknown_instance_is_not_found(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  provider->enqueue_activity(activity("order-1", 1)).value();

  for (const std::string unknown : {"order-2", "order-", "order", "order-10", "Order-1", "%"}) {
    expect_refused(*provider, unknown, ErrorKind::not_found, {"order-1"});
  }
  provider->delete_instance("order-1", false).value();
  expect_refused(*provider, "order-1", ErrorKind::not_found, {});
}

// --- Only queued items (DEL_4)

struct OnlyMessage {
  static void put(Provider& provider) { provider.enqueue_message(external("order-1", 1)).value(); }
  static constexpr std::uint64_t kItems = 1;
};

struct OnlyHiddenStart {
  static void put(Provider& provider) {
    provider.enqueue_message(start("order-1"), kLongLock).value();
  }
  static constexpr std::uint64_t kItems = 1;
};

struct OnlyActivity {
  static void put(Provider& provider) { provider.enqueue_activity(activity("order-1", 1)).value(); }
  static constexpr std::uint64_t kItems = 1;
};

// In its first turn: a lock, but no record yet.
struct OnlyLockedItems {
  static void put(Provider& provider) {
    provider.enqueue_message(start("order-1")).value();
    provider.enqueue_message(external("order-1", 1)).value();
    provider.enqueue_activity(activity("order-1", 1)).value();
    take_turn(provider);
    take_activity(provider);
  }
  static constexpr std::uint64_t kItems = 3;
};

template <class Items>
void id_with_only_queued_items_is_deleted_by_force(Context& ctx) {
  const auto provider = ctx.open();
  Items::put(*provider);

  EXPECT_TRUE(fails_with(provider->delete_instance("order-1", false), ErrorKind::conflict));
  EXPECT_EQ(provider->delete_instance("order-1", true).value(),
            DeletionCounts{.queued_items = Items::kItems})
      << "if it is less, the refused deletion took something";

  EXPECT_TRUE(fails_with(provider->delete_instance("order-1", true), ErrorKind::not_found));
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  provider->enqueue_message(start("order-1")).value();
  EXPECT_EQ(drain_messages(*provider), std::vector{start("order-1")});
}

// --- Parents that are gone (DEL_4)

void queued_start_of_a_deleted_parent_stays(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  Message begin = start("order-2");
  begin.parent = "order-1";
  provider->enqueue_message(begin).value();

  EXPECT_EQ(provider->delete_instance("order-1", false).value(),
            (DeletionCounts{.instances = 1, .executions = 1, .events = 1}));

  const Turn turn = take_turn(*provider);
  EXPECT_EQ(turn.messages, std::vector{begin});
  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(1)}))));
  EXPECT_EQ(record_of(*provider, "order-2"),
            (InstanceInfo{
                .instance = "order-2", .name = "Order", .version = "1.0.0", .parent = "order-1"}));
}

void child_in_its_first_turn_outlives_its_parent(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  Message begin = start("order-2");
  begin.parent = "order-1";
  provider->enqueue_message(begin).value();
  const Turn turn = take_turn(*provider);

  provider->delete_instance("order-1", false).value();

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(1)}))));
  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names{"order-2"});
}

// Whether the parent was deleted or never existed.
void instance_whose_parent_is_gone_is_a_root(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  Message begin = start("order-2");
  begin.parent = "order-1";
  provider->enqueue_message(begin).value();
  const Turn turn = take_turn(*provider);
  provider->delete_instance("order-1", false).value();
  TurnCommit completed = commit_events({event(1)});
  completed.metadata.status = Status::completed;
  provider->ack_turn(turn.token, completed).value();
  finish_instance(*provider, "order-3", Status::completed, "order-2");
  finish_instance(*provider, "order-4", Status::failed, "nobody");

  EXPECT_EQ(provider->delete_instance("order-2", false).value().instances, 2U);
  EXPECT_EQ(provider->delete_instance("order-4", false).value().instances, 1U);
  EXPECT_EQ(existing(*provider, {"order-1", "order-2", "order-3", "order-4"}), Names());
}

void child_is_no_root_again_when_its_parent_comes_back(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-1");

  expect_refused(*provider, "order-2", ErrorKind::conflict, {"order-1", "order-2"});
  EXPECT_EQ(provider->delete_instance("order-1", false).value().instances, 2U);
}

// What nobody has started is no parent yet: its items go alone.
void id_with_only_queued_items_has_no_descendants(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  provider->enqueue_message(external("order-1", 1)).value();
  const auto before = stored(*provider, Names{"order-2"});

  EXPECT_EQ(provider->delete_instance("order-1", true).value(), DeletionCounts{.queued_items = 1});

  EXPECT_EQ(stored(*provider, Names{"order-2"}), before);
}

constexpr const Requirement& kTakes = requirement("DEL_1");
constexpr const Requirement& kUnstarted = requirement("DEL_4");

constexpr Validation kRows[] = {
    {"root_is_deleted_with_its_whole_tree", kTakes, root_is_deleted_with_its_whole_tree},
    {"completed_and_failed_instances_are_deleted_without_force", kTakes,
     completed_and_failed_instances_are_deleted_without_force},
    {"deletion_counts_everything_that_went", kTakes, deletion_counts_everything_that_went},
    heavy({"wide_tree_is_deleted_whole", kTakes, wide_tree_is_deleted_whole}),
    {"deep_tree_is_deleted_whole", kTakes, deep_tree_is_deleted_whole},
    {"parent_of_the_metadata_makes_a_child_too", kTakes, parent_of_the_metadata_makes_a_child_too},
    {"descendants_are_not_deleted_by_themselves", kTakes,
     descendants_are_not_deleted_by_themselves},
    {"instances_in_a_cycle_are_no_roots", kTakes, instances_in_a_cycle_are_no_roots},
    {"ids_that_look_alike_are_not_deleted", kTakes, ids_that_look_alike_are_not_deleted},
    {"running_instance_is_deleted_only_by_force", kTakes,
     running_instance_is_deleted_only_by_force},
    {"running_descendant_keeps_the_tree_unless_forced", kTakes,
     running_descendant_keeps_the_tree_unless_forced},
    {"continued_as_new_counts_as_running", kTakes, continued_as_new_counts_as_running},
    {"status_of_the_current_execution_decides", kTakes, status_of_the_current_execution_decides},
    {"refused_deletion_leaves_queues_and_locks", kTakes, refused_deletion_leaves_queues_and_locks},
    {"unknown_instance_is_not_found", kTakes, unknown_instance_is_not_found},
    {"id_with_only_a_message_is_deleted_by_force", kUnstarted,
     id_with_only_queued_items_is_deleted_by_force<OnlyMessage>},
    {"id_with_only_a_hidden_start_is_deleted_by_force", kUnstarted,
     id_with_only_queued_items_is_deleted_by_force<OnlyHiddenStart>},
    {"id_with_only_an_activity_is_deleted_by_force", kUnstarted,
     id_with_only_queued_items_is_deleted_by_force<OnlyActivity>},
    {"id_in_its_first_turn_is_deleted_by_force", kUnstarted,
     id_with_only_queued_items_is_deleted_by_force<OnlyLockedItems>},
    {"queued_start_of_a_deleted_parent_stays", kUnstarted, queued_start_of_a_deleted_parent_stays},
    {"child_in_its_first_turn_outlives_its_parent", kUnstarted,
     child_in_its_first_turn_outlives_its_parent},
    {"instance_whose_parent_is_gone_is_a_root", kUnstarted,
     instance_whose_parent_is_gone_is_a_root},
    {"child_is_no_root_again_when_its_parent_comes_back", kUnstarted,
     child_is_no_root_again_when_its_parent_comes_back},
    {"id_with_only_queued_items_has_no_descendants", kUnstarted,
     id_with_only_queued_items_has_no_descendants},
};

}  // namespace

std::span<const Validation> deletion_validations() { return kRows; }

}  // namespace ackproof
