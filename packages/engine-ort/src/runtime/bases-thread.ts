import { loadOrthonormalBasis } from '@xinc/core/graph';
import type { Bases, Matrices } from './bases.js';

/* A thread that makes orthonormal bases beside that of ONNX Runtime. */

const loading = loadOrthonormalBasis();

export default async function makeBases(matrices: Matrices): Promise<Bases> {
  return matrices.map(await loading);
}
