#include "harness/records/records.h"

#include <algorithm>
#include <iostream>
#include <system_error>

#include "harness/authors/todo.h"
#include "harness/certify/providers.h"
#include "harness/files.h"
#include "harness/records/report.h"
#include "reports/comparison.h"
#include "reports/exemptions.h"
#include "reports/judgement.h"
#include "reports/render.h"
#include "reports/run_json.h"
#include "reports/shards.h"
#include "reports/wording.h"

namespace ackproof {

std::string records_instead_of(const std::filesystem::path& file) {
  std::error_code none;
  if (std::filesystem::exists(file, none)) return {};
  std::vector<std::string> found;
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::filesystem::path record = entry.path() / file.filename();
    if (std::filesystem::exists(record, none)) found.push_back(record.string());
  }
  std::ranges::sort(found);
  return found.empty() ? "" : "; there is " + reports::list(found);
}

Result<Run> read_record(const std::filesystem::path& file) {
  const Result<std::string> text = read_whole(file);
  if (!text) {
    Error error = text.error();
    error.message += records_instead_of(file);
    return error;
  }
  Result<Run> run = reports::read_run(text.value());
  if (run) return run;
  return Error{ErrorKind::invalid, "read_run",
               file.string() + " is not a record of a run: " + run.error().message};
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

int merge(const Command& command) {
  std::vector<Run> shards;
  std::vector<std::string> names;
  for (const std::filesystem::path& file : command.records) {
    Result<Run> run = read_record(file);
    if (!run) return refuse(run.error().message, kUsage);
    shards.push_back(std::move(run).value());
    names.push_back(file.string());
  }
  const Result<Run> whole = reports::merge(shards, names);
  if (!whole) return refuse(whole.error().message, kUsage);
  if (const Result<void> ready = prepare_folder(command.out); !ready) {
    return refuse(ready.error().message, kUsage);
  }
  if (const Result<void> written = write_reports(whole.value(), command.out, usual_formats());
      !written) {
    return refuse(written.error().message, kBroken);
  }
  std::cout << reports::render_text(whole.value(), false);
  for (const std::string& sentence : wrong_exemptions(whole.value())) {
    refuse(sentence, kBadExemption);
  }
  return exit_code(whole.value(), judge(whole.value()));
}

int compare_with(const Run& before, const Run& run, std::ostream& people, int code) {
  const reports::Comparison comparison = reports::compare(before, run);
  people << reports::render_comparison(comparison);
  return comparison.is_worse() ? worst_of({code, kRegressed}) : code;
}

}  // namespace ackproof
