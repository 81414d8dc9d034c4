import { expect, test } from 'vitest';
import { narrowSpec } from './narrow-spec.js';

test('a grid of panels becomes a list of three a row, in the order of its rows, each under both names', () => {
  const facet = {
    row: { field: 'signal', type: 'nominal', sort: ['deer', 'bear'] },
    column: { field: 'layer', type: 'nominal', sort: ['layer1', 'head'] },
  };
  const transform = [{ filter: 'datum.x > 0' }];
  const narrow = narrowSpec({ facet, transform, spec: { width: 104, mark: 'point' } });
  expect(narrow).toMatchObject({
    columns: 3,
    facet: { sort: ['deer\nlayer1', 'deer\nhead', 'bear\nlayer1', 'bear\nhead'] },
    spec: { width: 104, mark: 'point' },
  });
  expect(narrow.transform).toEqual([
    ...transform,
    { calculate: String.raw`datum["signal"] + '\n' + datum["layer"]`, as: (narrow.facet as { field: string }).field },
  ]);
});

test('where there are more than three small panels in a row, two stand side by side', () => {
  const spec = { facet: { field: 'neuron' }, columns: 4, spec: { width: 150, height: 90 } };
  expect(narrowSpec(spec)).toMatchObject({ columns: 2, spec: { width: 110, height: 90 } });
});

test('other panels come below one another, and plots are no wider than a telephone', () => {
  const spec = { width: 460, facet: { field: 'layer' }, columns: 3, spec: { width: 300 } };
  expect(narrowSpec(spec)).toMatchObject({ columns: 1, width: 250, spec: { width: 250 } });
});
