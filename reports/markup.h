// Text from a provider made safe to show: on a terminal, in XML, in HTML.
//
// Whatever is not a string literal is escaped by `markup()`, so that forgetting is not possible.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace ackproof::reports {

// `text` as valid UTF-8 without control characters but line feed and tab: the others become their
// pictures (U+2400…), invalid bytes and invisible direction marks U+FFFD.
std::string readable(std::string_view text);

// The same on one line.
std::string readable_line(std::string_view text);

// Readable, with the five characters escaped that mean something in XML and HTML.
std::string escaped(std::string_view text);

// A path as part of a URI: what is more than letters, digits and "/._-~+" is escaped.
std::string uri_of(std::string_view path);

// A piece of XML or HTML.
struct Markup {
  std::string text;
  Markup& operator+=(const Markup& more) {
    text += more.text;
    return *this;
  }
};

namespace markup_detail {

template <std::size_t size>
void append(std::string& out, const char (&literal)[size]) {
  out.append(literal, size - 1);
}
inline void append(std::string& out, const Markup& markup) { out += markup.text; }
inline void append(std::string& out, const std::string& text) { out += escaped(text); }
inline void append(std::string& out, std::string_view text) { out += escaped(text); }
template <std::integral Number>
void append(std::string& out, Number number) {
  out += std::to_string(number);
}

}  // namespace markup_detail

// The parts in a row: literals and markup as they are, strings escaped, numbers as digits.
template <class... Parts>
Markup markup(const Parts&... parts) {
  Markup joined;
  (markup_detail::append(joined.text, parts), ...);
  return joined;
}

}  // namespace ackproof::reports
