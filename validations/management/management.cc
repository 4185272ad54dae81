// What an operator is told of instances and executions: lists, infos, times, counts and totals.
#include "validations/catalogue.h"
#include "validations/context.h"
#include "validations/expect.h"
#include "validations/management/families.h"
#include "validations/pace.h"

namespace ackproof {

namespace {

Names listed(Provider& provider, std::optional<Status> status = std::nullopt) {
  return sorted(provider.list_instances(status).value());
}

// What is known of an execution, without its times.
ExecutionInfo facts_of(Provider& provider, std::uint64_t execution) {
  ExecutionInfo info = provider.read_execution("order-1", execution).value();
  info.created_at = Time();
  info.completed_at = std::nullopt;
  return info;
}

// --- Lists

void all_of_a_thousand_instances_are_listed(Context& ctx) {
  const auto provider = ctx.open();
  Names all = make_many(*provider, "order", 1'000, std::nullopt);
  all.push_back("order");

  EXPECT_EQ(listed(*provider), sorted(all));
  EXPECT_EQ(listed(*provider, Status::completed), sorted(all));
  EXPECT_EQ(listed(*provider, Status::running), Names());
}

void list_has_every_instance_once(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  EXPECT_EQ(listed(*reader), Names());
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  continue_as_new(*provider, "order-1", 2);
  finish_instance(*provider, "order-2");
  finish_instance(*provider, "order-10", Status::failed, "order-2");
  finish_instance(*provider, "Order-1", Status::continued_as_new);

  provider->enqueue_message(start("order-7")).value();
  provider->enqueue_message(external("order-8", 1)).value();
  provider->enqueue_activity(activity("order-9", 1)).value();

  EXPECT_EQ(listed(*reader), (Names{"Order-1", "order-1", "order-10", "order-2"}));
}

void list_by_status_excludes_the_others(Context& ctx) {
  const auto provider = ctx.open();
  finish_instance(*provider, "order-1", Status::running);
  finish_instance(*provider, "order-2", Status::completed);
  finish_instance(*provider, "order-3", Status::failed);
  finish_instance(*provider, "order-4", Status::continued_as_new);
  finish_instance(*provider, "order-5", Status::completed);
  create_instance(*provider, "order-6");

  EXPECT_EQ(listed(*provider, Status::running), (Names{"order-1", "order-6"}));
  EXPECT_EQ(listed(*provider, Status::completed), (Names{"order-2", "order-5"}));
  EXPECT_EQ(listed(*provider, Status::failed), Names{"order-3"});
  EXPECT_EQ(listed(*provider, Status::continued_as_new), Names{"order-4"});
}

void list_by_status_goes_by_the_current_execution(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  finish_instance(*provider, "order-2", Status::completed);
  commit_turn(*provider, "order-2", {.execution = 2});
  create_instance(*provider, "order-3");
  continue_as_new(*provider, "order-3", 1);
  commit_turn(*provider, "order-3", with_status(Status::failed, 2));
  finish_instance(*provider, "order-4", Status::continued_as_new);

  EXPECT_EQ(listed(*provider, Status::running), (Names{"order-1", "order-2"}));
  EXPECT_EQ(listed(*provider, Status::completed), Names());
  EXPECT_EQ(listed(*provider, Status::failed), Names{"order-3"});
  EXPECT_EQ(listed(*provider, Status::continued_as_new), Names{"order-4"});
}

void list_by_status_follows_every_change(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const std::vector<Status> all = {Status::completed, Status::failed, Status::continued_as_new,
                                   Status::running};

  for (const Status status : all) {
    commit_turn(*provider, "order-1", with_status(status));
    for (const Status other : all) {
      EXPECT_EQ(listed(*provider, other), other == status ? Names{"order-1"} : Names());
    }
  }
}

void late_ack_of_a_lower_execution_moves_no_instance_in_the_lists(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);

  commit_turn(*provider, "order-1", with_status(Status::failed, 1));

  EXPECT_EQ(listed(*provider, Status::failed), Names());
  EXPECT_EQ(listed(*provider, Status::running), Names{"order-1"});
  EXPECT_EQ(facts_of(*provider, 1).status, Status::failed);
  EXPECT_EQ(facts_of(*provider, 2).status, Status::running);
}

void executions_are_listed_by_number(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), {.execution = 2});
  commit_start(*provider, start("order-10"), {.execution = 7});
  for (const std::uint64_t execution : {9, 10, 100, 30, 5}) {
    commit_turn(*provider, "order-1", {.execution = execution});
  }

  EXPECT_EQ(provider->list_executions("order-1").value(),
            (std::vector<std::uint64_t>{2, 5, 9, 10, 30, 100}));
  EXPECT_EQ(provider->list_executions("order-10").value(), std::vector<std::uint64_t>{7});
}

// --- Infos and counts

void each_execution_has_its_own_status_output_and_count(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  TurnCommit first = commit_events(events(1, 3));
  first.metadata = {.status = Status::continued_as_new, .output = "next input"};
  TurnCommit second{.execution = 2, .events = events(1, 2)};
  second.metadata = {.status = Status::completed, .output = ""};
  commit_start(*provider, start("order-1"), first);
  commit_turn(*provider, "order-1", second);
  commit_turn(*provider, "order-1", {.execution = 3});

  EXPECT_EQ(facts_of(*reader, 1), (ExecutionInfo{.execution = 1,
                                                 .status = Status::continued_as_new,
                                                 .output = "next input",
                                                 .event_count = 3}));
  EXPECT_EQ(
      facts_of(*reader, 2),
      (ExecutionInfo{.execution = 2, .status = Status::completed, .output = "", .event_count = 2}));
  EXPECT_EQ(facts_of(*reader, 3), (ExecutionInfo{.execution = 3}));
}

void info_of_an_execution_has_its_own_pin(Context& ctx) {
  const auto provider = ctx.open();
  TurnCommit first, second{.execution = 2};
  first.metadata.pinned_version = EngineVersion{.major = 1, .minor = 20, .patch = 3};
  second.metadata.pinned_version = EngineVersion{.major = 2};
  commit_start(*provider, start("order-1"), first);
  commit_turn(*provider, "order-1", second);
  commit_turn(*provider, "order-1", {.execution = 3});

  EXPECT_EQ(facts_of(*provider, 1).pinned_version, first.metadata.pinned_version);
  EXPECT_EQ(facts_of(*provider, 2).pinned_version, second.metadata.pinned_version);
  EXPECT_EQ(facts_of(*provider, 3).pinned_version, std::nullopt);
}

// Ids with gaps, a late ack and a refused one: neither the highest id nor a counter beside the
// events is their number.
void event_counts_are_those_of_the_stored_events(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), commit_events(events(1, 2)));
  commit_start(*provider, start("order-2"), commit_events(events(1, 7)));
  commit_turn(*provider, "order-1", commit_events({event(9), event(5)}));
  commit_turn(*provider, "order-1", {.execution = 2, .events = {event(40)}});
  commit_turn(*provider, "order-1", commit_events({event(3)}));
  const Turn turn = wake(*provider, "order-1", 1);
  EXPECT_TRUE(fails_with(provider->ack_turn(turn.token, commit_events({event(6), event(5)})),
                         ErrorKind::conflict));

  EXPECT_EQ(facts_of(*provider, 1).event_count, 5U);
  EXPECT_EQ(facts_of(*provider, 2).event_count, 1U);
}

void long_history_is_counted_whole(Context& ctx) {
  const auto provider = ctx.open();
  commit_start(*provider, start("order-1"), commit_events(events(1, 1'000)));
  commit_turn(*provider, "order-1", commit_events(events(1'001, 1'500)));

  EXPECT_EQ(facts_of(*provider, 1).event_count, 1'500U);
  EXPECT_EQ(provider->read_totals().value(),
            (StoreTotals{.instances = 1, .executions = 1, .events = 1'500, .running = 1}));
}

// --- Totals

void totals_equal_the_facts(Context& ctx) {
  const auto provider = ctx.open();
  const auto reader = ctx.open();
  EXPECT_EQ(reader->read_totals().value(), StoreTotals());
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  continue_as_new(*provider, "order-1", 2);
  finish_instance(*provider, "order-2", Status::completed);
  finish_instance(*provider, "order-3", Status::completed, "order-2");
  commit_turn(*provider, "order-3", commit_events(events(2, 5)));
  finish_instance(*provider, "order-4", Status::failed);
  finish_instance(*provider, "order-5", Status::continued_as_new);
  commit_turn(*provider, "order-1", {.execution = 1, .events = {event(2)}});

  EXPECT_EQ(reader->read_totals().value(), (StoreTotals{.instances = 5,
                                                        .executions = 7,
                                                        .events = 12,
                                                        .running = 1,
                                                        .completed = 2,
                                                        .failed = 1,
                                                        .continued_as_new = 1}));
}

void queued_items_alone_count_in_no_total(Context& ctx) {
  const auto provider = ctx.open();
  provider->enqueue_message(start("order-1")).value();
  provider->enqueue_message(external("order-2", 1)).value();
  provider->enqueue_activity(activity("order-3", 1)).value();
  take_turn(*provider);

  EXPECT_EQ(provider->read_totals().value(), StoreTotals());
}

void totals_follow_deletion(Context& ctx) {
  const auto provider = ctx.open();
  make_family(*provider, "order-1");
  create_instance(*provider, "order-2");
  continue_as_new(*provider, "order-2", 1);

  provider->delete_instance("order-1", false).value();

  EXPECT_EQ(provider->read_totals().value(),
            (StoreTotals{.instances = 1, .executions = 2, .events = 2, .running = 1}));
  EXPECT_EQ(listed(*provider), Names{"order-2"});
}

void totals_follow_pruning(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  continue_as_new(*provider, "order-1", 1);
  continue_as_new(*provider, "order-1", 2);

  provider->prune_instance("order-1", {}).value();

  EXPECT_EQ(provider->read_totals().value(),
            (StoreTotals{.instances = 1, .executions = 1, .events = 1, .running = 1}));
}

// Every ack brings one execution with one event, and ends the one before: whoever puts the numbers
// together from several looks sees some that do not fit.
void totals_are_of_one_moment(Context& ctx) {
  constexpr std::uint64_t kTimes = 200;
  const auto writer = ctx.open();
  const auto reader = ctx.open();
  create_instance(*writer, "order-1");
  Pace pace;

  const auto seen = ctx.together(2, [&](std::size_t i) {
    std::vector<StoreTotals> all;
    if (i == 0) {
      Pace::Reader looking(pace);
      while (all.size() < kTimes) {
        all.push_back(insist([&] { return reader->read_totals(); }).value());
        looking.looked();
      }
      return all;
    }
    for (std::uint64_t n = 2; n < kTimes; ++n) {
      pace.await_look();
      TurnCommit next{.execution = n, .events = {event(1)}};
      next.metadata.status = n % 2 == 0 ? Status::completed : Status::failed;
      insist([&] { return writer->enqueue_message(external("order-1", n)); }).value();
      const Turn turn = insist_turn(*writer);
      insist([&] { return writer->ack_turn(turn.token, next); }).value();
    }
    return all;
  });

  for (const StoreTotals& totals : seen[0]) {
    const std::uint64_t states = totals.running + totals.completed + totals.failed;
    EXPECT_EQ(totals.events, totals.executions) << testing::PrintToString(totals);
    EXPECT_EQ(std::pair(totals.instances, states), std::pair(std::uint64_t{1}, std::uint64_t{1}));
  }
}

// --- All of them

void management_reads_change_nothing(Context& ctx) {
  const auto provider = ctx.open();
  create_instance(*provider, "order-1");
  const auto before = stored(*provider, Names{"order-1"});
  provider->enqueue_message(external("order-1", 1)).value();
  provider->enqueue_activity(activity("order-1", 1)).value();

  provider->list_instances(std::nullopt).value();
  provider->list_instances(Status::running).value();
  provider->list_executions("order-1").value();
  provider->read_execution("order-1", 1).value();
  provider->list_children("order-1").value();
  provider->read_parent("order-1").value();
  provider->read_tree("order-1").value();
  provider->read_queue_depths().value();
  provider->read_totals().value();

  EXPECT_EQ(stored(*provider, Names{"order-1"}), before);
  EXPECT_EQ(take_turn(*provider).attempt, 1U);
  EXPECT_EQ(take_activity(*provider).attempt, 1U);
}

constexpr const Requirement& kClause = requirement("MGMT_1");

constexpr Validation kRows[] = {
    {"list_has_every_instance_once", kClause, list_has_every_instance_once},
    {"list_by_status_excludes_the_others", kClause, list_by_status_excludes_the_others},
    heavy({"all_of_a_thousand_instances_are_listed", requirement("MGMT_1"),
           all_of_a_thousand_instances_are_listed}),
    {"list_by_status_goes_by_the_current_execution", kClause,
     list_by_status_goes_by_the_current_execution},
    {"list_by_status_follows_every_change", kClause, list_by_status_follows_every_change},
    {"late_ack_of_a_lower_execution_moves_no_instance_in_the_lists", kClause,
     late_ack_of_a_lower_execution_moves_no_instance_in_the_lists},
    {"executions_are_listed_by_number", kClause, executions_are_listed_by_number},
    {"each_execution_has_its_own_status_output_and_count", kClause,
     each_execution_has_its_own_status_output_and_count},
    {"info_of_an_execution_has_its_own_pin", kClause, info_of_an_execution_has_its_own_pin,
     Hook::none, Capability::version_filter},
    {"event_counts_are_those_of_the_stored_events", kClause,
     event_counts_are_those_of_the_stored_events},
    {"long_history_is_counted_whole", kClause, long_history_is_counted_whole},
    {"totals_equal_the_facts", kClause, totals_equal_the_facts},
    {"queued_items_alone_count_in_no_total", kClause, queued_items_alone_count_in_no_total},
    {"totals_follow_deletion", kClause, totals_follow_deletion, Hook::none, Capability::deletion},
    {"totals_follow_pruning", kClause, totals_follow_pruning, Hook::none, Capability::pruning},
    {"totals_are_of_one_moment", kClause, totals_are_of_one_moment},
    {"management_reads_change_nothing", kClause, management_reads_change_nothing},
};

}  // namespace

std::span<const Validation> management_validations() { return kRows; }

}  // namespace ackproof
