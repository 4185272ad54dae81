// With the other harness/cli/*.cc the only place that knows the command-line library.
#include "harness/cli/cli.h"

#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/suggestion.h"
#include "harness/stores/address.h"
#include "reports/markup.h"

namespace ackproof {

namespace {

void add_others(CLI::App& app, Command& command) {
  CLI::App* list = app.add_subcommand("list", "Show what there is");
  CLI::Option* what = list->add_option("what", command.what,
                                       "requirements, validations, providers, profiles or mutants")
                          ->check(CLI::IsMember(
                              {"requirements", "validations", "providers", "profiles", "mutants"}));
  CLI::Option* coverage = list->add_flag(
      "--coverage", command.coverage,
      "Each clause with the validations that ask it and the mutants that prove them; exits 1 when "
      "nothing asks a MUST clause");
  what->excludes(coverage);
  list->add_option("--profile", command.profiles, "Only the clauses of these; several with commas")
      ->delimiter(',')
      ->needs(coverage);
  list->add_option("--level", command.level, "Only the clauses that this level can try")
      ->needs(coverage)
      ->capture_default_str();
  list->callback([&command] {
    command.verb = Command::Verb::list;
    if (command.what.empty() && !command.coverage) {
      throw CLI::RequiredError("list: what, or --coverage");
    }
  });
  list->footer(
      "Examples:\n"
      "  ackproof list requirements\n"
      "  ackproof list --coverage --profile core");

  CLI::App* explain = app.add_subcommand(
      "explain", "Explain a clause, an area, a validation, a profile or a mutant");
  explain->callback([&command] { command.verb = Command::Verb::explain; });
  explain
      ->add_option("id", command.what, "LOCK_2, LOCK for all clauses of that area, or another name")
      ->required();
  explain->footer(
      "Examples:\n"
      "  ackproof explain LOCK_2\n"
      "  ackproof explain LOCK\n"
      "  ackproof explain core");
}

// Why there is no command among what was typed: none was, or one that there is not.
std::string no_command(const CLI::App& app, const std::vector<std::string>& typed) {
  if (typed.size() < 2) return "no command was given";
  const std::string& word = typed[1];
  if (word.starts_with('-')) return "there is no option '" + word + "'";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return "there is no command '" + word + "'" + suggestion(word, names);
}

// What is wrong, and whose help says how it is right.
std::string refusal(const CLI::App& app, const CLI::ParseError& error,
                    const std::vector<std::string>& typed) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  const bool wants_command =
      commands.empty() && error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  std::string sentence = wants_command ? no_command(app, typed) : error.what();
  for (std::string word : typed) {
    if (word.rfind("--", 0) == 0) word.erase(0, word.find('=') + 1);  // --uri=ADDRESS
    if (is_address(word)) sentence = Secrets(word).hidden(sentence);
  }
  std::string help =
      typed.empty() ? "ackproof" : std::filesystem::path(typed.front()).filename().string();
  if (!commands.empty()) help += " " + commands.front()->get_name();
  return sentence + (sentence.ends_with('?') ? " `" : ". `") + help +
         " --help` shows what there is.";
}

}  // namespace

void add_commands(CLI::App& app, Command& command) {
  app.name("ackproof");
  app.description("ackproof certifies storage providers of durable-execution engines.");
  app.set_version_flag("--version", std::string("ackproof ") + ACKPROOF_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  ackproof certify sqlite\n"
      "  ackproof init mystore\n"
      "\n"
      "Exit codes: 0 certified, 1 not certified, 2 usage, 3 broken or inconclusive,\n"
      "            4 an exemption is wrong, 5 nothing selected, 6 worse than before,\n"
      "            7 a certificate is refused, 130 interrupted. Of several providers: the\n"
      "            first of 130, 4, 6, 1, 3, 2, 5, 0 that one of them has");
  add_certify(app, command);
  add_stress(app, command);
  add_others(app, command);
  add_record_commands(app, command);
  add_author_commands(app, command);
  add_certificate_commands(app, command);
}

Command parse_command_line(int argc, char** argv, int& exit_code) {
  Command command;
  CLI::App app;
  add_commands(app, command);
  exit_code = -1;
  try {
    app.parse(argc, argv);
    if (command.verb == Command::Verb::certify) {
      finish_certify(*app.get_subcommand("certify"), command.certify);
    }
  } catch (const CLI::Success& asked) {  // --help and --version
    exit_code = app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::cerr << "ackproof: " << refusal(app, error, {argv, argv + argc}) << "\n";
    exit_code = kUsage;
  }
  return command;
}

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << reports::readable_line(sentence) << "\n";
  return code;
}

}  // namespace ackproof
