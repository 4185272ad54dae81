// Stress runs that the tests of their forms share.
#pragma once

#include "reports/stress.h"

namespace ackproof::reports {

// Five providers, as different as they can be: right; wrong in every way, with strings that try to break out of every
// format; died; not begun; and interrupted. All of it is valid UTF-8.
Stress sample_stress();

// One provider, and one load, that did right.
Stress right_stress();

}  // namespace ackproof::reports
