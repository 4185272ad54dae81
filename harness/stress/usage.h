// What processes use, as the kernel counts.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "reports/stress.h"

namespace ackproof::stress {

// This process, from its beginning.
StressUsage usage_of_this_process();

// A server with all of its processes, whose clients come and go: what they use from the first look on.
class ServerUsage {
 public:
  // `process`: the server's first one, of which the others are descendants.
  explicit ServerUsage(pid_t process);

  // To be called now and then: memory is that of the largest moment that was looked at.
  void look();
  StressUsage told() const { return told_; }

 private:
  pid_t process_;
  StressUsage before_;
  StressUsage told_;
};

// The machine's load average over the last minute, in hundredths.
std::uint64_t load_average();

}  // namespace ackproof::stress
