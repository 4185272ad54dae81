// Bad input is normal: one clear sentence on stderr, the right exit code, nothing half-written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reports/run_json.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

using Record = Run;  // In a test's body `Run` is GoogleTest's.

CommandEnd ackproof(const std::string& arguments) {
  return run_command(std::string(ACKPROOF_PROGRAM) + " " + arguments);
}

// One line that begins with the program's name.
testing::AssertionResult is_one_sentence(const std::string& text) {
  if (text.rfind("ackproof: ", 0) == 0 && std::count(text.begin(), text.end(), '\n') == 1) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "not one sentence: " << text;
}

struct BadInput {
  const char* name;
  const char* arguments;  // %F becomes a fresh folder.
  int exit_code;
  const char* says;
};

class CliRefuses : public testing::TestWithParam<BadInput> {};

TEST_P(CliRefuses, with_one_sentence_and_leaves_nothing) {
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/broken.json") << "{\"provider\": ";
  std::ofstream(folder + "/other.json") << "{\"hello\": 1}";
  std::ofstream(folder + "/file") << "a file, no folder";
  std::filesystem::create_directory(folder + "/good");
  std::ofstream(folder + "/good/run.json") << reports::write_run(Record());
  std::string arguments = GetParam().arguments;
  for (std::size_t at; (at = arguments.find("%F")) != std::string::npos;) {
    arguments.replace(at, 2, folder);
  }

  const CommandEnd end = ackproof(arguments);

  EXPECT_EQ(end.exit_code, GetParam().exit_code) << end.err;
  EXPECT_TRUE(is_one_sentence(end.err));
  EXPECT_NE(end.err.find(GetParam().says), std::string::npos) << end.err;
  for (const char* report : {"run.json", "report.html", "junit.xml"}) {
    EXPECT_FALSE(std::filesystem::exists(folder + "/out/" + report));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cli, CliRefuses,
    testing::Values(
        BadInput{"unknown_provider", "certify nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"unknown_profile", "certify memory --profile nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"unknown_level", "certify memory --level 9 --out %F/out", 2, "'9'"},
        BadInput{"unknown_clause", "certify memory --requirement XY_1 --out %F/out", 2, "'XY_1'"},
        BadInput{"unknown_option", "certify memory --nosuch", 2, "nosuch"},
        BadInput{"missing_provider", "certify", 2, "provider"},
        BadInput{"no_command", "", 2, "subcommand"},
        BadInput{"filter_that_selects_nothing", "certify memory --filter nosuch --out %F/out", 5,
                 "no validation"},
        BadInput{"folder_that_is_a_file", "certify memory --out %F/file", 2, "/file"},
        BadInput{"folder_that_cannot_be_made", "certify memory --out /proc/nosuch", 2,
                 "/proc/nosuch"},
        BadInput{"zero_repetitions", "certify memory --repeat 0 --out %F/out", 2, "repeat"},
        BadInput{"bad_number", "certify memory --seed twelve --out %F/out", 2, "seed"},
        BadInput{"rerun_of_a_broken_record",
                 "certify memory --rerun-failed %F/broken.json --out %F/out", 2, "broken.json"},
        BadInput{"rerun_of_a_missing_record",
                 "certify memory --rerun-failed %F/none.json --out %F/out", 2, "none.json"},
        BadInput{"report_of_broken_json", "report %F/broken.json", 2, "broken.json"},
        BadInput{"report_of_other_json", "report %F/other.json", 2, "other.json"},
        BadInput{"report_of_a_missing_file", "report %F/none.json", 2, "none.json"},
        BadInput{"report_of_a_folder", "report %F", 2, "cannot read"},
        BadInput{"unknown_format", "certify memory --format docx --out %F/out", 2, "'docx'"},
        BadInput{"events_that_cannot_be_written",
                 "certify memory --events %F/none/events --out %F/out", 2, "none/events"},
        BadInput{"report_as_an_unknown_format", "report %F/good/run.json --format docx", 2,
                 "'docx'"},
        BadInput{"several_runs_as_a_format_of_one",
                 "report %F/good/run.json %F/good/run.json --format ctrf", 2, "of one run"},
        BadInput{"one_good_record_and_a_broken_one", "report %F/good/run.json %F/broken.json", 2,
                 "broken.json"},
        BadInput{"a_document_into_a_folder", "report %F/good/run.json --format md --out %F", 2,
                 "cannot write"},
        BadInput{"explain_nothing_known", "explain nosuch", 2, "'nosuch'"},
        BadInput{"list_nothing_known", "list nosuch", 2, "nosuch"},
        BadInput{"list_nothing", "list", 2, "--coverage"},
        BadInput{"coverage_of_an_unknown_profile", "list --coverage --profile nosuch", 2,
                 "'nosuch'"},
        BadInput{"coverage_of_an_unknown_level", "list --coverage --level 9", 2, "'9'"},
        BadInput{"no_sequences", "certify memory --sequences 0 --out %F/out", 2, "sequences"}),
    [](const testing::TestParamInfo<BadInput>& row) { return std::string(row.param.name); });

TEST(Cli, lists_and_explains_what_there_is) {
  EXPECT_NE(ackproof("list requirements").out.find("LOCK_2"), std::string::npos);
  EXPECT_NE(ackproof("list validations").out.find("two_acks_with_one_token_never_both_succeed"),
            std::string::npos);
  EXPECT_NE(ackproof("list providers").out.find("sqlite"), std::string::npos);
  EXPECT_NE(ackproof("list profiles").out.find("core"), std::string::npos);
  const CommandEnd explained = ackproof("explain lock-2");
  EXPECT_EQ(explained.exit_code, 0);
  EXPECT_NE(explained.out.find("Why it matters"), std::string::npos);
}

TEST(Cli, repeats_no_password_of_an_option_that_it_does_not_know) {
  const CommandEnd end = ackproof("list --address=redis://:geheim@cache:6379 providers");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("address"), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find("geheim"), std::string::npos) << end.err;
}

TEST(Cli, lists_mutants) {
  EXPECT_NE(ackproof("list mutants").out.find("ACK_1"), std::string::npos);
}

// Every MUST clause of the profiles that are built is asked, and every asked clause is proven.
TEST(Cli, validations_and_mutants_cover_the_built_profiles) {
  const CommandEnd end = ackproof("list --coverage --profile core,engine,admin,polling");

  EXPECT_EQ(end.exit_code, 0) << end.out;
  EXPECT_NE(end.out.find("MUST clauses that nothing asks: none"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("clauses whose validations no mutant proves: none"), std::string::npos)
      << end.out;
}

TEST(Cli, coverage_tells_which_clauses_nothing_asks) {
  const CommandEnd end = ackproof("list --coverage");

  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.out.find("MUST clauses that nothing asks: BATCH_1"), std::string::npos) << end.out;
}

TEST(Cli, fewer_sequences_are_a_part_and_certify_nothing) {
  const CommandEnd end =
      ackproof("certify memory --sequences 5 --sequence-length 9 --out " + fresh_folder());

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_NE(end.out.find("certifies nothing"), std::string::npos) << end.out;
}

TEST(Cli, judges_without_any_standard_stream) {
  const std::string folder = fresh_folder();

  const CommandEnd end = ackproof("certify memory --filter declaration_makes_sense --out " + folder +
                                  "/out <&- >&- 2>&-");

  EXPECT_EQ(end.exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/out/run.json"));
}

TEST(Cli, help_has_examples_and_exit_codes) {
  EXPECT_NE(ackproof("--help").out.find("Exit codes"), std::string::npos);
  EXPECT_NE(ackproof("certify --help").out.find("ackproof certify sqlite"), std::string::npos);
  EXPECT_EQ(ackproof("--help").exit_code, 0);
}

TEST(Cli, report_tells_again_what_the_record_says) {
  const std::string folder = fresh_folder();
  const CommandEnd first =
      ackproof("certify memory --requirement LOCK_2 --seed 5 --out " + folder + "/a");
  ASSERT_EQ(first.exit_code, 0) << first.err;

  const CommandEnd again = ackproof("report " + folder + "/a/run.json --out " + folder + "/b");

  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(first.out.find(again.out), std::string::npos)
      << "the report must be what certify printed\n"
      << first.out << "\n---\n"
      << again.out;
  EXPECT_EQ(read_file(folder + "/a/report.html"), read_file(folder + "/b/report.html"));
  EXPECT_EQ(read_file(folder + "/a/junit.xml"), read_file(folder + "/b/junit.xml"));
}

TEST(Cli, several_providers_with_a_file_for_a_folder_are_refused_with_a_sentence_each) {
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/file") << "a file, no folder";

  const CommandEnd end = ackproof("certify memory filesystem --out " + folder + "/file");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 2) << end.err;
}

TEST(Cli, an_earlier_report_survives_a_run_that_cannot_start) {
  const std::string folder = fresh_folder();
  ASSERT_EQ(ackproof("certify memory --requirement LOCK_2 --out " + folder).exit_code, 0);
  const std::string before = read_file(folder + "/run.json");

  EXPECT_EQ(ackproof("certify memory --filter nosuch --out " + folder).exit_code, 5);

  EXPECT_EQ(read_file(folder + "/run.json"), before);
}

}  // namespace
}  // namespace ackproof
