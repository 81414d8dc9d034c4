import type { Registry } from '@xinc/core/node';
import type { StudyReportPart } from '@xinc/report';
import { type CurveTexts, curveFigures } from './curve-figures.js';
import type { DoneRun } from './done-runs.js';
import { gatherSamples, type ReadCurve } from './run-samples.js';
import { withoutRuns } from './without-runs.js';

/** What is read of one analysis, and how it is drawn. */
interface FigurePart {
  readonly analysis: string;
  readonly title: string;
  readonly text: string;
  readonly read: ReadCurve;
  /** Whether `read` is given how many neurons are dead. */
  readonly countsDead?: boolean;
  readonly figure: CurveTexts;
}

const SEEDS =
  'Rows are signals, columns the layers of each network. The line is the median over seeds, the band goes from the least to the greatest of them. Of a video, the first frame that was analysed is drawn.';

/** Least variance that is drawn: a logarithmic axis has no zero. */
const LEAST_VARIANCE = 1e-6;

/** The paper's figures over signals and seeds, by the analysis that each is drawn from. */
const PARTS: readonly FigurePart[] = [
  {
    analysis: 'grouping-variance',
    title: 'What neurons specialise in',
    text: 'How unevenly neurons divide their contribution among the groups of a grouping, relative to the groups’ areas (figure 16 of the paper).',
    read: (name, values) => ({ series: name, values }),
    figure: {
      name: 'grouping-variance',
      title: 'Variance of contributions over groups',
      caption: `Live neurons of each layer, sorted. A lower curve means that contributions care less about what a grouping separates; groupings of more groups vary more by themselves. Variances below ${LEAST_VARIANCE} are drawn as ${LEAST_VARIANCE}, since a logarithmic axis has no zero. ${SEEDS}`,
      x: 'Live neurons (%)',
      y: 'Variance',
      series: 'Grouping',
      least: LEAST_VARIANCE,
    },
  },
  {
    analysis: 'pixels-per-neuron',
    title: 'How many pixels a neuron paints',
    text: 'On how much of the picture each neuron contributes more than the average neuron of its layer (figure 15 of the paper).',
    read(name, values, { pixels, dead }) {
      if (name !== 'pixels') return undefined;
      // Dead neurons contribute more than the average on no pixel: they are among the least.
      const live = Float64Array.from(values).sort().subarray(dead);
      return { series: name, values: live.map((value) => (100 * value) / pixels) };
    },
    countsDead: true,
    figure: {
      name: 'pixels-per-neuron',
      title: 'Pixels per neuron',
      caption: `Live neurons of each layer, sorted by the part of the pixels on which they contribute more than the average neuron, a(p) > T(p)/N. ${SEEDS}`,
      x: 'Live neurons (%)',
      y: 'Pixels (%)',
      series: '',
    },
  },
  {
    analysis: 'neurons-per-pixel',
    title: 'How many neurons paint a pixel',
    text: 'How many neurons of a layer represent each pixel, at each threshold (figure 17 of the paper).',
    read(name, values, { neurons }) {
      const area = /^area_([\d.]+)$/.exec(name)?.[1];
      if (area === undefined) return undefined;
      return { series: `α = ${area}`, values: Float64Array.from(values, (count) => (100 * count) / neurons) };
    },
    figure: {
      name: 'neurons-per-pixel',
      title: 'Neurons per pixel',
      caption: `Pixels, sorted by the share of a layer’s neurons that contribute significantly there: with the contributions that make up the upper 1 − α of the layer’s total. ${SEEDS}`,
      x: 'Pixels (%)',
      y: 'Neurons (%)',
      series: 'Threshold',
    },
  },
];

/** A part of the report for each analysis; where no run has it, it says so. */
export async function figureParts(runs: readonly DoneRun[], registry: Registry): Promise<StudyReportPart[]> {
  const parts: StudyReportPart[] = [];
  for (const { analysis, title, text, read, countsDead = false, figure } of PARTS) {
    const { samples, missing } = await gatherSamples(runs, registry, { analysis, read, countsDead });
    const without = missing.length === runs.length ? `No run has the analysis ${analysis}.` : withoutRuns(missing);
    const figures = samples.length > 0 ? curveFigures(samples, figure) : [];
    parts.push({ title, text: [text, ...(missing.length > 0 ? [without] : [])], tables: [], figures });
  }
  return parts;
}
