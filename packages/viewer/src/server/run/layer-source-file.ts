import {
  type Arrays,
  type ConvHook,
  convSource,
  type DenseHook,
  denseSource,
  encodeSafetensors,
  type Inr,
  type LayerHook,
  type NdArray,
  type Network,
  ndarray,
  neuronCount,
  tilesOf,
} from '@xinc/core';
import type { LayerSourceMetadata } from '../../api.js';
import { Refusal } from '../http/refusal.js';

/** Bytes of activations sent at once. */
const LARGEST_SOURCE = 256 * 2 ** 20;

/** Rows of the picture, [first, end). */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/** How many rows of a layer's input can be sent at once, where that is not the whole picture. */
export function rowsAtOnce(inr: Inr, hook: LayerHook): number | undefined {
  if (hook.kind !== 'dense') return undefined;
  const { height, width } = inr.signal;
  const rows = Math.max(1, Math.floor(LARGEST_SOURCE / (4 * width * neuronCount(inr, hook))));
  return rows < height ? rows : undefined;
}

/**
 * Rows that an address asks for as `A:B`; all, if it does not.
 * @throws Refusal 400 for rows that there are not, 413 for too many
 */
export function parseRows(text: string | null, inr: Inr, hook: LayerHook): Rows {
  const { height } = inr.signal;
  const [, first, end] = /^(\d{1,7}):(\d{1,7})$/.exec(text ?? `0:${height}`) ?? [];
  const rows = { first: Number(first), end: Number(end) };
  if (!(rows.first < rows.end && rows.end <= height)) {
    throw new Refusal(400, 'invalid-option', `rows=${text}: write A:B with A < B, at most ${height}`);
  }
  if (text !== null && hook.kind !== 'dense') {
    throw new Refusal(400, 'invalid-option', `rows=${text}: layer '${hook.id}' is sent whole`);
  }
  const most = rowsAtOnce(inr, hook) ?? height;
  if (rows.end - rows.first <= most) return rows;
  throw new Refusal(
    413,
    'unsupported',
    `Layer '${hook.id}' is too large to be sent at once: ask for ${most} rows at a time`,
  );
}

/**
 * What makes a layer's source in the page, on one frame, as safetensors; see `LayerSourceMetadata`.
 * @throws Refusal 422 for a layer that its plugin traces itself, 413 for one that is too large
 */
export async function layerSourceFile(
  network: Network,
  hook: LayerHook,
  frame: number,
  rows: Rows,
): Promise<Uint8Array> {
  if (hook.kind === 'dense') return denseFile(network, hook, frame, rows);
  if (hook.kind === 'conv') return convFile(network, hook, frame);
  throw new Refusal(422, 'unsupported', `Only the plugin of layer '${hook.id}' can trace it: ask for maps`);
}

async function denseFile(network: Network, hook: DenseHook, frame: number, rows: Rows) {
  const { width } = network.inr.signal;
  const input = await denseInput(network, hook, frame, rows);
  const pixels = (rows.end - rows.first) * width;
  const { neurons, scale, offset, activation } = denseSource(
    hook,
    network.parameters,
    { [hook.input]: input },
    { pixels, width },
  );
  return encode(
    { input: ndarray([pixels, neurons], input.data), scale: ndarray([neurons], scale) },
    { kind: 'dense', width, offset, activation },
  );
}

/** What a dense layer reads, [pixels, N], evaluated in the tiles of a trace so that it is the same to the last bit. */
async function denseInput(network: Network, hook: DenseHook, frame: number, rows: Rows): Promise<NdArray> {
  const { inr } = network;
  const { width } = inr.signal;
  const { input } = hook;
  const evaluate = async (pixels?: Uint32Array) => (await network.evaluate(frame, [input], pixels))[input].data;
  const neurons = neuronCount(inr, hook);
  const [begin, end] = [rows.first * width * neurons, rows.end * width * neurons];
  if (inr.sampling === 'frames') {
    const whole = await evaluate();
    return ndarray([(end - begin) / neurons, neurons], whole.subarray(begin, end));
  }
  const values = new Float32Array(end - begin);
  const region = { top: rows.first, left: 0, height: rows.end - rows.first, width };
  for (const { pixels, offset } of tilesOf(inr, region)) values.set(await evaluate(pixels), offset * neurons);
  return ndarray([values.length / neurons, neurons], values);
}

async function convFile(network: Network, hook: ConvHook, frame: number): Promise<Uint8Array> {
  const activations = await network.evaluate(frame, [hook.input]);
  const { input, inputShape, kernel, bias, shuffle, activation, path } = convSource(
    hook,
    network.parameters,
    activations,
  );
  if (input.byteLength > LARGEST_SOURCE) {
    throw new Refusal(413, 'unsupported', `Layer '${hook.id}' is too large to be sent: ask for maps`);
  }
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
