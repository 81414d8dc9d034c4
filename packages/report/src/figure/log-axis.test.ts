import { expect, test } from 'vitest';
import { labelLogAxes, roundAxis } from './log-axis.js';

test('an axis ends close to its values and has powers of ten, and multiples of them where these are few', () => {
  expect(roundAxis([0.004, 0.9])).toEqual({ domain: [0.002, 1], values: [0.003, 0.01, 0.03, 0.1, 0.3, 1] });
  expect(roundAxis([2, 7])).toEqual({ domain: [2, 10], values: [2, 5, 10] });
  expect(roundAxis([1.5, 60])).toEqual({ domain: [1, 100], values: [1, 3, 10, 30, 100] });
  expect(roundAxis([0.003, 0.4])!.values).toEqual([0.003, 0.01, 0.03, 0.1, 0.3]);
  expect(roundAxis([3e-5, 0.07])).toEqual({ domain: [2e-5, 0.1], values: [1e-4, 1e-3, 1e-2, 0.1] });
  expect(roundAxis([1e-9, 1e3])!.values).toEqual([1e-9, 1e-6, 1e-3, 1, 1e3]);
});

test('one value has an axis too', () => {
  for (const value of [10, 3, 1, 0.7]) {
    const { domain, values } = roundAxis([value])!;
    expect(domain[0]).toBeLessThanOrEqual(value);
    expect(domain[1]).toBeGreaterThanOrEqual(value);
    expect(domain[1]).toBeGreaterThan(domain[0]);
    expect(values.length).toBeGreaterThan(0);
  }
});

test('values that a logarithm has none of are ignored', () => {
  expect(roundAxis([0, -3, Number.NaN, Number.POSITIVE_INFINITY])).toBeUndefined();
  expect(roundAxis([0, Number.NaN, 2, 7])).toEqual(roundAxis([2, 7]));
});

test('only logarithmic axes without values or domain of their own change, the rest of the chart staying', () => {
  const rows = [{ a: 0.00012 }, { a: 0.5 }];
  const y = { field: 'a', type: 'quantitative', scale: { type: 'log' }, axis: { title: 'A' } };
  const x = { field: 'a', type: 'quantitative', axis: { title: 'B' } };
  const fixed = { ...y, axis: { values: [1] } };
  const bounded = { ...y, scale: { type: 'log', domain: [1, 2] } };
  const spec = { data: { values: rows }, layer: [{ encoding: { x, y } }, { encoding: { x: bounded, y: fixed } }] };
  const labels = { '0.0001': '10⁻⁴', '0.001': '10⁻³', '0.01': '10⁻²', '0.1': '10⁻¹' };
  expect(labelLogAxes(spec)).toEqual({
    data: { values: rows },
    layer: [
      {
        encoding: {
          x,
          y: {
            ...y,
            scale: { type: 'log', domain: [0.0001, 0.5], nice: false },
            axis: {
              title: 'A',
              values: [0.0001, 0.001, 0.01, 0.1],
              labelExpr: `${JSON.stringify(labels)}[datum.value]`,
            },
          },
        },
      },
      { encoding: { x: bounded, y: fixed } },
    ],
  });
  expect(labelLogAxes({ data: { url: 'x' }, encoding: { y } })).toEqual({ data: { url: 'x' }, encoding: { y } });
  const independent = { data: { values: rows }, resolve: { scale: { y: 'independent' } }, encoding: { y } };
  expect(labelLogAxes(independent)).toBe(independent);
});

test('labels have their thousands set apart, as on other axes', () => {
  const x = { field: 'a', scale: { type: 'log' } };
  const { encoding } = labelLogAxes({ data: { values: [{ a: 100 }, { a: 10_000 }] }, encoding: { x } }) as {
    encoding: { x: { axis: { labelExpr: string } } };
  };
  expect(encoding.x.axis.labelExpr).toContain('"1000":"1,000"');
});
