import { omissionSentences } from '@xinc/core';
import { prepareFigures } from './figure/render-figure.js';
import type { Markup } from './html/markup.js';
import { pageMarkup } from './html/page.js';
import type { Report, ReportAnalysis } from './report.js';
import { pixelCost, thriftFor, valuesOf } from './resolution.js';
import { analysisSection } from './sections/analysis.js';
import { type LeftOut, omissionsSection, settingsSection } from './sections/closing.js';
import { seriesOf } from './sections/figure.js';
import { headerMarkup } from './sections/header.js';
import { networkSection } from './sections/network.js';
import { Numbering } from './sections/numbering.js';
import { reconstructionSection } from './sections/reconstruction.js';
import type { Section } from './sections/section.js';
import { isSummarised, pointMarkup, type SummaryPoint, summaryOpening, summarySection } from './sections/summary.js';
import { trainingSection } from './sections/training.js';

/** The analysis that the other ones rest on; told last. */
const FOUNDATION = 'completeness';

/**
 * The report of a run as one HTML page: no scripts, no requests, right in light, dark and print, on narrow and on wide
 * screens. It begins with a summary, and what leads to a finding is folded. All text of the run is escaped. A typical image
 * run gives less than 5 MB: pictures are drawn no larger than they are shown.
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
  numbering.id('summary');
  const { thrift, pictured, held } = await survey(report.analyses);
  const opening = await summaryOpening(report, numbering);
  // The summary comes first on the page, and is known last: its figures take their numbers before they are drawn.
  const numbers = Array.from({ length: pictured }, () => numbering.figure());
  const points: Markup[] = [];
  const sections: Section[] = [
    await reconstructionSection(report, numbering),
    await trainingSection(report.training, numbering),
    networkSection(report, numbering),
  ];
  const leftOut: LeftOut[] = report.omissions.map(({ what, why }) => ({ what, whys: [why] }));
  let analyses = 0;
  const add = async (analysis: ReportAnalysis) => {
    analyses++;
    const id = numbering.id(analysis.name);
    let point: SummaryPoint | undefined;
    if (isSummarised(analysis)) {
      const [figures = []] = seriesOf(analysis.result.figures);
      const number = figures.length > 0 ? numbers.shift() : undefined;
      point = { id: numbering.id(`summary-${analysis.name}`), section: id, number, figures };
      points.push(await pointMarkup(analysis, point, numbering, thrift));
    }
    sections.push(await analysisSection(analysis, id, point, numbering, thrift));
    const whys = omissionSentences(analysis.result.omissions ?? []);
    if (whys.length > 0) leftOut.push({ what: analysis.title, whys });
  };
  const last: ReportAnalysis[] = [];
  for await (const analysis of held ?? report.analyses()) {
    if (analysis.name === FOUNDATION) last.push(analysis);
    else await add(analysis);
  }
  for (const analysis of last) await add(analysis);
  sections.push(omissionsSection(leftOut, numbering), settingsSection(report, numbering));
  for (const reason of numbering.undrawn) onUndrawn(reason);
  const all = [summarySection(opening, points), ...sections];
  return pageMarkup({ ...report, header: headerMarkup(report, analyses), sections: all }).text;
}

/** Values of analyses that are held from one look at them to the next, at most: 32 MB of pictures, some times more of tables and charts. */
const MOST_HELD = 2 ** 23;

/** What has to be known of all analyses before the first is drawn. */
async function survey(analyses: Report['analyses']): Promise<{
  /** Part of the usual resolution of pictures, in pixels. */
  readonly thrift: number;
  /** Figures that the summary has of analyses, those of one series counted once. */
  readonly pictured: number;
  /** The analyses, where they are small enough to be held: they are not read again. */
  readonly held: readonly ReportAnalysis[] | undefined;
}> {
  let pixels = 0;
  let pictured = 0;
  let values = 0;
  let held: ReportAnalysis[] | undefined = [];
  for await (const analysis of analyses()) {
    const { figures } = analysis.result;
    for (const figure of figures) pixels += pixelCost(figure);
    values += valuesOf(analysis.result);
    if (values > MOST_HELD) held = undefined;
    held?.push(analysis);
    if (isSummarised(analysis) && figures.length > 0) pictured++;
  }
  return { thrift: thriftFor(pixels), pictured, held };
}
