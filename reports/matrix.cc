#include "reports/matrix.h"

#include <algorithm>
#include <map>

#include "contract/profiles.h"
#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/table.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

// The profile that brings a clause in. The others are counted by what they add to core.
const Profile* profile_of(const std::string& requirement) {
  const Requirement& clause = requirement_of(requirement);
  const auto found = std::ranges::find_if(
      profiles(), [&](const Profile& profile) { return includes(profile, clause); });
  return found == profiles().end() ? nullptr : &*found;
}

struct Count {
  std::uint64_t asked = 0;
  std::uint64_t passed = 0;
};

std::map<const Profile*, Count> counts_of(const Run& run) {
  std::map<const Profile*, Count> counts;
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.outcome == Outcome::not_applicable) continue;
    Count& count = counts[profile_of(verdict.requirement)];
    ++count.asked;
    count.passed += verdict.outcome == Outcome::passed ? 1 : 0;
  }
  for (const Clause& clause : run.clauses) {
    const std::uint64_t missing = missing_of(run, clause);
    if (missing > 0) counts[profile_of(clause.requirement)].asked += missing;
  }
  return counts;
}

std::string code_of(Conclusion conclusion) {
  if (conclusion == Conclusion::certified) return "\x1b[32m";
  return conclusion == Conclusion::not_certified ? "\x1b[31m" : "\x1b[33m";
}

TableLine line_of(const MatrixRow& row, const std::vector<const Profile*>& columns) {
  if (row.run == nullptr)
    return {
        {readable_line(row.provider)}, "not run: " + row.trouble, code_of(Conclusion::undecided)};
  const Run& run = *row.run;
  const Conclusion conclusion = judge(run).conclusion;
  TableLine line{{readable_line(row.provider)}, "", code_of(conclusion)};
  std::map<const Profile*, Count> counts = counts_of(run);
  for (const Profile* column : columns) {
    const Count count = counts[column];
    line.cells.push_back(
        count.asked == 0 ? "-" : std::to_string(count.passed) + "/" + std::to_string(count.asked));
  }
  line.cells.push_back(duration_name(run.took));
  line.cells.push_back(phrase(conclusion));
  line.cells.push_back(readable_line(row.report));
  return line;
}

}  // namespace

std::string render_matrix(const std::vector<MatrixRow>& rows, bool colour) {
  std::vector<const Profile*> columns;
  for (const Profile& profile : profiles()) {
    const bool is_asked = std::ranges::any_of(rows, [&](const MatrixRow& row) {
      return row.run != nullptr && counts_of(*row.run).contains(&profile);
    });
    if (is_asked) columns.push_back(&profile);
  }
  TableLine head{{"provider"}, "", ""};
  for (const Profile* column : columns) head.cells.emplace_back(column->name);
  for (const char* title : {"time", "verdict", "report"}) head.cells.emplace_back(title);
  std::vector<TableLine> lines = {head};
  for (const MatrixRow& row : rows) lines.push_back(line_of(row, columns));
  return draw_table(lines, {}, colour);
}

}  // namespace ackproof::reports
