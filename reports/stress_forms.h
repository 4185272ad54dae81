// What a record of `stress` looks like. Each is a pure function of the record.
#pragma once

#include <string>

#include "reports/stress.h"

namespace ackproof::reports {

// What a person reads on the terminal about one provider. The conclusion stands last.
std::string render_stress_text(const Stress& stress, const Stressed& stressed, bool colour);

// All of them side by side, a line each.
std::string render_stress_table(const Stress& stress, bool colour);

// One self-contained page: no network, no other file; light and dark, phone and paper.
std::string render_stress_html(const Stress& stress);

}  // namespace ackproof::reports
