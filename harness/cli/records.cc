// The command line of what is about records of earlier runs.
#include <CLI/CLI.hpp>

#include "harness/cli/app.h"
#include "harness/cli/cli.h"

namespace ackproof {

namespace {

void add_report(CLI::App& app, Command& command) {
  ReportCommand& order = command.report;
  CLI::App* report = app.add_subcommand(
      "report", "Tell again what run.json or stress.json says; of several runs, side by side");
  report->callback([&command] { command.verb = Command::Verb::report; });
  report->add_option("records", order.records, "One run.json or several, or one stress.json")
      ->required();
  report->add_option("--format", order.format,
                     "One document: html, junit, md, ctrf, sarif, tap, badge or text; of several "
                     "records html, md or text");
  report->add_option(
      "-o,--out", order.out,
      "With --format the file, -: standard output; else a folder for the other forms");
  report->footer(
      "Examples:\n"
      "  ackproof report ackproof-report/run.json\n"
      "  ackproof report run.json --format sarif --out report.sarif\n"
      "  ackproof report a/run.json b/run.json --out both");
}

void add_diff(CLI::App& app, Command& command) {
  CLI::App* diff = app.add_subcommand("diff", "What became better or worse between two runs");
  diff->callback([&command] { command.verb = Command::Verb::diff; });
  diff->add_option("records", command.records, "The earlier run.json, and the later one")
      ->required()
      ->expected(2);
  diff->add_flag("--gate", command.gate,
                 "Exit with 6 when something became worse, is not asked any more, or was asked "
                 "less hard: fewer repetitions, fewer or shorter sequences");
  diff->footer("Examples:\n  ackproof diff main/run.json ackproof-report/run.json --gate");
}

void add_merge(CLI::App& app, Command& command) {
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

void add_record_commands(CLI::App& app, Command& command) {
  add_report(app, command);
  add_diff(app, command);
  add_merge(app, command);
}

}  // namespace ackproof
