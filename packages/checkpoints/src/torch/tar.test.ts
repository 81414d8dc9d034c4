import { describe, expect, test } from 'vitest';
import { fixture } from '../../test/fixtures.js';
import { call, dict, global, persistent, pickle, tuple, type Writable } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { tarFile } from '../../test/tar-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

/* A file that today's PyTorch reads as `torch.save` of 2016 wrote it (fixtures/make_tar.py). */
const whole = fixture('forms/tar.pt');
const read = (bytes: Uint8Array) => decodeCheckpoint(bytes, 'old.pt');

test('tensors, with strides, offsets, shared storages and parts of storages', () => {
  const { tensors, metadata, format, foreign } = read(whole);
  expect(format).toBe('pytorch');
  expect(metadata).toEqual({ epoch: 3 });
  expect(foreign).toEqual([]);
  const found = Object.fromEntries([...tensors].map(([name, { shape, float32 }]) => [name, [shape, [...float32()]]]));
  expect(found).toEqual({
    'state_dict.0.weight': [[3, 4], Array.from({ length: 12 }, (_, i) => i / 8)],
    'state_dict.turned': [[2, 3], [1, 5, 9, 2, 6, 10].map((i) => i / 8)],
    'state_dict.steps': [[2], [7, 2 ** 40]],
    'state_dict.0.bias': [[6], [6, 7, 8, 9, 10, 11].map((i) => i / 8)],
  });
  expect(tensors.get('state_dict.steps')?.dtype).toBe('int64');
});

test('is refused wherever it is cut off', () => {
  const end = whole.findLastIndex((byte) => byte !== 0) + 1;
  for (let length = 1; length < end + 1024; length += 61) {
    refusal('invalid-file', () => read(whole.slice(0, Math.min(length, end + 500))));
  }
});

test('is refused where a header is damaged, and where something comes after its end', () => {
  const damaged = whole.slice();
  damaged[0] ^= 1;
  expect(refusal('invalid-file', () => read(damaged)).message).toContain('header at byte 0 is damaged');
  const longer = new Uint8Array([...whole, 1]);
  expect(refusal('invalid-file', () => read(longer)).message).toContain('goes on after the end of the tar archive');
});

const raw = (...numbers: number[]) => new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer);
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const storageOf = (elements: number, type = 'FloatStorage') =>
  joined(pickle(1), pickle(tuple(5, 'cpu', global('torch', type))), raw(elements), new Uint8Array(8), pickle([]));
const tensorOf = (...numbers: number[]) =>
  joined(pickle(1), pickle(tuple(6, 5, global('torch', 'FloatTensor'))), raw(...numbers));

/** A file of one tensor of two elements, `w`, but for what is given. */
function file(parts: Readonly<Record<string, Uint8Array>>, content: Writable = dict({ w: persistent('6') })) {
  const members = {
    sys_info: pickle(dict({ little_endian: true })),
    pickle: pickle(content),
    tensors: tensorOf(1, 2, 1, 0),
    storages: storageOf(2),
    ...parts,
  };
  return tarFile(Object.entries(members));
}

test('further words on an entry are passed over', () => {
  const words = tarFile([['words', Buffer.from('30 mtime=1480000000.123456789\n'), 'x']]);
  expect([...read(joined(words.subarray(0, -1024), file({}))).tensors.keys()]).toEqual(['w']);
});

test('what is called by name is named and not called', () => {
  const { tensors, foreign } = read(file({}, dict({ w: persistent('6'), x: call(global('os', 'system'), ['true']) })));
  expect(tensors.get('w')?.shape).toEqual([2]);
  expect(foreign).toEqual(['os.system']);
});

test('parameters are the tensors that they were made of, and classes those that were saved with their source', () => {
  const parameter = call(global('torch.nn.parameter', 'Parameter'), [persistent('6')], tuple(true, false, null));
  const kind = persistent(tuple(global('nets', 'Net'), 'nets.py', 'class Net: pass'));
  const { tensors, foreign } = read(file({}, dict({ w: parameter, kind })));
  expect([...tensors.keys()]).toEqual(['w']);
  expect(foreign).toEqual([]);
});

describe('is refused where it contradicts itself', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['more elements than there are', file({ storages: storageOf(2 ** 40) }), /'storages' is cut short/],
    ['elements after the last', file({ storages: joined(storageOf(2), raw(0)) }), /'storages' is not what torch\.save/],
    ['unknown elements', file({ storages: storageOf(2, 'OddStorage') }), /storage of unknown elements, 'OddStorage'/],
    [
      'a tensor beyond its storage',
      file({ tensors: tensorOf(1, 3, 1, 0) }),
      /reaches element 2 of a storage that holds 2/,
    ],
    ['a tensor of a thousand axes', file({ tensors: tensorOf(1000) }), /a tensor of 1000 axes/],
    ['a tensor larger than memory', file({ tensors: tensorOf(1, 2 ** 40, 0, 0) }), /of memory that it is given/],
    [
      'a tensor that is not there',
      file({}, dict({ w: persistent('7') })),
      /a tensor that the tar archive does not hold/,
    ],
    ['a key that is none', file({}, dict({ w: persistent(null) })), /a key that is no number/],
    [
      'one file twice',
      tarFile([
        ['pickle', pickle(1)],
        ['pickle', pickle(1)],
      ]),
      /holds 'pickle' twice/,
    ],
    [
      'another name',
      tarFile([['words', Buffer.from('13 path=tensors\n'), 'x']]),
      /another name or size than its header/,
    ],
    [
      'words without end',
      tarFile([['words', new Uint8Array(65_537), 'x']]),
      /has 65537 bytes of further words on an entry \(65536 are possible\)/,
    ],
    [
      'no file of torch.save',
      tarFile([['photo.png', new Uint8Array(3)]]),
      /none of torch\.save\. Give the checkpoint itself/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(refusal('invalid-file', () => read(bytes)).message).toMatch(message);
  });
});

test('numbers that begin with their highest byte are not read', () => {
  const system = pickle(dict({ little_endian: false }));
  expect(refusal('unsupported', () => read(file({ sys_info: system }))).message).toContain('highest byte');
});
