// SARIF 2.1.0, for code scanning: rules are clauses, results are problems. What passed and what was not asked stands in
// the property bag of the run, because consumers take every result for a problem, whatever its `kind`.
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "reports/entries.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr const char* kSources = "ACKPROOF";  // The base of the paths: the source of the suite.
constexpr const char* kWords =
    "contract/README.md";  // Where a result is that no line of the suite found.

// Text in which nothing is a placeholder and nothing a link.
Json message(std::string_view text) {
  std::string safe;
  for (const char c : readable(text)) {
    if (c == '(' && safe.ends_with(']')) safe += ' ';
    safe += c;
    if (c == '{' || c == '}') safe += c;
  }
  return {{"text", safe}};
}

std::string first_sentence(std::string_view text) {
  const std::size_t end = text.find(". ");
  return std::string(text.substr(0, end == text.npos ? end : end + 1));
}

// --- Rules

Json rule(const Clause& clause) {
  const Requirement& words = requirement_of(clause.requirement);
  const bool is_must = words.force == Force::must;
  Json rule = {{"id", clause.requirement},
               {"shortDescription", message(first_sentence(words.text))}};
  rule["fullDescription"] = message(words.text);
  rule["help"] = message(clause.requirement + " (" + std::string(name(words.force)) + "): " +
                         std::string(words.text) + "\n\nWhy it matters: " + std::string(words.why) +
                         "\n\nHow it is usually broken and mended: " + std::string(words.mend));
  rule["defaultConfiguration"] = {{"level", is_must ? "error" : "warning"}};
  rule["properties"] = {{"tags", Json::array({area_of(clause.requirement), name(words.force)})}};
  return rule;
}

Json rules(const Run& run) {
  Json all = Json::array();
  for (const Clause& clause : run.clauses) all.push_back(rule(clause));
  all.push_back(
      {{"id", kRunName},
       {"shortDescription", message("The provider keeps the contract.")},
       {"fullDescription",
        message("Every clause of the selection that binds the provider was asked and holds.")},
       {"help", message("Each reason why the provider is not certified is named.")},
       {"defaultConfiguration", {{"level", "error"}}}});
  return all;
}

// --- Results

bool is_problem(const Entry& entry) { return entry.grade >= Grade::accepted; }

Json place(const std::string& file, int line) {
  Json artifact = {{"uri", uri_of(file)}, {"uriBaseId", kSources}};
  if (file.starts_with('/')) artifact = {{"uri", "file://" + uri_of(file)}};
  return {{"artifactLocation", artifact}, {"region", {{"startLine", std::max(line, 1)}}}};
}

// Stays the same from run to run, whatever line or outcome it has.
std::string identity(const Run& run, const Entry& entry) {
  const std::string what = entry.verdict == nullptr ? entry.name : entry.verdict->validation;
  return readable_line(run.provider + "/" + entry.requirement + "/" + what);
}

// FNV-1a, in the form of what code scanning computes where it is missing.
std::string hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325U;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  char digits[24];
  std::snprintf(digits, sizeof digits, "%016llx:1", static_cast<unsigned long long>(value));
  return digits;
}

Json locations(const Run& run, const Entry& entry, Json& related) {
  Json places = Json::array();
  if (entry.verdict != nullptr) {
    for (const Failure& failure : entry.verdict->failures) {
      if (failure.file.empty()) continue;
      Json& to = places.empty() ? places : related;
      to.push_back({{"physicalLocation", place(failure.file, failure.line)}});
      if (&to == &related) to.back()["message"] = message(failure.text);
    }
  }
  if (places.empty()) places.push_back({{"physicalLocation", place(kWords, 1)}});
  places[0]["logicalLocations"] =
      Json::array({{{"fullyQualifiedName", identity(run, entry)}, {"kind", "function"}}});
  return places;
}

Json result(const Run& run, const Entry& entry,
            const std::map<std::string, std::size_t>& rule_indices) {
  const std::string rule_id = entry.requirement.empty() ? std::string(kRunName) : entry.requirement;
  const auto index = rule_indices.find(rule_id);
  Json related = Json::array();
  Json result = {{"ruleId", readable_line(rule_id)}, {"kind", "fail"}};
  if (index != rule_indices.end()) result["ruleIndex"] = index->second;
  result["level"] = entry.grade == Grade::undecided ? "warning" : "error";
  result["message"] = message(entry.name + " " + words(entry.outcome) + ": " + entry.message +
                              ".\n\n" + entry.story);
  result["locations"] = locations(run, entry, related);
  if (!related.empty()) result["relatedLocations"] = related;
  const std::string same = identity(run, entry);
  result["partialFingerprints"] = {{"ackproofValidation/v1", same},
                                   {"primaryLocationLineHash", hash(same)}};
  if (entry.grade == Grade::accepted) {
    result["suppressions"] = Json::array(
        {{{"kind", "external"}, {"status", "accepted"}, {"justification", entry.message}}});
  }
  result["properties"]["ackproof"] = {{"name", readable_line(entry.name)},
                                      {"outcome", entry.outcome}};
  return result;
}

Json results(const Run& run, const std::vector<Entry>& entries, const Json& rules) {
  std::map<std::string, std::size_t> indices;
  for (std::size_t i = 0; i < rules.size(); ++i)
    indices.emplace(rules[i]["id"].get<std::string>(), i);
  Json all = Json::array();
  for (const Entry& entry : entries) {
    if (is_problem(entry)) all.push_back(result(run, entry, indices));
  }
  return all;
}

// --- The run

Json invocation(const Run& run, const Judgement& judgement) {
  Json invocation = {{"commandLine", readable_line(run.command)},
                     {"executionSuccessful", !run.interrupted},
                     {"exitCode", exit_code(run, judgement)},
                     {"exitCodeDescription", readable_line(judgement.sentence)}};
  if (const auto start = since_1970(run.started_at)) {
    invocation["startTimeUtc"] = run.started_at;
    invocation["endTimeUtc"] = moment_name(*start + run.took.count());
  }
  return invocation;
}

Json properties(const Run& run, const Judgement& judgement, const std::vector<Entry>& entries) {
  Json passed = Json::array();
  Json not_applicable = Json::array();
  for (const Entry& entry : entries) {
    if (entry.verdict == nullptr) continue;
    Json named = {{"requirement", entry.requirement}, {"name", readable_line(entry.name)}};
    if (entry.grade == Grade::passed) passed.push_back(named);
    if (entry.grade != Grade::not_asked) continue;
    named["reason"] = entry.message;
    not_applicable.push_back(named);
  }
  Json ours = {{"conclusion", name(judgement.conclusion)},
               {"sentence", readable_line(judgement.sentence)},
               {"planned", judgement.planned},
               {"missing", judgement.missing},
               {"seed", run.selection.seed}};
  ours["passed"] = passed;
  ours["not_applicable"] = not_applicable;
  ours["remarks"] = judgement.remarks;
  return {{"ackproof", ours}};
}

}  // namespace

std::string render_sarif(const Run& run) {
  const Judgement judgement = judge(run);
  const std::vector<Entry> all = entries(run, judgement);
  const Json of_run = rules(run);
  Json document;
  document["$schema"] = kSchema;
  document["version"] = "2.1.0";
  Json told;
  told["tool"]["driver"] = {
      {"name", "ackproof"}, {"version", run.suite.version}, {"rules", of_run}};
  told["automationDetails"]["id"] =
      readable_line("ackproof/" + run.provider + "/" + std::string(name(run.selection.clock))) +
      "/";
  told["invocations"] = Json::array({invocation(run, judgement)});
  told["originalUriBaseIds"][kSources]["description"] =
      message("The source of ackproof " + run.suite.version);
  told["results"] = results(run, all, of_run);
  told["properties"] = properties(run, judgement, all);
  document["runs"] = Json::array({told});
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ackproof::reports
