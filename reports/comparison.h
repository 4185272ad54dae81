// Two runs of the same suite side by side: what became better or worse between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/run.h"

namespace ackproof::reports {

enum class Trend : std::uint8_t {
  regressed,  // It passed, and does not any more; or it did not, and what it comes to now is worse.
  fresh,      // It was not asked before, and does not pass.
  removed,    // It was asked, and is not any more.
  still_failing,  // It did not pass, and still does not.
  fixed,          // It did not pass, and does now.
  added,          // It was not asked before, and passes.
};

std::string_view name(Trend trend);  // "new" of `fresh`

struct Change {
  std::string validation;
  std::string requirement;
  Trend trend = Trend::added;
  std::optional<Outcome> before;  // The worst of its repetitions; nothing: it was not asked.
  std::optional<Outcome> after;
  bool operator==(const Change&) const = default;
};

struct Comparison {
  std::vector<Change> changes;  // By trend in the order above, then in the order of the records.
  std::uint64_t still_passing = 0;  // Validations that passed and pass.
  std::vector<std::string>
      remarks;  // What else differs and may explain it: versions, profiles, clocks. Sentences.

  bool is_incomplete = false;  // The later run was interrupted, or misses verdicts.
  bool is_eased = false;       // It asked fewer times, or fewer or shorter sequences.

  std::uint64_t of(Trend trend) const;
  // Something is worse than before, or is not looked at any more, or not as hard. What an exemption accepts is not.
  bool is_worse() const;
};

// By validation. One that is not applicable counts as not asked.
Comparison compare(const Run& before, const Run& after);

// For the terminal: what became worse first, and a line of counts at the end.
std::string render_comparison(const Comparison& comparison);

}  // namespace ackproof::reports
