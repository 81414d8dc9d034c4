import { describe, expect, it } from 'vitest';
import { groupLines, groupValues } from './group-lines.js';

describe('contributions to groups over time', () => {
  it('are means over the pixels of a group, summed over neurons', () => {
    const labels = {
      height: 1,
      width: 4,
      labels: Uint16Array.from([0, 2, 2, 2]),
      groups: [{ name: 'other' }, { name: 'gone' }, { name: 'car' }],
    };
    // Two neurons, three groups.
    const values = groupValues(labels, Float64Array.from([1, 0, 6, 2, 0, 3]));
    expect([...values]).toEqual([
      ['other', 3],
      ['car', 3],
    ]);
  });

  it('follow groups by name, the largest first, with gaps where they are not there and nothing where it is not known', () => {
    const series = [
      new Map([
        ['car', 1],
        ['tree', 5],
      ]),
      undefined,
      new Map([['car', 3]]),
    ];
    expect(groupLines(series, 4)).toEqual([
      { name: 'tree', values: [5, undefined, null, undefined], mean: 5 },
      { name: 'car', values: [1, undefined, 3, undefined], mean: 2 },
    ]);
    expect(groupLines([], 3)).toEqual([]);
  });
});
