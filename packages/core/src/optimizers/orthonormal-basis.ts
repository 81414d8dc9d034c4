import { loadKernels } from '@xinc/kernels';
import type { NdArray } from '../ndarray.js';

/**
 * An orthonormal basis of the columns of a square matrix [n, n], its first k vectors of the first k columns; `undefined` where the matrix has
 * values that are not finite.
 */
export type OrthonormalBasis = (matrix: NdArray) => NdArray | undefined;

/** What makes the bases of `BasisRenewal`: the kernels, which each thread loads for itself. */
export async function loadOrthonormalBasis(): Promise<OrthonormalBasis> {
  const kernels = await loadKernels();
  return ({ shape, data }) => {
    const basis = kernels.orthonormalize(data, shape[0]);
    return basis && { shape, data: basis };
  };
}
