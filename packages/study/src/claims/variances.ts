import { isXincError, listed, XincError } from '@xinc/core';
import { amountOf, type ClaimLayer, type ClaimRun, layerRows } from './claim-runs.js';

/** Groupings that the paper compares, by the names of their plugins. */
export type Kind = 'grid' | 'rgb' | 'gabor' | 'instances';

/** Variances below this are what rounding leaves of none. */
const NO_VARIANCE = 1e-10;

/** Median variances of the neurons of a layer on a frame over the groups of each grouping. */
export interface LayerVariances {
  readonly layer: ClaimLayer;
  readonly frame: number;
  /** log₂ of the median; of several groupings of a kind, that of the first. */
  readonly medians: ReadonlyMap<string, number>;
  /** Groups of each. */
  readonly groups: ReadonlyMap<string, number>;
}

/** @throws XincError where the table is missing, or has what is no variance */
export function layerVariances(run: ClaimRun): LayerVariances[] {
  return layerRows(run, 'grouping-variance').map(({ layer, frame, rows }) => {
    const medians = new Map<string, number>();
    const groups = new Map<string, number>();
    for (const row of rows) {
      const [kind] = String(row.grouping).split(':');
      if (medians.has(kind)) continue;
      medians.set(kind, Math.log2(Math.max(amountOf(row, 'median'), NO_VARIANCE)));
      groups.set(kind, amountOf(row, 'groups'));
    }
    return { layer, frame, medians, groups };
  });
}

/** The median of one kind of grouping. @throws XincError `not-found` */
export function medianOf({ medians, layer, frame }: LayerVariances, kind: Kind): number {
  const median = medians.get(kind);
  if (median !== undefined) return median;
  throw new XincError('not-found', `no variance over ${kind} in ${layer.id} on frame ${frame}`);
}

/** Those of the runs that can be read; where the others are measured, the reason is given. */
export function readableVariances(
  runs: readonly ClaimRun[],
): { readonly run: ClaimRun; readonly variances: LayerVariances[] }[] {
  return runs.flatMap((run) => {
    try {
      return [{ run, variances: layerVariances(run) }];
    } catch (error) {
      if (!isXincError(error)) throw error;
      return [];
    }
  });
}

/**
 * What has to be known when variances over some groupings are compared: numbers of groups that differ, since a variance over more groups is larger by
 * itself, and deviations taken without their sign. `undefined` where there is nothing.
 */
export function varianceNote(runs: readonly ClaimRun[], kinds: readonly Kind[]): string | undefined {
  const read = readableVariances(runs);
  const counts = kinds.flatMap((kind) => {
    const all = read.flatMap(({ variances }) => variances.flatMap(({ groups }) => groups.get(kind) ?? []));
    return all.length > 0 ? [{ kind, least: all.reduce(min), most: all.reduce(max) }] : [];
  });
  const alike = counts.every(({ least, most }) => least === counts[0].least && most === least);
  const words = counts.map(({ kind, least, most }) => `${least === most ? least : `${least} to ${most}`} of ${kind}`);
  const unsigned = [...new Set(read.flatMap(({ run }) => run.absolute))];
  const notes = [
    ...(alike ? [] : [`The groups are ${listed(words)}: variances over more groups are larger by themselves.`]),
    ...(unsigned.length === 0
      ? []
      : [`Deviations of ${listed(unsigned)} were taken without their sign, those of others with it.`]),
  ];
  return notes.length > 0 ? notes.join(' ') : undefined;
}

const min = (a: number, b: number) => Math.min(a, b);
const max = (a: number, b: number) => Math.max(a, b);
