import { type NdArray, sizeOf } from '../ndarray.js';
import type { OpAttributes } from '../ops/ops.js';
import { reducedShape } from '../ops/shapes.js';
import { type Compute, spreadSteps, walk } from './operation.js';

/* Operations that join values along axes. Sums are in float64. */

export const sum: Compute<'sum'> = ([x], attributes) => Float32Array.from(sums(x, attributes));

export const mean: Compute<'mean'> = ([x], attributes) => {
  const totals = sums(x, attributes);
  const count = x.data.length / totals.length;
  return Float32Array.from(totals, (total) => total / count);
};

export const max: Compute<'max'> = ([x], attributes, shape) => {
  const result = new Float32Array(sizeOf(shape)).fill(Number.NEGATIVE_INFINITY);
  reduce(x, attributes, (value, place) => {
    result[place] = Math.max(result[place], value);
  });
  return result;
};

function sums(x: NdArray, attributes: OpAttributes['sum']): Float64Array {
  const totals = new Float64Array(sizeOf(reducedShape(x.shape, attributes.axes, true)));
  reduce(x, attributes, (value, place) => {
    totals[place] += value;
  });
  return totals;
}

function reduce(
  { shape, data }: NdArray,
  { axes }: OpAttributes['sum'],
  visit: (value: number, place: number) => void,
): void {
  const steps = spreadSteps(reducedShape(shape, axes, true), shape);
  walk(shape, [steps], [0], (element, [place]) => visit(data[element], place));
}

export const softmax: Compute<'softmax'> = ([x], { axis }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  const extent = shape[axis];
  const inner = sizeOf(shape.slice(axis + 1));
  for (let outer = 0; outer < x.data.length; outer += extent * inner) {
    for (let start = outer; start < outer + inner; start++) {
      // As it is usually computed: the largest is taken off, so that no power overflows.
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < extent; i++) largest = Math.max(largest, x.data[start + i * inner]);
      let total = 0;
      for (let i = 0; i < extent; i++) total += Math.exp(x.data[start + i * inner] - largest);
      for (let i = 0; i < extent; i++) {
        const at = start + i * inner;
        result[at] = Math.exp(x.data[at] - largest) / total;
      }
    }
  }
  return result;
};
