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

Markup page_start(const std::string& title) {
  return markup(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>",
      readable_line(title), "</title>\n<style>", kStyle, kParts, "</style>\n</head>\n<body>\n",
      kSymbols);
}

Markup page_end(const Markup& footer) {
  return markup("<footer>", footer, "</footer>\n<script>", kScript,
                "</script>\n</body>\n</html>\n");
}

}  // namespace html

std::string render_html(const Run& run) {
  using namespace html;
  const Judgement judgement = judge(run);
  const Markup page =
      markup(page_start(provider_name(run) + ": " + phrase(judgement.conclusion)),
             banner(run, judgement), "<main>\n", numbers(run, judgement), "<div>\n",
             filters(run, judgement), cards(run), clauses(run), "</div>\n", untried(run),
             slowest(run), declaration(run), repetition(run), "</main>\n",
             page_end(markup(
                 "ackproof ", run.suite.version, ", contract ", run.suite.contract_version,
                 ". This page is made from <code>run.json</code> alone; nothing is loaded from "
                 "elsewhere.")));
  return page.text;
}

}  // namespace ackproof::reports
