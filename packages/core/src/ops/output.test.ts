import { describe, expect, test } from 'vitest';
import { ndarray } from '../ndarray.js';
import { runReference } from '../testing/reference-ops.js';
import { applyOutput } from './output.js';

describe('the picture of last outputs -2, 0 and 1', () => {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  test.each([
    ['none', [-2, 0, 1]],
    ['signed', [-0.5, 0.5, 1]],
    ['half', [-1.5, 0.5, 1.5]],
    ['sigmoid', [sigmoid(-2), 0.5, sigmoid(1)]],
    ['tanh', [sigmoid(-4), 0.5, sigmoid(2)]],
    [0, [-2, 0, 1]],
    [0.25, [-1.75, 0.25, 1.25]],
  ] as const)('by %s', (rule, expected) => {
    const { picture } = runReference((ops, { z }) => ({ picture: applyOutput(ops, z, rule) }), {
      z: ndarray([1, 3], Float32Array.of(-2, 0, 1)),
    });
    for (const [i, value] of expected.entries()) expect(picture.data[i]).toBeCloseTo(value, 12);
  });
});
