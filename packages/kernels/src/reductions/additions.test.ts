import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindsOfRows, planAdditions } from './additions.js';

const plan = (repeats: readonly (readonly number[])[], labels: readonly (readonly Uint16Array[])[], width: number) =>
  planAdditions(
    repeats,
    labels.map((own) => kindsOfRows(own, width)),
  );

test('rows with the same labels are one addition, which counts for all of them, in each partition by itself', () => {
  // Two pixels in a row; the first of the rows that are equal is not among the additions.
  const halves = Uint16Array.of(0, 1, 0, 1, 0, 1, 2, 3, 2, 3);
  const rows = Uint16Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4);
  expect(plan([[0, 1, 2, 3, 4]], [[halves], [rows]], 2)).toEqual([
    [
      { partition: 0, row: 1, times: 2 },
      { partition: 0, row: 3, times: 2 },
      { partition: 1, row: 1, times: 1 },
      { partition: 1, row: 2, times: 1 },
      { partition: 1, row: 3, times: 1 },
      { partition: 1, row: 4, times: 1 },
    ],
  ]);
  // Both groupings of a partition must agree.
  expect(plan([[0, 1, 2]], [[halves, rows]], 2)[0]).toHaveLength(2);
  expect(plan([[0], [1, 2]], [[halves]], 2)).toEqual([[], [{ partition: 0, row: 2, times: 1 }]]);
});

test('rows are told apart by all of their labels, of any number and however many', () => {
  const width = 20_000;
  const labels = Uint16Array.from({ length: 4 * width }, (_, p) => (p * 7919) % 65536);
  labels.copyWithin(width, 0, width);
  labels.copyWithin(2 * width, 0, width);
  // Half of a surrogate pair, and another one.
  labels[width - 1] = labels[2 * width - 1] = 0xd800;
  labels[3 * width - 1] = 0xdbff;
  expect([...kindsOfRows([labels], width)]).toEqual([0, 0, 1, 2]);
});

test('every pixel is added to its group once, by the first of its rows or by an addition', () => {
  const [height, width, groups] = [9, 3, 3];
  const picture = fc.record({
    equals: fc.array(fc.nat(3), { minLength: height, maxLength: height }),
    labels: fc.array(fc.nat(groups - 1), { minLength: height, maxLength: height }),
  });
  fc.assert(
    fc.property(picture, ({ equals, labels }) => {
      const repeats = [...new Set(equals)].map((one) => [...equals.keys()].filter((row) => equals[row] === one));
      const ofPixels = Uint16Array.from({ length: height * width }, (_, p) => {
        return (labels[Math.floor(p / width)] * (p % width)) % groups;
      });
      const count = (rows: readonly { readonly row: number; readonly times: number }[]) => {
        const counts = new Array<number>(width * groups).fill(0);
        for (const { row, times } of rows) {
          for (let x = 0; x < width; x++) counts[x * groups + ofPixels[row * width + x]] += times;
        }
        return counts;
      };
      for (const [i, additions] of plan(repeats, [[ofPixels]], width).entries()) {
        const [first, ...others] = repeats[i].map((row) => ({ row, times: 1 }));
        expect(count([first, ...additions])).toEqual(count([first, ...others]));
        expect(additions.length).toBe(
          new Set(others.map(({ row }) => ofPixels.subarray(row * width, (row + 1) * width).join())).size,
        );
      }
    }),
  );
});
