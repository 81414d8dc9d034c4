import type { Kernels } from '@xinc/kernels';
import type { Vectors } from '../numeric/clustering.js';

/** The nearest of all vectors to each of some, by Euclidean distance: itself first, then the others from the nearest on. */
export interface Neighbors {
  /** Neighbours of each vector, itself included. */
  readonly count: number;
  /** Of all vectors, [those asked for, count] */
  readonly indices: Int32Array;
  /** [those asked for, count] */
  readonly distances: Float32Array;
}

/** Vectors from `first` to before `end`. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** Vectors whose products with all others are computed together. */
const ROWS = 128;
/** Rounding of a float32. */
const ROUNDING = 2 ** -24;

/** Vectors whose keys tell, in front, how large a key may be: about so many. */
const SAMPLE = 1024;

/**
 * Exact nearest neighbours: |b|²/2 − a·b, which orders vectors b by their distance from a, with products of float32, leaves those that
 * may be among the nearest within what rounding may do; of these, the nearest by the distance itself.
 * @param count neighbours of each vector, itself included; no more than there are vectors
 * @param onProgress told the share that is done, 0 … 1
 * @param asked whose neighbours are found; without it, those of all
 */
export function nearestNeighbors(
  { values, dimensions }: Vectors,
  count: number,
  kernels: Kernels,
  onProgress?: (share: number) => void,
  asked: Rows = { first: 0, end: values.length / dimensions },
): Neighbors {
  const n = values.length / dimensions;
  const indices = new Int32Array((asked.end - asked.first) * count);
  const distances = new Float32Array((asked.end - asked.first) * count);
  const columns = transposed(values, dimensions);
  const halfNorms = halfSquares(values, dimensions);
  const candidates = new Candidates(halfNorms, count - 1);
  const nearest = new Nearest(n);
  const apart = new Float64Array(n);
  for (let { first } = asked; first < asked.end; first += ROWS) {
    const rows = Math.min(ROWS, asked.end - first);
    const block = values.subarray(first * dimensions, (first + rows) * dimensions);
    const products = kernels.multiply(block, columns, [rows, dimensions, n]);
    for (let own = first; own < first + rows; own++) {
      const row = products.subarray((own - first) * n, (own - first + 1) * n);
      // A sum of products may be so far from the exact one, times the length of the other vector (Higham 2002, §3.1).
      const rounding = (dimensions + 2) * ROUNDING * Math.sqrt(2 * halfNorms[own]);
      const near = candidates.of(row, own, rounding);
      let [size, equal] = [0, 0];
      // None is nearer than equal ones: where there are many, the others are not measured.
      for (; size < near.length && equal < count - 1; size++) {
        apart[size] = distance(values, dimensions, own, near[size]);
        if (apart[size] === 0) equal++;
      }
      const found = nearest.of(apart.subarray(0, size), count - 1);
      found.sort((a, b) => apart[a] - apart[b] || a - b);
      const at = (own - asked.first) * count;
      indices[at] = own;
      for (let k = 1; k < count; k++) {
        indices[at + k] = near[found[k - 1]];
        distances[at + k] = apart[found[k - 1]];
      }
    }
    onProgress?.((first + rows - asked.first) / (asked.end - asked.first));
  }
  return { count, indices, distances };
}

/** Leaves of all vectors those that may be among the nearest to one. */
class Candidates {
  readonly #halfNorms: Float64Array;
  readonly #lengths: Float64Array;
  readonly #count: number;
  /** Every so many-th vector is in the sample. */
  readonly #step: number;
  readonly #sample: Float64Array;
  readonly #smallest: Nearest;
  readonly #found: Int32Array;

  constructor(halfNorms: Float64Array, count: number) {
    this.#halfNorms = halfNorms;
    this.#lengths = halfNorms.map((half) => Math.sqrt(2 * half));
    this.#count = count;
    this.#step = Math.max(1, Math.floor(halfNorms.length / SAMPLE));
    this.#sample = new Float64Array(Math.ceil(halfNorms.length / this.#step));
    this.#smallest = new Nearest(this.#sample.length);
    this.#found = new Int32Array(halfNorms.length);
  }

  /**
   * @param products of the vector with all, [n]
   * @param rounding how far a product may be from the exact one, in lengths of the other vector
   * @returns at least `count` others, among them all of the nearest, in their order; valid until the next call
   */
  of(products: Float32Array, own: number, rounding: number): Int32Array {
    const [sample, step, halfNorms, lengths] = [this.#sample, this.#step, this.#halfNorms, this.#lengths];
    for (let i = 0, j = 0; i < sample.length; i++, j += step)
      sample[i] = halfNorms[j] - products[j] + rounding * lengths[j];
    // Three standard deviations above the rank that is expected of the last one in the sample; more, where that was too few.
    const expected = (this.#count + 1) / step;
    for (let rank = Math.ceil(expected + 3 * Math.sqrt(expected)); ; rank *= 2) {
      const limit = rank < sample.length ? sample[this.#smallest.of(sample, rank)[0]] : Number.POSITIVE_INFINITY;
      let [size, sure] = [0, 0];
      for (let j = 0; j < halfNorms.length; j++) {
        const key = halfNorms[j] - products[j];
        const error = rounding * lengths[j];
        if (key - error > limit || j === own) continue;
        this.#found[size++] = j;
        if (key + error <= limit) sure++;
      }
      // So many are surely nearer than any that was left out.
      if (sure >= this.#count || limit === Number.POSITIVE_INFINITY) return this.#found.subarray(0, size);
    }
  }
}

/** |v|²/2 of each, [n] */
function halfSquares(values: Float32Array, dimensions: number): Float64Array {
  const halves = new Float64Array(values.length / dimensions);
  for (let i = 0; i < halves.length; i++) {
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += values[i * dimensions + d] ** 2;
    halves[i] = square / 2;
  }
  return halves;
}

/** [dimensions, n] */
function transposed(values: Float32Array, dimensions: number): Float32Array {
  const n = values.length / dimensions;
  const columns = new Float32Array(values.length);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < dimensions; d++) columns[d * n + i] = values[i * dimensions + d];
  }
  return columns;
}

function distance(values: Float32Array, dimensions: number, i: number, j: number): number {
  let square = 0;
  for (let d = 0; d < dimensions; d++) square += (values[i * dimensions + d] - values[j * dimensions + d]) ** 2;
  return Math.sqrt(square);
}

/** Finds where the smallest values are. */
class Nearest {
  readonly #room: Int32Array;

  /** @param most that are asked for */
  constructor(most: number) {
    this.#room = new Int32Array(most);
  }

  /** The largest of them first, the others in no order. Valid until the next call. */
  of(values: Float64Array, count: number): Int32Array {
    // Each before the two that it is larger than.
    const heap = this.#room.subarray(0, count);
    if (count === 0) return heap;
    for (let j = 0; j < count; j++) heap[j] = j;
    for (let i = (count >> 1) - 1; i >= 0; i--) sink(heap, values, i);
    let limit = values[heap[0]];
    for (let j = count; j < values.length; j++) {
      if (values[j] >= limit) continue;
      heap[0] = j;
      sink(heap, values, 0);
      limit = values[heap[0]];
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
