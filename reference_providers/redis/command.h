// A command for the server, or a part of one, in the form in which it is sent.
//
// Numbers, times and optional values are written as the scripts read them (lua/store.lua).
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "contract/types.h"

namespace ackproof::redis {

// An execution number, an event id or an activity id, so that the order of the texts is that of the
// numbers.
inline std::string padded(std::uint64_t number) {
  constexpr std::size_t kDigits = 19;
  const std::string digits = std::to_string(number);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

// Lua's numbers, and the scores of sorted sets, are exact up to here: 285,000 years.
inline std::int64_t within_lua(std::int64_t milliseconds) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 53U;
  return std::clamp(milliseconds, -kEnd, kEnd);
}

class Command {
 public:
  Command() = default;
  Command(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) add(word);
  }

  Command& add(std::string_view text) {
    ++count_;
    wire_ += '$';
    wire_ += std::to_string(text.size());
    wire_ += "\r\n";
    wire_ += text;
    wire_ += "\r\n";
    return *this;
  }
  Command& add_count(std::uint64_t number) { return add(std::to_string(number)); }
  Command& add_id(std::uint64_t id) { return add(padded(id)); }
  Command& add_flag(bool flag) { return add(flag ? "1" : "0"); }
  Command& add(Duration duration) { return add(std::to_string(within_lua(duration.count()))); }
  Command& add(Time time) {
    return add(std::to_string(within_lua(time.time_since_epoch().count())));
  }
  Command& add_optional(const std::optional<std::string>& text) {
    return add(text ? "=" + *text : "");
  }
  Command& add_optional(const std::optional<Time>& time) {
    return add(time ? "=" + std::to_string(within_lua(time->time_since_epoch().count())) : "");
  }

  std::size_t count() const { return count_; }
  const std::string& wire() const { return wire_; }

 private:
  std::size_t count_ = 0;
  std::string wire_;  // The words, each with its length.
};

}  // namespace ackproof::redis
