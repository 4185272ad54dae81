#include <gtest/gtest.h>

#include <algorithm>

#include "reports/render.h"
#include "reports/wording.h"
#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Text, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("report_sample.txt", render_text(sample_run(), false)), "");
}

TEST(Text, the_conclusion_stands_last) {
  EXPECT_TRUE(render_text(certified_run(), false)
                  .ends_with("\nsqlite 1.0.0 is certified: core, level 1 functional.\n"));
}

TEST(Text, colours_come_only_when_they_are_asked_for) {
  EXPECT_FALSE(has(render_text(sample_run(), false), "\x1b"));
  EXPECT_TRUE(has(render_text(sample_run(), true), "\x1b[31mfailed\x1b[0m"));
}

TEST(Text, colours_are_all_that_they_add) {
  std::string coloured = render_text(sample_run(), true);
  for (const char* code : {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"}) {
    for (std::size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code)) {
      coloured.erase(at, std::string_view(code).size());
    }
  }
  EXPECT_EQ(coloured, render_text(sample_run(), false));
}

TEST(Text, at_most_twelve_calls_are_shown_the_last_ones) {
  const std::string text = render_text(sample_run(), false);

  EXPECT_TRUE(has(text, "… 8 more in report.html\n    +45 ms"));
  EXPECT_FALSE(has(text, "+40 ms"));
  EXPECT_TRUE(has(text, "+100 ms"));
}

TEST(Text, the_counts_add_up_to_what_was_planned) {
  EXPECT_TRUE(
      has(render_text(sample_run(), false),
          "24 planned: 3 passed, 2 failed, 1 crashed, 1 timed out, 1 inconclusive, 1 broken, "
          "2 not applicable, 1 exempted, 1 flaky, 11 missing\n"));
}

TEST(ReproduceCommand, it_names_provider_validation_and_seed) {
  const Record run = sample_run();
  EXPECT_EQ(
      reproduce_command(run, verdict("a_claim", "LOCK_2", Outcome::failed)),
      "./build/ackproof certify sqlite --filter a_claim --seed 42 --out ackproof-report/rerun");
}

TEST(ReproduceCommand, it_asks_for_the_real_clock_unless_the_clock_was_injected) {
  Record run = sample_run();
  run.selection.clock = ClockSource::server;
  EXPECT_EQ(reproduce_command(run, verdict("a_claim", "LOCK_2", Outcome::failed)),
            "./build/ackproof certify sqlite --filter a_claim --seed 42 --clock real "
            "--out ackproof-report/rerun");
}

TEST(ReproduceCommand, it_quotes_for_a_shell_where_that_is_needed) {
  Record run = sample_run();
  run.command = "'/opt/my tools/ackproof' certify x";
  run.provider = "$(date)";
  EXPECT_EQ(reproduce_command(run, verdict("it's", "LOCK_2", Outcome::failed)),
            "'/opt/my tools/ackproof' certify '$(date)' --filter 'it'\\''s' --seed 42 "
            "--out ackproof-report/rerun");
}

TEST(ReproduceCommand, it_names_ackproof_when_the_command_is_unknown) {
  Record run = sample_run();
  run.command.clear();
  EXPECT_TRUE(reproduce_command(run, run.verdicts[0]).starts_with("ackproof certify sqlite "));
}

TEST(Wording, numbers_are_said_as_people_say_them) {
  EXPECT_EQ(duration_name(Duration(999)), "999 ms");
  EXPECT_EQ(duration_name(Duration(1'050)), "1.0 s");
  EXPECT_EQ(duration_name(Duration(125'000)), "2 min 5 s");
  EXPECT_EQ(size_name(1'024), "1,024 bytes");
  EXPECT_EQ(size_name(16'384), "16 KiB");
  EXPECT_EQ(size_name(1U << 20U), "1 MiB");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(count(1, "call"), "1 call");
  EXPECT_EQ(list({"a", "b", "c"}), "a, b and c");
}

TEST(Wording, moments_are_read_and_written) {
  EXPECT_EQ(since_1970("2026-05-04T10:00:00Z"), 1'777'888'800'000);
  EXPECT_EQ(moment_name(1'777'888'800'999), "2026-05-04T10:00:00Z");
  for (const char* none :
       {"", "2026-05-04", "2026-02-30T10:00:00Z", "2026-05-04T10:00:00Z+1", "x"}) {
    EXPECT_EQ(since_1970(none), std::nullopt) << none;
  }
}

TEST(Wording, every_area_of_the_contract_has_a_title) {
  for (const Area& area : areas(certified_run(Level::resilient))) {
    EXPECT_FALSE(area.title.empty()) << area.id;
  }
}

}  // namespace
}  // namespace ackproof::reports
