// What is told while a provider is asked: lines for people, events for programs.
#pragma once

#include <ostream>
#include <string>

#include "harness/certify/event_stream.h"
#include "harness/runner/runner.h"

namespace ackproof {

// On a terminal a line that is written over, in a pipe one line per verdict. `people` and `events` have to live as long
// as the answer.
Progress show_progress(std::ostream& people, bool is_terminal, EventStream& events);

}  // namespace ackproof
