// The forms of a stress run, and what it amounts to.
#include "reports/stress_forms.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "reports/stress_plots.h"
#include "reports/stress_wording.h"
#include "reports/wording.h"
#include "tests/reports/sample_run.h"
#include "tests/reports/sample_stress.h"

namespace ackproof::reports {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string all_text(const Stress& stress, bool colour) {
  std::string text;
  for (const Stressed& stressed : stress.providers) {
    text += render_stress_text(stress, stressed, colour) + "\n";
  }
  return text + render_stress_table(stress, colour);
}

StressCounts counts(std::uint64_t right, std::uint64_t started) {
  StressCounts told;
  told.right = right;
  told.started = started;
  return told;
}

TEST(StressSettings, those_that_the_load_does_not_go_by_are_not_told) {
  Stress stress = right_stress();
  const auto told = [&](const char* load) {
    stress.settings.load = load;
    const std::string text = reports::list(settings_names(stress.settings));
    const std::string page = render_stress_html(stress);
    EXPECT_EQ(has(text, "activities of"), has(page, "<dt>Activities</dt>")) << load;
    EXPECT_EQ(has(text, "payloads of"), has(page, "payloads of") || has(page, "<dt>Payloads</dt>"))
        << load;
    return std::pair(has(text, "activities of"), has(text, "payloads of"));
  };
  EXPECT_EQ(told("mixed"), std::pair(true, true));
  EXPECT_EQ(told("steps"), std::pair(true, false));
  EXPECT_EQ(told("fan_out"), std::pair(true, false));
  EXPECT_EQ(told("payloads"), std::pair(false, true));
  EXPECT_EQ(told("saga"), std::pair(false, false));
}

// --- What it amounts to

TEST(StressVerdict, it_is_right_only_if_nothing_at_all_is_wrong) {
  const Stressed right = right_stress().providers.front();
  EXPECT_EQ(verdict_on(right), StressVerdict::right);

  const auto with = [&](const auto& change) {
    Stressed changed = right;
    change(changed);
    return verdict_on(changed);
  };
  EXPECT_EQ(with([](Stressed& one) { --one.all.right, ++one.all.lost; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { --one.all.right, ++one.all.wrong; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.activities.recorded_again = 1; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.activities.unanswered = 1; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.queues.drained = false; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.findings.emplace_back(); }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.end = StressEnd::died; }), StressVerdict::wrong);
  EXPECT_EQ(with([](Stressed& one) { one.end = StressEnd::not_begun; }), StressVerdict::undecided);
  EXPECT_EQ(with([](Stressed& one) { one.end = StressEnd::interrupted; }),
            StressVerdict::interrupted);
  EXPECT_EQ(with([](Stressed& one) { one.all.started = one.all.right = 0; }),
            StressVerdict::undecided);
  EXPECT_EQ(with([](Stressed& one) { one.activities.executed_again = 9; }), StressVerdict::right)
      << "delivery is at least once";
}

TEST(StressVerdict, of_several_providers_the_worst_counts) {
  Stress stress = sample_stress();
  EXPECT_EQ(exit_code(verdict_on(stress)), 130);
  stress.providers.pop_back();
  EXPECT_EQ(exit_code(verdict_on(stress)), 1);
  stress.providers.erase(stress.providers.begin() + 1, stress.providers.begin() + 3);
  EXPECT_EQ(exit_code(verdict_on(stress)), 3);
  stress.providers.pop_back();
  EXPECT_EQ(exit_code(verdict_on(stress)), 0);
  EXPECT_EQ(exit_code(verdict_on(Stress())), 3);
}

TEST(StressWording, success_is_never_rounded_up) {
  EXPECT_EQ(success_name(counts(1'000'000, 1'000'000)), "100.00 %");
  EXPECT_EQ(success_name(counts(999'999, 1'000'000)), "99.99 %");
  EXPECT_EQ(success_name(counts(2, 3)), "66.66 %");
  EXPECT_EQ(success_name(counts(0, 3)), "0.00 %");
  EXPECT_EQ(success_name(counts(0, 0)), "-");
}

TEST(StressWording, those_that_nobody_waited_for_do_not_count) {
  StressCounts told = counts(80, 100);
  told.unfinished = 20;
  EXPECT_EQ(success_name(told), "100.00 %");
}

TEST(StressWording, rates_are_told_with_and_without_ramp_and_drain) {
  Stressed told = right_stress().providers.front();
  told.phases = {1'000'000, 3'100'000, 4'100'000, 100, 2'000'000};
  told.all.right = told.all.started = 160;
  EXPECT_EQ(throughput_name(told),
            "50.0/s between ramp (1.00 s) and drain (1.00 s), 39.0/s with both");
  told.phases.ramp_us = 3'500'000;
  told.phases.ended_between = told.phases.between_us = 0;
  EXPECT_EQ(throughput_name(told), "39.0/s in all; too few ended between ramp and drain");
}

TEST(StressWording, spans_are_said_as_people_say_them) {
  EXPECT_EQ(span_name(999), "999 µs");
  EXPECT_EQ(span_name(1'250), "1.2 ms");
  EXPECT_EQ(span_name(512'400), "512 ms");
  EXPECT_EQ(span_name(1'520'000), "1.52 s");
  EXPECT_EQ(span_name(125'000'000), "2 min 5 s");
}

// --- Text

TEST(StressText, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("stress_sample.txt", all_text(sample_stress(), false)), "");
}

TEST(StressText, the_conclusion_stands_last) {
  const Stress stress = right_stress();
  EXPECT_TRUE(render_stress_text(stress, stress.providers.front(), false)
                  .ends_with("\nmemory: all 159 workflows right.\n"));
}

TEST(StressText, colours_are_all_that_they_add) {
  std::string coloured = all_text(sample_stress(), true);
  EXPECT_TRUE(has(coloured, "\x1b[31m"));
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\x1b\\[[0-9]+m"), ""),
            all_text(sample_stress(), false));
}

// --- The page

std::multiset<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::multiset<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[1].str());
  }
  return found;
}

TEST(StressHtml, the_sample_is_as_in_the_golden_file) {
  EXPECT_EQ(differs_from_golden("stress_sample.html", render_stress_html(sample_stress())), "");
}

TEST(StressHtml, what_comes_from_a_provider_cannot_become_markup) {
  Stress stress = sample_stress();
  const std::string hostile = "</script><b onclick='x'>&\"";
  stress.command = stress.started_at = stress.settings.load = hostile;
  stress.suite = {hostile, hostile, hostile};
  for (Stressed& told : stress.providers) {
    told.provider = told.version = told.store_version = told.trouble = told.queues.left = hostile;
    told.environment = {hostile, hostile, 1, hostile, hostile};
    told.all.load = hostile;
    for (StressCounts& load : told.loads) load.load = hostile;
    for (StressFinding& finding : told.findings) finding.instance = finding.said = hostile;
  }

  const std::string page = render_stress_html(stress);

  EXPECT_FALSE(has(page, "<b onclick"));
  EXPECT_EQ(matches(page, "(</script>)").size(), 1U);
  EXPECT_TRUE(has(page, "&lt;/script&gt;&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;"));
}

TEST(StressHtml, nothing_is_loaded_from_elsewhere) {
  Stress stress = sample_stress();
  stress.providers[1].environment.server = "";  // An address is text, and no link.
  const std::string page = render_stress_html(stress);
  for (const char* part : {"http://", "https://", "src=", "@import", "url(", "<link"}) {
    EXPECT_FALSE(has(page, part)) << part;
  }
}

TEST(StressHtml, every_link_has_its_place) {
  const std::string page = render_stress_html(sample_stress());
  const std::multiset<std::string> places = matches(page, " id=\"([^\"]*)\"");
  for (const std::string& link : matches(page, " href=\"#([^\"]*)\"")) {
    EXPECT_EQ(places.count(link), 1U) << link;
  }
}

TEST(StressHtml, each_picture_has_its_numbers_beneath) {
  const std::string page = render_stress_html(sample_stress());
  EXPECT_EQ(matches(page, "(<svg class=\"plot\")").size(), 6U) << "two for each that ran";
  EXPECT_EQ(matches(page, "(<details class=\"numbers\">)").size(), 6U);
}

TEST(StressHtml, an_empty_run_is_a_page) {
  EXPECT_TRUE(has(render_stress_html(Stress()), "Undecided"));
}

// --- The pictures' numbers

TEST(StressPlots, a_run_of_hours_has_as_many_bars_as_fit_and_loses_nothing) {
  const std::vector<StressSecond> seconds(10'001, StressSecond{3, 2, 7, 5});
  const std::vector<html::Stretch> bars = html::stretches(seconds);

  EXPECT_LE(bars.size(), 120U);
  std::uint64_t ended = 0;
  std::uint64_t span = 0;
  for (const html::Stretch& bar : bars) {
    EXPECT_EQ(bar.from_s, span);
    ended += bar.sum.ended;
    span += bar.seconds;
  }
  EXPECT_EQ(ended, 20'002U);
  EXPECT_EQ(span, 10'001U);
}

TEST(StressPlots, each_latency_is_in_one_bar_that_reaches_it) {
  Latency latency;
  for (std::uint64_t us = 1; us < 100'000'000; us = us * 3 / 2 + 1)
    latency.buckets.push_back({us, 2});

  const std::vector<html::Span> bars = html::spans(latency);

  EXPECT_LE(bars.size(), 42U);
  std::size_t next = 0;
  for (const html::Span& bar : bars) {
    std::uint64_t count = 0;
    for (; next < latency.buckets.size() && latency.buckets[next].up_to_us <= bar.up_to_us;
         ++next) {
      count += latency.buckets[next].count;
    }
    EXPECT_EQ(bar.count, count) << bar.up_to_us;
  }
  EXPECT_EQ(next, latency.buckets.size());
}

}  // namespace
}  // namespace ackproof::reports
