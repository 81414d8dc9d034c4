import {
  type Arrays,
  type ConvHook,
  type DenseHook,
  type Inr,
  type LayerHook,
  type NdArray,
  ndarray,
} from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import { convSource, denseSource, type Network, neuronCount, tilesOf } from '@xinc/core/trace';
import type { LayerSourceMetadata } from '../api.js';

/** Bytes of activations that are sent to the page. */
const LARGEST_SOURCE = 256 * 2 ** 20;

/** Whether the page traces a layer: its kernels can, and the input of a dense layer, [pixels, N], is not too large to be sent. */
export function tracedInPage(inr: Inr, hook: LayerHook): boolean {
  if (hook.kind !== 'dense') return hook.kind === 'conv';
  return 4 * inr.signal.height * inr.signal.width * neuronCount(inr, hook) <= LARGEST_SOURCE;
}

/** What makes a layer's source in the page, on one frame, as safetensors; see `LayerSourceMetadata`. */
export async function encodeLayerSource(
  network: Network,
  hook: DenseHook | ConvHook,
  frame: number,
): Promise<Uint8Array> {
  return hook.kind === 'dense' ? denseFile(network, hook, frame) : convFile(network, hook, frame);
}

async function denseFile(network: Network, hook: DenseHook, frame: number) {
  const { height, width } = network.inr.signal;
  const input = await denseInput(network, hook, frame);
  const pixels = height * width;
  const { neurons, scale, offset, activation } = denseSource(
    hook,
    network.parameters,
    { [hook.input]: input },
    { pixels, width },
  );
  return encode(
    { input: ndarray([pixels, neurons], input.data), scale: ndarray([neurons], Float32Array.from(scale)) },
    { kind: 'dense', width, offset, activation },
  );
}

/** What a dense layer reads, [pixels, N], evaluated in the tiles of a trace so that it is the same to the last bit. */
async function denseInput(network: Network, hook: DenseHook, frame: number): Promise<NdArray> {
  const { inr } = network;
  const { height, width } = inr.signal;
  const { input } = hook;
  const evaluate = async (pixels?: Uint32Array) => (await network.evaluate(frame, [input], pixels))[input].data;
  const neurons = neuronCount(inr, hook);
  const shape = [height * width, neurons];
  if (inr.sampling === 'frames') return ndarray(shape, await evaluate());
  const values = new Float32Array(height * width * neurons);
  for (const { pixels, offset } of tilesOf(inr, { top: 0, left: 0, height, width })) {
    values.set(await evaluate(pixels), offset * neurons);
  }
  return ndarray(shape, values);
}

async function convFile(network: Network, hook: ConvHook, frame: number): Promise<Uint8Array> {
  const activations = await network.evaluate(frame, [hook.input]);
  const { input, inputShape, kernel, bias, shuffle, activation, path } = convSource(
    hook,
    network.parameters,
    activations,
  );
  return encode(
    {
      input: ndarray(inputShape, input),
      kernel: ndarray(network.parameters[hook.kernel].shape, kernel),
      bias: ndarray([bias.length], bias),
    },
    { kind: 'conv', shuffle, activation, path },
  );
}

function encode(tensors: Arrays, source: LayerSourceMetadata): Uint8Array {
  const metadata = Object.entries(source).map(([name, value]) => [name, JSON.stringify(value)]);
  return encodeSafetensors({ tensors, metadata: Object.fromEntries(metadata) });
}
