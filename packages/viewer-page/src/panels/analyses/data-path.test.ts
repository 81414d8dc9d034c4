import { expect, it } from 'vitest';
import { dataPath } from './data-path.js';

const spec = 'analysis/rings/figures/chart.vl.json';

it('is relative to the specification, within its analysis', () => {
  expect(dataPath(spec, 'points.json')).toBe('analysis/rings/figures/points.json');
  expect(dataPath(spec, './a/points.csv')).toBe('analysis/rings/figures/a/points.csv');
  expect(dataPath(spec, '../rings.csv')).toBe('analysis/rings/rings.csv');
});

it.each([
  'https://example.org/a.json',
  '//example.org/a.json',
  '/api/session',
  'data:text/plain,1',
  '../../canvas/layers.csv',
  '../../../run.json',
  '..\\..\\run.json',
  '%2e%2e/%2e%2e/run.json',
  '..',
])('is nothing for %s', (name) => {
  expect(dataPath(spec, name)).toBeNull();
});
