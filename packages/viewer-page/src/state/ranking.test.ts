import { describe, expect, test } from 'vitest';
import { rank, rankGroups } from './ranking.js';

describe('a ranking', () => {
  test('goes by size, keeps signs, and gives shares of all that is known', () => {
    const { rows, largest } = rank([0.5, -2, Number.NaN, 1, 0.5], 2);
    expect(rows).toEqual([
      { index: 1, value: -2, share: 0.5 },
      { index: 3, value: 1, share: 0.25 },
    ]);
    expect(largest).toBe(2);
  });

  test('says how many values it knows', () => {
    expect(rank([1, Number.NaN, 3], 5)).toMatchObject({ known: 2, total: 3 });
  });

  test('leaves out what contributes nothing', () => {
    expect(rank([0, 2, 0], 3).rows).toEqual([{ index: 1, value: 2, share: 1 }]);
    expect(rank([0, 0], 2)).toMatchObject({ rows: [], largest: 0 });
  });

  test('leaves out what is not shown, and gives shares of all', () => {
    expect(rank([6, 1, Number.NaN, 3], 5, (index) => index > 0)).toMatchObject({
      rows: [
        { index: 3, value: 3, share: 0.3 },
        { index: 1, value: 1, share: 0.1 },
      ],
      known: 3,
    });
  });
});

describe('groups', () => {
  const labels = {
    height: 1,
    width: 6,
    labels: Uint16Array.of(0, 0, 0, 0, 1, 1),
    groups: [{ name: 'a' }, { name: 'b' }, { name: 'none' }],
  };
  const sums = { neurons: [3, 7], labels, sizes: Uint32Array.of(4, 2, 0), sums: Float64Array.of(4, 3, 0, 2, 1, 0) };

  test('are ranked by what all selected neurons give them', () => {
    expect(rankGroups(sums, 'total').rows).toEqual([
      { index: 0, value: 6, share: 0.6 },
      { index: 1, value: 4, share: 0.4 },
    ]);
  });

  test('are ranked by what their average pixel gets', () => {
    expect(rankGroups(sums, 'density').rows).toMatchObject([
      { index: 1, value: 2 },
      { index: 0, value: 1.5 },
    ]);
  });
});
