import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readCheckpoint } from '@xinc/checkpoints';
import { type Arrays, type Engine, ndarray, sizeOf } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import onnx from '../src/index.js';

/* Files of test/fixtures/make_networks.py. */
const HEIGHT = 12;
const WIDTH = 16;

const file = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

/** What each layer is read as. */
const READINGS: Readonly<Record<string, readonly string[]>> = {
  skips: ['a: dense, 2 → 9 → relu', 'b: dense, 9 → 7 → relu', 'c: dense, 9 → 3'],
  gates: [
    'f1: dense, 2 → 8 → sin(u·3)',
    'w: dense, 8 → 8 → times a gate',
    'f2: dense, 2 → 8 → sin(u·3)',
    'out: dense, 8 → 3',
  ],
  gauss: ['a: dense, 2 → 10 → exp(−(u·2)²)', 'b: dense, 10 → 10 → exp(−(u·2)²)', 'c: dense, 10 → 3'],
  dilated: [
    'a: conv 3×3, 3 → 6, dilation 2 → tanh → nearest ×2 → mean of 3×3 → silu → mean of 3×3',
    'b: conv 3×3, 6 → 8, 2 groups → silu → mean of 3×3',
    'c: conv 3×3, 8 → 3',
  ],
  transposed: [
    'a: transposed conv 4×4, 3 → 6, stride 2 → relu → spread over 3×3, stride 1×1 → gelu',
    'b: transposed conv 3×3, 6 → 5 → gelu',
    'c: conv 1×1, 5 → 3',
  ],
  residual: [
    'a: conv 3×3, 3 → 6 → cubic to 12×16 (plane 1) → mean of 3×3 → relu → mean of 3×3 → u·0.1 (plane 5) → sum of planes 1, 5 → mean of 3×3',
    'b: conv 3×3, 6 → 6 → relu → mean of 3×3 → u·0.1 → mean of 3×3',
    'c: conv 3×3, 6 → 6 → u·0.1 → mean of 3×3',
    'd: conv 3×3, 6 → 3',
  ],
  shuffled: ['a: conv 3×3, 3 → 16 → own sub-pixel of 2×2 → gelu → mean of 3×3', 'b: conv 3×3, 4 → 3'],
  normalised: [
    'a: conv 3×3, 3 → 8 → linear to 12×16 → divided by a held value → times a held value → mean of 3×3 → leakyRelu0.2 → times a held value',
    'b: conv 3×3, 8 → 8 → leakyRelu0.2 → times a held value',
    'c: conv 1×1, 8 → 3',
    "s is not traced: of 'mul' (1×8×12×16) on its way to the picture, it repeats pixels",
  ],
  stem: [
    'stem: dense, 5 → 4×12×16 → gelu → mean of 3×3 → relu → mean of 2×2 → mean of 3×3 → nearest ×2',
    'a: conv 3×3, 4 → 8 → relu → mean of 2×2 → mean of 3×3 → nearest ×2',
    'b: conv 3×3, 8 → 12 → own sub-pixel of 2×2',
  ],
  rows: [
    'layer1: dense, 2 → 8 → sine',
    'layer2: dense, 8 → 8 → sine',
    'layer3: dense, 8 → 8 → sine',
    'layer4: dense, 8 → 3',
  ],
  wire: ['a: dense, 2 → 8 → cos(u·4)·exp(−(u·2)²)', 'b: dense, 8 → 8 → cos(u·4)·exp(−(u·2)²)', 'c: dense, 8 → 3'],
  block: [
    'd: conv 5×5, 3 → 3, 3 groups → divided by a held value → times a held value → gelu → mean of 3×3 → nearest ×2',
    'layer2: dense, 3 → 10, at 6×8 places → gelu → mean of 3×3 → nearest ×2',
    'layer3: dense, 10 → 3, at 6×8 places → mean of 3×3 → nearest ×2',
    'h: conv 3×3, 3 → 12 → own sub-pixel of 2×2',
  ],
  joined: [
    'a: conv 3×3, 3 → 6 → relu (plane 1) → mean of 3×3 → relu → spread over 4×4, stride 2×2 → elu (plane 5) → sum of planes 1, 5',
    'b: conv 3×3, 6 → 6, stride 2 → relu → spread over 4×4, stride 2×2 → elu',
    'c: transposed conv 4×4, 6 → 6, stride 2 → elu',
    'd: conv 1×1, 12 → 3',
  ],
  learned: ['a: dense, 6 → 8 → relu', 'c: dense, 8 → 3'],
  grouped: [
    'a: conv 3×3, 3 → 8 → divided by a held value → times a held value → times a held value → silu → mean of 3×3 → nearest ×2',
    'b: conv 3×3, 8 → 12 → own sub-pixel of 2×2',
  ],
  tokens: [
    'layer3: dense, 3 → 3, at 6×8 places → pixels mixed by held weights (plane 1) → gelu (plane 2) → sum of planes 1, 2 → nearest ×2',
    'layer4: dense, 3 → 3, at 6×8 places (plane 0) → gelu (plane 1) → sum of planes 0, 1 → nearest ×2',
    'layer5: dense, 3 → 10, at 6×8 places → gelu → nearest ×2',
    'layer6: dense, 10 → 3, at 6×8 places → nearest ×2',
    'o: conv 1×1, 3 → 12 → own sub-pixel of 2×2',
    'layer1 is not traced: it reaches the picture only through means, weights or places that are held',
    'layer2 is not traced: it reaches the picture only through means, weights or places that are held',
  ],
  weightnorm: ['layer1: conv 3×3, 3 → 12 → own sub-pixel of 2×2 → sin(u·5) → mean of 3×3', 'b: conv 3×3, 3 → 3'],
};

async function arraysOf(name: string, ending: string): Promise<Arrays> {
  const { tensors } = await readCheckpoint(file(name.replace(/-dynamo$/, '') + ending), {});
  return Object.fromEntries([...tensors].map(([key, tensor]) => [key, ndarray(tensor.shape, tensor.float32())]));
}

async function open(name: string) {
  const { x } = await arraysOf(name, '.npz');
  const expected = await arraysOf(name, '.expected.npz');
  const bytes = readFileSync(file(`${name}.onnx`));
  const beside = () => {
    throw new Error('no other file is asked for');
  };
  const { config, weights } = onnx.files!.read({ name, bytes, beside, arrays: { x } });
  const pixels = x.shape[0] === HEIGHT * WIDTH;
  const signal = pixels
    ? ({ kind: 'image', frames: 1, height: HEIGHT, width: WIDTH } as const)
    : ({ kind: 'video', frames: 2, height: HEIGHT, width: WIDTH } as const);
  const inr = onnx.build(onnx.config.parse(config), signal);
  return { inr, network: createNetwork(inr, weights, engine), bytes, x, expected };
}

/** ONNX Runtime's own reading of the file. */
async function original(bytes: Uint8Array, x: Arrays[string], frame: number): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const pixels = x.shape[0] === HEIGHT * WIDTH;
  const shape = pixels ? x.shape : [1, ...x.shape.slice(1)];
  const values = x.data.subarray(frame * sizeOf(shape), (frame + 1) * sizeOf(shape));
  const { rgb } = await session.run({ x: new Tensor('float32', values, shape) });
  await session.release();
  return rgb.data as Float32Array;
}

const NAMES = Object.keys(READINGS).flatMap((name) => [name, `${name}-dynamo`]);

describe('networks of the kinds that people train, by both exporters', () => {
  test.each(NAMES)('%s draws what PyTorch and ONNX Runtime draw, and its contributions are complete', async (name) => {
    const { inr, network, bytes, x, expected } = await open(name);
    const pictures = sizeOf(expected.rgb.shape) / inr.signal.frames;
    for (let frame = 0; frame < inr.signal.frames; frame++) {
      const wanted = await original(bytes, x, frame);
      const { output } = await network.evaluate(frame, ['output']);
      expect(Math.max(...output.data.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-5);
      const trained = expected.rgb.data.subarray(frame * pictures, (frame + 1) * pictures);
      expect(Math.max(...output.data.map((value, i) => Math.abs(value - trained[i])))).toBeLessThan(1e-5);
    }
    if (!name.endsWith('-dynamo')) {
      const read = [
        ...inr.layers.map(({ id, reading }) => `${id}: ${reading}`),
        ...(inr.untraced ?? []).map(({ id, why }) => `${id} is not traced: ${why}`),
      ];
      expect(read).toEqual(READINGS[name]);
    }
    const tracer = createTracer(network, await createLocalPool());
    for (const { id } of tracer.layers) {
      const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
      expect(largestError, id).toBeLessThan(1e-6 * largestPreactivation);
    }
    await network.dispose();
  });

  test.each(NAMES)('%s: contributions are those computed by hand from the tables', async (name) => {
    const { inr, network, expected } = await open(name);
    const byHand = Object.keys(expected).flatMap((key) => (key.endsWith('.sums') ? [key.slice(0, -5)] : []));
    // The exporters name some weights differently; the layers come in one order.
    expect(inr.layers).toHaveLength(byHand.length);
    const tracer = createTracer(network, await createLocalPool());
    const area = HEIGHT * WIDTH;
    for (const [position, { id, neurons }] of tracer.layers.entries()) {
      const layer = byHand[position];
      const maps = await tracer.maps(
        id,
        0,
        Array.from({ length: neurons }, (_, n) => n),
      );
      const sums = expected[`${layer}.sums`].data;
      expect(neurons, id).toBe(sums.length);
      for (let n = 0; n < neurons; n++) {
        const sum = maps.subarray(n * area, (n + 1) * area).reduce((total, value) => total + Math.abs(value), 0);
        expect(Math.abs(sum - sums[n]), `${id}, neuron ${n}`).toBeLessThan(1e-4 * sums[n] + 1e-6);
      }
      const wanted = expected[`${layer}.maps`].data;
      for (const [i, n] of expected[`${layer}.picked`].data.entries()) {
        const map = wanted.subarray(i * area, (i + 1) * area);
        const largest = Math.max(...map.map(Math.abs));
        const error = Math.max(...map.map((value, p) => Math.abs(value - maps[n * area + p])));
        expect(error, `${id}, neuron ${n}`).toBeLessThan(1e-4 * largest + 1e-6);
      }
    }
    await network.dispose();
  });
});
