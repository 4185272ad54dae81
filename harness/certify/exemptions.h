// The file in which a team writes down what it has decided to live with for a while.
//
//   [[exemption]]
//   requirement = "LOCK_4"          # or validation = "renewal_extends_the_lock"
//   provider = "mystore"
//   versions = ">=1.2, <2"          # if not all
//   mode = "known-failing"          # or "known-flaky"
//   reason = "renewals are rounded to seconds"
//   link = "https://example.org/issues/17"
//   owner = "storage team"
//   expires = 2026-12-31            # at most 180 days from today
//
// What is exempted is asked nevertheless, and grants nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/registry.h"
#include "reports/run.h"

namespace ackproof {

struct ExemptionFor {
  std::string provider;
  Exemption exemption;
};

// `today`: "2026-11-27", UTC.
// invalid   the file cannot be read, or is not such a file; the sentence says where.
// conflict  an entry has expired, is for longer than 180 days, or is about nothing that exists.
Result<std::vector<ExemptionFor>> read_exemptions(const std::filesystem::path& file,
                                                  const Registry& registry,
                                                  const std::string& today);

std::string today_utc();

// Takes what is about this provider and version into the record: failures that it is about become `exempted`.
void exempt(const std::vector<ExemptionFor>& entries, Run& run);

// Whether `version` is in the range: comparisons with =, <, <=, >, >=, all of which hold. Versions are compared number by
// number.
bool is_in_range(const std::string& version, const std::string& range);

}  // namespace ackproof
