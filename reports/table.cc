#include "reports/table.h"

#include <algorithm>
#include <string_view>

#include "reports/markup.h"

namespace ackproof::reports {

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWidth = 100;

// At most `width` bytes of one line of text, whole characters.
std::string shortened(const std::string& text, std::size_t width) {
  constexpr std::string_view kMore = "…";
  std::string line = readable_line(text);
  if (line.size() <= width) return line;
  std::size_t end = width - kMore.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.substr(0, end) + std::string(kMore);
}

// In characters, as a terminal counts.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cell(const std::string& text, std::size_t width, Side side) {
  const std::string space(width - width_of(text), ' ');
  return side == Side::left ? text + space : space + text;
}

}  // namespace

std::string draw_table(const std::vector<TableLine>& lines, const std::vector<Side>& sides,
                       bool colour) {
  const auto side_of = [&](std::size_t i) { return i < sides.size() ? sides[i] : Side::left; };
  std::vector<std::size_t> widths(lines.front().cells.size());
  for (const TableLine& line : lines) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(line.cells[i]));
    }
  }
  std::string out;
  for (const TableLine& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      text += cell(line.cells[i], widths[i], side_of(i)) + std::string(kGap, ' ');
    }
    text += line.rest.empty() ? "" : shortened(line.rest, kWidth - widths[0] - kGap);
    text.erase(text.find_last_not_of(' ') + 1);
    out += colour && !line.code.empty() ? line.code + text + "\x1b[0m\n" : text + "\n";
  }
  return out;
}

}  // namespace ackproof::reports
