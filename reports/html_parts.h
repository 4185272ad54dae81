// The sections of the page. `html.cc` puts them together.
#pragma once

#include <set>
#include <string>
#include <vector>

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

// A page around its parts.
struct Page {
  std::string title;
  Markup style;  // On top of the style that all pages share.
  Markup head;   // The banner, and what has to stand before it.
  Markup sections;
  Markup script;
  Markup source;  // What the page is made from.
};
// `suite`: the one that made the page's record; none for a page of several.
std::string whole_page(const Page& page, const SuiteIdentity* suite);

// How many of `of` had each outcome, one colour beside the other; `width` of 100 is the whole line.
Markup outcome_bar(const Judgement& of, std::uint64_t width = 100);

// --- The filter, which works on whatever has the attributes below, also in the page of several providers

// Areas by id with their titles, and what else can be chosen: the value of the option and its words.
struct Choice {
  std::string value;
  std::string words;
};
Markup filters(const std::vector<Choice>& areas, const std::vector<Choice>& outcomes);

// The attributes of something that the filter shows or hides. `outcomes`: all that occur in it.
Markup filter_attributes(std::string_view area, const std::set<std::string>& outcomes);

// --- Sections; empty when there is nothing to say

Markup banner(const Run& run, const Judgement& judgement);
Markup numbers(const Run& run, const Judgement& judgement);
Markup filters(const Run& run, const Judgement& judgement);
Markup cards(const Run& run);    // What did not pass.
Markup clauses(const Run& run);  // Every clause of the selection.
Markup untried(const Run& run);
Markup slowest(const Run& run);
Markup declaration(const Run& run);
Markup repetition(const Run& run);

}  // namespace ackproof::reports::html
