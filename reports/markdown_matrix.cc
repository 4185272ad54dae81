// Several providers in Markdown: what came of each, and the clauses that do not hold everywhere.
#include "contract/requirements.h"
#include "reports/judgement.h"
#include "reports/markdown_text.h"
#include "reports/matrix.h"
#include "reports/wording.h"

namespace ackproof::reports {

using markdown::code;
using markdown::text;

namespace {

constexpr std::size_t kRoom = 1'000'000;  // A step's summary takes 1 MiB.

std::string provider_row(const MatrixRow& row) {
  if (row.run == nullptr)
    return "| " + code(row.provider) + " | not run: " + text(row.trouble) + " | | | |\n";
  const Run& run = *row.run;
  const Judgement judgement = judge(run);
  return "| " + code(row.provider) + " | **" + phrase(judgement.conclusion) + "** | " +
         text(selection_name(run.selection)) + " | " + counts_name(judgement) + " | " +
         duration_name(run.took) + " |\n";
}

// One line for each clause: of those that passed with everybody who was asked, or of the others.
std::string clause_rows(const std::vector<std::map<std::string, Cell>>& columns, bool is_passed) {
  std::string rows;
  for (const Requirement& clause : requirements()) {
    std::string cells;
    std::size_t asked = 0;
    std::size_t passed = 0;
    for (const auto& column : columns) {
      const auto found = column.find(std::string(clause.id));
      cells += " " + (found == column.end() ? std::string() : found->second.words()) + " |";
      asked += found == column.end() ? 0 : 1;
      passed += found != column.end() && found->second.outcome == "passed" ? 1 : 0;
    }
    if (asked > 0 && (passed == asked) == is_passed) {
      rows +=
          "| " + text(clause.id) + " | " + std::string(name(clause.force)) + " |" + cells + "\n";
    }
  }
  return rows;
}

}  // namespace

std::string render_matrix_markdown(const std::vector<MatrixRow>& rows) {
  std::string page =
      "# " + count(rows.size(), "provider") +
      "\n\n| Provider | Verdict | Selection | Validations | Time |\n|---|---|---|---|---|\n";
  std::vector<std::map<std::string, Cell>> columns;
  std::string head = "| Clause | |";
  std::string line = "|---|---|";
  for (const MatrixRow& row : rows) {
    page += provider_row(row);
    if (row.run == nullptr) continue;
    columns.push_back(cells_of(*row.run));
    head += " " + code(row.provider) + " |";
    line += "---|";
  }
  head += "\n" + line + "\n";
  const std::string others = clause_rows(columns, false);
  const std::string passed = clause_rows(columns, true);
  if (!others.empty())
    page += "\n## Clauses that did not pass with everybody who was asked\n\n" + head + others;
  const std::string rest =
      "\n<details><summary>Clauses that passed with everybody who was asked</summary>\n\n" + head +
      passed + "\n</details>\n";
  return passed.empty() || page.size() + rest.size() > kRoom ? page : page + rest;
}

}  // namespace ackproof::reports
