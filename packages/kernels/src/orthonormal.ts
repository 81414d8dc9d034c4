import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Columns whose reflections are applied at once, and what extents are multiples of; see assembly/orthonormal.ts. */
const BLOCK = 32;
const LANES = 8;

/**
 * An orthonormal basis of the columns of a matrix [n, n]; `undefined` where it has values that are not finite. Each column is scaled on its way
 * in, which changes no basis, so that no square of a small number is lost.
 */
export function orthonormalize(
  memory: WasmMemory,
  wasm: WasmExports,
  matrix: Float32Array,
  n: number,
): Float32Array | undefined {
  const scales = scalesOfColumns(matrix, n);
  if (!scales) return undefined;
  const extent = LANES * Math.ceil(n / LANES);
  const used = new Allocations(memory);
  return used.guard(() => {
    const columns = used.zeros(4 * extent * extent);
    const basis = used.allocate(4 * extent * extent);
    const work = used.allocate(4 * (2 * extent + 2 * BLOCK * BLOCK + 4 * extent * BLOCK));
    transpose(matrix, n, memory.floats(columns, extent * extent), extent, n, scales);
    wasm.orthonormalize(columns, basis, work, extent);
    const result = new Float32Array(n * n);
    transpose(memory.floats(basis, extent * extent), extent, result, n, n);
    used.free();
    return result;
  });
}

/** What brings the largest value of each column to 1. */
function scalesOfColumns(matrix: Float32Array, n: number): Float64Array | undefined {
  const largest = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++, at++) {
      const size = Math.abs(matrix[at]);
      if (!(size < Number.POSITIVE_INFINITY)) return undefined;
      if (size > largest[j]) largest[j] = size;
    }
  }
  return largest.map((size) => (size > 0 ? 1 / size : 1));
}

/** The place of the value in row i and column j becomes row j and column i, some of each at a time so that few lines of the cache are open. */
function transpose(
  from: Float32Array,
  fromStep: number,
  to: Float32Array,
  toStep: number,
  n: number,
  scales?: Float64Array,
): void {
  for (let first = 0; first < n; first += LANES) {
    const last = Math.min(n, first + LANES);
    for (let i = 0; i < n; i++) {
      for (let j = first; j < last; j++) {
        const value = from[i * fromStep + j];
        to[j * toStep + i] = scales ? value * scales[j] : value;
      }
    }
  }
}
