import { pixelCoordinates, sizeOf } from '@xinc/core';
import { createNetwork, initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { describe, expect, test } from 'vitest';
import { configSchema } from './config.js';
import { buildFfn } from './ffn.js';
import { inferConfig } from './infer.js';

const image = { kind: 'image', frames: 1, height: 5, width: 7 } as const;
const defaults = configSchema.parse({});
const build = (config: object = {}, signal = image) => buildFfn(configSchema.parse(config), signal);

describe('the network of the paper', () => {
  test('has 32,971 trainable parameters', () => {
    const trained = build().parameters.filter(({ trainable }) => trainable);
    expect(trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(32_971);
  });

  test('has layers of 208, 104 and 104 neurons, the last without activation and with channels', () => {
    const layers = build().layers.map((hook) => ({ ...hook }) as Record<string, unknown>);
    expect(layers.map(({ id, label, activation, channels }) => ({ id, label, activation, channels }))).toEqual([
      { id: 'layer1', label: 'Layer 1 · 208 Fourier features', activation: 'relu', channels: undefined },
      { id: 'layer2', label: 'Layer 2 · 104 neurons', activation: 'relu', channels: undefined },
      { id: 'layer3', label: 'Layer 3 · 104 neurons', activation: null, channels: ['red', 'green', 'blue'] },
    ]);
  });

  test('computes Fourier features, ReLU layers and a linear output', async () => {
    const inr = build({ width: 4, fourierFeatures: 3, layers: 3, fourierScale: 1 });
    const weights = initializeParameters(inr.parameters, 5);
    const engine = await ort.create({ threads: 1 });
    const network = createNetwork(inr, weights, engine);
    const names = ['output', 'layer1.input', 'layer2.input', 'layer2.preactivation', 'layer3.input'];
    const found = await network.evaluate(0, names);
    for (let p = 0; p < 35; p++) {
      const x = [(2 * Math.floor(p / 7)) / 6 - 1, (2 * (p % 7)) / 6 - 1];
      const angles = [0, 1, 2].map((f) => {
        const [row, column] = weights.frequencies.data.subarray(2 * f, 2 * f + 2);
        return 2 * Math.PI * (row * x[0] + column * x[1]);
      });
      let values = [...angles.map(Math.sin), ...angles.map(Math.cos)];
      const layer = (number: number) => {
        const { data, shape } = weights[`layer${number}.weight`];
        const bias = weights[`layer${number}.bias`].data;
        return Array.from({ length: shape[0] }, (_, o) =>
          values.reduce((sum, value, n) => sum + value * data[o * shape[1] + n], bias[o]),
        );
      };
      const compare = (name: string) => {
        const width = found[name].shape[1];
        for (const [n, value] of values.entries()) expect(found[name].data[p * width + n]).toBeCloseTo(value, 5);
      };
      compare('layer1.input');
      values = layer(1).map((z) => Math.max(z, 0));
      compare('layer2.input');
      values = layer(2);
      compare('layer2.preactivation');
      values = values.map((z) => Math.max(z, 0));
      compare('layer3.input');
      values = layer(3);
      compare('output');
    }
    await network.dispose();
    await engine.dispose();
  });
});

describe('coordinates', () => {
  test('keep the proportions of the picture: the longer side spans −1 to 1', () => {
    const wide = { ...image, height: 2, width: 5 };
    expect([...pixelCoordinates(wide, Uint32Array.of(0, 4, 9), defaults)]).toEqual([-1, -1, -1, 1, -0.5, 1]);
  });

  test('of a one-pixel picture are a number', () => {
    expect([...pixelCoordinates({ ...image, height: 1, width: 1 }, Uint32Array.of(0), defaults)]).toEqual([-1, -1]);
  });
});

describe('settings', () => {
  test('are read from text, as the command line gives them', () => {
    expect(configSchema.parse({ width: '64', fourierScale: '2.5' })).toMatchObject({ width: 64, fourierScale: 2.5 });
  });

  test.each([{ width: 0 }, { layers: 0 }, { fourierScale: -1 }, { batch: 1.5 }, { width: 'wide' }])(
    'refuse %j',
    (config) => {
      expect(configSchema.safeParse(config).success).toBe(false);
    },
  );

  test('a network of one layer goes from the features to the picture', () => {
    const inr = build({ layers: 1, fourierFeatures: 8 });
    expect(inr.parameters.map(({ shape }) => shape)).toEqual([[8, 2], [3, 16], [3]]);
  });

  test('may give every hidden layer a width of its own', () => {
    const inr = build({ widths: '256, 64,32', fourierFeatures: 8 });
    const weights = inr.parameters.filter(({ name }) => name.endsWith('weight'));
    expect(weights.map(({ shape }) => shape)).toEqual([
      [256, 16],
      [64, 256],
      [32, 64],
      [3, 32],
    ]);
    expect(inr.layers.map(({ label }) => label)).toEqual([
      'Layer 1 · 16 Fourier features',
      'Layer 2 · 256 neurons',
      'Layer 3 · 64 neurons',
      'Layer 4 · 32 neurons',
    ]);
    for (const widths of ['', '4,zero', '4,0', [], {}]) expect(configSchema.safeParse({ widths }).success).toBe(false);
  });

  test('are inferred from weights of different widths, in the order of their numbers', () => {
    const names = Array.from({ length: 11 }, (_, i) => `net.${2 * i}.weight`).sort();
    const widths = [9, 8, 7, 6, 5, 4, 5, 6, 7, 8];
    const outputs = [...widths, 3];
    const shape = (name: string) => {
      const layer = Number(name.split('.')[1]) / 2;
      return [outputs[layer], layer === 0 ? 20 : outputs[layer - 1]];
    };
    const shapes = { B: [10, 2], ...Object.fromEntries(names.map((name) => [name, shape(name)])) };
    expect(inferConfig(shapes)).toEqual({ fourierFeatures: 10, widths });
  });

  test('are inferred from the shapes of published weights', () => {
    const shapes = {
      'positional_encoding.B': [64, 2],
      'net.0.linear.weight': [32, 128],
      'net.0.linear.bias': [32],
      'net.1.linear.weight': [32, 32],
      'net.2.linear.weight': [3, 32],
    };
    expect(inferConfig(shapes)).toEqual({ fourierFeatures: 64, width: 32, layers: 3 });
    expect(inferConfig({ unrelated: [4, 4, 3, 3] })).toEqual({});
    // Two networks stacked: the biases look like frequencies, and no layer is there.
    expect(inferConfig({ B: [2, 6, 2], '0.weight': [2, 8, 12], '0.bias': [2, 8], '2.bias': [2, 3] })).toEqual({});
  });
});

test('a video is refused', () => {
  expect(() => build({}, { ...image, kind: 'video', frames: 4 } as never)).toThrow(
    'An FFN represents one image, and this is a video. Use `model: nerv`, or give one picture.',
  );
});

test('fixed frequencies are drawn with the scale asked for', () => {
  const inr = build({ fourierScale: 3, fourierFeatures: 2000 });
  const { data } = initializeParameters(inr.parameters, 0).frequencies;
  const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  expect(Math.sqrt(variance)).toBeCloseTo(3, 0);
});
