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
    'a: conv 3×3, 3 → 6 → cubic to 12×16 → mean of 3×3 → relu → mean of 3×3 → u·0.1 → sum of planes 1, 5 → mean of 3×3',
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
  weightnorm: ['layer1: conv 3×3, 3 → 12 → own sub-pixel of 2×2 → sin(u·5) → mean of 3×3', 'b: conv 3×3, 3 → 3'],
};

async function open(name: string) {
  const arrays: Record<string, Arrays[string]> = {};
  for (const [key, tensor] of (await readCheckpoint(file(`${name}.npz`), {})).tensors) {
    arrays[key] = ndarray(tensor.shape, tensor.float32());
  }
  const bytes = readFileSync(file(`${name}.onnx`));
  const beside = () => {
    throw new Error('no other file is asked for');
  };
  const { config, weights } = onnx.files!.read({ name, bytes, beside, arrays });
  const pixels = arrays.x.shape[0] === HEIGHT * WIDTH;
  const signal = pixels
    ? ({ kind: 'image', frames: 1, height: HEIGHT, width: WIDTH } as const)
    : ({ kind: 'video', frames: 2, height: HEIGHT, width: WIDTH } as const);
  const inr = onnx.build(onnx.config.parse(config), signal);
  return { inr, network: createNetwork(inr, weights, engine), bytes, x: arrays.x };
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

describe('networks of the kinds that people train', () => {
  test.each(Object.keys(READINGS))(
    '%s draws what ONNX Runtime draws, and its contributions are complete',
    async (name) => {
      const { inr, network, bytes, x } = await open(name);
      for (let frame = 0; frame < inr.signal.frames; frame++) {
        const wanted = await original(bytes, x, frame);
        const { output } = await network.evaluate(frame, ['output']);
        expect(Math.max(...output.data.map((value, i) => Math.abs(value - wanted[i])))).toBeLessThan(1e-5);
      }
      const read = [
        ...inr.layers.map(({ id, reading }) => `${id}: ${reading}`),
        ...(inr.untraced ?? []).map(({ id, why }) => `${id} is not traced: ${why}`),
      ];
      expect(read).toEqual(READINGS[name]);
      const tracer = createTracer(network, await createLocalPool());
      for (const { id, neurons } of tracer.layers) {
        const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
        expect(largestError, id).toBeLessThan(1e-6 * largestPreactivation);
        const maps = await tracer.maps(
          id,
          0,
          Array.from({ length: Math.min(neurons, 16) }, (_, n) => n),
        );
        expect(
          maps.some((value) => value !== 0),
          id,
        ).toBe(true);
        expect(maps.every(Number.isFinite), id).toBe(true);
      }
      await network.dispose();
    },
  );
});
