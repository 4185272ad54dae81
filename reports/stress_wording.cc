#include "reports/stress_wording.h"

#include <algorithm>
#include <cstdio>

#include "reports/wording.h"

namespace ackproof::reports {

namespace {

std::string decimal(double number, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

double in(std::uint64_t us, double unit_us) { return static_cast<double>(us) / unit_us; }

// With two digits behind the point, rounded down.
std::string hundredths_name(std::uint64_t hundredths) {
  const std::string rest = std::to_string(100 + hundredths % 100);
  return std::to_string(hundredths / 100) + "." + rest.substr(1);
}

}  // namespace

std::string span_name(std::uint64_t us) {
  if (us < 1'000) return std::to_string(us) + " µs";
  if (us < 100'000) return decimal(in(us, 1e3), 1) + " ms";
  if (us < 1'000'000) return decimal(in(us, 1e3), 0) + " ms";
  if (us < 60'000'000) return decimal(in(us, 1e6), 2) + " s";
  return duration_name(Duration(us / 1'000));
}

std::string latency_name(const Latency& latency, std::uint64_t us) {
  return latency.buckets.empty() ? "-" : span_name(us);
}

std::string memory_name(std::uint64_t bytes) {
  return decimal(static_cast<double>(bytes) / (1U << 20U), 1) + " MiB";
}

std::string processor_name(const StressUsage& usage) {
  return decimal(in(usage.user_us, 1e6), 2) + " s user and " +
         decimal(in(usage.system_us, 1e6), 2) + " s system";
}

std::string rate_name(const std::optional<double>& per_second) {
  if (!per_second) return "-";
  if (*per_second >= 1'000) return grouped(static_cast<std::uint64_t>(*per_second)) + "/s";
  return decimal(*per_second, 1) + "/s";
}

std::string success_name(const StressCounts& counts) {
  const std::optional<std::uint64_t> success = success_of(counts);
  return success ? hundredths_name(*success) + " %" : "-";
}

std::string load_average_name(std::uint64_t hundredths) { return hundredths_name(hundredths); }

std::string load_name(const StressSettings& settings) {
  if (settings.workflows > 0) {
    return count(settings.workflows, "workflow") + " of the load " + settings.load;
  }
  return "load " + settings.load + " for " + duration_name(settings.duration);
}

bool has_work(const StressSettings& settings) {
  return settings.load == "steps" || settings.load == "fan_out" || settings.load == "mixed";
}

bool has_payloads(const StressSettings& settings) {
  return settings.load == "payloads" || settings.load == "mixed";
}

std::vector<std::string> settings_names(const StressSettings& settings) {
  std::vector<std::string> names = {grouped(settings.in_flight) + " in flight",
                                    grouped(settings.turn_workers) + " turn and " +
                                        count(settings.activity_workers, "activity worker")};
  if (has_work(settings)) names.push_back("activities of " + duration_name(settings.activity));
  if (has_payloads(settings)) names.push_back("payloads of " + size_name(settings.payload_bytes));
  names.push_back("at most " + duration_name(settings.drain) + " to drain");
  names.push_back("seed " + std::to_string(settings.seed));
  return names;
}

std::string queues_name(const StressQueues& queues) {
  if (!queues.drained) return queues.left.empty() ? "not looked at" : "not drained: " + queues.left;
  return queues.look == StressLook::depths
             ? "drained, as the depths of both queues say"
             : "drained, as far as fetches that find nothing can tell";
}

std::string activities_name(const StressActivities& activities) {
  return grouped(activities.recorded) + " recorded, " + grouped(activities.recorded_again) +
         " twice, " + grouped(activities.unanswered) + " lost; " +
         grouped(activities.executed_again) +
         (activities.executed_again == 1 ? " execution" : " executions") + " beyond the first";
}

std::string looked_again_name(const Stressed& stressed) {
  return grouped(stressed.looked_again) +
         (stressed.looked_again == 1 ? " workflow" : " workflows") +
         " in the end, through a handle that was opened only then";
}

std::string throughput_name(const Stressed& stressed) {
  const StressPhases& phases = stressed.phases;
  const std::string whole = rate_name(whole_rate(stressed));
  const std::optional<double> steady = steady_rate(phases);
  if (!steady) return whole + " in all; too few ended between ramp and drain";
  return rate_name(steady) + " between ramp (" + span_name(phases.ramp_us) + ") and drain (" +
         span_name(phases.whole_us - std::min(phases.whole_us, phases.feed_us)) + "), " + whole +
         " with both";
}

std::string provider_name(const Stressed& stressed) {
  return stressed.version.empty() ? stressed.provider : stressed.provider + " " + stressed.version;
}

}  // namespace ackproof::reports
