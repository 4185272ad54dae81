// JUnit XML in the form that continuous integration systems agree on: <failure> is a broken clause,
// <error> a question without an answer, <skipped> one that was not put or whose answer is accepted.
#include <cstdio>

#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

struct Tally {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;
  Duration took{0};
};

bool is_skipped(Outcome outcome) {
  return outcome == Outcome::not_applicable || outcome == Outcome::exempted;
}

void add(const Verdict& verdict, Tally& tally) {
  ++tally.tests;
  tally.took += verdict.took;
  if (verdict.outcome == Outcome::failed) {
    ++tally.failures;
  } else if (is_skipped(verdict.outcome)) {
    ++tally.skipped;
  } else if (verdict.outcome != Outcome::passed) {
    ++tally.errors;
  }
}

std::string seconds(Duration duration) {
  const auto ms = duration.count();
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(ms / 1'000),
                static_cast<long long>(ms % 1'000));
  return text;
}

Markup numbers(const Tally& tally) {
  return markup(" tests=\"", tally.tests, "\" failures=\"", tally.failures, "\" errors=\"",
                tally.errors, "\" skipped=\"", tally.skipped, "\" time=\"", seconds(tally.took),
                "\"");
}

Markup property(std::string_view name, std::string_view value) {
  return markup("      <property name=\"", name, "\" value=\"", readable_line(value), "\"/>\n");
}

Markup properties(const Run& run, const Judgement& judgement) {
  const Selection& asked = run.selection;
  Markup all = markup("    <properties>\n");
  all += property("provider", run.provider);
  all += property("provider.version", run.description.version);
  all += property("store.version", run.description.store_version);
  all += property("suite.version", run.suite.version);
  all += property("suite.digest", run.suite.binary_digest);
  all += property("contract.version", run.suite.contract_version);
  all += property("profiles", list(asked.profiles));
  all += property("level", level_name(asked.level));
  all += property("clock", name(asked.clock));
  all += property("seed", std::to_string(asked.seed));
  all += property("conclusion", name(judgement.conclusion));
  for (const Exemption& each : run.exemptions) {
    all += property("exemption", each.subject + " until " + each.expires + ": " + each.reason);
  }
  all += property("sentence", judgement.sentence);
  all += markup("    </properties>\n");
  return all;
}

// What a person needs who sees only the log of the continuous integration.
std::string story(const Run& run, const Verdict& verdict) {
  const Requirement& clause = requirement_of(verdict.requirement);
  std::string text = verdict.requirement + ": " + std::string(clause.text) + "\n";
  text += "Why it matters: " + std::string(clause.why) + "\n";
  if (!verdict.reason.empty()) text += "\nReason: " + verdict.reason + "\n";
  for (const Failure& failure : verdict.failures) {
    text += "\n" + failure.text + "\n";
    if (!failure.file.empty())
      text += "at " + failure.file + ":" + std::to_string(failure.line) + "\n";
  }
  if (!verdict.calls.empty()) text += "\nLast calls:\n";
  for (const std::string& call : verdict.calls) text += "  " + call + "\n";
  return text + "\nReproduce: " + reproduce_command(run, verdict) + "\n";
}

std::string message(const Verdict& verdict) {
  if (!verdict.reason.empty()) return readable_line(verdict.reason);
  if (verdict.failures.empty()) return phrase(verdict.outcome);
  return readable_line(verdict.failures.front().text);
}

Markup result(const Run& run, const Verdict& verdict) {
  if (verdict.outcome == Outcome::passed) return {};
  const std::string why = message(verdict);
  if (is_skipped(verdict.outcome)) return markup("      <skipped message=\"", why, "\"/>\n");
  const std::string text = story(run, verdict);
  const std::string_view type = name(verdict.outcome);
  if (verdict.outcome == Outcome::failed) {
    return markup("      <failure type=\"", type, "\" message=\"", why, "\">", text,
                  "</failure>\n");
  }
  return markup("      <error type=\"", type, "\" message=\"", why, "\">", text, "</error>\n");
}

Markup testcase(const Run& run, const Verdict& verdict) {
  const Markup inner = result(run, verdict);
  const std::string classname = readable_line(run.provider + "." + verdict.requirement);
  Markup element =
      markup("    <testcase classname=\"", classname, "\" name=\"",
             readable_line(verdict_name(verdict)), "\" time=\"", seconds(verdict.took), "\"");
  if (inner.text.empty() && verdict.output.empty()) {
    element += markup("/>\n");
    return element;
  }
  element += markup(">\n", inner);
  if (!verdict.output.empty()) {
    element += markup("      <system-out>", verdict.output, "</system-out>\n");
  }
  element += markup("    </testcase>\n");
  return element;
}

Markup testsuite(const Run& run, const Area& area, const Judgement& judgement) {
  Tally tally;
  for (const Verdict* verdict : area.verdicts) add(*verdict, tally);
  Markup element = markup("  <testsuite name=\"", readable_line(run.provider + "." + area.id), "\"",
                          numbers(tally), " timestamp=\"", readable_line(run.started_at), "\">\n");
  element += properties(run, judgement);
  for (const Verdict* verdict : area.verdicts) element += testcase(run, *verdict);
  element += markup("  </testsuite>\n");
  return element;
}

}  // namespace

std::string render_junit(const Run& run) {
  const Judgement judgement = judge(run);
  Tally tally;
  for (const Verdict& verdict : run.verdicts) add(verdict, tally);
  Markup document = markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"",
                           readable_line("ackproof." + run.provider), "\"", numbers(tally), ">\n");
  for (const Area& area : areas(run)) {
    if (!area.verdicts.empty()) document += testsuite(run, area, judgement);
  }
  document += markup("</testsuites>\n");
  return document.text;
}

}  // namespace ackproof::reports
