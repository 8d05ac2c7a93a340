/** The page's style sheet: ink on paper, hairlines instead of boxes, colour only where it means something. */
export const css = `
:root {
  --paper: #fbfaf6; --ink: #1d2125; --soft: #5f656c; --line: #dedad0; --wash: #f3f0e8;
  --accent: #15505f; --good: #2b6347; --warn: #8a5600; --bad: #a3242b; --bar: #b9b2a1;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", "URW Palladio L", Georgia, serif;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e8e5de; --soft: #a2a7ab; --line: #30353a; --wash: #1c2024;
    --accent: #86bccb; --good: #86c7a2; --warn: #e2b560; --bad: #f2938b; --bar: #5b6269;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
.sheet { display: grid; grid-template-columns: 11rem minmax(0, 1fr); column-gap: 3.5rem; max-width: 76rem; margin: 0 auto; padding: 3.5rem 2.5rem 5rem; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; }

nav { position: sticky; top: 3.5rem; align-self: start; font-size: .875rem; }
nav .project { margin: 0 0 1rem; font-family: var(--serif); font-size: 1.125rem; line-height: 1.3; overflow-wrap: anywhere; }
nav ol { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
nav li { border-bottom: 1px solid var(--line); }
nav a { display: block; padding: .45rem 0; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--accent); }

h1, h2, h3 { font-weight: 500; line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h1, h2 { font-family: var(--serif); letter-spacing: -.01em; }
h1 { font-size: clamp(1.9rem, 1.2rem + 2.6vw, 2.9rem); margin: .4rem 0 .8rem; max-width: 24ch; }
h2 { font-size: 1.75rem; margin: 0 0 .35rem; }
h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .9rem; font-size: 1rem; font-weight: 650; margin: 2.25rem 0 .6rem; }
p { margin: 0 0 1rem; max-width: 68ch; }
main > section { margin-top: 4.5rem; }
.lead { color: var(--soft); margin-bottom: 1.5rem; }
.faint, .note { color: var(--soft); }
.tally { font-size: .8125rem; font-weight: 400; color: var(--soft); }
code { font: .875em/1.4 var(--mono); overflow-wrap: break-word; }

.verdict { --tone: var(--soft); border-top: 5px solid var(--tone); padding-top: 1.4rem; }
.verdict.good { --tone: var(--good); } .verdict.warn { --tone: var(--warn); } .verdict.bad { --tone: var(--bad); }
.kicker { margin: 0; color: var(--tone); font-size: .8125rem; font-weight: 650; letter-spacing: .09em; text-transform: uppercase; }
.sentences { font-size: 1.125rem; max-width: 60ch; }
dl, dd { margin: 0; }
.figures { display: flex; flex-wrap: wrap; row-gap: 1.4rem; margin: 2.2rem 0 2rem; }
.figures > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; min-width: 6.6rem; padding: 0 1.6rem 0 1.1rem; border-left: 1px solid var(--line); }
.figures > div:first-child { padding-left: 0; border-left: 0; }
.figures dd { font: 400 1.9rem/1.1 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.figures dt { max-width: 9rem; color: var(--soft); font-size: .8125rem; line-height: 1.3; margin-top: .35rem; }
.figures .warn dd { color: var(--warn); } .figures .bad dd { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(13.5rem, 1fr)); gap: .8rem 2rem; padding: 1.1rem 0; border-block: 1px solid var(--line); font-size: .875rem; }
.facts dt { color: var(--soft); font-size: .8125rem; }
.facts dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }

.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: lining-nums tabular-nums; }
th, td { padding: .5rem 1.4rem .5rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-size: .8125rem; white-space: nowrap; padding-top: 0; border-bottom-color: var(--bar); }
tfoot th, tfoot td { border-bottom: 0; border-top: 1px solid var(--bar); font-weight: 650; }
caption { text-align: left; color: var(--soft); font-size: .8125rem; padding-bottom: .5rem; }
th.num, td.num { text-align: right; white-space: nowrap; }
.note { display: block; font-size: .875rem; max-width: 62ch; margin-top: .1rem; }
.rules .outcome { width: 9rem; } .rules td:nth-child(3) { width: 6rem; } .rules .num { width: 7.5rem; }
.quarantine { max-width: 46rem; }

.mark { white-space: nowrap; font-size: .875rem; color: var(--soft); }
.mark::before { content: ""; display: inline-block; width: .55em; height: .55em; margin-right: .55em; border-radius: 50%; background: currentColor; }
.mark.pass { color: var(--good); }
.mark.warn { color: var(--warn); } .mark.warn::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); width: .68em; }
.mark.fail, .mark.error { color: var(--bad); font-weight: 650; } .mark.fail::before, .mark.error::before { border-radius: 0; }
.mark.skipped::before, .mark.unevaluated::before { background: none; border: 1.5px solid currentColor; }

td.share { width: 11rem; } th.share { text-align: left; }
td.share { white-space: nowrap; } td.share .num { display: inline-block; min-width: 3.6em; text-align: right; }
.bar { display: inline-block; width: 6rem; height: .45rem; margin-right: .5rem; background: var(--wash); box-shadow: inset 0 0 0 1px var(--line); }
.bar > span { display: block; height: 100%; background: var(--bar); }

details > summary { cursor: pointer; list-style: none; }
details > summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; grid-row: 1; width: 1.2rem; color: var(--soft); font-family: var(--mono); }
details[open] > summary::before { content: "−"; }
.passed { border-bottom: 1px solid var(--line); }
.passed > summary { display: flex; align-items: baseline; padding: .5rem 0; font-size: .9375rem; }
.passed .name { flex: 1; overflow-wrap: anywhere; }
.gate .passed { border-bottom: 0; }
.passed .scroll { padding: .3rem 0 1rem 1.2rem; }
.relation { border-bottom: 1px solid var(--line); }
.layer h3 + .relation { border-top: 1px solid var(--bar); }
.relation > summary { display: grid; grid-template-columns: 1.2rem minmax(10rem, 1fr) 7rem 9rem 17.5rem; column-gap: .6rem; align-items: baseline; padding: .6rem 0; font-size: .9375rem; }
.relation > summary:hover .name, .passed > summary:hover .name { color: var(--accent); }
.relation .name { font-weight: 650; overflow-wrap: anywhere; }
.relation .kind, .relation .fresh { color: var(--soft); font-size: .875rem; }
.relation .fresh .mark { display: block; }
.relation .rowcount { text-align: right; padding-right: 1rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.relation .about { grid-column: 2 / -1; color: var(--soft); font-size: .875rem; max-width: 72ch; }
.relation .body { padding: .4rem 0 1.4rem 1.8rem; font-size: .875rem; }
.relation .body table { font-size: .875rem; }
.columns th[scope="row"] { width: 30%; } .columns td:nth-child(3) { width: 20%; }
.tag { display: inline-block; margin: 0 .35rem .15rem 0; padding: 0 .45em; border: 1px solid var(--line); border-radius: 3px; color: var(--soft); font-size: .8125rem; white-space: nowrap; }
.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
footer { margin-top: 5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .8125rem; }

@media (max-width: 62rem) {
  .sheet { display: block; padding: 1.5rem 1.25rem 3rem; }
  nav { position: static; margin-bottom: 2rem; }
  nav .project { margin-bottom: .6rem; }
  nav ol { display: flex; flex-wrap: wrap; column-gap: 1.3rem; border-bottom: 1px solid var(--line); }
  nav li { border: 0; }
  main > section { margin-top: 3.25rem; }
}
@media (max-width: 46rem) {
  .relation > summary { grid-template-columns: 1.2rem minmax(0, 1fr) auto; row-gap: .1rem; }
  .relation .rowcount { grid-column: 3; grid-row: 1; padding-right: 0; }
  .relation .kind { grid-column: 2; }
  .relation .fresh { grid-column: 2 / -1; }
  .figures { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem 1rem; }
  .figures > div { padding: 0; border: 0; min-width: 0; }
  .facts { grid-template-columns: 1fr 1fr; }
  .relation .body { padding-left: 0; }
  th, td { padding-right: .9rem; }
  .rules th:nth-child(3), .rules td:nth-child(3) { display: none; }
  .rules .outcome { width: 6.5rem; } .rules .num { width: auto; white-space: normal; }
  th.share, td.share { display: none; }
  .columns th:nth-child(3), .columns td:nth-child(3) { min-width: 7rem; } .columns td:nth-child(2) { min-width: 12rem; }
  .sources .note { min-width: 14rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --wash: #fff; --accent: #000; }
  @page { margin: 18mm 16mm; }
  body { font-size: 10.5pt; }
  nav, .skip { display: none; }
  .sheet { display: block; max-width: none; padding: 0; }
  .figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; } .figures > div { padding: 0; border: 0; }
  main > section { margin-top: 2rem; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary::before { content: none; }
  h2, h3, summary { break-after: avoid; }
  tr, summary { break-inside: avoid; }
  .scroll { overflow: visible; }
  .bar, .mark::before { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
