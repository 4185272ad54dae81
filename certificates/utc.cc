#include "certificates/utc.h"

#include <cstdio>

namespace ackproof::certificates {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::string_view kForm = "0000-00-00T00:00:00Z";  // A digit for each 0.

bool has_form(std::string_view text) {
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return false;
  }
  return true;
}

unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
  return value;
}

}  // namespace

std::string write_utc(sys_seconds time) {
  const sys_days day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

std::optional<sys_seconds> read_utc(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto at = [&](std::size_t from, std::size_t size) {
    return number(text.substr(from, size));
  };
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(at(0, 4))),
                                         std::chrono::month(at(5, 2)), std::chrono::day(at(8, 2)));
  if (!date.ok() || at(11, 2) > 23 || at(14, 2) > 59 || at(17, 2) > 59) return std::nullopt;
  return sys_days(date) + std::chrono::hours(at(11, 2)) + std::chrono::minutes(at(14, 2)) +
         std::chrono::seconds(at(17, 2));
}

}  // namespace ackproof::certificates
