import { type ColorMap, type ColorTable, colorTable } from './color-table.js';

/** Which colour a value has: the map's ends stand for `low` and `high`, and what is beyond has their colour. */
export interface ColorScale {
  readonly map: ColorMap;
  readonly table: ColorTable;
  readonly low: number;
  readonly high: number;
}

/**
 * A scale for contributions up to `largest` in size: from zero where none is negative, else symmetric about zero.
 */
export function contributionScale(largest: number, nonnegative: boolean, theme: 'light' | 'dark'): ColorScale {
  // A dead neuron has no largest contribution; any limit shows it as zero.
  const limit = largest > 0 ? largest : 1;
  return nonnegative
    ? { map: 'sequential', table: colorTable('sequential', theme), low: 0, high: limit }
    : { map: 'diverging', table: colorTable('diverging', theme), low: -limit, high: limit };
}

/** From zero to the largest of the values. */
export function magnitudeScale(values: ArrayLike<number>, theme: 'light' | 'dark'): ColorScale {
  return contributionScale(largestOf(values), true, theme);
}

/** max |v|; 0 for no values. NaN and the infinities count for nothing: a scale cannot end there. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
