// Which files a run leaves, what `report` makes of records, and what is told while a run goes on.
#include "reports/formats.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/support/command.h"

namespace ackproof {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing_support::CommandEnd;
using testing_support::fresh_folder;
using testing_support::read_file;
using testing_support::run_command;

constexpr const char* kOne = " --filter expired_token_is_dead_though_nobody_took_over";

CommandEnd ackproof(const std::string& arguments) {
  return run_command(std::string(ACKPROOF_MISBEHAVING) + " " + arguments);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::set<std::string> files_in(const std::string& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), folder));
  }
  return names;
}

std::vector<json> events_in(const std::string& lines) {
  std::vector<json> events;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) events.push_back(json::parse(line));
  return events;
}

TEST(Files, a_run_leaves_three) {
  const std::string out = fresh_folder();

  ASSERT_EQ(ackproof(std::string("certify memory") + kOne + " --out " + out).exit_code, 0);

  EXPECT_EQ(files_in(out), (std::set<std::string>{"run.json", "report.html", "junit.xml"}));
}

TEST(Files, others_come_when_they_are_asked_for) {
  const std::string out = fresh_folder();
  ASSERT_EQ(
      ackproof(std::string("certify memory") + kOne + " --format tap,sarif --out " + out + "/a")
          .exit_code,
      0);
  ASSERT_EQ(ackproof(std::string("certify memory") + kOne + " --format all --out " + out + "/b")
                .exit_code,
            0);

  EXPECT_EQ(files_in(out + "/a"),
            (std::set<std::string>{"run.json", "report.tap", "report.sarif"}));
  std::set<std::string> all = {"run.json"};
  for (const reports::Format& format : reports::formats()) all.emplace(format.file);
  EXPECT_EQ(files_in(out + "/b"), all);
}

TEST(Files, several_providers_have_a_folder_each_and_a_page_of_all) {
  const std::string out = fresh_folder();

  const CommandEnd end =
      ackproof(std::string("certify memory crashing unopenable") + kOne + " --out " + out);

  EXPECT_EQ(end.exit_code, 1) << end.err;
  EXPECT_EQ(files_in(out),
            (std::set<std::string>{"index.html", "memory/run.json", "memory/report.html",
                                   "memory/junit.xml", "crashing/run.json", "crashing/report.html",
                                   "crashing/junit.xml"}));
  const std::string page = read_file(out + "/index.html");
  EXPECT_TRUE(has(page, "href=\"./crashing/report.html#LOCK_2\"")) << page;
  EXPECT_TRUE(has(page, "nobody answers")) << "why one has no run";
}

TEST(Report, each_format_is_the_file_that_certify_writes) {
  const std::string out = fresh_folder();
  ASSERT_EQ(
      ackproof(std::string("certify crashing") + kOne + " --format all --out " + out).exit_code, 1);

  for (const reports::Format& format : reports::formats()) {
    const std::string name(format.name);
    const CommandEnd printed = ackproof("report " + out + "/run.json --format " + name);
    const CommandEnd dashed = ackproof("report " + out + "/run.json --out - --format " + name);
    const CommandEnd written =
        ackproof("report " + out + "/run.json --format " + name + " --out " + out + "/copy");

    EXPECT_EQ(printed.exit_code, 1) << "as certify ends";
    EXPECT_EQ(printed.out, read_file(out + "/" + std::string(format.file))) << name;
    EXPECT_EQ(dashed.out, printed.out) << name;
    EXPECT_EQ(read_file(out + "/copy"), printed.out) << name;
    EXPECT_EQ(written.out, "") << name;
  }
}

TEST(Report, several_records_are_told_side_by_side) {
  const std::string out = fresh_folder();
  for (const char* provider : {"memory", "crashing"}) {
    ackproof(std::string("certify ") + provider + kOne + " --out " + out + "/" + provider);
  }
  const std::string both = "report " + out + "/memory/run.json " + out + "/crashing/run.json " +
                           out + "/memory/run.json";

  const CommandEnd told = ackproof(both + " --out " + out + "/all");

  EXPECT_EQ(told.exit_code, 1) << "the worst of them";
  EXPECT_TRUE(has(told.out, "crashing")) << told.out;
  EXPECT_TRUE(has(told.out, "memory-2")) << told.out;
  EXPECT_EQ(files_in(out + "/all").size(), 1U + 3U * 3U);
  EXPECT_EQ(read_file(out + "/all/crashing/report.html"), read_file(out + "/crashing/report.html"));
  EXPECT_TRUE(has(read_file(out + "/all/index.html"), "href=\"./memory-2/report.html#LOCK_2\""));
  EXPECT_TRUE(has(ackproof(both + " --format md").out, "| `crashing` | **not certified** |"));
  EXPECT_TRUE(has(ackproof(both + " --format html").out, "<title>ackproof: 3 providers</title>"));
}

TEST(Report, rows_are_named_by_what_tells_them_apart) {
  const std::string out = fresh_folder();
  const auto certify = [&](const std::string& arguments, const std::string& folder) {
    ackproof("certify memory" + arguments + " --out " + out + "/" + folder);
    return " " + out + "/" + folder + "/run.json";
  };
  const std::string before = certify(kOne, "before");
  const std::string after = certify(kOne, "after");
  const std::string real = certify(std::string(kOne) + " --clock real", "real");

  const CommandEnd days = ackproof("report" + before + after);
  EXPECT_TRUE(has(days.out, "\nmemory-before ") && has(days.out, "\nmemory-after ")) << days.out;
  const CommandEnd clocks = ackproof("report" + before + real);
  EXPECT_TRUE(has(clocks.out, "\nmemory-injected ")) << clocks.out;
  const CommandEnd same = ackproof("report" + before + before);
  EXPECT_TRUE(has(same.out, "\nmemory ") && has(same.out, "\nmemory-2 ")) << same.out;
}

TEST(Events, they_tell_the_plan_every_verdict_and_the_end) {
  const std::string out = fresh_folder();

  const CommandEnd end = ackproof("certify memory --requirement LOCK_2 --repeat 3 -j 2 --events " +
                                  out + "/e --out " + out);

  ASSERT_EQ(end.exit_code, 0) << end.err;
  const std::vector<json> events = events_in(read_file(out + "/e"));
  const json record = json::parse(read_file(out + "/run.json"));
  ASSERT_EQ(events.size(), record.at("verdicts").size() + 2);
  EXPECT_EQ(events.front().at("event"), "run_started");
  EXPECT_EQ(events.front().at("planned"), record.at("verdicts").size());
  EXPECT_EQ(events.front().at("plan").size() * 3, record.at("verdicts").size());
  EXPECT_EQ(events.back().at("event"), "run_ended");
  EXPECT_EQ(events.back().at("conclusion"), "partial");
  std::multiset<std::string> told;
  std::multiset<std::string> recorded;
  for (std::size_t i = 1; i + 1 < events.size(); ++i) told.insert(events[i].at("verdict").dump());
  for (const json& verdict : record.at("verdicts")) recorded.insert(verdict.dump());
  EXPECT_EQ(told, recorded);
}

TEST(Events, on_standard_output_they_are_alone) {
  const CommandEnd end = ackproof(std::string("certify crashing unopenable") + kOne +
                                  " --events - --out " + fresh_folder());

  const std::vector<json> events = events_in(end.out);
  ASSERT_EQ(events.size(), 4U) << end.out;
  EXPECT_EQ(events[1].at("verdict").at("outcome"), "crashed");
  EXPECT_EQ(events[2].at("exit_code"), 1);
  EXPECT_EQ(events[3].at("event"), "run_failed");
  EXPECT_TRUE(has(events[3].at("sentence"), "nobody answers"));
  EXPECT_TRUE(has(end.err, "crashing 1.0.0 on in process"))
      << "what people read is on standard error: " << end.err;
}

TEST(Events, an_interrupted_run_ends_too) {
  const std::string out = fresh_folder();

  const CommandEnd end =
      run_command(std::string(ACKPROOF_MISBEHAVING) + " certify hanging" + kOne + " --events " +
                  out + "/e --out " + out + " & run=$!; until grep -qs run_started " + out +
                  "/e; do sleep 0.02; done; kill -INT $run; wait $run");

  EXPECT_EQ(end.exit_code, 130) << end.err;
  const std::vector<json> events = events_in(read_file(out + "/e"));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].at("event"), "run_ended");
  EXPECT_EQ(events[1].at("interrupted"), true);
  EXPECT_EQ(events[1].at("missing"), 1);
}

// The disk is full: the record is written all the same, and nobody is told that all is well.
TEST(Events, what_could_not_be_written_is_said) {
  const std::string out = fresh_folder();

  const CommandEnd end =
      ackproof(std::string("certify memory") + kOne + " --events /dev/full --out " + out);

  EXPECT_EQ(end.exit_code, 3);
  EXPECT_TRUE(has(end.err, "the events could not all be written to /dev/full: No space left"))
      << end.err;
  EXPECT_TRUE(fs::exists(out + "/run.json"));
}

}  // namespace
}  // namespace ackproof
