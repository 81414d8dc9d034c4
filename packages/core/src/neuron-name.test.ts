import { expect, test } from 'vitest';
import { neuronName, neuronNamed, neuronNames, parseNeuron } from './neuron-name.js';

const dense = { neurons: 64 };
const conv = { neurons: 37 * 496, outputs: 496 };

test('a kernel is named by its input and output, and by its index', () => {
  expect(neuronName(17, dense)).toBe('neuron 17');
  expect(neuronName(2011, conv)).toBe('kernel 4→27 (2011)');
});

test('both names of a kernel are the same neuron', () => {
  expect(['2011', '4→27', '4->27', ' 4 → 27 '].map((text) => parseNeuron(text, conv))).toEqual([
    2011, 2011, 2011, 2011,
  ]);
  expect(parseNeuron('17', dense)).toBe(17);
});

test('a name that a layer has not is none', () => {
  expect(['64', '1→2', '', 'a', '-1', '1.5'].map((text) => parseNeuron(text, dense))).toEqual(Array(6).fill(null));
  expect(['18352', '37→0', '4→496', '4→', '→27'].map((text) => parseNeuron(text, conv))).toEqual(Array(5).fill(null));
});

test('what is printed is read back', () => {
  for (const [neuron, layer] of [
    [17, dense],
    [2011, conv],
  ] as const)
    expect(neuronNamed(neuronName(neuron, layer))).toBe(neuron);
  expect(neuronNamed('neurons 3 and 7')).toBeNull();
});

test('the names a layer has', () => {
  expect(neuronNames(dense)).toBe('neurons 0 to 63');
  expect(neuronNames(conv)).toBe('kernels 0→0 to 36→495, or 0 to 18351');
});
