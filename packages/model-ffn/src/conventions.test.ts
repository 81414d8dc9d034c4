import { type Engine, pixelCoordinates } from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, initializeParameters, type KernelPool } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema, type FfnConfig } from './config.js';
import { buildFfn } from './ffn.js';
import { inferConfig } from './infer.js';

const signal = { kind: 'image', frames: 1, height: 3, width: 5 } as const;
const small = { width: 4, fourierFeatures: 3, layers: 3, fourierScale: 0.7 };

let engine: Engine;
let pool: KernelPool;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
  pool = await createLocalPool();
});
afterAll(async () => {
  await pool.dispose();
  await engine.dispose();
});

/** Rows of 3 × 5 pixels and their columns, by the settings that place them. */
const POSITIONS: readonly [FfnConfig['coordinates'], rows: number[], columns: number[]][] = [
  ['longest', [-1, -0.5, 0], [-1, -0.5, 0, 0.5, 1]],
  ['linspace', [-1, 0, 1], [-1, -0.5, 0, 0.5, 1]],
  ['centres', [-2 / 3, 0, 2 / 3], [-0.8, -0.4, 0, 0.4, 0.8]],
  ['unit', [0, 1 / 3, 2 / 3], [0, 0.2, 0.4, 0.6, 0.8]],
  ['unit-linspace', [0, 0.5, 1], [0, 0.25, 0.5, 0.75, 1]],
  ['unit-centres', [1 / 6, 0.5, 5 / 6], [0.1, 0.3, 0.5, 0.7, 0.9]],
];

describe('coordinates', () => {
  test.each(POSITIONS)('%s', (coordinates, rows, columns) => {
    const pixels = Uint32Array.from({ length: 15 }, (_, p) => p);
    const yx = pixelCoordinates(signal, pixels, { coordinates, axes: 'yx' });
    const xy = pixelCoordinates(signal, pixels, { coordinates, axes: 'xy' });
    const expected = rows.flatMap((row) => columns.flatMap((column) => [row, column]));
    expect(yx).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) {
      expect(yx[i]).toBeCloseTo(value, 6);
      expect(xy[i ^ 1]).toBeCloseTo(value, 6);
    }
  });

  test.each(POSITIONS.map(([name]) => name))('%s of a one-pixel picture are numbers', (coordinates) => {
    const found = pixelCoordinates({ ...signal, height: 1, width: 1 }, Uint32Array.of(0), { coordinates, axes: 'yx' });
    expect(found.every(Number.isFinite)).toBe(true);
  });
});

const ACTIVATE: { readonly [K in FfnConfig['activation']]: (z: number) => number } = {
  relu: (z) => Math.max(z, 0),
  leakyRelu: (z) => (z < 0 ? 0.01 * z : z),
  'leakyRelu0.1': (z) => (z < 0 ? 0.1 * z : z),
  'leakyRelu0.2': (z) => (z < 0 ? 0.2 * z : z),
  // erf by its series.
  gelu: (z) => {
    let [term, sum] = [z / Math.SQRT2, z / Math.SQRT2];
    for (let n = 1; n < 60; n++) {
      term *= -((z / Math.SQRT2) ** 2) / n;
      sum += term / (2 * n + 1);
    }
    return 0.5 * z * (1 + (2 / Math.sqrt(Math.PI)) * sum);
  },
  silu: (z) => z / (1 + Math.exp(-z)),
  sine: Math.sin,
  tanh: Math.tanh,
};
const FINISH: { readonly [K in FfnConfig['output']]: (z: number) => number } = {
  none: (z) => z,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: (z) => Math.tanh(z) / 2 + 0.5,
  signed: (z) => z / 2 + 0.5,
};
const ORDER: { readonly [K in FfnConfig['featureOrder']]: (angles: number[]) => number[] } = {
  'sines-first': (angles) => [...angles.map(Math.sin), ...angles.map(Math.cos)],
  'cosines-first': (angles) => [...angles.map(Math.cos), ...angles.map(Math.sin)],
  pairs: (angles) => angles.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]),
};
const PHASE: { readonly [K in FfnConfig['phaseFactor']]: number } = { '2pi': 2 * Math.PI, pi: Math.PI, 1: 1 };

/** Every value of every setting, once. */
const VARIANTS: readonly Partial<FfnConfig>[] = [
  ...Object.keys(ACTIVATE).map((activation) => ({ activation }) as Partial<FfnConfig>),
  ...Object.keys(FINISH).map((output) => ({ output }) as Partial<FfnConfig>),
  ...Object.keys(ORDER).map((featureOrder) => ({ featureOrder }) as Partial<FfnConfig>),
  ...Object.keys(PHASE).map((phaseFactor) => ({ phaseFactor }) as Partial<FfnConfig>),
];

test.each(VARIANTS)('the forward pass is as %j says, and contributions of every layer add up', async (variant) => {
  const config = configSchema.parse({ ...small, ...variant });
  const inr = buildFfn(config, signal);
  const weights = initializeParameters(inr.parameters, 7);
  const network = createNetwork(inr, weights, engine);
  const { output } = await network.evaluate(0, ['output']);
  const coordinates = pixelCoordinates(
    signal,
    Uint32Array.from({ length: 15 }, (_, p) => p),
    config,
  );
  for (let p = 0; p < 15; p++) {
    const angles = [0, 1, 2].map((f) => {
      const [a, b] = weights.frequencies.data.subarray(2 * f, 2 * f + 2);
      return PHASE[config.phaseFactor] * (a * coordinates[2 * p] + b * coordinates[2 * p + 1]);
    });
    let values = ORDER[config.featureOrder](angles);
    for (const number of [1, 2, 3]) {
      const { data, shape } = weights[`layer${number}.weight`];
      const bias = weights[`layer${number}.bias`].data;
      const z = Array.from({ length: shape[0] }, (_, o) =>
        values.reduce((sum, value, n) => sum + value * data[o * shape[1] + n], bias[o]),
      );
      values = z.map(number === 3 ? FINISH[config.output] : ACTIVATE[config.activation]);
    }
    for (const [c, value] of values.entries()) expect(output.data[3 * p + c]).toBeCloseTo(value, 5);
  }
  const tracer = createTracer(network, pool);
  for (const { id } of inr.layers) {
    const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
    expect(largestError, id).toBeLessThan(2e-6 * Math.max(1, largestPreactivation));
  }
  // c_n = f(x_n · Σ_o W[o,n] + Σ_o b[o] / N), of the second layer's first neuron.
  const map = await tracer.maps('layer2', 0, [0]);
  const { 'layer2.input': input } = await network.evaluate(0, ['layer2.input']);
  const { data: weight, shape } = weights['layer2.weight'];
  const scale = [0, 1, 2, 3].reduce((sum, o) => sum + weight[o * shape[1]], 0);
  const offset = weights['layer2.bias'].data.reduce((a, b) => a + b, 0) / 4;
  for (let p = 0; p < 15; p++) {
    expect(map[p]).toBeCloseTo(ACTIVATE[config.activation](input.data[4 * p] * scale + offset), 5);
  }
  await network.dispose();
});

test('the settings do not change what is drawn at random', () => {
  const drawn = (config: object) =>
    initializeParameters(buildFfn(configSchema.parse({ ...small, ...config }), signal).parameters, 3);
  expect(drawn({ activation: 'sine', coordinates: 'unit', output: 'sigmoid' })).toEqual(drawn({}));
});

describe('of a broken network the configuration is told by what is whole', () => {
  const shapes = {
    B: [10, 2],
    'net.0.weight': [8, 20],
    'net.0.bias': [8],
    'net.2.weight': [8, 8],
    'net.2.bias': [8],
    'net.4.weight': [3, 8],
    'net.4.bias': [3],
  };
  const { 'net.2.weight': _, ...gap } = shapes;

  test.each<[string, Record<string, number[]>]>([
    ['a weight that is missing', gap],
    ['a weight of another shape', { ...shapes, 'net.2.weight': [8, 9] }],
    ['a bias of another shape', { ...shapes, 'net.0.bias': [7] }],
    ['a transposed weight', { ...shapes, 'net.0.weight': [20, 8] }],
  ])('%s', (_case, broken) => {
    expect(inferConfig(broken)).toEqual({ fourierFeatures: 10, layers: 3, width: 8 });
  });
});
