import { expect, it } from 'vitest';
import { enlargeChart } from './enlarge-chart.js';

it('plots grow in all parts of a chart, and what is not theirs stays', () => {
  const data = { values: [{ width: 3 }] };
  const spec = {
    data,
    facet: {},
    width: 100,
    spec: { width: 150, height: { step: 20 }, layer: [{ mark: { type: 'bar', width: 5 }, height: 'container' }] },
  };
  expect(enlargeChart(spec, 1.5)).toEqual({
    data,
    facet: {},
    width: 150,
    spec: { width: 225, height: { step: 30 }, layer: [{ mark: { type: 'bar', width: 5 }, height: 'container' }] },
  });
  expect(enlargeChart(spec, 1)).toBe(spec);
});
