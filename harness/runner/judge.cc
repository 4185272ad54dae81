#include "harness/runner/judge.h"

#include <cstring>

#include "reports/run_json.h"

namespace ackproof {

Verdict blank_verdict(const PlannedRow& row, std::uint64_t run_seed) {
  Verdict verdict;
  verdict.validation = row.validation->name;
  verdict.requirement = row.validation->proves.id;
  verdict.level = row.validation->level;
  verdict.repetition = row.repetition;
  verdict.seed = run_seed + row.repetition - 1;
  if (!row.not_applicable.empty()) {
    verdict.outcome = Outcome::not_applicable;
    verdict.reason = row.not_applicable;
  }
  return verdict;
}

Verdict verdict_of(const PlannedRow& row, std::uint64_t run_seed, const Trial& trial) {
  Verdict verdict = blank_verdict(row, run_seed);
  switch (trial.outcome) {
    case Trial::Outcome::passed:
      verdict.outcome = Outcome::passed;
      break;
    case Trial::Outcome::failed:
      verdict.outcome = Outcome::failed;
      break;
    case Trial::Outcome::inconclusive:
      verdict.outcome = Outcome::inconclusive;
      break;
    case Trial::Outcome::broken:
      verdict.outcome = Outcome::broken;
      break;
  }
  verdict.reason = trial.reason;
  verdict.attempts = trial.attempts;
  for (const Finding& finding : trial.findings) {
    verdict.failures.push_back({finding.text, finding.file, finding.line});
  }
  if (verdict.outcome != Outcome::passed) verdict.calls = trial.calls;
  return verdict;
}

Verdict verdict_of(const PlannedRow& row, std::uint64_t run_seed, const ChildEnd& end,
                   Duration limit) {
  Verdict verdict = blank_verdict(row, run_seed);
  verdict.took = end.took;
  verdict.output = end.output;
  if (!end.trouble.empty()) {
    verdict.outcome = Outcome::broken;
    verdict.reason = end.trouble;
  } else if (end.timed_out) {
    verdict.outcome = Outcome::timed_out;
    verdict.reason = "it had not ended after " + std::to_string(limit.count()) +
                     " ms and was killed with its process group";
  } else if (end.signal != 0) {
    verdict.outcome = Outcome::crashed;
    verdict.reason = "the process was ended by signal " + std::to_string(end.signal) + " (" +
                     strsignal(end.signal) + ")";
  } else if (Result<Verdict> reported = reports::read_verdict(end.line)) {
    // The child knows what it found; who was asked, and how long it took, is known here.
    verdict.outcome = reported.value().outcome;
    verdict.reason = reported.value().reason;
    verdict.failures = reported.value().failures;
    verdict.calls = reported.value().calls;
    verdict.attempts = reported.value().attempts;
    if (verdict.outcome == Outcome::passed) verdict.output.clear();
  } else {
    verdict.outcome = Outcome::broken;
    verdict.reason = "the process ended with exit status " + std::to_string(end.exit_status) +
                     " and without a verdict";
  }
  return verdict;
}

}  // namespace ackproof
