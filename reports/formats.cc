#include "reports/formats.h"

#include <algorithm>

#include "reports/render.h"

namespace ackproof::reports {

namespace {

std::string plain_text(const Run& run) { return render_text(run, false); }
std::string plain_matrix(const std::vector<MatrixRow>& rows) { return render_matrix(rows, false); }

constexpr Format kFormats[] = {
    {"html", "report.html", render_html, "index.html", render_matrix_html},
    {"junit", "junit.xml", render_junit},
    {"md", "report.md", render_markdown, "index.md", render_matrix_markdown},
    {"ctrf", "ctrf.json", render_ctrf},
    {"sarif", "report.sarif", render_sarif},
    {"tap", "report.tap", render_tap},
    {"badge", "badge.json", render_badge},
    {"text", "report.txt", plain_text, "index.txt", plain_matrix},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<const Format*> find_format(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &Format::name);
  if (found != std::end(kFormats)) return found;
  std::string names;
  for (const Format& format : kFormats)
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  return Error{ErrorKind::invalid, "report",
               "there is no format '" + std::string(name) + "'; there are " + names};
}

}  // namespace ackproof::reports
