import {
  type AnalysisContext,
  type ChartFigure,
  defineAnalysis,
  groupSizes,
  type LabelMap,
  type NamedArray,
  type RasterFigure,
  type RequestContext,
  type Table,
  XincError,
} from '@xinc/core';
import { z } from 'zod';
import { logarithmic, panelPerLayer, percentage, seriesEncoding } from '../drawing/chart.js';
import { sortedCurve } from '../drawing/curve.js';
import { groupColors } from '../drawing/palette.js';
import { median, quantile } from '../numeric/averages.js';
import { groupingVariance } from '../numeric/grouping-variance.js';
import { isTie } from '../numeric/ties.js';
import { groupingMissing } from '../scope/choose-grouping.js';
import { drawnFramesOption, figureOfFrame, framesToDraw, frameWords } from '../scope/frames.js';
import { byLayer, type LiveLayer, liveLayers } from '../scope/live-layers.js';
import { inWords, listed } from '../wording.js';

const options = z.object({
  groupings: z
    .array(z.string())
    .optional()
    .describe('Groupings to compare; by default all but categories, which are the instances taken together'),
  absolute: z
    .array(z.string())
    .default([])
    .describe(
      'Groupings whose deviations are taken without their sign before the variance, as the published code does',
    ),
  drawnFrames: drawnFramesOption,
});
type Options = z.output<typeof options>;

/** Groupings of two or three groups: their variances cannot be held against those of 32. */
const COARSE = ['categories'];

/** Variances below this are drawn here: a logarithmic axis has no zero. */
const SMALLEST_DRAWN = 1e-6;

/** A grouping on a frame that has groups to compare. */
interface Partition {
  readonly grouping: string;
  readonly frame: number;
  /** |g|, [G] */
  readonly sizes: Uint32Array;
  /** Groups with pixels. */
  readonly groups: number;
}

interface Measurement extends LiveLayer, Partition {
  /** [N] */
  readonly variances: Float64Array;
}

export const groupingVarianceAnalysis = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'grouping-variance',
  title: 'What neurons specialise in',
  description:
    'Whether neurons divide their contribution among objects, colours, textures or places more unevenly than area alone would (paper figures 4 and 16).',
  options,
  presets: { published: { absolute: ['instances', 'rgb', 'gabor'] } },
  request: (chosen, context) => ({ neuronTotals: true, groupSums: groupingsOf(chosen, context) }),
  analyze(chosen, context) {
    const { live, omissions } = liveLayers(context);
    const names = groupingsOf(chosen, context);
    const partitions = context.frames.flatMap((frame) =>
      names.map((name) => partition(name, frame, context, omissions)),
    );
    const measurements = live.flatMap((layer) =>
      partitions
        .filter(({ frame, groups }) => frame === layer.frame && groups > 1)
        .map((part): Measurement => {
          const absolute = isNamed(part.grouping, chosen.absolute);
          const sums = layer.statistics.groupSums[part.grouping];
          return { ...layer, ...part, variances: groupingVariance(sums, layer.totals, part.sizes, { absolute }) };
        }),
    );
    if (measurements.length === 0) {
      throw new XincError('unsupported', `No grouping divides the picture: ${omissions.join(' ')}`, {
        hint: 'Use one with at least two groups, for instance --groupings rgb:32,grid:4x8.',
      });
    }
    const { drawn, notes } = framesToDraw(context, chosen.drawnFrames);
    return {
      findings: findings(measurements),
      tables: [varianceTable(measurements)],
      arrays: measurements.map(arrayOf),
      figures: drawn.flatMap((frame) => figuresOf(frame, measurements, context)),
      values: { medians: medians(measurements), absolute: names.filter((name) => isNamed(name, chosen.absolute)) },
      omissions,
      notes,
    };
  },
});

function groupingsOf({ groupings }: Options, context: RequestContext): string[] {
  const fine = context.groupings.filter((name) => !COARSE.includes(name));
  const chosen = groupings ?? (fine.length > 0 ? fine : context.groupings);
  const unknown = chosen.find((name) => !context.groupings.includes(name));
  if (unknown !== undefined) throw groupingMissing(unknown, context.groupings);
  if (chosen.length === 0) {
    throw new XincError('not-found', 'There is no grouping to compare', {
      subject: 'groupings',
      hint: 'Name some, for instance --groupings rgb:32,grid:4x8.',
    });
  }
  return [...chosen];
}

/** Whether a grouping, with or without options after a colon, is in the list. */
const isNamed = (grouping: string, names: readonly string[]): boolean =>
  names.includes(grouping) || names.includes(grouping.split(':')[0]);

/** Measures the groups; says what is wrong with them in `omissions`. */
function partition(grouping: string, frame: number, context: AnalysisContext, omissions: string[]): Partition {
  const map = context.labels(grouping, frame);
  const sizes = groupSizes(map);
  const empty = map.groups.filter((_, g) => sizes[g] === 0).map((group) => group.name);
  const groups = sizes.length - empty.length;
  const where = `Grouping '${grouping}'${frameWords(context.signal, frame)}`;
  if (groups < 2) {
    omissions.push(`${where} was left out: it has a single group, and a variance over groups needs two.`);
  } else if (empty.length > 0) {
    omissions.push(
      `${where}: ${empty.length} of ${sizes.length} groups have no pixels and were ignored (${listed(shortened(empty))}).`,
    );
  }
  return { grouping, frame, sizes, groups };
}

const shortened = (names: readonly string[]): string[] =>
  names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : [...names];

const arrayOf = ({ grouping, frame, layer, variances }: Measurement): NamedArray => ({
  name: grouping.replace(/[^A-Za-z0-9._-]+/g, '-'),
  frame,
  layer: layer.id,
  shape: [variances.length],
  data: variances,
});

function varianceTable(measurements: readonly Measurement[]): Table {
  return {
    name: 'grouping-variance',
    title: 'Variance of contributions over the groups of each grouping',
    columns: [
      { name: 'frame', description: 'Frame index' },
      { name: 'layer', description: 'Layer' },
      { name: 'grouping', description: 'Grouping' },
      { name: 'groups', unit: 'groups', description: 'Groups with pixels' },
      { name: 'live', unit: 'neurons', description: 'Neurons measured' },
      { name: 'dead', unit: 'neurons', description: 'Neurons without contribution, left out' },
      { name: 'lower_quartile', description: 'Lower quartile of the variance over neurons (relative, no unit)' },
      { name: 'median', description: 'Median of the variance over neurons (relative, no unit)' },
      { name: 'upper_quartile', description: 'Upper quartile of the variance over neurons (relative, no unit)' },
    ],
    rows: measurements.map(({ frame, layer, grouping, groups, census, variances }) => [
      frame,
      layer.id,
      grouping,
      groups,
      census.live.length,
      census.dead,
      quantile(variances, 0.25),
      median(variances),
      quantile(variances, 0.75),
    ]),
  };
}

/** Layer id → grouping → median variance over the live neurons, the middle one of all frames. */
function medians(measurements: readonly Measurement[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    byLayer(measurements).map(({ layer, items }) => {
      const groupings = [...new Set(items.map((item) => item.grouping))];
      const ofGrouping = (name: string) =>
        items.filter((item) => item.grouping === name).map((item) => median(item.variances));
      return [layer.id, Object.fromEntries(groupings.map((name) => [name, median(ofGrouping(name))]))];
    }),
  );
}

/** Variances below this are what rounding leaves of none. */
const NO_VARIANCE = 1e-10;

const isSame = (a: number, b: number): boolean => isTie(a, b) || Math.max(a, b) < NO_VARIANCE;

function findings(measurements: readonly Measurement[]): string[] {
  const ranking = Object.entries(medians(measurements)).map(([layer, ofLayer]) => ({
    layer,
    ranked: Object.entries(ofLayer).sort((a, b) => a[1] - b[1]),
  }));
  const least = ranking.map(({ layer, ranked }) => {
    const tied = ranked.filter(([, median]) => isSame(median, ranked[0][1])).map(([grouping]) => grouping);
    return { layer, groupings: tied.length > 1 ? `${listed(tied)} alike` : tied[0] };
  });
  const leastOver = [...new Set(least.map(({ groupings }) => groupings))].map((groupings) => {
    const layers = least.filter((other) => other.groupings === groupings).map(({ layer }) => layer);
    return `${groupings} in ${listed(layers)}`;
  });
  const numbers = ranking.map(({ layer, ranked }) => {
    const words = ranked.map(([grouping, median], i) => {
      const before = ranked[i - 1]?.[1];
      const sign = before === undefined ? '' : isSame(before, median) ? ' = ' : ' < ';
      return `${sign}${grouping} ${inWords(median)}`;
    });
    return `${layer}: ${words.join('')}`;
  });
  const compared = ranking.some(({ ranked }) => ranked.length > 1);
  return [
    ...(compared ? [`Contributions vary least over the groups of ${leastOver.join(', of ')}.`] : []),
    `Median variance over the groups, by layer: ${numbers.join('; ')}.`,
  ];
}

function figuresOf(frame: number, measurements: readonly Measurement[], context: AnalysisContext) {
  const ofFrame = measurements.filter((measurement) => measurement.frame === frame);
  return ofFrame.length === 0
    ? []
    : [varianceFigure(frame, ofFrame, context), groupingsFigure(frame, ofFrame, context)];
}

function varianceFigure(frame: number, measurements: readonly Measurement[], context: AnalysisContext): ChartFigure {
  const groupings = [...new Set(measurements.map((measurement) => measurement.grouping))];
  const groups = groupings.map((name) => measurements.find((measurement) => measurement.grouping === name)!.groups);
  const unequal =
    new Set(groups).size > 1
      ? ` The numbers of groups differ (${listed(groupings.map((name, i) => `${name} ${groups[i]}`))}): finer groupings vary more by themselves.`
      : '';
  const values = measurements.flatMap(({ layer, grouping, variances }) =>
    sortedCurve(variances).map(({ percent, value }) => ({
      layer: layer.label,
      grouping,
      percent,
      variance: Math.max(value, SMALLEST_DRAWN),
    })),
  );
  return {
    kind: 'chart',
    ...figureOfFrame(context.signal, 'variance', frame),
    title: `Variance of contributions over groups${frameWords(context.signal, frame)}`,
    caption: `Each curve shows a layer's live neurons sorted by how unevenly they divide their contribution among the groups of one grouping, relative to the groups' areas. A lower curve means that contributions care less about what that grouping separates.${unequal}`,
    spec: panelPerLayer(context.layers, values, {
      mark: { type: 'line', tooltip: true },
      encoding: {
        x: percentage('percent', 'Neurons, sorted (% of live)'),
        y: logarithmic('variance', 'Variance of relative deviation'),
        ...seriesEncoding('grouping', 'Grouping', groupings),
      },
    }),
  };
}

/** On a video: which groupings have the same groups on all frames. */
function overFrames(groupings: readonly string[], { frames, labels }: AnalysisContext): string {
  const namesOn = (grouping: string, frame: number) =>
    labels(grouping, frame)
      .groups.map(({ name }) => name)
      .join('\n');
  const same = groupings.filter((name) => frames.every((frame) => namesOn(name, frame) === namesOn(name, frames[0])));
  return frames.length > 1 && same.length > 0
    ? ` The groups of ${listed(same)} are the same on all frames analysed.`
    : '';
}

function groupingsFigure(frame: number, measurements: readonly Measurement[], context: AnalysisContext): RasterFigure {
  const groupings = [...new Set(measurements.map((measurement) => measurement.grouping))];
  const maps = groupings.map((name): [string, LabelMap] => [name, context.labels(name, frame)]);
  return {
    kind: 'raster',
    ...figureOfFrame(context.signal, 'groupings', frame),
    title: `The groupings compared${frameWords(context.signal, frame)}`,
    caption: `Each colour is one group of pixels. Colours of different panels have nothing to do with one another.${overFrames(groupings, context)}`,
    panels: maps.map(([name, map]) => ({
      title: `${name} · ${map.groups.length} groups`,
      height: map.height,
      width: map.width,
      pixels: { kind: 'labels', labels: map.labels, colors: groupColors(map) },
    })),
  };
}
