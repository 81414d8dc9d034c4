import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskOf, type SelectedRegion, simplifyOutline } from './selected-region.js';

/** The pixels inside, as drawn. */
function drawing(region: SelectedRegion, height: number, width: number): string[] {
  const mask = maskOf(region, height, width);
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const [y, x] = [row - (mask?.bounds.top ?? 0), column - (mask?.bounds.left ?? 0)];
      const within = mask && y >= 0 && x >= 0 && y < mask.bounds.height && x < mask.bounds.width;
      return within && mask.inside[y * mask.bounds.width + x] ? '#' : '.';
    }).join(''),
  );
}

describe('pixels of a region', () => {
  test('a rectangle, cut off by the picture', () => {
    expect(drawing({ kind: 'rectangle', top: 1, left: 2, height: 9, width: 2 }, 3, 5)).toEqual([
      '.....',
      '..##.',
      '..##.',
    ]);
    expect(maskOf({ kind: 'rectangle', top: 3, left: 0, height: 1, width: 1 }, 3, 5)).toBe(null);
  });

  test('a triangle has those whose centres it encloses', () => {
    const corners = [
      [0, 0],
      [6, 0],
      [0, 6],
    ] as const;
    expect(drawing({ kind: 'lasso', corners }, 6, 6)).toEqual([
      '#####.',
      '####..',
      '###...',
      '##....',
      '#.....',
      '......',
    ]);
  });

  test('an outline that crosses itself leaves out what it goes round twice', () => {
    const square = (from: number, to: number) =>
      [
        [from, from],
        [to, from],
        [to, to],
        [from, to],
        [from, from],
      ] as const;
    expect(drawing({ kind: 'lasso', corners: [...square(0, 5), ...square(1, 4)] }, 5, 5)).toEqual([
      '#####',
      '#...#',
      '#...#',
      '#...#',
      '#####',
    ]);
  });

  test('a lasso that encloses no centre has none', () => {
    expect(
      maskOf(
        {
          kind: 'lasso',
          corners: [
            [1, 1],
            [1.4, 1],
            [1.4, 1.4],
          ],
        },
        4,
        4,
      ),
    ).toBe(null);
    expect(
      maskOf(
        {
          kind: 'lasso',
          corners: [
            [90, 90],
            [99, 90],
            [99, 99],
          ],
        },
        4,
        4,
      ),
    ).toBe(null);
  });

  test('a rectangle and the lasso along its edge have the same', () => {
    const extent = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.nat(9), fc.nat(9), extent, extent, (top, left, height, width) => {
        const [bottom, right] = [top + height, left + width];
        const corners = [
          [left, top],
          [right, top],
          [right, bottom],
          [left, bottom],
        ] as const;
        const rectangle = maskOf({ kind: 'rectangle', top, left, height, width }, 12, 12);
        expect(maskOf({ kind: 'lasso', corners }, 12, 12)).toEqual(rectangle);
      }),
    );
  });
});

describe('an outline with fewer corners', () => {
  const corner = fc.tuple(fc.double({ min: 0, max: 99, noNaN: true }), fc.double({ min: 0, max: 99, noNaN: true }));

  test('keeps its ends, and every corner that was there lies near it', () => {
    fc.assert(
      fc.property(
        fc.array(corner, { minLength: 4, maxLength: 60 }),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        (outline, tolerance) => {
          const kept = simplifyOutline(outline, tolerance);
          expect([kept[0], kept.at(-1)]).toEqual([outline[0], outline.at(-1)]);
          for (const [x, y] of outline) {
            const nearest = kept.slice(1).map(([x2, y2], i) => {
              const [x1, y1] = kept[i];
              const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
              const t =
                length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
              return Math.hypot(x - x1 - t * (x2 - x1), y - y1 - t * (y2 - y1));
            });
            expect(Math.min(...nearest)).toBeLessThanOrEqual(tolerance * (1 + 1e-9));
          }
        },
      ),
    );
  });

  test('along a straight line are its ends', () => {
    expect(
      simplifyOutline(
        [
          [0, 0],
          [1, 1],
          [2, 2],
          [3, 3.01],
          [4, 4],
        ],
        0.1,
      ),
    ).toEqual([
      [0, 0],
      [4, 4],
    ]);
  });
});
