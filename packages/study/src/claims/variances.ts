import { isXincError, listed, XincError } from '@xinc/core';
import { amountOf, type ClaimLayer, type ClaimRun, layerRows, onFrame, type Row } from './claim-runs.js';

/** Groupings that the paper compares, by the names of their plugins. */
export type Kind = 'grid' | 'rgb' | 'gabor' | 'instances';

/** Variances below this are what rounding leaves of none. */
const NO_VARIANCE = 1e-10;

/**
 * Which variance over groups, and where in its bounds a factor of two of them lies. `published`: of the groups as they are, in which small ones weigh as much
 * as large ones. The others: area-weighted, spread² with as many groups of each grouping (method §5.2). Where groups had to be merged, `equal` is the factor
 * of the geometric means of their bounds, `least` and `most` are the least and the greatest that it can be.
 */
export type Measure = 'published' | (typeof EQUAL_GROUPS)[number];

/** The measures with as many groups each. */
export const EQUAL_GROUPS = ['equal', 'least', 'most'] as const;

type Bound = 'least' | 'most';

/** The bounds between which the variances of two groupings are held against each other: of the one, and of the one below it in the factor. */
export type Pairing = 'middle' | readonly [Bound, Bound];

const OF_BOUNDS: readonly Pairing[] = [
  ['least', 'least'],
  ['least', 'most'],
  ['most', 'least'],
  ['most', 'most'],
];

/** Between which the least or the greatest is looked for; of the other measures there is one. */
export const pairingsOf = (measure: Measure): readonly Pairing[] =>
  measure === 'least' || measure === 'most' ? OF_BOUNDS : ['middle'];

/** Of what pairings give the one with the least or the greatest log₂ factor, as the measure says; the other measures have a single one. */
export const chosen = <T>(measure: Measure, all: readonly T[], factorOf: (one: T) => number): T =>
  all.reduce((best, one) => {
    const difference = factorOf(one) - factorOf(best);
    return (measure === 'least' ? difference < 0 : difference > 0) ? one : best;
  });

/** log₂ of a median variance: between two bounds, which are the same where no groups were merged. */
interface LogVariance extends Readonly<Record<Bound, number>> {
  /** Of their geometric mean. */
  readonly middle: number;
  /** Into how many groups those of each frame were merged; empty where none were. */
  readonly merging: string;
}

/** Median variances of the neurons of a layer on a frame over the groups of each grouping. */
export interface LayerVariances {
  readonly layer: ClaimLayer;
  /** `null` for what is a mean over frames. */
  readonly frame: number | null;
  /** Of several groupings of a kind, that of the first. */
  readonly medians: ReadonlyMap<string, LogVariance>;
  /** Groups of each. */
  readonly groups: ReadonlyMap<string, number>;
  /** Kinds that were analysed and have too unlike a number of groups to be measured with the others. */
  readonly unlike: ReadonlySet<string>;
}

/** The variances of a run by one measure. @throws XincError where the table is missing, or has what is no variance */
export function layerVariances(run: ClaimRun, measure: Measure): LayerVariances[] {
  const rowsOfLayers = layerRows(run, measure === 'published' ? 'grouping-variance' : 'ranking');
  return rowsOfLayers.map(({ layer, frame, rows }) => {
    const medians = new Map<string, LogVariance>();
    const groups = new Map<string, number>();
    const unlike = new Set<string>();
    for (const row of rows) {
      const kind = kindOf(row);
      if (measure !== 'published' && row.measure !== 'spread') unlike.add(kind);
      else if (!medians.has(kind)) {
        medians.set(kind, measure === 'published' ? publishedOf(row) : spreadOf(row, run));
        groups.set(kind, amountOf(row, 'groups'));
      }
    }
    for (const kind of medians.keys()) unlike.delete(kind);
    return { layer, frame, medians, groups, unlike };
  });
}

const kindOf = ({ grouping }: Row): string => String(grouping).split(':')[0];

const logOf = (variance: number): number => Math.log2(Math.max(variance, NO_VARIANCE));

function publishedOf(row: Row): LogVariance {
  const middle = logOf(amountOf(row, 'median'));
  return { middle, least: middle, most: middle, merging: '' };
}

function spreadOf(row: Row, run: ClaimRun): LogVariance {
  if (row.least === undefined) {
    throw new XincError('not-found', 'the ranking in grouping-variance is an earlier version’s, without bounds');
  }
  const [least, most] = [amountOf(row, 'least'), amountOf(row, 'most')];
  return {
    middle: logOf(least * most),
    least: logOf(least ** 2),
    most: logOf(most ** 2),
    merging: least === most ? '' : mergingOf(row, run),
  };
}

/** Of what is not in the table of groups nothing is known: it is like no other. */
function mergingOf({ layer, grouping, groups }: Row, { tables }: ClaimRun): string {
  const published = tables['grouping-variance'];
  const own =
    typeof published === 'string' ? [] : published.filter((row) => row.layer === layer && row.grouping === grouping);
  return `${groups} of ${own.length > 0 ? own.map((row) => `${row.groups} on ${row.frame}`).join() : grouping}`;
}

/**
 * log₂ of (variance over one kind of grouping ÷ over another). Where both were merged from as many groups they lie alike between their bounds, so that
 * both are taken at the second bound, as the ranking of a run does.
 * @throws XincError `not-found`
 */
export function ratioOf(one: LayerVariances, kind: Kind, against: Kind, pairing: Pairing): number {
  const [over, under] = [medianOf(one, kind), medianOf(one, against)];
  if (pairing === 'middle') return over.middle - under.middle;
  const [first, second] = pairing;
  return over[over.merging === under.merging ? second : first] - under[second];
}

/** The median of one kind of grouping. @throws XincError `not-found` */
function medianOf({ medians, layer, frame, unlike }: LayerVariances, kind: Kind): LogVariance {
  const median = medians.get(kind);
  if (median !== undefined) return median;
  if (unlike.has(kind)) {
    throw new XincError(
      'not-found',
      `${kind} has a number of groups too unlike that of others to be ranked in ${layer.id}`,
    );
  }
  throw new XincError('not-found', `no variance over ${kind} in ${layer.id}${onFrame(frame)}`);
}

/** Those of the runs that can be read; where the others are measured, the reason is given. */
export function readableVariances(
  runs: readonly ClaimRun[],
  measure: Measure,
): { readonly run: ClaimRun; readonly variances: LayerVariances[] }[] {
  return runs.flatMap((run) => {
    try {
      return [{ run, variances: layerVariances(run, measure) }];
    } catch (error) {
      if (!isXincError(error)) throw error;
      return [];
    }
  });
}

/** What has to be known when variances over some groupings are compared; `undefined` where there is nothing. */
export const varianceNote = (
  runs: readonly ClaimRun[],
  kinds: readonly Kind[],
  measure: Measure,
): string | undefined => (measure === 'published' ? publishedNote(runs, kinds) : equalNote(runs, kinds));

/** Numbers of groups that differ, since a variance over more groups is larger by itself, and deviations taken without their sign. */
function publishedNote(runs: readonly ClaimRun[], kinds: readonly Kind[]): string | undefined {
  const read = readableVariances(runs, 'published');
  const counts = kinds.flatMap((kind) => {
    const all = read.flatMap(({ variances }) => variances.flatMap(({ groups }) => groups.get(kind) ?? []));
    return all.length > 0 ? [{ kind, least: all.reduce(min), most: all.reduce(max) }] : [];
  });
  const alike = counts.every(({ least, most }) => least === counts[0].least && most === least);
  const words = counts.map(({ kind, least, most }) => `${least === most ? least : `${least} to ${most}`} of ${kind}`);
  const unsigned = [...new Set(read.flatMap(({ run }) => run.absolute))];
  const notes = [
    ...(alike
      ? []
      : [`Numbers of groups differ (${listed(words)}), and variances over more groups are larger by themselves.`]),
    ...(unsigned.length === 0
      ? []
      : [`Deviations of ${listed(unsigned)} were taken without their sign, those of others with it.`]),
  ];
  return notes.length > 0 ? notes.join(' ') : undefined;
}

/** Groupings that some runs are compared without. */
function equalNote(runs: readonly ClaimRun[], kinds: readonly Kind[]): string | undefined {
  const read = readableVariances(runs, 'equal');
  const notes = kinds.flatMap((kind) => {
    const without = read.filter(({ variances }) => variances.some(({ unlike }) => unlike.has(kind))).length;
    return without > 0 ? [`${kind} in ${without} of ${read.length} runs`] : [];
  });
  return notes.length > 0
    ? `Left out, since the number of groups differs too much from that of others: ${listed(notes)}.`
    : undefined;
}

const min = (a: number, b: number) => Math.min(a, b);
const max = (a: number, b: number) => Math.max(a, b);
