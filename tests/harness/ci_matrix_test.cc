// The jobs of continuous integration: which there are, which a change concerns, and how they are written down.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/authors/changes.h"
#include "harness/authors/matrix.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using nlohmann::json;
using testing_support::CommandEnd;
using testing_support::run_command;
using Words = std::vector<std::string>;

CommandEnd matrix(const std::string& arguments, const std::string& input = "") {
  return run_command("printf '" + input + "' | " + ACKPROOF_PROGRAM + " matrix " + arguments);
}

// "memory-embedded-core memory-embedded-engine".
std::string names_of(const CommandEnd& end) {
  std::string names;
  const json matrix = json::parse(end.out);
  for (const json& job : matrix.at("include")) {
    names += (names.empty() ? "" : " ") + job.at("name").get<std::string>();
  }
  return names;
}

TEST(CiMatrix, has_a_job_for_each_provider_setup_and_profile) {
  const CommandEnd end = matrix("memory filesystem --profile core,engine");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(std::ranges::count(end.out, '\n'), 1) << "GITHUB_OUTPUT takes a line";
  EXPECT_EQ(names_of(end),
            "memory-embedded-core memory-embedded-engine filesystem-embedded-core "
            "filesystem-embedded-engine");
}

TEST(CiMatrix, without_a_profile_takes_what_the_provider_declares) {
  const std::string names = names_of(matrix("memory"));

  for (const char* profile : {"core", "engine", "admin", "polling"}) {
    EXPECT_NE(names.find(std::string("memory-embedded-") + profile), std::string::npos) << names;
  }
}

TEST(CiMatrix, a_provider_on_a_server_has_two_setups_and_one_of_another_kind_one) {
  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " matrix telling exotic --profile core");

  ASSERT_EQ(end.exit_code, 0) << end.err;
  const json jobs = json::parse(end.out).at("include");
  ASSERT_EQ(jobs.size(), 3U) << end.out;
  EXPECT_EQ(jobs[0].at("setup"), "private");
  EXPECT_EQ(jobs[0].at("uri"), "");
  EXPECT_EQ(jobs[1].at("setup"), "service");
  EXPECT_EQ(jobs[1].at("server"), "postgresql");
  EXPECT_EQ(jobs[1].at("image"), "postgres:15");
  EXPECT_EQ(jobs[1].at("uri"), "postgresql://postgres@postgresql:5432/postgres");
  EXPECT_EQ(jobs[2].at("name"), "exotic-service-core");
  EXPECT_EQ(jobs[2].at("image"), "");
}

TEST(CiMatrix, takes_only_the_setups_that_were_asked_for) {
  const CommandEnd end = run_command(std::string(ACKPROOF_MISBEHAVING) +
                                     " matrix telling exotic --setup private --profile core");

  EXPECT_EQ(names_of(end), "telling-private-core") << end.err;
}

TEST(CiMatrix, says_which_provider_could_not_be_asked_what_it_declares) {
  const CommandEnd end =
      run_command(std::string("PATH=/nosuch ") + ACKPROOF_MISBEHAVING + " matrix unreachable");

  EXPECT_EQ(end.exit_code, 3) << end.out;
  EXPECT_NE(end.err.find("unreachable"), std::string::npos) << end.err;
  EXPECT_NE(end.err.find("--profile"), std::string::npos) << end.err;
  EXPECT_EQ(end.out, "");
}

struct Change {
  const char* name;
  Words files;
  const char* concerned;
};

class CiMatrixOfChange : public testing::TestWithParam<Change> {};

TEST_P(CiMatrixOfChange, asks_whom_it_concerns) {
  const Words providers = {"memory", "filesystem", "sqlite", "postgres", "redis"};

  std::string found;
  for (const std::string& name : concerned(providers, own_path_rules(), GetParam().files)) {
    found += (found.empty() ? "" : " ") + name;
  }

  EXPECT_EQ(found, GetParam().concerned);
}

constexpr const char* kAll = "memory filesystem sqlite postgres redis";

INSTANTIATE_TEST_SUITE_P(
    CiMatrix, CiMatrixOfChange,
    testing::Values(Change{"nothing", {}, ""}, Change{"contract", {"contract/types.h"}, kAll},
                    Change{"validations", {"validations/locks/locks.cc"}, kAll},
                    Change{"harness", {"harness/cli/cli.cc"}, kAll},
                    Change{"reports", {"reports/run.h"}, kAll},
                    Change{"build", {"CMakeLists.txt"}, kAll},
                    Change{"build_of_providers", {"reference_providers/CMakeLists.txt"}, kAll},
                    Change{"workflow", {".github/workflows/conformance.yml"}, kAll},
                    Change{"something_new", {"attic/x"}, kAll},
                    Change{"documents", {"README.md", "contract/README.md", "LICENSE"}, ""},
                    Change{"tests", {"tests/CMakeLists.txt", "tests/mutants/a/b.cc"}, ""},
                    Change{"one_provider", {"reference_providers/redis/lua/store.lua"}, "redis"},
                    Change{"what_another_stands_on",
                           {"reference_providers/memory/store.cc"},
                           "memory filesystem"},
                    Change{"several",
                           {"reference_providers/sqlite/sql.h", "README.md",
                            "./reference_providers/postgres/pool.cc"},
                           "sqlite postgres"}),
    [](const testing::TestParamInfo<Change>& row) { return std::string(row.param.name); });

TEST(CiMatrix, takes_changed_files_as_words_or_from_the_input) {
  const std::string jobs = "memory sqlite --profile core --changed ";

  EXPECT_EQ(names_of(matrix(jobs + "reference_providers/memory/store.cc README.md")),
            "memory-embedded-core");
  EXPECT_EQ(names_of(matrix(jobs + "-", "reference_providers/memory/store.cc\\nREADME.md\\n")),
            "memory-embedded-core");
  EXPECT_EQ(matrix(jobs).out, "{\"include\":[]}\n") << "nothing has changed";
}

// As a git that failed leaves it, before a pipe.
TEST(CiMatrix, asks_everybody_when_the_input_may_be_empty_by_mistake) {
  for (const char* input : {"", "\\n"}) {
    const CommandEnd end = matrix("memory sqlite --profile core --changed -", input);

    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(names_of(end), "memory-embedded-core sqlite-embedded-core");
    EXPECT_NE(end.err.find("names no file"), std::string::npos) << end.err;
    EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
  }
  EXPECT_EQ(matrix("memory --profile core --changed - ", "README.md\\n").err, "");
}

TEST(CiMatrix, goes_by_the_paths_of_another_project) {
  const std::string rules =
      "memory filesystem --profile core --paths 'memory=src/m/*' --paths 'filesystem=src/f/*' "
      "--paths 'none=*.txt' --paths 'all=src/common/*' --changed ";

  EXPECT_EQ(names_of(matrix(rules + "src/m/deep/a.cc")), "memory-embedded-core");
  EXPECT_EQ(names_of(matrix(rules + "src/f/a.cc notes.txt")), "filesystem-embedded-core");
  EXPECT_EQ(names_of(matrix(rules + "notes.txt")), "");
  EXPECT_EQ(names_of(matrix(rules + "src/common/notes.txt")),
            "memory-embedded-core filesystem-embedded-core");
  EXPECT_EQ(names_of(matrix(rules + "reference_providers/memory/a.cc")),
            "memory-embedded-core filesystem-embedded-core")
      << "ours are no rules there";
}

TEST(CiMatrix, is_a_child_pipeline_for_gitlab) {
  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) +
                  " matrix telling --profile core --format gitlab --before harness/setup.sh");

  ASSERT_EQ(end.exit_code, 0) << end.err;
  const json pipeline = json::parse(end.out);
  ASSERT_EQ(pipeline.size(), 2U) << end.out;
  const json& on_service = pipeline.at("telling-service-core");
  EXPECT_EQ(on_service.at("image"), "debian:12");
  EXPECT_EQ(on_service.at("needs").at(0).at("job"), "build");
  EXPECT_EQ(on_service.at("services").at(0).at("alias"), "postgresql");
  EXPECT_EQ(on_service.at("variables").at("ACKPROOF_URI"),
            "postgresql://postgres@postgresql:5432/postgres");
  EXPECT_EQ(on_service.at("variables").at("POSTGRES_HOST_AUTH_METHOD"), "trust");
  EXPECT_EQ(on_service.at("script").at(0), "harness/setup.sh");
  EXPECT_EQ(on_service.at("script").at(1),
            std::string(ACKPROOF_MISBEHAVING) + " certify telling --profile core");
  EXPECT_EQ(on_service.at("artifacts").at("when"), "always");
  EXPECT_FALSE(pipeline.at("telling-private-core").contains("services"));
}

TEST(CiMatrix, gives_gitlab_a_pipeline_also_when_there_is_nothing_to_do) {
  const CommandEnd end = matrix("memory --profile core --format gitlab --changed README.md");

  EXPECT_EQ(json::parse(end.out).at("nothing-to-certify").at("script"), json::array({"true"}))
      << end.out;
}

TEST(CiMatrix, refuses_bad_input_with_one_sentence) {
  for (const auto& [arguments, says] : {std::pair<const char*, const char*>{"nosuch", "'nosuch'"},
                                        {"memory --profile nosuch", "'nosuch'"},
                                        {"memory --setup nosuch", "setup"},
                                        {"memory --format nosuch", "format"},
                                        {"memory --profile core --paths memory", "NAME=GLOB"},
                                        {"memory --profile core --paths memory=", "NAME=GLOB"},
                                        {"memory --profile core --paths '=*'", "NAME=GLOB"},
                                        {"memory --profile core --paths 'nosuch=*'", "'nosuch'"}}) {
    const CommandEnd end = matrix(arguments);

    EXPECT_EQ(end.exit_code, 2) << arguments;
    EXPECT_NE(end.err.find(says), std::string::npos) << end.err;
    EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
    EXPECT_EQ(end.out, "");
  }
}

}  // namespace
}  // namespace ackproof
