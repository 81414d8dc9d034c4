import { ndarray } from '@xinc/core';
import { runReference } from '@xinc/core/testing';
import { describe, expect, test } from 'vitest';
import { ACTIVATION_NAMES, ACTIVATIONS, type ActivationName } from './activations.js';
import hnerv from './index.js';

const relu6 = (x: number) => Math.min(Math.max(x, 0), 6);
const leaky = (slope: number) => (x: number) => (x < 0 ? slope * x : x);

test.each<[ActivationName, (x: number) => number]>([
  ['relu', (x) => Math.max(x, 0)],
  ['leakyRelu', leaky(0.01)],
  ['leakyRelu0.1', leaky(0.1)],
  ['leakyRelu0.2', leaky(0.2)],
  ['silu', (x) => x / (1 + Math.exp(-x))],
  ['sine', Math.sin],
  ['softplus', (x) => Math.log1p(Math.exp(x))],
  ['relu6', relu6],
  ['hardSwish', (x) => (x * relu6(x + 3)) / 6],
])('%s is what PyTorch calls so', (name, expected) => {
  const x = [-7, -3, -1.5, -0.1, 0, 0.4, 2.9, 3, 5.5, 7];
  const { y } = runReference((ops, values) => ({ y: ACTIVATIONS[name](ops, values.x) }), {
    x: ndarray([x.length], Float32Array.from(x)),
  });
  for (const [i, value] of x.entries()) expect(y.data[i]).toBeCloseTo(expected(Math.fround(value)), 6);
});

describe.each(ACTIVATION_NAMES)('with %s', (activation) => {
  test('kernels trace every layer', () => {
    const config = hnerv.config.parse({ activation, widths: [4, 4, 4], strides: [2, 2], embeddingChannels: 2 });
    const { layers, untraced } = hnerv.build(config, { kind: 'image', frames: 1, height: 8, width: 8 });
    expect(untraced).toEqual([]);
    expect(layers.map(({ id }) => id)).toEqual(['stem', 'block1', 'block2', 'head']);
    expect(layers.filter(({ kind }) => kind === 'custom')).toEqual([]);
  });
});
