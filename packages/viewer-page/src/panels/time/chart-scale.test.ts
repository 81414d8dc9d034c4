import { describe, expect, it } from 'vitest';
import { chartScale, linePath, lonePoints, tickTexts } from './chart-scale.js';

describe('the scale of a chart', () => {
  it('ends at round numbers around the values', () => {
    expect(chartScale([0.3, 7.2], true)).toEqual({ low: 0, high: 10, ticks: [0, 5, 10] });
    expect(chartScale([30.1, 34.2], false)).toEqual({ low: 30, high: 36, ticks: [30, 32, 34, 36] });
    expect(chartScale([2, 4], false).ticks).toEqual([2, 3, 4]);
  });

  it('has room for no value, one value, and equal ones', () => {
    for (const values of [[], [0], [5, 5], [-3]]) {
      for (const fromZero of [true, false]) {
        const { low, high, ticks } = chartScale(values, fromZero);
        expect(high).toBeGreaterThan(low);
        expect(ticks.every(Number.isFinite)).toBe(true);
        for (const value of values) expect(value >= low && value <= high).toBe(true);
      }
    }
  });
});

it('labels of ticks are told apart', () => {
  expect(tickTexts([14.6, 14.65, 14.7, 14.75])).toEqual(['14.60', '14.65', '14.70', '14.75']);
  expect(tickTexts([-0.5, 0, 0.5])).toEqual(['−0.500', '0', '0.500']);
});

describe('a line', () => {
  const path = (values: readonly (number | null | undefined)[]) =>
    linePath(
      values,
      (i) => 10 * i,
      (value) => 100 - value,
    );

  it('is broken where there is no value', () => {
    expect(path([1, 2, null, undefined, 4, 5, Number.NaN])).toBe('M0.0,99.0 L10.0,98.0 M40.0,96.0 L50.0,95.0');
    expect(path([null])).toBe('');
  });

  it('goes on where values are not known', () => {
    const sparse = [1];
    sparse[4] = 5;
    expect(path(sparse)).toBe('M0.0,99.0 L40.0,95.0');
    expect(path([undefined, 1, undefined, 3])).toBe('M10.0,99.0 L30.0,97.0');
  });

  it('has points where it would not show its values', () => {
    expect(lonePoints([1, undefined, 3, 4, null, 6, Number.NaN])).toEqual([0, 5]);
    expect(lonePoints([1])).toEqual([0]);
    expect(lonePoints([1, 2, 3])).toEqual([]);
  });
});
