// The files of a report, and the command `report`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "contract/result.h"
#include "harness/cli/cli.h"
#include "reports/matrix.h"
#include "reports/run.h"

namespace ackproof {

// The names of formats that exist, each once; `all` stands for every one, and no name for the usual ones. `invalid` with a
// sentence.
Result<std::vector<std::string>> formats_from(const std::vector<std::string>& names);

// What is written if nobody says otherwise.
std::vector<std::string> usual_formats();

// run.json and a file for each of the formats.
Result<void> write_reports(const Run& run, const std::filesystem::path& folder,
                           const std::vector<std::string>& formats);

// A file for each of the formats that can tell of several providers.
Result<void> write_matrix(const std::vector<reports::MatrixRow>& rows,
                          const std::filesystem::path& folder,
                          const std::vector<std::string>& formats);

// Tells again what records say, of runs or of one load. Returns the exit code: that of the run, or the worst of several.
int report(const ReportCommand& command);

}  // namespace ackproof
