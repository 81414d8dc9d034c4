import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Rows and columns that are multiplied at a time; see assembly/product.ts. */
const ROWS = 4;
const COLUMNS = 8;

/** a [m, k] · b [k, n] → [m, n], summed up in float32. */
export function multiply(
  memory: WasmMemory,
  wasm: WasmExports,
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [m: number, k: number, n: number],
): Float32Array {
  const rows = ROWS * Math.ceil(m / ROWS);
  const panels = Math.ceil(n / COLUMNS);
  const used = new Allocations(memory);
  return used.guard(() => {
    const left = used.allocate(4 * rows * k);
    const right = used.allocate(4 * panels * COLUMNS * k);
    const result = used.allocate(4 * rows * panels * COLUMNS);
    // Views are made after the last allocation, which may move the memory.
    const placed = memory.floats(left, rows * k);
    placed.set(a);
    placed.fill(0, m * k);
    const packed = memory.floats(right, panels * COLUMNS * k);
    for (let panel = 0, to = 0; panel < panels; panel++) {
      const first = panel * COLUMNS;
      const count = Math.min(COLUMNS, n - first);
      for (let inner = 0; inner < k; inner++, to += COLUMNS) {
        const from = inner * n + first;
        for (let column = 0; column < count; column++) packed[to + column] = b[from + column];
        for (let column = count; column < COLUMNS; column++) packed[to + column] = 0;
      }
    }
    wasm.multiply(left, right, result, rows, k, panels);
    const stride = panels * COLUMNS;
    const sums = memory.floats(result, m * stride);
    const product = new Float32Array(m * n);
    if (stride === n) product.set(sums);
    else for (let row = 0; row < m; row++) product.set(sums.subarray(row * stride, row * stride + n), row * n);
    used.free();
    return product;
  });
}
