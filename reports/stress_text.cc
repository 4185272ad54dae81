// What the terminal shows of a stress run.
#include "reports/stress_forms.h"
#include "reports/stress_wording.h"
#include "reports/table.h"
#include "reports/terminal.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

constexpr std::size_t kShownFindings = 8;

Ink ink(StressVerdict verdict) {
  if (verdict == StressVerdict::right) return Ink::green;
  return verdict == StressVerdict::wrong ? Ink::red : Ink::yellow;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : std::string(kGap)) + part;
  return all;
}

void header(const Stress& stress, const Stressed& stressed, Terminal& out) {
  std::vector<std::string> parts = {out.in(Ink::bold, readable_line(provider_name(stressed)))};
  if (!stressed.store_version.empty()) parts.push_back(readable_line(stressed.store_version));
  parts.push_back("stores on " + readable_line(stressed.environment.file_system));
  parts.push_back("ackproof " + readable_line(stress.suite.version));
  parts.push_back(readable_line(stress.started_at));
  out.line(joined(parts));
  if (!stressed.environment.server.empty()) {
    out.line("server: " + readable_line(stressed.environment.server));
  }
  out.paragraph(readable_line(load_name(stress.settings)) + ": ",
                reports::list(settings_names(stress.settings)), 2);
}

TableLine line_of(const StressCounts& counts, const std::string& load) {
  const Latency& latency = counts.latency;
  return {{load, grouped(counts.started), grouped(counts.right), grouped(counts.wrong),
           grouped(counts.lost), latency_name(latency, latency.p50_us),
           latency_name(latency, latency.p95_us), latency_name(latency, latency.p99_us),
           latency_name(latency, latency.max_us)},
          "",
          ""};
}

void loads(const Stressed& stressed, Terminal& out) {
  out.line();
  std::vector<TableLine> lines = {
      {{"load", "started", "right", "wrong", "lost", "p50", "p95", "p99", "max"}, "", ""}};
  for (const StressCounts& load : stressed.loads) {
    lines.push_back(line_of(load, readable_line(load.load)));
  }
  const bool is_mixed = stressed.loads.size() != 1;
  if (is_mixed) lines.push_back(line_of(stressed.all, "all"));
  const std::vector<Side> sides = {Side::left,  Side::right, Side::right, Side::right, Side::right,
                                   Side::right, Side::right, Side::right, Side::right};
  std::istringstream rows{draw_table(lines, sides, false)};
  bool is_head = true;
  for (std::string row; std::getline(rows, row); is_head = false) {
    out.line(out.in(is_head ? Ink::dim : Ink::plain, row));
  }
  out.line();
}

void facts(const Stressed& stressed, Terminal& out) {
  const auto fact = [&](const char* term, const std::string& value) {
    std::string head = term;
    head.resize(14, ' ');
    out.paragraph(head, value, 14);
  };
  const StressCounts& all = stressed.all;
  fact("success", success_name(all) + ": " + grouped(all.right) + " of " +
                      grouped(all.started - all.unfinished) + " right" +
                      (all.unfinished == 0
                           ? std::string()
                           : ", and " + grouped(all.unfinished) + " under way at the interrupt"));
  fact("workflows", throughput_name(stressed));
  fact("activities", activities_name(stressed.activities));
  fact("looked again", looked_again_name(stressed));
  fact("queues", queues_name(stressed.queues));
  fact("client",
       memory_name(stressed.client.peak_bytes) + " at most, " + processor_name(stressed.client));
  if (stressed.server) {
    fact("server", memory_name(stressed.server->peak_bytes) + " at most, " +
                       processor_name(*stressed.server));
  }
  fact("machine", count(stressed.environment.cores, "core") + ", load average " +
                      load_average_name(stressed.load_before) + " before and " +
                      load_average_name(stressed.load_after) + " after");
}

void findings(const Stressed& stressed, Terminal& out) {
  if (stressed.findings.empty()) return;
  out.line();
  out.line(out.in(Ink::dim, "findings"));
  const std::size_t shown = std::min(stressed.findings.size(), kShownFindings);
  for (std::size_t i = 0; i < shown; ++i) {
    const StressFinding& finding = stressed.findings[i];
    out.paragraph(
        "  " + std::string(name(finding.fault)) + " " + readable_line(finding.instance) + ": ",
        finding.said, 4);
  }
  const std::uint64_t more = stressed.findings.size() - shown + stressed.more_findings;
  if (more > 0) out.line(out.in(Ink::dim, "  … and " + grouped(more) + " more"));
}

std::string code_of(StressVerdict verdict) {
  if (verdict == StressVerdict::right) return "\x1b[32m";
  return verdict == StressVerdict::wrong ? "\x1b[31m" : "\x1b[33m";
}

TableLine row_of(const Stressed& stressed) {
  const StressVerdict verdict = verdict_on(stressed);
  const std::string provider = readable_line(stressed.provider);
  const bool has_figures = stressed.all.started > 0;
  if (!has_figures) {
    const std::string why = stressed.trouble.empty() ? "no workflow was started" : stressed.trouble;
    return {{provider}, why, code_of(verdict)};
  }
  const Latency& latency = stressed.all.latency;
  return {{provider, grouped(stressed.all.started), success_name(stressed.all),
           rate_name(steady_rate(stressed.phases)), rate_name(whole_rate(stressed)),
           latency_name(latency, latency.p50_us), latency_name(latency, latency.p95_us),
           latency_name(latency, latency.p99_us), latency_name(latency, latency.max_us),
           memory_name(stressed.client.peak_bytes), std::string(name(verdict))},
          "",
          code_of(verdict)};
}

}  // namespace

std::string render_stress_text(const Stress& stress, const Stressed& stressed, bool colour) {
  Terminal out(colour);
  header(stress, stressed, out);
  if (stressed.all.started > 0) {
    loads(stressed, out);
    facts(stressed, out);
  }
  findings(stressed, out);
  out.line();
  out.line(out.in(ink(verdict_on(stressed)), readable_line(sentence_on(stressed))));
  return out.take();
}

std::string render_stress_table(const Stress& stress, bool colour) {
  std::vector<TableLine> lines = {{{"provider", "workflows", "right", "per second", "with ramp",
                                    "p50", "p95", "p99", "max", "memory", "verdict"},
                                   "",
                                   ""}};
  for (const Stressed& stressed : stress.providers) lines.push_back(row_of(stressed));
  std::vector<Side> sides(lines.front().cells.size(), Side::right);
  sides.front() = Side::left;
  sides.back() = Side::left;
  return draw_table(lines, sides, colour);
}

}  // namespace ackproof::reports
