// JUnit XML in the form that continuous integration systems agree on: <failure> is a broken clause,
// <error> a question without an answer, <skipped> one that was not put or whose answer is accepted.
// The last test case is the run itself, so that whoever only counts reads the verdict, too.
#include <cstdio>

#include "reports/entries.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

enum class Element { none, failure, error, skipped };

Element element_of(const Entry& entry) {
  switch (entry.grade) {
    case Grade::passed:
      return Element::none;
    case Grade::not_asked:
    case Grade::accepted:
      return Element::skipped;
    case Grade::undecided:
      return Element::error;
    case Grade::refuted:
      break;
  }
  const bool is_found = entry.verdict == nullptr || entry.verdict->outcome == Outcome::failed ||
                        entry.verdict->outcome == Outcome::flaky;
  return is_found ? Element::failure : Element::error;
}

struct Tally {
  std::uint64_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;
  Duration took{0};
};

Duration took(const Entry& entry) {
  return entry.verdict == nullptr ? Duration(0) : entry.verdict->took;
}

Tally tally_of(const std::vector<const Entry*>& entries) {
  Tally tally;
  for (const Entry* entry : entries) {
    const Element element = element_of(*entry);
    ++tally.tests;
    tally.failures += element == Element::failure ? 1 : 0;
    tally.errors += element == Element::error ? 1 : 0;
    tally.skipped += element == Element::skipped ? 1 : 0;
    tally.took += took(*entry);
  }
  return tally;
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

Markup result(const Entry& entry) {
  switch (element_of(entry)) {
    case Element::none:
      return {};
    case Element::skipped:
      return markup("      <skipped message=\"", words(entry.outcome), ": ", entry.message,
                    "\"/>\n");
    case Element::failure:
      return markup("      <failure type=\"", entry.outcome, "\" message=\"", entry.message, "\">",
                    entry.story, "</failure>\n");
    case Element::error:
      break;
  }
  return markup("      <error type=\"", entry.outcome, "\" message=\"", entry.message, "\">",
                entry.story, "</error>\n");
}

Markup testcase(const Run& run, const Entry& entry) {
  const Markup inner = result(entry);
  const std::string clause = entry.requirement.empty() ? "" : "." + entry.requirement;
  const std::string output = entry.verdict == nullptr ? "" : entry.verdict->output;
  Markup element =
      markup("    <testcase classname=\"", readable_line(run.provider + clause), "\" name=\"",
             readable_line(entry.name), "\" time=\"", seconds(took(entry)), "\"");
  if (inner.text.empty() && output.empty()) {
    element += markup("/>\n");
    return element;
  }
  element += markup(">\n", inner);
  if (!output.empty()) element += markup("      <system-out>", output, "</system-out>\n");
  element += markup("    </testcase>\n");
  return element;
}

Markup testsuite(const Run& run, const std::string& suite, const Judgement& judgement,
                 const std::vector<const Entry*>& entries) {
  Markup element =
      markup("  <testsuite name=\"", readable_line(run.provider + "." + suite), "\"",
             numbers(tally_of(entries)), " timestamp=\"", readable_line(run.started_at), "\">\n");
  element += properties(run, judgement);
  for (const Entry* entry : entries) element += testcase(run, *entry);
  element += markup("  </testsuite>\n");
  return element;
}

}  // namespace

std::string render_junit(const Run& run) {
  const Judgement judgement = judge(run);
  const std::vector<Entry> all = entries(run, judgement);
  std::vector<std::pair<std::string, std::vector<const Entry*>>> suites;
  for (const Area& area : areas(run)) suites.push_back({area.id, {}});
  suites.push_back({std::string(kRunName), {}});
  std::vector<const Entry*> every;
  for (const Entry& entry : all) {
    const std::string suite =
        entry.requirement.empty() ? std::string(kRunName) : area_of(entry.requirement);
    for (auto& [name, members] : suites) {
      if (name == suite) members.push_back(&entry);
    }
    every.push_back(&entry);
  }
  Markup document =
      markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"",
             readable_line("ackproof." + run.provider), "\"", numbers(tally_of(every)), ">\n");
  for (const auto& [name, members] : suites) {
    if (!members.empty()) document += testsuite(run, name, judgement, members);
  }
  document += markup("</testsuites>\n");
  return document.text;
}

}  // namespace ackproof::reports
