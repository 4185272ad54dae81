#include "reports/markup.h"

#include <algorithm>
#include <cstdio>

#include "contract/rules.h"

namespace ackproof::reports {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

// The character that `text` begins with, or nothing when these bytes are none.
std::string_view first_character(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (rules::is_text(text.substr(0, length))) return text.substr(0, length);
  }
  return {};
}

// U+2400 and following: the picture of a control character.
std::string picture(unsigned char control) {
  const unsigned offset = control == 0x7F ? 0x21 : control;
  return {'\xE2', '\x90', static_cast<char>(0x80 + offset)};
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

// Whether a character must not be shown: U+0080 to U+009F, marks that turn the direction of
// writing, U+FFFE and U+FFFF, which XML forbids.
bool is_unshowable(std::string_view character) {
  return (character >= "\xC2\x80" && character <= "\xC2\x9F") ||
         (character >= "\xE2\x80\xAA" && character <= "\xE2\x80\xAE") ||
         (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9") ||
         character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

}  // namespace

std::string readable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (is_control(lead)) {
      shown += lead == '\n' || lead == '\t' ? std::string(1, text.front()) : picture(lead);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view character = first_character(text);
    shown += character.empty() || is_unshowable(character) ? kReplacement : character;
    text.remove_prefix(std::max<std::size_t>(character.size(), 1));
  }
  return shown;
}

std::string readable_line(std::string_view text) {
  std::string line = readable(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : readable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        std::isalnum(byte) != 0 || std::string_view("/._-~+").find(c) != std::string_view::npos;
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", byte);
    uri += is_plain ? std::string(1, c) : escape;
  }
  return uri;
}

}  // namespace ackproof::reports
