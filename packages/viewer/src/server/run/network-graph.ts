import {
  type EnginePlugin,
  evaluationProgram,
  type Inr,
  OUTPUT,
  PIXELS_AT_ONCE,
  type Shapes,
  shapesOf,
  sizeOf,
} from '@xinc/core';
import type { NetworkView } from '../../api.js';

/** Pixels that the graph evaluates at once: as many as the engines do, so that a large picture fits the page's memory. */
function pixelsAtOnce({ signal: { height, width } }: Inr): number {
  return Math.min(height * width, PIXELS_AT_ONCE);
}

export function describeNetwork(inr: Inr): NetworkView {
  if (inr.sampling === 'frames') return { sampling: 'frames', perPixel: [] };
  // What has a row per pixel has two for two pixels.
  const [one, two] = [inr.inputs([0], new Uint32Array(1)), inr.inputs([0], new Uint32Array(2))];
  const perPixel = Object.keys(one).filter((name) => sizeOf(two[name].shape) > sizeOf(one[name].shape));
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
