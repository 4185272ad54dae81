// Texts as stores misspell them.
#pragma once

#include <cctype>
#include <string>

namespace ackproof {

inline std::string as_it_is(std::string text) { return text; }

inline std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

inline std::string without_trailing_spaces(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

inline std::string cut_to_255(std::string text) { return text.substr(0, 255); }

// Everything beyond the first plane becomes a question mark.
inline std::string in_three_bytes(std::string text) {
  std::string spelt;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_wide = static_cast<unsigned char>(text[at]) >= 0xF0;
    spelt += is_wide ? '?' : text[at];
    if (is_wide) at += 3;
  }
  return spelt;
}

inline std::string until_nul(std::string text) { return text.substr(0, text.find('\0')); }

}  // namespace ackproof
