// What the scenarios say of broken providers, word by word, and that their faults happen.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <regex>
#include <set>
#include <thread>

#include "contract/forwarding_provider.h"
#include "reference_providers/memory/memory_provider.h"
#include "tests/mutants/mutants.h"
#include "tests/support/command.h"
#include "validations/catalogue.h"
#include "validations/fresh_store.h"
#include "validations/scenarios/stage.h"
#include "validations/trial.h"

namespace ackproof::scenarios {
namespace {

Conditions conditions() { return {.seed = 1, .folder = testing_support::fresh_folder()}; }

// What this validation says of this mutant.
std::string said_of(const std::string& mutant, const std::string& validation) {
  const auto found = std::ranges::find(mutants(), mutant, &Mutant::name);
  if (found == mutants().end()) return "there is no such mutant";
  const Trial trial = try_validation(*find_validation(validation), found->factory, conditions());
  std::string said;
  for (const Finding& finding : trial.findings) said += finding.text;
  return said.substr(said.find('\n') + 1);  // Behind GoogleTest's "Failed".
}

struct Story {
  const char* mutant;
  const char* validation;
  const char* said;
};

class Told : public testing::TestWithParam<Story> {};

// Which one of several commits is caught on its way is a matter of luck.
TEST_P(Told, in_words) {
  const std::regex watched("turn commit [0-9]+ had been watched");
  const std::string said = said_of(GetParam().mutant, GetParam().validation);
  EXPECT_EQ(std::regex_replace(said, watched, "a turn commit had been watched"), GetParam().said);
}

constexpr Story kStories[] = {
    {"refused_commit_keeps_its_history", "order_ends_whichever_commit_is_refused_half_way",
     "workflow order-2 never ends: its history says that activity 2 \"reserve\" was scheduled, its "
     "result was never recorded, and no queue holds it: the store kept the event and lost the "
     "queue write (after turn commit 1 had been refused half-way, for an event that is there "
     "already)"},
    {"commit_keeps_its_events_and_loses_its_activities", "order_ends_whichever_call_is_busy",
     "workflow order-1 never ends: its history says that activity 2 \"reserve\" was scheduled, its "
     "result was never recorded, and no queue holds it: the store kept the event and lost the "
     "queue write (no call had gone wrong)"},
    {"turn_of_a_dead_worker_never_comes_again", "order_ends_whichever_answer_is_lost",
     "workflow order-3 never ends: nothing wakes it, and no queue holds the start to order-3: it "
     "was handed out, and did not come again when its lock had ended (after the answer to call 2, "
     "fetch_turn, had been lost)"},
    {"activity_of_a_dead_worker_never_comes_again", "order_is_done_once_whichever_ack_is_late",
     "workflow order-3 never ends: its history says that activity 2 \"reserve\" was scheduled, its "
     "result was never recorded, and no queue holds it: it was handed out, and did not come again "
     "when its lock had ended (after call 5, ack_activity, had come when its lock was over)"},
    {"commit_loses_the_answer_of_a_child", "parent_hears_of_its_children_whichever_answer_is_lost",
     "workflow family-1 never ends: its child \"family-1:1:2\" is completed, its answer was never "
     "recorded, and no queue holds it: the store kept the child's end and lost the queue write (no "
     "call had gone wrong)"},
    {"commit_loses_the_start_of_what_follows",
     "parent_hears_of_its_children_whichever_answer_is_lost",
     "workflow family-1 never ends: its history says that child \"family-1:1:2\" was started, it "
     "does not exist, and no queue holds its start: the store kept the event and lost the queue "
     "write (no call had gone wrong)"},
    {"commit_loses_the_start_of_what_follows", "tally_is_right_whichever_call_is_busy",
     "workflow tally-1 never ends: its execution 1 says that it goes on as another, which never "
     "began, and no queue holds the message that begins it: the store kept the event and lost the "
     "queue write (no call had gone wrong)"},
    {"next_execution_finds_no_values", "tally_is_right_whichever_call_is_busy",
     "workflow tally-1 ended as completed with 4; by its program it is completed with 34 (no call "
     "had gone wrong)"},
    {"done_activity_stays_in_its_queue", "offers_count_once_whichever_answer_is_lost",
     "workflow offers-1 does not end, though something is handed out all the time: activity 2 "
     "\"price\" of offers-1 was handed out 250 times and its ack accepted 250 times (no call had "
     "gone wrong)"},
    {"late_completion_is_accepted", "offers_count_once_whichever_ack_is_late",
     "activity 2 \"price\" of offers-3 was accepted as done twice (after call 5, ack_activity, had "
     "come when its lock was over, and had been accepted all the same)"},
    {"late_commit_queues_its_items", "order_is_done_once_whichever_ack_is_late",
     "activity 2 \"reserve\" of order-2 was accepted as done twice (after call 3, ack_turn, had "
     "come when its lock was over)"},
    {"refused_commit_queues_its_items", "offers_count_once_whichever_commit_is_refused_half_way",
     "activity 2 \"price\" of offers-2 was accepted as done twice\nactivity 4 \"price\" of "
     "offers-2 was accepted as done twice (after turn commit 1 had been refused half-way, for an "
     "event that is there already)"},
    {"activity_that_is_called_off_is_done", "offers_count_once_whichever_answer_is_lost",
     "activity 3 \"price\" of offers-1 was cancelled, and was accepted as done all the same (no "
     "call had gone wrong)"},
    {"commit_leaves_the_last_message_of_its_batch",
     "tally_leaves_nothing_whichever_commit_is_refused_half_way",
     "queue message to tally-1 was sent once and consumed twice\nresult of activity 5 to tally-1 "
     "was sent once and consumed 3 times\nresult of activity 5 to tally-1 was sent once and "
     "consumed twice (no call had gone wrong)"},
    {"commit_loses_its_timers", "timers_fire_whichever_answer_is_lost",
     "workflow approval-1 never ends: its history says that timer 2 was set, it never fired, and "
     "no queue holds it: the store kept the event and lost the queue write (no call had gone "
     "wrong)"},
    {"timers_are_cut_to_seconds", "timers_fire_whichever_answer_is_lost",
     "timer 2 of approval-1 fired 668 ms before its time\ntimer 3 of approval-1 fired 334 ms "
     "before its time (no call had gone wrong)"},
    {"refused_commit_sets_its_timers", "timers_fire_whichever_commit_is_refused_half_way",
     "timer 2 to approval-2 was consumed twice\ntimer 3 to approval-2 was consumed twice (after "
     "turn commit 1 had been refused half-way, for an event that is there already)"},
    {"timer_fires_at_one_delivery_only", "timers_fire_whichever_ack_is_late",
     "workflow approval-3 never ends: its history says that timer 2 was set, it never fired, and "
     "no queue holds it: the store kept the event and lost the queue write (after call 9, "
     "ack_turn, had come when its lock was over)"},
    {"refused_commit_is_read_back", "order_replays_whichever_commit_is_refused_half_way",
     "the commit was refused, and changed the history from (none) to (1 Started, 2 "
     "ActivityScheduled): a commit is seen whole or not at all (after turn commit 1 had been "
     "refused half-way, for an event that is there already)"},
    {"commit_queues_its_items_after_its_events", "order_is_seen_whole_whichever_commit_is_watched",
     "the store, while the commit was on its way, showed the queues (messages: 0, activities: 0), "
     "which is neither as before nor as after it: a commit is seen whole or not at all (after a "
     "turn commit had been watched on its way, by a reader on another handle)"},
    {"refused_commit_leaves_its_values", "tally_replays_whichever_commit_is_refused_half_way",
     "the commit was refused, and changed the key-values from (none) to (number = 3): a commit is "
     "seen whole or not at all (after turn commit 2 had been refused half-way, for an event that "
     "is there already)"},
    {"late_commit_is_read_back_twice", "children_replay_whichever_ack_is_late",
     "the history of execution 1 of family-2 is not what was committed: 1 Started, 1 Started, 2 "
     "ChildScheduled, 2 ChildScheduled, 3 ChildScheduled, 3 ChildScheduled, 4 ChildFailed, 5 "
     "ChildCompleted, 6 Completed in place of 1 Started, 2 ChildScheduled, 3 ChildScheduled, 4 "
     "ChildFailed, 5 ChildCompleted, 6 Completed (after call 3, ack_turn, had come when its lock "
     "was over)"},
    {"only_the_current_execution_is_read_back", "tally_replays_whichever_answer_is_lost",
     "the history of execution 1 of tally-1 is not what was committed: 1 Started, 2 MessageQueued, "
     "3 MessageAwaited, 4 ActivityScheduled, 5 ActivityCompleted, 6 ValueSet, 7 StatusSet, 8 "
     "Completed in place of 1 Started, 2 MessageQueued, 3 MessageQueued, 4 MessageAwaited, 5 "
     "ActivityScheduled, 6 ActivityCompleted, 7 ValueSet, 8 StatusSet, 9 Continued (no call had "
     "gone wrong)"},
};

INSTANTIATE_TEST_SUITE_P(Scenarios, Told, testing::ValuesIn(kStories), [](const auto& story) {
  return std::string(story.param.mutant) + "_to_" + story.param.validation;
});

// Whatever of a commit a store does by half, some workflow shows it.
TEST(Scenarios, some_of_them_fails_on_each_provider_whose_commits_are_not_atomic) {
  int tried = 0;
  for (const Mutant& mutant : mutants()) {
    if (mutant.breaks->id != std::string_view("ACK_1")) continue;
    const auto notices = [&](const Validation& each) {
      return try_validation(each, mutant.factory, conditions()).outcome == Trial::Outcome::failed;
    };
    EXPECT_TRUE(std::ranges::any_of(scenario_validations(), notices)) << mutant.name;
    ++tried;
  }
  EXPECT_GT(tried, 10);
}

// A store that calls a commit off, each second time that somebody reads during one.
struct CallsOffFor {
  explicit CallsOffFor(ErrorKind of, bool does = false) : kind(of), takes_effect(does) {}
  const ErrorKind kind;
  const bool takes_effect;
  std::atomic<int> reads = 0;
  std::atomic<int> watched = 0;
};

struct CallsOffWatchedCommits final : ForwardingProvider {
  CallsOffWatchedCommits(std::unique_ptr<Provider> inner, std::shared_ptr<CallsOffFor> how)
      : ForwardingProvider(std::move(inner)), how_(std::move(how)) {}
  Result<std::vector<Event>> read_history(const std::string& instance,
                                          std::optional<std::uint64_t> execution) override {
    ++how_->reads;
    return inner().read_history(instance, execution);
  }
  Result<void> ack_turn(const LockToken& token, const TurnCommit& commit) override {
    const int before = how_->reads;
    for (int i = 0; i < 20 && how_->reads == before; ++i) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    if (how_->reads == before || ++how_->watched % 2 == 0) return inner().ack_turn(token, commit);
    if (how_->takes_effect) (void)inner().ack_turn(token, commit);
    return Error{how_->kind, "ack_turn", "somebody was reading"};
  }

 private:
  const std::shared_ptr<CallsOffFor> how_;
};

ProviderFactory calls_off_watched_commits(ProviderFactory factory,
                                          const std::shared_ptr<CallsOffFor>& how) {
  factory.open = [open = factory.open, how](const Scope& scope) {
    return Result<std::unique_ptr<Provider>>(
        std::make_unique<CallsOffWatchedCommits>(open(scope).value(), how));
  };
  return factory;
}

constexpr const char* kWatched = "order_is_seen_whole_whichever_commit_is_watched";

// ERR_6 allows it: a commit was in flight, and a reader in its way.
TEST(Scenarios, decide_nothing_by_a_watched_commit_of_unknown_outcome) {
  const auto how = std::make_shared<CallsOffFor>(ErrorKind::unknown_outcome);

  const Trial trial = try_validation(
      *find_validation(kWatched), calls_off_watched_commits(memory::factory(), how), conditions());

  ASSERT_NE(trial.outcome, Trial::Outcome::failed) << trial.findings.front().text;
  EXPECT_EQ(trial.attempts > 1, how->watched > 0) << "an attempt with one of those is given up";
}

TEST(Scenarios, watch_again_a_commit_that_the_store_was_too_busy_for) {
  const auto outcome_of = [](const ProviderFactory& factory) {
    const auto how = std::make_shared<CallsOffFor>(ErrorKind::busy);
    return try_validation(*find_validation(kWatched), calls_off_watched_commits(factory, how),
                          conditions())
        .outcome;
  };
  const auto broken =
      std::ranges::find(mutants(), "commit_queues_its_items_after_its_events", &Mutant::name);

  EXPECT_EQ(outcome_of(memory::factory()), Trial::Outcome::passed);
  EXPECT_EQ(outcome_of(broken->factory), Trial::Outcome::failed);
}

TEST(Scenarios, tell_of_a_watched_commit_that_was_refused_and_took_effect) {
  const auto how = std::make_shared<CallsOffFor>(ErrorKind::busy, true);

  const Trial trial = try_validation(
      *find_validation(kWatched), calls_off_watched_commits(memory::factory(), how), conditions());

  EXPECT_EQ(trial.outcome == Trial::Outcome::failed, how->watched > 0) << trial.reason;
}

constexpr FaultKind kFaults[] = {FaultKind::busy,
                                 FaultKind::lost_answer,
                                 FaultKind::lost_ack,
                                 FaultKind::overtaken,
                                 FaultKind::late,
                                 FaultKind::late_behind_another,
                                 FaultKind::refused_for_an_event,
                                 FaultKind::refused_for_a_message,
                                 FaultKind::watched};

// Or a store far away would lose each lock, each time that it is asked.
TEST(Stage, locks_and_timers_stretch_in_real_time_as_windows_do) {
  Conditions where = conditions();
  where.clock = ClockSource::local;
  const ProviderFactory factory = memory::factory();
  const FreshStore store(factory, where);
  Context once(factory, store.scope(), where, 1);
  Context again(factory, store.scope(), where, 4);

  EXPECT_EQ(Stage(again).circumstances().span, 4 * Stage(once).circumstances().span);
}

// In virtual time a performance is the same up to its fault, so each fault finds its call.
TEST(Stage, every_fault_strikes_the_call_that_it_is_meant_for) {
  const ProviderFactory factory = memory::factory();
  const Conditions where = conditions();
  for (const MakePlay play :
       {order, order_without_carrier, offers, approval, family, called_off, tally}) {
    const FreshStore store(factory, where);
    Context context(factory, store.scope(), where, 1);
    Stage stage(context);
    stage.perform(play, {});
    EXPECT_EQ(stage.disturbed().told(), "no call had gone wrong");
    std::vector<Fault> faults;
    for (const FaultKind kind : kFaults) {
      EXPECT_GT(stage.disturbed().calls_for(kind), 1U);
      for (std::uint64_t n = 1; n <= stage.disturbed().calls_for(kind); ++n) {
        faults.push_back({kind, n});
      }
    }
    std::set<std::string> told;
    for (const Fault& fault : faults) {
      const Performance played = stage.perform(play, fault);
      EXPECT_TRUE(stage.disturbed().has_struck());
      EXPECT_TRUE(played.ending) << stage.disturbed().told();
      EXPECT_TRUE(told.insert(stage.disturbed().told()).second) << stage.disturbed().told();
    }
  }
}

}  // namespace
}  // namespace ackproof::scenarios
