import type { Activation, KernelLayer, PointwiseProgram, Region } from '@xinc/kernels';
import { biasOf, type ReadValue, weightOf } from './contributions.js';
import type { DensePixelsLayer, DerivedLayer } from './layers.js';
import { kernelFunction } from './pointwise-program.js';

/** A layer on one frame, or on the pixels of a region, for the kernels. */
type SourceOf = (read: ReadValue, region: Region) => KernelLayer;

/** How the kernels trace a layer that they know no shape of; `undefined` where they lack an operation of it. */
export function kernelSource(layer: DerivedLayer): SourceOf | undefined {
  if (layer.kind !== 'dense' || layer.gate) return undefined;
  const activation = layer.activation ? kernelFunction(layer.activation) : null;
  return activation === undefined ? undefined : (read, region) => denseSource(layer, activation, read, region);
}

/** x_n · Σ_o W[o,n] + Σ_o b[o] / N, through f. */
function denseSource(
  layer: DensePixelsLayer,
  activation: Activation | PointwiseProgram | null,
  read: ReadValue,
  { width }: Region,
): KernelLayer {
  const x = read(layer.input);
  const [pixels, neurons] = x.shape;
  const outputs = layer.preactivation.shape[1];
  const weight = weightOf(layer, read, neurons, outputs);
  const bias = biasOf(layer, read, outputs);
  const scale = new Float64Array(neurons);
  let offset = 0;
  for (let o = 0; o < outputs; o++) {
    for (let n = 0; n < neurons; n++) scale[n] += weight(o, n);
    offset += bias(o);
  }
  return { kind: 'dense', input: x.data, pixels, neurons, width, scale, offset: offset / neurons, activation };
}
