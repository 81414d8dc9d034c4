import { describe, expect, it } from 'vitest';
import { stableRank } from './stable-rank.js';

/** A diagonal matrix, turned by a rotation of its first two rows and of its first two columns. */
function turned(singular: readonly number[], rows: number, columns: number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (const [i, value] of singular.entries()) values[i * columns + i] = value;
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  for (let c = 0; c < columns; c++) {
    const [a, b] = [values[c], values[columns + c]];
    values[c] = cos * a - sin * b;
    values[columns + c] = sin * a + cos * b;
  }
  for (let r = 0; r < rows; r++) {
    const [a, b] = [values[r * columns], values[r * columns + 1]];
    values[r * columns] = cos * a + sin * b;
    values[r * columns + 1] = -sin * a + cos * b;
  }
  return values;
}

describe('stable rank', () => {
  it('is the sum of squared singular values for the largest, whatever the basis, shape and scale', () => {
    const singular = [3, 2, 1];
    for (const [rows, columns] of [
      [3, 3],
      [3, 7],
      [5, 3],
    ]) {
      const values = turned(singular, rows, columns);
      expect(stableRank(values, rows, columns)).toBeCloseTo(14 / 9, 5);
      expect(
        stableRank(
          values.map((value) => -1000 * value),
          rows,
          columns,
        ),
      ).toBeCloseTo(14 / 9, 5);
    }
  });

  it('is one for a single direction and the rank where all are the same', () => {
    expect(stableRank([1, 2, 2, 4], 2, 2)).toBeCloseTo(1, 12);
    expect(stableRank(turned([1, 1, 1, 1], 4, 6), 4, 6)).toBeCloseTo(4, 5);
    expect(stableRank(turned([1, 0.999999], 2, 2), 2, 2)).toBeCloseTo(2, 5);
  });

  it('is not defined for zeros, nor for what is not finite', () => {
    expect(stableRank([0, 0], 1, 2)).toBeNaN();
    expect(stableRank([1, Number.NaN], 1, 2)).toBeNaN();
    expect(stableRank([1, Number.POSITIVE_INFINITY], 2, 1)).toBeNaN();
  });
});
