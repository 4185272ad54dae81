// Every clause of the selection against the outcomes of its validations, area by area.
#include <algorithm>

#include "reports/html_parts.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

constexpr std::uint64_t kShownMissing = 100;

bool is_told_in_a_card(const Verdict& verdict) { return is_not_passed(verdict); }

Markup dot(const Verdict& verdict) {
  const std::string title = verdict_name(verdict) + ": " + phrase(verdict.outcome);
  if (!is_told_in_a_card(verdict)) {
    return markup("<span title=\"", title, "\">", icon(verdict.outcome), "</span>");
  }
  return markup("<a href=\"#", anchor(verdict), "\" title=\"", title, "\">", icon(verdict.outcome),
                "</a>");
}

Markup asked_row(const Verdict& verdict, Duration longest) {
  Markup what = markup("<code>", verdict_name(verdict), "</code>");
  if (is_told_in_a_card(verdict)) {
    what = markup("<a href=\"#", anchor(verdict), "\">", what, "</a>");
  }
  if (!verdict.reason.empty()) {
    what += markup("<div class=\"soft small\">", verdict.reason, "</div>");
  }
  const Markup time =
      verdict.outcome == Outcome::not_applicable ? Markup() : duration_bar(verdict.took, longest);
  return markup("<tr><td>", icon(verdict.outcome), "</td><td>", what, "</td><td>", time,
                "</td></tr>\n");
}

Markup inside(const Clause& clause, const std::vector<const Verdict*>& verdicts, Duration longest) {
  const Requirement& words = requirement_of(clause.requirement);
  Markup all;
  if (!words.why.empty()) {
    all += markup("<div class=\"pair\"><div><p class=\"label\">Why it matters</p><p>",
                  prose(words.why),
                  "</p></div><div><p class=\"label\">How it is usually broken and mended</p><p>",
                  prose(words.mend), "</p></div></div>\n");
  }
  if (!clause.untried.empty()) all += markup("<p>Not tried: ", clause.untried, "</p>\n");
  if (verdicts.empty()) return all;
  all += markup("<table class=\"asked\">\n");
  for (const Verdict* verdict : verdicts) all += asked_row(*verdict, longest);
  all += markup("</table>\n");
  return all;
}

Markup row(const Run& run, const Area& area, const Clause& clause, Duration longest) {
  const auto verdicts = verdicts_on(run, clause.requirement);
  const std::uint64_t wanted = clause.planned * run.selection.repeat;
  const bool has_passed =
      wanted > 0 && std::ranges::count(verdicts, Outcome::passed, &Verdict::outcome) ==
                        static_cast<std::int64_t>(wanted);
  Markup dots;
  for (const Verdict* verdict : verdicts) dots += dot(*verdict);
  for (std::uint64_t i = verdicts.size(); i < std::min(wanted, kShownMissing); ++i) {
    dots += markup("<span title=\"missing\">", missing_icon(), "</span>");
  }
  if (dots.text.empty()) dots = markup("<span class=\"soft small\">not tried</span>");
  return markup("<details class=\"clause\" id=\"", clause.requirement, "\" data-area=\"", area.id,
                "\" data-passed=\"", std::string_view(has_passed ? "yes" : "no"),
                "\"><summary><span class=\"id\">", clause.requirement,
                "</span><span class=\"text\">", prose(requirement_of(clause.requirement).text),
                "</span><span class=\"force\">", name(clause.force), "</span><span class=\"dots\">",
                dots, "</span></summary>\n<div class=\"inside\">",
                inside(clause, verdicts, longest), "</div></details>\n");
}

Markup section(const Run& run, const Area& area, Duration longest) {
  const std::string tally = area.asked() == 0 ? "none asked"
                                              : std::to_string(area.passed()) + " of " +
                                                    std::to_string(area.asked()) + " passed";
  Markup rows;
  for (const Clause* clause : area.clauses) rows += row(run, area, *clause, longest);
  return markup("<section class=\"area\" id=\"area-", area.id, "\">\n<h3>", area.title,
                " <span class=\"mono\">", area.id, "</span><span class=\"tally\">", tally,
                "</span></h3>\n", rows, "</section>\n");
}

Markup filters(const std::vector<Area>& all) {
  Markup options;
  for (const Area& area : all) {
    options += markup("<option value=\"", area.id, "\">", area.id, " ", area.title, "</option>");
  }
  return markup(
      "<div class=\"filters\" id=\"filters\" hidden>\n"
      "<button type=\"button\" value=\"all\" aria-pressed=\"true\">All</button>"
      "<button type=\"button\" value=\"open\" aria-pressed=\"false\">Not passed</button>\n"
      "<select id=\"area\" aria-label=\"Area\"><option value=\"\">Every area</option>",
      options,
      "</select>\n<input id=\"find\" type=\"search\" placeholder=\"Find a clause or a validation\" "
      "aria-label=\"Find\">\n</div>\n");
}

}  // namespace

Markup clauses(const Run& run) {
  std::vector<Area> all = areas(run);
  std::erase_if(all, [](const Area& area) { return area.clauses.empty(); });
  const Duration longest_of_all = longest(run);
  Markup sections;
  for (const Area& area : all) sections += section(run, area, longest_of_all);
  return markup(
      "<section>\n<h2 id=\"clauses\">Clause by clause</h2>\n<p class=\"lead\">Each mark is one "
      "validation. Open a clause to see why it matters, what was asked, and how long it "
      "took.</p>\n",
      filters(all), sections,
      "<p class=\"nothing\" id=\"nothing\" hidden>No clause is like that.</p>\n</section>\n");
}

}  // namespace ackproof::reports::html
