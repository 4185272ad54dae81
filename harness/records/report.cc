#include "harness/records/report.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <optional>
#include <set>

#include "harness/certify/providers.h"
#include "harness/files.h"
#include "harness/records/records.h"
#include "reports/formats.h"
#include "reports/judgement.h"
#include "reports/render.h"
#include "reports/run_json.h"
#include "reports/stress_forms.h"
#include "reports/stress_json.h"

namespace ackproof {

namespace {

namespace fs = std::filesystem;

Result<std::vector<Run>> read_records(const std::vector<fs::path>& records) {
  std::vector<Run> runs;
  for (const fs::path& record : records) {
    Result<Run> run = read_record(record);
    if (!run) return run.error();
    runs.push_back(std::move(run).value());
  }
  return runs;
}

// What a run is called among others: by its provider, and where that is not enough by what was tried, what was asked of
// it, and where.
std::string label_of(const Run& run, const std::vector<Run>& runs) {
  const auto differs = [&](const auto& part) {
    return std::ranges::any_of(runs, [&](const Run& other) {
      return other.provider == run.provider && part(other) != part(run);
    });
  };
  std::string label = run.provider;
  if (differs([](const Run& each) { return each.description.version; })) {
    label += " " + run.description.version;
  }
  if (differs([](const Run& each) { return each.selection.profiles; })) {
    for (const std::string& profile : run.selection.profiles) label += " " + profile;
  }
  if (differs([](const Run& each) { return each.selection.level; })) {
    label += " " + std::string(name(run.selection.level));
  }
  if (differs([](const Run& each) { return each.selection.clock; })) {
    label += " " + std::string(name(run.selection.clock));
  }
  if (differs([](const Run& each) { return each.environment.server; })) {
    label += " " + run.environment.server;
  }
  return label;
}

// Those that are still alike have the folders of their records, which whoever typed them knows.
std::vector<std::string> labels_of(const std::vector<Run>& runs,
                                   const std::vector<fs::path>& records) {
  std::vector<std::string> plain;
  for (const Run& run : runs) plain.push_back(label_of(run, runs));
  std::vector<std::string> labels = plain;
  const auto folder_of = [&](std::size_t i) { return records[i].parent_path().filename(); };
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t other = 0; other < runs.size(); ++other) {
      if (plain[i] != plain[other] || folder_of(i) == folder_of(other)) continue;
      labels[i] += " " + folder_of(i).string();
      break;
    }
  }
  return labels;
}

// Letters, digits and single dashes: a name of a folder, whatever a record says.
std::string safe_name(const std::string& label) {
  std::string name;
  for (const char c : label) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (is_plain) name += c;
    if (!is_plain && !name.empty() && name.back() != '-') name += '-';
  }
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "run" : name.substr(0, 100);
}

// A row for each run, no two with the same name. Where its reports are, if they are written: a folder of that name.
std::vector<reports::MatrixRow> rows_of(const std::vector<Run>& runs,
                                        const std::vector<fs::path>& records) {
  std::vector<reports::MatrixRow> rows;
  std::set<std::string> taken;
  const std::vector<std::string> labels = labels_of(runs, records);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string name = safe_name(labels[i]);
    std::string unique = name;
    for (int n = 2; !taken.insert(unique).second; ++n) unique = name + "-" + std::to_string(n);
    rows.push_back({unique, &runs[i], "", ""});
  }
  return rows;
}

// The document that was asked for, or a sentence why there is none.
Result<std::string> document(const std::vector<Run>& runs, const std::vector<fs::path>& records,
                             const std::string& name) {
  const Result<const reports::Format*> format = reports::find_format(name);
  if (!format) return format.error();
  if (runs.size() == 1) return format.value()->render(runs.front());
  if (format.value()->render_matrix == nullptr) {
    return Error{ErrorKind::invalid, "report",
                 "a document of the format " + name + " tells of one run, not of " +
                     std::to_string(runs.size())};
  }
  return format.value()->render_matrix(rows_of(runs, records));
}

int write_document(const std::vector<Run>& runs, const ReportCommand& command, int code) {
  const Result<std::string> text = document(runs, command.records, command.format);
  if (!text) return refuse(text.error().message, kUsage);
  if (command.out.empty() || command.out == "-") {
    std::cout << text.value() << std::flush;
    return code;
  }
  const Result<void> written = write_whole(command.out, text.value());
  return written ? code : refuse(written.error().message, kUsage);
}

// As `certify` leaves it: with several runs a folder for each, and a page of all.
Result<void> write_folder(const std::vector<Run>& runs, const std::vector<fs::path>& records,
                          const fs::path& folder) {
  const std::vector<std::string> usual = usual_formats();
  std::vector<reports::MatrixRow> rows = rows_of(runs, records);
  for (reports::MatrixRow& row : rows) {
    row.report = row.provider + "/report.html";
    const fs::path place = runs.size() == 1 ? folder : folder / row.provider;
    if (Result<void> ready = prepare_folder(place); !ready) return ready;
    if (Result<void> written = write_reports(*row.run, place, usual); !written) return written;
  }
  return runs.size() == 1 ? Result<void>() : write_matrix(rows, folder, usual);
}

int report_stress(const ReportCommand& command, const Stress& stress) {
  if (!command.format.empty()) {
    return refuse("--format is about records of runs, not about one of a load", kUsage);
  }
  if (!command.out.empty()) {
    Result<void> written = prepare_folder(command.out);
    if (written) {
      written = write_whole(command.out / "stress.html", reports::render_stress_html(stress));
    }
    if (!written) return refuse(written.error().message, kUsage);
  }
  for (const Stressed& stressed : stress.providers) {
    std::cout << (&stressed == &stress.providers.front() ? "" : "\n")
              << reports::render_stress_text(stress, stressed, false);
  }
  if (stress.providers.size() > 1) {
    std::cout << "\n" << reports::render_stress_table(stress, false);
  }
  return exit_code(verdict_on(stress));
}

// The record of a load, if the only record is one; a sentence if it is one that is damaged.
Result<std::optional<Stress>> read_load(const ReportCommand& command) {
  if (command.records.size() != 1) return std::optional<Stress>();
  const fs::path& record = command.records.front();
  const Result<std::string> text = read_whole(record);
  if (!text) return std::optional<Stress>();  // Whoever reads it as a run says why.
  if (reports::read_run(text.value())) return std::optional<Stress>();
  Result<Stress> stress = reports::read_stress(text.value());
  if (stress) return std::optional(std::move(stress).value());
  if (text.value().find(reports::kStressSchema) == std::string::npos)
    return std::optional<Stress>();
  return Error{ErrorKind::invalid, "read_stress",
               record.string() + " is not a record of a run: " + stress.error().message};
}

}  // namespace

std::vector<std::string> usual_formats() {
  return {std::begin(reports::kUsualFormats), std::end(reports::kUsualFormats)};
}

Result<std::vector<std::string>> formats_from(const std::vector<std::string>& names) {
  if (names.empty()) return usual_formats();
  std::vector<std::string> found;
  const auto add = [&found](std::string_view name) {
    if (std::ranges::find(found, name) == found.end()) found.emplace_back(name);
  };
  for (const std::string& name : names) {
    if (name == "all") {
      for (const reports::Format& format : reports::formats()) add(format.name);
      continue;
    }
    const Result<const reports::Format*> format = reports::find_format(name);
    if (!format) return format.error();
    add(name);
  }
  return found;
}

Result<void> write_reports(const Run& run, const fs::path& folder,
                           const std::vector<std::string>& formats) {
  if (Result<void> written = write_whole(folder / "run.json", reports::write_run(run)); !written)
    return written;
  for (const std::string& name : formats) {
    const reports::Format& format = *reports::find_format(name).value();
    if (Result<void> written = write_whole(folder / format.file, format.render(run)); !written)
      return written;
  }
  return {};
}

Result<void> write_matrix(const std::vector<reports::MatrixRow>& rows, const fs::path& folder,
                          const std::vector<std::string>& formats) {
  if (Result<void> ready = prepare_folder(folder); !ready) return ready;
  for (const std::string& name : formats) {
    const reports::Format& format = *reports::find_format(name).value();
    if (format.render_matrix == nullptr) continue;
    const Result<void> written =
        write_whole(folder / format.matrix_file, format.render_matrix(rows));
    if (!written) return written;
  }
  return {};
}

int report(const ReportCommand& command) {
  const Result<std::optional<Stress>> load = read_load(command);
  if (!load) return refuse(load.error().message, kUsage);
  if (load.value()) return report_stress(command, *load.value());
  const Result<std::vector<Run>> runs = read_records(command.records);
  if (!runs) return refuse(runs.error().message, kUsage);
  std::vector<int> codes;
  for (const Run& run : runs.value()) codes.push_back(exit_code(run, judge(run)));
  const int code = worst_of(codes);
  if (!command.format.empty()) return write_document(runs.value(), command, code);
  if (!command.out.empty()) {
    const Result<void> written = write_folder(runs.value(), command.records, command.out);
    if (!written) return refuse(written.error().message, kUsage);
  }
  std::cout << document(runs.value(), command.records, "text").value() << std::flush;
  return code;
}

}  // namespace ackproof
