import { formatValue } from '../../color/number-format.js';
import { multiples, roundStep } from '../../color/round-ticks.js';

/** A linear scale from values to a length in pixels, from the bottom up. */
export interface ChartScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/**
 * A scale that ends at round numbers.
 * @param fromZero whether zero belongs to it
 */
export function chartScale(values: Iterable<number>, fromZero: boolean): ChartScale {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (fromZero || low > high) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (!(high > low)) high = low + (low === 0 ? 1 : Math.abs(low) / 10);
  const step = roundStep((high - low) / 3);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const ticks = multiples(step, first, last);
  return { low: ticks[0], high: ticks[ticks.length - 1], ticks };
}

/** What ticks are called: as other values, or with as many decimals as tell them apart. */
export function tickTexts(ticks: readonly number[]): string[] {
  const texts = ticks.map(formatValue);
  for (let decimals = 1; new Set(texts).size < ticks.length && decimals <= 12; decimals++)
    for (const [i, tick] of ticks.entries()) texts[i] = tick.toFixed(decimals).replace('-', '−');
  return texts;
}

/** Values over frames: `undefined` where it was not asked for or is not yet known, `null` where there is none. */
export type FrameValues = readonly (number | null | undefined)[];

export const isKnown = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** Known values as an SVG path: `M x,y L x,y …`, from each to the next, but for gaps where there is none. */
export function linePath(values: FrameValues, x: (index: number) => number, y: (value: number) => number): string {
  let path = '';
  let open = false;
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue;
    if (isKnown(value)) path += `${open ? ' L' : `${path && ' '}M`}${x(i).toFixed(1)},${y(value).toFixed(1)}`;
    open = isKnown(value);
  }
  return path;
}

/** Frames with a value and none beside them, whose points a line alone would not show. */
export function lonePoints(values: FrameValues): number[] {
  return [...values.keys()].filter((i) => isKnown(values[i]) && !isKnown(values[i - 1]) && !isKnown(values[i + 1]));
}
