import { expect, test } from 'vitest';
import { neuronName } from './neuron-name.js';

test('a neuron has its index, a kernel its input and output', () => {
  expect(neuronName({ kind: 'dense' }, 17)).toBe('Neuron 17');
  expect(neuronName({ kind: 'conv', outputs: 496 }, 4 * 496 + 27)).toBe('Kernel 4→27');
  expect(neuronName(null, 3)).toBe('Neuron 3');
});
