import { expect, test } from 'vitest';
import { countNeurons, neuronName, neuronNumber } from './neuron-name.js';

test('a neuron has its index, a kernel its input and output', () => {
  expect(neuronName({ kind: 'dense' }, 17)).toBe('Neuron 17');
  expect(neuronName({ kind: 'conv', outputs: 496 }, 4 * 496 + 27)).toBe('Kernel 4→27');
  expect(neuronName(null, 3)).toBe('Neuron 3');
});

test('among its like the number will do', () => {
  expect(neuronNumber({ kind: 'dense' }, 17)).toBe('17');
  expect(neuronNumber({ kind: 'conv', outputs: 3 }, 7)).toBe('2→1');
});

test('several are counted', () => {
  expect(countNeurons({ kind: 'dense' }, 1)).toBe('1 neuron');
  expect(countNeurons({ kind: 'conv', outputs: 3 }, 18_352)).toBe('18,352 kernels');
  expect(countNeurons(null, 0)).toBe('0 neurons');
});
