#include "reports/entries.h"

#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

std::string message(const Verdict& verdict) {
  if (!verdict.reason.empty()) return readable_line(verdict.reason);
  if (verdict.failures.empty()) return phrase(verdict.outcome);
  return readable_line(verdict.failures.front().text);
}

std::string clause_text(const std::string& requirement) {
  const Requirement& clause = requirement_of(requirement);
  return requirement + ": " + std::string(clause.text) +
         "\nWhy it matters: " + std::string(clause.why) + "\n";
}

// What a person needs who sees only the log of the continuous integration.
std::string story(const Run& run, const Verdict& verdict) {
  std::string text = clause_text(verdict.requirement);
  if (!verdict.reason.empty()) text += "\nReason: " + verdict.reason + "\n";
  for (const Failure& failure : verdict.failures) {
    text += "\n" + failure.text + "\n";
    if (!failure.file.empty())
      text += "at " + failure.file + ":" + std::to_string(failure.line) + "\n";
  }
  if (!verdict.retries.empty()) text += "\nAsked again:\n";
  for (const std::string& retry : retry_lines(verdict)) text += "  " + retry + "\n";
  if (!verdict.calls.empty()) text += "\nLast calls:\n";
  for (const std::string& call : verdict.calls) text += "  " + call + "\n";
  return text + "\nReproduce: " + reproduce_command(run, verdict) + "\n";
}

Entry entry_of(const Run& run, const Verdict& verdict) {
  Entry entry;
  entry.name = verdict_name(verdict);
  entry.requirement = verdict.requirement;
  entry.grade = grade(verdict.outcome);
  entry.outcome = name(verdict.outcome);
  entry.verdict = &verdict;
  if (entry.grade != Grade::passed) entry.message = message(verdict);
  if (is_not_passed(verdict)) entry.story = story(run, verdict);
  return entry;
}

Entry missing_entry(const Clause& clause, std::uint64_t missing) {
  Entry entry;
  entry.name = kMissingName;
  entry.requirement = clause.requirement;
  entry.outcome = "missing";
  entry.message = count(missing, "verdict") + (missing == 1 ? " is" : " are") + " missing";
  entry.story =
      clause_text(clause.requirement) + "\n" + entry.message + ": planned, and nothing is known.\n";
  return entry;
}

Entry run_entry(const Judgement& judgement) {
  Entry entry;
  entry.name = kRunName;
  entry.grade = judgement.is_exempted ? Grade::accepted : grade(judgement.conclusion);
  entry.outcome = name(judgement.conclusion);
  if (entry.grade == Grade::passed) return entry;
  entry.message = readable_line(judgement.sentence);
  entry.story = judgement.sentence + "\n";
  for (const std::string& obstacle : judgement.obstacles) entry.story += "- " + obstacle + "\n";
  return entry;
}

}  // namespace

Grade grade(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return Grade::passed;
    case Outcome::not_applicable:
      return Grade::not_asked;
    case Outcome::exempted:
      return Grade::accepted;
    case Outcome::inconclusive:
    case Outcome::broken:
      return Grade::undecided;
    case Outcome::failed:
    case Outcome::crashed:
    case Outcome::timed_out:
    case Outcome::flaky:
      break;
  }
  return Grade::refuted;
}

Grade grade(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
    case Conclusion::partial:
      return Grade::passed;
    case Conclusion::undecided:
      return Grade::undecided;
    case Conclusion::not_certified:
      break;
  }
  return Grade::refuted;
}

std::vector<Entry> entries(const Run& run, const Judgement& judgement) {
  std::vector<Entry> all;
  for (const Verdict& verdict : run.verdicts) all.push_back(entry_of(run, verdict));
  for (const Clause& clause : run.clauses) {
    const std::uint64_t missing = missing_of(run, clause);
    if (missing > 0) all.push_back(missing_entry(clause, missing));
  }
  all.push_back(run_entry(judgement));
  return all;
}

}  // namespace ackproof::reports
