import type { Figure } from '@xinc/core';
import { type Content, html, type Markup } from '../html/markup.js';
import type { Report, ReportAnalysis } from '../report.js';
import { typeset } from '../typeset.js';
import { seriesMarkup } from './figure.js';
import type { Numbering } from './numbering.js';
import { comparison } from './reconstruction.js';
import type { Section } from './section.js';

/** Analyses that say what others rest on, or the same in more detail: what they find stands in their sections only. */
const DETAILS: readonly string[] = ['completeness', 'contribution-distribution', 'intensity-edges'];

/** Where the method was published. */
const PAPER = 'https://arxiv.org/abs/2401.10217';

/** Whether the summary tells what an analysis found. */
export const isSummarised = ({ name, result }: ReportAnalysis): boolean =>
  !DETAILS.includes(name) && result.findings.length > 0;

/** What stands in the summary of an analysis, and leads to its section. */
export interface SummaryPoint {
  /** Of the place in the summary. */
  readonly id: string;
  /** Of the section it leads to. */
  readonly section: string;
  /** The number of its figure, where there is one. */
  readonly number: number | undefined;
  /** The figures of the analysis' first series. */
  readonly figures: readonly Figure[];
}

/** The first finding of an analysis with its first figure, which stand for the others. */
export async function pointMarkup(
  { title, result }: ReportAnalysis,
  { id, section, number, figures }: SummaryPoint,
  numbering: Numbering,
  thrift: number,
): Promise<Markup> {
  const drawn: Content = number !== undefined && (await seriesMarkup(figures, String(number), numbering, thrift));
  return html`<div class="point" id="${id}"><h3><a href="#${section}">${title}</a></h3><p>${typeset(result.findings[0])}</p>${drawn}</div>`;
}

/** What contributions are, in one sentence, with their source. */
export const CONTRIBUTION = html`A neuron’s contribution to a pixel, |c|, is the size of what its layer gives the pixel through this neuron alone: its activation times its weights, with an equal share of the biases (<a href="${PAPER}">Explaining the Implicit Neural Canvas</a>, CVPR 2024).`;

/** What contributions are; the picture beside what the network makes of it. */
export async function summaryOpening(report: Report, numbering: Numbering): Promise<Content> {
  const [first] = report.reconstruction.frames;
  return [
    html`<p>${CONTRIBUTION} Each title below leads to all findings, figures and tables.</p>`,
    first && (await comparison(report, first, numbering)),
  ];
}

/** What the page begins with. */
export const summarySection = (opening: Content, points: readonly Markup[]): Section => ({
  id: 'summary',
  title: 'Summary',
  body: [opening, points],
});
