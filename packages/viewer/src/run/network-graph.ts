import { type EnginePlugin, type Inr, type Shapes, sizeOf } from '@xinc/core';
import { evaluationProgram, OUTPUT, pixelsAtOnce, shapesOf } from '@xinc/core/trace';
import type { NetworkView } from '@xinc/viewer-page';

export function describeNetwork(inr: Inr): NetworkView {
  if (inr.sampling === 'frames') return { sampling: 'frames', perPixel: [] };
  // What has a row per pixel has two for two pixels.
  const [one, two] = [inr.inputs([0], new Uint32Array(1)), inr.inputs([0], new Uint32Array(2))];
  const perPixel = Object.keys(one).filter((name) => sizeOf(two[name].shape) > sizeOf(one[name].shape));
  // As many as the engines evaluate, so that a large picture fits the page's memory.
  return { sampling: 'pixels', pixelsAtOnce: pixelsAtOnce(inr), perPixel };
}

/** The network as ONNX, without weights. */
export async function exportGraph(inr: Inr, exportOnnx: NonNullable<EnginePlugin['exportOnnx']>): Promise<Uint8Array> {
  const parameters: Shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
  const inputs = inr.sampling === 'frames' ? inr.inputs([0]) : inr.inputs([0], new Uint32Array(pixelsAtOnce(inr)));
  return exportOnnx({
    program: evaluationProgram(inr),
    inputs: { ...parameters, ...shapesOf(inputs) },
    constants: {},
    outputs: [OUTPUT],
    metadata: {},
  });
}
