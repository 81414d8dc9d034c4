import { encodeSafetensors } from '@xinc/core/formats';
import { expect, test } from 'vitest';
import { decodeCheckpoint } from '../read-checkpoint.js';
import { withoutTwins } from './twins.js';

const checkpoint = (tensors: Record<string, readonly [shape: number[], values: number[]]>) =>
  decodeCheckpoint(
    encodeSafetensors({
      tensors: Object.fromEntries(
        Object.entries(tensors).map(([name, [shape, values]]) => [name, { shape, data: Float32Array.from(values) }]),
      ),
      metadata: {},
    }),
    'x',
  );

test('a matrix under two names is one tensor, that of the first', () => {
  const found = checkpoint({
    'encoder.B': [
      [2, 1],
      [1, 2],
    ],
    'model.B': [
      [2, 1],
      [1, 2],
    ],
    w: [
      [1, 2],
      [1, 2],
    ],
  });
  expect([...withoutTwins(found, '')!.tensors.keys()]).toEqual(['encoder.B', 'w']);
});

test('what differs in shape or in a value, or is no matrix, is no twin', () => {
  const matrices = checkpoint({
    a: [
      [2, 2],
      [1, 2, 3, 4],
    ],
    b: [
      [2, 2],
      [1, 2, 5, 4],
    ],
    c: [
      [1, 4],
      [1, 2, 3, 4],
    ],
  });
  expect(withoutTwins(matrices, '')).toBeUndefined();
  expect(withoutTwins(checkpoint({ 'a.bias': [[2], [0, 0]], 'b.bias': [[2], [0, 0]] }), '')).toBeUndefined();
});

test('twins are looked for below a prefix: the same matrix elsewhere is another network’s', () => {
  const found = checkpoint({
    'a.B': [
      [1, 2],
      [1, 2],
    ],
    'b.B': [
      [1, 2],
      [1, 2],
    ],
    'b.net.B': [
      [1, 2],
      [1, 2],
    ],
  });
  expect(withoutTwins(found, 'a.')).toBeUndefined();
  expect([...withoutTwins(found, 'b.')!.tensors.keys()]).toEqual(['b.B']);
});
