import { expect, it } from 'vitest';
import { filterSetting, groupContrasts, namedGroups, paintersOf } from './neuron-filter.js';

it('goes into the address and comes back, whatever groups are called', () => {
  for (const filter of [
    { kind: 'group', grouping: 'instances', group: 'a boat: “red”, 50 % & more' },
    { kind: 'cluster', layer: 'layer:1', cluster: 0 },
  ] as const) {
    expect(filterSetting.parse(filterSetting.format(filter)!)).toEqual(filter);
  }
  expect(filterSetting.format({ kind: 'cluster', layer: 'layer1', cluster: 2 })).toBe('cluster:layer1:3');
  for (const text of [
    '',
    'group',
    'group:a',
    'group:a:%E0%A4%A',
    'cluster:a:0',
    'cluster:a:b',
    'cluster:a:1.5',
    'c:a:b',
  ]) {
    expect(filterSetting.parse(text), text).toBeUndefined();
  }
});

// Two parts of a boat, with 1 and 3 pixels, water with 10, sky with 5, and a group that is not on the frame.
const named = namedGroups(
  [{ name: 'boat' }, { name: 'water' }, { name: 'boat' }, { name: 'sky' }, { name: 'gone' }],
  [1, 10, 3, 5, 0],
);
const sums = Float64Array.of(
  ...[4, 10, 4, 5, 0], // 2 per pixel of the boat, 1 of water, 1 of sky
  ...[1, 10, 3, 5, 0], // 1 everywhere
  ...[8, 0, 0, 0, 0], // the boat alone
  ...[0.4, 0, 0, 0, 0], // the same, and weak
  ...[0, 0, 0, 0, 0], // dead
);

it('takes groups of one name as one, and those without pixels as none', () => {
  expect(named.names).toEqual(['boat', 'water', 'sky']);
  expect([...named.pixels]).toEqual([4, 10, 5]);
});

it('compares a mean per pixel with the mean of the others, as shares of the analysis do', () => {
  const { contrasts, totals } = groupContrasts(sums, named, 0);
  expect([...contrasts]).toEqual([2, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]);
  expect([...totals]).toEqual([23, 19, 8, 0.4, 0]);
  // The share of the boat is 2 ÷ (2 + 1 + 1), of 3 groups.
  const share = 2 / 4;
  expect(contrasts[0]).toBe((2 * share) / (1 - share));
});

it('shows those at the threshold and above it, without the weak and the dead', () => {
  const found = groupContrasts(sums, named, 0);
  // A tenth of an even share of 50.4 over 5 neurons is 1.008.
  expect([...paintersOf(found, 2)]).toEqual([0, 2]);
  expect([...paintersOf(found, 4)]).toEqual([2]);
  expect([...paintersOf(groupContrasts(new Float64Array(10), named, 0), 1.5)]).toEqual([]);
});
