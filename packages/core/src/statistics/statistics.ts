import { HISTOGRAM, type NeuronTotals, type ReducerName } from '@xinc/kernels';
import { XincError } from '../errors.js';
import type { LabelMap } from '../grouping.js';
import { AREAS, type Areas, GROUPING_NAMES, SWITCH } from './asking.js';
import type { CustomCollector } from './custom-collector.js';
import type { Statistic } from './statistic.js';
import { type Histogram, thresholdOf } from './threshold.js';

export interface NeuronsPerPixel {
  /** α */
  readonly area: number;
  /** τ; NaN where the layer has values that are not finite. */
  readonly threshold: number;
  /** [H·W] */
  readonly counts: Uint32Array;
}

/**
 * What can be gathered of a layer on a frame, one row each: its reducer in `@xinc/kernels` has the same name. All read
 * a_n(p) = |c_n(p)| (method §4).
 */
const STATISTICS = {
  /** A_n = Σ_p a_n(p), and the smallest and largest a_n(p), per neuron. */
  neuronTotals: statistic<'neuronTotals', boolean, NeuronTotals>({
    ask: SWITCH,
    allocate: (_, { neurons }) => ({
      sum: new Float64Array(neurons),
      min: new Float32Array(neurons).fill(Number.POSITIVE_INFINITY),
      max: new Float32Array(neurons),
    }),
    argument: () => true,
    merge(value, part, { neuron }) {
      addTo(value.sum, neuron, part.sum);
      for (let i = 0; i < part.sum.length; i++) {
        value.min[neuron + i] = Math.min(value.min[neuron + i], part.min[i]);
        value.max[neuron + i] = Math.max(value.max[neuron + i], part.max[i]);
      }
    },
    own: ({ sum, min, max }) => ({ sum: sum.slice(), min: min.slice(), max: max.slice() }),
  }),
  /** T(p) = Σ_n a_n(p) per pixel, [H·W]. */
  pixelTotals: statistic<'pixelTotals', boolean, Float64Array>({
    ask: SWITCH,
    allocate: (_, { pixels }) => new Float64Array(pixels),
    argument: () => true,
    merge: (value, part, { pixel }) => addTo(value, pixel, part),
    own: (value) => value.slice(),
  }),
  /** S[n, g] = Σ_{p∈g} a_n(p), for each grouping named: [N·G], neuron-major. */
  groupSums: statistic<'groupSums', readonly string[], Readonly<Record<string, Float64Array>>>({
    ask: GROUPING_NAMES,
    allocate: (names, { neurons, labels }) =>
      Object.fromEntries(names.map((name) => [name, new Float64Array(neurons * groupsOf(name, labels[name]))])),
    argument: (value, tile) => tile.groupings(Object.keys(value)),
    merge(value, part, { neuron, neurons }) {
      for (const [k, sums] of Object.values(value).entries()) addTo(sums, (neuron * sums.length) / neurons, part[k]);
    },
    own: (value, names) => Object.fromEntries(names.map((name) => [name, value[name].slice()])),
  }),
  /** Counts of a_n(p) over the whole layer, in logarithmic bins, 1024 per octave. */
  histogram: statistic<'histogram', boolean, Histogram>({
    ask: SWITCH,
    allocate: () => ({ firstBin: HISTOGRAM.firstBin, counts: new Float64Array(HISTOGRAM.bins) }),
    argument: () => true,
    merge: ({ counts }, part) => addTo(counts, 0, part),
    own: ({ firstBin, counts }) => ({ firstBin, counts: counts.slice() }),
  }),
  /** #{p : a_n(p) > T(p)/N} per neuron, [N]. Needs a second pass. */
  pixelsPerNeuron: statistic<'pixelsPerNeuron', boolean, Uint32Array, Float64Array>({
    ask: SWITCH,
    after: 'pixelTotals',
    allocate: (_, { neurons }) => new Uint32Array(neurons),
    argument: (_, { start, end }, { neurons }, pixelTotals) =>
      Float32Array.from(pixelTotals.subarray(start, end), (total) => total / neurons),
    merge: (value, part, { neuron }) => addTo(value, neuron, part),
    own: (value) => value.slice(),
  }),
  /** #{n : a_n(p) > τ} per pixel, τ where the largest values add up to 1 − α of the layer's total. Needs a second pass. */
  neuronsPerPixel: statistic<'neuronsPerPixel', Areas, readonly NeuronsPerPixel[], Histogram>({
    ask: AREAS,
    after: 'histogram',
    allocate: ({ areas }, { pixels }, histogram) =>
      areas.map((area) => ({ area, threshold: thresholdOf(histogram, area).value, counts: new Uint32Array(pixels) })),
    // No value is above the threshold of a layer that has none.
    argument: (value) => value.map(({ threshold }) => (Number.isNaN(threshold) ? Number.POSITIVE_INFINITY : threshold)),
    merge(value, part, { pixel }) {
      for (const [k, { counts }] of value.entries()) addTo(counts, pixel, part[k]);
    },
    own: (value, { areas }) =>
      value
        .filter(({ area }) => areas.includes(area))
        .map(({ counts, ...rest }) => ({ ...rest, counts: counts.slice() })),
  }),
  /** Σ_n |a_n^t(p) − a_n^{t−1}(p)|, the change from the frame before in the video (analysed or not), [H·W]; absent for frame 0. */
  change: statistic<'change', boolean, Float64Array>({
    ask: SWITCH,
    readsPrevious: true,
    allocate: (_, { pixels }) => new Float64Array(pixels),
    argument: () => true,
    merge: (value, part, { pixel }) => addTo(value, pixel, part),
    own: (value) => value.slice(),
  }),
} satisfies { [Name in ReducerName]: Statistic<Name, unknown, unknown> };

type Rows = typeof STATISTICS;
type Allocate<Row> = Row extends { allocate: infer Method extends (...parameters: never) => unknown } ? Method : never;
type AskedOf<Row> = Parameters<Allocate<Row>>[0];
type ValuesOf<Table> = { readonly [Name in keyof Table]: ReturnType<Allocate<Table[Name]>> };
/** Those that have an entry for each grouping that was named. */
type ByGrouping = { [Name in keyof Rows]: AskedOf<Rows[Name]> extends readonly string[] ? Name : never }[keyof Rows];

/** How statistics are asked for, by name. */
export type Asked = { readonly [Name in keyof Rows]?: AskedOf<Rows[Name]> };
/** What was gathered of them, by name. */
export type Values = Partial<ValuesOf<Rows>>;

/**
 * What an analysis needs to know about every layer and frame. Requests of several analyses are united, so each
 * statistic is gathered once however many ask for it (method §4).
 */
export interface StatisticsRequest extends Asked {
  /** Reductions that a plugin brings itself. They see every map in plain JavaScript, which is slower. */
  readonly custom?: readonly CustomCollector[];
}

/** The statistics of one layer on one frame. What was not requested is absent; an analysis that reads it gets an error. */
export interface LayerStatistics extends Partial<ValuesOf<Omit<Rows, ByGrouping>>>, ValuesOf<Pick<Rows, ByGrouping>> {
  readonly neurons: number;
  /** Results of custom collectors by their name. */
  readonly custom: Readonly<Record<string, unknown>>;
}

/** Rows by name, without what tells their types apart. */
export type AnyStatistic = Statistic<ReducerName, unknown, unknown>;
export const STATISTIC_NAMES = Object.keys(STATISTICS) as ReducerName[];
export const statisticOf = (name: ReducerName): AnyStatistic => STATISTICS[name] as AnyStatistic;

/** The statistics that a request asks something of. */
export function askedNames(request: Asked): ReducerName[] {
  return STATISTIC_NAMES.filter((name) => request[name] !== undefined && statisticOf(name).ask.wanted(request[name]));
}

function statistic<Name extends ReducerName, Asked, Result, First = unknown>(
  row: Statistic<Name, Asked, Result, First>,
): Statistic<Name, Asked, Result, First> {
  return row;
}

function groupsOf(name: string, map: LabelMap | undefined): number {
  if (map) return map.groups.length;
  throw new XincError('not-found', `There are no labels of the grouping '${name}'`, { subject: name });
}

type Numbers = Float64Array | Uint32Array;

function addTo(target: Numbers, offset: number, part: Numbers): void {
  for (let i = 0; i < part.length; i++) target[offset + i] += part[i];
}
