// One card for each validation that did not pass: the clause, what was seen, how to see it again.
#include <algorithm>

#include "reports/html_parts.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports::html {

namespace {

constexpr std::size_t kShownCalls = 12;

Markup claim(const Verdict& verdict) {
  const Requirement& clause = requirement_of(verdict.requirement);
  return markup("<div><p class=\"label\"><a href=\"#", verdict.requirement, "\">",
                verdict.requirement, "</a> &middot; ", name(clause.force),
                "</p><p class=\"claim\">", prose(clause.text), "</p></div>\n");
}

Markup advice(const Verdict& verdict) {
  const Requirement& clause = requirement_of(verdict.requirement);
  if (clause.why.empty()) return {};
  return markup("<div class=\"pair\"><div><p class=\"label\">Why it matters</p><p>",
                prose(clause.why),
                "</p></div><div><p class=\"label\">How it is usually mended</p><p>",
                prose(clause.mend), "</p></div></div>\n");
}

Markup findings(const Verdict& verdict) {
  Markup all;
  if (!verdict.reason.empty()) {
    all += markup("<div><p class=\"label\">What happened</p><p class=\"reason\">", verdict.reason,
                  "</p></div>\n");
  }
  if (!verdict.retries.empty()) {
    Markup attempts;
    for (const std::string& retry : retry_lines(verdict)) {
      attempts += markup("<li>", retry, "</li>\n");
    }
    all +=
        markup("<div><p class=\"label\">Asked again</p>\n<ol class=\"well calls\" start=\"2\">\n",
               attempts, "</ol></div>\n");
  }
  if (verdict.failures.empty()) return all;
  all += markup("<div><p class=\"label\">Expected and actual</p>\n");
  for (const Failure& failure : verdict.failures) {
    all += markup("<div class=\"well finding\"><pre>", failure.text, "</pre>");
    if (!failure.file.empty()) {
      all += markup("<p class=\"at mono\">", failure.file, ":", failure.line, "</p>");
    }
    all += markup("</div>\n");
  }
  all += markup("</div>\n");
  return all;
}

Markup call_list(const std::vector<std::string>& calls, std::size_t from, std::size_t to) {
  Markup all = markup("<ol class=\"well calls\" start=\"", from + 1, "\">\n");
  for (std::size_t i = from; i < to; ++i) all += markup("<li>", calls[i], "</li>\n");
  all += markup("</ol>\n");
  return all;
}

Markup last_calls(const Verdict& verdict) {
  const std::vector<std::string>& calls = verdict.calls;
  if (calls.empty()) return {};
  const std::size_t earlier = calls.size() - std::min(calls.size(), kShownCalls);
  Markup all = markup("<div><p class=\"label\">Last calls to the provider</p>\n");
  if (earlier > 0) {
    all += markup("<details><summary>", count(earlier, "earlier call"), "</summary>\n",
                  call_list(calls, 0, earlier), "</details>\n");
  }
  all += markup(call_list(calls, earlier, calls.size()), "</div>\n");
  return all;
}

Markup output(const Verdict& verdict) {
  if (verdict.output.empty()) return {};
  return markup("<details><summary>Output of the process</summary><pre class=\"well\">",
                verdict.output, "</pre></details>\n");
}

Markup card(const Run& run, const Verdict& verdict) {
  const std::string attempts =
      verdict.attempts > 1 ? ", " + count(verdict.attempts, "attempt") : std::string();
  return markup(
      "<article class=\"card ", name(verdict.outcome), "\" id=\"", anchor(verdict), "\"",
      filter_attributes(area_of(verdict.requirement), {std::string(name(verdict.outcome))}),
      ">\n<header><h3><a class=\"self\" href=\"#", anchor(verdict), "\">", verdict_name(verdict),
      "</a></h3><span class=\"word\">", icon(verdict.outcome), " ", phrase(verdict.outcome),
      "</span><span class=\"soft small\">", duration_name(verdict.took), attempts,
      "</span></header>\n", claim(verdict), findings(verdict), advice(verdict), last_calls(verdict),
      output(verdict), "<div><p class=\"label\">See it again</p>\n",
      command(reproduce_command(run, verdict)), "</div>\n</article>\n");
}

}  // namespace

Markup cards(const Run& run) {
  Markup all;
  std::uint64_t number = 0;
  for (const Verdict& verdict : run.verdicts) {
    if (!is_not_passed(verdict)) continue;
    all += card(run, verdict);
    ++number;
  }
  if (number == 0) return {};
  return markup(
      "<section class=\"holder\">\n<h2 id=\"not-passed\">What did not pass</h2>\n<p "
      "class=\"lead\">",
      count(number, "validation"),
      ", each with its clause, what was seen, and the command that shows it again.</p>\n", all,
      "</section>\n");
}

}  // namespace ackproof::reports::html
