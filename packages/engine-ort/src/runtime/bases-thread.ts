import { parentPort } from 'node:worker_threads';
import { loadOrthonormalBasis } from '@xinc/core/graph';
import type { Bases, Matrices } from './bases.js';

/* A thread that makes orthonormal bases for that of ONNX Runtime. */

const port = parentPort!;
const loading = loadOrthonormalBasis();

port.on('message', async (matrices: Matrices) => {
  const orthonormalBasis = await loading;
  const bases: Bases = matrices.map(orthonormalBasis);
  port.postMessage(bases, bases.flatMap((basis) => basis?.data.buffer ?? []) as ArrayBuffer[]);
});
