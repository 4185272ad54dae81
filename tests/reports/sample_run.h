// Runs that the tests of the reports share.
#pragma once

#include <string>

#include "reports/run.h"

namespace ackproof::reports {

using Record = Run;  // In the body of a TEST, `Run` is a method of GoogleTest's.

// One fixed run with every outcome, a repetition that was interrupted, and strings that try to
// break out of every format. All of it is valid UTF-8.
Run sample_run();

// The same with repetitions that came out differently, and with names and words that mean something in Markdown, TAP and
// SARIF.
Run hostile_run();

// A whole run of the profile core in which every validation passed: each clause that binds has one.
Run certified_run(Level level = Level::functional);

// The verdict on one validation of `requirement`.
Verdict verdict(const std::string& validation, const std::string& requirement, Outcome outcome,
                const std::string& reason = {});

// Compares `actual` with the golden file byte for byte, or rewrites the file when the environment
// variable ACKPROOF_UPDATE_GOLDEN is set. The answer is empty, or what is wrong.
std::string differs_from_golden(const std::string& file, const std::string& actual);

}  // namespace ackproof::reports
