// The report as GitHub Flavored Markdown, small enough for the summary of a step: evidence as long as there is room,
// then names; every validation is in the last table, whatever was left out before it.
#include <algorithm>
#include <map>

#include "reports/entries.h"
#include "reports/markdown_text.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

using markdown::block;
using markdown::code;
using markdown::prose;
using markdown::shortened;
using markdown::text;

constexpr std::size_t kRoom = 1'000'000;  // A step's summary takes 1 MiB.
constexpr std::size_t kRoomForEvidence = 500'000;
constexpr std::size_t kRoomForOne = 8'000;

std::string row(std::initializer_list<std::string> cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string head(const Run& run, const Judgement& judgement) {
  const Selection& asked = run.selection;
  std::string all = "# " + text(provider_name(run)) + ": " + phrase(judgement.conclusion) + "\n\n" +
                    text(judgement.sentence) + "\n\n" + counts_name(judgement) + ".\n\n";
  all += row({"", ""}) + "|---|---|\n";
  all += row({"Store", text(run.description.store_version)});
  if (!run.environment.server.empty()) all += row({"Server", text(run.environment.server)});
  all += row({"Selection", text(selection_name(asked))});
  all += row({"Clock, seed", text(clock_name(asked.clock) + ", " + std::to_string(asked.seed))});
  all += row({"When", text(run.started_at + ", took " + duration_name(run.took))});
  all += row({"Suite",
              text("ackproof " + run.suite.version + ", contract " + run.suite.contract_version)});
  return all + row({"Command", code(run.command)}) + "\n";
}

std::string sentences(const std::string& title, const std::vector<std::string>& all) {
  if (all.empty()) return {};
  std::string out = "## " + title + "\n\n";
  for (const std::string& sentence : all) out += "- " + text(sentence) + "\n";
  return out + "\n";
}

std::string area_table(const Run& run) {
  std::string all = row({"Area", "", "asked", "passed", "not passed"}) + "|---|---|--:|--:|--:|\n";
  for (const Area& area : areas(run)) {
    if (area.verdicts.empty()) continue;
    all += row({text(area.id), text(area.title), std::to_string(area.asked()),
                std::to_string(area.passed()), std::to_string(area.asked() - area.passed())});
  }
  return all + "\n";
}

std::string findings(const Verdict& verdict) {
  std::string all;
  for (const Failure& failure : verdict.failures) {
    all += (all.empty() ? "" : "\n\n") + failure.text;
    if (!failure.file.empty()) all += "\nat " + failure.file + ":" + std::to_string(failure.line);
  }
  return all;
}

std::string evidence(const Run& run, const Entry& entry) {
  const Requirement& clause = requirement_of(entry.requirement);
  std::string all = "### " + code(entry.name) + " " + words(entry.outcome) + "\n\n**" +
                    text(entry.requirement) + "** (" + std::string(name(clause.force)) +
                    "): " + prose(clause.text) + "\n\n";
  if (entry.verdict == nullptr) return all + text(entry.message) + "\n\n";
  const Verdict& verdict = *entry.verdict;
  if (!verdict.reason.empty())
    all += "Reason: " + text(shortened(verdict.reason, kRoomForOne)) + "\n\n";
  for (const std::string& retry : retry_lines(verdict)) {
    all += "- Asked again, " + text(shortened(retry, kRoomForOne)) + "\n";
  }
  if (!verdict.retries.empty()) all += "\n";
  if (!verdict.failures.empty()) all += block(shortened(findings(verdict), kRoomForOne)) + "\n";
  if (!clause.why.empty()) all += "Why it matters: " + prose(clause.why) + "\n\n";
  if (!clause.mend.empty())
    all += "How it is usually broken and mended: " + prose(clause.mend) + "\n\n";
  return all + block(reproduce_command(run, verdict), "sh") + "\n";
}

std::string not_passed(const Run& run, const std::vector<Entry>& entries) {
  std::string all;
  std::size_t left_out = 0;
  for (const Entry& entry : entries) {
    if (entry.requirement.empty() || entry.grade < Grade::accepted) continue;
    const std::string one = evidence(run, entry);
    if (all.size() + one.size() > kRoomForEvidence) {
      ++left_out;
    } else {
      all += one;
    }
  }
  if (all.empty() && left_out == 0) return {};
  if (left_out > 0)
    all += "The evidence of " + count(left_out, "more validation") + " is in report.html.\n\n";
  return "## What did not pass\n\n" + all;
}

// What came of all repetitions of a validation.
struct Line {
  const Entry* first;
  Grade worst = Grade::passed;
  std::map<std::string, std::uint64_t> outcomes;
};

std::vector<Line> lines_of(const std::vector<Entry>& entries) {
  std::vector<Line> all;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const Entry& entry : entries) {
    if (entry.requirement.empty()) continue;
    const std::string validation =
        entry.verdict == nullptr ? entry.name : entry.verdict->validation;
    const auto [place, is_new] = places.try_emplace({entry.requirement, validation}, all.size());
    if (is_new) all.push_back({&entry, Grade::passed, {}});
    Line& line = all[place->second];
    line.worst = std::max(line.worst, entry.grade);
    ++line.outcomes[entry.outcome];
  }
  std::ranges::stable_sort(all, std::ranges::greater(),
                           [](const Line& line) { return line.worst > Grade::not_asked; });
  return all;
}

std::string outcome_cell(const Line& line) {
  if (line.first->verdict == nullptr) return text(line.first->message);
  if (line.outcomes.size() == 1 && line.outcomes.begin()->second == 1) {
    const bool has_reason = line.worst == Grade::not_asked;
    return words(line.outcomes.begin()->first) +
           (has_reason ? ": " + text(line.first->message) : "");
  }
  std::string cell;
  for (const auto& [outcome, number] : line.outcomes) {
    cell += (cell.empty() ? "" : ", ") + std::to_string(number) + " " + words(outcome);
  }
  return cell;
}

std::string every_validation(const std::vector<Entry>& entries, std::size_t room) {
  const std::vector<Line> lines = lines_of(entries);
  std::string all = "<details><summary>Every validation</summary>\n\n" +
                    row({"Clause", "Validation", "Outcome"}) + "|---|---|---|\n";
  std::size_t told = 0;
  for (const Line& line : lines) {
    const std::string name =
        line.first->verdict == nullptr ? line.first->name : line.first->verdict->validation;
    const std::string next = row({text(line.first->requirement), code(name), outcome_cell(line)});
    if (all.size() + next.size() > room) break;
    all += next;
    ++told;
  }
  if (told < lines.size())
    all += "\nAnd " + count(lines.size() - told, "more line") + " in report.html.\n";
  return all + "\n</details>\n";
}

}  // namespace

std::string render_markdown(const Run& run) {
  const Judgement judgement = judge(run);
  const std::vector<Entry> all = entries(run, judgement);
  std::string page = head(run, judgement);
  page += sentences("Obstacles", judgement.obstacles) + sentences("Remarks", judgement.remarks);
  if (page.size() > kRoom / 4) page = shortened(page, kRoom / 4) + "\n\n";
  page += area_table(run) + not_passed(run, all);
  return page + every_validation(all, kRoom - page.size());
}

}  // namespace ackproof::reports
