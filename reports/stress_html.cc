// The page about a stress run.
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/stress_forms.h"
#include "reports/stress_plots.h"
#include "reports/stress_wording.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace html {

namespace {

constexpr char kStressStyle[] = R"css(
.right { --c: var(--good); } .wrong { --c: var(--bad); }
.undecided, .interrupted { --c: var(--warn); }
.wide { overflow-x: auto; margin-top: 1rem; }
.figures { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.figures th { font-weight: 400; color: var(--soft); }
.figures th, .figures td { text-align: right; padding: .35rem 0 .35rem 1.1rem;
  white-space: nowrap; }
.figures th:first-child, .figures td:first-child { text-align: left; padding-left: 0; }
.figures tr + tr > * { border-top: 1px solid var(--line); }
.plots { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem 2rem; margin-top: 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .86rem; color: var(--soft); }
.plot { display: block; width: 100%; height: auto; }
.plot text { font: 22px var(--sans); fill: var(--soft); }
.plot .column { fill: var(--link); } .plot .band { fill: var(--line); opacity: .55; }
.plot line { stroke: var(--line); stroke-width: 2; } .plot .base { stroke: var(--quiet); }
.plot .tick { stroke: var(--quiet); }
.plot .mark { stroke: var(--warn); stroke-width: 3; stroke-dasharray: 8 6; }
.verdict { display: flex; align-items: baseline; gap: .5rem; font-weight: 600; color: var(--c); }
.verdict .icon { align-self: center; }
.numbers { margin-top: 1rem; } .numbers summary { color: var(--soft); cursor: pointer; }
@media (max-width: 42rem) { .plots { grid-template-columns: 1fr; } }
@media print { .plots, .figures tr { break-inside: avoid; } }
)css";

std::string_view headline(StressVerdict verdict) {
  switch (verdict) {
    case StressVerdict::right:
      return "All right";
    case StressVerdict::wrong:
      return "Not right";
    case StressVerdict::interrupted:
      return "Interrupted";
    case StressVerdict::undecided:
      break;
  }
  return "Undecided";
}

Seal seal_of(StressVerdict verdict) {
  if (verdict == StressVerdict::right) return Seal::tick;
  return verdict == StressVerdict::wrong ? Seal::cross : Seal::question;
}

// The symbol of a verdict, of those that the pages share.
std::string_view symbol_of(StressVerdict verdict) {
  if (verdict == StressVerdict::right) return "passed";
  return verdict == StressVerdict::wrong ? "failed" : "inconclusive";
}

// As the colours of the banner are named.
std::string_view colour_of(StressVerdict verdict) {
  if (verdict == StressVerdict::right) return "certified";
  return verdict == StressVerdict::wrong ? "not_certified" : "undecided";
}

// What only some loads go by.
Markup load_facts(const StressSettings& asked) {
  const std::string payloads = has_payloads(asked) ? size_name(asked.payload_bytes) : "";
  if (!has_work(asked)) return payloads.empty() ? Markup() : fact("Payloads", payloads);
  return fact("Activities", duration_name(asked.activity),
              payloads.empty() ? "" : "payloads of " + payloads);
}

Markup facts(const Stress& stress) {
  const StressSettings& asked = stress.settings;
  const std::string under_way = grouped(asked.in_flight) + " in flight";
  const std::string load =
      asked.workflows > 0 ? count(asked.workflows, "workflow") : duration_name(asked.duration);
  return markup(
      "<dl class=\"facts\">\n", fact("Load", words(asked.load), load),
      fact("Workflows", under_way, "at most " + duration_name(asked.drain) + " to drain"),
      fact("Workers", grouped(asked.turn_workers) + " + " + grouped(asked.activity_workers),
           "turns + activities"),
      load_facts(asked),
      fact("When", moment(stress.started_at), "seed " + std::to_string(asked.seed)), "</dl>\n");
}

Markup banner(const Stress& stress) {
  const StressVerdict verdict = verdict_on(stress);
  Markup sentences;
  for (const Stressed& stressed : stress.providers) {
    sentences +=
        markup("<li class=\"", name(verdict_on(stressed)), "\">", sentence_on(stressed), "</li>\n");
  }
  return markup(kSymbols, "<header class=\"banner ", colour_of(verdict),
                "\"><div>\n<p class=\"brand\">ackproof stress report</p>\n<h1>",
                seal(seal_of(verdict)), headline(verdict), "</h1>\n", facts(stress),
                "<ul class=\"reasons\">\n", sentences, "</ul>\n</div></header>\n");
}

Markup cells(std::string_view kind, const std::vector<std::string>& texts) {
  Markup all = markup("<tr>");
  for (const std::string& text : texts) {
    all += kind == "th" ? markup("<th>", text, "</th>") : markup("<td>", text, "</td>");
  }
  all += markup("</tr>\n");
  return all;
}

Markup figures(const std::vector<std::string>& head, const Markup& rows) {
  return markup("<div class=\"wide\"><table class=\"figures\">\n", cells("th", head), rows,
                "</table></div>\n");
}

Markup side_by_side(const Stress& stress) {
  Markup rows;
  for (const Stressed& stressed : stress.providers) {
    const StressCounts& all = stressed.all;
    const Latency& latency = all.latency;
    rows +=
        cells("td", {stressed.provider, grouped(all.started), success_name(all),
                     rate_name(steady_rate(stressed.phases)), rate_name(whole_rate(stressed)),
                     latency_name(latency, latency.p50_us), latency_name(latency, latency.p95_us),
                     latency_name(latency, latency.p99_us), latency_name(latency, latency.max_us)});
  }
  return markup(
      "<section>\n<h2>Side by side</h2>\n<p class=\"lead\">Per second: workflows that ended, "
      "behind "
      "the ramp and before the drain. A latency is from when a workflow was due to be started to "
      "when its end was seen in the store. Right: each with the result that was computed "
      "beforehand, and with each activity recorded once; rounded down.</p>\n",
      figures({"provider", "workflows", "right", "per second", "with ramp and drain", "p50", "p95",
               "p99", "max"},
              rows),
      "</section>\n");
}

Markup loads(const Stressed& stressed) {
  Markup rows;
  const auto add = [&](const StressCounts& counts, const std::string& load) {
    const Latency& latency = counts.latency;
    rows +=
        cells("td", {load, grouped(counts.started), grouped(counts.right), grouped(counts.wrong),
                     grouped(counts.lost), latency_name(latency, latency.p50_us),
                     latency_name(latency, latency.p95_us), latency_name(latency, latency.p99_us),
                     latency_name(latency, latency.max_us)});
  };
  for (const StressCounts& load : stressed.loads) add(load, words(load.load));
  if (stressed.loads.size() != 1) add(stressed.all, "all");
  return figures({"load", "started", "right", "wrong", "lost", "p50", "p95", "p99", "max"}, rows);
}

Markup sheet(const Stressed& stressed) {
  const StressActivities& activities = stressed.activities;
  Markup left =
      markup(line("Right", success_name(stressed.all)),
             line("Per second, without ramp and drain", rate_name(steady_rate(stressed.phases))),
             line("Per second, with them", rate_name(whole_rate(stressed))),
             line("Ramp, until as many ended as are in flight", span_name(stressed.phases.ramp_us)),
             line("Started for", span_name(stressed.phases.feed_us)),
             line("Until the last end", span_name(stressed.phases.whole_us)));
  if (stressed.all.unfinished > 0) {
    left += line("Under way at the interrupt", grouped(stressed.all.unfinished));
  }
  Markup right = markup(line("Activities recorded", grouped(activities.recorded)),
                        line("Recorded twice", grouped(activities.recorded_again)),
                        line("Lost", grouped(activities.unanswered)),
                        line("Executions beyond the first", grouped(activities.executed_again)),
                        line("Looked at again", looked_again_name(stressed)),
                        line("Queues", queues_name(stressed.queues)));
  Markup below = markup(line("Client: memory at most", memory_name(stressed.client.peak_bytes)),
                        line("Client: processor", processor_name(stressed.client)));
  if (stressed.server) {
    below += markup(line("Server: memory at most", memory_name(stressed.server->peak_bytes)),
                    line("Server: processor", processor_name(*stressed.server)));
  }
  const Environment& place = stressed.environment;
  const Markup where = markup(
      line("Store", stressed.store_version), line("Stores on", place.file_system),
      line("Server", place.server.empty() ? "none" : place.server), line("System", place.system),
      line("Compiler", place.compiler), line("Cores", grouped(place.cores)),
      line("Load average before and after", load_average_name(stressed.load_before) + " and " +
                                                load_average_name(stressed.load_after)));
  return markup("<div class=\"columns\"><div><table class=\"sheet\">\n", left, right,
                "</table></div><div><table class=\"sheet\">\n", below, where,
                "</table></div></div>\n");
}

Markup findings(const Stressed& stressed) {
  if (stressed.findings.empty()) return {};
  Markup all;
  for (const StressFinding& finding : stressed.findings) {
    all += markup("<li><p><b>", name(finding.fault), "</b> <code>", readable_line(finding.instance),
                  "</code></p><p class=\"reason\">", finding.said, "</p></li>\n");
  }
  if (stressed.more_findings > 0) {
    all += markup("<li><p>and ", grouped(stressed.more_findings), " more</p></li>\n");
  }
  return markup("<p class=\"label\">What is not as it should be</p>\n<ul class=\"list\">\n", all,
                "</ul>\n");
}

Markup throughput_numbers(const Stressed& stressed) {
  Markup rows;
  for (const Stretch& stretch : stretches(stressed.seconds)) {
    rows += cells("td", {std::to_string(stretch.from_s) + " to " +
                             std::to_string(stretch.from_s + stretch.seconds) + " s",
                         grouped(stretch.sum.started), grouped(stretch.sum.ended),
                         grouped(stretch.sum.under_way), span_name(stretch.sum.slowest_us)});
  }
  return markup("<details class=\"numbers\"><summary>The numbers, over time</summary>\n",
                figures({"time", "started", "ended", "under way in the end", "slowest"}, rows),
                "</details>\n");
}

Markup latency_numbers(const Latency& latency) {
  Markup rows;
  for (const Span& span : spans(latency)) {
    if (span.count == 0) continue;
    rows += cells("td", {span_name(span.up_to_us), grouped(span.count)});
  }
  return markup("<details class=\"numbers\"><summary>The numbers, by latency</summary>\n",
                figures({"up to", "workflows"}, rows), "</details>\n");
}

Markup provider(const Stressed& stressed) {
  const StressVerdict verdict = verdict_on(stressed);
  Markup inside;
  if (stressed.all.started > 0) {
    inside = markup("<div class=\"plots\"><figure>\n", throughput_plot(stressed),
                    throughput_numbers(stressed), "</figure><figure>\n",
                    latency_plot(stressed.all.latency), latency_numbers(stressed.all.latency),
                    "</figure></div>\n", loads(stressed), sheet(stressed));
  }
  return markup("<section>\n<h2>", provider_name(stressed), "</h2>\n<p class=\"verdict ",
                name(verdict), "\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"#o-",
                symbol_of(verdict), "\"/></svg>", sentence_on(stressed), "</p>\n",
                findings(stressed), inside, "</section>\n");
}

Markup repetition(const Stress& stress) {
  std::string typed = stress.command;
  if (typed.find("--seed") == std::string::npos) {
    typed += " --seed " + std::to_string(stress.settings.seed);
  }
  const std::string& digest = stress.suite.binary_digest;
  return markup(
      "<section>\n<h2>How to repeat it</h2>\n<p class=\"lead\">The same seed gives the "
      "same workflows; how fast they are is up to the machine.</p>\n",
      command(typed), "<table class=\"sheet\">\n",
      line("Suite", "ackproof " + stress.suite.version),
      line("Digest of the suite", digest.empty() ? "unknown" : digest), "</table>\n</section>\n");
}

}  // namespace

}  // namespace html

std::string render_stress_html(const Stress& stress) {
  using namespace html;
  Markup sections = side_by_side(stress);
  for (const Stressed& stressed : stress.providers) sections += provider(stressed);
  sections += repetition(stress);
  return whole_page({.title = "ackproof stress: " + words(name(verdict_on(stress))),
                     .style = markup(kStressStyle),
                     .head = banner(stress),
                     .sections = sections,
                     .script = markup(kAllScript, kCopyScript),
                     .source = markup("<code>stress.json</code> alone")},
                    &stress.suite);
}

}  // namespace ackproof::reports
