import { type RandomStream, randomStream } from '@xinc/core';
import type { Vectors } from '../numeric/clustering.js';

/** Iterations. Each brings the plane nearer to that of the two largest variances; an embedding can start from less than the exact one. */
const PASSES = 20;

/**
 * Projections on the first two principal components, by subspace iteration: no matrix of all dimensions is made.
 * @param vectors their mean is zero
 * @returns the projections, [n, 2]; zeros where nothing varies
 */
export function principalPlane(vectors: Vectors): Float64Array {
  const stream = randomStream(0, 'principal plane');
  let axes = orthonormal(...([0, 1].map(() => drawn(vectors.dimensions, stream)) as [Float64Array, Float64Array]));
  for (let pass = 0; pass < PASSES; pass++) axes = orthonormal(...gathered(vectors, projected(vectors, axes)));
  return projected(vectors, axes);
}

type Axes = readonly [Float64Array, Float64Array];

const drawn = (length: number, stream: RandomStream) => Float64Array.from({ length }, () => stream.normal());

/** X·axes, [n, 2] */
function projected({ values, dimensions }: Vectors, [first, second]: Axes): Float64Array {
  const plane = new Float64Array((2 * values.length) / dimensions);
  for (let i = 0, at = 0; at < values.length; i += 2) {
    for (let d = 0; d < dimensions; d++, at++) {
      plane[i] += values[at] * first[d];
      plane[i + 1] += values[at] * second[d];
    }
  }
  return plane;
}

/** Xᵀ·plane, by column */
function gathered({ values, dimensions }: Vectors, plane: Float64Array): Axes {
  const axes = [new Float64Array(dimensions), new Float64Array(dimensions)] as const;
  for (let i = 0, at = 0; at < values.length; i += 2) {
    for (let d = 0; d < dimensions; d++, at++) {
      axes[0][d] += values[at] * plane[i];
      axes[1][d] += values[at] * plane[i + 1];
    }
  }
  return axes;
}

/** The two axes at length 1 and at right angles (Gram & Schmidt); zero where nothing is left of one. */
function orthonormal(first: Float64Array, second: Float64Array): Axes {
  const a = unit(first, dot(first, first));
  const along = dot(second, a);
  const rest = second.map((value, d) => value - along * a[d]);
  // A second vector along the first leaves nothing but rounding, which has no direction.
  const length = dot(rest, rest);
  return [a, unit(rest, length > 1e-20 * dot(second, second) ? length : 0)];
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, d) => sum + value * b[d], 0);

const unit = (axis: Float64Array, square: number): Float64Array =>
  square > 0 ? axis.map((value) => value / Math.sqrt(square)) : axis.map(() => 0);
