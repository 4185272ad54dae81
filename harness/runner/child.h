// Child processes of this program: each does one thing and reports one line.
#pragma once

#include <string>
#include <utility>
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

// Where children come from: a process of this program, started when the first is asked for. One thread at a time.
class Nursery {
 public:
  // For children that have to do with this provider.
  explicit Nursery(std::string provider) : provider_(std::move(provider)) {}
  ~Nursery();
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  // A child in a process group of its own is given `arguments`. Waits for its end, at most `limit`, to which is added
  // what other processes kept it waiting for a core; then the whole group is killed, also what it left behind.
  ChildEnd run_child(const std::vector<std::string>& arguments, Duration limit,
                     OnStop on_stop = OnStop::kill);

 private:
  // Says why it could not; empty: it is there.
  std::string open();
  void close();

  std::string provider_;
  int socket_ = -1;
  int pid_ = 0;
};

// From a signal handler, too: every Nursery kills its child and returns, unless it is to carry on.
void interrupt_children();
bool interrupted();

// The first signal to stop interrupts; a second one ends the program.
void stop_on_signals();

}  // namespace ackproof
