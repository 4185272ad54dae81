// Every command line that we write down anywhere, for people or for machines, is one that the program takes; and what
// is written for continuous integration is what its systems can read.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <yaml-cpp/yaml.h>

#include "harness/authors/init.h"
#include "harness/cli/cli.h"
#include "harness/cli/help.h"
#include "tests/support/command.h"

namespace ackproof {
namespace {

namespace fs = std::filesystem;
using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;
using Words = std::vector<std::string>;

const fs::path kRoot = ACKPROOF_SOURCE_DIR;

// The commands of a line of shell, each as its words. Enough of a shell for what we write.
std::vector<Words> commands_in(const std::string& line) {
  std::vector<Words> commands(1);
  std::string word;
  bool has_word = false;
  char quote = '\0';
  const auto end_word = [&] {
    if (has_word) commands.back().push_back(word);
    word.clear();
    has_word = false;
  };
  for (const char c : line) {
    if (quote != '\0') {
      if (c == quote) quote = '\0';
      if (c != quote && quote != '\0') word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      has_word = true;
    } else if (c == '#' && !has_word) {
      break;
    } else if (std::string("|;&()<>").find(c) != std::string::npos) {
      end_word();
      commands.emplace_back();
    } else if (c == ' ') {
      end_word();
    } else {
      word += c;
      has_word = true;
    }
  }
  end_word();
  return commands;
}

bool is_our_program(const std::string& word) {
  const std::string name = fs::path(word).filename();
  return name == "ackproof" || name.rfind("certify_", 0) == 0;
}

// Our commands in a text of shell.
std::vector<Words> our_commands(const std::string& text) {
  static const std::regex kExpression(R"(\$\{\{[^}]*\}\})");  // Of GitHub: some word.
  std::vector<Words> ours;
  std::istringstream lines(std::regex_replace(text, kExpression, "x"));
  for (std::string line; std::getline(lines, line);) {
    for (const Words& command : commands_in(line)) {
      if (!command.empty() && is_our_program(command.front())) ours.push_back(command);
    }
  }
  return ours;
}

testing::AssertionResult is_taken(Words command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  testing::internal::CaptureStderr();
  int exit_code = -1;
  parse_command_line(static_cast<int>(arguments.size()), arguments.data(), exit_code);
  const std::string error = testing::internal::GetCapturedStderr();
  if (exit_code == -1) return testing::AssertionSuccess();
  return testing::AssertionFailure() << testing::PrintToString(command) << ": " << error;
}

void expect_taken(const std::string& text, std::size_t at_least) {
  const std::vector<Words> commands = our_commands(text);
  EXPECT_GE(commands.size(), at_least) << text;
  for (const Words& command : commands) EXPECT_TRUE(is_taken(command));
}

// What stands under `run:` of a step, or in the list of a `script:`.
void collect_shell(const YAML::Node& node, std::string& shell) {
  if (node.IsSequence()) {
    for (const YAML::Node& item : node) collect_shell(item, shell);
  }
  if (!node.IsMap()) return;
  for (const auto& entry : node) {
    const auto name = entry.first.as<std::string>();
    const YAML::Node& value = entry.second;
    if (name == "run" && value.IsScalar()) shell += value.as<std::string>() + "\n";
    if (name == "script") {
      for (const YAML::Node& line : value) shell += line.as<std::string>() + "\n";
    }
    collect_shell(value, shell);
  }
}

std::string shell_of(const std::string& yaml) {
  std::string shell;
  collect_shell(YAML::Load(yaml), shell);
  return shell;
}

std::string workflow_of_a_new_project() {
  const std::string folder = fresh_folder() + "/mystore";
  write_project({"mystore", folder}).value();
  return folder + "/.github/workflows/conformance.yml";
}

TEST(CommandLines, of_the_workflow_are_taken) {
  expect_taken(shell_of(read_file(kRoot / ".github/workflows/conformance.yml")), 5);
}

TEST(CommandLines, of_the_gitlab_template_are_taken) {
  expect_taken(shell_of(read_file(kRoot / "ci/gitlab.yml")), 3);
}

TEST(CommandLines, of_the_workflow_of_a_new_project_are_taken) {
  expect_taken(shell_of(read_file(workflow_of_a_new_project())), 3);
}

TEST(CommandLines, of_a_child_pipeline_are_taken) {
  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) + " matrix memory filesystem --format gitlab");

  expect_taken(shell_of(end.out), 2);
}

// JSON is YAML, and GitLab reads it as that.
TEST(CommandLines, of_a_child_pipeline_stand_in_yaml) {
  const CommandEnd end =
      run_command(std::string(ACKPROOF_PROGRAM) + " matrix memory --profile core --format gitlab");
  const YAML::Node pipeline = YAML::Load(end.out);

  EXPECT_EQ(pipeline["memory-embedded-core"]["image"].as<std::string>(), "debian:12");
}

// The blocks of shell in a document.
std::string shell_in_document(const fs::path& document) {
  std::string shell;
  bool is_shell = false;
  std::istringstream lines(read_file(document));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("```", 0) == 0) {
      is_shell = line == "```sh";
    } else if (is_shell) {
      shell += line + "\n";
    }
  }
  return shell;
}

TEST(CommandLines, of_the_documents_are_taken) {
  const fs::path here = fs::current_path();
  fs::current_path(fresh_folder());
  std::ofstream("ackproof.toml") << "provider = \"memory\"\n";  // One of the commands reads it.
  expect_taken(shell_in_document(kRoot / "README.md"), 10);
  fs::current_path(here);
  const std::string folder = fresh_folder() + "/mystore";
  write_project({"mystore", folder}).value();
  expect_taken(shell_in_document(folder + "/README.md"), 4);
}

TEST(CommandLines, of_the_help_are_taken) {
  for (const std::string& line : completions({}, {""})) {
    const std::string command = line.substr(0, line.find('\t'));
    const CommandEnd end = run_command(std::string(ACKPROOF_PROGRAM) + " " + command + " --help");

    std::string examples;
    std::istringstream lines(end.out);
    for (std::string text; std::getline(lines, text);) {
      if (text.rfind("  ackproof ", 0) == 0 || text.find("| ackproof ") != std::string::npos ||
          text.find("<(ackproof ") != std::string::npos) {
        examples += text + "\n";
      }
    }
    expect_taken(examples, 1);
  }
}

TEST(Workflows, satisfy_actionlint) {
  if (run_command("command -v actionlint").exit_code != 0) {
    GTEST_SKIP() << "actionlint is not installed";
  }
  const std::string files =
      (kRoot / ".github/workflows/conformance.yml").string() + " " + workflow_of_a_new_project();

  const CommandEnd end = run_command("actionlint -no-color " + files);

  EXPECT_EQ(end.exit_code, 0) << end.out << end.err;
}

// The services of the jobs are those that the matrix speaks of.
TEST(Workflows, bring_the_servers_that_the_matrix_names) {
  const YAML::Node workflow = YAML::LoadFile(kRoot / ".github/workflows/conformance.yml");
  const YAML::Node services = workflow["jobs"]["certify"]["services"];
  const CommandEnd end = run_command(std::string(ACKPROOF_MISBEHAVING) +
                                     " matrix telling unreachable --setup service --profile core");
  const YAML::Node jobs = YAML::Load(end.out)["include"];

  ASSERT_EQ(jobs.size(), 2U) << end.out << end.err;
  for (const YAML::Node& job : jobs) {
    const auto server = job["server"].as<std::string>();
    ASSERT_TRUE(services[server].IsMap()) << server;
    EXPECT_NE(services[server]["image"].as<std::string>().find("'" + server + "'"),
              std::string::npos);
    EXPECT_NE(job["uri"].as<std::string>().find(server + ":"), std::string::npos)
        << "a service is found under its name";
  }
}

}  // namespace
}  // namespace ackproof
