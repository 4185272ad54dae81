// From the answers of the scripts to the values of the contract. What a script answers is said at
// its end.
#pragma once

#include "contract/types.h"
#include "reference_providers/redis/reply.h"

namespace ackproof::redis {

Turn read_turn(const Value& answer);
LockedActivity read_locked_activity(const Value& answer);

// Events by id, or none and the reason: never a part of them (HIST_2).
struct History {
  std::vector<Event> events;
  std::optional<std::string> error;
};
History read_events(const Value& pairs);

std::optional<InstanceInfo> read_instance_info(const std::string& instance, const Value& answer);
ExecutionInfo read_execution_info(std::uint64_t execution, const Value& answer);
std::map<std::string, KeyValue> read_merged_values(const Value& pairs);
// What is pending over what is merged.
std::map<std::string, KeyValue> read_live_values(const Value& merged, const Value& pending);
QueueDepths read_depths(const Value& answer);
StoreTotals read_totals(const Value& answer);

}  // namespace ackproof::redis
