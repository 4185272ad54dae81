// The words that the forms of a stress run share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/stress.h"

namespace ackproof::reports {

std::string span_name(std::uint64_t us);  // "834 µs", "12.3 ms", "1.52 s"
std::string latency_name(const Latency& latency,
                         std::uint64_t us);            // The same; "-" when nothing ended.
std::string memory_name(std::uint64_t bytes);          // "23.1 MiB"
std::string processor_name(const StressUsage& usage);  // "1.24 s user and 0.31 s system"
std::string rate_name(const std::optional<double>& per_second);  // "39.8/s", "1,204/s", "-"
std::string success_name(const StressCounts& counts);            // "99.98 %": never rounded up; "-"
std::string load_average_name(std::uint64_t hundredths);         // "1.04"

// "mixed load for 10.0 s" or "12 workflows of the load steps".
std::string load_name(const StressSettings& settings);
// Whether the load has activities that take as long as was asked for, and payloads of the size that was asked for.
bool has_work(const StressSettings& settings);
bool has_payloads(const StressSettings& settings);
// "20 in flight", "2 turn and 2 activity workers", and so on: those that the load goes by.
std::vector<std::string> settings_names(const StressSettings& settings);

// "drained, as the depths of both queues say", or what is left.
std::string queues_name(const StressQueues& queues);
// "3,060 recorded, 0 twice, 0 lost; 2 executions beyond the first"
std::string activities_name(const StressActivities& activities);
// "159 workflows in the end, through a handle that was opened only then"
std::string looked_again_name(const Stressed& stressed);
// "39.8/s between ramp (512 ms) and drain (101 ms), 36.9/s with both"
std::string throughput_name(const Stressed& stressed);

// "sqlite 1.0.0".
std::string provider_name(const Stressed& stressed);

}  // namespace ackproof::reports
