import { type Engine, type InrPlugin, ndarray, type Signal, type SignalShape } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { trySettings } from '../src/import/try-settings.js';

const shape: SignalShape = { kind: 'image', frames: 1, height: 8, width: 8 };
const NAMES = ['a', 'b', 'c', 'd'] as const;
const VALUES = [0, 1, 2, 3];
const amount = z.number().default(0).describe('How much of a wave there is');

type Config = Record<(typeof NAMES)[number], number>;
/** Wave k at pixel p: waves of other frequencies have nothing in common, so that each setting costs something by itself. */
const wave = (k: number, p: number) => Math.cos((Math.PI * (k + 1) * (p + 0.5)) / 64);
const drawn = (config: Config, p: number) => 0.02 * NAMES.reduce((sum, name, k) => sum + config[name] * wave(k, p), 25);

/** A picture of waves, each of which a setting that no weight shows makes larger. */
const plugin: InrPlugin<Config> = {
  kind: 'inr',
  name: 'waves',
  title: 'Waves',
  description: 'Waves.',
  signals: ['image'],
  config: z.object({ a: amount, b: amount, c: amount, d: amount }),
  unshown: Object.fromEntries(NAMES.map((name) => [name, VALUES])),
  build: (config, signal) => ({
    signal,
    sampling: 'pixels',
    parameters: [{ name: 'shift', shape: [3], init: { kind: 'constant', value: 0 }, trainable: true }],
    inputs: (_frames, pixels = new Uint32Array()) => ({
      light: ndarray(
        [pixels.length, 1],
        Float32Array.from(pixels, (p) => drawn(config, p)),
      ),
    }),
    forward: (ops, { shift }, { light }) => ({ output: ops.add(light, shift) }),
    layers: [],
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 1e-3,
      schedule: () => 1,
      steps: 1,
      batch: 1,
    },
  }),
};

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

test('several settings that are wrong, each of which costs something, are found before pairs of others take the time', async () => {
  const right = { a: 3, b: 1, c: 2, d: 3 };
  const rgb = Float32Array.from({ length: 3 * 64 }, (_, i) => drawn(right, Math.floor(i / 3)));
  const signal = { shape, frame: async () => ({ height: 8, width: 8, rgb }) } as unknown as Signal;
  const assumed = plugin.config.parse({});
  // A clock that is looked at 70 times: there are 12 single changes and 54 pairs.
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 8000 / 70));
  try {
    const { better } = await trySettings(
      {
        plugin: plugin as InrPlugin,
        config: assumed,
        assumed,
        inr: plugin.build(assumed, shape),
        weights: { shift: ndarray([3], new Float32Array(3)) },
        signal,
        psnr: 5,
      },
      engine,
      undefined,
    );
    expect(better?.changes).toEqual(right);
    expect(better?.psnr).toBeGreaterThan(100);
  } finally {
    clock.mockRestore();
  }
});
