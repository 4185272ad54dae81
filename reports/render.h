// The reports. Each is a pure function of the record, so that what was said once can be said again.
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

// What to type to put the question of this verdict once more: "ackproof certify sqlite --filter …".
std::string reproduce_command(const Run& run, const Verdict& verdict);

}  // namespace ackproof::reports
