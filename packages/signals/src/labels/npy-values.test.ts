import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFolder } from '../../test/fixtures.js';
import { readLabels } from '../../test/image-labels.js';
import { planFraming } from '../framing.js';
import { readNpyValues } from './npy-values.js';

const { put } = await fixtureFolder();

interface Npy {
  readonly descr: string;
  readonly shape: string;
  readonly elements: Buffer;
  readonly fortran?: boolean;
  readonly version?: 1 | 2 | 3;
}

/** A .npy file as NumPy writes it: the header padded to a multiple of 64 bytes. */
function npy({ descr, shape, elements, fortran = false, version = 1 }: Npy): Buffer {
  const order = fortran ? 'True' : 'False';
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const prefix = version === 1 ? 10 : 12;
  const header = `${dict.padEnd(Math.ceil((prefix + dict.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const start = Buffer.alloc(prefix);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), elements]);
}

/** Elements of a type such as `<i4`. */
function elements(descr: string, values: readonly number[]): Buffer {
  const size = Number(descr[2]);
  const buffer = Buffer.alloc(values.length * size);
  for (const [i, value] of values.entries()) {
    const bytes = BigInt.asUintN(8 * size, BigInt(value))
      .toString(16)
      .padStart(2 * size, '0');
    const big = Buffer.from(bytes, 'hex');
    buffer.set(descr[0] === '>' ? big : big.reverse(), i * size);
  }
  return buffer;
}

const types = ['|b1', '|u1', '|i1', '<u2', '>u2', '<i2', '>i2', '<u4', '>u4', '<i4', '>i4', '<u8', '>u8', '<i8', '>i8'];

describe('integer arrays', () => {
  it.each(types)('%s', (descr) => {
    const most = Math.min(2 ** (8 * Number(descr[2]) - (descr[1] === 'i' ? 1 : 0)) - 1, 0xffff_ffff);
    const size = fc.integer({ min: 1, max: 5 });
    const value = fc.integer({ min: 0, max: descr === '|b1' ? 1 : most });
    const map = fc.tuple(size, size).chain(([height, width]) =>
      fc.record({
        height: fc.constant(height),
        width: fc.constant(width),
        values: fc.array(value, { minLength: height * width, maxLength: height * width }),
        fortran: fc.boolean(),
        version: fc.constantFrom(1 as const, 2 as const, 3 as const),
      }),
    );
    fc.assert(
      fc.property(map, ({ height, width, values, fortran, version }) => {
        const transposed = values.map((_, i) => values[(i % height) * width + Math.floor(i / height)]);
        const file = npy({
          descr,
          shape: `(${height}, ${width})`,
          elements: elements(descr, fortran ? transposed : values),
          fortran,
          version,
        });
        expect(readNpyValues('labels.npy', file)).toEqual({ height, width, values: Uint32Array.from(values) });
      }),
    );
  });

  it('are label maps', async () => {
    const file = npy({ descr: '<i8', shape: '(1, 3)', elements: elements('<i8', [0, 70_000, 7]) });
    const { labels, groups } = await readLabels(
      await put('labels.npy', file),
      planFraming('photo.png', { height: 1, width: 3 }),
    );
    expect([...labels]).toEqual([0, 2, 1]);
    expect(groups.map(({ name }) => name)).toEqual(['other', 'instance 7', 'instance 70000']);
  });
});

describe('refusals', () => {
  const whole = npy({ descr: '<u2', shape: '(2, 3)', elements: elements('<u2', [1, 2, 3, 4, 5, 6]) });

  it.each<[string, Buffer, string]>([
    [
      'floating-point numbers',
      npy({ descr: '<f4', shape: '(1, 1)', elements: Buffer.alloc(4) }),
      'the array has elements of type <f4, but labels are integers',
    ],
    [
      'three dimensions',
      npy({ descr: '|u1', shape: '(1, 1, 3)', elements: Buffer.alloc(3) }),
      'the array has shape (1, 1, 3), but labels have shape (height, width)',
    ],
    ['no elements', npy({ descr: '|u1', shape: '(0, 3)', elements: Buffer.alloc(0) }), 'the array is empty'],
    [
      'negative labels beyond 32 bits',
      npy({ descr: '<i8', shape: '(1, 1)', elements: elements('<i8', [-(2 ** 33)]) }),
      'the array holds -8589934592, but labels are whole numbers from 0 to 4294967295',
    ],
    [
      'labels beyond 32 bits',
      npy({ descr: '<u8', shape: '(1, 1)', elements: elements('<u8', [2 ** 32]) }),
      'the array holds 4294967296, but labels are whole numbers from 0 to 4294967295',
    ],
    [
      'a lying shape',
      npy({ descr: '|u1', shape: '(9000, 9000)', elements: Buffer.alloc(9) }),
      'the array is cut short: elements are missing',
    ],
    [
      'an outsized shape',
      npy({ descr: '|u1', shape: '(99999999, 99999999)', elements: Buffer.alloc(9) }),
      '99999999×99999999 is more than 100 megapixels',
    ],
    ['a header that breaks off', whole.subarray(0, 40), 'the array cannot be read: it ends inside its header'],
    ['elements that break off', whole.subarray(0, whole.length - 1), 'the array is cut short: elements are missing'],
  ])('%s', (_, file, message) => {
    expect(() => readNpyValues('labels.npy', file)).toThrow(`labels.npy: ${message}`);
  });

  it('several fields', () => {
    const text = whole.toString('latin1').replace("'<u2'", "[('a', '<u2')]");
    expect(() => readNpyValues('labels.npy', Buffer.from(text, 'latin1'))).toThrow(
      'labels.npy: the array has elements of several fields, but labels are integers',
    );
  });

  it('random damage gives an error or values, nothing else', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        if (at < length) bytes[at] = byte;
        try {
          expect(readNpyValues('labels.npy', bytes).values.length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).name).toBe('XincError');
        }
      }),
    );
  });
});
