// Values that get lost on the way, and sizes that are tried.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/types.h"

namespace ackproof {

inline constexpr std::uint64_t kMiB = 1U << 20U;
// Limits are tried up to here; what lies above is not tried (CAP_3).
inline constexpr std::uint64_t kLargestTried = 64 * kMiB;
// The same for limits that are counted in items, each of which costs a few dozen bytes.
inline constexpr std::uint64_t kMostTried = 20'000;

// Texts that stores mistake for something else, all different as bytes. Neighbours are easily taken
// for one another.
inline std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts = {
      // Case, spaces, control characters.
      "Order", "order", "ORDER", "order ", " order", "order\t", "order\n", "order\r\n", " ", "  ",
      "\n", "\x01", "\x7F",
      // Normal forms and characters that look or fold alike.
      "caf\u00E9", "cafe\u0301", "cafe", "CAF\u00C9", "stra\u00DFe", "strasse", "\uFB01n", "fin",
      "\uFF21", "A", "a", "i", "I", "\u0131", "\u0130", "\u212A", "k", "\u200Bk", "\uFEFFk",
      "\u03C3", "\u03C2", "\u202Eedoc",
      // Three and four bytes a character, and the last of all characters.
      "\u6F22\u5B57", "\U0001F600", "\U0001F601", "\U0001F468\u200D\U0001F469", "\U00010000",
      "\U0010FFFF", "\uFFFF", "\uFFFD",
      // Prefixes and numbers.
      "i1", "i10", "i", "9", "10", "010", "10.0", "1e1", "0x0A", "-1", "9223372036854775807",
      "9223372036854775808", "9007199254740993", "9007199254740992",
      // Words and syntax of other languages.
      "null", "NULL", "nil", "None", "NaN", "Infinity", "true", "false", "undefined", "''", "'",
      "''''", "\"", "\"\"", "`", "x' OR '1'='1", "'; DROP TABLE instances; --", "/* x */", "%",
      "%%", "_", "order_1", "orderX1", "order%", "100%", "\\", "\\\\", "\\'", "\\n", "\\u0041",
      "\\x00", "%s%n%d", "%00", "&lt;", "<b>", "$1", "?1", ":name", "${x}", "$(x)", "{x}", "{}",
      "[]", "{\"a\":1}", "{\"a\": 1}", "[1,2]", "\"text\"", "*", "?", "[a-z]", "order*", "a,b",
      "a;b", "a=b", "a&b", "a#b", "a|b",
      // Paths and compound keys.
      "/", "//", ".", "..", "../x", "a/b", "a//b", "a/./b", "a\\b", "C:\\x", "~", "-rf", "a:b",
      "a:1", "a", "a:1:1", "a.b", "con",
      "a\x1F"
      "b",
      "a\x1E"
      "b"};
  // The longest, and two of them that differ in their last byte only.
  texts.push_back(std::string(kLongestId, 'x'));
  texts.push_back(std::string(kLongestId - 1, 'x') + "y");
  texts.push_back(std::string(kLongestId - 1, 'x'));
  std::string wide;
  while (wide.size() < kLongestId) wide += "\U0001F600";
  texts.push_back(wide);
  std::ranges::sort(texts);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

// What is no text: invalid UTF-8, or with U+0000 in it. All are short.
inline std::vector<std::string> texts_that_are_none() {
  return {"\xFF",
          "gpu\x80",
          "\xC0\xAF",
          "\xED\xA0\x80",
          "\xE2\x82",
          "\xF4\x90\x80\x80",
          "caf\xE9",
          std::string(1, '\0'),
          std::string("gpu\0", 4),
          std::string("gpu\0cpu", 7),
          std::string("\0gpu", 4)};
}

// Payloads that get lost in C strings, text columns and re-encodings.
inline std::vector<Bytes> hostile_payloads() {
  Bytes all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  return {"",
          all,
          Bytes(all.rbegin(), all.rend()),
          Bytes(1, '\0'),
          Bytes(1'000, '\0'),
          Bytes("before\0after", 12),
          Bytes("end\0", 4),
          "\x80",
          "\xC0\xAF",
          "\xED\xA0\x80",
          "\xF0\x9F\x98",
          "\xFF\xFE",
          "\xEF\xBB\xBFmarked",
          " \t\r\n",
          "line\r\nline\n",
          "null",
          "{\"b\":1.0, \"a\":9007199254740993, \"a\":1e400}",
          "\"\\ud800\"",
          "'; DELETE FROM messages; --",
          "\\x00"};
}

// Bytes that are all different from their neighbours, the same for the same size.
inline Bytes noise(std::uint64_t size) {
  Bytes bytes;
  bytes.reserve(size + sizeof size);
  for (std::uint64_t word = size; bytes.size() < size;
       word = word * 6'364'136'223'846'793'005U + 1) {
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

// Whether two values are equal, without printing megabytes when they are not.
template <class T>
testing::AssertionResult same(const T& actual, const T& expected) {
  if (actual == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "it came back changed";
}

}  // namespace ackproof
