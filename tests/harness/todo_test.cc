// The list of what is left to do: its order, its numbers, its end.
#include "harness/authors/todo.h"

#include <gtest/gtest.h>

#include <map>

#include "contract/profiles.h"
#include "harness/runner/plan.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::run_command;

using Outcomes = std::map<std::string, Outcome>;  // By requirement; what is not in it passed.

Run run_of(const EnumSet<Capability>& facets, const Outcomes& outcomes) {
  Run run;
  run.provider = "mystore";
  run.description.provider = "mystore";
  run.description.version = "0.1.0";
  run.description.store_version = "vectors 1";
  run.description.capabilities.facets = facets;
  run.selection.profiles = declared_profiles(run.description.capabilities);
  const Plan plan = make_plan(run.selection, run.description, {});
  run.clauses = plan.clauses;
  for (const PlannedRow& row : plan.rows) {
    Verdict verdict;
    verdict.validation = row.validation->name;
    verdict.requirement = row.validation->proves.id;
    const auto found = outcomes.find(verdict.requirement);
    verdict.outcome = found == outcomes.end() ? Outcome::passed : found->second;
    if (!row.not_applicable.empty()) verdict.outcome = Outcome::not_applicable;
    verdict.reason = row.not_applicable;
    if (verdict.outcome == Outcome::failed) verdict.failures = {{"it was otherwise", "", 0}};
    run.verdicts.push_back(verdict);
  }
  return run;
}

std::size_t asked_of(const Run& run, const std::string& requirement) {
  return static_cast<std::size_t>(std::ranges::count_if(run.verdicts, [&](const Verdict& verdict) {
    return verdict.requirement == requirement && verdict.outcome != Outcome::not_applicable;
  }));
}

const Outcomes kFour = {{"TIME_1", Outcome::failed},
                        {"LOCK_4", Outcome::timed_out},
                        {"ACK_1", Outcome::crashed},
                        {"ERR_5", Outcome::failed}};

TEST(Todo, goes_from_what_stands_alone_to_what_stands_on_it) {
  const std::string text = todo(run_of({Capability::queues}, kFour), {});

  std::size_t last = 0;
  for (const char* clause : {"     ERR_5", "     ACK_1", "     LOCK_4", "     TIME_1"}) {
    const std::size_t at = text.find(clause);
    ASSERT_NE(at, std::string::npos) << clause << "\n" << text;
    EXPECT_GT(at, last) << text;
    last = at;
  }
}

TEST(Todo, tells_what_each_clause_wins_and_how_far_it_is) {
  const auto run = run_of({Capability::queues}, kFour);

  const std::string text = todo(run, {});

  EXPECT_NE(text.find("; 4 clauses to go to core, level 1 functional.\n"), std::string::npos)
      << text;
  const std::string wins = std::to_string(asked_of(run, "LOCK_4"));
  EXPECT_NE(text.find("Locks: 1 clause to keep, " + wins + " validation"), std::string::npos)
      << text;
  EXPECT_NE(text.find(wins + "  " + std::string(find_requirement("LOCK_4")->text.substr(0, 30))),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("ackproof explain ERR_5"), std::string::npos) << text;
}

TEST(Todo, tells_with_which_calls_most_of_it_ends) {
  auto run = run_of({Capability::queues}, kFour);
  for (Verdict& verdict : run.verdicts) {
    if (verdict.requirement == "LOCK_4")
      verdict.calls = {"#1 w +0ms renew_turn(x) -> internal: (a b)"};
    if (verdict.requirement == "ACK_1") verdict.calls = {"#1 a(b)", "#2 w +0ms ack_turn(x) -> ok"};
  }
  run.verdicts.back().calls = {"#1 w +0ms read_history(x) -> ok"};  // That one passed.

  const std::string text = todo(run, {});

  EXPECT_NE(text.find("Last call before they did not pass: renew_turn " +
                      std::to_string(asked_of(run, "LOCK_4")) + " and ack_turn " +
                      std::to_string(asked_of(run, "ACK_1")) + ".\n"),
            std::string::npos)
      << text;
}

TEST(Todo, of_several_profiles_tells_how_far_it_is_to_each) {
  const EnumSet<Capability> facets = {Capability::queues, Capability::long_polling};

  const std::string text =
      todo(run_of(facets, {{"LOCK_4", Outcome::failed}, {"POLL_1", Outcome::failed}}), {});

  EXPECT_NE(text.find("level 1 functional: core 1 and polling 2.\n"), std::string::npos) << text;
}

TEST(Todo, shows_the_first_and_says_where_the_rest_is) {
  const TodoPlace place{"certify_mystore", "out/run.json"};

  const std::string text = todo(run_of({Capability::queues}, kFour), place, 3);

  EXPECT_NE(text.find("LOCK_4"), std::string::npos) << text;
  EXPECT_EQ(text.find("TIME_1"), std::string::npos) << text;
  EXPECT_NE(text.find("and 1 clause more: certify_mystore todo out/run.json\n"), std::string::npos)
      << text;
}

TEST(Todo, with_nothing_left_tells_what_comes_next) {
  const std::string text = todo(run_of({Capability::queues}, {}), {});

  EXPECT_EQ(text.find("to keep"), std::string::npos) << text;
  EXPECT_NE(text.find("After that:\n     profile engine: declare sessions, tags"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("profile polling: declare long_polling\n"), std::string::npos) << text;
}

TEST(Todo, keeps_the_undecided_apart) {
  const auto run = run_of({Capability::queues}, {{"LOCK_4", Outcome::inconclusive}});

  const std::string text = todo(run, {});

  EXPECT_NE(text.find("Undecided: " + std::to_string(asked_of(run, "LOCK_4")) + " verdict"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("certify mystore --rerun-failed ackproof-report/run.json"), std::string::npos)
      << text;
}

TEST(Todo, asks_nothing_of_anybody_for_a_should) {
  const std::string text = todo(run_of({Capability::queues}, {{"LOCK_11", Outcome::failed}}), {});

  EXPECT_EQ(text.find("to keep"), std::string::npos) << text;
  EXPECT_NE(text.find("(SHOULD): LOCK_11.\n"), std::string::npos) << text;
}

// No area of the contract is forgotten by the steps, as far as there are validations.
TEST(Todo, has_a_step_for_every_area_of_core_engine_admin_and_polling) {
  Outcomes all;
  EnumSet<Capability> facets;
  for (const char* profile : {"core", "engine", "admin", "polling"}) {
    for (const Capability needed : find_profile(profile)->needs) facets.insert(needed);
  }
  for (const Requirement& clause : requirements()) all[std::string(clause.id)] = Outcome::failed;

  const std::string text = todo(run_of(facets, all), {});

  EXPECT_EQ(text.find("Everything else"), std::string::npos) << text;
  EXPECT_NE(text.find("Waiting for work"), std::string::npos) << text;
}

TEST(Todo, of_a_part_speaks_of_no_level) {
  const std::string folder = fresh_folder();
  const std::string program = ACKPROOF_PROGRAM;
  const CommandEnd run =
      run_command(program + " certify memory --requirement LOCK_2 --out " + folder);
  ASSERT_EQ(run.exit_code, 0) << run.err;

  const CommandEnd end = run_command(program + " todo " + folder + "/run.json");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_NE(end.out.find("1 of 1 clause that were asked"), std::string::npos) << end.out;
  EXPECT_EQ(end.out.find("level"), std::string::npos) << end.out;
}

TEST(Todo, refuses_what_is_no_record) {
  const CommandEnd end = run_command("cd " + fresh_folder() + " && " + ACKPROOF_PROGRAM + " todo");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("ackproof-report/run.json"), std::string::npos) << end.err;
}

}  // namespace
}  // namespace ackproof
