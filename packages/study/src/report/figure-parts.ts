import type { Figure } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import type { StudyReportPart } from '@xinc/report';
import { type CurveTexts, curveFigures } from './curve-figures.js';
import type { DoneRun } from './done-runs.js';
import { type MapTexts, mapFigures } from './map-figures.js';
import { gatherSamples, type ReadCurve, type RowMarks } from './run-samples.js';

/** What is read of one analysis, and how it is drawn. */
interface FigurePart {
  readonly analysis: string;
  readonly title: string;
  readonly text: string;
  readonly read: ReadCurve;
  /** Whether `read` is given how many neurons are dead. */
  readonly countsDead?: boolean;
  readonly figure: Omit<CurveTexts, 'colorOf'>;
  /** Whether its series are groupings, which have a colour of their own in every report. */
  readonly ofGroupings?: boolean;
  readonly marks?: RowMarks;
  /** How the arrays themselves are drawn, where they are pictures. */
  readonly maps?: MapTexts;
}

const SEEDS =
  'Rows are signals, columns the layers of each network. The line is the median over seeds, the band goes from the least to the greatest of them. Of a video, the first frame that was analysed is drawn.';

/** Least variance that is drawn: a logarithmic axis has no zero. */
const LEAST_VARIANCE = 1e-6;

/** Least contribution that is drawn. */
const LEAST_CONTRIBUTION = 1e-6;

/** The paper's figures over signals and seeds, by the analysis that each is drawn from. */
const PARTS: readonly FigurePart[] = [
  {
    analysis: 'grouping-variance',
    title: 'What neurons specialise in',
    text: 'How unevenly neurons divide their contribution among the groups of a grouping, relative to the groups’ areas (figure 16 of the paper).',
    read: (name) => ({ series: name, values: (stored) => stored }),
    ofGroupings: true,
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
    read(name, { pixels, dead }) {
      if (name !== 'pixels') return undefined;
      // Dead neurons contribute more than the average on no pixel: they are among the least.
      const liveOf = (stored: ArrayLike<number>) => Float64Array.from(stored).sort().subarray(dead);
      return { series: name, values: (stored) => liveOf(stored).map((value) => (100 * value) / pixels) };
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
    read(name, { neurons }) {
      const area = /^area_([\d.]+)$/.exec(name)?.[1];
      if (area === undefined) return undefined;
      const percentOf = (stored: ArrayLike<number>) =>
        Float64Array.from(stored).map((count) => (100 * count) / neurons);
      return { series: `α = ${area}`, values: percentOf };
    },
    figure: {
      name: 'neurons-per-pixel',
      title: 'Neurons per pixel',
      caption: `Pixels, sorted by the share of a layer’s neurons that contribute significantly there: with the contributions that make up the upper 1 − α of the layer’s total. ${SEEDS}`,
      x: 'Pixels (%)',
      y: 'Neurons (%)',
      series: 'Threshold',
    },
    maps: {
      name: 'neurons-of-pixels',
      title: 'Neurons of each pixel',
      caption:
        'The share of a layer’s neurons that contribute significantly to each pixel, the mean over seeds. Bright pixels are painted by many neurons together. Rows are signals, columns the layers of each network. Each picture has its own colours, from its percentile 0.5 to its percentile 99.5, which stand above it in % of the layer’s neurons. Of a video, the first frame that was analysed is drawn.',
      label: 'Neurons, from the first to the last number above each picture',
    },
  },
  {
    analysis: 'contribution-distribution',
    title: 'How contributions are distributed',
    text: 'All contributions |c| of a layer, of every neuron to every pixel (figure 18 of the paper).',
    read: (name) => (name === 'sorted' ? { series: name, values: (stored) => stored } : undefined),
    marks: {
      table: 'thresholds',
      read(cell) {
        const [alpha, value, above] = [cell('alpha'), cell('threshold'), cell('share_above')].map(Number);
        return { name: `τ at α = ${alpha}`, percent: 100 * (1 - above), value: Math.max(value, LEAST_CONTRIBUTION) };
      },
    },
    figure: {
      name: 'contribution-distribution',
      title: 'Contributions, sorted',
      caption: `All contributions |c| of a layer, sorted from the least to the greatest. Marked are the thresholds τ of the figures of neurons per pixel, the median over seeds: the contributions right of a mark make up 1 − α of the layer’s total. Contributions below ${LEAST_CONTRIBUTION}, zeros among them, are drawn as ${LEAST_CONTRIBUTION}, since a logarithmic axis has no zero. ${SEEDS}`,
      x: 'Contributions (%)',
      y: '|c|',
      series: '',
      least: LEAST_CONTRIBUTION,
    },
  },
];

/** A part of the report for each analysis; where no run has it, it says so. */
export async function figureParts(runs: readonly DoneRun[], registry: Registry): Promise<StudyReportPart[]> {
  const parts: StudyReportPart[] = [];
  const { groupingColor } = await import('@xinc/analyses/neurons');
  for (const { analysis, title, text, read, countsDead = false, ofGroupings, figure, marks, maps } of PARTS) {
    const gathered = await gatherSamples(runs, registry, { analysis, read, countsDead, ...(marks && { marks }) });
    const { samples } = gathered;
    const pictures = maps ? await mapFigures(samples, maps) : { figures: [], missing: [] };
    const missing = [...gathered.missing, ...pictures.missing];
    const without =
      gathered.missing.length === runs.length ? `No run has the analysis ${analysis}.` : withoutSome(missing);
    const [picture, ...others] = pictures.figures;
    const figures: Figure[] = [
      ...curveFigures(samples, { ...figure, ...(ofGroupings && { colorOf: groupingColor }) }, gathered.marks),
      ...(picture ? [picture] : []),
    ];
    parts.push({ title, text: [text, ...(missing.length > 0 ? [without] : [])], tables: [], figures, more: others });
  }
  return parts;
}

const withoutSome = (missing: readonly string[]): string =>
  `Not drawn ${missing.length === 1 ? 'is 1 run' : `are ${missing.length} runs`}: ${missing.join('; ')}.`;
