#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "reports/markup.h"
#include "reports/render.h"
#include "tests/reports/sample_run.h"

namespace ackproof::reports {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Every first group of the pattern in the text.
std::multiset<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::multiset<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[1].str());
  }
  return found;
}

TEST(Html, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("report_sample.html", render_html(sample_run())), "");
}

TEST(Html, the_banner_says_the_conclusion) {
  EXPECT_TRUE(
      has(render_html(certified_run()), "sqlite 1.0.0 is certified: core, level 1 functional."));
  EXPECT_TRUE(has(render_html(sample_run()), "sqlite 1.0.0 is not certified for core and polling"));
}

TEST(Html, what_comes_from_a_provider_cannot_become_markup) {
  Record run = sample_run();
  const std::string hostile = "</script><b onclick='x'>&\"";
  run.provider = run.command = run.started_at = run.selection.filter = hostile;
  run.description.provider = run.description.version = run.description.store_version = hostile;
  run.suite = {hostile, hostile, hostile};
  run.environment.system = run.environment.compiler = run.environment.server = hostile;
  run.selection.profiles = {hostile};
  for (Clause& clause : run.clauses) clause.untried = hostile;
  for (Verdict& verdict : run.verdicts) {
    verdict.validation = verdict.reason = verdict.output = hostile;
    verdict.requirement = hostile;
    verdict.calls = {hostile};
    verdict.failures = {{hostile, hostile, 1}};
  }

  const std::string page = render_html(run);

  EXPECT_FALSE(has(page, "<b onclick"));
  EXPECT_EQ(matches(page, "(</script>)").size(), 1U);
  EXPECT_TRUE(has(page, "&lt;/script&gt;&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;"));
}

TEST(Html, nothing_is_loaded_from_elsewhere) {
  const std::string page = render_html(sample_run());

  for (const char* part : {"http://", "https://", "src=", "@import", "url(", "<link"}) {
    EXPECT_FALSE(has(page, part)) << part;
  }
}

TEST(Html, every_link_has_its_place_and_no_place_is_there_twice) {
  const std::string page = render_html(sample_run());
  const std::multiset<std::string> places = matches(page, " id=\"([^\"]*)\"");

  for (const std::string& link : matches(page, " href=\"#([^\"]*)\"")) {
    EXPECT_EQ(places.count(link), 1U) << link;
  }
  EXPECT_EQ(std::set<std::string>(places.begin(), places.end()).size(), places.size());
}

TEST(Html, every_verdict_that_did_not_pass_has_a_card) {
  const std::string page = render_html(sample_run());

  EXPECT_EQ(matches(page, "<article class=\"card (\\w+)\""),
            (std::multiset<std::string>{"failed", "failed", "crashed", "timed_out", "inconclusive",
                                        "broken", "exempted", "flaky"}));
  EXPECT_FALSE(has(render_html(certified_run()), "<article"));
}

TEST(Html, an_empty_run_is_a_page) { EXPECT_TRUE(has(render_html(Record()), "Undecided")); }

TEST(Readable, control_characters_become_their_pictures) {
  EXPECT_EQ(readable(std::string("a\0\x1b\r\x7f\n\tb", 8)),
            "a\xe2\x90\x80\xe2\x90\x9b\xe2\x90\x8d\xe2\x90\xa1\n\tb");
}

TEST(Readable, what_is_not_utf8_or_turns_the_text_is_replaced) {
  const std::string replaced = "\xef\xbf\xbd";
  EXPECT_EQ(readable("a\xff"
                     "b"),
            "a" + replaced + "b");
  EXPECT_EQ(readable("\xc2\x85"), replaced);
  EXPECT_EQ(readable("\xe2\x80\xae"), replaced);
  EXPECT_EQ(readable("\xef\xbf\xbf"), replaced);
  EXPECT_EQ(readable("\xed\xa0\x80"), replaced + replaced + replaced);
  EXPECT_EQ(readable("\xf0\x9f\x98\x80 \xc3\xa9"), "\xf0\x9f\x98\x80 \xc3\xa9");
}

TEST(Readable, a_line_stays_one) { EXPECT_EQ(readable_line("a\nb\tc"), "a b c"); }

TEST(Markup, only_literals_are_markup) {
  const std::string text = "<&>";
  EXPECT_EQ(markup("<i>", text, "</i>", 7, markup("<br>")).text, "<i>&lt;&amp;&gt;</i>7<br>");
}

}  // namespace
}  // namespace ackproof::reports
