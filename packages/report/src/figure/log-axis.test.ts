import { expect, test } from 'vitest';
import { labelLogAxes, roundValues } from './log-axis.js';

test('round values are decades, and multiples of them where decades are few', () => {
  expect(roundValues([0.004, 0.9])).toEqual([0.001, 0.01, 0.1, 1]);
  expect(roundValues([2, 7])).toEqual([1, 2, 5, 10]);
  expect(roundValues([1.5, 60])).toEqual([1, 3, 10, 30, 100]);
  expect(roundValues([1e-9, 1e3])).toHaveLength(5);
  expect(roundValues([10])).toEqual([10, 20, 50, 100]);
});

test('values that a logarithm has none of are ignored', () => {
  expect(roundValues([0, -3, Number.NaN, Number.POSITIVE_INFINITY])).toEqual([]);
  expect(roundValues([0, Number.NaN, 2, 7])).toEqual([1, 2, 5, 10]);
});

test('only logarithmic axes without values of their own get some, the rest of the axis and of the chart staying', () => {
  const rows = [{ a: 0.02 }, { a: 0.5 }];
  const y = { field: 'a', type: 'quantitative', scale: { type: 'log' }, axis: { title: 'A' } };
  const x = { field: 'a', type: 'quantitative', axis: { title: 'B' } };
  const fixed = { ...y, axis: { values: [1] } };
  const spec = { data: { values: rows }, layer: [{ encoding: { x, y } }, { encoding: { y: fixed } }] };
  expect(labelLogAxes(spec)).toEqual({
    data: { values: rows },
    layer: [
      { encoding: { x, y: { ...y, axis: { title: 'A', values: [0.01, 0.03, 0.1, 0.3, 1] } } } },
      { encoding: { y: fixed } },
    ],
  });
  expect(labelLogAxes({ data: { url: 'x' }, encoding: { y } })).toEqual({ data: { url: 'x' }, encoding: { y } });
});
