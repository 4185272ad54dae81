// What happens while providers are certified: one JSON object a line, each as `reports/event.schema.json` describes it.
// A provider has `run_started`, a `verdict` for each planned validation as it comes, and `run_ended`; one that could not
// be asked has only `run_failed`. A stream that just stops was cut off.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/run.h"

namespace ackproof::reports {

// A validation that will be put, `repeat` times.
struct Planned {
  std::string_view validation;
  std::string_view requirement;
};

// `run` as it is before the first verdict. Every answer ends in a newline and has no other.
std::string run_started_event(const Run& run, const std::vector<Planned>& plan);
std::string verdict_event(const std::string& provider, const Verdict& verdict);
std::string run_ended_event(const Run& run, int exit_code);
std::string run_failed_event(const std::string& provider, const std::string& sentence,
                             int exit_code);

}  // namespace ackproof::reports
