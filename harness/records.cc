#include "harness/records.h"

#include <iostream>

#include "harness/files.h"
#include "harness/todo.h"
#include "reports/comparison.h"
#include "reports/judgement.h"
#include "reports/render.h"
#include "reports/run_json.h"
#include "reports/shards.h"
#include "reports/stress_forms.h"
#include "reports/stress_json.h"

namespace ackproof {

namespace {

int refuse(const std::string& sentence, int code) {
  std::cerr << "ackproof: " << sentence << "\n";
  return code;
}

Error no_record(const std::filesystem::path& file, const Error& why) {
  return {ErrorKind::invalid, "read_run",
          file.string() + " is not a record of a run: " + why.message};
}

// Files as pairs of name and content. An exit code, or 0.
int write_forms(const Command& command,
                const std::vector<std::pair<const char*, std::string>>& forms) {
  if (command.out.empty()) return 0;
  if (const Result<void> ready = prepare_folder(command.out); !ready) {
    return refuse(ready.error().message, kUsage);
  }
  for (const auto& [file, content] : forms) {
    const Result<void> written = write_whole(command.out / file, content);
    if (!written) return refuse(written.error().message, kBroken);
  }
  return 0;
}

int report_run(const Command& command, const Run& run) {
  const int code = write_forms(command, {{"report.html", reports::render_html(run)},
                                         {"junit.xml", reports::render_junit(run)}});
  if (code != 0) return code;
  std::cout << reports::render_text(run, false);
  return exit_code(run, judge(run));
}

int report_stress(const Command& command, const Stress& stress) {
  const int code = write_forms(command, {{"stress.html", reports::render_stress_html(stress)}});
  if (code != 0) return code;
  for (const Stressed& stressed : stress.providers) {
    std::cout << (&stressed == &stress.providers.front() ? "" : "\n")
              << reports::render_stress_text(stress, stressed, false);
  }
  if (stress.providers.size() > 1) {
    std::cout << "\n" << reports::render_stress_table(stress, false);
  }
  return exit_code(verdict_on(stress));
}

}  // namespace

Result<Run> read_record(const std::filesystem::path& file) {
  const Result<std::string> text = read_whole(file);
  if (!text) return text.error();
  Result<Run> run = reports::read_run(text.value());
  if (run) return run;
  return no_record(file, run.error());
}

Result<void> write_reports(const Run& run, const std::filesystem::path& folder) {
  const std::pair<const char*, std::string> files[] = {
      {"run.json", reports::write_run(run)},
      {"report.html", reports::render_html(run)},
      {"junit.xml", reports::render_junit(run)},
  };
  for (const auto& [file, text] : files) {
    if (Result<void> written = write_whole(folder / file, text); !written) return written;
  }
  return {};
}

int report(const Command& command) {
  const Result<std::string> text = read_whole(command.record);
  if (!text) return refuse(text.error().message, kUsage);
  const Result<Run> run = reports::read_run(text.value());
  if (run) return report_run(command, run.value());
  const Result<Stress> stress = reports::read_stress(text.value());
  if (stress) return report_stress(command, stress.value());
  // What is wrong with it is told by the reader that it was meant for.
  const bool is_stress = text.value().find(reports::kStressSchema) != std::string::npos;
  return refuse(no_record(command.record, is_stress ? stress.error() : run.error()).message, kUsage);
}

int show_todo(const Command& command, const std::string& program) {
  const Result<Run> run = read_record(command.record);
  if (!run) return refuse(run.error().message, kUsage);
  std::cout << todo(run.value(), {program, command.record.string()});
  return exit_code(run.value(), judge(run.value()));
}

int diff(const Command& command) {
  const Result<Run> before = read_record(command.records.at(0));
  if (!before) return refuse(before.error().message, kUsage);
  const Result<Run> after = read_record(command.records.at(1));
  if (!after) return refuse(after.error().message, kUsage);
  if (before.value().provider != after.value().provider) {
    return refuse(command.records.at(0).string() + " is about " + before.value().provider +
                      ", and " + command.records.at(1).string() + " about " +
                      after.value().provider,
                  kUsage);
  }
  const reports::Comparison comparison = reports::compare(before.value(), after.value());
  std::cout << reports::render_comparison(comparison);
  return command.gate && comparison.is_worse() ? kRegressed : kCertified;
}

int merge(const Command& command, const std::string& typed) {
  std::vector<Run> shards;
  std::vector<std::string> names;
  for (const std::filesystem::path& file : command.records) {
    Result<Run> run = read_record(file);
    if (!run) return refuse(run.error().message, kUsage);
    shards.push_back(std::move(run).value());
    names.push_back(file.string());
  }
  const Result<Run> whole = reports::merge(shards, names, typed);
  if (!whole) return refuse(whole.error().message, kUsage);
  if (const Result<void> ready = prepare_folder(command.out); !ready) {
    return refuse(ready.error().message, kUsage);
  }
  if (const Result<void> written = write_reports(whole.value(), command.out); !written) {
    return refuse(written.error().message, kBroken);
  }
  std::cout << reports::render_text(whole.value(), false);
  return exit_code(whole.value(), judge(whole.value()));
}

int compare_with(const std::filesystem::path& baseline, const Run& run, int code) {
  const Result<Run> before = read_record(baseline);
  if (!before) return refuse(before.error().message, kUsage);
  const reports::Comparison comparison = reports::compare(before.value(), run);
  std::cout << "\nSince " << baseline.string() << "\n\n" << reports::render_comparison(comparison);
  return comparison.is_worse() && code != kInterrupted ? kRegressed : code;
}

}  // namespace ackproof
