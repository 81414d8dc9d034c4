import type { Arrays, NdArray } from '@xinc/core';
import type { NamedNodes } from '@xinc/core/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Emission, emitModel } from '../src/emit.js';

/** The values of nodes as they stand, run by ONNX Runtime without this package's optimisations of graphs. */
export async function runModel(
  outputs: NamedNodes,
  inputs: Arrays,
  emission?: Emission,
): Promise<Record<string, NdArray>> {
  const model = emitModel(outputs, emission);
  const session = await InferenceSession.create(model.bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const feeds = Object.fromEntries(
    model.inputs.map(({ name }) => [name, new Tensor('float32', inputs[name].data, [...inputs[name].shape])]),
  );
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(
    model.outputs.map(({ name, shape, value }) => [name, { shape, data: results[value].data as Float32Array }]),
  );
}
