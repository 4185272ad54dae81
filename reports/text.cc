// The summary on the terminal. The conclusion stands last, where the eye is when the run ends.
#include <algorithm>
#include <sstream>

#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/terminal.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

constexpr std::size_t kShownCalls = 12;

Ink ink(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return Ink::green;
    case Outcome::failed:
    case Outcome::crashed:
    case Outcome::timed_out:
    case Outcome::flaky:
      return Ink::red;
    case Outcome::not_applicable:
      return Ink::dim;
    case Outcome::inconclusive:
    case Outcome::broken:
    case Outcome::exempted:
      break;
  }
  return Ink::yellow;
}

Ink ink(Conclusion conclusion) {
  if (conclusion == Conclusion::certified) return Ink::green;
  return conclusion == Conclusion::not_certified ? Ink::red : Ink::yellow;
}

std::string left(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

void header(const Run& run, Terminal& out) {
  const Selection& asked = run.selection;
  out.line(out.in(Ink::bold, readable_line(provider_name(run))) + std::string(kGap) +
           readable_line(run.description.store_version) + std::string(kGap) + "ackproof " +
           readable_line(run.suite.version) + std::string(kGap) + "contract " +
           readable_line(run.suite.contract_version));
  if (!run.environment.server.empty()) {
    out.line("server: " + readable_line(run.environment.server));
  }
  out.line(readable_line(selection_name(asked)) + std::string(kGap) + clock_name(asked.clock) +
           std::string(kGap) + "seed " + std::to_string(asked.seed) + std::string(kGap) +
           readable_line(run.started_at) + std::string(kGap) + duration_name(run.took));
  if (!asked.filter.empty()) out.line("only validations like " + readable_line(asked.filter));
  if (!asked.requirements.empty()) {
    out.line("only clauses of " + readable_line(list(asked.requirements)));
  }
  if (asked.shard.count > 1) {
    out.line("shard " + std::to_string(asked.shard.index) + " of " +
             std::to_string(asked.shard.count));
  }
  if (asked.sequences != kSequences || asked.sequence_length != kSequenceLength) {
    out.line(count(asked.sequences, "random sequence") + " of " +
             count(asked.sequence_length, "call") + ", where " + std::to_string(kSequences) +
             " of " + std::to_string(kSequenceLength) + " are asked for");
  }
  out.line();
}

void table(const Run& run, Terminal& out) {
  const auto row = [](const std::string& area, const std::string& title, const std::string& asked,
                      const std::string& passed, const std::string& other) {
    return left(area, 8) + left(title, 26) + right(asked, 7) + right(passed, 9) + right(other, 13);
  };
  out.line(out.in(Ink::dim, row("area", "", "asked", "passed", "not passed")));
  std::uint64_t asked = 0;
  std::uint64_t passed = 0;
  for (const Area& area : areas(run)) {
    if (area.verdicts.empty()) continue;
    const std::uint64_t other = area.asked() - area.passed();
    const std::string text = row(area.id, std::string(area.title), std::to_string(area.asked()),
                                 std::to_string(area.passed()), std::to_string(other));
    out.line(out.in(other > 0 ? Ink::red : Ink::plain, readable_line(text)));
    asked += area.asked();
    passed += area.passed();
  }
  out.line(
      row("", "", std::to_string(asked), std::to_string(passed), std::to_string(asked - passed)));
}

void finding(const Failure& failure, Terminal& out) {
  std::istringstream lines{readable(failure.text)};
  for (std::string line; std::getline(lines, line);) out.line("    " + line);
  if (!failure.file.empty()) {
    out.line(out.in(Ink::dim,
                    "    at " + readable_line(failure.file) + ":" + std::to_string(failure.line)));
  }
}

void last_calls(const Verdict& verdict, Terminal& out) {
  if (verdict.calls.empty()) return;
  out.line(out.in(Ink::dim, "  last calls"));
  const std::size_t left_out = verdict.calls.size() - std::min(verdict.calls.size(), kShownCalls);
  if (left_out > 0) {
    out.line(out.in(Ink::dim, "    … " + std::to_string(left_out) + " more in report.html"));
  }
  for (std::size_t i = left_out; i < verdict.calls.size(); ++i) {
    out.line("    " + readable_line(verdict.calls[i]));
  }
}

// All that there is to say about a validation that did not pass.
void block(const Run& run, const Verdict& verdict, Terminal& out) {
  const Requirement& clause = requirement_of(verdict.requirement);
  out.line();
  out.line(out.in(ink(verdict.outcome), phrase(verdict.outcome)) + "  " +
           out.in(Ink::bold, readable_line(verdict_name(verdict))));
  out.paragraph("  " + readable_line(verdict.requirement) + " ", clause.text, 2);
  out.paragraph("  Why it matters: ", clause.why, 2);
  if (!verdict.reason.empty()) out.paragraph("  Reason: ", verdict.reason, 2);
  if (!verdict.failures.empty()) out.line(out.in(Ink::dim, "  findings"));
  for (const Failure& failure : verdict.failures) finding(failure, out);
  if (!verdict.retries.empty()) out.line(out.in(Ink::dim, "  asked again"));
  for (const std::string& retry : retry_lines(verdict)) out.paragraph("    ", retry, 4);
  last_calls(verdict, out);
  out.line(out.in(Ink::dim, "  reproduce"));
  out.line("    " + readable_line(reproduce_command(run, verdict)));
}

void counts(const Judgement& judgement, Terminal& out) {
  out.line();
  out.line(counts_name(judgement));
}

void sentences(std::string_view title, const std::vector<std::string>& all, Terminal& out) {
  if (all.empty()) return;
  out.line();
  out.line(out.in(Ink::dim, std::string(title)));
  for (const std::string& sentence : all) out.paragraph("  - ", sentence, 4);
}

}  // namespace

std::string render_text(const Run& run, bool colour) {
  const Judgement judgement = judge(run);
  Terminal out(colour);
  header(run, out);
  table(run, out);
  for (const Verdict& verdict : run.verdicts) {
    if (is_not_passed(verdict)) block(run, verdict, out);
  }
  counts(judgement, out);
  sentences("remarks", judgement.remarks, out);
  sentences("obstacles", judgement.obstacles, out);
  out.line();
  out.line(out.in(ink(judgement.conclusion), readable_line(judgement.sentence)));
  return out.take();
}

}  // namespace ackproof::reports
