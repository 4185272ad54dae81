// One child process: this program started again, to do one thing and report one line.
#pragma once

#include <string>
#include <vector>

#include "contract/clock.h"

namespace ackproof {

struct ChildEnd {
  std::string line;          // What it wrote on descriptor 3.
  std::string output;        // What it printed, its last 64 KiB.
  int exit_status = 0;       // Meaningful when `signal` is 0.
  int signal = 0;            // That ended it.
  bool timed_out = false;    // And was killed for that.
  bool interrupted = false;  // Killed because this program is to stop.
  std::string trouble;       // Why it could not be started; nothing else is meaningful then.
  Duration took{0};
};

// Whether a request to stop ends a child at once.
enum class OnStop : std::uint8_t { kill, carry_on };

// Starts this program with `arguments` in a process group of its own and waits for its end, at most
// `limit`, to which is added what other processes kept it waiting for a core; then the whole group is killed, also what
// it left behind. Safe from any thread.
ChildEnd run_child(const std::vector<std::string>& arguments, Duration limit,
                   OnStop on_stop = OnStop::kill);

// In a child: writes the line for the parent.
void report_to_parent(const std::string& line);

// In a child: makes it die with its parent, whose process id this is.
void die_with_parent(int parent);

// From a signal handler, too: every run_child kills its child and returns, unless it is to carry on.
void interrupt_children();
bool interrupted();

}  // namespace ackproof
