import { Markup } from './html/markup.js';

/** The report's style sheet. Colours are variables, so that charts follow the reader's theme and print is always light. */
export const STYLE = new Markup(`
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --ink: #1d2026; --muted: #565c67; --rule: #d9dce1; --axis: #9097a1; --grid: #e7e9ec;
  --accent: #0b63a5; --edge: #1d202638; --tint: #f2f5f9; --warn: #fdf6e6; --warn-rule: #d99a1c;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', 'Source Serif 4', Georgia, 'DejaVu Serif', serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --ink: #e8e9ec; --muted: #aab0ba; --rule: #343941; --axis: #6d747f; --grid: #2b2f36;
    --accent: #7cbcf2; --edge: #e8e9ec4d; --tint: #1d2229; --warn: #272116; --warn-rule: #b98a2f;
  }
}
@media print { :root { color-scheme: light; --paper: #fff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 1.0625rem/1.6 var(--serif); overflow-wrap: anywhere; }
.page { max-width: 57.5rem; margin: 0 auto; padding: 3.5rem 1.25rem 5rem; }
header, main > section > p, .point > p, .findings, .omissions, .values { max-width: 44rem; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
h1 { font-size: clamp(1.9rem, 1.4rem + 2.2vw, 2.75rem); line-height: 1.15; letter-spacing: -.015em; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1.65rem; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 .5rem; text-wrap: balance; }
h3 { font: 600 1rem/1.4 var(--sans); margin: 1.75rem 0 .5rem; }
p { margin: 0 0 1rem; }
code { font: .86em/1.5 var(--mono); overflow-wrap: anywhere; }
.kicker { font: 600 .78rem/1.4 var(--sans); letter-spacing: .08em; text-transform: uppercase; color: var(--accent); margin: 0 0 .75rem; }
.lead { font-size: 1.2rem; line-height: 1.55; margin-bottom: 2rem; }
.name { font-style: italic; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.25rem; margin: 0 0 1.75rem; padding: 1.25rem 0; border-block: 1px solid var(--rule); font-family: var(--sans); }
.facts > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; gap: .15rem; }
.facts dd { margin: 0; font-size: 1.5rem; line-height: 1.2; font-weight: 600; letter-spacing: -.015em; font-variant-numeric: tabular-nums; }
.facts dt { font-size: .8rem; line-height: 1.4; color: var(--muted); }
nav { font: .9rem/1.5 var(--sans); margin-bottom: 1rem; }
nav ol { margin: 0; padding: 0; list-style: none; columns: 2 16rem; column-gap: 2rem; }
nav li { break-inside: avoid; padding: .14rem 0; }
nav a { text-decoration: none; color: var(--muted); }
nav a:hover { color: var(--accent); text-decoration: underline; }
nav .unfold { display: flex; align-items: baseline; gap: .4rem; margin-top: .8rem; color: var(--muted); cursor: pointer; }
@supports not selector(::details-content) { nav .unfold { display: none; } }
body:has(#unfold:checked) details::details-content { content-visibility: visible; height: auto; }
.nav-title { font-weight: 600; margin: 0 0 .4rem; }
section { padding-top: 2.25rem; scroll-margin-top: 0; }
.question { color: var(--muted); font-style: italic; margin-bottom: 1.25rem; }
.findings { border-left: 3px solid var(--accent); padding: .1rem 0 .1rem 1.1rem; margin: 0 0 1rem; }
.point { margin: 2.25rem 0; }
.point h3 { font: 600 1.2rem/1.3 var(--serif); margin: 0 0 .4rem; }
.point h3 a { color: inherit; text-decoration: none; }
.point h3 a::after { content: ' ↓'; color: var(--accent); }
.point h3 a:hover { color: var(--accent); text-decoration: underline; }
.point > figure, .point > .moments { margin: 1rem 0; }
.more > summary, .settings > summary { color: var(--accent); padding: .3rem 0; }
.print-only { display: none; }
.findings p { margin: 0 0 .6rem; }
.findings p:last-child { margin: 0; }
figure { margin: 2rem 0; }
.moments { position: relative; display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .35rem; margin: 2rem 0; font: .8rem/1.4 var(--sans); }
.moments-title { color: var(--muted); margin-right: .25rem; }
.moments > input { position: absolute; opacity: 0; width: 1px; height: 1px; margin: 0; }
.moments > label { min-width: 2.2rem; padding: .12rem .5rem; text-align: center; color: var(--muted); border: 1px solid var(--rule); border-radius: .3rem; cursor: pointer; font-variant-numeric: tabular-nums; }
.moments > label:hover { border-color: var(--accent); }
.moments > input:checked + label { color: var(--paper); background: var(--accent); border-color: var(--accent); }
.moments > input:focus-visible + label { outline: 2px solid var(--accent); outline-offset: 2px; }
.moment { order: 1; flex: 0 0 100%; min-width: 0; display: none; }
.moment > figure { margin: .5rem 0 0; }
.moments > input:checked + label + .moment { display: block; }
figcaption, .table-caption { font: .875rem/1.55 var(--sans); color: var(--muted); max-width: 46rem; margin-top: .85rem; }
figcaption b, .table-caption b { color: var(--ink); font-weight: 600; }
.number { margin-right: .3rem; }
.panels { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: .9rem .9rem; align-items: end; }
.panels.small { gap: .6rem .45rem; }
.panel { min-width: 0; align-self: start; }
.panel-title { overflow-wrap: anywhere; white-space: pre-line; font: .8rem/1.35 var(--sans); color: var(--ink); margin: 0 0 .3rem; }
.small .panel-title { font-size: .7rem; color: var(--muted); margin: 0 0 .15rem; white-space: pre; overflow: hidden; text-overflow: ellipsis; }
img { display: block; width: 100%; height: auto; max-height: 60rem; object-fit: contain; object-position: left top; background: var(--tint); }
img.pixels { image-rendering: pixelated; }
.strip .panel-title { font-size: .74rem; white-space: normal; }
.strip img + img { margin-top: 3px; }
.bar { font: .72rem/1.3 var(--sans); color: var(--muted); margin-top: .4rem; min-width: 0; }
.bar-colors { height: .5rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar-ticks { display: flex; justify-content: space-between; gap: .5rem; margin-top: .2rem; font-variant-numeric: tabular-nums; }
.bar-ticks span { overflow-wrap: normal; }
.bar-ticks span:not(:nth-child(2)) { white-space: nowrap; }
.bar-ticks span:nth-child(2) { text-align: center; }
.bars { display: flex; flex-wrap: wrap; gap: 1.5rem; margin-top: .75rem; }
.bars .bar { flex: 0 1 20rem; }
.chart svg { display: block; max-width: 100%; height: auto; }
.chart.narrow { display: none; }
.scroll { position: relative; overflow-x: auto; overflow-wrap: normal; background: linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% local no-repeat, linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% local no-repeat, linear-gradient(to right, var(--edge), transparent) left / .9rem 100% scroll no-repeat, linear-gradient(to left, var(--edge), transparent) right / .9rem 100% scroll no-repeat; }
table { border-collapse: collapse; font: .82rem/1.45 var(--sans); font-variant-numeric: tabular-nums; border-block: 1.5px solid var(--ink); margin: .5rem 0; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: baseline; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 1px solid var(--axis); font-weight: 600; vertical-align: bottom; }
tbody tr + tr td { border-top: 1px solid var(--grid); }
.numeric { text-align: right; }
td.numeric, td code { white-space: nowrap; }
.unit { color: var(--muted); font-weight: 400; white-space: nowrap; }
th .unit { display: block; font-size: .92em; }
.table { margin: 1.75rem 0; }
.table-caption { margin: 0 0 .4rem; }
details { font: .875rem/1.55 var(--sans); }
summary { cursor: pointer; }
.columns > summary, .provenance > summary { color: var(--muted); }
.columns, .provenance { font-size: .82rem; }
.provenance { margin-top: 1.5rem; }
.provenance > p { margin: .75rem 0 .25rem; }
.files { columns: 2 18rem; margin: .25rem 0 0; padding-left: 1.1rem; }
.values { margin: .5rem 0 0; font: .85rem/1.55 var(--sans); }
.values > div { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: 1rem; padding: .28rem 0; border-top: 1px solid var(--grid); }
.values > div:first-child { border-top: 0; }
.values dt { color: var(--muted); }
.values dd { margin: 0; overflow-wrap: anywhere; grid-column: 2; }
.values ul { margin: 0; padding-left: 1.1rem; }
.layers { width: 100%; max-width: 44rem; }
.extent { width: 34%; }
.extent span:not(.hidden) { display: block; height: .55rem; background: var(--accent); opacity: .75; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.omissions { font: .875rem/1.55 var(--sans); background: var(--warn); border-left: 3px solid var(--warn-rule); padding: .7rem 1rem; margin: 1.5rem 0; }
.omissions p { margin: 0 0 .2rem; }
.omissions ul { margin: 0; padding-left: 1.1rem; }
.note { font: .85rem/1.5 var(--sans); color: var(--muted); margin: .4rem 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (min-width: 80rem) {
  .page { max-width: 74rem; display: grid; grid-template-columns: 13rem minmax(0, 57.5rem); column-gap: 3.5rem; }
  header { grid-column: 2; }
  nav { grid-column: 1; grid-row: 1 / span 2; position: sticky; top: 3.5rem; align-self: start; max-height: calc(100vh - 5rem); overflow-y: auto; font-size: .82rem; }
  nav ol { columns: 1; }
  nav li { padding: .22rem 0; line-height: 1.35; }
  main { grid-column: 2; }
}
@media screen and (max-width: 44rem) {
  body { font-size: 1rem; }
  .page { padding-top: 2rem; }
  .lead { font-size: 1.08rem; }
  section { padding-top: 2.5rem; }
  .panels { grid-template-columns: repeat(min(var(--columns), 2), minmax(0, 1fr)); }
  .panels.small { grid-template-columns: repeat(min(var(--columns), 4), minmax(0, 1fr)); }
  .small .panel-title { white-space: pre-line; }
  .hero .panels { grid-template-columns: minmax(0, 1fr); }
  .chart.wide { display: none; }
  .chart.narrow { display: block; }
  .values > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .values dd { grid-column: 1; }
  .extent { width: 22%; }
}
@media print {
  @page { margin: 17mm 16mm 20mm; @bottom-right { content: counter(page) ' / ' counter(pages); font: 9pt system-ui, sans-serif; color: #565c67; } }
  html { font-size: 13px; }
  .page { padding: 0; max-width: none; display: block; }
  nav { display: none; }
  section { padding-top: 1.5rem; }
  h1, h2, h3, .table-caption, .question, .number { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  figure, .question, .omissions, .layers, .point > p, .findings p, .panel, tr, .facts, .values > div { break-inside: avoid; }
  figure, .point > figure, .point > .moments { margin: .75rem 0; }
  .point { margin: 1.25rem 0; }
  .chart svg { width: auto; max-height: 84mm; }
  section > p:has(+ figure) { break-after: avoid; break-inside: avoid; }
  .point .chart svg { max-height: 66mm; }
  .point { break-inside: avoid; }
  header, main > section > p, .point > p, .findings, .omissions, .values, figcaption, .table-caption { max-width: none; }
  img { max-height: 78mm; }
  .point .panels[style='--columns:2'] { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .print-only { display: block; }
  body:has(#unfold:checked) .print-only, details:not(.table, .settings, [open]) { display: none; }
  body:has(#unfold:checked) details:not(.provenance, .columns) { display: block; }
  .more > summary, .settings > summary, .point h3 a::after { display: none; }
  details.settings::details-content { content-visibility: visible; height: auto; }
  a { color: inherit; text-decoration: none; }
  .provenance, .columns, .moments-title, .moments > input, .moments > label { display: none; }
  .moments, .moment { display: block; }
  .moment + input + label + .moment { margin-top: 1.5rem; }
  .point .moment { display: none; }
  .point .moments > input:checked + label + .moment { display: block; margin-top: 0; }
  .scroll { overflow: visible; background: none; }
  details.table::details-content { content-visibility: visible; height: auto; }
  details.table > summary { list-style: none; }
}
`);
