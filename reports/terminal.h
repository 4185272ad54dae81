// Lines of text for a terminal, with colours if they are wanted.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

#include "reports/markup.h"

namespace ackproof::reports {

inline constexpr std::size_t kTerminalWidth = 100;
inline constexpr std::string_view kGap = "  \xC2\xB7  ";  // A middle dot.

enum class Ink { plain, bold, dim, red, green, yellow };

class Terminal {
 public:
  explicit Terminal(bool colour) : colour_(colour) {}

  std::string in(Ink ink, const std::string& text) const {
    if (!colour_ || ink == Ink::plain) return text;
    return std::string(code(ink)) + text + "\x1b[0m";
  }
  void line(const std::string& text = {}) { out_ += text + "\n"; }

  // `text` from column `indent` on, broken between words; the first line begins with `head`.
  void paragraph(const std::string& head, std::string_view text, std::size_t indent) {
    std::istringstream words{readable_line(text)};
    std::string current = head;
    current.resize(std::max(indent, head.size()), ' ');
    bool is_fresh = true;
    for (std::string word; words >> word;) {
      if (!is_fresh && current.size() + 1 + word.size() > kTerminalWidth) {
        line(current);
        current.assign(indent, ' ');
        is_fresh = true;
      }
      current += (is_fresh ? "" : " ") + word;
      is_fresh = false;
    }
    line(current);
  }

  std::string take() { return std::move(out_); }

 private:
  static std::string_view code(Ink ink) {
    switch (ink) {
      case Ink::bold:
        return "\x1b[1m";
      case Ink::dim:
        return "\x1b[2m";
      case Ink::red:
        return "\x1b[31m";
      case Ink::green:
        return "\x1b[32m";
      case Ink::yellow:
        return "\x1b[33m";
      case Ink::plain:
        break;
    }
    return {};
  }

  bool colour_;
  std::string out_;
};

}  // namespace ackproof::reports
