import type { Vectors } from '../numeric/clustering.js';

/** The nearest of all vectors to each, by Euclidean distance: itself first, then the others from the nearest on. */
export interface Neighbors {
  /** Neighbours of each vector, itself included. */
  readonly count: number;
  /** [n, count] */
  readonly indices: Int32Array;
  /** [n, count] */
  readonly distances: Float32Array;
}

/** Vectors whose distances to all others are computed together. */
const ROWS = 4;

/**
 * Exact nearest neighbours, from |a − b|² = |a|² + |b|² − 2 a·b with the products of a few rows at a time.
 * @param count neighbours of each vector, itself included; no more than there are vectors
 * @param onProgress told the share that is done, 0 … 1
 */
export function nearestNeighbors(
  { values, dimensions }: Vectors,
  count: number,
  onProgress?: (share: number) => void,
): Neighbors {
  const n = values.length / dimensions;
  const indices = new Int32Array(n * count);
  const distances = new Float32Array(n * count);
  // Vectors of zeros fill the last rows.
  const whole = Math.ceil(n / ROWS) * ROWS;
  const vectors = new Float64Array(whole * dimensions);
  vectors.set(values);
  const halfNorms = Float64Array.from({ length: whole }, (_, i) => {
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += vectors[i * dimensions + d] ** 2;
    return square / 2;
  });
  const rows = Array.from({ length: ROWS }, () => new Float64Array(whole));
  const nearest = new Nearest(count - 1);
  for (let first = 0; first < n; first += ROWS) {
    fillRows(rows, vectors, halfNorms, dimensions, first);
    const present = rows.slice(0, n - first);
    for (const [i, row] of present.entries()) {
      const own = first + i;
      const found = nearest.of(row.subarray(0, n), own);
      const others = Array.from(found, (j) => ({ j, distance: distance(values, dimensions, own, j) }));
      others.sort((a, b) => a.distance - b.distance || a.j - b.j);
      for (const [k, { j, distance }] of [{ j: own, distance: 0 }, ...others].entries()) {
        indices[own * count + k] = j;
        distances[own * count + k] = distance;
      }
    }
    onProgress?.((first + present.length) / n);
  }
  return { count, indices, distances };
}

function distance(values: Float32Array, dimensions: number, i: number, j: number): number {
  let square = 0;
  for (let d = 0; d < dimensions; d++) square += (values[i * dimensions + d] - values[j * dimensions + d]) ** 2;
  return Math.sqrt(square);
}

/**
 * |b|²/2 − a·b, which orders vectors b by their distance from a: for all b, and the a of the rows, from `first` on. Two b at a
 * time, and everything by name, so that the eight sums stay in registers.
 */
function fillRows(
  [one, two, three, four]: readonly Float64Array[],
  vectors: Float64Array,
  halfNorms: Float64Array,
  dimensions: number,
  first: number,
): void {
  const p = first * dimensions;
  const q = p + dimensions;
  const r = q + dimensions;
  const s = r + dimensions;
  for (let column = 0; column < halfNorms.length; column += 2) {
    const u = column * dimensions;
    const v = u + dimensions;
    let pu = 0;
    let qu = 0;
    let ru = 0;
    let su = 0;
    let pv = 0;
    let qv = 0;
    let rv = 0;
    let sv = 0;
    for (let d = 0; d < dimensions; d++) {
      const x = vectors[u + d];
      const y = vectors[v + d];
      const a = vectors[p + d];
      const b = vectors[q + d];
      const c = vectors[r + d];
      const e = vectors[s + d];
      pu += a * x;
      qu += b * x;
      ru += c * x;
      su += e * x;
      pv += a * y;
      qv += b * y;
      rv += c * y;
      sv += e * y;
    }
    const x = halfNorms[column];
    const y = halfNorms[column + 1];
    one[column] = x - pu;
    two[column] = x - qu;
    three[column] = x - ru;
    four[column] = x - su;
    one[column + 1] = y - pv;
    two[column + 1] = y - qv;
    three[column + 1] = y - rv;
    four[column + 1] = y - sv;
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
  of(row: Float64Array, own: number): Int32Array {
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

function sink(heap: Int32Array, row: Float64Array, from: number): void {
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
