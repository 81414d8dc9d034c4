import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNeurons, parseNeurons } from './neuron-list.js';

test('neurons are written as ranges, in ascending order and each once', () => {
  expect(formatNeurons([40, 3, 7, 8, 9, 10, 8, 11, 12])).toBe('3,7-12,40');
  expect(formatNeurons([])).toBe('');
});

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 300 })), (neurons) => {
      const sorted = [...neurons].sort((a, b) => a - b);
      expect(parseNeurons(formatNeurons(neurons))).toEqual(sorted);
    }),
  );
});

test.each(['a', '1,', ',1', '1--2', '2-1', '3,3', '3,2', '1-5,5', '-1', '1.5', ' 1', '0-9999999', '0-999999,1000001'])(
  "'%s' is refused",
  (text) => expect(parseNeurons(text)).toBe(null),
);

test('as many as the largest layers have are read', () => {
  expect(parseNeurons('0-999998')).toHaveLength(999_999);
});
