import { expect, test } from 'vitest';
import { call, dict, global, tuple, type Writable } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

/* What sparse tensors of PyTorch's hold is tested with files that it wrote, in test/forms.test.ts. */
const sparse = (layout: string, ...parts: Writable[]) =>
  call(global('torch._utils', '_rebuild_sparse_tensor'), [
    call(global('torch.serialization', '_get_layout'), [`torch.sparse_${layout}`]),
    tuple(...parts),
  ]);

const indices = (shape: readonly number[]) => tensor({ key: '0', shape, type: 'LongStorage', elements: 4 });
const elements = (shape: readonly number[]) => tensor({ key: '1', shape, elements: 4 });

function read(w: Writable, ...numbers: bigint[]) {
  const storages = { 0: BigInt64Array.from(numbers), 1: Float32Array.of(1, 2, 3, 4) };
  return decodeCheckpoint(torchFile({ content: dict({ w }), storages }), 'x').tensors.get('w')!;
}

test.each<[string, Writable, bigint[], string]>([
  [
    'an index beyond its axis',
    sparse('coo', indices([2, 2]), elements([2]), tuple(2, 2)),
    [0n, 2n, 0n, 0n],
    'has the index 2 along an axis of extent 2',
  ],
  [
    'a negative index',
    sparse('coo', indices([2, 2]), elements([2]), tuple(2, 2)),
    [0n, -1n, 0n, 0n],
    'has the index -1',
  ],
  [
    'more elements than indices',
    sparse('coo', indices([2, 2]), elements([3]), tuple(2, 2)),
    [0n, 0n, 0n, 0n],
    'contradicts itself',
  ],
  [
    'more axes than it has',
    sparse('coo', indices([2, 2]), elements([2]), tuple(4)),
    [0n, 0n, 0n, 0n],
    'contradicts itself',
  ],
  [
    'rows that end before they begin',
    sparse('csr', indices([4]), indices([1]), elements([1]), tuple(3, 3)),
    [0n, 2n, 0n, 1n],
    'contradicts itself',
  ],
  [
    'rows of more elements than there are',
    sparse('csr', indices([3]), indices([2]), elements([2]), tuple(2, 2)),
    [0n, 1n, 9n, 0n],
    'contradicts itself',
  ],
  [
    'blocks that do not fill it',
    sparse('bsr', indices([2]), indices([1]), elements([1, 2, 2]), tuple(3, 3)),
    [0n, 1n, 0n, 0n],
    'contradicts itself',
  ],
  [
    'an axis of 2³⁰',
    sparse('coo', indices([1, 1]), elements([1]), tuple(2 ** 30)),
    [0n, 0n, 0n, 0n],
    'too long to be read',
  ],
])('refuses %s', (_, w, numbers, message) => {
  expect(refusal('invalid-file', () => read(w, ...numbers)).message).toContain(message);
});

test('compressed tensors of more than two axes keep name and shape, with advice', () => {
  const w = read(sparse('csr', indices([1, 2]), indices([1, 1]), elements([1, 1]), tuple(1, 1, 1)), 0n, 1n, 0n, 0n);
  expect(w.shape).toEqual([1, 1, 1]);
  expect(refusal('unsupported', () => w.float32()).message).toContain('In Python, save tensor.to_dense() in its place');
});
