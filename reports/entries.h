// What a run says as one flat list, which is all that the formats of other tools know: every planned validation, also
// those that have no verdict, and at the end the run itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/judgement.h"
#include "reports/run.h"

namespace ackproof::reports {

// What an outcome is worth, from best to worst. No format may make it better.
enum class Grade : std::uint8_t {
  passed,
  not_asked,  // Not applicable: nothing is known.
  accepted,   // Exempted: it failed, and somebody accepts that.
  undecided,  // Inconclusive, broken or missing.
  refuted,    // Failed, crashed, timed out, or flaky.
};

Grade grade(Outcome outcome);
Grade grade(
    Conclusion conclusion);  // A part that passed is passed; its name says that it is a part.

inline constexpr std::string_view kMissingName = "missing_verdicts";
inline constexpr std::string_view kRunName = "verdict";

struct Entry {
  std::string name;  // Of the validation, "… #2" of its second repetition; or one of the above.
  std::string requirement;  // Empty: the run itself.
  Grade grade = Grade::undecided;
  std::string outcome;  // As the record calls it: "timed_out"; "missing"; a conclusion.
  std::string message;  // Why, on one line; empty when passed.
  std::string story;    // All there is to say, on many lines; empty when passed or not asked.
  const Verdict* verdict = nullptr;  // Null: the run itself, or verdicts that are missing.
};

// In the order of the record. The verdicts that a clause misses are one entry, behind the others; the run is the last.
std::vector<Entry> entries(const Run& run, const Judgement& judgement);

}  // namespace ackproof::reports
