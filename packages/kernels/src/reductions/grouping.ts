import { KernelError } from '../errors.js';

/** A partition of the region's pixels. */
export interface Grouping {
  /** [P], row by row, each below `groups`. */
  readonly labels: Uint16Array;
  readonly groups: number;
}

/** @throws KernelError for labels that do not fit the region */
export function checkGroupings(groupings: readonly Grouping[], pixels: number): void {
  for (const { labels, groups } of groupings) {
    if (labels.length !== pixels) {
      throw new KernelError(`A grouping has ${labels.length} labels for ${pixels} pixels`);
    }
    let largest = 0;
    for (let p = 0; p < labels.length; p++) if (labels[p] > largest) largest = labels[p];
    if (!Number.isInteger(groups) || largest >= groups) {
      throw new KernelError(`A label is ${largest}, and there are ${groups} groups`);
    }
  }
}
