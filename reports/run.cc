#include "reports/run.h"

#include <algorithm>
#include <array>

namespace ackproof {

namespace {

constexpr auto kOutcomes =
    std::to_array<std::string_view>({"passed", "failed", "crashed", "timed_out", "inconclusive",
                                     "broken", "not_applicable", "exempted", "flaky"});

}  // namespace

std::string_view name(Outcome outcome) {
  const auto index = static_cast<std::size_t>(outcome);
  return index < kOutcomes.size() ? kOutcomes[index] : "?";
}

std::string_view name(Exemption::Mode mode) {
  return mode == Exemption::Mode::known_failing ? "known-failing" : "known-flaky";
}

std::optional<Outcome> find_outcome(std::string_view name) {
  const auto found = std::ranges::find(kOutcomes, name);
  if (found == kOutcomes.end()) return std::nullopt;
  return static_cast<Outcome>(found - kOutcomes.begin());
}

}  // namespace ackproof
