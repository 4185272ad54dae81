#include "reports/markdown_text.h"

#include <algorithm>

#include "reports/markup.h"

namespace ackproof::reports::markdown {

namespace {

// Backquotes, one more than the longest row of them in the text, and at least so many.
std::string fence_for(std::string_view text, std::size_t least) {
  std::size_t longest = 0;
  std::size_t row = 0;
  for (const char c : text) {
    row = c == '`' ? row + 1 : 0;
    longest = std::max(longest, row);
  }
  return std::string(std::max(longest + 1, least), '`');
}

std::string escaped(std::string_view line) {
  std::string safe;
  for (const char c : line) {
    if (std::string_view("\\`*_[]<>&|~#!").find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

}  // namespace

std::string text(std::string_view text) { return escaped(readable_line(text)); }

std::string prose(std::string_view all) {
  std::string out;
  while (!all.empty()) {
    const std::size_t open = all.find('`');
    const std::size_t close = open == all.npos ? all.npos : all.find('`', open + 1);
    if (close == all.npos) break;
    out += text(all.substr(0, open)) + code(all.substr(open + 1, close - open - 1));
    all.remove_prefix(close + 1);
  }
  return out + text(all);
}

std::string code(std::string_view text) {
  std::string line = readable_line(text);
  if (line.empty()) return {};
  const std::string fence = fence_for(line, 1);
  for (std::size_t at = line.find('|'); at != std::string::npos; at = line.find('|', at + 2)) {
    line.insert(at, "\\");  // Tables are cut into cells before code is recognised.
  }
  const std::string pad = line.front() == '`' || line.back() == '`' ? " " : "";
  return fence + pad + line + pad + fence;
}

std::string block(std::string_view text, std::string_view language) {
  std::string body = readable(text);
  while (body.ends_with('\n')) body.pop_back();
  const std::string fence = fence_for(body, 3);
  return fence + std::string(language) + "\n" + body + "\n" + fence + "\n";
}

std::string shortened(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  const std::size_t left_out = text.size() - end;
  text.resize(end);
  return text + "\n… " + std::to_string(left_out) + " more bytes in report.html";
}

}  // namespace ackproof::reports::markdown
