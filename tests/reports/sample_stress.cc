#include "tests/reports/sample_stress.h"

#include <algorithm>

namespace ackproof::reports {

namespace {

constexpr char kHostile[] =
    "</script><b>&\"' ]]> \x1b[31mred\x7f {{x}} \xe2\x80\xae"
    "back\xe2\x80\xac";

Latency latency(std::uint64_t shortest_us) {
  Latency told;
  std::uint64_t up_to = shortest_us;
  for (const std::uint64_t count : {1, 4, 30, 41, 52, 17, 9, 3, 1, 0, 0, 1}) {
    if (count > 0) told.buckets.push_back({up_to, count});
    up_to = up_to * 6 / 5;
  }
  told.p50_us = told.buckets[3].up_to_us;
  told.p95_us = told.buckets[6].up_to_us;
  told.p99_us = told.buckets[7].up_to_us;
  told.max_us = told.buckets.back().up_to_us;
  return told;
}

StressCounts counts(const std::string& load, std::uint64_t right, std::uint64_t shortest_us) {
  StressCounts told;
  told.load = load;
  told.started = told.right = right;
  told.latency = latency(shortest_us);
  return told;
}

Environment environment(const std::string& server) {
  return {"Linux 6.1.0 x86_64", "g++ 12.2.0", 2, "tmpfs", server};
}

Stressed right(const std::string& provider) {
  Stressed told;
  told.provider = provider;
  told.version = "1.0.0";
  told.store_version = "none";
  told.environment = environment("");
  told.end = StressEnd::complete;
  told.all = counts("mixed", 159, 60'000);
  told.loads = {counts("steps", 80, 80'000), counts("saga", 79, 60'000)};
  told.activities = {640, 640, 0, 0, 2};
  told.looked_again = 159;
  told.queues = {StressLook::depths, true, ""};
  told.phases = {512'000, 4'000'200, 4'101'000, 137, 3'450'000};
  told.client = {24'222'720, 1'240'000, 310'000};
  told.load_before = 104;
  told.load_after = 98;
  told.seconds = {{52, 32, 20, 402'113},
                  {40, 40, 20, 498'000},
                  {39, 39, 20, 503'900},
                  {28, 39, 9, 610'000},
                  {0, 9, 0, 101'000}};
  return told;
}

Stressed wrong() {
  Stressed told = right("sqlite");
  told.store_version = std::string("SQLite ") + kHostile;
  told.environment = environment("postgresql://db:5432/app");
  told.all.started = 20'000;
  told.all.right = 19'999 - 3;
  told.all.wrong = 2;
  told.all.lost = 2;
  told.loads.clear();
  told.seconds.front().started += 20'000 - 159;
  told.activities = {80'000, 79'998, 1, 2, 7};
  told.looked_again = 1'000;
  told.queues = {StressLook::depths, false, "messages: 1 held; activities: 2 locked"};
  told.server = StressUsage{120'000'000, 3'000'000, 900'000};
  told.findings = {
      {"steps-17", StressFault::lost,
       "activity work #4 is scheduled and unanswered, it was never handed out"},
      {"saga-18", StressFault::doubled, "activity ship #6 is answered 2 times"},
      {std::string("payloads-3") + kHostile, StressFault::wrong,
       std::string("its result is ") + kHostile},
      {"timers-5", StressFault::unreadable, "its history cannot be read: corrupt: no JSON"}};
  told.more_findings = 3;
  return told;
}

Stressed troubled(const std::string& provider, StressEnd end, const std::string& trouble) {
  Stressed told;
  told.provider = provider;
  told.environment = environment("");
  told.end = end;
  told.trouble = trouble;
  return told;
}

Stressed interrupted() {
  Stressed told = right("filesystem");
  told.end = StressEnd::interrupted;
  told.all.started += 20;
  told.all.unfinished = 20;
  told.loads.back().started += 20;
  told.loads.back().unfinished = 20;
  told.seconds.back().started += 20;
  told.looked_again = 0;
  told.queues = {};
  return told;
}

}  // namespace

Stress sample_stress() {
  Stress stress;
  stress.suite = {"1.0.0", "1", "sha256:" + std::string(64, 'a')};
  stress.settings.duration = Duration(4'000);
  stress.settings.seed = 42;
  stress.started_at = "2026-05-04T10:00:00Z";
  stress.command = std::string("ackproof stress all --duration 4 --load ") + kHostile;
  stress.providers = {
      right("memory"), wrong(),
      troubled("redis", StressEnd::died,
               std::string("its process was ended by signal 6 (Aborted): ") + kHostile),
      troubled("postgres", StressEnd::not_begun,
               "PostgreSQL is not installed: apt-get install postgresql"),
      interrupted()};
  return stress;
}

Stress right_stress() {
  Stress stress = sample_stress();
  stress.settings.load = "steps";
  stress.settings.workflows = 159;
  stress.command = "ackproof stress memory --load steps --workflows 159 --seed 42";
  Stressed told = right("memory");
  told.loads = {told.all};
  told.loads.front().load = told.all.load = "steps";
  stress.providers = {told};
  return stress;
}

}  // namespace ackproof::reports
