import { Graph } from '@xinc/core/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { emitModel } from '../src/emit.js';
import { random } from './programs.js';

const SIZE = 2048;
export const GEMM_FLOPS = 2 * SIZE ** 3;

/** One large matrix product, run by ONNX Runtime directly into memory that is there already: the machine's speed. */
export async function createGemm(threads: number): Promise<() => Promise<void>> {
  const graph = new Graph();
  const a = graph.input('a', [SIZE, SIZE]);
  const b = graph.input('b', [SIZE, SIZE]);
  const session = await InferenceSession.create(emitModel({ c: graph.ops.matMul(a, b) }).bytes, {
    intraOpNumThreads: threads,
    // As the engine's own sessions.
    extra: { session: { force_spinning_stop: '1', intra_op: { spin_duration_us: '100' } } },
  });
  const matrix = () => new Tensor('float32', random([SIZE, SIZE], 1).data, [SIZE, SIZE]);
  const [feeds, fetches] = [{ a: matrix(), b: matrix() }, { c: matrix() }];
  return async () => {
    await session.run(feeds, fetches);
  };
}
