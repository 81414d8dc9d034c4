import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Checkpoint, decodeCheckpoint, readCheckpoint } from '@xinc/checkpoints';
import {
  type Arrays,
  type Engine,
  type InrPlugin,
  isXincError,
  meanSquaredError,
  type NdArray,
  ndarray,
  psnrOfError,
  type Shape,
  type Signal,
  type SignalShape,
  sizeOf,
  type XincError,
} from '@xinc/core';
import { clampFrame, createNetwork, initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import hnerv from '@xinc/model-hnerv';
import { openSignal } from '@xinc/signals';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dict, type Writable } from '../../checkpoints/test/pickle-writer.js';
import { tensor, torchFile } from '../../checkpoints/test/torch-writer.js';
import { chooseNetwork } from '../src/import/choose-network.js';
import { findNetworks } from '../src/import/find-networks.js';

const plugin = hnerv as InrPlugin;
const shape: SignalShape = { kind: 'video', frames: 3, height: 8, width: 16 };
const inr = plugin.build(
  plugin.config.parse({ widths: [8, 6, 5], strides: [2, 2], embeddingChannels: 3, kernelSizes: [1, 3, 3] }),
  shape,
);
const weights = initializeParameters(inr.parameters, 5);
const { embeddings, ...convolutions } = weights;
const { names } = inr.checkpoints![0];
const decoder = Object.fromEntries(Object.entries(convolutions).map(([name, array]) => [names[name], array]));

let engine: Engine;
let signal: Signal;
/** The signal is what the network draws. */
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
  const network = createNetwork(inr, weights, engine);
  const frames = await Promise.all([0, 1, 2].map(async (frame) => clampFrame(await network.reconstruct(frame))));
  await network.dispose();
  const source = { path: 'clip', sha256: '', originalHeight: 8, originalWidth: 16, notes: [] };
  signal = { shape, source, frame: async (index) => frames[index] };
});
afterAll(() => engine.dispose());

/** A file of `torch.save`: dicts of arrays, any of them as the authors' 8-bit form. */
function saved(content: Readonly<Record<string, Content>>): Checkpoint {
  const storages: Record<string, ArrayBufferView> = {};
  const stored = (values: ArrayBufferView, of: Shape, type: string): Writable => {
    const key = String(Object.keys(storages).length);
    storages[key] = values;
    return tensor({ key, shape: of, type });
  };
  const write = (value: Content): Writable => {
    if (!('data' in value)) return dict(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, write(v)])));
    const { data, shape: of } = value as NdArray & { readonly eightBits?: boolean };
    if (!('eightBits' in value)) return stored(data, of, 'FloatStorage');
    const [least, most] = [Math.min(...data), Math.max(...data)];
    const scale = (most - least) / 255 || 1;
    return dict({
      quant: stored(
        Uint8Array.from(data, (x) => Math.round((x - least) / scale)),
        of,
        'ByteStorage',
      ),
      min: stored(Float32Array.of(least), [], 'FloatStorage'),
      scale: stored(Float32Array.of(scale), [], 'FloatStorage'),
    });
  };
  return decodeCheckpoint(torchFile({ content: write(content), storages }), 'hnerv.pth');
}
type Content = NdArray | { readonly [key: string]: Content };

const inEightBits = (arrays: Arrays) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, { ...array, eightBits: true }]));

const find = (checkpoint: Checkpoint, of = shape, more: { given?: Record<string, unknown>; key?: string } = {}) =>
  findNetworks(checkpoint, { plugin, given: {}, signal: of, models: [plugin], ...more });
const choose = async (checkpoint: Checkpoint) => chooseNetwork(find(checkpoint), signal, engine, undefined);

async function psnrOf({ network, weights: taken }: Awaited<ReturnType<typeof choose>>['taken']): Promise<number> {
  const drawn = createNetwork(network.inr, taken, engine);
  const error = meanSquaredError(clampFrame(await drawn.reconstruct(1)), await signal.frame(1));
  await drawn.dispose();
  return psnrOfError(error);
}

function refusal(make: () => unknown): XincError {
  try {
    make();
  } catch (error) {
    if (isXincError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('an HNeRV is imported', () => {
  test.each<[string, () => Readonly<Record<string, Content>>, number]>([
    ['decoder and embeddings side by side', () => ({ embed: embeddings, ...decoder }), Number.POSITIVE_INFINITY],
    ['embeddings beside its state dict', () => ({ embed: embeddings, state_dict: decoder }), Number.POSITIVE_INFINITY],
    [
      'embeddings around it',
      () => ({ run: { decoder: { model: decoder }, embed: embeddings } }),
      Number.POSITIVE_INFINITY,
    ],
    ['the published 8-bit form', () => ({ ...inEightBits({ embed: embeddings }), model: inEightBits(decoder) }), 45],
  ])('%s', async (_, content, decibels) => {
    const { taken, all } = await choose(saved(content()));
    expect(all).toHaveLength(1);
    expect(taken.network.assumed).toEqual({ output: 'tanh', activation: 'gelu' });
    expect(await psnrOf(taken)).toBeGreaterThanOrEqual(decibels);
  });

  test('averaged weights and the others share their embeddings; the ones that draw the signal best are taken', async () => {
    const halved = Object.fromEntries(
      Object.entries(decoder).map(([name, { shape: of, data }]) => [
        name,
        ndarray(
          of,
          (data as Float32Array).map((x) => x / 2),
        ),
      ]),
    );
    const file = saved({ embed: embeddings, model: halved, ema: decoder });
    const { taken, all } = await choose(file);
    expect(all.map(({ network }) => network.key)).toEqual(['model', 'ema']);
    expect(taken.network.key).toBe('ema');
    expect(find(file, shape, { key: 'model' }).map(({ key }) => key)).toEqual(['model']);
  });

  test('a signal of some of its frames says which they are', async () => {
    const one: SignalShape = { ...shape, kind: 'image', frames: 1 };
    const file = saved({ embed: embeddings, model: decoder });
    expect(refusal(() => find(file, one)).message).toBe(
      "hnerv: the network has 3 embeddings, one for each frame, and the signal has 1 frame. Say which of them the signal's frames are, as `at: 0:1`, or give the whole signal.",
    );
    const [network] = find(file, one, { given: { at: '1' } });
    const drawn = createNetwork(network.inr, network.weights(), engine);
    expect((await drawn.reconstruct(0)).rgb).toEqual((await signal.frame(1)).rgb);
    await drawn.dispose();
  });
});

describe('beside an encoder', () => {
  const layer = (name: string, of: Shape): [string, NdArray][] => [
    [`${name}.weight`, drawn(of)],
    [`${name}.bias`, drawn([of[0]])],
  ];
  const drawn = (of: Shape) =>
    ndarray(
      of,
      Float32Array.from({ length: sizeOf(of) }, (_, i) => Math.sin(i + of[0])),
    );
  const encoder = Object.fromEntries([
    ...layer('encoder.downsample_layers.0.0', [3, 3, 4, 4]),
    ...layer('encoder.downsample_layers.0.1', [3]),
  ]);

  test('embeddings that are missing are computed from the frames, and the encoder is left out', async () => {
    const { taken } = await choose(saved({ epoch: {}, state_dict: { ...encoder, ...decoder } }));
    expect(Object.keys(taken.weights).sort()).toEqual(Object.keys(weights).sort());
    const { data, shape: of } = taken.weights.embeddings;
    expect(of).toEqual([3, 3, 2, 4]);
    // The first cell of frame 1, by hand.
    const { rgb } = await signal.frame(1);
    const [kernel, bias, scale, shift] = Object.values(encoder).map((array) => array.data);
    const z = [0, 1, 2].map((o) => {
      let sum = bias[o];
      for (let c = 0; c < 3; c++) {
        for (let p = 0; p < 16; p++) sum += kernel[(o * 3 + c) * 16 + p] * rgb[3 * (16 * (p >> 2) + (p & 3)) + c];
      }
      return sum;
    });
    const mean = (z[0] + z[1] + z[2]) / 3;
    const deviation = Math.sqrt(z.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3 + 1e-6);
    for (const o of [0, 1, 2]) {
      expect(data[24 + 8 * o]).toBeCloseTo(((z[o] - mean) / deviation) * scale[o] + shift[o], 4);
    }
  });

  test('embeddings that are there are taken', async () => {
    const { taken } = await choose(saved({ embed: embeddings, state_dict: { ...encoder, ...decoder } }));
    expect(taken.network.encoding).toBeUndefined();
    expect(await psnrOf(taken)).toBe(Number.POSITIVE_INFINITY);
  });

  test('without either the embeddings are asked for', () => {
    const said =
      "1 of 9 parameters is missing. An HNeRV draws each frame from an embedding: save them beside the decoder, in PyTorch {'state_dict': model.state_dict(), 'embed': embeddings} of shape [frames, channels, rows, columns], or save its ConvNeXt encoder with it.";
    expect(refusal(() => find(saved({ state_dict: decoder }))).message).toBe(
      `hnerv.pth does not fit the model: ${said}`,
    );
  });

  test('what an encoder makes has to be numbers', async () => {
    const broken = {
      ...encoder,
      'encoder.downsample_layers.0.1.weight': ndarray([3], Float32Array.of(3e38, 3e38, 3e38)),
    };
    await expect(choose(saved({ ...broken, ...decoder }))).rejects.toThrow('The encoder makes no numbers of frame 0');
  });
});

const REFERENCE = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));

describe.skipIf(!existsSync(REFERENCE))('the published file of the video bunny', () => {
  test('draws frame 44 at the published 30.90 dB', async () => {
    const folder = `${REFERENCE}/hnerv-bunny`;
    const picture = await openSignal(`${folder}/frame-00044.png`);
    const checkpoint = await readCheckpoint(`${folder}/quant_vid.pth`);
    const [network] = find(checkpoint, picture.shape, { given: { at: '44' } });
    const drawn = createNetwork(network.inr, network.weights(), engine);
    const error = meanSquaredError(clampFrame(await drawn.reconstruct(0)), await picture.frame(0));
    await drawn.dispose();
    expect(psnrOfError(error)).toBeCloseTo(30.9, 2);
  });
});
