#include "reports/stress_plots.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "reports/stress_wording.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

constexpr std::size_t kMostStretches = 120;
constexpr int kMostSpans = 40;

// The picture's own units; the page makes them as wide as there is room.
constexpr double kWidth = 840;
constexpr double kHeight = 360;
constexpr double kLeft = 84;
constexpr double kRight = kWidth - 36;
constexpr double kTop = 76;  // Above it are the labels of what is marked.
constexpr double kBottom = kHeight - 52;

int whole(double number) { return static_cast<int>(std::lround(number)); }

Markup rect(std::string_view kind, double x, double y, double width, double height) {
  return markup("<rect class=\"", kind, "\" x=\"", whole(x), "\" y=\"", whole(y), "\" width=\"",
                std::max(1, whole(width)), "\" height=\"", std::max(0, whole(height)), "\"/>");
}

Markup stroke(std::string_view kind, double x1, double y1, double x2, double y2) {
  return markup("<line class=\"", kind, "\" x1=\"", whole(x1), "\" y1=\"", whole(y1), "\" x2=\"",
                whole(x2), "\" y2=\"", whole(y2), "\"/>");
}

Markup words_at(std::string_view anchor, double x, double y, const std::string& text) {
  return markup("<text text-anchor=\"", anchor, "\" x=\"", whole(x), "\" y=\"", whole(y), "\">",
                text, "</text>");
}

// 1, 2 or 5 times a power of ten, so that at most `most` of them fit below `largest`.
double nice_step(double largest, int most) {
  double step = std::pow(10, std::floor(std::log10(std::max(largest, 1e-3) / most)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (largest <= step * factor * most) return step * factor;
  }
  return step * 10;
}

std::string tick_name(double value, double step) {
  if (step >= 1) return grouped(static_cast<std::uint64_t>(std::llround(value)));
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", whole(std::ceil(-std::log10(step))), value);
  return text;
}

// Lines across, with their values at the left, and what they count above them.
Markup heights(double largest, const std::string& unit) {
  const double step = nice_step(largest, 4);
  Markup all = words_at("start", 4, 24, unit);
  for (int i = 0; step * i <= largest * 1.001; ++i) {
    const double value = step * i;
    const double y = kBottom - (kBottom - kTop) * value / largest;
    all += stroke(i == 0 ? "base" : "grid", kLeft, y, kRight, y);
    all += words_at("end", kLeft - 10, y + 8, tick_name(value, step));
  }
  return all;
}

Markup picture(const std::string& told, const Markup& inside) {
  return markup("<svg class=\"plot\" viewBox=\"0 0 ", whole(kWidth), " ", whole(kHeight),
                "\" role=\"img\" aria-label=\"", told, "\">", inside, "</svg>\n");
}

Markup band(const std::string& name, double from, double to) {
  if (to - from < 1) return {};
  Markup all = rect("band", from, kTop, to - from, kBottom - kTop);
  if (to - from > 70) all += words_at("middle", (from + to) / 2, kTop + 26, name);
  return all;
}

// Where a latency stands on an axis on which each factor takes the same room.
class LogAxis {
 public:
  LogAxis(double from, double to) : from_(std::log(from)), to_(std::log(to)) {}
  double at(double us) const {
    return kLeft + (kRight - kLeft) * (std::log(us) - from_) / (to_ - from_);
  }

 private:
  double from_;
  double to_;
};

Markup latency_ticks(const LogAxis& axis, double from, double to) {
  const bool is_wide = to / from > 100;
  Markup all;
  for (double decade = 1; decade <= to; decade *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double us = decade * factor;
      if (us < from || us > to || (is_wide && factor > 1)) continue;
      all += stroke("tick", axis.at(us), kBottom, axis.at(us), kBottom + 8);
      all += words_at("middle", axis.at(us), kBottom + 36, span_name(std::uint64_t(us)));
    }
  }
  return all;
}

// Each on a line of its own, so that they cannot cover each other.
Markup mark(const LogAxis& axis, const char* name, std::uint64_t us, int row) {
  const double x = axis.at(static_cast<double>(us));
  const double y = 26 + row * 24;
  const bool is_left = x > kRight - 190;  // No room for the words at its right.
  return markup(stroke("mark", x, y - 14, x, kBottom),
                words_at(is_left ? "end" : "start", is_left ? x - 8 : x + 8, y,
                         std::string(name) + " " + span_name(us)));
}

}  // namespace

std::vector<Stretch> stretches(const std::vector<StressSecond>& seconds) {
  const std::size_t each = (seconds.size() + kMostStretches - 1) / kMostStretches;
  std::vector<Stretch> all;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (i % each == 0) all.push_back({i, 0, {}});
    Stretch& stretch = all.back();
    ++stretch.seconds;
    stretch.sum.started += seconds[i].started;
    stretch.sum.ended += seconds[i].ended;
    stretch.sum.under_way = seconds[i].under_way;
    stretch.sum.slowest_us = std::max(stretch.sum.slowest_us, seconds[i].slowest_us);
  }
  return all;
}

std::vector<Span> spans(const Latency& latency) {
  if (latency.buckets.empty()) return {};
  const auto octaves = [](std::uint64_t us) {
    return std::log2(static_cast<double>(std::max<std::uint64_t>(us, 1)));
  };
  const double all_octaves =
      octaves(latency.buckets.back().up_to_us) - octaves(latency.buckets.front().up_to_us);
  int per_octave = 8;
  while (per_octave > 1 && all_octaves * per_octave > kMostSpans) per_octave /= 2;
  std::vector<Span> found;
  double last = -1;
  for (const LatencyBucket& bucket : latency.buckets) {
    const double number = std::ceil(octaves(bucket.up_to_us) * per_octave);
    if (found.empty()) last = number - 1;
    for (; last < number; ++last) {
      found.push_back({static_cast<std::uint64_t>(std::exp2((last + 1) / per_octave)), 0});
    }
    found.back().count += bucket.count;
  }
  return found;
}

Markup throughput_plot(const Stressed& stressed) {
  const std::vector<Stretch> bars = stretches(stressed.seconds);
  if (bars.empty()) return {};
  const auto rate = [](const Stretch& bar) {
    return static_cast<double>(bar.sum.ended) / static_cast<double>(bar.seconds);
  };
  const double steady = steady_rate(stressed.phases).value_or(0);
  double largest = std::max(steady, 0.1);
  for (const Stretch& bar : bars) largest = std::max(largest, rate(bar));
  const auto length = static_cast<double>(stressed.seconds.size());
  const auto x = [&](double second) { return kLeft + (kRight - kLeft) * second / length; };
  const auto y = [&](double value) { return kBottom - (kBottom - kTop) * value / largest; };

  const StressPhases& phases = stressed.phases;
  Markup all = heights(largest, "workflows ended per second");
  all += band("ramp", x(0), x(static_cast<double>(std::min(phases.ramp_us, phases.feed_us)) / 1e6));
  all += band("drain", x(static_cast<double>(phases.feed_us) / 1e6),
              x(static_cast<double>(phases.whole_us) / 1e6));
  for (const Stretch& bar : bars) {
    const double left = x(static_cast<double>(bar.from_s));
    const double width = x(static_cast<double>(bar.from_s + bar.seconds)) - left;
    all +=
        rect("column", left, y(rate(bar)), width > 6 ? width - 2 : width, kBottom - y(rate(bar)));
  }
  if (steady > 0) {
    all += stroke("mark", kLeft, y(steady), kRight, y(steady));
    all += words_at("end", kRight, 54, rate_name(steady) + " between ramp and drain");
  }
  const double step = std::max(1.0, nice_step(length, 6));
  for (int i = 0; step * i <= length; ++i) {
    all += stroke("tick", x(step * i), kBottom, x(step * i), kBottom + 8);
    all += words_at("middle", x(step * i), kBottom + 36, tick_name(step * i, step) + " s");
  }
  return picture("Workflows ended per second over time: " + throughput_name(stressed), all);
}

Markup latency_plot(const Latency& latency) {
  const std::vector<Span> bars = spans(latency);
  if (bars.empty()) return {};
  std::uint64_t all_ended = 0;
  std::uint64_t most = 0;
  for (const Span& bar : bars) {
    all_ended += bar.count;
    most = std::max(most, bar.count);
  }
  const auto share = [&](const Span& bar) {
    return 100 * static_cast<double>(bar.count) / static_cast<double>(all_ended);
  };
  const double largest = 100 * static_cast<double>(most) / static_cast<double>(all_ended);
  const double factor = bars.size() < 2
                            ? 1.2
                            : static_cast<double>(bars.back().up_to_us + 1) /
                                  static_cast<double>(bars[bars.size() - 2].up_to_us + 1);
  const double from = std::max(1.0, static_cast<double>(bars.front().up_to_us) / factor);
  const double to = std::max(from * 1.5, static_cast<double>(bars.back().up_to_us) * factor);
  const LogAxis axis(from, to);

  Markup all = heights(largest, "% of workflows");
  double left = from;
  for (const Span& bar : bars) {
    const double right = std::max(left, static_cast<double>(bar.up_to_us));
    const double height = (kBottom - kTop) * share(bar) / largest;
    if (bar.count > 0) {
      all += rect("column", axis.at(left), kBottom - height, axis.at(right) - axis.at(left) - 1,
                  height);
    }
    left = right;
  }
  all += latency_ticks(axis, from, to);
  all += mark(axis, "p50", latency.p50_us, 0);
  all += mark(axis, "p95", latency.p95_us, 1);
  all += mark(axis, "p99", latency.p99_us, 2);
  return picture("Latency: half took " + span_name(latency.p50_us) + " or less, 95 of 100 " +
                     span_name(latency.p95_us) + ", 99 of 100 " + span_name(latency.p99_us) +
                     ", the slowest " + span_name(latency.max_us),
                 all);
}

}  // namespace ackproof::reports::html
