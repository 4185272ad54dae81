// Work in a process of its own: what it breaks, uses up, prints or hangs in ends with it.
#pragma once

#include <functional>
#include <string>

#include "contract/clock.h"

namespace ackproof::stress {

struct ContainedEnd {
  std::string said;     // What the work returned; empty unless the process ended by itself.
  std::string trouble;  // How it ended instead, a sentence; empty when it ended by itself.
  std::string printed;  // The end of what it printed.
};

// By which the work tells how far it is: a line, and whether it has got on since the last one.
using Tell = std::function<void(const std::string& line, bool has_got_on)>;

// Forks this process, which has one thread, and does `work` in the other one, while this one hands each line that is
// told to `show`. It is killed when it has not got on for `patience`. A request to stop (harness/runner/child.h) is
// handed on, after which it has ten seconds to end. Whatever it has started ends with it.
ContainedEnd contained(const std::function<std::string(const Tell&)>& work, Duration patience,
                       const std::function<void(const std::string&)>& show);

}  // namespace ackproof::stress
