import { omissionSentences } from '@xinc/core';
import { prepareFigures } from './figure/render-figure.js';
import { pageMarkup } from './html/page.js';
import type { Report, ReportAnalysis } from './report.js';
import { resolutionThrift } from './resolution.js';
import { analysisSection } from './sections/analysis.js';
import { type LeftOut, omissionsSection, settingsSection } from './sections/closing.js';
import { headerMarkup } from './sections/header.js';
import { networkSection } from './sections/network.js';
import { Numbering } from './sections/numbering.js';
import { reconstructionSection } from './sections/reconstruction.js';
import type { Section } from './sections/section.js';
import { trainingSection } from './sections/training.js';

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
  return pageMarkup({ ...report, header: headerMarkup(report, analyses), sections }).text;
}
