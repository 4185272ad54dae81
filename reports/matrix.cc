#include "reports/matrix.h"

#include <algorithm>
#include <map>

#include "contract/profiles.h"
#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWidth = 100;

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
  return counts;
}

std::string code_of(Conclusion conclusion) {
  if (conclusion == Conclusion::certified) return "\x1b[32m";
  return conclusion == Conclusion::not_certified ? "\x1b[31m" : "\x1b[33m";
}

// At most `width` bytes of one line of text, whole characters.
std::string shortened(const std::string& text, std::size_t width) {
  constexpr std::string_view kMore = "…";
  std::string line = readable_line(text);
  if (line.size() <= width) return line;
  std::size_t end = width - kMore.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + std::string(kMore);
}

// One line of the table, as cells.
struct Line {
  std::vector<std::string> cells;
  std::string rest;  // Behind the first cell, instead of the others.
  std::string code;  // The colour of the line.
};

Line line_of(const MatrixRow& row, const std::vector<const Profile*>& columns) {
  if (row.run == nullptr)
    return {{row.provider}, "not run: " + row.trouble, code_of(Conclusion::undecided)};
  const Run& run = *row.run;
  const Conclusion conclusion = judge(run).conclusion;
  Line line{{row.provider}, "", code_of(conclusion)};
  std::map<const Profile*, Count> counts = counts_of(run);
  for (const Profile* column : columns) {
    const Count count = counts[column];
    line.cells.push_back(
        count.asked == 0 ? "-" : std::to_string(count.passed) + "/" + std::to_string(count.asked));
  }
  line.cells.push_back(duration_name(run.took));
  line.cells.push_back(phrase(conclusion));
  line.cells.push_back(row.report);
  return line;
}

std::string drawn(const std::vector<Line>& lines, bool colour) {
  std::vector<std::size_t> widths(lines.front().cells.size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      widths[i] = std::max(widths[i], line.cells[i].size() + kGap);
    }
  }
  std::string out;
  for (const Line& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      text += line.cells[i] + std::string(widths[i] - line.cells[i].size(), ' ');
    }
    text += line.rest.empty() ? "" : shortened(line.rest, kWidth - widths[0]);
    text.erase(text.find_last_not_of(' ') + 1);
    out += colour && !line.code.empty() ? line.code + text + "\x1b[0m\n" : text + "\n";
  }
  return out;
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
  Line head{{"provider"}, "", ""};
  for (const Profile* column : columns) head.cells.emplace_back(column->name);
  for (const char* title : {"time", "verdict", "report"}) head.cells.emplace_back(title);
  std::vector<Line> lines = {head};
  for (const MatrixRow& row : rows) lines.push_back(line_of(row, columns));
  return drawn(lines, colour);
}

}  // namespace ackproof::reports
