import { KernelError } from './errors.js';
import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Vectors whose neighbours are searched at a time, a multiple of four, and vectors that lie side by side; see assembly/neighbors.ts. */
const ROWS = 32;
const COLUMNS = 8;
/** Half a unit in the last place of a float32. */
const ROUNDING = 2 ** -24;
/** More than rounding adds to sums of products too small for all digits of a float32, of vectors scaled to components below 2. */
const LEAST = 2 ** -100;
/** Vectors that tell, before all are looked at, how far the neighbours may be: about so many. */
const SAMPLE = 1024;

/**
 * The search for exact nearest neighbours among vectors b by Euclidean distance. |b|²/2 − a·b, which orders them by their distance from a, with
 * products of float32, leaves those that may be among the nearest within what rounding may do; of these, the nearest by the distance itself.
 */
export interface NeighborSearch {
  /**
   * Finds the neighbours of the vectors from `first` to before `end`: itself first, then the others from the nearest on; of equally near ones the
   * first in the list of vectors before the others.
   * @throws KernelError for rows that are not there, and after `dispose`
   * @param indices gets them, [end − first, count]
   * @param distances gets how far they are, in float64 rounded to float32, [end − first, count]
   */
  find(first: number, end: number, indices: Int32Array, distances: Float32Array): void;
  dispose(): void;
}

/**
 * @param count neighbours of each vector, itself included; no more than there are vectors
 * @throws KernelError for values that are not finite, and for sizes that do not fit
 */
export function openNeighbors(
  memory: WasmMemory,
  wasm: WasmExports,
  vectors: Float32Array,
  dimensions: number,
  count: number,
): NeighborSearch {
  const n = vectors.length / dimensions;
  if (!Number.isInteger(n)) throw new KernelError(`${vectors.length} values are no vectors of ${dimensions}`);
  if (!(Number.isInteger(count) && count >= 1 && count <= n)) {
    throw new KernelError(`${n} vectors have no ${count} neighbours each`);
  }
  // Products of float32 are of vectors times a power of two, which brings the largest component to [1, 2); distances are of those given.
  const scale = scaleOf(vectors);
  const scaled = vectors.map((value) => value * scale);
  // What rounding may add to h − a·b, of vectors of half squares g and h, is at most this share of g + h: of a product as many times `ROUNDING` as it
  // has terms (Higham 2002, §3.1), since |a|·|b| ≤ g + h; six times of what it is computed and compared with; and more than float64 may add.
  const slack = (dimensions + 8) * ROUNDING;
  const halves = halfSquares(scaled, dimensions);
  const step = Math.max(1, Math.floor(n / SAMPLE));
  const sampled = Math.ceil(n / step);
  const used = new Allocations(memory);
  return used.guard(() => {
    const all = used.place(vectors);
    const columns = used.allocate(4 * padded(n) * dimensions);
    const lowest = used.allocate(4 * padded(n));
    const sample = used.allocate(4 * padded(sampled) * dimensions);
    const products = used.allocate(4 * ROWS * padded(sampled));
    const rows = used.allocate(4 * ROWS * dimensions);
    const limits = used.allocate(4 * ROWS);
    const found = used.allocate(4 * ROWS * n);
    const counts = used.allocate(4 * ROWS);
    const room = used.allocate(8 * n);
    const order = used.allocate(4 * count);
    const nearest = used.allocate(4 * count);
    const apart = used.allocate(4 * count);
    sideBySide(scaled, dimensions, 1, memory.floats(columns, padded(n) * dimensions));
    sideBySide(scaled, dimensions, step, memory.floats(sample, padded(sampled) * dimensions));
    const low = memory.floats(lowest, padded(n)).fill(Number.NaN);
    for (let i = 0; i < n; i++) low[i] = halves[i] * (1 - slack);
    const keys = new Float64Array(sampled);

    /** Places vectors from `rows` on, and how large |b|²/2 − a·b may be where b is nearer than the one of that rank in the sample. */
    function place(asked: readonly number[], rank: number): Float64Array {
      const placed = memory.floats(rows, ROWS * dimensions);
      for (const [row, i] of asked.entries()) {
        placed.set(scaled.subarray(i * dimensions, (i + 1) * dimensions), row * dimensions);
      }
      const largest = new Float64Array(asked.length).fill(Number.POSITIVE_INFINITY);
      if (rank > sampled) return largest;
      const stride = padded(sampled);
      wasm.multiply(rows, sample, products, ROWS, dimensions, stride / COLUMNS);
      const sums = memory.floats(products, ROWS * stride);
      for (const [row, i] of asked.entries()) {
        for (let s = 0, j = 0; s < sampled; s++, j += step) {
          keys[s] = halves[j] - sums[row * stride + s] + slack * (halves[i] + halves[j]) + LEAST;
        }
        largest[row] = smallest(keys, rank);
      }
      return largest;
    }

    /** Of some vectors, `ROWS` at most. @returns those of which it is not sure that no other is nearer than those found */
    function findOf(
      asked: readonly number[],
      rank: number,
      first: number,
      indices: Int32Array,
      distances: Float32Array,
    ): number[] {
      const largest = place(asked, rank);
      const limit = memory.floats(limits, ROWS).fill(Number.NaN);
      for (const [row, i] of asked.entries()) limit[row] = largest[row] + slack * halves[i] + LEAST;
      wasm.findNear(rows, ROWS, dimensions, columns, padded(n) / COLUMNS, lowest, limits, found, n, counts);
      const sizes = memory.ints(counts, ROWS);
      return asked.filter((own, row) => {
        const which = found + 4 * row * n;
        const farthest = wasm.pickNearest(
          all,
          dimensions,
          own,
          which,
          sizes[row],
          room,
          order,
          count - 1,
          nearest,
          apart,
        );
        // Whatever was left out is farther than this.
        if ((farthest * scale) ** 2 / 2 > largest[row] + halves[own]) return true;
        const at = (own - first) * count;
        indices[at] = own;
        distances[at] = 0;
        indices.set(memory.ints(nearest, count - 1), at + 1);
        distances.set(memory.floats(apart, count - 1), at + 1);
        return false;
      });
    }

    // Three standard deviations above the rank that is expected of the last neighbour in the sample; more, where that was too few.
    const expected = count / step;
    const firstRank = Math.ceil(expected + 3 * Math.sqrt(expected));
    let disposed = false;
    return {
      find(first, end, indices, distances) {
        if (disposed) throw new KernelError('This search was disposed of');
        if (!(first >= 0 && first <= end && end <= n))
          throw new KernelError(`${n} vectors have none from ${first} to ${end}`);
        for (let from = first; from < end; from += ROWS) {
          let asked = Array.from({ length: Math.min(ROWS, end - from) }, (_, row) => from + row);
          for (let rank = firstRank; asked.length > 0; rank *= 2) {
            asked = findOf(asked, rank, first, indices, distances);
          }
        }
      },
      dispose() {
        if (!disposed) used.free();
        disposed = true;
      },
    };
  });
}

const padded = (n: number): number => COLUMNS * Math.ceil(n / COLUMNS);

/** The power of two that brings the largest value to [1, 2); 1 where all are 0. */
function scaleOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new KernelError(`vectors with the value ${value} have no neighbours`);
    largest = Math.max(largest, Math.abs(value));
  }
  return largest === 0 ? 1 : 2 ** -Math.floor(Math.log2(largest));
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

/** Every so many-th vector, from the first on, eight side by side: [⌈n / step / 8⌉, dimensions, 8], zeros in the rest of the last eight. */
function sideBySide(vectors: Float32Array, dimensions: number, step: number, columns: Float32Array): void {
  columns.fill(0);
  for (let i = 0, from = 0; from < vectors.length; i++, from += step * dimensions) {
    const to = (i - (i % COLUMNS)) * dimensions + (i % COLUMNS);
    for (let d = 0; d < dimensions; d++) columns[to + d * COLUMNS] = vectors[from + d];
  }
}

/** The value of a rank, from 1 on, counted from the smallest. */
function smallest(values: Float64Array, rank: number): number {
  // A heap of the smallest, in which each is before two that are no larger.
  const heap = values.slice(0, rank);
  for (let i = (rank >> 1) - 1; i >= 0; i--) sink(heap, i, heap[i]);
  for (let i = rank; i < values.length; i++) if (values[i] < heap[0]) sink(heap, 0, values[i]);
  return heap[0];
}

/** Puts a value where it belongs, at `from` or after it. */
function sink(heap: Float64Array, from: number, value: number): void {
  let at = from;
  for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= value) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = value;
}
