import type { Vectors } from './clustering.js';

/** The nearest of all vectors to each, by Euclidean distance: itself first, then the others from the nearest on. */
export interface Neighbors {
  /** Of each vector, itself included. */
  readonly count: number;
  /** [n, count] */
  readonly indices: Int32Array;
  /** [n, count] */
  readonly distances: Float32Array;
}

/** Vectors whose distances to all others are computed together: that many rows of the product share each pass over the rest. */
const ROWS = 4;

/**
 * Exact nearest neighbours, from |a − b|² = |a|² + |b|² − 2 a·b with the products of a few rows at a time; which is why vectors
 * should be small beside their differences: of mean zero.
 * @param count neighbours of each vector, itself included; no more than there are vectors
 * @returns a generator of the share that is done, 0 … 1, which returns the neighbours
 */
export function* nearestNeighbors({ values, dimensions }: Vectors, count: number): Generator<number, Neighbors> {
  const n = values.length / dimensions;
  const columns = transposed(values, n, dimensions);
  const norms = new Float32Array(n);
  for (const column of columns) for (let i = 0; i < n; i++) norms[i] += column[i] * column[i];
  const indices = new Int32Array(n * count);
  const distances = new Float32Array(n * count);
  const rows = Array.from({ length: ROWS }, () => new Float32Array(n));
  const nearest = new Nearest(count - 1);
  for (let first = 0; first < n; first += ROWS) {
    const present = rows.slice(0, n - first);
    for (const row of present) row.set(norms);
    for (const column of columns) addProducts(present, column, first);
    for (const [i, row] of present.entries()) {
      const own = first + i;
      const others = Array.from(nearest.of(row, own), (j) => ({ j, distance: distance(values, dimensions, own, j) }));
      others.sort((a, b) => a.distance - b.distance || a.j - b.j);
      for (const [k, { j, distance }] of [{ j: own, distance: 0 }, ...others].entries()) {
        indices[own * count + k] = j;
        distances[own * count + k] = distance;
      }
    }
    yield (first + present.length) / n;
  }
  return { count, indices, distances };
}

function distance(values: Float32Array, dimensions: number, i: number, j: number): number {
  let square = 0;
  for (let d = 0; d < dimensions; d++) square += (values[i * dimensions + d] - values[j * dimensions + d]) ** 2;
  return Math.sqrt(square);
}

function transposed(values: Float32Array, n: number, dimensions: number): Float32Array[] {
  return Array.from({ length: dimensions }, (_, d) =>
    Float32Array.from({ length: n }, (_, i) => values[i * dimensions + d]),
  );
}

/** −2 a·b of one dimension, to the rows of vectors a from `first` on. */
function addProducts(rows: readonly Float32Array[], column: Float32Array, first: number): void {
  if (rows.length < ROWS) {
    for (const [i, row] of rows.entries()) {
      const factor = -2 * column[first + i];
      for (let j = 0; j < row.length; j++) row[j] += factor * column[j];
    }
    return;
  }
  const [a, b, c, d] = rows;
  const [p, q, r, s] = [-2 * column[first], -2 * column[first + 1], -2 * column[first + 2], -2 * column[first + 3]];
  for (let j = 0; j < column.length; j++) {
    const value = column[j];
    a[j] += p * value;
    b[j] += q * value;
    c[j] += r * value;
    d[j] += s * value;
  }
}

/** Finds where the smallest values of a row are. */
class Nearest {
  /** The largest of them first, each before the two it is larger than. */
  readonly #heap: Int32Array;

  constructor(count: number) {
    this.#heap = new Int32Array(count);
  }

  /** In no order; valid until the next call. */
  of(row: Float32Array, own: number): Int32Array {
    const heap = this.#heap;
    const count = heap.length;
    if (count === 0) return heap;
    let size = 0;
    let limit = Number.POSITIVE_INFINITY;
    for (let j = 0; j < row.length; j++) {
      if (j === own || (size === count && row[j] >= limit)) continue;
      if (size < count) {
        heap[size++] = j;
        if (size < count) continue;
        for (let i = (count >> 1) - 1; i >= 0; i--) sink(heap, row, i);
      } else {
        heap[0] = j;
        sink(heap, row, 0);
      }
      limit = row[heap[0]];
    }
    return heap;
  }
}

function sink(heap: Int32Array, row: Float32Array, from: number): void {
  const moved = heap[from];
  let i = from;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && row[heap[child + 1]] > row[heap[child]]) child++;
    if (row[heap[child]] <= row[moved]) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = moved;
}
