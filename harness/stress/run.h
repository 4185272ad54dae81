// One provider under load, in this process: workflows are started, end and are judged.
#pragma once

#include <sys/types.h>

#include <functional>

#include "contract/provider.h"
#include "reports/stress.h"

namespace ackproof::stress {

// How far it is.
struct Progress {
  Duration elapsed{0};
  std::uint64_t ended = 0;
  double per_second = 0;  // In the last second.
  std::uint64_t under_way = 0;
  std::uint64_t judged = 0;
  std::uint64_t failed = 0;  // Judged, and not right.
};

struct Order {
  StressSettings settings;
  pid_t server = 0;  // The first process of the provider's private server; 0: it has none.
  std::function<void(const Progress&)> tell =
      nullptr;  // About once a second, from one thread. Optional.
};

// What came of it: everything but who the provider is and where it runs, and `end` only as complete or interrupted.
// Workflows are started as long as some end: when all places have been taken for as long as draining may take, nothing
// more is started. So it ends, as long as every call of the provider does.
Stressed put_under_load(Provider& provider, const Order& order);

}  // namespace ackproof::stress
