// A project is there whole or not at all, and nothing that was there is touched. That it builds, and what its first run
// says, is asked by tests/consumer/init.cmake.
#include "harness/authors/init.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/support/command.h"

namespace ackproof {
namespace {

namespace fs = std::filesystem;
using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Init, writes_every_file_without_a_blank_left_in_it) {
  const fs::path folder = fs::path(fresh_folder()) / "mystore";

  const auto written = write_project({"mystore", folder});

  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written.value().size(), 8U);
  for (const std::string& path : written.value()) {
    const std::string text = read_file(folder / path);
    EXPECT_FALSE(text.empty()) << path;
    EXPECT_EQ(text.find("@NAME@"), std::string::npos) << path;
    EXPECT_EQ(text.find("@REF@"), std::string::npos) << path;
  }
  EXPECT_NE(read_file(folder / "main.cc").find(".name = \"mystore\""), std::string::npos);
  const std::string workflow = read_file(folder / ".github/workflows/conformance.yml");
  EXPECT_NE(workflow.find("certify mystore"), std::string::npos);
  EXPECT_TRUE(std::regex_search(workflow, std::regex("\n +ref: (main|v[0-9]+[.][0-9]+[.][0-9]+) ")))
      << "of ackproof: the tag that this program is built from, else the branch";
  EXPECT_TRUE(fs::exists(folder / "mystore_provider.cc"));
  EXPECT_EQ(entries(folder.parent_path()), 1U) << "nothing is left beside it";
}

TEST(Init, says_what_it_wrote_and_what_comes_next) {
  const std::string folder = fresh_folder();

  const CommandEnd end =
      run_command("cd " + folder + " && " + ACKPROOF_PROGRAM + " init my_store_2");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_NE(end.out.find(folder + "/my_store_2/main.cc\n"), std::string::npos) << end.out;
  EXPECT_NE(end.out.find("build/certify_my_store_2 certify my_store_2"), std::string::npos)
      << end.out;
  EXPECT_TRUE(fs::is_directory(folder + "/my_store_2"));
}

TEST(Init, takes_a_folder_with_a_slash_behind) {
  const std::string folder = fresh_folder();

  EXPECT_TRUE(write_project({"mystore", folder + "/stores/"}));

  EXPECT_TRUE(fs::exists(folder + "/stores/main.cc"));
}

class InitRefusesName : public testing::TestWithParam<std::string> {};

TEST_P(InitRefusesName, and_writes_nothing) {
  const std::string folder = fresh_folder();

  const auto written = write_project({GetParam(), fs::path(folder) / "out"});

  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("'" + GetParam() + "'"), std::string::npos)
      << written.error().message;
  EXPECT_EQ(entries(folder), 0U);
}

INSTANTIATE_TEST_SUITE_P(Init, InitRefusesName,
                         testing::Values("", "My", "my-store", "my store", "9store", "_store",
                                         "store_", "my__store", "st\xC3\xB6re", "../store", "all",
                                         std::string(41, 'a')));

TEST(Init, refuses_a_bad_name_with_one_sentence) {
  const CommandEnd end =
      run_command("cd " + fresh_folder() + " && " + ACKPROOF_PROGRAM + " init My-Store");

  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.err.rfind("ackproof: ", 0), 0U) << end.err;
  EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
  EXPECT_EQ(end.out, "");
}

// A folder, an empty one too, a file, a link that leads nowhere.
TEST(Init, overwrites_nothing) {
  const fs::path folder = fresh_folder();
  fs::create_directory(folder / "full");
  std::ofstream(folder / "full" / "main.cc") << "mine";
  fs::create_directory(folder / "empty");
  std::ofstream(folder / "file") << "mine";
  fs::create_symlink("nowhere", folder / "link");

  for (const char* taken : {"full", "empty", "file", "link"}) {
    const auto written = write_project({"mystore", folder / taken});

    ASSERT_FALSE(written) << taken;
    EXPECT_NE(written.error().message.find("already"), std::string::npos);
  }
  EXPECT_EQ(read_file(folder / "full" / "main.cc"), "mine");
  EXPECT_EQ(entries(folder / "full"), 1U);
  EXPECT_EQ(entries(folder / "empty"), 0U);
  EXPECT_EQ(read_file(folder / "file"), "mine");
  EXPECT_EQ(entries(folder), 4U);
}

TEST(Init, leaves_nothing_where_no_folder_can_be_made) {
  const fs::path folder = fresh_folder();

  for (const fs::path& out : {folder / "none" / "mystore", fs::path("/proc/mystore")}) {
    const auto written = write_project({"mystore", out});

    ASSERT_FALSE(written) << out;
    EXPECT_EQ(written.error().kind, ErrorKind::invalid);
  }
  EXPECT_EQ(entries(folder), 0U);
}

// What cannot be written whole, for a limit on the size of files, is taken away again.
TEST(Init, leaves_nothing_half_written) {
  const std::string folder = fresh_folder();

  const CommandEnd end = run_command("cd " + folder + " && trap '' XFSZ && ulimit -f 1 && " +
                                     ACKPROOF_PROGRAM + " init mystore");

  EXPECT_EQ(end.exit_code, 2) << end.out << end.err;
  EXPECT_NE(end.err.find("cannot write"), std::string::npos) << end.err;
  EXPECT_EQ(entries(folder), 0U);
}

}  // namespace
}  // namespace ackproof
