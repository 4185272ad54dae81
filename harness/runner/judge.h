// From the end of a child process, or a trial in this one, to a verdict.
#pragma once

#include "harness/runner/child.h"
#include "harness/runner/plan.h"
#include "reports/run.h"
#include "validations/trial.h"

namespace ackproof {

// The verdict that every row starts from: who it is about, and with which seed.
Verdict blank_verdict(const PlannedRow& row, std::uint64_t run_seed);

// The same, with what a trial found.
Verdict verdict_of(const PlannedRow& row, std::uint64_t run_seed, const Trial& trial);

// The verdict in the child's line; without one, what its end says: crashed, timed_out, broken.
Verdict verdict_of(const PlannedRow& row, std::uint64_t run_seed, const ChildEnd& end,
                   Duration limit);

}  // namespace ackproof
