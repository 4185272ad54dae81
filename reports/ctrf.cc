// Common Test Report Format, specification 0.0.0 (working draft of 2025-11-24): strict, so only fields that the schema
// names, and what is our own below `extra`.
#include <nlohmann/json.hpp>

#include "reports/entries.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

using Json = nlohmann::ordered_json;

// `skipped` is what was not asked. What was asked and is neither passed nor failed is `other`, and the run itself has
// no third way: it is certified or it is not.
const char* status(const Entry& entry) {
  switch (entry.grade) {
    case Grade::passed:
      return "passed";
    case Grade::not_asked:
      return "skipped";
    case Grade::accepted:
      return "other";
    case Grade::undecided:
      return entry.requirement.empty() ? "failed" : "other";
    case Grade::refuted:
      break;
  }
  return "failed";
}

Json lines_of(const std::string& text) {
  Json lines = Json::array();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(readable(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

Json suite(const Run& run, const Entry& entry) {
  Json names = Json::array({readable_line(run.provider)});
  if (entry.requirement.empty()) return names;
  names.push_back(readable_line(area_of(entry.requirement)));
  names.push_back(readable_line(entry.requirement));
  return names;
}

void add_verdict(const Run& run, const Verdict& verdict, Json& test) {
  if (!verdict.failures.empty() && !verdict.failures.front().file.empty()) {
    test["filePath"] = readable_line(verdict.failures.front().file);
    test["line"] = verdict.failures.front().line;
  }
  const std::uint64_t asked_again =
      std::max<std::uint64_t>(verdict.attempts, 1) - 1 + verdict.retries.size();
  if (asked_again > 0) test["retries"] = asked_again;
  if (verdict.outcome == Outcome::flaky) test["flaky"] = true;
  if (!verdict.output.empty()) test["stdout"] = lines_of(verdict.output);
  test["extra"]["ackproof.verdict"] = {{"requirement", verdict.requirement},
                                       {"force", name(requirement_of(verdict.requirement).force)},
                                       {"repetition", verdict.repetition},
                                       {"seed", verdict.seed},
                                       {"reproduce", reproduce_command(run, verdict)}};
}

Json test_of(const Run& run, const Entry& entry) {
  Json test;
  test["name"] = entry.name.empty() ? "unnamed" : readable_line(entry.name);
  test["status"] = status(entry);
  test["duration"] = entry.verdict == nullptr ? 0 : entry.verdict->took.count();
  test["suite"] = suite(run, entry);
  if (!entry.message.empty()) test["message"] = entry.message;
  if (!entry.story.empty()) test["trace"] = readable(entry.story);
  test["rawStatus"] = entry.outcome;
  if (entry.verdict != nullptr) add_verdict(run, *entry.verdict, test);
  return test;
}

Json summary_of(const Run& run, const Json& tests) {
  const std::int64_t start = since_1970(run.started_at).value_or(0);
  Json summary = {{"tests", tests.size()}, {"passed", 0},  {"failed", 0},
                  {"skipped", 0},          {"pending", 0}, {"other", 0}};
  for (const Json& test : tests) {
    Json& number = summary[test["status"].get<std::string>()];
    number = number.get<std::uint64_t>() + 1;
  }
  summary["start"] = start;
  summary["stop"] = start + run.took.count();
  summary["duration"] = run.took.count();
  return summary;
}

Json environment(const Run& run, const Judgement& judgement) {
  return {{"reportName", "ackproof: " + readable_line(judgement.sentence)},
          {"appName", readable_line(run.provider)},
          {"appVersion", readable_line(run.description.version)},
          {"osVersion", readable_line(run.environment.system)},
          {"healthy", grade(judgement.conclusion) == Grade::passed}};
}

Json run_of(const Run& run, const Judgement& judgement) {
  return {{"conclusion", name(judgement.conclusion)},
          {"sentence", readable_line(judgement.sentence)},
          {"planned", judgement.planned},
          {"missing", judgement.missing},
          {"profiles", run.selection.profiles},
          {"level", name(run.selection.level)},
          {"clock", name(run.selection.clock)},
          {"seed", run.selection.seed},
          {"contract", run.suite.contract_version},
          {"digest", run.suite.binary_digest},
          {"store", run.description.store_version},
          {"server", run.environment.server},
          {"remarks", judgement.remarks}};
}

}  // namespace

std::string render_ctrf(const Run& run) {
  const Judgement judgement = judge(run);
  Json tests = Json::array();
  for (const Entry& entry : entries(run, judgement)) tests.push_back(test_of(run, entry));
  Json results;
  results["tool"] = {{"name", "ackproof"}, {"version", run.suite.version}};
  results["summary"] = summary_of(run, tests);
  results["tests"] = std::move(tests);
  results["environment"] = environment(run, judgement);
  results["extra"]["ackproof.run"] = run_of(run, judgement);
  Json document = {{"reportFormat", "CTRF"},
                   {"specVersion", "0.0.0"},
                   {"generatedBy", "ackproof " + run.suite.version}};
  document["results"] = std::move(results);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ackproof::reports
