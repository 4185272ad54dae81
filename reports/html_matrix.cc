// The page of several providers: what came of each, and every clause against all of them.
#include <algorithm>

#include "contract/requirements.h"
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/matrix.h"
#include "reports/wording.h"

namespace ackproof::reports {

using namespace html;

namespace {

// One provider's column. Its report has an anchor for each clause.
struct Column {
  const MatrixRow& row;
  std::map<std::string, Cell> cells;
};

Markup link(const MatrixRow& row, const std::string& anchor, const Markup& text) {
  if (row.report.empty() || row.run == nullptr) return text;
  return markup("<a href=\"", "./" + uri_of(row.report) + (anchor.empty() ? "" : "#" + anchor),
                "\">", text, "</a>");
}

Markup outcome_icon(const std::string& outcome) {
  if (outcome == "missing") return missing_icon();
  if (const auto known = find_outcome(outcome)) return icon(*known);
  return markup("<span class=\"soft\">&ndash;</span>");
}

std::string_view mark_of(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::certified:
      return "passed";
    case Conclusion::not_certified:
      return "failed";
    case Conclusion::undecided:
    case Conclusion::partial:
      break;
  }
  return "inconclusive";
}

Markup verdict_of(const Run& run, const Judgement& judgement) {
  const std::string_view mark = mark_of(judgement.conclusion);
  Markup obstacles;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(judgement.obstacles.size(), kShown); ++i) {
    obstacles += markup("<li>", judgement.obstacles[i], "</li>\n");
  }
  if (judgement.obstacles.size() > kShown) {
    obstacles +=
        markup("<li>", count(judgement.obstacles.size() - kShown, "more obstacle"), "</li>\n");
  }
  if (!obstacles.text.empty()) obstacles = markup("<ul class=\"small\">\n", obstacles, "</ul>\n");
  return markup("<p class=\"word ", mark, "\">",
                icon(find_outcome(mark).value_or(Outcome::inconclusive)), " ",
                phrase(judgement.conclusion), "</p>\n<p class=\"soft small\">",
                selection_name(run.selection), " &middot; ", clock_name(run.selection.clock),
                "</p>\n", obstacles);
}

Markup provider_row(const MatrixRow& row) {
  if (row.run == nullptr) {
    return markup("<tr><th>", row.provider, "</th><td><p class=\"word missing\">", missing_icon(),
                  " not run</p>\n<p class=\"small\">", row.trouble, "</p></td><td></td></tr>\n");
  }
  const Run& run = *row.run;
  const Judgement judgement = judge(run);
  return markup("<tr><th>", link(row, "", markup(row.provider)), "<small>", run.description.version,
                " &middot; ", run.description.store_version, "</small></th><td>",
                verdict_of(run, judgement), "</td><td>", outcome_bar(judgement),
                "<p class=\"small\">", counts_name(judgement), "</p>\n<p class=\"soft small\">",
                run.started_at, ", ", duration_name(run.took), "</p></td></tr>\n");
}

Markup banner(const std::vector<MatrixRow>& rows) {
  std::uint64_t certified = 0;
  for (const MatrixRow& row : rows) {
    if (row.run != nullptr && judge(*row.run).conclusion == Conclusion::certified) ++certified;
  }
  const std::string_view mood = certified == rows.size() ? "certified" : "undecided";
  return markup(
      "<header class=\"banner ", mood,
      "\"><div>\n<p class=\"brand\">ackproof conformance matrix</p>\n<h1>", grouped(certified),
      " of ", grouped(rows.size()), " certified</h1>\n<p class=\"sentence\">",
      count(rows.size(), "provider"),
      " side by side, clause by clause. Each mark leads to the provider's own report.</p>\n",
      "</div></header>\n");
}

Markup clause_row(const Requirement& clause, const std::vector<Column>& columns) {
  std::set<std::string> outcomes;
  std::set<std::string> different;
  Markup cells;
  for (const Column& column : columns) {
    const auto found = column.cells.find(std::string(clause.id));
    if (found == column.cells.end()) {
      cells += markup("<td><span class=\"soft\" title=\"", column.row.provider,
                      ": not asked\">&middot;</span></td>");
      continue;
    }
    const Cell& cell = found->second;
    outcomes.insert(cell.outcomes.begin(), cell.outcomes.end());
    different.insert(cell.outcome);
    cells += markup("<td title=\"", column.row.provider, ": ", cell.words(), "\">",
                    link(column.row, std::string(clause.id), outcome_icon(cell.outcome)), "</td>");
  }
  if (different.empty()) return {};
  if (different.size() > 1) outcomes.insert("differs");
  return markup("<tr class=\"clause\" id=\"", clause.id, "\"",
                filter_attributes(clause.area(), outcomes),
                "><th class=\"id\"><a class=\"self\" href=\"#", clause.id, "\">", clause.id,
                "</a></th><td class=\"text\">", prose(clause.text), " <span class=\"force\">",
                name(clause.force), "</span></td>", cells, "</tr>\n");
}

Markup grid(const std::vector<Column>& columns, std::vector<Choice>& areas) {
  Markup head;
  for (const Column& column : columns) {
    head +=
        markup("<th scope=\"col\">", link(column.row, "", markup(column.row.provider)), "</th>");
  }
  Markup bodies;
  for (std::size_t i = 0; i < requirements().size();) {
    const std::string area(requirements()[i].area());
    Markup rows;
    for (; i < requirements().size() && requirements()[i].area() == area; ++i) {
      rows += clause_row(requirements()[i], columns);
    }
    if (rows.text.empty()) continue;
    areas.push_back({area, area + " " + std::string(area_title(area))});
    bodies +=
        markup("<tbody class=\"holder\" id=\"area-", area, "\"><tr class=\"name\"><th colspan=\"",
               columns.size() + 2, "\">", area_title(area), " <span class=\"mono\">", area,
               "</span></th></tr>\n", rows, "</tbody>\n");
  }
  // A heading can stick to the top, or a wide table scroll sideways; not both.
  constexpr std::size_t kMostAbreast = 8;
  const std::string_view holder = columns.size() > kMostAbreast ? "scroll" : "";
  return markup(
      "<div class=\"", holder, "\"><table class=\"grid\" style=\"--n:", columns.size(),
      "\">\n<thead><tr><th scope=\"col\" class=\"id\">Clause</th><th class=\"text\"></th>", head,
      "</tr></thead>\n", bodies,
      "</table></div>\n<p class=\"nothing\" id=\"nothing\" hidden>No clause is like that.</p>\n");
}

std::vector<Choice> outcome_choices(const std::vector<Column>& columns) {
  std::set<std::string> there;
  for (const Column& column : columns) {
    for (const auto& [clause, cell] : column.cells)
      there.insert(cell.outcomes.begin(), cell.outcomes.end());
  }
  std::vector<Choice> choices;
  if (columns.size() > 1) choices.push_back({"differs", "Not the same everywhere"});
  for (const Outcome outcome : kOutcomes) {
    if (there.contains(std::string(name(outcome))))
      choices.push_back({std::string(name(outcome)), phrase(outcome)});
  }
  if (there.contains("missing")) choices.push_back({"missing", "missing"});
  return choices;
}

}  // namespace

std::string render_matrix_html(const std::vector<MatrixRow>& rows) {
  std::vector<Column> columns;
  Markup providers;
  for (const MatrixRow& row : rows) {
    providers += provider_row(row);
    columns.push_back(
        {row, row.run == nullptr ? std::map<std::string, Cell>() : cells_of(*row.run)});
  }
  std::vector<Choice> areas;
  const Markup table = grid(columns, areas);
  return whole_page(
      {.title = "ackproof: " + count(rows.size(), "provider"),
       .style = markup(kParts),
       .head = markup(kSymbols, banner(rows)),
       .sections = markup(
           "<section>\n<h2 id=\"providers\">Providers</h2>\n<table class=\"providers\">\n",
           providers,
           "</table>\n</section>\n<section>\n<h2 id=\"clauses\">Clause by clause</h2>\n<p "
           "class=\"lead\">The worst that came of any validation of the clause. &ndash; is: not "
           "tried; &middot; is: not asked.</p>\n",
           filters(areas, outcome_choices(columns)), table, "</section>\n"),
       .script = markup(kAllScript, kFilterScript, kCopyScript, kRevealScript),
       .source = markup("the <code>run.json</code> of each provider")},
      nullptr);
}

}  // namespace ackproof::reports
