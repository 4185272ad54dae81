#include <algorithm>

#include "reports/entries.h"
#include "reports/matrix.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

// From what says nothing to what says the worst.
constexpr std::string_view kWorse[] = {"untried",   "not_applicable", "passed", "exempted",
                                       "missing",   "inconclusive",   "broken", "flaky",
                                       "timed_out", "crashed",        "failed"};

const std::string& worse(const std::string& one, const std::string& other) {
  const auto* const first = std::ranges::find(kWorse, one);
  const auto* const second = std::ranges::find(kWorse, other);
  return first < second ? other : one;
}

}  // namespace

std::string Cell::words() const {
  if (outcome == "untried") return "not tried";
  if (asked == 0) return reports::words(outcome);
  const std::string counts = std::to_string(passed) + " of " + std::to_string(asked) + " passed";
  return outcome == "passed" ? counts : reports::words(outcome) + ", " + counts;
}

std::map<std::string, Cell> cells_of(const Run& run) {
  std::map<std::string, Cell> cells;
  for (const Clause& clause : run.clauses) cells[clause.requirement].outcome = "untried";
  for (const Verdict& verdict : run.verdicts) {
    Cell& cell = cells[verdict.requirement];
    const std::string outcome(name(verdict.outcome));
    cell.outcome = worse(cell.outcome.empty() ? "untried" : cell.outcome, outcome);
    cell.outcomes.insert(outcome);
    if (verdict.outcome == Outcome::not_applicable) continue;
    ++cell.asked;
    cell.passed += verdict.outcome == Outcome::passed ? 1 : 0;
  }
  for (const Clause& clause : run.clauses) {
    const std::uint64_t missing = missing_of(run, clause);
    if (missing == 0) continue;
    Cell& cell = cells[clause.requirement];
    cell.outcome = worse(cell.outcome, "missing");
    cell.outcomes.insert("missing");
    cell.asked += missing;
  }
  return cells;
}

}  // namespace ackproof::reports
