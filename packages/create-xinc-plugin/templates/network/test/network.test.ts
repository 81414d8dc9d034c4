import { checkInr } from '@xinc/core/testing';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { expect, test } from 'vitest';
import plugin from '../src/index.js';

test('is what a reviewer would let pass, and these layers are traced', async () => {
  // Engines, gradients, contributions and checkpoints, on a small picture and a small video; small, since gradients are
  // compared with differences.
  const measured = await checkInr(plugin, { engines: [ort, tfjs], settings: { width: 8, blocks: 1, omega: 5 } });
  expect(measured.map(({ signal }) => signal.kind)).toEqual(['image', 'video']);
  for (const { layers } of measured) {
    expect(layers.map(({ id }) => id)).toEqual(['input', 'blocks.0.first', 'blocks.0.second', 'output']);
  }
});

test('has as many parameters as its settings say', () => {
  const signal = { kind: 'image', frames: 1, height: 4, width: 6 } as const;
  const { parameters } = plugin.build(plugin.config.parse({ width: 10, blocks: 2 }), signal);
  const numbers = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
  expect(numbers).toBe(2 * 10 + 10 + 4 * (10 * 10 + 10) + 10 * 3 + 3);
});
