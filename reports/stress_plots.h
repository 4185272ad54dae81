// The pictures of a stress run, as inline SVG, and the numbers that they are drawn from. What a picture shows stands
// in a table beneath it.
#pragma once

#include <vector>

#include "reports/markup.h"
#include "reports/stress.h"

namespace ackproof::reports::html {

// Some seconds of the run together: one bar.
struct Stretch {
  std::uint64_t from_s = 0;
  std::uint64_t seconds = 0;
  StressSecond sum;  // Of starts and ends; `under_way` at its end, `slowest_us` of all.
};
// At most 120, so that a run of hours is a picture, too.
std::vector<Stretch> stretches(const std::vector<StressSecond>& seconds);

// Latencies that are near each other: one bar.
struct Span {
  std::uint64_t up_to_us = 0;
  std::uint64_t count = 0;
};
// At most some forty, each reaching the same factor further than the one before.
std::vector<Span> spans(const Latency& latency);

Markup throughput_plot(const Stressed& stressed);
Markup latency_plot(const Latency& latency);

}  // namespace ackproof::reports::html
