// One provider under load, in this process: workflows are started, end and are judged.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

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
  std::uint64_t failed = 0;        // Judged, and not right.
  std::uint64_t looked_again = 0;  // Of those that were right, in the end.
  std::uint64_t activities = 0;    // Different ones that were begun.
};

struct Order {
  StressSettings settings;
  pid_t server = 0;  // The first process of the provider's private server; 0: it has none.
  std::function<Result<std::unique_ptr<Provider>>()> open;  // One more handle on the store.
  std::function<void(const Progress&)> tell =
      nullptr;  // About once a second, from one thread. Optional.
};

// What came of it: everything but who the provider is and where it runs, and `end` only as complete or interrupted.
// Workflows are started as long as some end: when all places have been taken for as long as draining may take, nothing
// more is started. So it ends, as long as every call of the provider does.
//
// `worker` and `witness` are handles on one store: workflows run through the one, and are judged through the other one,
// since a handle may remember what its store does not know. In the end some of them are judged again through a third
// one, and so are the queues.
Stressed put_under_load(std::unique_ptr<Provider> worker, Provider& witness, const Order& order);

}  // namespace ackproof::stress
