import { KernelError } from './errors.js';
import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Centroids that go together; see assembly/doubles.ts. */
const TOGETHER = 8;
/** Vectors that are in WebAssembly's memory at a time. */
const AT_A_TIME = 4096;

/** The centroid that each vector is nearest to, [count]. */
export function nearest(
  memory: WasmMemory,
  wasm: WasmExports,
  vectors: Float32Array,
  dimensions: number,
  centroids: readonly Float64Array[],
): Uint16Array {
  const count = vectors.length / dimensions;
  if (!Number.isInteger(count)) {
    throw new KernelError(`${vectors.length} values are no vectors of ${dimensions}`);
  }
  if (centroids.length === 0 || centroids.some(({ length }) => length !== dimensions)) {
    throw new KernelError(`Vectors of ${dimensions} values have no centroid, or one of another length`);
  }
  const groups = Math.ceil(centroids.length / TOGETHER);
  const used = new Allocations(memory);
  return used.guard(() => {
    const batch = Math.min(count, AT_A_TIME);
    const values = used.allocate(4 * batch * dimensions);
    const found = used.allocate(4 * batch);
    const lanes = used.allocate(8 * groups * dimensions * TOGETHER);
    placeLanes(memory.doubles(lanes, groups * dimensions * TOGETHER), dimensions, centroids);
    // Views are made after the last allocation, which may move the memory.
    const [placed, labelled] = [memory.floats(values, batch * dimensions), memory.ints(found, batch)];
    const labels = new Uint16Array(count);
    for (let first = 0; first < count; first += batch) {
      const length = Math.min(batch, count - first);
      placed.set(vectors.subarray(first * dimensions, (first + length) * dimensions));
      wasm.nearest(values, length, dimensions, lanes, groups, found);
      labels.set(labelled.subarray(0, length), first);
    }
    used.free();
    return labels;
  });
}

/** [groups, dimensions, 8]: eight centroids side by side; those that fill up the last group are at infinity. */
function placeLanes(lanes: Float64Array, dimensions: number, centroids: readonly Float64Array[]): void {
  lanes.fill(Number.POSITIVE_INFINITY);
  for (const [k, centroid] of centroids.entries()) {
    const start = Math.floor(k / TOGETHER) * dimensions * TOGETHER + (k % TOGETHER);
    for (let d = 0; d < dimensions; d++) lanes[start + d * TOGETHER] = centroid[d];
  }
}
