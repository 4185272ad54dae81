// What a run amounts to. Computed from the record each time, never stored as a claim.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reports/run.h"

namespace ackproof {

enum class Conclusion : std::uint8_t {
  certified,      // Every planned validation of the whole selection passed, no MUST clause was left
                  // out.
  not_certified,  // At least one validation refutes a MUST clause, or a profile is not fully
                  // declared.
  undecided,  // Nothing refuted, but something was inconclusive, broken, missing or interrupted, or an
              // exemption is wrong.
  partial,  // Everything asked passed, but only a part of the profiles was asked.
};

std::string_view name(Conclusion conclusion);

struct Judgement {
  Conclusion conclusion = Conclusion::undecided;
  std::string sentence;                // "sqlite 1.0.0 is certified: core, level 1 functional."
  std::vector<std::string> obstacles;  // Each a sentence; empty when certified.
  std::vector<std::string> remarks;  // Failed SHOULD clauses, clauses not tried for want of a hook.
  bool has_wrong_exemption = false;  // The obstacles say which.
  bool is_exempted = false;  // Not certified, and nothing stands in the way but what is exempted.
  std::uint64_t planned = 0;
  std::uint64_t missing = 0;             // Planned, but without a verdict.
  std::array<std::uint64_t, 9> count{};  // Per outcome; with `missing` their sum is `planned`.
  std::uint64_t of(Outcome outcome) const { return count[static_cast<std::size_t>(outcome)]; }
};

// The clause does not hold: failed, crashed, timed out or flaky; also if an exemption accepts that.
bool refutes(const Verdict& verdict);
bool refutes(Outcome outcome);

// How many verdicts on the clause were planned and are not there.
std::uint64_t missing_of(const Run& run, const Clause& clause);

// The verdict on the whole run. A clause failed if any of its validations in any repetition did.
Judgement judge(const Run& run);

// The process exit code for it: 0 certified, partial, or exempted in all that failed; 1 not certified, 3 undecided, 4 an
// exemption is wrong, 130 interrupted.
int exit_code(const Run& run, const Judgement& judgement);

}  // namespace ackproof
