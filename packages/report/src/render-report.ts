import { omissionSentences } from '@xinc/core';
import { prepareFigures } from './figure/render-figure.js';
import { html, Markup } from './html/markup.js';
import type { Report, ReportAnalysis } from './report.js';
import { resolutionThrift } from './resolution.js';
import { analysisSection } from './sections/analysis.js';
import { type LeftOut, omissionsSection, settingsSection } from './sections/closing.js';
import { headerMarkup } from './sections/header.js';
import { networkSection } from './sections/network.js';
import { Numbering } from './sections/numbering.js';
import { reconstructionSection } from './sections/reconstruction.js';
import { type Section, sectionMarkup } from './sections/section.js';
import { trainingSection } from './sections/training.js';
import { STYLE } from './style.js';

/** Nothing is loaded and nothing runs; pictures are inside the page. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const DOCTYPE = new Markup('<!doctype html>');

/** The analysis that the other ones rest on; told last. */
const FOUNDATION = 'completeness';

/**
 * The report of a run as one HTML page: no scripts, no requests, right in light, dark and print, on narrow and on wide
 * screens. All text of the run is escaped. A typical image run gives less than 5 MB: pictures are drawn no larger than
 * they are shown.
 *
 * A figure that cannot be drawn is replaced by a line that says why.
 *
 * @param onUndrawn told of each such figure, in one line
 * @throws XincError `invalid-file` where picture bytes cannot be read, `shape` where a reconstruction is not as large as
 *   its frame
 * @example await writeFile('report.html', await renderReport(report));
 */
export async function renderReport(report: Report, onUndrawn: (reason: string) => void = () => {}): Promise<string> {
  prepareFigures();
  const numbering = new Numbering();
  const thrift = await resolutionThrift(report.analyses);
  const sections: Section[] = [
    await reconstructionSection(report, numbering),
    await trainingSection(report.training, numbering),
    networkSection(report, numbering),
  ];
  const leftOut: LeftOut[] = report.omissions.map(({ what, why }) => ({ what, whys: [why] }));
  let analyses = 0;
  const add = async (analysis: ReportAnalysis) => {
    analyses++;
    sections.push(await analysisSection(analysis, numbering, thrift));
    const whys = omissionSentences(analysis.result.omissions ?? []);
    if (whys.length > 0) leftOut.push({ what: analysis.title, whys });
  };
  const last: ReportAnalysis[] = [];
  for await (const analysis of report.analyses()) {
    if (analysis.name === FOUNDATION) last.push(analysis);
    else await add(analysis);
  }
  for (const analysis of last) await add(analysis);
  sections.push(omissionsSection(leftOut, numbering), settingsSection(report, numbering));
  for (const reason of numbering.undrawn) onUndrawn(reason);
  return page(headerMarkup(report, analyses), sections, report).text;
}

const page = (header: Markup, sections: readonly Section[], report: Report): Markup =>
  html`${DOCTYPE}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="XINC ${report.toolVersion}">
<title>${report.title}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="page">
${header}
<nav aria-label="Contents"><p class="nav-title">Contents</p><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
<main>
${sections.map(sectionMarkup)}
</main>
</div>
</body>
</html>
`;
