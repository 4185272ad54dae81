#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/cli.h"

namespace ackproof {

namespace {

void add_init(CLI::App& app, Command& command) {
  CLI::App* init = app.add_subcommand("init", "Write a project that certifies a new provider");
  init->callback([&command] { command.verb = Command::Verb::init; });
  init->add_option("name", command.init.name,
                   "The provider's: lower-case letters, digits and underscores")
      ->required();
  init->add_option("-o,--out", command.init.out,
                   "The folder to make, which must not exist. Default: NAME");
  init->footer(
      "Examples:\n"
      "  ackproof init mystore\n"
      "  ackproof init mystore --out stores/mystore");
}

void add_todo(CLI::App& app, Command& command) {
  command.record = "ackproof-report/run.json";
  CLI::App* todo = app.add_subcommand(
      "todo", "The clauses that a record refutes, in the order in which they are cheapest to keep");
  todo->callback([&command] { command.verb = Command::Verb::todo; });
  todo->add_option("record", command.record, "A run.json")->capture_default_str();
  todo->footer(
      "Examples:\n"
      "  ackproof todo\n"
      "  ackproof todo ackproof-report/sqlite/run.json");
}

void add_doctor(CLI::App& app, Command& command) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "Check folder, clock, servers and providers, before a run does");
  doctor->callback([&command] { command.verb = Command::Verb::doctor; });
  doctor->add_option("provider", command.doctor.providers, "Only these")->capture_default_str();
  doctor
      ->add_option("--uri", command.doctor.uri,
                   "The server to use for those that need one, instead of a private one. Passwords "
                   "are safer in ACKPROOF_URI, which says the same")
      ->envname("ACKPROOF_URI");
  doctor->footer(
      "Exit codes: 0 all is fine, 3 something is not, and what to do about it is said.\n"
      "Examples:\n"
      "  ackproof doctor\n"
      "  ackproof doctor postgres --uri postgresql://ann@db/scratch");
}

void add_matrix(CLI::App& app, Command& command) {
  MatrixCommand& order = command.matrix;
  CLI::App* matrix = app.add_subcommand(
      "matrix", "Print the jobs of continuous integration: provider, setup and profile");
  matrix->callback([&command] { command.verb = Command::Verb::matrix; });
  matrix->add_option("provider", order.providers, "Only these")->capture_default_str();
  matrix
      ->add_option("--profile", order.profiles,
                   "These, several with commas. Default: what each provider declares, for which "
                   "it is opened")
      ->delimiter(',')
      ->allow_extra_args(false);
  matrix
      ->add_option("--setup", order.setups,
                   "Only these, several with commas. private: on a server of ackproof's own, "
                   "service: on one that the job brings, embedded: without")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"embedded", "private", "service"}));
  matrix
      ->add_option("--format", order.format,
                   "github: for strategy.matrix; gitlab: a child pipeline")
      ->check(CLI::IsMember({"github", "gitlab"}))
      ->capture_default_str();
  matrix
      ->add_option_function<std::vector<std::string>>(
          "--changed",
          [&order](const std::vector<std::string>& files) {
            order.changed = files;
            order.has_changed = true;
          },
          "Only what these files, as git names them, concern; without any, nobody. -: they are "
          "read from the standard input, one a line; if that is empty, git may have failed, and "
          "everybody is asked")
      ->expected(0, CLI::detail::expected_max_vector_size);
  matrix
      ->add_option("--paths", order.paths,
                   "NAME=GLOB: changes there concern the provider NAME, or all, or none; may be "
                   "repeated. They replace the rules for ackproof's own folders; what none names "
                   "concerns all")
      ->allow_extra_args(false);
  matrix->add_option("--image", order.image, "gitlab: the image that jobs run in")
      ->capture_default_str();
  matrix->add_option("--before", order.before, "gitlab: the command that jobs begin with");
  matrix->footer(
      "Examples:\n"
      "  ackproof matrix --profile core\n"
      "  git diff --name-only --no-renames main > files && ackproof matrix --changed - < files\n"
      "  ackproof matrix mystore --paths mystore='src/*' --paths none='*.md'\n"
      "  ackproof matrix --format gitlab --before harness/setup.sh");
}

void add_self_description(CLI::App& app, Command& command) {
  CLI::App* completion =
      app.add_subcommand("completion", "Print a script that makes a shell complete this command");
  completion->callback([&command] { command.verb = Command::Verb::completion; });
  completion->add_option("shell", command.what, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer(
      "Examples:\n"
      "  source <(ackproof completion bash)\n"
      "  ackproof completion fish > ~/.config/fish/completions/ackproof.fish");

  CLI::App* man = app.add_subcommand("man", "Print the manual page of this command");
  man->callback([&command] { command.verb = Command::Verb::man; });
  man->footer(
      "Examples:\n"
      "  ackproof man | man -l -\n"
      "  ackproof man > /usr/local/share/man/man1/ackproof.1");
}

}  // namespace

void add_author_commands(CLI::App& app, Command& command) {
  add_init(app, command);
  add_todo(app, command);
  add_doctor(app, command);
  add_matrix(app, command);
  add_self_description(app, command);
}

}  // namespace ackproof
