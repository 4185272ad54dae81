// Several providers side by side, made from their records.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reports/run.h"

namespace ackproof::reports {

struct MatrixRow {
  std::string provider;
  const Run* run = nullptr;  // Null: there was no run.
  std::string trouble;       // Why there was none, a sentence.
  std::string
      report;  // Where its report is, as it is to be shown; a link from the page. Empty: nowhere.
};

// A table: for each profile that was asked of anybody how many of the validations that it adds passed, the time, the
// conclusion and the report. "-" stands for a profile that was not asked of that provider.
std::string render_matrix(const std::vector<MatrixRow>& rows, bool colour);

// A page like that of one run: every clause against every provider, with links to their reports.
std::string render_matrix_html(const std::vector<MatrixRow>& rows);

// The same for the summary of a step.
std::string render_matrix_markdown(const std::vector<MatrixRow>& rows);

// What a run says of one clause.
struct Cell {
  std::string
      outcome;  // The worst of what was asked: "failed", "missing", "not_applicable"; "untried": nothing was put.
  std::uint64_t passed = 0;
  std::uint64_t asked = 0;         // Planned and applicable.
  std::set<std::string> outcomes;  // All that occur.
  std::string words() const;       // "2 of 3 passed, 1 failed" in short: "failed, 2 of 3 passed".
};

// By clause; a clause outside the selection has none.
std::map<std::string, Cell> cells_of(const Run& run);

}  // namespace ackproof::reports
