#include "harness/cli/suggestion.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ackproof {

namespace {

constexpr std::size_t kMost = 3;

// How many letters have to be put in, taken out or replaced (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

// A slip in every fourth letter, or a whole part of the name.
bool is_near(std::string_view typed, std::string_view name, std::size_t slips) {
  constexpr std::size_t kShortestPart = 4;
  const bool is_part = typed.size() >= kShortestPart && name.find(typed) != std::string_view::npos;
  return is_part || slips <= std::max<std::size_t>(1, typed.size() / 4);
}

}  // namespace

std::string suggestion(std::string_view typed, const std::vector<std::string>& names) {
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string& name : names) {
    const std::size_t slips = distance(typed, name);
    if (!typed.empty() && is_near(typed, name, slips)) near.emplace_back(slips, name);
  }
  std::ranges::sort(near);
  near.resize(std::min(near.size(), kMost));
  std::string text;
  for (std::size_t i = 0; i < near.size(); ++i) {
    text += i == 0 ? "; did you mean " : i + 1 == near.size() ? " or " : ", ";
    text += "'" + std::string(near[i].second) + "'";
  }
  return text.empty() ? text : text + "?";
}

}  // namespace ackproof
