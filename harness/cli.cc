// With harness/cli_certificates.cc the only place that knows the command-line library.
#include "harness/cli.h"

#include <CLI/CLI.hpp>

#include "harness/address.h"
#include "harness/cli_certificates.h"
#include "reports/markup.h"

namespace ackproof {

namespace {

void add_certify(CLI::App& app, Command& command) {
  CertifyCommand& order = command.certify;
  CLI::App* certify = app.add_subcommand("certify", "Run the suite against a provider and report");
  certify->callback([&command] { command.verb = Command::Verb::certify; });
  certify
      ->add_option("provider", order.providers,
                   "Names that `ackproof list providers` shows; all: every one of them")
      ->required();
  certify
      ->add_option("-o,--out", order.out,
                   "Folder for run.json, report.html and junit.xml; with several providers, one "
                   "folder for each in it")
      ->capture_default_str();
  certify
      ->add_option("--profile", order.profiles,
                   "What to certify; several with commas. Default: all that is declared")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option("--level", order.level, "How hard to try: 1 functional, 2, 3, 4, or a name")
      ->capture_default_str();
  certify
      ->add_option("-j,--jobs", order.jobs,
                   "Validations at a time. Default: one per core, in real time 16 per core")
      ->check(CLI::Range(1U, 1024U));
  certify->add_option_function<std::uint64_t>(
      "--seed",
      [&order](const std::uint64_t& seed) {
        order.seed = seed;
        order.seed_given = true;
      },
      "Seed of everything random. Default: a new one, which is printed");
  certify->add_option("--filter", order.filter,
                      "Only validations whose names match; globs with * and ?, with commas");
  certify
      ->add_option("--requirement", order.requirements,
                   "Only these clauses (LOCK_2) or areas (LOCK); several with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option("--repeat", order.repeat, "Ask everything so many times")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  certify
      ->add_option("--sequences", order.sequences,
                   "So many random sequences of calls are compared with the model")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  certify->add_option("--sequence-length", order.sequence_length, "Calls in each of them")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000}))
      ->capture_default_str();
  CLI::Option* rerun = certify->add_option(
      "--rerun-failed", order.rerun_failed,
      "Only what did not pass in this run.json, with the seeds, clock and level it had");
  certify
      ->add_option("--clock", order.clock,
                   "virtual, real, or auto: virtual where the provider offers it")
      ->check(CLI::IsMember({"auto", "virtual", "real"}))
      ->capture_default_str();
  certify->add_option("--timeout", order.timeout_s, "Seconds after which a validation is killed")
      ->check(CLI::Range(1U, 86'400U))
      ->capture_default_str();
  certify
      ->add_option(
          "--uri", order.uri,
          "The server to use, whose other content is left alone, instead of a private one. "
          "Passwords are safer in ACKPROOF_URI, which says the same")
      ->envname("ACKPROOF_URI");
  certify->add_flag("--in-process", order.in_process,
                    "One after the other in this process, for a debugger: nothing is contained");
  // The record says all of this.
  for (const char* said : {"--profile", "--level", "--seed", "--filter", "--requirement",
                           "--repeat", "--clock", "--sequences", "--sequence-length"}) {
    rerun->excludes(said);
  }
  certify->footer(
      "Examples:\n"
      "  ackproof certify sqlite\n"
      "  ackproof certify sqlite --requirement LOCK --repeat 20\n"
      "  ackproof certify all\n"
      "  ackproof certify postgres --uri postgresql://ann@db/scratch\n"
      "  ackproof certify sqlite --rerun-failed ackproof-report/run.json");
}

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

  CLI::App* explain =
      app.add_subcommand("explain", "Explain a clause, a validation, a profile or a mutant");
  explain->callback([&command] { command.verb = Command::Verb::explain; });
  explain->add_option("id", command.what, "LOCK_2, or the name of a validation")->required();

  CLI::App* report = app.add_subcommand("report", "Tell again what a run.json says");
  report->callback([&command] { command.verb = Command::Verb::report; });
  report->add_option("record", command.record, "A run.json")->required();
  report->add_option("-o,--out", command.out, "Also write report.html and junit.xml there");
}

}  // namespace

Command parse_command_line(int argc, char** argv, int& exit_code) {
  Command command;
  CLI::App app{"ackproof certifies storage providers of durable-execution engines.", "ackproof"};
  app.set_version_flag("--version", std::string("ackproof ") + ACKPROOF_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 certified, 1 not certified, 2 usage, 3 broken or inconclusive,\n"
      "            5 nothing selected, 7 certificate refused, 130 interrupted.\n"
      "            Of several providers: the first of 130, 1, 3, 2, 5, 0 that one of them has");
  add_certify(app, command);
  add_others(app, command);
  add_certificate_commands(app, command);
  exit_code = -1;
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help and --version
    exit_code = app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::string sentence = error.what();
    for (int i = 1; i < argc; ++i) {
      std::string word = argv[i];
      if (word.rfind("--", 0) == 0) word.erase(0, word.find('=') + 1);  // --uri=ADDRESS
      if (is_address(word)) sentence = Secrets(word).hidden(sentence);
    }
    std::cerr << "ackproof: " << sentence << ". `ackproof --help` shows what there is.\n";
    exit_code = kUsage;
  }
  return command;
}

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << reports::readable_line(sentence) << "\n";
  return code;
}

}  // namespace ackproof
