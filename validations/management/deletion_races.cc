// Deletion while somebody works on the instance: acks that come too late, and calls that are made
// at the very same instant. Either order is right; half of both is not.
#include "validations/bulk.h"
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"

namespace ackproof {

namespace {

constexpr std::size_t kRounds = 25;

// The kind of the refusal, or nothing when the call was accepted.
template <class T>
std::optional<ErrorKind> refusal(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().kind);
}

// A commit that writes wherever a commit can write.
TurnCommit late_commit() {
  TurnCommit commit = commit_events({event(2)});
  commit.activities = {activity("order-1", 8), activity("order-2", 8)};
  commit.messages = {external("order-1", 9), start("order-2")};
  commit.metadata = {.status = Status::completed, .output = "late"};
  return commit;
}

void expect_nothing_anywhere(Provider& provider) {
  const Names both = {"order-1", "order-2"};
  EXPECT_EQ(stored(provider, both), nothing_of(both));
  EXPECT_EQ(drain_activities(provider), std::vector<Activity>());
  EXPECT_EQ(drain_messages(provider), std::vector<Message>());
  provider.enqueue_message(start("order-1")).value();
  EXPECT_EQ(drain_messages(provider), std::vector{start("order-1")});
}

// --- Too late (ACK_13)

void ack_after_deletion_is_lost_and_brings_nothing_back(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  create_instance(*worker, "order-1");
  const Turn turn = wake(*worker, "order-1", 1);

  deleter->delete_instance("order-1", true).value();

  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, {}), ErrorKind::lock_lost));
  expect_nothing_anywhere(*worker);
}

void ack_of_a_first_turn_after_deletion_is_lost(Context& ctx) {
  const auto worker = ctx.open();
  worker->enqueue_message(start("order-1")).value();
  const Turn turn = take_turn(*worker);

  worker->delete_instance("order-1", true).value();

  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  expect_nothing_anywhere(*worker);
}

void ack_of_a_member_of_a_deleted_tree_is_lost(Context& ctx) {
  const auto worker = ctx.open();
  finish_instance(*worker, "order-0");
  finish_instance(*worker, "order-1", Status::completed, "order-0");
  const Turn turn = wake(*worker, "order-1", 1);

  worker->delete_instance("order-0", false).value();

  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  expect_nothing_anywhere(*worker);
}

void ack_after_the_deletion_of_a_set_is_lost(Context& ctx) {
  const auto worker = ctx.open();
  create_instance(*worker, "order-0");
  create_instance(*worker, "order-1");
  const Turn turn = wake(*worker, "order-1", 1);

  worker->delete_instances({"order-0", "order-1"}, true).value();

  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  expect_nothing_anywhere(*worker);
}

void ack_after_bulk_deletion_is_lost(Context& ctx) {
  const auto worker = ctx.open();
  finish_instance(*worker, "order-1");
  const Turn turn = wake(*worker, "order-1", 1);

  EXPECT_EQ(delete_all(ctx, *worker, {}).instances, 1U);

  EXPECT_TRUE(fails_with(worker->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  expect_nothing_anywhere(*worker);
}

void ack_of_the_old_life_leaves_the_new_one_alone(Context& ctx) {
  const auto worker = ctx.open();
  const auto rival = ctx.open();
  create_instance(*worker, "order-1");
  const Turn old = wake(*worker, "order-1", 1);
  rival->delete_instance("order-1", true).value();
  create_instance(*rival, "order-1");
  const auto before = stored(*rival, Names{"order-1"});
  const Turn turn = wake(*rival, "order-1", 1);

  EXPECT_TRUE(fails_with(worker->ack_turn(old.token, late_commit()), ErrorKind::lock_lost));

  EXPECT_EQ(stored(*rival, Names{"order-1"}), before);
  EXPECT_TRUE(succeeds(rival->ack_turn(turn.token, commit_events({event(2)}))));
  EXPECT_EQ(rival->read_history("order-1").value(), events(1, 2));
  EXPECT_EQ(drain_messages(*rival), std::vector<Message>());
  EXPECT_EQ(drain_activities(*rival), std::vector<Activity>());
}

void ack_after_deletion_and_reopening_is_lost(Context& ctx) {
  auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const Turn turn = wake(*provider, "order-1", 1);
  provider->delete_instance("order-1", true).value();

  provider.reset();
  provider = ctx.open();

  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, late_commit()), ErrorKind::lock_lost));
  expect_nothing_anywhere(*provider);
}

// --- At the same instant

// What an accepted ack sent to others stays, what a refused one would have sent does not come; of
// the instance itself nothing is left either way.
void ack_and_deletion_at_one_instant_leave_nothing_of_the_instance(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  for (std::size_t round = 0; round < kRounds; ++round) {
    create_instance(*worker, "order-1");
    const Turn turn = wake(*worker, "order-1", 1);

    const auto refusals = meet(ctx, round, [&](std::size_t i) {
      if (i == 0)
        return refusal(insist([&] { return worker->ack_turn(turn.token, late_commit()); }));
      return refusal(insist([&] { return deleter->delete_instance("order-1", true); }));
    });

    EXPECT_EQ(refusals[1], std::nullopt);
    EXPECT_EQ(stored(*worker, Names{"order-1"}), nothing_of({"order-1"}));
    const bool acked = !refusals[0];
    if (!acked) {
      EXPECT_EQ(refusals[0], ErrorKind::lock_lost);
    }
    EXPECT_EQ(drain_messages(*worker),
              acked ? std::vector{start("order-2")} : std::vector<Message>());
    EXPECT_EQ(drain_activities(*worker),
              acked ? std::vector{activity("order-2", 8)} : std::vector<Activity>());
    if (acked) worker->delete_instance("order-2", true).value();
  }
}

// Whether the instance runs is looked at in the step that deletes it.
void instance_that_runs_again_is_not_deleted_at_the_same_instant(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  TurnCommit again;
  again.metadata.status = Status::running;
  for (std::size_t round = 0; round < kRounds; ++round) {
    finish_instance(*worker, "order-1");
    const Turn turn = wake(*worker, "order-1", 1);

    const auto refusals = meet(ctx, round, [&](std::size_t i) {
      if (i == 0) return refusal(insist([&] { return worker->ack_turn(turn.token, again); }));
      return refusal(insist([&] { return deleter->delete_instance("order-1", false); }));
    });

    using Refusals = std::vector<std::optional<ErrorKind>>;
    const bool deleted = !refusals[1];
    EXPECT_EQ(refusals, deleted ? (Refusals{ErrorKind::lock_lost, std::nullopt})
                                : (Refusals{std::nullopt, ErrorKind::conflict}));
    EXPECT_EQ(existing(*worker, {"order-1"}), deleted ? Names() : Names{"order-1"});
    if (!deleted) deleter->delete_instance("order-1", true).value();
  }
}

// An accepted completion was enqueued before the deletion and went with it; a refused one never
// was. So none is there for the next life.
void completion_and_deletion_at_one_instant_leave_no_message(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  create_instance(*worker, "order-1");
  for (std::size_t round = 0; round < kRounds; ++round) {
    worker->enqueue_activity(activity("order-1", 1)).value();
    const LockedActivity held = take_activity(*worker);

    const auto refusals = meet(ctx, round, [&](std::size_t i) {
      if (i == 1) return refusal(insist([&] { return deleter->delete_instance("order-1", true); }));
      return refusal(
          insist([&] { return worker->ack_activity(held.token, completion(held.activity)); }));
    });

    if (refusals[0]) {
      EXPECT_EQ(refusals[0], ErrorKind::lock_lost);
    }
    EXPECT_EQ(refusals[1], std::nullopt);
    EXPECT_EQ(drain_activities(*worker), std::vector<Activity>());
    worker->enqueue_message(start("order-1")).value();
    const Turn turn = take_turn(*worker);
    EXPECT_EQ(turn.messages, std::vector{start("order-1")});
    EXPECT_TRUE(succeeds(worker->ack_turn(turn.token, commit_events({event(1)}))));
  }
}

// The message is either gone with the instance or held for its next life.
void enqueue_and_deletion_at_one_instant_leave_a_whole_message_or_none(Context& ctx) {
  const auto sender = ctx.open();
  const auto deleter = ctx.open();
  create_instance(*sender, "order-1");
  for (std::size_t round = 0; round < kRounds; ++round) {
    const auto refusals = meet(ctx, round, [&](std::size_t i) {
      if (i == 1) return refusal(insist([&] { return deleter->delete_instance("order-1", true); }));
      return refusal(insist([&] { return sender->enqueue_message(external("order-1", 1)); }));
    });

    EXPECT_EQ(refusals, (std::vector<std::optional<ErrorKind>>(2)));
    EXPECT_EQ(stored(*sender, Names{"order-1"}), nothing_of({"order-1"}));
    EXPECT_TRUE(nothing(sender->fetch_turn({}))) << "nobody has started it anew";
    sender->enqueue_message(start("order-1")).value();
    Turn turn = take_turn(*sender);
    if (turn.messages.front() == external("order-1", 1)) {
      turn.messages.erase(turn.messages.begin());
    }
    EXPECT_EQ(turn.messages, std::vector{start("order-1")});
    EXPECT_EQ(turn.history, std::vector<Event>());
    EXPECT_TRUE(succeeds(sender->ack_turn(turn.token, commit_events({event(1)}))));
  }
}

// A lock that was renewed a moment before is as gone as one that was not.
void renewal_and_deletion_at_one_instant_leave_no_lock(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  for (std::size_t round = 0; round < kRounds; ++round) {
    create_instance(*worker, "order-1");
    const Turn turn = wake(*worker, "order-1", 1);

    const auto refusals = meet(ctx, round, [&](std::size_t i) {
      if (i == 0) return refusal(insist([&] { return worker->renew_turn(turn.token, kLongLock); }));
      return refusal(insist([&] { return deleter->delete_instance("order-1", true); }));
    });

    if (refusals[0]) {
      EXPECT_EQ(refusals[0], ErrorKind::lock_lost);
    }
    EXPECT_EQ(refusals[1], std::nullopt);
    EXPECT_TRUE(fails_with(worker->renew_turn(turn.token, kLongLock), ErrorKind::lock_lost));
    worker->enqueue_message(start("order-1")).value();
    EXPECT_EQ(take_turn(*worker).messages, std::vector{start("order-1")});
    deleter->delete_instance("order-1", true).value();
  }
}

// A fetch before the deletion gets all of the instance, one after it nothing; and a turn that was
// fetched cannot be acked any more.
void fetch_and_deletion_at_one_instant_give_a_whole_turn_or_none(Context& ctx) {
  const auto worker = ctx.open();
  const auto deleter = ctx.open();
  for (std::size_t round = 0; round < kRounds; ++round) {
    create_instance(*worker, "order-1");
    worker->enqueue_message(external("order-1", 1)).value();

    const auto turns = meet(ctx, round, [&](std::size_t i) {
      if (i == 0) {
        return insist([&] { return worker->fetch_turn({.lock_timeout = kLongLock}); }).value();
      }
      insist([&] { return deleter->delete_instance("order-1", true); }).value();
      return std::optional<Turn>();
    });

    if (turns[0]) {
      EXPECT_EQ(turns[0]->history, events(1, 1));
      EXPECT_EQ(turns[0]->messages, std::vector{external("order-1", 1)});
      EXPECT_TRUE(fails_with(worker->ack_turn(turns[0]->token, {}), ErrorKind::lock_lost));
    }
    EXPECT_EQ(stored(*worker, Names{"order-1"}), nothing_of({"order-1"}));
    EXPECT_TRUE(nothing(worker->fetch_turn({})));
  }
}

// One of two deletions at the same instant finds the tree, with all its members.
void one_of_two_deletions_takes_the_whole_tree(Context& ctx) {
  const auto one = ctx.open();
  const auto other = ctx.open();
  for (std::size_t round = 0; round < kRounds; ++round) {
    const Names family = make_family(*one, "order-1");

    const auto taken = meet(ctx, round, [&](std::size_t i) {
      Provider& mine = i == 0 ? *one : *other;
      const auto gone = insist([&] { return mine.delete_instance("order-1", false); });
      if (!gone && gone.error().kind == ErrorKind::not_found) return std::uint64_t{0};
      return gone.value().instances;
    });

    EXPECT_EQ(taken[0] + taken[1], family.size());
    EXPECT_TRUE(taken[0] == 0 || taken[1] == 0) << "each took a part of the tree";
    EXPECT_EQ(stored(*one, family), nothing_of(family));
  }
}

constexpr const Requirement& kLate = requirement("ACK_13");
constexpr const Requirement& kTakes = requirement("DEL_1");
constexpr const Requirement& kLeaves = requirement("DEL_2");

constexpr Validation kRows[] = {
    {"ack_after_deletion_is_lost_and_brings_nothing_back", kLate,
     ack_after_deletion_is_lost_and_brings_nothing_back},
    {"ack_of_a_first_turn_after_deletion_is_lost", kLate,
     ack_of_a_first_turn_after_deletion_is_lost},
    {"ack_of_a_member_of_a_deleted_tree_is_lost", kLate, ack_of_a_member_of_a_deleted_tree_is_lost},
    {"ack_after_the_deletion_of_a_set_is_lost", kLate, ack_after_the_deletion_of_a_set_is_lost},
    {"ack_after_bulk_deletion_is_lost", kLate, ack_after_bulk_deletion_is_lost},
    {"ack_of_the_old_life_leaves_the_new_one_alone", kLate,
     ack_of_the_old_life_leaves_the_new_one_alone},
    {"ack_after_deletion_and_reopening_is_lost", kLate, ack_after_deletion_and_reopening_is_lost,
     Hook::none, Capability::queues, true},
    {"ack_and_deletion_at_one_instant_leave_nothing_of_the_instance", kLate,
     ack_and_deletion_at_one_instant_leave_nothing_of_the_instance},
    {"instance_that_runs_again_is_not_deleted_at_the_same_instant", kTakes,
     instance_that_runs_again_is_not_deleted_at_the_same_instant},
    {"one_of_two_deletions_takes_the_whole_tree", kTakes,
     one_of_two_deletions_takes_the_whole_tree},
    {"completion_and_deletion_at_one_instant_leave_no_message", kLeaves,
     completion_and_deletion_at_one_instant_leave_no_message},
    {"enqueue_and_deletion_at_one_instant_leave_a_whole_message_or_none", kLeaves,
     enqueue_and_deletion_at_one_instant_leave_a_whole_message_or_none},
    {"renewal_and_deletion_at_one_instant_leave_no_lock", kLeaves,
     renewal_and_deletion_at_one_instant_leave_no_lock},
    {"fetch_and_deletion_at_one_instant_give_a_whole_turn_or_none", kLeaves,
     fetch_and_deletion_at_one_instant_give_a_whole_turn_or_none},
};

}  // namespace

std::span<const Validation> deletion_race_validations() { return kRows; }

}  // namespace ackproof
