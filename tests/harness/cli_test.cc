// Bad input is normal: one clear sentence on stderr, the right exit code, nothing half-written.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "contract/requirements.h"
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
  for (const char* report :
       {"run.json", "report.html", "junit.xml", "stress.json", "stress.html"}) {
    EXPECT_FALSE(std::filesystem::exists(folder + "/out/" + report));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cli, CliRefuses,
    testing::Values(
        BadInput{"unknown_provider", "certify nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"unknown_mutant", "certify mutant:nosuch --out %F/out", 2,
                 "no mutant 'nosuch', and `ackproof list mutants` has the names\n"},
        BadInput{"mutant_without_a_name", "certify mutant: --out %F/out", 2, "no mutant ''"},
        BadInput{"mistyped_mutant", "certify mutant:refused_ack_leaves_its_event --out %F/out", 2,
                 "did you mean 'refused_ack_leaves_its_events'"},
        BadInput{"unknown_profile", "certify memory --profile nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"unknown_level", "certify memory --level 9 --out %F/out", 2, "'9'"},
        BadInput{"unknown_clause", "certify memory --requirement XY_1 --out %F/out", 2, "'XY_1'"},
        BadInput{"unknown_option", "certify memory --nosuch", 2, "nosuch"},
        BadInput{"missing_provider", "certify", 2, "provider"},
        BadInput{"no_command", "", 2, "no command was given. `ackproof --help`"},
        BadInput{"unknown_command", "frobnicate", 2,
                 "there is no command 'frobnicate'. `ackproof --help`"},
        BadInput{"mistyped_command", "certfy memory", 2, "did you mean 'certify'? `ackproof"},
        BadInput{"option_without_a_command", "--nosuch", 2, "no option '--nosuch'. `ackproof --"},
        BadInput{"error_within_a_command", "matrix --nosuch", 2, "`ackproof matrix --help`"},
        BadInput{"error_in_a_file_of_options", "certify memory --config %F/other.json", 2,
                 "`ackproof certify --help`"},
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
        BadInput{"stress_of_an_unknown_provider", "stress nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"stress_of_nothing", "stress", 2, "provider"},
        BadInput{"unknown_load", "stress memory --load nosuch --out %F/out", 2, "'nosuch'"},
        BadInput{"no_time", "stress memory --duration 0 --out %F/out", 2, "duration"},
        BadInput{"no_workflows", "stress memory --workflows 0 --out %F/out", 2, "workflows"},
        BadInput{"workflows_and_a_duration",
                 "stress memory --workflows 5 --duration 5 --out %F/out", 2, "duration"},
        BadInput{"no_workers", "stress memory --turn-workers 0 --out %F/out", 2, "turn-workers"},
        BadInput{"nothing_in_flight", "stress memory --in-flight 0 --out %F/out", 2, "in-flight"},
        BadInput{"negative_activities", "stress memory --activity-ms=-1 --out %F/out", 2,
                 "activity-ms"},
        BadInput{"payloads_without_end", "stress memory --payload-bytes 99999999999 --out %F/out",
                 2, "payload-bytes"},
        BadInput{"no_time_to_drain", "stress memory --drain 0 --out %F/out", 2, "drain"},
        BadInput{"stress_into_a_file", "stress memory --out %F/file", 2, "/file"},
        BadInput{"stress_at_an_address_that_is_not_needed",
                 "stress memory --uri redis://cache --out %F/out", 2, "without a server"},
        BadInput{"stress_at_one_address_for_two",
                 "stress redis postgres --uri redis://cache --out %F/out", 2, "one provider"},
        BadInput{"stress_at_no_address", "stress redis --uri nowhere --out %F/out", 2,
                 "looks like"},
        BadInput{"shard_beyond_the_last", "certify memory --shard 3/2 --out %F/out", 2, "3/2"},
        BadInput{"shard_that_is_none", "certify memory --shard half --out %F/out", 2, "half"},
        BadInput{"exemptions_that_are_missing",
                 "certify memory --exemptions %F/none.toml --out %F/out", 2, "none.toml"},
        BadInput{"exemptions_that_are_json",
                 "certify memory --exemptions %F/other.json --out %F/out", 2, "other.json:1"},
        BadInput{"baseline_that_is_missing", "certify memory --baseline %F/none.json --out %F/out",
                 2, "none.json"},
        BadInput{"baseline_for_two",
                 "certify memory filesystem --baseline %F/none.json --out %F/out", 2,
                 "one provider"},
        BadInput{"config_that_is_missing", "certify memory --config %F/none.toml --out %F/out", 2,
                 "none.toml"},
        BadInput{"config_that_is_json", "certify memory --config %F/other.json --out %F/out", 2,
                 "other.json:1"},
        BadInput{"diff_of_one", "diff %F/none.json", 2, "records"},
        BadInput{"diff_of_missing_files", "diff %F/none.json %F/none.json", 2, "none.json"},
        BadInput{"merge_of_nothing", "merge --out %F/out", 2, "records"},
        BadInput{"merge_to_nowhere", "merge %F/none.json", 2, "out"},
        BadInput{"merge_of_other_json", "merge %F/other.json --out %F/out", 2, "other.json"},
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

TEST(Cli, explains_an_area_by_its_clauses_in_a_line_each) {
  const auto clauses =
      std::ranges::count(requirements(), std::string_view("LOCK"), &Requirement::area);

  const CommandEnd end = ackproof("explain lock");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out.rfind("LOCK  Locks\n\n  LOCK_1    MUST    ", 0), 0U) << end.out;
  EXPECT_EQ(std::count(end.out.begin(), end.out.end(), '\n'), clauses + 2) << end.out;
  EXPECT_EQ(ackproof("explain core").out.rfind("core\n", 0), 0U) << "a profile stays one";
}

TEST(Cli, repeats_no_password_of_an_option_that_it_does_not_know) {
  const CommandEnd end = ackproof("list --address=redis://:geheim@cache:6379 providers");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("address"), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find("geheim"), std::string::npos) << end.err;
}

TEST(Cli, repeats_no_password_in_place_of_a_command) {
  const CommandEnd end = ackproof("redis://:geheim@cache:6379");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.err.find("no command"), std::string::npos) << end.err;
  EXPECT_EQ(end.err.find("geheim"), std::string::npos) << end.err;
}

TEST(Cli, lists_mutants) {
  EXPECT_NE(ackproof("list mutants").out.find("ACK_1"), std::string::npos);
}

// Every MUST clause of the profiles that are built is asked, and every asked clause is proven.
TEST(Cli, validations_and_mutants_cover_the_built_profiles) {
  const CommandEnd end =
      ackproof("list --coverage --profile core,engine,admin,polling,event_store,context");

  EXPECT_EQ(end.exit_code, 0) << end.out;
  EXPECT_NE(end.out.find("MUST clauses that nothing asks: none"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("clauses whose validations no mutant proves: none"), std::string::npos)
      << end.out;
}

TEST(Cli, a_clause_that_binds_the_engine_is_told_as_such) {
  const CommandEnd covered = ackproof("list --coverage --profile context");
  const CommandEnd explained = ackproof("explain CTX_3");

  EXPECT_EQ(covered.exit_code, 0);
  EXPECT_NE(covered.out.find("not asked of providers: It binds the engine"), std::string::npos)
      << covered.out;
  EXPECT_NE(explained.out.find("It binds the engine"), std::string::npos) << explained.out;
}

TEST(Cli, coverage_tells_which_clauses_nothing_asks) {
  const CommandEnd end = ackproof("list --coverage");

  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.out.find("MUST clauses that nothing asks: BATCH_1"), std::string::npos) << end.out;
  EXPECT_EQ(end.out.find(" 1 validations"), std::string::npos) << "one is one";
}

TEST(Cli, fewer_sequences_are_a_part_and_certify_nothing) {
  const CommandEnd end =
      ackproof("certify memory --sequences 5 --sequence-length 9 --out " + fresh_folder());

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
  EXPECT_NE(end.out.find("certifies nothing"), std::string::npos) << end.out;
}

TEST(Cli, judges_without_any_standard_stream) {
  const std::string folder = fresh_folder();

  const CommandEnd end = ackproof("certify memory --filter declaration_makes_sense --out " +
                                  folder + "/out <&- >&- 2>&-");

  EXPECT_EQ(end.exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/out/run.json"));
}

TEST(Cli, help_has_examples_and_exit_codes) {
  EXPECT_NE(ackproof("--help").out.find("Exit codes"), std::string::npos);
  EXPECT_NE(ackproof("certify --help").out.find("ackproof certify sqlite"), std::string::npos);
  EXPECT_NE(ackproof("stress --help").out.find("Exit codes"), std::string::npos);
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

TEST(Cli, what_is_asked_again_leaves_the_record_that_it_came_from) {
  const std::string folder = fresh_folder();
  const auto certify = [&](const std::string& arguments) {
    return run_command("cd " + folder + " && " + ACKPROOF_MISBEHAVING + " certify crashing " +
                       arguments);
  };
  ASSERT_EQ(certify("--requirement LOCK_2 --seed 5").exit_code, 1);
  const std::string before = read_file(folder + "/ackproof-report/run.json");

  EXPECT_EQ(certify("--rerun-failed ackproof-report/run.json").exit_code, 1);

  EXPECT_EQ(read_file(folder + "/ackproof-report/run.json"), before);
  const std::string again = read_file(folder + "/ackproof-report/rerun/run.json");
  EXPECT_NE(again.find("\"out\": \"ackproof-report/rerun\""), std::string::npos) << again;

  EXPECT_EQ(certify("--rerun-failed ackproof-report/run.json --out here").exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(folder + "/here/run.json")) << "who says where is obeyed";
}

TEST(Cli, records_of_several_providers_are_named_where_one_is_missing) {
  const std::string folder = fresh_folder();
  const auto in_folder = [&](const std::string& arguments) {
    return run_command("cd " + folder + " && " + ACKPROOF_PROGRAM + " " + arguments);
  };
  ASSERT_EQ(in_folder("certify memory filesystem --requirement LOCK_2").exit_code, 0);
  ASSERT_EQ(in_folder("keygen --out ann").exit_code, 0);

  for (const char* command :
       {"todo", "report ackproof-report/run.json", "attest ackproof-report/run.json --key ann.key",
        "certify memory --rerun-failed ackproof-report/run.json"}) {
    const CommandEnd end = in_folder(command);

    EXPECT_EQ(end.exit_code, 2) << command;
    EXPECT_TRUE(is_one_sentence(end.err));
    EXPECT_NE(end.err.find("; there is ackproof-report/filesystem/run.json and "
                           "ackproof-report/memory/run.json"),
              std::string::npos)
        << end.err;
  }
}

std::string file_with(const std::string& text) {
  const std::string file = fresh_folder() + "/file.toml";
  std::ofstream(file) << text;
  return file;
}

TEST(Cli, takes_options_from_a_file_unless_they_are_typed) {
  const std::string folder = fresh_folder();
  const std::string config = file_with(
      "provider = \"memory\"\nrequirement = [\"LOCK_2\", \"LOCK_4\"]\nseed = 5\nrepeat = 2\n");

  const CommandEnd end = ackproof("certify --config " + config + " --repeat 3 --out " + folder);

  ASSERT_EQ(end.exit_code, 0) << end.err;
  const std::string record = read_file(folder + "/run.json");
  EXPECT_NE(record.find("\"repeat\": \"3\""), std::string::npos) << "what took effect is recorded";
  EXPECT_NE(record.find("\"requirement\": \"LOCK_2,LOCK_4\""), std::string::npos);
  EXPECT_NE(record.find("\"seed\": 5"), std::string::npos);
}

TEST(Cli, names_the_line_of_a_file_of_options_that_makes_no_sense) {
  const auto refusal = [](const std::string& text) {
    const CommandEnd end = ackproof("certify memory --config " + file_with(text));
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_TRUE(is_one_sentence(end.err));
    const std::size_t at = end.err.find("file.toml:");
    return at == std::string::npos ? end.err : end.err.substr(at);
  };
  EXPECT_EQ(refusal("jobs = 2\nnosuch = 1\n").rfind("file.toml:2: there is no option nosuch", 0),
            0U);
  EXPECT_EQ(refusal("jobs = \"four\"\n").rfind("file.toml:1: ", 0), 0U);
  EXPECT_EQ(refusal("[certify]\njobs = 1\n").rfind("file.toml:1: certify is no text", 0), 0U);
  EXPECT_EQ(refusal("jobs = \n").rfind("file.toml:1: ", 0), 0U);
  EXPECT_EQ(refusal("uri = \"redis://:geheim@cache\"\n").find("geheim"), std::string::npos);
}

TEST(Cli, shards_merged_are_the_whole_run) {
  const std::string folder = fresh_folder();
  const std::string asked = "certify memory --requirement LOCK --seed 7 ";
  ASSERT_EQ(ackproof(asked + "--out " + folder + "/whole").exit_code, 0);
  ASSERT_EQ(ackproof(asked + "--shard 1/2 --out " + folder + "/a").exit_code, 0);
  ASSERT_EQ(run_command("GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=1 " +
                        std::string(ACKPROOF_PROGRAM) + " " + asked + "--out " + folder + "/b")
                .exit_code,
            0);

  const CommandEnd merged = ackproof("merge " + folder + "/a/run.json " + folder +
                                     "/b/run.json --out " + folder + "/merged");

  EXPECT_EQ(merged.exit_code, 0) << merged.err;
  const CommandEnd diff =
      ackproof("diff " + folder + "/whole/run.json " + folder + "/merged/run.json --gate");
  EXPECT_EQ(diff.exit_code, 0) << diff.out;
  EXPECT_NE(diff.out.find("0 regressed, 0 new, 0 removed"), std::string::npos) << diff.out;
  EXPECT_EQ(ackproof("merge " + folder + "/a/run.json --out " + folder + "/half").exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder + "/half/run.json"));
}

TEST(Cli, a_provider_that_became_worse_is_held_at_the_gate) {
  const std::string folder = fresh_folder();
  const auto certify = [&](const std::string& arguments) {
    return run_command("CRASHED_FILE=" + folder + "/crashed " + std::string(ACKPROOF_MISBEHAVING) +
                       " certify crashing_once --requirement LOCK_2 -j 1 " + arguments);
  };
  std::ofstream(folder + "/crashed") << "before";
  ASSERT_EQ(certify("--out " + folder + "/before").exit_code, 0);
  std::filesystem::remove(folder + "/crashed");

  const CommandEnd end =
      certify("--out " + folder + "/after --baseline " + folder + "/before/run.json");

  EXPECT_EQ(end.exit_code, 6) << end.out << end.err;
  EXPECT_NE(end.out.find("1 regressed"), std::string::npos) << end.out;
  EXPECT_TRUE(std::filesystem::exists(folder + "/after/run.json"));
}

TEST(Cli, an_exemption_that_is_wrong_has_an_exit_code_of_its_own) {
  const auto exemption = [](const std::string& clause, const std::string& expires) {
    return file_with("[[exemption]]\nrequirement = \"" + clause +
                     "\"\nprovider = \"memory\"\nmode = \"known-failing\"\nreason = \"r\"\n"
                     "link = \"l\"\nowner = \"o\"\nexpires = " +
                     expires + "\n");
  };
  const CommandEnd expired =
      ackproof("certify memory --exemptions " + exemption("LOCK_2", "2020-01-01"));
  EXPECT_EQ(expired.exit_code, 4) << expired.err;
  EXPECT_TRUE(is_one_sentence(expired.err));
  const CommandEnd unknown =
      ackproof("certify memory --exemptions " + exemption("LOCK_99", "2020-01-01"));
  EXPECT_EQ(unknown.exit_code, 4) << unknown.err;
}

TEST(Cli, several_providers_with_a_file_for_a_folder_are_refused_with_a_sentence_each) {
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/file") << "a file, no folder";

  const CommandEnd end = ackproof("certify memory filesystem --out " + folder + "/file");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(std::count(end.err.begin(), end.err.end(), '\n'), 2) << end.err;
}

TEST(Cli, a_selection_that_holds_nothing_leaves_no_folder) {
  const std::string folder = fresh_folder();
  std::filesystem::create_directory(folder + "/there");

  EXPECT_EQ(ackproof("certify memory --filter nosuch --out " + folder + "/a/b").exit_code, 5);
  const CommandEnd both =
      ackproof("certify memory filesystem --filter nosuch --out " + folder + "/both/");
  EXPECT_EQ(ackproof("certify memory --filter nosuch --out " + folder + "/there").exit_code, 5);

  EXPECT_EQ(both.exit_code, 5) << both.err;
  EXPECT_EQ(both.out.find("Reports below"), std::string::npos) << both.out;
  EXPECT_FALSE(std::filesystem::exists(folder + "/a"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/both"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/there")) << "somebody else's";
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
