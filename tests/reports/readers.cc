#include "tests/reports/readers.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "reports/markup.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace {

using nlohmann::json;

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

Grade grade_of(const std::string& outcome) {
  if (outcome == "missing") return Grade::undecided;
  const auto found = find_outcome(outcome);
  require(found.has_value(), "no outcome: " + outcome);
  return grade(*found);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

std::string unescaped(std::string text) {
  for (const auto& [entity, character] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}) {
    text = replaced(std::move(text), entity, character);
  }
  return text;
}

std::string without_repetition(const std::string& name) {
  static const std::regex kRepetition(" #[0-9]+$");
  return std::regex_replace(name, kRepetition, "");
}

void add(Heard& heard, const std::string& clause, const std::string& name, Grade grade) {
  heard.verdicts[clause + " " + without_repetition(name)].push_back(grade);
}

// "3 verdicts are missing".
std::uint64_t number_in(const std::string& message) {
  static const std::regex kMissing("([0-9]+) verdicts? (is|are) missing");
  std::smatch found;
  require(std::regex_search(message, found, kMissing), "no number of missing verdicts: " + message);
  return std::stoull(found[1]);
}

// What every flat format has: cases named by clause and validation, one for what is missing, one for the run.
void add_entry(Heard& heard, const std::string& clause, const std::string& name, Grade grade,
               const std::string& message) {
  if (clause.empty()) {
    require(name == kRunName, "a case without a clause: " + name);
    heard.run = grade;
  } else if (name == kMissingName) {
    require(grade >= Grade::undecided, "missing verdicts that look fine");
    heard.missing[clause] += number_in(message);
  } else {
    add(heard, clause, name, grade);
  }
}

Heard sorted(Heard heard) {
  for (auto& [name, grades] : heard.verdicts) std::ranges::sort(grades);
  return heard;
}

std::string attribute(const std::string& element, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const std::size_t at = element.find(start);
  if (at == std::string::npos) return {};
  const std::size_t from = at + start.size();
  return unescaped(element.substr(from, element.find('"', from) - from));
}

std::vector<std::string> split(const std::string& text, const std::string& at) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(at, from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + at.size();
  }
  return parts;
}

}  // namespace

Heard heard_of(const Run& run) {
  Heard heard;
  std::map<std::string, std::uint64_t> told;
  for (const Verdict& verdict : run.verdicts) {
    add(heard, verdict.requirement, readable_line(verdict.validation), grade(verdict.outcome));
    ++told[verdict.requirement];
  }
  for (const Clause& clause : run.clauses) {
    const std::uint64_t wanted = clause.planned * run.selection.repeat;
    const std::uint64_t there = told[clause.requirement];
    if (there < wanted) heard.missing[clause.requirement] = wanted - there;
  }
  heard.run = grade(judge(run).conclusion);
  return sorted(heard);
}

Heard read_html(const std::string& page) {
  Heard heard;
  static const std::regex kBanner("<header class=\"banner ([a-z_]+)\"");
  static const std::regex kRow(
      "<tr><td><svg class=\"icon ([a-z_]+)\"[^>]*>.*?</td><td>(?:<a [^>]*>)?<code>(.*?)</code>");
  static const std::regex kHole("<span title=\"missing\">");
  std::smatch found;
  require(std::regex_search(page, found, kBanner), "no banner");
  const std::map<std::string, Grade> conclusions = {{"certified", Grade::passed},
                                                    {"partial", Grade::passed},
                                                    {"undecided", Grade::undecided},
                                                    {"not_certified", Grade::refuted}};
  heard.run = conclusions.at(found[1]);
  for (const std::string& part : split(page, "<details class=\"clause\"")) {
    if (part.find("<summary>") == std::string::npos || part.starts_with("<!doctype")) continue;
    const std::string clause = attribute(part, "id");
    const std::string own = part.substr(0, part.find("</details>"));
    for (std::sregex_iterator at(own.begin(), own.end(), kRow), end; at != end; ++at) {
      add(heard, clause, unescaped((*at)[2]), grade_of((*at)[1]));
    }
    const auto holes =
        std::distance(std::sregex_iterator(own.begin(), own.end(), kHole), std::sregex_iterator());
    if (holes > 0) heard.missing[clause] = static_cast<std::uint64_t>(holes);
  }
  return sorted(heard);
}

Heard read_junit(const std::string& xml) {
  Heard heard;
  std::uint64_t cases = 0;
  for (const std::string& part : split(xml, "    <testcase")) {
    if (part.starts_with("<?xml")) continue;
    ++cases;
    const std::string element = part.substr(0, part.find('>'));
    const std::string inside =
        element.ends_with("/") ? "" : part.substr(0, part.find("</testcase>"));
    const std::string classname = attribute(element, "classname");
    const std::size_t dot = classname.find('.');
    const std::string clause = dot == std::string::npos ? "" : classname.substr(dot + 1);
    Grade grade = Grade::passed;
    std::string message;
    for (const auto& [tag, meaning] : {std::pair{"<skipped ", Grade::not_asked},
                                       {"<failure ", Grade::refuted},
                                       {"<error ", Grade::refuted}}) {
      const std::size_t at = inside.find(tag);
      if (at == std::string::npos) continue;
      message = attribute(inside.substr(at), "message");
      const std::string type = attribute(inside.substr(at, inside.find('>', at) - at), "type");
      grade = message.starts_with("exempted: ")               ? Grade::accepted
              : meaning == Grade::not_asked || clause.empty() ? meaning
                                                              : grade_of(type);
    }
    add_entry(heard, clause, attribute(element, "name"), grade, message);
  }
  require(std::to_string(cases) == attribute(xml.substr(xml.find("<testsuites")), "tests"),
          "the number of tests");
  return sorted(heard);
}

Heard read_markdown(const std::string& page) {
  Heard heard;
  const std::string title = page.substr(0, page.find('\n'));
  heard.run = title.ends_with(": not certified") ? Grade::refuted
              : title.ends_with(": undecided")   ? Grade::undecided
                                                 : Grade::passed;
  require(
      heard.run != Grade::passed || title.ends_with(": certified") || title.ends_with(": partial"),
      "title: " + title);
  const std::size_t from = page.find("<summary>Every validation</summary>");
  require(from != std::string::npos, "no table of all validations");
  static const std::regex kRow(R"(^\| ((?:[^|\\]|\\.)*) \| (`+) ?(.*?) ?\2 \| (.*) \|$)");
  static const std::regex kCount("([0-9]+) ([a-z ]+)");
  std::istringstream lines(page.substr(from));
  for (std::string line; std::getline(lines, line);) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    const std::string clause = replaced(row[1], "\\_", "_");
    const std::string name = replaced(row[3], "\\|", "|");
    const std::string cell = row[4];
    if (name == kMissingName) {
      heard.missing[clause] = number_in(cell);
      continue;
    }
    bool is_counted = false;
    for (std::sregex_iterator at(cell.begin(), cell.end(), kCount), end;
         at != end && std::isdigit(cell[0]) != 0; ++at) {
      for (std::uint64_t n = std::stoull((*at)[1]); n > 0; --n) {
        add(heard, clause, name, grade_of(replaced((*at)[2], " ", "_")));
      }
      is_counted = true;
    }
    if (!is_counted)
      add(heard, clause, name, grade_of(replaced(cell.substr(0, cell.find(':')), " ", "_")));
  }
  return sorted(heard);
}

Heard read_ctrf(const std::string& text) {
  Heard heard;
  const json document = json::parse(text);
  const json& results = document.at("results");
  const std::map<std::string, Grade> meanings = {{"passed", Grade::passed},
                                                 {"skipped", Grade::not_asked},
                                                 {"pending", Grade::undecided},
                                                 {"other", Grade::undecided},
                                                 {"failed", Grade::refuted}};
  std::map<std::string, std::uint64_t> counts;
  for (const json& test : results.at("tests")) {
    const json& suite = test.at("suite");
    const std::string clause = suite.size() == 3 ? suite.at(2).get<std::string>() : "";
    Grade grade = meanings.at(test.at("status"));
    if (test.at("rawStatus") == "exempted" && grade > Grade::accepted) grade = Grade::accepted;
    add_entry(heard, clause, test.at("name"), grade, test.value("message", ""));
    ++counts[test.at("status")];
  }
  const json& summary = results.at("summary");
  for (const auto& [status, meaning] : meanings)
    require(summary.at(status) == counts[status], "the number of " + status);
  require(summary.at("tests") == results.at("tests").size(), "the number of tests");
  require(results.at("environment").at("healthy") == (heard.run == Grade::passed), "healthy");
  return sorted(heard);
}

Heard read_sarif(const std::string& text) {
  Heard heard;
  const json run = json::parse(text).at("runs").at(0);
  const json& ours = run.at("properties").at("ackproof");
  const json& rules = run.at("tool").at("driver").at("rules");
  const std::map<std::string, Grade> meanings = {{"warning", Grade::undecided},
                                                 {"error", Grade::refuted}};
  for (const json& result : run.at("results")) {
    const std::string rule = result.at("ruleId");
    require(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id") == rule,
            "the index of the rule " + rule);
    require(result.at("kind") == "fail" && !result.at("locations").empty(),
            "a result that viewers pass over");
    Grade grade = meanings.at(result.at("level"));
    if (result.contains("suppressions") && result["suppressions"][0]["status"] == "accepted")
      grade = Grade::accepted;
    add_entry(heard, rule == kRunName ? "" : rule,
              result.at("properties").at("ackproof").at("name"), grade,
              result.at("message").at("text"));
  }
  for (const json& name : ours.at("passed"))
    add(heard, name.at("requirement"), name.at("name"), Grade::passed);
  for (const json& name : ours.at("not_applicable"))
    add(heard, name.at("requirement"), name.at("name"), Grade::not_asked);
  const int code = run.at("invocations").at(0).at("exitCode");
  require((code == 0) == (heard.run == Grade::passed) &&
              (code == 1 || code == 4 || code == 130) >= (heard.run == Grade::refuted),
          "the exit code");
  return sorted(heard);
}

Heard read_tap(const std::string& text) {
  Heard heard;
  std::istringstream lines(text);
  std::string line;
  require(std::getline(lines, line) && line == "TAP version 14", "the version");
  require(std::getline(lines, line) && line.starts_with("1.."), "the plan");
  const std::uint64_t planned = std::stoull(line.substr(3));
  static const std::regex kPoint(
      R"(^(ok|not ok) ([0-9]+) - ((?:[^#\\]|\\.)*?)(?: # (SKIP|TODO) (.*))?$)");
  std::uint64_t number = 0;
  std::string clause;
  std::string name;
  Grade grade = Grade::passed;
  const auto settle = [&](const std::string& message) {
    if (!name.empty()) add_entry(heard, clause, name, grade, message);
    name.clear();
  };
  while (std::getline(lines, line)) {
    if (line.starts_with("#")) continue;
    if (line == "  ---") {
      std::string outcome;
      std::string message;
      while (std::getline(lines, line) && line != "  ...") {
        require(line.starts_with("  "), "diagnostics that are not indented: " + line);
        if (line.starts_with("  outcome: ")) outcome = line.substr(11);
        if (line.starts_with("  message: ")) message = json::parse(line.substr(11));
      }
      require(line == "  ...", "diagnostics without an end");
      if (!clause.empty() && grade == Grade::refuted) grade = grade_of(outcome);
      if (clause.empty()) grade = outcome == "undecided" ? Grade::undecided : Grade::refuted;
      settle(message);
      continue;
    }
    settle("");
    std::smatch point;
    require(std::regex_match(line, point, kPoint), "no line of TAP: " + line);
    require(std::stoull(point[2]) == ++number, "numbers in a row");
    const std::string directive = point[4];
    grade = directive == "SKIP"   ? Grade::not_asked
            : directive == "TODO" ? Grade::accepted
            : point[1] == "ok"    ? Grade::passed
                                  : Grade::refuted;
    require(directive != "SKIP" || point[1] == "ok", "a SKIP that fails");
    require(directive != "TODO" || point[1] == "not ok", "a TODO that passes");
    const std::string description = replaced(replaced(point[3], "\\#", "#"), "\\\\", "\\");
    const std::size_t blank = description.find(' ');
    clause = description == kRunName ? "" : description.substr(0, blank);
    name = description == kRunName ? description : description.substr(blank + 1);
  }
  settle("");
  require(number == planned, "the plan");
  return sorted(heard);
}

Heard read_events(const std::string& text) {
  Heard heard;
  std::istringstream lines(text);
  std::map<std::string, std::uint64_t> wanted;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    const json event = json::parse(line);
    last = event.at("event");
    if (last == "run_started") {
      const std::uint64_t repeat = event.at("run").at("selection").at("repeat");
      for (const json& each : event.at("plan")) wanted[each.at("requirement")] += repeat;
      require(event.at("planned") == event.at("plan").size() * repeat, "planned");
    } else if (last == "verdict") {
      const json& verdict = event.at("verdict");
      std::uint64_t& left = wanted[verdict.at("requirement")];
      if (left > 0) --left;
      add(heard, verdict.at("requirement"),
          readable_line(verdict.at("validation").get<std::string>()),
          grade_of(verdict.at("outcome")));
    } else if (last == "run_ended") {
      const std::map<std::string, Grade> conclusions = {{"certified", Grade::passed},
                                                        {"partial", Grade::passed},
                                                        {"undecided", Grade::undecided},
                                                        {"not_certified", Grade::refuted}};
      heard.run = conclusions.at(event.at("conclusion"));
    }
  }
  require(last == "run_ended", "the stream was cut off");
  for (const auto& [clause, number] : wanted) {
    if (number > 0) heard.missing[clause] = number;
  }
  return sorted(heard);
}

}  // namespace ackproof::reports
