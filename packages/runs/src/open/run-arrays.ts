import { type Arrays, type NdArray, ndarray, type StatisticsRequest, XincError } from '@xinc/core';
import type { NpyArray } from '@xinc/core/formats';
import type { Network, Tracer } from '@xinc/core/trace';
import { STRONGEST, strongestNeurons } from './strongest-neurons.js';

/** What of a network to take besides its sums. */
export interface ChosenMaps {
  readonly frame: number;
  /** The layer whose maps are taken; none unless given. */
  readonly layer?: string;
  /** The strongest unless given. */
  readonly neurons?: readonly number[];
}

const SUMS: StatisticsRequest = { neuronTotals: true, pixelTotals: true };

/**
 * What a network is and paints on one frame, as named arrays: its weights, its inputs and its picture, the sums of every
 * layer, and the maps chosen. `weights/<parameter>`, `inputs/<input>`, `reconstruction` [H, W, 3] (not clamped),
 * `<layer>/neuron_abs_sum` [N], `<layer>/pixel_abs_sum` [H, W], `<layer>/neurons` [n], `<layer>/maps` [n, H, W].
 */
export async function runArrays(
  tracer: Tracer,
  { frame, layer, neurons }: ChosenMaps,
): Promise<Record<string, NpyArray>> {
  const { network, noPicture } = tracer;
  const { height, width } = network.inr.signal;
  if (noPicture !== undefined) throw new XincError('numeric', `The network draws no picture: ${noPicture}`);
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
      (await mapArrays(tracer, layer, frame, neurons ?? strongestNeurons(traced[layer].neuronTotals!.sum, STRONGEST)))),
  };
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

/** The most that is written of what a network is fed, in bytes. */
const MOST_FED = 2 ** 31;

/**
 * What the network is fed for all frames of its signal, by name, one frame behind the other on the first axis; once, where
 * it is the same for all. So `xinc import` reads it of a network that comes as a file.
 * @throws XincError `unsupported` for more than 2 GB
 */
export function fedArrays(network: Pick<Network, 'inr' | 'parameters'>): Arrays {
  const { frames } = network.inr.signal;
  const bytes = frames * Object.values(frameInputs(network, 0)).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MOST_FED) {
    throw new XincError(
      'unsupported',
      `What the network is fed for ${frames} frames takes ${(bytes / 2 ** 30).toFixed(1)} GB; up to 2 GB are written`,
      { subject: 'inputs' },
    );
  }
  const fed = Array.from({ length: frames }, (_, frame) => frameInputs(network, frame));
  return Object.fromEntries(Object.keys(fed[0]).map((name) => [name, stacked(fed.map((arrays) => arrays[name]))]));
}

function stacked(frames: readonly NdArray[]): NdArray {
  const [first] = frames;
  const [count, ...rest] = first.shape;
  if (frames.every(({ data }) => data.every((value, i) => Object.is(value, first.data[i])))) return first;
  const all = ndarray([count * frames.length, ...rest]);
  for (const [i, { data }] of frames.entries()) all.data.set(data, i * first.data.length);
  return all;
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
