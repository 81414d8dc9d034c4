import { expect, test } from 'vitest';
import { call, dict, global, persistent, tuple } from '../../test/pickle-writer.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

/** The codes of 1, 2, −1 and 0.5 as float8_e4m3fn. */
const storages = { 0: Uint8Array.of(0x38, 0x40, 0xb8, 0x30), 1: Float32Array.of(10, 100), 2: Float32Array.of(4) };
const codes = call(global('torch._utils', '_rebuild_tensor_v3'), [
  persistent(tuple('storage', global('torch', 'UntypedStorage'), '0', 'cpu', 4)),
  0,
  tuple(2, 2),
  tuple(2, 1),
  false,
  call(global('collections', 'OrderedDict'), []),
  global('torch', 'float8_e4m3fn'),
]);

test.each([
  ['weight_scale', [2, 1], [10, 20, -100, 50]],
  ['weight_scale', [2], [10, 20, -100, 50]],
  ['weight_scale_inv', [], [4, 8, -4, 2]],
  ['weight_scale', [1], [4, 8, -4, 2]],
])('8-bit floats are multiplied by %s of shape %j', (name, shape, values) => {
  const scale = tensor({ key: shape[0] === 2 ? '1' : '2', shape });
  const { tensors, notes } = decodeCheckpoint(
    torchFile({ content: dict({ 'a.weight': codes, [`a.${name}`]: scale }), storages }),
    'x.pt',
  );
  expect([...tensors.keys()]).toEqual(['a.weight']);
  expect([...tensors.get('a.weight')!.float32()]).toEqual(values);
  expect(notes).toEqual(['multiplied by its scale (8-bit floats): a.weight']);
});

test('scales of blocks are left beside the weight', () => {
  const scale = tensor({ key: '1', shape: [1, 2, 1] });
  const content = dict({ 'a.weight': codes, 'a.weight_scale': scale });
  expect([...decodeCheckpoint(torchFile({ content, storages }), 'x.pt').tensors.keys()]).toEqual([
    'a.weight',
    'a.weight_scale',
  ]);
});
