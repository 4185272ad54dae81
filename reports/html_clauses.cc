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

// What became of the clause, as the filter asks for it.
std::set<std::string> outcomes_of(const std::vector<const Verdict*>& verdicts,
                                  std::uint64_t wanted) {
  std::set<std::string> outcomes;
  for (const Verdict* verdict : verdicts) outcomes.emplace(name(verdict->outcome));
  if (verdicts.size() < wanted) outcomes.emplace("missing");
  return outcomes;
}

Markup row(const Run& run, const Area& area, const Clause& clause, Duration longest) {
  const auto verdicts = verdicts_on(run, clause.requirement);
  const std::uint64_t wanted = clause.planned * run.selection.repeat;
  Markup dots;
  for (const Verdict* verdict : verdicts) dots += dot(*verdict);
  for (std::uint64_t i = verdicts.size(); i < std::min(wanted, kShownMissing); ++i) {
    dots += markup("<span title=\"missing\">", missing_icon(), "</span>");
  }
  if (dots.text.empty()) dots = markup("<span class=\"soft small\">not tried</span>");
  return markup("<details class=\"clause\" id=\"", clause.requirement, "\"",
                filter_attributes(area.id, outcomes_of(verdicts, wanted)),
                "><summary><a class=\"id\" href=\"#", clause.requirement, "\">", clause.requirement,
                "</a><span class=\"text\">", prose(requirement_of(clause.requirement).text),
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
  return markup("<section class=\"area holder\" id=\"area-", area.id, "\">\n<h3>", area.title,
                " <span class=\"mono\">", area.id, "</span><span class=\"tally\">", tally,
                "</span></h3>\n", rows, "</section>\n");
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
      sections,
      "<p class=\"nothing\" id=\"nothing\" hidden>No clause is like that.</p>\n</section>\n");
}

}  // namespace ackproof::reports::html
