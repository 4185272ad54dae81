// What the program tells of its own command line, asked as shells and man ask it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "harness/cli/help.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;
using Words = std::vector<std::string>;

bool is_installed(const std::string& program) {
  return run_command("command -v " + program).exit_code == 0;
}

// The words alone, of what the program proposes.
Words proposed(const Words& typed) {
  Words words;
  for (const std::string& line : completions({{{.name = "mystore", .summary = "Mine."}}}, typed)) {
    words.push_back(line.substr(0, line.find('\t')));
  }
  return words;
}

bool has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

struct Typed {
  const char* name;
  Words words;
  const char* proposes;
  const char* proposes_not;
};

class Completion : public testing::TestWithParam<Typed> {};

TEST_P(Completion, proposes_what_may_follow) {
  const Words words = proposed(GetParam().words);

  EXPECT_TRUE(has(words, GetParam().proposes)) << testing::PrintToString(words);
  EXPECT_FALSE(has(words, GetParam().proposes_not)) << testing::PrintToString(words);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Completion,
    testing::Values(
        Typed{"commands", {""}, "certify", "--profile"},
        Typed{"begun_command", {"cer"}, "certify", "list"},
        Typed{"general_option", {"--"}, "--version", "--profile"},
        Typed{"provider", {"certify", ""}, "mystore", "certify"},
        Typed{"second_provider", {"certify", "mystore", "my"}, "mystore", "all"},
        Typed{"option", {"certify", "mystore", "--re"}, "--repeat", "--seed"},
        Typed{"profile", {"certify", "mystore", "--profile", ""}, "engine", "mystore"},
        Typed{"second_profile", {"certify", "--profile", "core,en"}, "core,engine", "engine"},
        Typed{"value_behind_equals", {"certify", "--clock=v"}, "--clock=virtual", "virtual"},
        Typed{
            "profile_behind_equals", {"certify", "--profile=core,en"}, "--profile=core,engine", ""},
        Typed{"choices", {"certify", "--clock", ""}, "virtual", "mystore"},
        Typed{"after_a_value", {"certify", "--clock", "real", ""}, "mystore", "real"},
        Typed{"after_a_flag", {"certify", "--in-process", ""}, "mystore", "--in-process"},
        Typed{"clause", {"explain", "LOCK_"}, "LOCK_2", "ACK_1"},
        Typed{"what_to_list", {"list", ""}, "requirements", "mystore"},
        Typed{"shell", {"completion", ""}, "fish", "mystore"}),
    [](const testing::TestParamInfo<Typed>& row) { return std::string(row.param.name); });

TEST(CompletionOf, leaves_files_to_the_shell) {
  EXPECT_EQ(proposed({"report", ""}), Words{});
  EXPECT_EQ(proposed({"certify", "--out", ""}), Words{});
  EXPECT_EQ(proposed({"certify", "--nosuch=", ""}), proposed({"certify", ""}));
  EXPECT_EQ(proposed({}), Words{});
}

// The script in a real bash, with the variables that bash sets when a person presses the tabulator.
Words completed_by_bash(const std::string& line) {
  const std::string program = ACKPROOF_PROGRAM;
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/press") << "source <(" << program << " completion bash)\n"
                                   << "COMP_LINE='" << line << "'\nCOMP_POINT=${#COMP_LINE}\n"
                                   << "_ackproof " << program << "\n"
                                   << "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  const CommandEnd end = run_command("bash --norc --noprofile -u " + folder + "/press");
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.err, "");
  Words words;
  std::istringstream lines(end.out);
  for (std::string word; std::getline(lines, word);) words.push_back(word);
  return words;
}

TEST(CompletionScript, completes_commands_options_and_providers_in_bash) {
  EXPECT_EQ(completed_by_bash("ackproof cert"), Words{"certify"});
  EXPECT_EQ(completed_by_bash("ackproof certify --sequence-"), Words{"--sequence-length"});
  EXPECT_EQ(completed_by_bash("ackproof certify filesy"), Words{"filesystem"});
  EXPECT_TRUE(has(completed_by_bash("ackproof certify "), "memory"));
  EXPECT_EQ(completed_by_bash("ackproof certify memory --profile core,eng"), Words{"core,engine"});
}

TEST(CompletionScript, knows_that_bash_keeps_what_stands_before_an_equals) {
  EXPECT_EQ(completed_by_bash("ackproof certify --clock=vir"), Words{"virtual"});
}

TEST(CompletionScript, is_known_to_bash_under_the_name_of_the_program) {
  const CommandEnd end = run_command(std::string("bash --norc -c 'source <(") + ACKPROOF_PROGRAM +
                                     " completion bash); complete -p ackproof'");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_NE(end.out.find("-F _ackproof ackproof"), std::string::npos) << end.out;
}

// In a real zsh; of its own functions those that draw the menu are replaced by ones that print.
TEST(CompletionScript, completes_in_zsh) {
  if (!is_installed("zsh")) GTEST_SKIP() << "zsh is not installed";
  const std::string program = ACKPROOF_PROGRAM;
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/press") << "compdef() { print -r -- \"$@\"; }\n"
                                   << "_describe() { print -rl -- \"${(@P)2}\"; }\n"
                                   << "_files() { print files; }\n"
                                   << "source <(" << program << " completion zsh)\n"
                                   << "words=(" << program << " certify fi); CURRENT=3; _ackproof\n"
                                   << "words=(" << program << " report ''); CURRENT=3; _ackproof\n";

  const CommandEnd end = run_command("zsh -f " + folder + "/press");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.out.rfind("_ackproof ackproof\nfilesystem:", 0), 0U) << end.out << end.err;
  EXPECT_NE(end.out.find("\nfiles\n"), std::string::npos) << end.out;
}

TEST(CompletionScript, completes_in_fish) {
  if (!is_installed("fish")) GTEST_SKIP() << "fish is not installed";
  const std::string program = ACKPROOF_PROGRAM;
  const std::string folder = fresh_folder();
  std::ofstream(folder + "/press")
      << program << " completion fish | source\n"
      << "complete -C '" << program << " cert'\n"
      << "complete -C '" << program << " certify filesy'\n"
      << "complete -C '" << program << " report " << folder << "/pr'\n";

  const CommandEnd end = run_command("HOME=" + folder + " fish --no-config " + folder + "/press");

  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_NE(end.out.find("certify\t"), std::string::npos) << end.out << end.err;
  EXPECT_NE(end.out.find("filesystem\t"), std::string::npos) << end.out << end.err;
  EXPECT_NE(end.out.find(folder + "/press"), std::string::npos) << end.out << end.err;
}

// --- The manual page

// As it reads: without fonts and escapes.
std::string plain(std::string text) {
  for (const char* escape : {"\\fB", "\\fI", "\\fR", "\\&"}) {
    for (std::size_t at; (at = text.find(escape)) != std::string::npos;)
      text.erase(at, std::string(escape).size());
  }
  for (std::size_t at; (at = text.find("\\-")) != std::string::npos;) text.erase(at, 1);
  return text;
}

TEST(ManualPage, has_every_command_with_every_option) {
  const std::string page = plain(manual_page("ackproof"));

  for (const std::string& command : proposed({""})) {
    EXPECT_NE(page.find(".SS " + command + "\nackproof " + command), std::string::npos) << command;
    for (const std::string& option : proposed({command, "--"})) {
      EXPECT_NE(page.find(option), std::string::npos) << command << " " << option;
    }
  }
  EXPECT_NE(page.find("ACKPROOF_URI\nThe same as certify --uri, stress --uri, doctor --uri."),
            std::string::npos);
}

TEST(ManualPage, is_read_without_a_warning) {
  if (!is_installed("groff")) GTEST_SKIP() << "groff is not installed";

  const CommandEnd end = run_command(std::string(ACKPROOF_PROGRAM) +
                                     " man | groff -man -ww -Kutf8 -Tutf8 2>&1 >/dev/null");

  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out, "");
}

TEST(ManualPage, shows_the_examples_line_by_line) {
  if (!is_installed("groff")) GTEST_SKIP() << "groff is not installed";

  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) + " man | groff -man -Kutf8 -Tascii -P-cbou");

  EXPECT_NE(end.out.find("  ackproof certify sqlite --requirement LOCK --repeat 20\n"),
            std::string::npos)
      << end.out;
}

TEST(Help, of_every_command_has_an_example) {
  for (const std::string& command : proposed({""})) {
    const CommandEnd end = run_command(std::string(ACKPROOF_PROGRAM) + " " + command + " --help");

    EXPECT_EQ(end.exit_code, 0) << command;
    EXPECT_NE(end.out.find("\n  ackproof " + command), std::string::npos) << end.out;
  }
}

}  // namespace
}  // namespace ackproof
