// TAP version 14. Every line can be read by itself: the plan comes first, what was not asked is a SKIP and what somebody
// accepts a "# TODO", which no consumer may count as passed. The last point is the run itself.
#include <nlohmann/json.hpp>

#include "reports/entries.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

// One line in which nothing begins a directive.
std::string plain(std::string_view text) {
  std::string safe;
  for (const char c : readable_line(text)) {
    if (c == '\\' || c == '#') safe += '\\';
    safe += c;
  }
  return safe;
}

// A string of JSON is one of YAML 1.2.
std::string quoted(const std::string& text) {
  return nlohmann::json(readable(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string list_of(const char* key, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  std::string lines = std::string("  ") + key + ":\n";
  for (const std::string& item : items) lines += "    - " + quoted(item) + "\n";
  return lines;
}

std::string findings(const Verdict& verdict) {
  if (verdict.failures.empty()) return {};
  std::string lines = "  findings:\n";
  for (const Failure& failure : verdict.failures) {
    lines += "    - text: " + quoted(failure.text) + "\n";
    if (failure.file.empty()) continue;
    lines += "      at: " + quoted(failure.file + ":" + std::to_string(failure.line)) + "\n";
  }
  return lines;
}

std::string diagnostics(const Run& run, const Judgement& judgement, const Entry& entry) {
  if (entry.grade == Grade::passed || entry.grade == Grade::not_asked) return {};
  std::string lines =
      "  ---\n  outcome: " + entry.outcome + "\n  message: " + quoted(entry.message) + "\n";
  if (!entry.requirement.empty()) {
    const Requirement& clause = requirement_of(entry.requirement);
    lines += "  requirement: " + quoted(entry.requirement) +
             "\n  force: " + std::string(name(clause.force)) +
             "\n  text: " + quoted(std::string(clause.text)) +
             "\n  why: " + quoted(std::string(clause.why)) + "\n";
  } else {
    lines += list_of("obstacles", judgement.obstacles);
  }
  if (entry.verdict != nullptr) {
    lines += findings(*entry.verdict) + list_of("retries", retry_lines(*entry.verdict)) +
             list_of("calls", entry.verdict->calls) +
             "  reproduce: " + quoted(reproduce_command(run, *entry.verdict)) + "\n";
  }
  return lines + "  ...\n";
}

std::string point(const Entry& entry, std::size_t number) {
  const bool is_ok = entry.grade == Grade::passed || entry.grade == Grade::not_asked;
  const std::string clause = entry.requirement.empty() ? "" : plain(entry.requirement) + " ";
  std::string line = std::string(is_ok ? "ok " : "not ok ") + std::to_string(number) + " - " +
                     clause + plain(entry.name);
  if (entry.grade == Grade::not_asked) line += " # SKIP " + plain(entry.message);
  if (entry.grade == Grade::accepted) line += " # TODO " + plain(entry.message);
  return line + "\n";
}

}  // namespace

std::string render_tap(const Run& run) {
  const Judgement judgement = judge(run);
  const std::vector<Entry> all = entries(run, judgement);
  std::string text = "TAP version 14\n1.." + std::to_string(all.size()) + "\n# " +
                     plain(provider_name(run)) + ", " + plain(selection_name(run.selection)) +
                     ", " + clock_name(run.selection.clock) + ", seed " +
                     std::to_string(run.selection.seed) + ", ackproof " + plain(run.suite.version) +
                     "\n";
  for (const std::string& remark : judgement.remarks) text += "# " + plain(remark) + "\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += point(all[i], i + 1) + diagnostics(run, judgement, all[i]);
  }
  return text + "# " + plain(counts_name(judgement)) + "\n# " + plain(judgement.sentence) + "\n";
}

}  // namespace ackproof::reports
