// The fixed parts of the pages: style sheet, symbols, scripts.
#pragma once

namespace ackproof::reports::html {

inline constexpr char kStyle[] = R"css(
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --sheet: #fff; --well: #f4f2ed; --ink: #23221f; --soft: #6a665e;
  --line: #e3dfd6; --link: #2b5c8a; --good: #2c7a4b; --bad: #b23a2e; --warn: #96640a;
  --odd: #6c5aa8; --quiet: #a9a498; --tint: #eef4ee;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #171714; --sheet: #1f1f1b; --well: #272722; --ink: #e7e4dc; --soft: #a29d91;
    --line: #35342e; --link: #8db8e0; --good: #6cc08d; --bad: #ee8577; --warn: #dcaa56;
    --odd: #b3a4e6; --quiet: #767166; --tint: #1d2620;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 var(--sans);
  overflow-wrap: anywhere; }
main, .banner > div, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.5rem; }
h1, h2, .sentence { font-family: var(--serif); font-weight: 600; line-height: 1.2; }
h2 { font-size: 1.5rem; margin: 3.5rem 0 .35rem; }
h3 { margin: 0; font-size: 1rem; }
p { margin: .4rem 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
code, pre, .mono { font-family: var(--mono); font-size: .86em; }
pre { margin: 0; white-space: pre-wrap; line-height: 1.5; }
ul, ol { margin: .5rem 0; padding-left: 1.2rem; }
.lead, .soft { color: var(--soft); }
.lead { margin-top: 0; max-width: 46rem; }
.small { font-size: .86rem; }
.label { font-size: .74rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft);
  margin: 0 0 .15rem; }
.icon { width: 1em; height: 1em; vertical-align: -.13em; flex: none; }
.passed { --c: var(--good); } .failed, .crashed, .timed_out, .flaky { --c: var(--bad); }
.inconclusive, .exempted { --c: var(--warn); } .broken { --c: var(--odd); }
.not_applicable, .missing { --c: var(--quiet); }
.icon, .word { color: var(--c, currentColor); }

.banner { --c: var(--warn); --tint: color-mix(in srgb, var(--c) 7%, var(--paper));
  background: var(--tint); border-bottom: 1px solid var(--line); padding: 2.6rem 0 2rem; }
.banner.certified { --c: var(--good); } .banner.not_certified { --c: var(--bad); }
.banner .brand { color: var(--soft); font-size: .86rem; margin: 0 0 1.5rem; }
.banner h1 { display: flex; align-items: center; gap: .8rem; margin: 0; color: var(--c);
  font-size: clamp(2.1rem, 6vw, 3.1rem); letter-spacing: -.015em; }
.banner h1 svg { width: 1em; height: 1em; flex: none; }
.banner .sentence { font-size: clamp(1.1rem, 2.6vw, 1.35rem); font-weight: 400; line-height: 1.4;
  max-width: 50rem; text-wrap: balance; margin: .8rem 0 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.2rem, 1fr));
  gap: 1rem 1.6rem; margin: 1.8rem 0 0; }
.facts dt { font-size: .74rem; letter-spacing: .06em; text-transform: uppercase;
  color: var(--soft); }
.facts dd { margin: .1rem 0 0; }
.facts dd small { display: block; color: var(--soft); font-size: .86rem; line-height: 1.4; }
.reasons { margin: 1.6rem 0 0; padding: 0; list-style: none; max-width: 50rem; }
.reasons li { padding: .38rem 0 .38rem 1.1rem; border-left: 2px solid var(--c); }
.remarks { margin: 1.2rem 0 0; }
.remarks summary { color: var(--soft); cursor: pointer; }

.bar { display: flex; gap: 2px; height: .75rem; margin: 1.1rem 0 1rem; border-radius: .4rem;
  overflow: hidden; }
.bar span { background: var(--c); min-width: 3px; }
.bar .missing { background: repeating-linear-gradient(135deg, var(--c) 0 2px, transparent 2px 5px); }
.word.missing { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.8rem; margin: 0; padding: 0;
  list-style: none; }
.counts li { display: flex; align-items: baseline; gap: .4rem; }
.counts b { font-family: var(--serif); font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.counts .icon { align-self: center; }

.card { background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem;
  margin: 1.1rem 0; padding: 1.3rem 1.5rem 1.4rem; }
.card > * + * { margin-top: 1.1rem; }
.card header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .7rem; }
.card header h3 { font: 600 1.02rem/1.4 var(--mono); flex: 1 1 20rem; }
.card .word { font-weight: 600; white-space: nowrap; }
.card .claim { font: 1.12rem/1.5 var(--serif); margin: .55rem 0 0; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.6rem; font-size: .94rem; }
.pair p { margin: 0; }
.well { background: var(--well); border-radius: .4rem; padding: .7rem .9rem; }
.finding { border-left: 3px solid var(--c); }
.finding + .finding { margin-top: .5rem; }
.finding .at { color: var(--soft); font-size: .8rem; margin: .35rem 0 0; }
.calls { margin: 0; padding: .7rem .9rem .7rem 3.1rem; font: .82rem/1.6 var(--mono); }
.calls li::marker { color: var(--quiet); }
.card summary { color: var(--soft); font-size: .9rem; cursor: pointer; }
.card details > :not(summary) { margin-top: .5rem; }
.command { display: flex; align-items: flex-start; gap: .8rem; }
.command code { flex: 1; line-height: 1.6; }
button, select, input { font: inherit; font-size: .9rem; color: inherit; background: var(--sheet);
  border: 1px solid var(--line); border-radius: .4rem; padding: .28rem .65rem; min-width: 0; }
button { cursor: pointer; }
button:hover { border-color: var(--soft); }
.copy { font-size: .8rem; color: var(--soft); padding: .1rem .55rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

.filters { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem;
  align-items: center; background: var(--paper); padding: .7rem 0; margin-top: .6rem;
  border-bottom: 1px solid var(--line); }
.filters input { flex: 1 1 10rem; }
.filters select { flex: 0 1 auto; max-width: 14rem; }
#shown:empty { display: none; }
.self { color: inherit; text-decoration: none; }
.self:hover { text-decoration: underline; }
[hidden] { display: none !important; }
.area { margin: 1.6rem 0 0; }
.area h3 { display: flex; align-items: baseline; gap: .6rem; padding: 0 0 .35rem;
  border-bottom: 1px solid var(--line); }
.area h3 .mono { color: var(--soft); }
.area h3 .tally { margin-left: auto; font-weight: 400; font-size: .86rem; color: var(--soft);
  font-variant-numeric: tabular-nums; }
.clause { border-bottom: 1px solid var(--line); }
.clause > summary { display: grid; grid-template-columns: 6.2rem 1fr 4rem minmax(3rem, 8rem);
  gap: 0 1rem; padding: .5rem 0; cursor: pointer; list-style: none; }
.clause > summary::-webkit-details-marker { display: none; }
.clause > summary:hover .id { text-decoration: underline; text-underline-offset: .2em; }
a.id { color: inherit; text-decoration: none; }
.clause .id { font: 600 .84rem/1.85 var(--mono); }
.clause .force { font-size: .72rem; line-height: 2.15; letter-spacing: .05em; color: var(--soft); }
.clause .dots { display: flex; flex-wrap: wrap; align-content: flex-start; gap: .2rem;
  padding-top: .3rem; justify-content: flex-end; }
.dots .icon { width: .95rem; height: .95rem; display: block; }
.clause .inside { padding: .3rem 0 1.3rem 7.2rem; }
.asked { width: 100%; border-collapse: collapse; margin-top: .9rem; font-size: .9rem; }
.asked td { padding: .22rem .7rem .22rem 0; vertical-align: top; }
.asked td:first-child { width: 1.7rem; }
.asked td:last-child { text-align: right; padding-right: 0; white-space: nowrap;
  font-variant-numeric: tabular-nums; color: var(--soft); width: 9.5rem; }
.slow td:last-child { width: 55%; }
.duration { display: flex; align-items: center; justify-content: flex-end; }
.duration span { min-width: 4.2rem; }
.time { flex: 1; min-width: 2rem; height: .42rem; }
.time rect { fill: var(--line); } .time rect + rect { fill: var(--soft); }
.nothing { padding: 1.5rem 0; color: var(--soft); }

.list { margin: .8rem 0 0; padding: 0; list-style: none; }
.list > li { padding: .55rem 0; border-bottom: 1px solid var(--line); }
.list p { margin: 0; }
.reason::first-letter { text-transform: uppercase; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 1.6rem 3rem; margin-top: 1rem; }
.sheet { width: 100%; border-collapse: collapse; }
.sheet th { text-align: left; font-weight: 400; color: var(--soft); padding: .3rem 1rem .3rem 0;
  vertical-align: top; }
.sheet td { text-align: right; padding: .3rem 0; font-variant-numeric: tabular-nums; }
.sheet tr + tr > * { border-top: 1px solid var(--line); }
.chips { display: flex; flex-wrap: wrap; gap: .35rem; margin: .5rem 0 0; padding: 0;
  list-style: none; }
.chips li { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .7rem;
  font-size: .86rem; background: var(--sheet); }
.chips li.absent { border-style: dashed; background: none; color: var(--soft); }
footer { margin: 4rem auto 0; padding-top: 1.2rem; padding-bottom: 3rem; color: var(--soft);
  font-size: .86rem; }

@media (max-width: 42rem) {
  main, .banner > div, footer { padding-left: 1rem; padding-right: 1rem; }
  .banner { padding-top: 1.6rem; }
  .facts { grid-template-columns: 1fr 1fr; }
  .pair, .columns { grid-template-columns: 1fr; gap: 1.1rem; }
  .card { padding: 1rem; }
  .clause > summary { grid-template-columns: auto 1fr auto; gap: 0 .6rem; }
  .clause .id { grid-area: 1 / 1; } .clause .force { grid-area: 1 / 2; }
  .clause .dots { grid-area: 1 / 3; max-width: 9.5rem; } .clause .text { grid-area: 2 / 1 / 3 / 4; }
  .clause .inside { padding-left: 0; }
  .asked td:last-child { width: 4.5rem; } .asked .time { display: none; }
  .filters { position: static; }
  .calls { padding-left: 2.6rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --well: #f6f6f4; }
  html { font-size: 9.5pt; }
  .filters, .copy { display: none !important; }
  .card, .clause, .list > li, .areas tr, .providers tr { break-inside: avoid; }
  h2, h3, .name { break-after: avoid; }
  .bar span, .time rect, .icon { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .banner { background: none; padding-top: 0; }
  h2 { margin-top: 1.6rem; }
  .grid thead th { position: static; }
}
)css";

// What the plots and the page of several providers have beside that. Before the rules for phone and paper of the above.
inline constexpr char kParts[] = R"css(
.areas { width: 100%; border-collapse: collapse; margin-top: 1.4rem; font-size: .9rem; }
.areas th { font-weight: 400; text-align: left; width: 12rem; padding: .12rem 1rem .12rem 0; }
.areas td { padding: .12rem 0; }
.areas td:last-child { width: 8rem; text-align: right; white-space: nowrap; color: var(--soft);
  font-variant-numeric: tabular-nums; }
.areas .bar { height: .5rem; margin: 0; border-radius: .25rem; gap: 1px; }
.areas .bar span { min-width: 2px; }
.areas a { color: inherit; text-decoration-color: var(--line); }
#time ~ details summary { color: var(--soft); font-size: .9rem; cursor: pointer; margin-top: .6rem; }

.providers { width: 100%; border-collapse: collapse; }
.providers tr { border-bottom: 1px solid var(--line); }
.providers th, .providers td { text-align: left; vertical-align: top; padding: .9rem 1.6rem .9rem 0; }
.providers th { font: 600 1.02rem/1.5 var(--mono); width: 24%; }
.providers th small { display: block; font: .86rem/1.45 var(--sans); color: var(--soft); }
.providers td:last-child { width: 34%; padding-right: 0; }
.providers p { margin: 0; } .providers ul { padding-left: 1.1rem; }
.providers .word { font-weight: 600; } .providers .bar { margin: .4rem 0 .5rem; }
.scroll { overflow-x: auto; }
html:has(.grid) { scroll-padding-top: 7.5rem; }
.grid { width: 100%; border-collapse: collapse; }
.grid th, .grid td { padding: .4rem .5rem; vertical-align: top; text-align: center; }
.grid .id, .grid .text, .grid .name th { text-align: left; padding-left: 0; }
.grid .id { font: 600 .84rem/1.85 var(--mono); white-space: nowrap; }
.grid thead th { position: sticky; top: 3.3rem; font: 600 .84rem/1.3 var(--mono); vertical-align: bottom;
  background: var(--paper); border-bottom: 1px solid var(--line); min-width: 4.2rem; }
.grid thead .id { line-height: 1.3; }
.scroll thead th { position: static; }
.grid .text { width: 60%; }
.grid .force { font-size: .72rem; letter-spacing: .05em; color: var(--soft); margin-left: .3rem; }
.grid .name th { padding-top: 1.6rem; border-bottom: 1px solid var(--line); }
.grid .name .mono { color: var(--soft); font-weight: 400; margin-left: .4rem; }
.grid .icon { width: 1.05rem; height: 1.05rem; vertical-align: -.2em; }
.grid tr:target { background: var(--well); }
@media (max-width: 42rem) {
  .areas th { width: 38%; padding-right: .6rem; } .areas td:last-child { width: 5.6rem; }
  .providers, .providers tbody, .providers tr, .providers th, .providers td { display: block; width: auto !important;
    padding: 0; }
  .providers tr { padding: .9rem 0; }
  .grid, .grid thead, .grid tbody { display: block; }
  .grid tr { display: grid; grid-template-columns: 5.4rem repeat(var(--n), minmax(1.7rem, 1fr)); }
  .grid tr[hidden] { display: none; }
  .grid th, .grid td { padding: .3rem 0; }
  .grid thead { position: sticky; top: 0; background: var(--paper); }
  .grid thead th { min-width: 0; writing-mode: vertical-rl; transform: rotate(180deg); justify-self: center;
    position: static; border: 0; }
  .grid thead .id { writing-mode: initial; transform: none; justify-self: start; align-self: end; }
  .grid thead .text { display: none; }
  .grid .text { grid-column: 1 / -1; grid-row: 2; width: auto; padding: 0 0 .5rem; font-size: .94rem; }
  .grid .name th { grid-column: 1 / -1; }
  .filters select { flex: 1 1 8rem; }
}
)css";

// One picture per outcome, told apart by its form as well as by its colour.
inline constexpr char kSymbols[] = R"svg(<svg hidden>
<symbol id="o-passed" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.2" fill="currentColor"/></symbol>
<symbol id="o-failed" viewBox="0 0 16 16"><path d="M3.4 3.4l9.2 9.2M12.6 3.4l-9.2 9.2" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/></symbol>
<symbol id="o-crashed" viewBox="0 0 16 16"><path d="M9.3 1L3 9.2h4L6.2 15 13 6.6H8.7z" fill="currentColor"/></symbol>
<symbol id="o-timed_out" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 4.6V8l2.4 1.6" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="o-inconclusive" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor"/></symbol>
<symbol id="o-broken" viewBox="0 0 16 16"><path d="M8 1.8L14.2 8 8 14.2 1.8 8z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"/></symbol>
<symbol id="o-not_applicable" viewBox="0 0 16 16"><circle cx="8" cy="8" r="4.6" fill="none" stroke="currentColor" stroke-width="1.3"/></symbol>
<symbol id="o-exempted" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M4.8 8h6.4" stroke="currentColor" stroke-width="1.8"/></symbol>
<symbol id="o-flaky" viewBox="0 0 16 16"><path d="M2 8h3l1.6-4 2.8 8L11 8h3" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>
 <symbol id="o-missing" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" stroke-width="1.3" stroke-dasharray="2 2"/></symbol>
</svg>
)svg";

// The pages say everything without scripts. This part is needed by the others.
inline constexpr char kAllScript[] = R"js(
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
)js";

// What is shown and what is not.
inline constexpr char kFilterScript[] = R"js(
const outcome = document.getElementById("outcome");
const area = document.getElementById("area");
const find = document.getElementById("find");
const said = new Map();  // What the search looks at, in small letters.

function textOf(item) {
  if (!said.has(item)) {
    const parts = item.matches("tr") ? [item] : all("summary, header, .claim, .asked code", item);
    said.set(item, parts.map(part => part.textContent).join(" ").toLowerCase());
  }
  return said.get(item);
}

function matches(item, words) {
  const outcomes = item.dataset.outcomes;
  return (area.value === "" || item.dataset.area === area.value) &&
      (outcome.value === "" || (outcome.value === "open" && outcomes !== "passed") ||
       outcomes.split(" ").includes(outcome.value)) &&
      words.every(word => textOf(item).includes(word));
}

function apply() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const items = all("[data-outcomes]");
  for (const item of items) item.hidden = !matches(item, words);
  for (const holder of all(".holder")) {
    holder.hidden = !holder.querySelector("[data-outcomes]:not([hidden])");
  }
  const clauses = items.filter(item => item.matches(".clause"));
  const shown = clauses.filter(clause => !clause.hidden).length;
  document.getElementById("nothing").hidden = shown > 0;
  document.getElementById("shown").textContent =
      shown === clauses.length ? "" : `${shown} of ${clauses.length} clauses`;
}

function clear() {
  outcome.value = area.value = find.value = "";
  apply();
}

if (outcome) {
  for (const choice of [outcome, area, find]) choice.addEventListener("input", apply);
  document.getElementById("filters").hidden = false;
  apply();  // A browser may remember what was chosen.
}
)js";

// Copy buttons.
inline constexpr char kCopyScript[] = R"js(
for (const button of all(".copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    getSelection().selectAllChildren(code);
    try { await navigator.clipboard.writeText(code.textContent); } catch { document.execCommand("copy"); }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
)js";

// A link leads also to what was hidden or folded. Needs the filter.
inline constexpr char kRevealScript[] = R"js(
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("[hidden]")) clear();
  if (target.matches("details")) target.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();
)js";

}  // namespace ackproof::reports::html
