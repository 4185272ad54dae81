// With the other harness/cli_*.cc the only place that knows the command-line library.
#include "harness/cli.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "harness/address.h"
#include "harness/cli_app.h"
#include "harness/config.h"
#include "reports/markup.h"

namespace ackproof {

namespace {

// "2/4", from 1.
Shard shard_from(const std::string& text) {
  Shard shard{0, 0};
  std::istringstream in(text);
  char slash = 0;
  in >> shard.index >> slash >> shard.count;
  const bool is_read = !in.fail() && in.peek() == std::istringstream::traits_type::eof();
  if (!is_read || slash != '/' || text.find('-') != std::string::npos || shard.index < 1 ||
      shard.index > shard.count) {
    throw CLI::ValidationError("--shard", "a part of the whole is expected, like 2/4, not " + text);
  }
  return shard;
}

// As GoogleTest has it, from 0, for build systems that know its variables.
void take_gtest_shard(Shard& shard) {
  const char* count = std::getenv("GTEST_TOTAL_SHARDS");
  const char* index = std::getenv("GTEST_SHARD_INDEX");
  if (const char* file = std::getenv("GTEST_SHARD_STATUS_FILE")) std::ofstream{file};
  if (count == nullptr || index == nullptr) return;
  try {
    shard = shard_from(std::to_string(std::stoul(index) + 1) + "/" + count);
  } catch (const std::exception&) {
    throw CLI::ValidationError("GTEST_SHARD_INDEX",
                               std::string("no part of the whole: ") + index + " of " + count);
  }
}

// What the file says of options that were not typed.
void take_config(CLI::App& certify, const std::filesystem::path& file) {
  const Result<std::vector<ConfigEntry>> entries = read_config(file);
  if (!entries) throw CLI::ValidationError(entries.error().message);
  for (const ConfigEntry& entry : entries.value()) {
    const std::string place = file.string() + ":" + std::to_string(entry.line) + ": ";
    CLI::Option* option = entry.key == "provider" ? certify.get_option_no_throw("provider")
                                                  : certify.get_option_no_throw("--" + entry.key);
    if (option == nullptr || entry.key == "config" || entry.key == "help") {
      throw CLI::ValidationError(place + "there is no option " + entry.key);
    }
    if (entry.key == "uri" && without_credentials(entry.values.front()) != entry.values.front()) {
      throw CLI::ValidationError(place +
                                 "a password does not belong into a file; use ACKPROOF_URI");
    }
    if (option->count() > 0) continue;
    try {
      option->add_result(entry.values);
      option->run_callback();
    } catch (const CLI::ParseError& error) {
      throw CLI::ValidationError(place + error.what());
    }
  }
}

std::string joined(const std::vector<std::string>& values) {
  std::string all;
  for (const std::string& value : values) all += (all.empty() ? "" : ",") + value;
  return all;
}

// Options by name, as they took effect. The address of a server is in the environment, without what is secret.
std::map<std::string, std::string> effective_options(const CLI::App& certify) {
  std::map<std::string, std::string> all;
  for (const CLI::Option* option : certify.get_options()) {
    const std::string name = option->get_single_name();
    if (name == "help" || name == "uri") continue;
    all[name] = option->count() > 0 ? joined(option->results()) : option->get_default_str();
  }
  return all;
}

// What can only be said once everything is known that was typed.
void finish_certify(CLI::App& certify, CertifyCommand& order) {
  if (!order.config.empty()) take_config(certify, order.config);
  if (order.providers.empty()) throw CLI::RequiredError("provider");
  if (certify.count("--shard") == 0) take_gtest_shard(order.shard);
  order.effective = effective_options(certify);
}

void add_certify(CLI::App& app, Command& command) {
  CertifyCommand& order = command.certify;
  CLI::App* certify = app.add_subcommand("certify", "Run the suite against a provider and report");
  certify->callback([&command] { command.verb = Command::Verb::certify; });
  certify->add_option("provider", order.providers,
                      "Names that `ackproof list providers` shows; all: every one of them");
  certify
      ->add_option(
          "-o,--out", order.out,
          "Folder for run.json and the reports; with several providers, one folder for each in "
          "it, and a page of all")
      ->capture_default_str();
  certify
      ->add_option("--format", order.formats,
                   "Reports beside run.json: html, junit, md, ctrf, sarif, tap, badge, text, or "
                   "all; several with "
                   "commas. Default: html,junit")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option(
      "--events", order.events,
      "File for one JSON object a line, as things happen; -: standard output, and what people read "
      "goes to standard error");
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
      ->add_option("--retries", order.retries,
                   "Ask what failed so many times again, alone. What passes then is flaky, which "
                   "counts as failed")
      ->check(CLI::Range(0U, 100U))
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
  certify->add_option(
      "--exemptions", order.exemptions,
      "A file that says which failures are known, for how long, and who mends them");
  certify->add_option("--baseline", order.baseline,
                      "A run.json to compare with; exits 6 when something became worse");
  certify->add_option_function<std::string>(
      "--shard", [&order](const std::string& text) { order.shard = shard_from(text); },
      "Only the part I/N of the validations, to be put together with `ackproof merge`. Default: "
      "what "
      "GTEST_SHARD_INDEX and GTEST_TOTAL_SHARDS say");
  certify->add_option("--config", order.config,
                      "A file of options, as TOML: `repeat = 20`. What is typed here comes first");
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

// A whole number of `unit`s.
CLI::Option* add_span(CLI::App& app, const std::string& names, Duration unit, Duration& span,
                      const std::string& what) {
  return app
      .add_option_function<std::int64_t>(
          names, [&span, unit](const std::int64_t& number) { span = unit * number; }, what)
      ->default_str(std::to_string(span / unit));
}

void add_stress(CLI::App& app, Command& command) {
  constexpr Duration kSecond{1'000};
  StressCommand& order = command.stress;
  StressSettings& settings = order.settings;
  CLI::App* stress = app.add_subcommand(
      "stress", "Run workflows over a provider, under load, and check each of them");
  stress->callback([&command] { command.verb = Command::Verb::stress; });
  stress
      ->add_option("provider", order.providers,
                   "Names that `ackproof list providers` shows; all: every one of them")
      ->required();
  stress->add_option("-o,--out,--report", order.out, "Folder for stress.json and stress.html")
      ->capture_default_str();
  stress
      ->add_option("--load", settings.load,
                   "What the workflows do: steps, fan_out, payloads, timers, children, saga, or "
                   "mixed: all of them in turn")
      ->capture_default_str();
  CLI::Option* duration = add_span(*stress, "--duration", kSecond, settings.duration,
                                   "Seconds in which workflows are started")
                              ->check(CLI::Range(1, 604'800));
  stress->add_option("--workflows", settings.workflows, "Start so many, however long it takes")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->excludes(duration);
  stress->add_option("--in-flight", settings.in_flight, "Workflows that are kept under way")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000}))
      ->capture_default_str();
  stress->add_option("--turn-workers", settings.turn_workers, "Threads that take turns")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{256}))
      ->capture_default_str();
  stress->add_option("--activity-workers", settings.activity_workers, "Threads that do activities")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{256}))
      ->capture_default_str();
  add_span(*stress, "--activity-ms", Duration(1), settings.activity,
           "Milliseconds that an activity of steps and fan_out takes")
      ->check(CLI::Range(0, 600'000));
  stress->add_option("--payload-bytes", settings.payload_bytes, "Bytes of a payload of payloads")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{64} << 20U))
      ->capture_default_str();
  add_span(*stress, "--drain", kSecond, settings.drain,
           "Seconds that what is under way in the end may take; then it is lost")
      ->check(CLI::Range(1, 86'400));
  stress->add_option_function<std::uint64_t>(
      "--seed",
      [&order](const std::uint64_t& seed) {
        order.settings.seed = seed;
        order.seed_given = true;
      },
      "Seed of everything random. Default: a new one, which is printed");
  stress->add_flag("-q,--quiet", order.quiet, "No line a second about how far it is");
  stress
      ->add_option("--uri", order.uri,
                   "The server to use, whose other content is left alone, instead of a private "
                   "one. Passwords are safer in ACKPROOF_URI, which says the same")
      ->envname("ACKPROOF_URI");
  stress->footer(
      "Exit codes: 0 every workflow was right, 1 something was lost, doubled, wrong or left in a\n"
      "            queue, 2 usage, 3 nothing was tried, 130 interrupted\n"
      "Examples:\n"
      "  ackproof stress sqlite\n"
      "  ackproof stress all --load steps --duration 30\n"
      "  ackproof stress postgres --uri postgresql://ann@db/scratch --turn-workers 8");
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
  list->footer(
      "Examples:\n"
      "  ackproof list requirements\n"
      "  ackproof list --coverage --profile core");

  CLI::App* explain =
      app.add_subcommand("explain", "Explain a clause, a validation, a profile or a mutant");
  explain->callback([&command] { command.verb = Command::Verb::explain; });
  explain->add_option("id", command.what, "LOCK_2, or the name of a validation")->required();
  explain->footer(
      "Examples:\n"
      "  ackproof explain LOCK_2\n"
      "  ackproof explain core");

  ReportCommand& order = command.report;
  CLI::App* report = app.add_subcommand(
      "report", "Tell again what run.json or stress.json says; of several runs, side by side");
  report->callback([&command] { command.verb = Command::Verb::report; });
  report->add_option("records", order.records, "One run.json or several, or one stress.json")
      ->required();
  report->add_option("--format", order.format,
                     "One document: html, junit, md, ctrf, sarif, tap, badge or text; of several "
                     "records html, md or text");
  report->add_option("-o,--out", order.out,
                     "With --format the file, -: standard output; else a folder for the other forms");
  report->footer(
      "Examples:\n"
      "  ackproof report ackproof-report/run.json\n"
      "  ackproof report run.json --format sarif --out report.sarif\n"
      "  ackproof report a/run.json b/run.json --out both");
}

void add_comparisons(CLI::App& app, Command& command) {
  CLI::App* diff = app.add_subcommand("diff", "What became better or worse between two runs");
  diff->callback([&command] { command.verb = Command::Verb::diff; });
  diff->add_option("records", command.records, "The earlier run.json, and the later one")
      ->required()
      ->expected(2);
  diff->add_flag("--gate", command.gate, "Exit with 6 when something became worse");
  diff->footer("Examples:\n  ackproof diff main/run.json ackproof-report/run.json --gate");

  CLI::App* merge = app.add_subcommand("merge", "Put the shards of a run together");
  merge->callback([&command] { command.verb = Command::Verb::merge; });
  merge->add_option("records", command.records, "The run.json of every shard")
      ->required()
      ->expected(1, 10'000);
  merge->add_option("-o,--out", command.out, "Folder for run.json, report.html and junit.xml")
      ->required();
  merge->footer(
      "Examples:\n"
      "  ackproof certify sqlite --seed 7 --shard 1/2 --out a\n"
      "  ackproof certify sqlite --seed 7 --shard 2/2 --out b\n"
      "  ackproof merge a/run.json b/run.json --out whole");
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
  add_comparisons(app, command);
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
