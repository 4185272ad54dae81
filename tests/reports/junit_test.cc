#include <gtest/gtest.h>

#include <algorithm>

#include "reports/render.h"
#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t number = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++number;
  }
  return number;
}

bool has(const std::string& text, const std::string& part) { return occurrences(text, part) > 0; }

TEST(Junit, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("report_sample.xml", render_junit(sample_run())), "");
}

TEST(Junit, the_totals_count_what_is_listed) {
  const std::string xml = render_junit(sample_run());

  EXPECT_TRUE(has(xml,
                  "<testsuites name=\"ackproof.sqlite\" tests=\"25\" failures=\"4\" errors=\"15\" "
                  "skipped=\"3\" time=\"34.431\">"));
  EXPECT_EQ(occurrences(xml, "<testcase "), 13U + 11U + 1U)
      << "verdicts, clauses that miss some, the run";
  EXPECT_EQ(occurrences(xml, "<failure "), 4U);
  EXPECT_EQ(occurrences(xml, "<error "), 15U);
  EXPECT_EQ(occurrences(xml, "<skipped "), 3U);
}

TEST(Junit, a_case_is_named_by_provider_clause_and_validation) {
  const std::string xml = render_junit(sample_run());

  EXPECT_TRUE(has(xml, "classname=\"sqlite.ACK_1\" name=\"ack_is_one_step\" time=\"0.003\"/>"));
  EXPECT_TRUE(has(xml, "classname=\"sqlite.ACK_1\" name=\"ack_is_one_step #2\""));
}

TEST(Junit, a_failure_tells_clause_findings_and_command) {
  const std::string xml = render_junit(sample_run());

  EXPECT_TRUE(has(xml, "LOCK_2: A token whose lock expired is dead at once"));
  EXPECT_TRUE(has(xml, "at validations/locks/locks.cc:41"));
  EXPECT_TRUE(has(xml,
                  "Reproduce: ./build/ackproof certify sqlite --filter "
                  "expired_token_cannot_ack_turn --seed 42 --out ackproof-report/rerun"));
}

TEST(Junit, a_wrong_exemption_is_an_error_of_the_run) {
  Record run = certified_run();
  run.exemptions = {{.subject = "LOCK_2", .reason = "rounded", .expires = "2026-12-31"}};

  const std::string xml = render_junit(run);

  EXPECT_EQ(occurrences(xml, "<error "), 1U);
  EXPECT_TRUE(has(xml, "<error type=\"undecided\" message=\"There is no verdict on sqlite 1.0.0"));
  EXPECT_TRUE(has(xml, "- The exemption of LOCK_2 is stale: everything that it is about passes."));
}

TEST(Junit, nothing_breaks_out_of_the_markup) {
  const std::string xml = render_junit(sample_run());

  EXPECT_FALSE(has(xml, "<b>"));
  EXPECT_FALSE(has(xml, "]]>"));
  EXPECT_TRUE(std::ranges::none_of(
      xml, [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F; }));
}

TEST(Junit, an_empty_run_is_a_document) {
  EXPECT_TRUE(has(render_junit(Record()), "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\""));
}

}  // namespace
}  // namespace ackproof::reports
