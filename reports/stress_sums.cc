// Whether what a record of `stress` says can be true at once.
#include <array>
#include <functional>
#include <numeric>

#include "reports/stress.h"
#include "reports/wording.h"

namespace ackproof {

namespace {

using Counter = std::uint64_t StressCounts::*;

struct Part {
  Counter number;
  const char* what;
};

// What becomes of those that were started.
constexpr std::array kFates = {
    Part{&StressCounts::right, "right"}, Part{&StressCounts::wrong, "wrong"},
    Part{&StressCounts::lost, "lost"}, Part{&StressCounts::unfinished, "unfinished"}};

// Without adding, which could overflow.
bool is_sum(std::uint64_t whole, const std::vector<std::uint64_t>& parts) {
  for (const std::uint64_t part : parts) {
    if (part > whole) return false;
    whole -= part;
  }
  return whole == 0;
}

template <class List, class Number>
std::vector<std::uint64_t> numbers(const List& list, const Number& number) {
  std::vector<std::uint64_t> all;
  for (const auto& each : list) all.push_back(std::invoke(number, each));
  return all;
}

std::string in_latency(const Latency& latency) {
  const bool is_rising = latency.p50_us <= latency.p95_us && latency.p95_us <= latency.p99_us &&
                         latency.p99_us <= latency.max_us;
  return is_rising ? "" : "a percentile of its latency is above a higher one";
}

std::string in_counts(const StressCounts& counts) {
  const auto fates = numbers(kFates, [&](const Part& fate) { return counts.*fate.number; });
  if (is_sum(counts.started, fates)) return in_latency(counts.latency);
  std::vector<std::string> named;
  for (const Part& fate : kFates) {
    named.push_back(reports::grouped(counts.*fate.number) + " " + fate.what);
  }
  return "of " + reports::grouped(counts.started) + " workflows it counts " + reports::list(named);
}

std::string in_loads(const Stressed& stressed) {
  if (stressed.loads.empty()) return {};
  const auto differs = [&](const Part& part) {
    return !is_sum(stressed.all.*part.number, numbers(stressed.loads, part.number));
  };
  if (differs({&StressCounts::started, "started"})) {
    return "its loads have not started as many workflows as all of them together";
  }
  for (const Part& fate : kFates) {
    if (differs(fate)) {
      return "its loads have not as many workflows that are " + std::string(fate.what) +
             " as all of them together";
    }
  }
  return {};
}

std::string in_seconds(const Stressed& stressed) {
  const auto ended = numbers(stressed.seconds, &StressSecond::ended);
  const auto measured = numbers(stressed.all.latency.buckets, &LatencyBucket::count);
  const std::uint64_t sum = std::accumulate(ended.begin(), ended.end(), std::uint64_t{0});
  if (!is_sum(stressed.all.started, numbers(stressed.seconds, &StressSecond::started))) {
    return "other workflows were started than in all of its seconds";
  }
  if (!is_sum(sum, ended) || !is_sum(sum, measured) || sum > stressed.all.started) {
    return "the ends of its seconds, its latencies and its workflows are not of one number";
  }
  return {};
}

std::string in_phases(const Stressed& stressed) {
  const StressPhases& phases = stressed.phases;
  const auto ended = numbers(stressed.seconds, &StressSecond::ended);
  const std::uint64_t all = std::accumulate(ended.begin(), ended.end(), std::uint64_t{0});
  const bool is_within = phases.ended_between == 0
                             ? phases.between_us == 0
                             : phases.ended_between <= all && phases.ramp_us <= phases.feed_us &&
                                   phases.between_us <= phases.feed_us - phases.ramp_us;
  return is_within ? "" : "what ended between its ramp and its drain does not lie between them";
}

std::string in_findings(const Stressed& stressed) {
  const std::uint64_t failed = stressed.all.wrong + stressed.all.lost;
  const std::uint64_t shown = stressed.findings.size();
  const bool are_enough = shown >= failed || stressed.more_findings >= failed - shown;
  return are_enough ? "" : "it has fewer findings than workflows that are wrong or lost";
}

std::string in_queues(const StressQueues& queues) {
  const bool is_seen = queues.look != StressLook::none && queues.left.empty();
  return !queues.drained || is_seen ? "" : "its queues are drained, and something is left in them";
}

std::string in_end(const Stressed& stressed) {
  const bool has_run =
      stressed.end == StressEnd::complete || stressed.end == StressEnd::interrupted;
  if (!has_run && stressed.all.started > 0) return "it has workflows, and no end of them";
  if (stressed.end == StressEnd::complete && stressed.all.unfinished > 0) {
    return "it is complete, and workflows are unfinished";
  }
  if (stressed.looked_again > stressed.all.right + stressed.all.wrong) {
    return "more workflows were looked at again than had ended";
  }
  return {};
}

std::string in_activities(const StressActivities& activities) {
  const bool is_whole = is_sum(activities.scheduled, {activities.recorded, activities.unanswered});
  return is_whole ? "" : "its activities that are recorded or lost are not those that it scheduled";
}

std::string in_provider(const Stressed& stressed) {
  if (const std::string found = in_counts(stressed.all); !found.empty()) return found;
  for (const StressCounts& load : stressed.loads) {
    if (const std::string found = in_counts(load); !found.empty()) {
      return "load " + load.load + ": " + found;
    }
  }
  for (const std::string& found :
       {in_loads(stressed), in_activities(stressed.activities), in_queues(stressed.queues),
        in_seconds(stressed), in_phases(stressed), in_findings(stressed), in_end(stressed)}) {
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

std::string contradiction_in(const Stress& stress) {
  for (const Stressed& stressed : stress.providers) {
    const std::string found = in_provider(stressed);
    if (!found.empty()) return stressed.provider + " contradicts itself: " + found;
  }
  return {};
}

}  // namespace ackproof
