import { randomStream } from '@xinc/core';

/** Iterations at most: so many are needed only where the largest singular values are the same for most purposes. */
const MOST_ITERATIONS = 10_000;
/** The square of the largest singular value has settled where it changes by less than this part of itself. */
const SETTLED = 1e-12;

/**
 * The stable rank ‖W‖_F² ÷ ‖W‖₂² of a matrix (Rudelson & Vershynin 2007): the sum of its squared singular values for the largest of them, from 1, where one
 * direction carries all, to its rank, where all carry the same. No unit; it does not change where the matrix is multiplied by a number. The largest singular value is found by power iteration, from a fixed
 * start, in float64.
 * @param values row by row, [rows · columns]
 * @returns NaN for a matrix of zeros, and where a value is not finite
 */
export function stableRank(values: ArrayLike<number>, rows: number, columns: number): number {
  let squares = 0;
  for (let i = 0; i < rows * columns; i++) squares += values[i] ** 2;
  if (!(squares > 0 && Number.isFinite(squares))) return Number.NaN;
  return squares / largestSquare(values, rows, columns);
}

/** The square of the largest singular value: ‖W·v‖² of the unit vector v that Wᵀ·W turns into a multiple of itself. */
function largestSquare(values: ArrayLike<number>, rows: number, columns: number): number {
  const stream = randomStream(0, 'stable rank');
  let right = unit(Float64Array.from({ length: columns }, () => stream.normal()));
  const left = new Float64Array(rows);
  let largest = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    let square = 0;
    const next = new Float64Array(columns);
    for (let r = 0, at = 0; r < rows; r++) {
      let sum = 0;
      for (let c = 0; c < columns; c++, at++) sum += values[at] * right[c];
      left[r] = sum;
      square += sum * sum;
      at -= columns;
      for (let c = 0; c < columns; c++, at++) next[c] += values[at] * sum;
    }
    const settled = Math.abs(square - largest) <= SETTLED * square;
    largest = square;
    if (settled) break;
    right = unit(next);
  }
  return largest;
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}
