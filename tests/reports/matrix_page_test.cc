// The page of several providers, as text.
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "reports/matrix.h"
#include "tests/reports/sample_folder.h"
#include "tests/reports/sample_run.h"
#include "tests/support/command.h"

namespace ackproof::reports {
namespace {

using testing_support::read_file;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Three providers: one that keeps everything, one that does not, one that was not asked.
std::vector<MatrixRow> rows(const Record& whole, const Record& sample) {
  return {{"memory", &whole, "", "memory/report.html"},
          {"sqlite", &sample, "", "sqlite/report.html"},
          {"postgres", nullptr, "PostgreSQL is not installed: apt-get install postgresql", ""}};
}

TEST(MatrixPage, the_samples_are_as_in_the_golden_files) {
  const Record whole = certified_run();
  const Record sample = sample_run();

  EXPECT_EQ(differs_from_golden("matrix_sample.html", render_matrix_html(rows(whole, sample))), "");
  EXPECT_EQ(differs_from_golden("matrix_sample.md", render_matrix_markdown(rows(whole, sample))),
            "");
}

TEST(MatrixPage, every_mark_leads_to_a_place_that_is_there) {
  const std::string folder = write_sample_pages();
  const std::string page = read_file(folder + "/index.html");
  const std::regex link("href=\"\\./([^\"#]+)(?:#([^\"]+))?\"");
  std::map<std::string, std::string> targets;
  std::size_t number = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), link), end; at != end; ++at, ++number) {
    std::string& target = targets[(*at)[1]];
    if (target.empty()) target = read_file(folder + "/" + std::string((*at)[1]));
    const std::string place =
        (*at)[2].matched ? " id=\"" + std::string((*at)[2]) + "\"" : "<!doctype html>";
    EXPECT_NE(target.find(place), std::string::npos) << (*at)[0];
  }
  EXPECT_GT(number, 200U);
}

TEST(MatrixPage, a_cell_is_as_bad_as_the_worst_of_its_validations) {
  const std::map<std::string, Cell> cells = cells_of(sample_run());

  EXPECT_EQ(cells.at("ACK_1").outcome, "missing");
  EXPECT_EQ(cells.at("ACK_1").words(), "missing, 3 of 4 passed");
  EXPECT_EQ(cells.at("LOCK_2").outcome, "failed");
  EXPECT_EQ(cells.at("TURN_7").words(), "not tried");
  EXPECT_EQ(cells.at("SESS_1").outcome, "missing") << "of its two repetitions one was not told";
  EXPECT_FALSE(cells.contains("KV_1"));
}

// Every pair of outcomes, in both orders.
TEST(MatrixPage, nothing_hides_behind_something_better) {
  const Outcome all[] = {Outcome::passed,         Outcome::failed,       Outcome::crashed,
                         Outcome::timed_out,      Outcome::inconclusive, Outcome::broken,
                         Outcome::not_applicable, Outcome::exempted};
  for (const Outcome one : all) {
    for (const Outcome other : all) {
      Record run;
      run.clauses = {{"LOCK_2", Force::must, 2, ""}};
      run.verdicts = {verdict("a", "LOCK_2", one), verdict("b", "LOCK_2", other)};
      const Cell cell = cells_of(run).at("LOCK_2");
      const bool is_fine = one == Outcome::passed && other == Outcome::passed;
      const bool is_partly_asked = (one == Outcome::passed && other == Outcome::not_applicable) ||
                                   (one == Outcome::not_applicable && other == Outcome::passed);
      EXPECT_EQ(cell.outcome == "passed", is_fine || is_partly_asked)
          << name(one) << " " << name(other);
      EXPECT_TRUE(cell.outcomes.contains(std::string(name(one))));
      EXPECT_TRUE(cell.outcomes.contains(std::string(name(other))));
    }
  }
}

TEST(MatrixPage, what_comes_from_a_provider_cannot_become_markup) {
  Record run = hostile_run();
  run.provider = run.description.version = run.description.store_version = run.started_at =
      "</script><b onclick='x'>&\"";
  const std::string page = render_matrix_html(
      {{run.provider, &run, "", "javascript:alert(1)"}, {run.provider, nullptr, run.provider, ""}});

  EXPECT_FALSE(has(page, "<b onclick"));
  EXPECT_FALSE(has(page, "\"javascript:"));
}

}  // namespace
}  // namespace ackproof::reports
