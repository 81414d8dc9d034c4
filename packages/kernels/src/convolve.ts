import { KernelError } from './errors.js';
import type { WasmExports } from './wasm/exports.js';
import { Allocations, type WasmMemory } from './wasm/memory.js';

/** Sums that are made at a time; see assembly/doubles.ts. */
const BLOCK = 16;

export interface Extents {
  readonly height: number;
  readonly width: number;
}

/** What a picture is convolved with, of odd lengths. */
export interface Filters {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

/** Convolution of every row and then of every column, wrapped around, each sum rounded to float32. */
export function convolve(
  memory: WasmMemory,
  wasm: WasmExports,
  picture: Float32Array,
  { height, width }: Extents,
  { rows, columns }: Filters,
): Float32Array {
  if (picture.length !== height * width) {
    throw new KernelError(`A picture of ${picture.length} values is not ${height}×${width}`);
  }
  for (const { length } of [rows, columns]) {
    if (length % 2 === 0) throw new KernelError(`A filter of ${length} values has no middle`);
  }
  const blocks = Math.ceil(width / BLOCK);
  const stride = blocks * BLOCK;
  const [across, down] = [(rows.length - 1) / 2, (columns.length - 1) / 2];
  const used = new Allocations(memory);
  return used.guard(() => {
    const wrapped = used.zeros(8 * (stride + 2 * across));
    const sums = used.allocate(8 * height * stride);
    const result = used.allocate(8 * stride);
    const placeWeights = (filter: Float64Array) => {
      const at = used.allocate(8 * filter.length);
      memory.doubles(at, filter.length).set(filter.slice().reverse());
      return at;
    };
    const rowStarts = used.place(Int32Array.from(rows, (_, k) => 8 * k));
    // The row above the first is the last one: those that a sum begins with follow one another.
    const columnStarts = used.place(
      Int32Array.from({ length: height + 2 * down }, (_, i) => 8 * stride * modulo(i - down, height)),
    );
    const [rowWeights, columnWeights] = [placeWeights(rows), placeWeights(columns)];
    const margins = [...Array(across).keys(), ...Array.from({ length: across }, (_, i) => across + width + i)];
    const sources = margins.map((i) => modulo(i - across, width));
    // Views are made after the last allocation, which may move the memory.
    const row = memory.doubles(wrapped, width + 2 * across);
    for (let y = 0; y < height; y++) {
      const line = picture.subarray(y * width, (y + 1) * width);
      row.set(line, across);
      for (let i = 0; i < margins.length; i++) row[margins[i]] = line[sources[i]];
      wasm.sumShifted(wrapped, rowStarts, rowWeights, rows.length, sums + 8 * y * stride, blocks);
    }
    const convolved = new Float32Array(picture.length);
    const values = memory.doubles(result, width);
    for (let y = 0; y < height; y++) {
      wasm.sumShifted(sums, columnStarts + 4 * y, columnWeights, columns.length, result, blocks);
      convolved.set(values, y * width);
    }
    used.free();
    return convolved;
  });
}

const modulo = (value: number, extent: number): number => ((value % extent) + extent) % extent;
