import { encodeNpy } from '@xinc/core/formats';
import { describe, expect, test, vi } from 'vitest';
import { fixture } from '../../test/fixtures.js';
import { refusal } from '../../test/refusals.js';
import { zipFile } from '../../test/zip-writer.js';
import type { Checkpoint } from '../checkpoint.js';
import { requireTensors } from '../match/match-parameters.js';
import { decodeCheckpoint } from '../read-checkpoint.js';
import { encodeNpz } from './encode-npz.js';

function values({ tensors }: Checkpoint) {
  return Object.fromEntries(
    [...tensors].map(([name, { shape, dtype, float32 }]) => [name, { shape, dtype, values: [...float32()] }]),
  );
}

/** A version 1 `.npy` with this header. */
function npy(header: string, contentBytes: number): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
  return new Uint8Array(Buffer.concat([magic, length, Buffer.from(header), Buffer.alloc(contentBytes)]));
}

test('reads an .npz of NumPy: Fortran order, big-endian, half precision; texts and objects', () => {
  const checkpoint = decodeCheckpoint(fixture('mixed.npz'), 'mixed.npz');
  expect(checkpoint.format).toBe('npz');
  expect(values(checkpoint)).toEqual({
    fortran: { shape: [2, 3], dtype: 'float64', values: [0, 1, 2, 3, 4, 5] },
    half: { shape: [4], dtype: 'float16', values: [0, 1, 2, 3] },
    flag: { shape: [], dtype: 'bool', values: [1] },
  });
  expect(checkpoint.metadata).toEqual({
    objects: [{ 1: 2 }],
    text: 'hi',
  });
});

test('reads a single .npy', () => {
  const checkpoint = decodeCheckpoint(fixture('single.npy'), 'single.npy');
  expect(checkpoint.format).toBe('npy');
  expect(values(checkpoint)).toEqual({ arr_0: { shape: [1, 2, 3], dtype: 'int16', values: [0, 1, 2, 3, 4, 5] } });
});

describe.each([false, true])('encodeNpz, compress: %s', (compress) => {
  test('writes what is read again', () => {
    const arrays = {
      'net.0.weight': { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0) },
      labels: { shape: [3], data: Uint8Array.of(1, 2, 255) },
      scalar: { shape: [], data: Float64Array.of(0.5) },
    };
    const bytes = encodeNpz(arrays, { compress });
    const read = values(decodeCheckpoint(bytes, 'x.npz'));
    for (const [name, { shape, data }] of Object.entries(arrays)) {
      expect(read[name]).toMatchObject({ shape, values: [...data] });
    }
  });

  test('makes equal files of equal arrays, whenever', () => {
    vi.useFakeTimers({ now: Date.UTC(2020, 1, 1) });
    const arrays = { a: { shape: [2], data: Float32Array.of(1, 2) } };
    const earlier = encodeNpz(arrays, { compress });
    vi.setSystemTime(Date.UTC(2030, 6, 7));
    expect(encodeNpz(arrays, { compress })).toEqual(earlier);
    vi.useRealTimers();
  });
});

test('texts are read as they were written, in either byte order, and what is no character is replaced', () => {
  const texts = { xinc: '0.1.0', empty: '', wide: 'naïve ☃ 𝄞', lines: 'a\n"b"' };
  expect(decodeCheckpoint(encodeNpz(texts), 'x.npz').metadata).toEqual(texts);
  const points = [0x61, 0x2603, 0x110000, 0xffffffff, 0];
  const big = npy(header('()', "'>U5'"), 4 * points.length);
  const view = new DataView(big.buffer, big.length - 4 * points.length);
  for (const [i, point] of points.entries()) view.setUint32(4 * i, point);
  expect(decodeCheckpoint(big, 'x.npy').metadata).toEqual({ arr_0: 'a☃\ufffd\ufffd' });
  expect(decodeCheckpoint(npy(header('(2,)', "'<U2'"), 16), 'x.npy').metadata).toEqual({
    arr_0: 'a NumPy array of dtype <U2, not read',
  });
});

test('arrays that Python 2 pickled, their bytes a text', () => {
  const array = [
    'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tS"b"\ntR(K\x01(K\x02t',
    "cnumpy\ndtype\n(S'f4'\nK\x00K\x01tR(K\x03S'<'\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
    // 1.25 and −2.
    'U\x08\x00\x00\xa0\x3f\x00\x00\x00\xc0tb.',
  ].join('');
  const checkpoint = decodeCheckpoint(Buffer.from(`\x80\x02${array}`, 'latin1'), 'x.pkl');
  expect(values(checkpoint)).toEqual({ array: { shape: [2], dtype: 'float32', values: [1.25, -2] } });
});

test('encodeNpz compresses when asked to', () => {
  const zeros = { a: { shape: [10_000], data: new Float32Array(10_000) } };
  expect(encodeNpz(zeros).length).toBeGreaterThan(40_000);
  expect(encodeNpz(zeros, { compress: true }).length).toBeLessThan(1000);
});

test('encodeNpz refuses values that are not as many as the shape says', () => {
  refusal('shape', () => encodeNpz({ a: { shape: [3], data: Float32Array.of(1) } }));
});

const header = (shape: string, descr = "'<f4'") => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;

test.each<[string, Uint8Array]>([
  ['a shape of 10 GB', npy(header('(50000, 50000)'), 16)],
  ['an impossible shape', npy(header(`(${'99999999999999, '.repeat(3)})`), 16)],
  ['more bytes than its shape takes', npy(header('(1,)'), 8)],
  ['65 axes', npy(header(`(${'1, '.repeat(65)})`), 4)],
  ['a header that is none', npy('hello', 4)],
  ['a text of 4 GB', npy(header('()', "'<U999999999'"), 16)],
  ['a negative extent', npy(header('(-1,)'), 4)],
  ['a version that is unknown', Uint8Array.from(npy(header('(1,)'), 4), (byte, i) => (i === 6 ? 9 : byte))],
])('refuses %s', (_, bytes) => {
  const message = refusal('invalid-file', () => decodeCheckpoint(bytes, 'x.npy')).message;
  expect(message).toMatch(/^x\.npy: (a tensor|a NumPy array)/);
  const inArchive = zipFile([{ name: 'a.npy', content: bytes, deflate: true }]);
  expect(refusal('invalid-file', () => decodeCheckpoint(inArchive, 'x.npy')).message).toBe(message);
});

test('refuses every truncation', () => {
  const bytes = encodeNpy({ shape: [3], data: Float32Array.of(1, 2, 3) });
  for (let length = 0; length < bytes.length; length++) {
    refusal('invalid-file', () => decodeCheckpoint(bytes.slice(0, length), 'x.npy'));
  }
});

test('complex numbers are pairs of their real and imaginary parts', () => {
  const bytes = npy(header('(1, 2)', "'<c8'"), 16);
  bytes.set(new Uint8Array(Float32Array.of(1, 2, 3, -4).buffer), bytes.length - 16);
  const tensor = decodeCheckpoint(bytes, 'x.npy').tensors.get('arr_0')!;
  expect([tensor.shape, tensor.dtype, [...tensor.pairs!()]]).toEqual([[1, 2], 'complex64', [1, 2, 3, -4]]);
});

test('records are told, not read', () => {
  const bytes = npy(header('(1,)', "[('a', '<f4'), ('b', '<i4')]"), 8);
  const checkpoint = decodeCheckpoint(bytes, 'x.npy');
  expect(checkpoint.metadata).toEqual({ arr_0: 'a NumPy array of records, not read' });
  expect(refusal('invalid-file', () => requireTensors(checkpoint)).message).toBe(
    'x.npy holds no tensors. It holds a NumPy array of records, not read: save the numbers in it as arrays of their own, with numpy.savez.',
  );
});

test('long doubles keep name and shape, with advice', () => {
  const tensor = decodeCheckpoint(npy(header('(2,)', "'<f16'"), 32), 'x.npy').tensors.get('arr_0')!;
  expect([tensor.shape, tensor.dtype]).toEqual([[2], 'float128']);
  expect(refusal('unsupported', () => tensor.float32()).message).toContain("array.astype('float32') and save again");
});
