// The record of one run of `stress`: real workflows over each provider, under load, and what became of them.
//
// The harness fills it; it is the only input of the forms (`reports/stress_forms.h`). Its JSON form is
// `stress.json`, described by `reports/stress.schema.json` and read back by `reports/stress_json.h`.
//
// Spans ending in `_us` are microseconds. A workflow's latency is from when it was due to be started, which
// is when a place among those under way became free, to when its end was seen in the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/clock.h"
#include "reports/run.h"

namespace ackproof {

// What was asked for.
struct StressSettings {
  std::string load = "mixed";
  Duration duration{
      10'000};  // For how long workflows are started; not used when `workflows` is given.
  std::uint64_t workflows = 0;  // How many are started; 0: as many as fit into the duration.
  std::uint64_t in_flight = 20;
  std::uint64_t turn_workers = 2;
  std::uint64_t activity_workers = 2;
  Duration activity{10};  // How long an activity that works does.
  std::uint64_t payload_bytes = 65'536;
  Duration drain{60'000};  // How long nothing may get on before what is under way is lost.
  std::uint64_t seed = 0;
  bool operator==(const StressSettings&) const = default;
};

// So many took so long, or less: more than the bucket before says, and within 1 % of this.
struct LatencyBucket {
  std::uint64_t up_to_us = 0;
  std::uint64_t count = 0;
  bool operator==(const LatencyBucket&) const = default;
};

// Of the workflows whose end was seen. Percentiles are those of the buckets, so up to 1 % too high.
struct Latency {
  std::uint64_t p50_us = 0;
  std::uint64_t p95_us = 0;
  std::uint64_t p99_us = 0;
  std::uint64_t max_us = 0;  // Exact.
  std::vector<LatencyBucket> buckets;
  bool operator==(const Latency&) const = default;
};

// What became of the workflows of one load. Each that was started is one of the others.
struct StressCounts {
  std::string load;
  std::uint64_t started = 0;
  std::uint64_t right =
      0;  // With the result that was computed beforehand, each activity recorded once.
  std::uint64_t wrong = 0;       // Ended otherwise, or was right and is not any more.
  std::uint64_t lost = 0;        // Did not end in time.
  std::uint64_t unfinished = 0;  // Nobody waited for it, because the run was interrupted.
  Latency latency;
  bool operator==(const StressCounts&) const = default;
};

struct StressActivities {
  std::uint64_t scheduled = 0;       // As the histories say.
  std::uint64_t recorded = 0;        // Of those: answered.
  std::uint64_t recorded_again = 0;  // Answers beyond the first.
  std::uint64_t unanswered = 0;
  std::uint64_t executed_again =
      0;  // Executions beyond the first: allowed, since delivery is at least once.
  bool operator==(const StressActivities&) const = default;
};

// How it was found out whether anything is left in the queues.
enum class StressLook : std::uint8_t {
  none,     // It was not.
  depths,   // By their depths: also what is hidden, locked or held.
  fetches,  // By fetches that found nothing, for want of the facet management.
};

std::string_view name(StressLook look);

// What was left in the queues when everything had ended.
struct StressQueues {
  StressLook look = StressLook::none;
  bool drained = false;
  std::string left;  // What there was, or why it is not known; empty when drained.
  bool operator==(const StressQueues&) const = default;
};

struct StressUsage {
  std::uint64_t peak_bytes =
      0;  // The largest resident memory; of a server: of all its processes, shared pages once.
  std::uint64_t user_us = 0;  // Processor time.
  std::uint64_t system_us = 0;
  bool operator==(const StressUsage&) const = default;
};

// One second of the run, from its beginning on.
struct StressSecond {
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t under_way = 0;   // At its end.
  std::uint64_t slowest_us = 0;  // The largest latency of those that ended in it.
  bool operator==(const StressSecond&) const = default;
};

enum class StressFault : std::uint8_t {
  lost,        // It did not end; or what ended is not in the store.
  wrong,       // Its result or its history is not what its program computes.
  doubled,     // Something is recorded more than once.
  refused,     // The store did not take its start.
  unreadable,  // The store does not tell what became of it.
};

std::string_view name(StressFault fault);

struct StressFinding {
  std::string instance;
  StressFault fault = StressFault::wrong;
  std::string said;  // A sentence.
  bool operator==(const StressFinding&) const = default;
};

// Where the time went, from the first start that was due.
struct StressPhases {
  std::uint64_t ramp_us =
      0;  // Until as many have ended as are kept under way; until the end if fewer have.
  std::uint64_t feed_us = 0;   // Until nothing more was started.
  std::uint64_t whole_us = 0;  // Until the last end was seen.
  // Ends behind the ramp and before the drain, in whole rounds of as many as are kept under way, and the time from the
  // end of the ramp to the last of them. Whatever comes in bursts ends a round as it ended the ramp.
  std::uint64_t ended_between = 0;
  std::uint64_t between_us = 0;
  bool operator==(const StressPhases&) const = default;
};

enum class StressEnd : std::uint8_t {
  complete,     // The run took its course.
  interrupted,  // By a signal.
  died,         // Its process died or hung while the provider was at work; `trouble` says how.
  not_begun,    // It could not be started; `trouble` says why.
};

std::string_view name(StressEnd end);

// One provider.
struct Stressed {
  std::string provider;  // What was asked for on the command line.
  std::string version;   // What the provider says of itself.
  std::string store_version;
  Environment environment;
  StressEnd end = StressEnd::not_begun;
  std::string trouble;  // A sentence, or empty.
  StressCounts all;
  std::vector<StressCounts> loads;  // Of a mixed load: each one.
  StressActivities activities;
  // Right ones that were judged again in the end, through a handle that was opened only then.
  std::uint64_t looked_again = 0;
  StressQueues queues;
  StressPhases phases;
  StressUsage client;                 // The process with engine and provider, checking included.
  std::optional<StressUsage> server;  // Of a private one.
  std::uint64_t load_before = 0;      // The machine's load average over a minute, in hundredths.
  std::uint64_t load_after = 0;
  std::vector<StressSecond> seconds;
  std::vector<StressFinding> findings;  // The first of them.
  std::uint64_t more_findings = 0;
  bool operator==(const Stressed&) const = default;
};

struct Stress {
  SuiteIdentity suite;
  StressSettings settings;
  std::string started_at;  // UTC, ISO 8601, to the second.
  std::string command;     // As typed.
  std::vector<Stressed> providers;
  bool operator==(const Stress&) const = default;
};

// Why it cannot be what runs have left, a sentence without a full stop: sums that do not agree. Empty: it can.
std::string contradiction_in(const Stress& stress);

// --- What it amounts to. Computed each time, never stored as a claim.

enum class StressVerdict : std::uint8_t {
  right,      // Every workflow was right, nothing was recorded twice, and the queues were drained.
  wrong,      // Something was lost, doubled or wrong, or left in a queue, or the process died.
  undecided,  // Nothing was tried.
  interrupted,  // The rest is unknown.
};

std::string_view name(StressVerdict verdict);

StressVerdict verdict_on(const Stressed& stressed);

// Of several providers: the first of interrupted, wrong, undecided, right that one of them has. A wrong one stands,
// whatever could not be tried.
StressVerdict verdict_on(const Stress& stress);

// Right ones among those started, in hundredths of a percent, rounded down: 10,000 means all of them. Those
// that nobody waited for do not count. Nothing when none is left to count.
std::optional<std::uint64_t> success_of(const StressCounts& counts);

// Workflows that ended per second: between ramp and drain, if there was a round of them; and in all.
std::optional<double> steady_rate(const StressPhases& phases);
std::optional<double> whole_rate(const Stressed& stressed);

// "sqlite: all 612 workflows right." "sqlite: 2 of 612 workflows lost and 1 message left in the queues."
std::string sentence_on(const Stressed& stressed);

// 0 right, 1 wrong, 3 undecided, 130 interrupted.
int exit_code(StressVerdict verdict);

}  // namespace ackproof
