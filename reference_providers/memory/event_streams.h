// The event streams of the memory provider (EVST_1 to EVST_3).
//
// They share nothing with instances and queues. Used under the store's mutex; the provider has
// checked the arguments by themselves. A call that fails, also for want of memory, changes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/result.h"
#include "contract/types.h"

namespace ackproof::memory {

class EventStreams {
 public:
  Result<void> append(const std::string& stream, std::uint64_t expected_id,
                      std::vector<StreamEvent> events);
  Result<std::vector<StreamEvent>> read(const std::string& stream, std::uint64_t from_id) const;
  Result<void> put_snapshot(const std::string& stream, Snapshot snapshot);
  Result<std::optional<Snapshot>> read_snapshot(const std::string& stream) const;

 private:
  struct Stream {
    std::vector<StreamEvent> events;           // The event with id n is at n - 1.
    std::map<std::uint64_t, Bytes> snapshots;  // By event id.
  };

  std::map<std::string, Stream> streams_;
};

}  // namespace ackproof::memory
