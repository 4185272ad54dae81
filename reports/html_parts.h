// The sections of the page. `html.cc` puts them together.
#pragma once

#include "reports/judgement.h"
#include "reports/markup.h"
#include "reports/run.h"

namespace ackproof::reports::html {

// --- Small pieces

Markup icon(Outcome outcome);
Markup missing_icon();  // A verdict was planned and is not there.

// The words of the contract: `code` between backquotes becomes code.
Markup prose(std::string_view text);

// Where the page tells about a verdict that did not pass.
std::string anchor(const Verdict& verdict);

// A command line with a button that copies it.
Markup command(const std::string& text);

// How long `took` is beside the longest, as a bar with its number.
Markup duration_bar(Duration took, Duration longest);
Duration longest(const Run& run);

// The sign beside a headline.
enum class Seal : std::uint8_t { tick, cross, question, dash };
Markup seal(Seal sign);

// One of the facts below a headline, and one line of a sheet.
Markup fact(std::string_view term, std::string_view value, std::string_view more = {});
Markup line(std::string_view term, std::string_view value);

// "2026-05-04 10:00 UTC" of "2026-05-04T10:00:00Z".
std::string moment(const std::string& iso);

// A page around its parts, which is made from the file `record` alone.
struct Page {
  std::string title;
  Markup style;  // On top of the style that all pages share.
  Markup head;   // The banner, and what has to stand before it.
  Markup sections;
  Markup script;
  std::string record;
};
std::string whole_page(const Page& page, const SuiteIdentity& suite);

// --- Sections; empty when there is nothing to say

Markup banner(const Run& run, const Judgement& judgement);
Markup numbers(const Judgement& judgement);
Markup cards(const Run& run);    // What did not pass.
Markup clauses(const Run& run);  // Every clause of the selection.
Markup untried(const Run& run);
Markup slowest(const Run& run);
Markup declaration(const Run& run);
Markup repetition(const Run& run);

}  // namespace ackproof::reports::html
