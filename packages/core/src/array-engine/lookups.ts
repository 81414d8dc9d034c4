import { sizeOf } from '../ndarray.js';
import type { Compute } from './operation.js';

/* Operations that look values up. */

export const gather: Compute<'gather'> = ([x, indices], { axis }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  const extent = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  for (let outer = 0, to = 0; to < result.length; outer += extent * inner) {
    for (let i = 0; i < indices.data.length; i++, to += inner) {
      const from = outer + indices.data[i] * inner;
      result.set(x.data.subarray(from, from + inner), to);
    }
  }
  return result;
};

export const scatterAdd: Compute<'scatterAdd'> = ([updates, indices], { axis, size }, shape) => {
  const totals = new Float64Array(sizeOf(shape));
  const inner = sizeOf(shape.slice(axis + 1));
  for (let outer = 0, from = 0; from < updates.data.length; outer += size * inner) {
    for (let i = 0; i < indices.data.length; i++) {
      const to = outer + indices.data[i] * inner;
      for (let k = 0; k < inner; k++, from++) totals[to + k] += updates.data[from];
    }
  }
  return Float32Array.from(totals);
};
