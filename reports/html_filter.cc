// The filter above the clauses: hidden until the script shows it, because without the script it does nothing.
#include "reports/html_parts.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

Markup options(const std::vector<Choice>& choices) {
  Markup all;
  for (const Choice& choice : choices) {
    all += markup("<option value=\"", choice.value, "\">", choice.words, "</option>");
  }
  return all;
}

}  // namespace

Markup filters(const std::vector<Choice>& areas, const std::vector<Choice>& outcomes) {
  return markup(
      "<div class=\"filters\" id=\"filters\" hidden>\n"
      "<select id=\"outcome\" aria-label=\"Outcome\"><option value=\"\">Every outcome</option>"
      "<option value=\"open\">Not passed</option>",
      options(outcomes),
      "</select>\n<select id=\"area\" aria-label=\"Area\"><option value=\"\">Every area</option>",
      options(areas),
      "</select>\n<input id=\"find\" type=\"search\" placeholder=\"Find a clause or a validation\" "
      "aria-label=\"Find\">\n<span id=\"shown\" class=\"soft small\" "
      "role=\"status\"></span>\n</div>\n");
}

Markup filters(const Run& run, const Judgement& judgement) {
  std::vector<Choice> areas_to_choose;
  for (const Area& area : areas(run)) {
    if (!area.clauses.empty())
      areas_to_choose.push_back({area.id, area.id + " " + std::string(area.title)});
  }
  std::vector<Choice> outcomes;
  for (const Outcome outcome : kOutcomes) {
    if (judgement.of(outcome) == 0) continue;
    outcomes.push_back({std::string(name(outcome)), phrase(outcome)});
  }
  if (judgement.missing > 0) outcomes.push_back({"missing", "missing"});
  return filters(areas_to_choose, outcomes);
}

Markup filter_attributes(std::string_view area, const std::set<std::string>& outcomes) {
  std::string joined;
  for (const std::string& outcome : outcomes) joined += (joined.empty() ? "" : " ") + outcome;
  return markup(" data-area=\"", area, "\" data-outcomes=\"", joined, "\"");
}

}  // namespace ackproof::reports::html
