#include "tests/reports/sample_folder.h"

#include <filesystem>
#include <fstream>

#include "reports/matrix.h"
#include "reports/render.h"
#include "tests/reports/sample_run.h"
#include "tests/support/command.h"

namespace ackproof::reports {

namespace {

// Every clause of the profile at every level, some of which went wrong.
Run long_run(const std::string& provider) {
  Run run = certified_run(Level::resilient);
  run.provider = provider;
  for (std::size_t i = 0; i < run.verdicts.size(); ++i) {
    Verdict& verdict = run.verdicts[i];
    verdict.took = Duration((i * 7'919) % 1'500);
    if (i % 50 == 3) verdict.outcome = Outcome::inconclusive;
    if (i % 60 == 7) verdict.outcome = Outcome::failed;
    if (verdict.outcome != Outcome::passed) verdict.reason = "a reason that says why";
  }
  return run;
}

}  // namespace

const std::vector<std::string>& sample_pages() {
  static const std::vector<std::string> kPages = {"sample/report.html",    "hostile/report.html",
                                                  "certified/report.html", "large/report.html",
                                                  "empty/report.html",     "index.html"};
  return kPages;
}

std::string write_sample_pages() {
  const std::string folder = testing_support::fresh_folder();
  const auto write = [&folder](const std::string& name, const std::string& text) {
    const std::filesystem::path file = std::filesystem::path(folder) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  };
  const std::vector<Run> runs = {sample_run(), hostile_run(), certified_run(),
                                 long_run("a_provider_with_a_rather_long_name"), Run()};
  std::vector<MatrixRow> rows;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string& page = sample_pages()[i];
    write(page, render_html(runs[i]));
    rows.push_back({runs[i].provider.empty() ? "empty" : runs[i].provider, &runs[i], "", page});
  }
  rows.push_back(
      {"postgres", nullptr, "PostgreSQL is not installed: apt-get install postgresql", ""});
  write("index.html", render_matrix_html(rows));
  return folder;
}

}  // namespace ackproof::reports
