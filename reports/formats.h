// Every form that a report has, as data: what the command line offers is what is here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"
#include "reports/matrix.h"
#include "reports/run.h"

namespace ackproof::reports {

struct Format {
  std::string_view name;  // On the command line: "sarif".
  std::string_view file;  // In a folder of reports: "report.sarif".
  std::string (*render)(const Run&);
  std::string_view matrix_file =
      {};  // Of several providers in one document; empty: this format has no such thing.
  std::string (*render_matrix)(const std::vector<MatrixRow>&) = nullptr;
};

std::span<const Format> formats();

// `invalid` with a sentence that names those that exist.
Result<const Format*> find_format(std::string_view name);

// What is written beside run.json if nobody says otherwise: a page for people and JUnit for build servers.
inline constexpr std::string_view kUsualFormats[] = {"html", "junit"};

}  // namespace ackproof::reports
