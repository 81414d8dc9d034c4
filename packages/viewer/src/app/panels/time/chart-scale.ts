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

/** Runs of known values as SVG paths: `M x,y L x,y …`, a single one as a point of no length. */
export function linePath(
  values: readonly (number | null | undefined)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let open = false;
  for (const [i, value] of values.entries()) {
    const known = value !== null && value !== undefined && Number.isFinite(value);
    if (known) {
      const point = `${x(i).toFixed(1)},${y(value).toFixed(1)}`;
      // A line to where it starts draws the dot that round caps make of it.
      path += open ? ` L${point}` : `${path ? ' ' : ''}M${point} L${point}`;
    }
    open = known;
  }
  return path;
}
