// The commands that are about records of earlier runs: `todo`, `diff` and `merge`.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include "contract/result.h"
#include "harness/cli/cli.h"
#include "reports/run.h"

namespace ackproof {

// After a run of several providers each has its record in a folder of its own. Of a record that is not there, what is
// there one folder below, as the end of a sentence; empty: nothing.
std::string records_instead_of(const std::filesystem::path& file);

// invalid  the file cannot be read, or is no record of a run.
Result<Run> read_record(const std::filesystem::path& file);

// `program`: how it is called in what is proposed.
int show_todo(const Command& command, const std::string& program);
int diff(const Command& command);
int merge(const Command& command);

// Tells how `run` compares with what was before. The exit code to end with: `code`, or 6 when something became
// worse and `code` is nothing graver.
int compare_with(const Run& before, const Run& run, std::ostream& people, int code);

}  // namespace ackproof
