// Several providers side by side: one line each, made from their records.
#pragma once

#include <string>
#include <vector>

#include "reports/run.h"

namespace ackproof::reports {

struct MatrixRow {
  std::string provider;
  const Run* run = nullptr;  // Null: there was no run.
  std::string trouble;       // Why there was none, a sentence.
  std::string report;        // Where its report is, as it is to be shown.
};

// A table: for each profile that was asked of anybody how many of the validations that it adds passed, the time, the
// conclusion and the report. "-" stands for a profile that was not asked of that provider.
std::string render_matrix(const std::vector<MatrixRow>& rows, bool colour);

}  // namespace ackproof::reports
