import { type Shape, sizeOf } from '@xinc/core';

/** The vectors of the power iteration: u has one element for every index of the output axis, v one for all others. */
export interface SingularVectors {
  readonly u: Float32Array;
  readonly v: Float32Array;
}

/**
 * W / σ with σ = uᵀ W v, as `torch.nn.utils.spectral_norm` computes it in evaluation mode. W is the weight as a matrix of
 * its output axis by all others. The output axis is 0, or 1 in transposed convolutions; where both axes have the
 * same extent, the one for which u points along W v, as it does after a power iteration.
 */
export function spectralNorm(weight: Float32Array, shape: Shape, vectors: SingularVectors): Float32Array {
  const [first, ...others] = outputAxes(shape, vectors).map((axis) => product(weight, shape, axis, vectors));
  const { sigma } = others.reduce((best, found) => (found.alignment > best.alignment ? found : best), first);
  return weight.map((value) => value / sigma);
}

/** The axes that can be the output axis by their extents. */
export function outputAxes(
  shape: Shape,
  { u, v }: { readonly u: ArrayLike<number>; readonly v: ArrayLike<number> },
): number[] {
  return [0, 1].filter((axis) => shape[axis] === u.length && sizeOf(shape) === u.length * v.length);
}

/** uᵀ W v, and the cosine between u and W v. */
function product(weight: Float32Array, shape: Shape, axis: number, { u, v }: SingularVectors) {
  const after = sizeOf(shape.slice(axis + 1));
  const rows = new Float64Array(u.length);
  for (let i = 0; i < weight.length; i++) {
    const row = Math.floor(i / after) % shape[axis];
    const column = axis === 0 ? i % after : Math.floor(i / (after * shape[1])) * after + (i % after);
    rows[row] += weight[i] * v[column];
  }
  const sigma = rows.reduce((sum, value, row) => sum + u[row] * value, 0);
  return { sigma, alignment: sigma / Math.sqrt(rows.reduce((sum, value) => sum + value * value, 0)) };
}
