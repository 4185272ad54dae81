// The page as a whole, and the small pieces that its sections share.
#include <algorithm>

#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/render.h"
#include "reports/wording.h"

namespace ackproof::reports {

namespace html {

Markup icon(Outcome outcome) {
  const std::string_view which = name(outcome);
  return markup("<svg class=\"icon ", which, "\" role=\"img\" aria-label=\"", phrase(outcome),
                "\"><use href=\"#o-", which, "\"/></svg>");
}

Markup prose(std::string_view text) {
  Markup all;
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    const std::size_t close = open == text.npos ? text.npos : text.find('`', open + 1);
    if (close == text.npos) break;
    all +=
        markup(text.substr(0, open), "<code>", text.substr(open + 1, close - open - 1), "</code>");
    text.remove_prefix(close + 1);
  }
  all += markup(text);
  return all;
}

std::string anchor(const Verdict& verdict) {
  std::string id = "v-" + verdict.validation;
  std::ranges::replace_if(
      id, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_'; }, '-');
  return verdict.repetition <= 1 ? id : id + "-" + std::to_string(verdict.repetition);
}

Markup command(const std::string& text) {
  return markup("<div class=\"well command\"><code>", readable_line(text),
                "</code><button class=\"copy\" type=\"button\" hidden>Copy</button></div>\n");
}

Duration longest(const Run& run) {
  Duration longest{1};
  for (const Verdict& verdict : run.verdicts) longest = std::max(longest, verdict.took);
  return longest;
}

Markup duration_bar(Duration took, Duration longest) {
  const double share = static_cast<double>(took.count()) / static_cast<double>(longest.count());
  const int width = std::clamp(static_cast<int>(share * 100), 1, 100);
  return markup(
      "<span class=\"duration\"><svg class=\"time\" viewBox=\"0 0 100 10\" "
      "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"100\" height=\"10\"/>"
      "<rect width=\"",
      width, "\" height=\"10\"/></svg><span>", duration_name(took), "</span></span>");
}

Markup seal(Seal sign) {
  const auto ring = [](const Markup& inside) {
    return markup(
        "<svg viewBox=\"0 0 40 40\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" "
        "stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\">"
        "<circle cx=\"20\" cy=\"20\" r=\"17.5\"/>",
        inside, "</svg>");
  };
  switch (sign) {
    case Seal::tick:
      return ring(markup("<path d=\"M12 20.5l5.6 5.8L28.4 14.6\"/>"));
    case Seal::cross:
      return ring(markup("<path d=\"M14 14l12 12M26 14L14 26\"/>"));
    case Seal::question:
      return ring(
          markup("<path d=\"M15.4 16a4.7 4.7 0 1 1 6.6 4.3c-1.4.7-2 1.5-2 3M20 28.2v.1\"/>"));
    case Seal::dash:
      break;
  }
  return ring(markup("<path d=\"M12.5 20h15\"/>"));
}

Markup fact(std::string_view term, std::string_view value, std::string_view more) {
  const Markup small = more.empty() ? Markup() : markup("<small>", more, "</small>");
  return markup("<div><dt>", term, "</dt><dd>", value, small, "</dd></div>\n");
}

Markup line(std::string_view term, std::string_view value) {
  return markup("<tr><th>", term, "</th><td>", value, "</td></tr>\n");
}

std::string moment(const std::string& iso) {
  if (iso.size() != 20) return iso;
  return iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC";
}

std::string whole_page(const Page& page, const SuiteIdentity* suite) {
  const Markup made_by = suite == nullptr ? Markup()
                                          : markup("ackproof ", suite->version, ", contract ",
                                                   suite->contract_version, ". ");
  return markup(
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>",
             page.title, "</title>\n<style>", kStyle, page.style, "</style>\n</head>\n<body>\n",
             page.head, "<main>\n", page.sections, "</main>\n<footer>", made_by,
             "This page is made from ", page.source,
             "; nothing is loaded from elsewhere.</footer>\n<script>", page.script,
             "</script>\n</body>\n</html>\n")
      .text;
}

Markup missing_icon() {
  return markup(
      "<svg class=\"icon missing\" role=\"img\" aria-label=\"missing\"><use "
      "href=\"#o-missing\"/></svg>");
}

Markup outcome_bar(const Judgement& of, std::uint64_t width) {
  Markup parts;
  const auto add = [&parts](std::string_view what, std::uint64_t number) {
    if (number == 0) return;
    parts += markup("<span class=\"", what, "\" style=\"flex-grow:", number, "\"></span>");
  };
  for (const Outcome outcome : kOutcomes) add(name(outcome), of.of(outcome));
  add("missing", of.missing);
  return markup("<div class=\"bar\" style=\"width:", width, "%\" aria-hidden=\"true\">", parts,
                "</div>");
}

}  // namespace html

std::string render_html(const Run& run) {
  using namespace html;
  const Judgement judgement = judge(run);
  return whole_page(
      {.title = readable_line(provider_name(run)) + ": " + phrase(judgement.conclusion),
       .style = markup(kParts),
       .head = markup(kSymbols, banner(run, judgement)),
       .sections = markup(numbers(run, judgement), "<div>\n", filters(run, judgement), cards(run),
                          clauses(run), "</div>\n", untried(run), slowest(run), declaration(run),
                          repetition(run)),
       .script = markup(kAllScript, kFilterScript, kCopyScript, kRevealScript),
       .source = markup("<code>run.json</code> alone")},
      &run.suite);
}

}  // namespace ackproof::reports
