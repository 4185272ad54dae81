// Deleting a set of instances: exactly these, all or none.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

// Refused, forced or not, with everything stored of these as it was.
void expect_refused(Provider& provider, const Names& set, ErrorKind kind, const Names& all) {
  const auto before = stored(provider, all);
  for (const bool force : {false, true}) {
    EXPECT_TRUE(fails_with(provider.delete_instances(set, force), kind));
  }
  EXPECT_EQ(stored(provider, all), before);
}

void set_is_deleted_together(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  const Names all = {"order-1", "order-2", "order-3", "order-10", "Order-1"};
  for (const std::string& instance : all) finish_instance(*provider, instance);
  commit_turn(*provider, "order-3", commit_events(events(2, 4)));
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_activity(activity("order-3", 1)).value();

  EXPECT_EQ(provider->delete_instances({"order-1", "order-3"}, false).value(),
            (DeletionCounts{.instances = 2, .executions = 2, .events = 5, .queued_items = 2}));

  EXPECT_EQ(existing(*reader, all), (Names{"order-2", "order-10", "Order-1"}));
  EXPECT_EQ(drain_messages(*provider), std::vector<Message>());
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

void empty_set_deletes_nothing(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");

  EXPECT_EQ(provider->delete_instances({}, true).value(), DeletionCounts());

  EXPECT_EQ(existing(*provider, {"order-1"}), Names{"order-1"});
}

void running_member_keeps_the_whole_set_unless_forced(Context& ctx) {
  const auto provider = ctx.open();
  const Names set = {"order-1", "order-2", "order-3"};
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "order-2", Status::running);
  finish_instance(*provider, "order-3", Status::failed);
  const auto before = stored(*provider, set);

  EXPECT_TRUE(fails_with(provider->delete_instances(set, false), ErrorKind::conflict));
  EXPECT_EQ(stored(*provider, set), before);

  EXPECT_EQ(provider->delete_instances(set, true).value(),
            (DeletionCounts{.instances = 3, .executions = 3, .events = 3}));
  EXPECT_EQ(stored(*provider, set), nothing_of(set));
}

void member_continued_as_new_counts_as_running(Context& ctx) {
  const auto provider = ctx.open();
  const Names set = {"order-1", "order-2"};
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "order-2", Status::continued_as_new);

  EXPECT_TRUE(fails_with(provider->delete_instances(set, false), ErrorKind::conflict));
  EXPECT_EQ(existing(*provider, set), set);
  EXPECT_EQ(provider->delete_instances(set, true).value().instances, 2U);
}

// Force is for running members only: an orphan would not be helped by it.
void set_that_would_orphan_a_child_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  finish_instance(*provider, "order-2");

  expect_refused(*provider, {"order-1"}, ErrorKind::conflict, family);
  expect_refused(*provider, {"order-2", family[3]}, ErrorKind::conflict, {"order-2", family[3]});
  expect_refused(*provider, {family[0], family[1], family[2], family[3]}, ErrorKind::conflict,
                 family);
  expect_refused(*provider, {family[0], family[2], family[3], family[4]}, ErrorKind::conflict,
                 family);

  EXPECT_EQ(provider->delete_instances(family, false).value(),
            (DeletionCounts{.instances = 5, .executions = 5, .events = 5}));
  EXPECT_EQ(stored(*provider, family), nothing_of(family));
}

void members_need_be_in_no_order_and_no_roots(Context& ctx) {
  const auto provider = ctx.open();
  const Names family = make_family(*provider, "order-1");
  const auto before = stored(*provider, Names{family[0], family[2]});

  EXPECT_EQ(provider->delete_instances({family[4], family[1], family[3]}, false).value(),
            (DeletionCounts{.instances = 3, .executions = 3, .events = 3}));

  EXPECT_EQ(existing(*provider, family), (Names{family[0], family[2]}));
  EXPECT_EQ(stored(*provider, Names{family[0], family[2]}), before);
}

void instances_in_a_cycle_are_deleted_as_a_set(Context& ctx) {
  const auto provider = ctx.open();
  const Names cycle = {"order-1", "order-2", "order-3"};
  finish_instance(*provider, "order-1", Status::completed, "order-2");
  finish_instance(*provider, "order-2", Status::completed, "order-1");
  finish_instance(*provider, "order-3", Status::completed, "order-3");

  expect_refused(*provider, {"order-1"}, ErrorKind::conflict, cycle);
  EXPECT_EQ(provider->delete_instances(cycle, false).value().instances, 3U);
  EXPECT_EQ(existing(*provider, cycle), Names());
}

void unknown_member_keeps_the_whole_set(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2"};
  for (const std::string& instance : all) finish_instance(*provider, instance);

  for (const std::string unknown : {"order-3", "order-", "order-10", "Order-1"}) {
    expect_refused(*provider, {"order-1", unknown, "order-2"}, ErrorKind::not_found, all);
    expect_refused(*provider, {"order-1", "order-2", unknown}, ErrorKind::not_found, all);
    expect_refused(*provider, {unknown}, ErrorKind::not_found, all);
  }
}

// Two reasons at once: either may be given. Force takes one of them away.
void set_with_a_running_and_an_unknown_member_is_refused(Context& ctx) {
  const auto provider = ctx.open();
  const Names all = {"order-1", "order-2"};
  create_instance(*provider, "order-1");
  finish_instance(*provider, "order-2");
  const auto before = stored(*provider, all);
  const Names set = {"order-1", "order-3", "order-2"};

  const auto answer = provider->delete_instances(set, false);
  EXPECT_TRUE(fails_with(answer, ErrorKind::conflict) || fails_with(answer, ErrorKind::not_found));
  EXPECT_TRUE(fails_with(provider->delete_instances(set, true), ErrorKind::not_found));

  EXPECT_EQ(stored(*provider, all), before);
}

void member_given_several_times_counts_once(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  finish_instance(*provider, "order-2");
  provider->enqueue_activity(activity("order-1", 1)).value();

  EXPECT_EQ(provider->delete_instances({"order-1", "order-2", "order-1", "order-1"}, false).value(),
            (DeletionCounts{.instances = 2, .executions = 2, .events = 2, .queued_items = 1}));

  EXPECT_EQ(existing(*provider, {"order-1", "order-2"}), Names());
}

// More than the variables of one statement in some stores.
void set_of_a_thousand_members_is_deleted(Context& ctx) {
  const auto provider = ctx.open();
  Names set;
  TurnCommit commit = commit_events({event(1)});
  for (int n = 1; n <= 1'000; ++n) {
    set.push_back("order-" + std::to_string(n));
    commit.activities.push_back(activity(set.back(), 1));
  }
  commit_start(*provider, start("source"), commit);
  Names with_unknown = set;
  with_unknown.push_back("order-0");

  EXPECT_TRUE(fails_with(provider->delete_instances(with_unknown, true), ErrorKind::not_found));
  EXPECT_EQ(provider->delete_instances(set, true).value().queued_items, 1'000U);

  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  EXPECT_EQ(existing(*provider, {"source"}), Names{"source"});
}

void member_with_only_queued_items_goes_by_force(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  provider->enqueue_message(external("order-2", 1)).value();
  provider->enqueue_activity(activity("order-2", 1)).value();

  EXPECT_TRUE(
      fails_with(provider->delete_instances({"order-1", "order-2"}, false), ErrorKind::conflict));
  EXPECT_EQ(existing(*provider, {"order-1"}), Names{"order-1"});
  const DeletionCounts gone = provider->delete_instances({"order-1", "order-2"}, true).value();

  EXPECT_EQ(gone.queued_items, 2U);
  EXPECT_EQ(gone.events, 1U);
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
  provider->enqueue_message(start("order-2")).value();
  EXPECT_EQ(drain_messages(*provider), std::vector{start("order-2")});
}

void refused_set_leaves_queues_and_locks(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1");
  create_instance(*provider, "order-2");
  provider->enqueue_activity(activity("order-1", 1)).value();
  const Turn turn = wake(*provider, "order-1", 1);

  EXPECT_TRUE(
      fails_with(provider->delete_instances({"order-1", "order-2"}, false), ErrorKind::conflict));

  EXPECT_TRUE(succeeds(provider->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(provider->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_activities(*provider), std::vector{activity("order-1", 1)});
}

void tokens_of_all_members_are_dead(Context& ctx) {
  const auto provider = ctx.open();
  const auto worker = ctx.open();
  std::vector<LockToken> turns, activities;
  for (const std::string instance : {"order-1", "order-2"}) {
    finish_instance(*provider, instance);
    turns.push_back(wake(*worker, instance, 1).token);
    provider->enqueue_activity(activity(instance, 1)).value();
    activities.push_back(take_activity(*worker).token);
  }

  EXPECT_EQ(provider->delete_instances({"order-1", "order-2"}, false).value().queued_items, 4U);

  for (const LockToken& token : turns) {
    EXPECT_TRUE(fails_with(worker->renew_turn(token, kLongLock), ErrorKind::lock_lost));
  }
  for (const LockToken& token : activities) {
    EXPECT_TRUE(fails_with(worker->renew_activity(token, kLongLock), ErrorKind::lock_lost));
  }
  EXPECT_EQ(drain_activities(*worker), std::vector<Activity>());
}

// Two sets that share a member: whoever comes second finds it unknown, and leaves the rest of its
// own set alone.
void one_of_two_overlapping_sets_is_deleted(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  for (std::size_t round = 0; round < 25; ++round) {
    const Names all = {"order-1", "order-2", "order-3"};
    for (const std::string& instance : all) finish_instance(*one, instance);

    const auto deleted = meet(ctx, round, [&](std::size_t i) {
      Provider& mine = i == 0 ? *one : *other;
      const Names set = i == 0 ? Names{"order-1", "order-2"} : Names{"order-3", "order-2"};
      const auto gone = insist([&] { return mine.delete_instances(set, false); });
      if (!gone && gone.error().kind == ErrorKind::not_found) return false;
      return gone.value().instances == 2;
    });

    EXPECT_NE(deleted[0], deleted[1]);
    EXPECT_EQ(existing(*one, all), deleted[0] ? Names{"order-3"} : Names{"order-1"});
    for (const std::string& left : existing(*one, all)) one->delete_instance(left, true).value();
  }
}

void deleted_set_stays_deleted_after_reopening(Context& ctx) {
  auto provider = ctx.open();
  const Names all = {"order-1", "order-2", "order-3"};
  for (const std::string& instance : all) finish_instance(*provider, instance);
  provider->enqueue_activity(activity("order-1", 1)).value();
  provider->delete_instances({"order-1", "order-2"}, false).value();

  provider.reset();
  provider = ctx.open();

  EXPECT_EQ(existing(*provider, all), Names{"order-3"});
  EXPECT_EQ(drain_activities(*provider), std::vector<Activity>());
}

constexpr const Requirement& kClause = requirement("DEL_3");

constexpr Validation kRows[] = {
    {"set_is_deleted_together", kClause, set_is_deleted_together},
    {"empty_set_deletes_nothing", kClause, empty_set_deletes_nothing},
    {"running_member_keeps_the_whole_set_unless_forced", kClause,
     running_member_keeps_the_whole_set_unless_forced},
    {"member_continued_as_new_counts_as_running", kClause,
     member_continued_as_new_counts_as_running},
    {"set_that_would_orphan_a_child_is_refused", kClause, set_that_would_orphan_a_child_is_refused},
    {"members_need_be_in_no_order_and_no_roots", kClause, members_need_be_in_no_order_and_no_roots},
    {"instances_in_a_cycle_are_deleted_as_a_set", kClause,
     instances_in_a_cycle_are_deleted_as_a_set},
    {"unknown_member_keeps_the_whole_set", kClause, unknown_member_keeps_the_whole_set},
    {"set_with_a_running_and_an_unknown_member_is_refused", kClause,
     set_with_a_running_and_an_unknown_member_is_refused},
    {"member_given_several_times_counts_once", kClause, member_given_several_times_counts_once},
    {"set_of_a_thousand_members_is_deleted", kClause, set_of_a_thousand_members_is_deleted},
    {"member_with_only_queued_items_goes_by_force", kClause,
     member_with_only_queued_items_goes_by_force},
    {"refused_set_leaves_queues_and_locks", kClause, refused_set_leaves_queues_and_locks},
    {"tokens_of_all_members_are_dead", kClause, tokens_of_all_members_are_dead},
    {"one_of_two_overlapping_sets_is_deleted", kClause, one_of_two_overlapping_sets_is_deleted},
    {"deleted_set_stays_deleted_after_reopening", kClause,
     deleted_set_stays_deleted_after_reopening, Hook::none, Capability::queues, true},
};

}  // namespace

std::span<const Validation> deletion_set_validations() { return kRows; }

}  // namespace ackproof
