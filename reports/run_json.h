// run.json: the record as JSON, and back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"
#include "reports/run.h"

namespace ackproof::reports {

// The record as JSON text (UTF-8, ends in a newline). Bytes that are not UTF-8 are replaced, so it
// never fails.
std::string write_run(const Run& run);

// The record in `json`. `invalid` with the place and what is wrong there, for anything that
// write_run would not have written: a missing or unknown key, a wrong type, an unknown outcome or
// requirement.
Result<Run> read_run(std::string_view json);

// The exemptions of a record, as they stand in it; one line.
std::string write_exemptions(const std::vector<Exemption>& exemptions);

// One verdict: what a child process reports to the runner. One line, without a newline.
std::string write_verdict(const Verdict& verdict);
Result<Verdict> read_verdict(std::string_view json);

std::string write_description(const Description& description);
Result<Description> read_description(std::string_view json);

}  // namespace ackproof::reports
