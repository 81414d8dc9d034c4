import { type Arrays, type StatisticsRequest, XincError } from '@xinc/core';
import type { NpyArray } from '@xinc/core/formats';
import { createTracer, type Network, type Tracer } from '@xinc/core/trace';
import { parseNeurons } from '../settings.js';
import { checkPlace } from './check-place.js';
import { startPool } from './pool.js';
import { STRONGEST, strongestNeurons } from './strongest-neurons.js';

/** Which maps to write beside the sums. */
export interface ChosenMaps {
  readonly frame: number;
  readonly layer?: string;
  /** As `--neurons` says it; the strongest unless given. */
  readonly neurons?: string;
}

const SUMS: StatisticsRequest = { neuronTotals: true, pixelTotals: true };

/**
 * What a network is and paints on one frame, as named arrays: its weights, its inputs and its picture, the sums of every
 * layer, and the maps chosen. `weights/<parameter>`, `inputs/<input>`, `reconstruction` [H, W, 3] (not clamped),
 * `<layer>/neuron_abs_sum` [N], `<layer>/pixel_abs_sum` [H, W], `<layer>/neurons` [n], `<layer>/maps` [n, H, W].
 */
export async function runArrays(network: Network, chosen: ChosenMaps): Promise<Record<string, NpyArray>> {
  const { frame, layer } = chosen;
  const { height, width } = network.inr.signal;
  const pool = await startPool(network.inr);
  try {
    const tracer = createTracer(network, pool);
    const { noPicture } = tracer;
    if (noPicture !== undefined) throw new XincError('numeric', `The network draws no picture: ${noPicture}`);
    const named = await namedNeurons(tracer, chosen);
    const traced = await tracer.trace(frame, SUMS);
    const { rgb } = await network.reconstruct(frame);
    const sums = Object.entries(traced).flatMap(([id, { neuronTotals, pixelTotals }]): [string, NpyArray][] => [
      [`${id}/neuron_abs_sum`, { shape: [neuronTotals!.sum.length], data: neuronTotals!.sum }],
      [`${id}/pixel_abs_sum`, { shape: [height, width], data: pixelTotals! }],
    ]);
    return {
      ...below('weights', network.parameters),
      ...below('inputs', frameInputs(network, frame)),
      reconstruction: { shape: [height, width, 3], data: rgb },
      ...Object.fromEntries(sums),
      ...(layer !== undefined &&
        (await mapArrays(tracer, layer, frame, named ?? strongestNeurons(traced[layer].neuronTotals!.sum, STRONGEST)))),
    };
  } finally {
    await pool.dispose();
  }
}

/** The network's inputs for one whole frame: all its pixels, or its encoded index. */
export function frameInputs({ inr, parameters }: Pick<Network, 'inr' | 'parameters'>, frame: number): Arrays {
  if (inr.sampling === 'frames') return inr.inputs([frame], undefined, parameters);
  const { height, width } = inr.signal;
  return inr.inputs(
    [frame],
    Uint32Array.from({ length: height * width }, (_, p) => p),
    parameters,
  );
}

/** Those that were named, checked before the long part. */
async function namedNeurons(tracer: Tracer, { layer, neurons, frame }: ChosenMaps): Promise<number[] | undefined> {
  if (layer === undefined) {
    checkPlace(tracer, tracer.layers[0].id, frame);
    if (neurons === undefined) return undefined;
    throw new XincError('invalid-option', `--neurons ${neurons}: of which layer is not said`, {
      subject: '--neurons',
      hint: 'Name it with --layer.',
    });
  }
  checkPlace(tracer, layer, frame);
  const known = tracer.layers.find(({ id }) => id === layer)!;
  return neurons === undefined ? undefined : parseNeurons(neurons, known.neurons);
}

async function mapArrays(
  tracer: Tracer,
  layer: string,
  frame: number,
  neurons: readonly number[],
): Promise<Record<string, NpyArray>> {
  const { height, width } = tracer.network.inr.signal;
  const data = await tracer.maps(layer, frame, neurons);
  return {
    [`${layer}/neurons`]: { shape: [neurons.length], data: Int32Array.from(neurons) },
    [`${layer}/maps`]: { shape: [neurons.length, height, width], data },
  };
}

function below(folder: string, arrays: Arrays): Record<string, NpyArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${folder}/${name}`, array]));
}
