// What is looked at rather than read: outcomes, as a whole and area by area, and where the time went.
#include <algorithm>
#include <span>

#include "reports/html_parts.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

constexpr std::size_t kSlowest = 10;
constexpr std::size_t kSlow = 100;

Judgement counts_of(const Run& run, const Area& area) {
  Judgement counts;
  for (const Verdict* verdict : area.verdicts)
    ++counts.count.at(static_cast<std::size_t>(verdict->outcome));
  for (const Clause* clause : area.clauses) counts.missing += missing_of(run, *clause);
  counts.planned = area.verdicts.size() + counts.missing;
  return counts;
}

Markup area_rows(const Run& run) {
  struct Row {
    Area area;
    Judgement counts;
  };
  std::vector<Row> rows;
  std::uint64_t most = 1;
  for (const Area& area : areas(run)) {
    const Judgement counts = counts_of(run, area);
    if (counts.planned == 0) continue;
    most = std::max(most, counts.planned);
    rows.push_back({area, counts});
  }
  Markup all;
  for (const auto& [area, counts] : rows) {
    const std::uint64_t asked = counts.planned - counts.of(Outcome::not_applicable);
    const double share = static_cast<double>(counts.planned) / static_cast<double>(most);
    const Markup title = area.clauses.empty()
                             ? markup(area.title)
                             : markup("<a href=\"#area-", area.id, "\">", area.title, "</a>");
    all += markup(
        "<tr><th>", title, "</th><td>",
        outcome_bar(counts,
                    std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share * 100), 2, 100)),
        "</td><td>", grouped(counts.of(Outcome::passed)), " of ", grouped(asked), "</td></tr>\n");
  }
  return all;
}

Markup duration_rows(std::span<const Verdict* const> verdicts, Duration longest) {
  Markup rows;
  for (const Verdict* verdict : verdicts) {
    rows += markup("<tr><td>", icon(verdict->outcome), "</td><td><a class=\"self\" href=\"#",
                   verdict->requirement, "\"><code>", verdict_name(*verdict),
                   "</code></a></td><td>", duration_bar(verdict->took, longest), "</td></tr>\n");
  }
  return markup("<table class=\"asked slow\">\n", rows, "</table>\n");
}

// "Half of it went into the slowest 12."
std::string half(const std::vector<const Verdict*>& slowest_first, Duration sum) {
  Duration so_far{0};
  std::size_t number = 0;
  while (number < slowest_first.size() && so_far * 2 < sum) so_far += slowest_first[number++]->took;
  return number <= 1 ? "Half of it went into the slowest."
                     : "Half of it went into the slowest " + std::to_string(number) + ".";
}

}  // namespace

Markup numbers(const Run& run, const Judgement& judgement) {
  Markup legend;
  for (const Outcome outcome : kOutcomes) {
    const std::uint64_t number = judgement.of(outcome);
    if (number == 0) continue;
    legend +=
        markup("<li>", icon(outcome), "<b>", grouped(number), "</b> ", phrase(outcome), "</li>\n");
  }
  if (judgement.missing > 0) {
    legend +=
        markup("<li>", missing_icon(), "<b>", grouped(judgement.missing), "</b> missing</li>\n");
  }
  return markup("<section>\n<h2>", count(judgement.planned, "validation"), " planned</h2>\n",
                outcome_bar(judgement), "\n<ul class=\"counts\">\n", legend,
                "</ul>\n<table class=\"areas\">\n", area_rows(run), "</table>\n</section>\n");
}

Markup slowest(const Run& run) {
  std::vector<const Verdict*> order;
  Duration sum{0};
  for (const Verdict& verdict : run.verdicts) {
    if (verdict.took.count() <= 0) continue;
    order.push_back(&verdict);
    sum += verdict.took;
  }
  if (order.empty()) return {};
  std::ranges::stable_sort(order, std::ranges::greater(), &Verdict::took);
  const Duration longest = order.front()->took;
  const std::span<const Verdict* const> all = order;
  const std::size_t shown = std::min(all.size(), kSlow);
  Markup more;
  if (shown > kSlowest) {
    more = markup("<details><summary>The next ", shown - kSlowest, "</summary>\n",
                  duration_rows(all.subspan(kSlowest, shown - kSlowest), longest), "</details>\n");
  }
  return markup("<section>\n<h2 id=\"time\">Where the time went</h2>\n<p class=\"lead\">",
                count(order.size(), "validation"), " took ", duration_name(sum), " when added up. ",
                half(order, sum), "</p>\n",
                duration_rows(all.first(std::min(shown, kSlowest)), longest), more, "</section>\n");
}

}  // namespace ackproof::reports::html
