// No format loses an outcome or makes it better, and each keeps its standard.
#include "reports/formats.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <regex>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "reports/entries.h"
#include "reports/events.h"
#include "reports/markup.h"
#include "reports/render.h"
#include "reports/wording.h"
#include "tests/reports/readers.h"
#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

using nlohmann::json;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What `certify --events` writes for a run.
std::string events_of(const Record& run) {
  Record before = run;
  before.verdicts.clear();
  before.interrupted = false;
  std::vector<std::string> names;  // Clause and validation; those without a verdict have some name.
  std::vector<Planned> plan;
  for (const Clause& clause : run.clauses) {
    std::set<std::string_view> told;
    for (const Verdict& verdict : run.verdicts) {
      if (verdict.requirement == clause.requirement) told.insert(verdict.validation);
    }
    auto next = told.begin();
    for (std::uint64_t i = 0; i < clause.planned; ++i) {
      plan.push_back({next == told.end() ? "never_told" : *next++, clause.requirement});
    }
  }
  std::string lines = run_started_event(before, plan);
  for (const Verdict& verdict : run.verdicts) lines += verdict_event(run.provider, verdict);
  return lines + run_ended_event(run, exit_code(run, judge(run)));
}

json schema_text(const std::string& file) {
  std::ifstream in(std::string(ACKPROOF_SOURCE_DIR) + "/" + file);
  return json::parse(in);
}

// Why the document does not keep the schema; empty: it does.
std::string breach_of(const std::string& file, const json& document) {
  using Adapter = valijson::adapters::NlohmannJsonAdapter;
  const json text = schema_text(file);
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(
      Adapter(text), schema,
      [](const std::string& uri) -> const json* {
        if (uri.rfind("urn:ackproof:schema:run:1", 0) != 0)
          throw std::runtime_error("no schema " + uri);
        return new json(schema_text("reports/run.schema.json"));
      },
      [](const json* loaded) { delete loaded; });
  valijson::ValidationResults results;
  valijson::Validator().validate(schema, Adapter(document), &results);
  std::string told;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& part : error.context) told += part;
    told += ": " + error.description + "\n";
  }
  return told;
}

std::vector<Record> samples() {
  Record whole = certified_run();
  Record undecided = whole;
  undecided.verdicts[3].outcome = Outcome::inconclusive;
  undecided.verdicts[3].reason = "too slow";
  Record part = whole;
  part.selection.filter = "keeps_*";
  Record undeclared = whole;
  undeclared.selection.profiles = {"core", "admin"};
  Record stale = whole;  // And another one that is in order beside it.
  stale.verdicts[3].outcome = Outcome::exempted;
  stale.exemptions = {{.subject = "LOCK_2", .expires = "2026-12-31"},
                      {.subject = stale.verdicts[3].validation, .expires = "2026-12-31"}};
  Record only_stale = whole;
  only_stale.exemptions = {stale.exemptions.front()};
  return {sample_run(), hostile_run(), whole,      undecided, part,
          undeclared,   stale,         only_stale, Record()};
}

struct Reading {
  const char* name;
  Heard (*read)(const std::string&);
  std::string (*write)(const Record&);
};

class RoundTrip : public testing::TestWithParam<Reading> {};

TEST_P(RoundTrip, every_outcome_is_read_as_it_was) {
  for (const Record& run : samples()) {
    const Heard truth = heard_of(run);
    const Heard heard = GetParam().read(GetParam().write(run));

    EXPECT_EQ(heard.verdicts, truth.verdicts) << run.provider;
    EXPECT_EQ(heard.missing, truth.missing) << run.provider;
    EXPECT_GE(heard.run, truth.run) << run.provider;
    EXPECT_EQ(heard.run == Grade::passed, truth.run == Grade::passed) << run.provider;
  }
}

// The readers notice: with any one outcome made worse than it was, something else is read.
TEST_P(RoundTrip, every_outcome_counts) {
  const Record run = hostile_run();
  const Heard before = GetParam().read(GetParam().write(run));
  for (std::size_t i = 0; i < run.verdicts.size(); ++i) {
    Record other = run;
    const bool is_refuted = grade(other.verdicts[i].outcome) == Grade::refuted;
    other.verdicts[i].outcome = is_refuted ? Outcome::passed : Outcome::failed;
    EXPECT_NE(GetParam().read(GetParam().write(other)).verdicts, before.verdicts) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, RoundTrip,
                         testing::Values(Reading{"html", read_html, render_html},
                                         Reading{"junit", read_junit, render_junit},
                                         Reading{"md", read_markdown, render_markdown},
                                         Reading{"ctrf", read_ctrf, render_ctrf},
                                         Reading{"sarif", read_sarif, render_sarif},
                                         Reading{"tap", read_tap, render_tap},
                                         Reading{"events", read_events, events_of}),
                         [](const testing::TestParamInfo<Reading>& row) {
                           return std::string(row.param.name);
                         });

// Two are summaries: what did not pass by name, the rest in numbers; and the verdict.
TEST(Summaries, the_terminal_names_what_did_not_pass_and_counts_the_rest) {
  for (const Record& run : samples()) {
    const Judgement judgement = judge(run);
    const std::string text = render_text(run, false);

    for (const Entry& entry : entries(run, judgement)) {
      if (entry.verdict == nullptr || entry.grade < Grade::accepted) continue;
      EXPECT_TRUE(has(
          text, "\n" + phrase(entry.verdict->outcome) + "  " + readable_line(entry.name) + "\n"))
          << entry.name;
    }
    EXPECT_TRUE(has(text, "\n" + counts_name(judgement) + "\n")) << counts_name(judgement);
    EXPECT_TRUE(text.ends_with("\n" + readable_line(judgement.sentence) + "\n"));
  }
}

TEST(Summaries, only_a_certificate_has_a_green_badge) {
  for (const Record& run : samples()) {
    const json badge = json::parse(render_badge(run));
    const bool is_certified = judge(run).conclusion == Conclusion::certified;

    EXPECT_EQ(badge.at("color") == "brightgreen", is_certified);
    EXPECT_EQ(badge.at("isError") == false, is_certified);
    EXPECT_EQ(has(badge.at("message"), "level"), is_certified);
  }
}

TEST(Formats, the_samples_are_as_in_the_golden_files) {
  EXPECT_EQ(differs_from_golden("report_sample.md", render_markdown(sample_run())), "");
  EXPECT_EQ(differs_from_golden("report_sample.ctrf.json", render_ctrf(sample_run())), "");
  EXPECT_EQ(differs_from_golden("report_sample.sarif", render_sarif(sample_run())), "");
  EXPECT_EQ(differs_from_golden("report_sample.tap", render_tap(sample_run())), "");
  EXPECT_EQ(differs_from_golden("report_sample.badge.json", render_badge(sample_run())), "");
  EXPECT_EQ(differs_from_golden("report_sample.ndjson", events_of(sample_run())), "");
}

TEST(Formats, json_keeps_the_schemas) {
  for (const Record& run : samples()) {
    EXPECT_EQ(breach_of("tests/reports/schemas/ctrf.json", json::parse(render_ctrf(run))), "");
    EXPECT_EQ(breach_of("tests/reports/schemas/sarif.json", json::parse(render_sarif(run))), "");
    EXPECT_EQ(breach_of("tests/reports/schemas/badge.json", json::parse(render_badge(run))), "");
  }
}

TEST(Events, every_line_keeps_the_schema_and_nothing_else_does) {
  std::istringstream lines(events_of(sample_run()) +
                           run_failed_event("sqlite", "it could not be opened", 3));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    json event = json::parse(line);
    EXPECT_EQ(breach_of("reports/event.schema.json", event), "") << line;
    event["surprise"] = 1;
    EXPECT_NE(breach_of("reports/event.schema.json", event), "") << line;
    event.erase("surprise");
    event.erase("provider");
    EXPECT_NE(breach_of("reports/event.schema.json", event), "") << line;
  }
  EXPECT_EQ(number, sample_run().verdicts.size() + 3);
}

// --- What each standard asks for beside that

TEST(Sarif, a_problem_keeps_its_identity_from_run_to_run) {
  const auto identities = [](const Record& run) {
    std::multiset<std::string> all;
    const json document = json::parse(render_sarif(run));
    for (const json& result : document["runs"][0]["results"]) {
      for (const json& print : result["partialFingerprints"]) all.insert(print.get<std::string>());
    }
    return all;
  };
  Record again = sample_run();
  again.started_at = "2027-01-01T00:00:00Z";
  again.suite = {"2.0.0", "2", ""};
  again.selection.seed = 7;
  for (Verdict& verdict : again.verdicts) {
    verdict.seed = 7;
    verdict.took += Duration(5);
    for (Failure& failure : verdict.failures) failure.line += 10;
  }

  EXPECT_EQ(identities(again), identities(sample_run()));
  again.provider = "other";
  EXPECT_NE(identities(again), identities(sample_run()));
}

TEST(Sarif, a_finding_stands_where_the_validation_found_it) {
  const json document = json::parse(render_sarif(sample_run()));
  for (const json& result : document["runs"][0]["results"]) {
    if (result["properties"]["ackproof"]["name"] != "expired_token_cannot_ack_turn") continue;
    const json& place = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(place["artifactLocation"]["uri"], "validations/locks/locks.cc");
    EXPECT_EQ(place["region"]["startLine"], 41);
    EXPECT_EQ(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 44);
    EXPECT_EQ(result["level"], "error");
    EXPECT_TRUE(has(result["message"]["text"], "--filter expired_token_cannot_ack_turn"));
    return;
  }
  FAIL() << "no such result";
}

TEST(Sarif, a_rule_helps) {
  const json document = json::parse(render_sarif(sample_run()));
  for (const json& rule : document["runs"][0]["tool"]["driver"]["rules"]) {
    if (rule["id"] == kRunName) continue;
    EXPECT_TRUE(has(rule["help"]["text"], "Why it matters: ")) << rule["id"];
    EXPECT_TRUE(has(rule["help"]["text"], "How it is usually broken and mended: ")) << rule["id"];
  }
}

TEST(Markdown, it_fits_into_the_summary_of_a_step_whatever_there_is_to_say) {
  Record run = certified_run();
  run.selection.repeat = 10;
  const std::vector<Verdict> one = run.verdicts;
  run.verdicts.clear();
  for (std::uint64_t n = 1; n <= 10; ++n) {
    for (Verdict each : one) {
      each.repetition = n;
      each.outcome = Outcome::failed;
      each.failures = {{std::string(20'000, '`'), "validations/locks/locks.cc", 1}};
      run.verdicts.push_back(each);
    }
  }

  const std::string page = render_markdown(run);

  EXPECT_LT(page.size(), 1'024U * 1'024U);
  EXPECT_EQ(read_markdown(page), heard_of(run));
  EXPECT_TRUE(has(page, "more validations is in report.html"));
}

TEST(Markdown, what_comes_from_a_provider_cannot_become_markup) {
  const std::string page = render_markdown(hostile_run());
  const std::string blocks_left_out =
      std::regex_replace(page, std::regex("\n(`{3,})[a-z]*\n[^]*?\n\\1\n"), "\n");
  const std::string around = std::regex_replace(
      blocks_left_out, std::regex("(^|[^`])(`+)(?!`)[^\n]*?[^`\n]\\2(?!`)"), "$1");

  EXPECT_LT(around.size(), page.size()) << "code, in which nothing is markup";
  EXPECT_FALSE(has(around, "[a link](javascript"));
  EXPECT_FALSE(std::regex_search(around, std::regex("[^`\\\\]<(?!/?details|/?summary)[a-z/!]")))
      << around;
  EXPECT_TRUE(
      has(page, "````a `tick`, a \\| pipe, a # SKIP and a \\ <!-- ** __ ``` [x](y) {0}````"));
}

TEST(Formats, a_record_that_promises_too_much_is_told_quickly) {
  Record run = certified_run();
  run.clauses[0].planned = std::numeric_limits<std::uint64_t>::max();
  for (const Format& format : formats())
    EXPECT_LT(format.render(run).size(), 3'000'000U) << format.name;
}

TEST(Formats, a_mutant_is_named_as_one_and_not_as_what_it_was_made_of) {
  Record run = certified_run();
  run.provider = "mutant:late_ack_counts";

  EXPECT_EQ(provider_name(run), "mutant:late_ack_counts 1.0.0");
  EXPECT_TRUE(has(render_html(run), "<title>mutant:late_ack_counts 1.0.0: certified</title>"));
  for (const Format& format : formats()) {
    const std::string told = format.render(run);
    EXPECT_TRUE(has(told, "mutant:late_ack_counts") || has(told, "mutant:late\\_ack\\_counts"))
        << format.name;
    EXPECT_FALSE(has(told, "sqlite 1.0.0")) << format.name;
  }
}

TEST(Formats, each_has_a_name_and_a_file_of_its_own) {
  std::set<std::string_view> names;
  std::set<std::string_view> files = {"run.json"};
  for (const Format& format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_TRUE(files.insert(format.file).second) << format.file;
    EXPECT_EQ(find_format(format.name).value(), &format);
    EXPECT_EQ(format.render_matrix == nullptr, format.matrix_file.empty()) << format.name;
  }
  EXPECT_EQ(find_format("docx").error().message,
            "there is no format 'docx'; there are html, junit, md, ctrf, sarif, tap, badge, text");
}

}  // namespace
}  // namespace ackproof::reports
