import { expect, test } from 'vitest';
import { dict, type Writable } from '../../test/pickle-writer.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

const storages = {
  0: Float32Array.of(1, 2, 3, 4),
  1: Uint8Array.of(1, 0, 0, 1),
  2: Float32Array.of(1, 0),
  3: Float32Array.of(0.5, 1, 0, 1),
  4: Float32Array.of(1, 0, 0, 4),
  5: Uint8Array.of(0, 1, 1, 0),
  6: Uint8Array.of(0, 0, 0, 0),
  7: Float32Array.of(0, 0, 0, 0),
};
const weight = tensor({ key: '0', shape: [2, 2] });
const mask = tensor({ key: '1', shape: [2, 2], type: 'BoolStorage' });

function read(content: Writable) {
  const checkpoint = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
  const values = Object.fromEntries([...checkpoint.tensors].map(([name, { float32 }]) => [name, [...float32()]]));
  return { values, notes: checkpoint.notes };
}

test.each([
  ['net.0.weight', 'net.0.weight_mask'],
  ['net.0.weight', 'net.0.mask'],
  ['net.0.weight', 'net.0.pruning_mask'],
  ['net.0.weight', 'net.0.weight.mask'],
  ['net.0.bias', 'net.0.bias_mask'],
])('%s is multiplied by %s, of zeros and ones', (name, maskName) => {
  for (const stored of [mask, tensor({ key: '1', shape: [2, 2], type: 'ByteStorage' })]) {
    expect(read(dict({ [name]: weight, [maskName]: stored }))).toEqual({
      values: { [name]: [1, 0, 0, 4] },
      notes: [`multiplied by its mask (pruning): ${name}`],
    });
  }
});

test('what torch.ao.pruning keeps is the weight', () => {
  const names = { 'a.parametrizations.weight.original': weight, 'a.parametrizations.weight.0.mask': mask };
  expect(read(dict(names)).values).toEqual({ 'a.weight': [1, 0, 0, 4] });
});

test('a mask of whole filters stretches over them', () => {
  const filters = tensor({ key: '2', shape: [2, 1] });
  expect(read(dict({ 'a.weight': weight, 'a.mask': filters })).values).toEqual({ 'a.weight': [1, 2, 0, 0] });
});

test('masks in a dict of their own are of the weights of the same names, or of the layers', () => {
  for (const key of ['0.weight', '0']) {
    const content = dict({
      state_dict: dict({ '0.weight': weight }),
      best: dict({ '0.weight': weight }),
      masks: dict({ [key]: mask }),
    });
    expect(read(content).values).toEqual({ 'state_dict.0.weight': [1, 0, 0, 4], 'best.0.weight': [1, 0, 0, 4] });
  }
});

test('of weights that are zero wherever the mask is one, the mask says what was taken away', () => {
  const pruned = tensor({ key: '4', shape: [2, 2] });
  const taken = tensor({ key: '5', shape: [2, 2], type: 'BoolStorage' });
  expect(read(dict({ 'a.weight': pruned, 'a.mask': taken }))).toEqual({
    values: { 'a.weight': [1, 0, 0, 4] },
    notes: ['left as it is, its mask has ones where it is zero already (pruning): a.weight'],
  });
});

test('a mask of zeros alone takes everything away', () => {
  const none = tensor({ key: '6', shape: [2, 2], type: 'BoolStorage' });
  for (const name of ['a.weight', 'a.bias']) {
    expect(read(dict({ [name]: weight, [`${name}_mask`]: none }))).toEqual({
      values: { [name]: [0, 0, 0, 0] },
      notes: [`multiplied by its mask (pruning): ${name}`],
    });
  }
});

test('weights that are all zero are multiplied by their mask', () => {
  const zero = tensor({ key: '7', shape: [2, 2] });
  expect(read(dict({ 'a.weight': zero, 'a.mask': mask })).notes).toEqual([
    'multiplied by its mask (pruning): a.weight',
  ]);
});

test('what is not of zeros and ones alone, or of another shape, is no mask', () => {
  for (const other of [tensor({ key: '3', shape: [2, 2] }), tensor({ key: '2', shape: [2] })]) {
    expect(Object.keys(read(dict({ 'a.weight': weight, 'a.mask': other })).values)).toEqual(['a.weight', 'a.mask']);
  }
});
