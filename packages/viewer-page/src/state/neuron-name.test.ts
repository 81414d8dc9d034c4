import { expect, test } from 'vitest';
import { countNeurons, longestNumber, neuronName, neuronNumber } from './neuron-name.js';

test('a neuron has its index, a kernel its input and output too', () => {
  expect(neuronName({}, 17)).toBe('Neuron 17');
  expect(neuronName({ outputs: 496 }, 4 * 496 + 27)).toBe('Kernel 4→27 (2011)');
  expect(neuronName(null, 3)).toBe('Neuron 3');
});

test('among its like the number will do', () => {
  expect(neuronNumber({}, 17)).toBe('17');
  expect(neuronNumber({ outputs: 3 }, 7)).toBe('2→1');
});

test('a layer’s longest number is that of its last neuron', () => {
  expect(longestNumber({ outputs: 496, neurons: 37 * 496 })).toBe('36→495');
  expect(longestNumber({ neurons: 104 })).toBe('103');
  expect(longestNumber(null)).toBe('');
});

test('several are counted', () => {
  expect(countNeurons({}, 1)).toBe('1 neuron');
  expect(countNeurons({ outputs: 3 }, 18_352)).toBe('18,352 kernels');
  expect(countNeurons(null, 0)).toBe('0 neurons');
  expect(countNeurons({ outputs: 3 }, 1, 'selected')).toBe('1 selected kernel');
  expect(countNeurons(null, 2, 'selected')).toBe('2 selected neurons');
});
