// The reports. Each is a pure function of the record, so that what was said once can be said again. How each format says
// each outcome: `reports/README.md`.
#pragma once

#include <string>
#include <string_view>

#include "reports/run.h"

namespace ackproof::reports {

// What a person reads on the terminal. `colour`: with ANSI colours.
std::string render_text(const Run& run, bool colour);

// One self-contained page: no network, no other file; light and dark, phone and paper.
std::string render_html(const Run& run);

// JUnit XML as continuous integration systems read it: <failure>, <error> and <skipped> are what
// they say.
std::string render_junit(const Run& run);

// GitHub Flavored Markdown, at most 1 MB, as a step's summary takes it.
std::string render_markdown(const Run& run);

// Common Test Report Format, specification 0.0.0.
std::string render_ctrf(const Run& run);

// SARIF 2.1.0: what did not pass, as problems that code scanning shows.
std::string render_sarif(const Run& run);

// TAP version 14.
std::string render_tap(const Run& run);

// What shields.io reads at an endpoint, schemaVersion 1.
std::string render_badge(const Run& run);

// The folder, beside a record, of what is asked again because of it: the record stays.
inline constexpr std::string_view kRerunFolder = "rerun";

// What to type to put the question of this verdict once more: "ackproof certify sqlite --filter …".
std::string reproduce_command(const Run& run, const Verdict& verdict);

}  // namespace ackproof::reports
