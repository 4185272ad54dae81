// The command line of `certify`.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/cli.h"
#include "harness/cli/config.h"
#include "harness/stores/address.h"
#include "reports/render.h"

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
      shard.index > shard.count || shard.count > kMostShards) {
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
    for (const CLI::Option* other : option->get_excludes()) {
      if (other->count() == 0) continue;
      throw CLI::ValidationError(place + entry.key + " and " + other->get_name() +
                                 " exclude each other");
    }
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

void add_what_is_asked(CLI::App* certify, CertifyCommand& order) {
  certify->add_option("provider", order.providers,
                      "Names that `ackproof list providers` shows; all: every one of them");
  certify
      ->add_option("--profile", order.profiles,
                   "What to certify; several with commas. Default: all that is declared")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option("--level", order.level, "How hard to try: 1 functional, 2, 3, 4, or a name")
      ->capture_default_str();
  certify->add_option("--filter", order.filter,
                      "Only validations whose names match; globs with * and ?, with commas");
  certify
      ->add_option("--requirement", order.requirements,
                   "Only these clauses (LOCK_2) or areas (LOCK); several with commas")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option_function<std::string>(
      "--shard", [&order](const std::string& text) { order.shard = shard_from(text); },
      "Only the part I/N of the validations, to be put together with `ackproof merge`. Default: "
      "what GTEST_SHARD_INDEX and GTEST_TOTAL_SHARDS say");
  certify->add_option_function<std::uint64_t>(
      "--seed",
      [&order](const std::uint64_t& seed) {
        order.seed = seed;
        order.seed_given = true;
      },
      "Seed of everything random. Default: a new one, which is printed");
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
      "Only what did not pass in this run.json, with the seeds, clock and level it had. Without "
      "--out its reports are left in the folder rerun beside that file");
  // The record says all of this.
  for (const char* said : {"--profile", "--level", "--seed", "--filter", "--requirement", "--shard",
                           "--repeat", "--sequences", "--sequence-length"}) {
    rerun->excludes(said);
  }
}

void add_how_it_is_asked(CLI::App* certify, CertifyCommand& order) {
  certify
      ->add_option("-j,--jobs", order.jobs,
                   "Validations at a time. Default: one per core, in real time 16 per core")
      ->check(CLI::Range(1U, 1024U));
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
  certify->get_option("--clock")->excludes("--rerun-failed");
}

void add_what_comes_of_it(CLI::App* certify, CertifyCommand& order) {
  certify
      ->add_option(
          "-o,--out", order.out,
          "Folder for run.json and the reports; with several providers, one folder for each in "
          "it, and a page of all")
      ->capture_default_str();
  certify
      ->add_option("--format", order.formats,
                   "Reports beside run.json: html, junit, md, ctrf, sarif, tap, badge, text, or "
                   "all; several with commas. Default: html,junit")
      ->delimiter(',')
      ->allow_extra_args(false);
  certify->add_option(
      "--events", order.events,
      "File for one JSON object a line, as things happen; -: standard output, and what people read "
      "goes to standard error");
  certify->add_option(
      "--exemptions", order.exemptions,
      "A file that says which failures are known, for how long, and who mends them");
  certify->add_option("--baseline", order.baseline,
                      "A run.json to compare with; exits 6 when something became worse, is not "
                      "asked any more, or was asked less hard");
}

}  // namespace

void add_certify(CLI::App& app, Command& command) {
  CertifyCommand& order = command.certify;
  CLI::App* certify = app.add_subcommand("certify", "Run the suite against a provider and report");
  certify->callback([&command] { command.verb = Command::Verb::certify; });
  add_what_is_asked(certify, order);
  add_how_it_is_asked(certify, order);
  add_what_comes_of_it(certify, order);
  certify->add_option("--config", order.config,
                      "A file of options, as TOML: `repeat = 20`. What is typed here comes first");
  certify->footer(
      "Examples:\n"
      "  ackproof certify sqlite\n"
      "  ackproof certify sqlite --requirement LOCK --repeat 20\n"
      "  ackproof certify all\n"
      "  ackproof certify postgres --uri postgresql://ann@db/scratch\n"
      "  ackproof certify sqlite --rerun-failed ackproof-report/run.json");
}

void finish_certify(CLI::App& certify, CertifyCommand& order) {
  if (!order.config.empty()) take_config(certify, order.config);
  if (order.providers.empty()) throw CLI::RequiredError("provider");
  if (certify.count("--shard") == 0) take_gtest_shard(order.shard);
  // What it is about is not written over.
  if (!order.rerun_failed.empty() && certify.count("--out") == 0) {
    order.out = order.rerun_failed.parent_path() / reports::kRerunFolder;
  }
  order.effective = effective_options(certify);
  order.effective["out"] = order.out.string();
}

}  // namespace ackproof
