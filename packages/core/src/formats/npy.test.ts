import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.js';

describe('.npy', () => {
  test('is what NumPy writes: header of 64 bytes, C order, little-endian', () => {
    const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(Buffer.from(bytes.subarray(0, 10)).toString('latin1')).toBe('\x93NUMPY\x01\x00\x76\x00');
    const header = Buffer.from(bytes.subarray(10, 128)).toString('latin1');
    expect(header).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117).concat('\n'));
    expect(bytes.length).toBe(128 + 24);
  });

  test('gives back every element type and shape', () => {
    const types = [Float32Array, Float64Array, Int32Array, Uint32Array, Uint16Array, Uint8Array];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
        fc.constantFrom(...types),
        (shape, Values) => {
          const data = new Values(shape.reduce((a, b) => a * b, 1)).map((_: number, i: number) => i);
          // As a file's bytes come: a view into memory that others share.
          const file = Buffer.concat([Buffer.alloc(3), encodeNpy({ shape, data })]).subarray(3);
          expect(decodeNpy(file, 'a.npy')).toEqual({ shape, data });
        },
      ),
    );
  });

  test('of a text is what NumPy writes of one', () => {
    const bytes = Buffer.from(encodeNpy('☃𝄞'));
    expect(bytes.toString('latin1')).toContain("{'descr': '<U2', 'fortran_order': False, 'shape': (), }");
    expect([...bytes.subarray(-8)]).toEqual([0x03, 0x26, 0, 0, 0x1e, 0xd1, 1, 0]);
  });

  test('refuses what is no array, or not all there, by name', () => {
    const whole = encodeNpy({ shape: [4], data: new Float32Array(4) });
    expect(() => decodeNpy(new Uint8Array(3), 'a.npy')).toThrow(
      'a.npy is not a NumPy array that can be read: no .npy header',
    );
    expect(() => decodeNpy(whole.subarray(0, -1), 'a.npy')).toThrow('shape 4 takes 16 bytes and 15 are there');
    expect(() => decodeNpy(whole.subarray(0, 40), 'a.npy')).toThrow('it ends inside its header');
    const complex = Buffer.from(Buffer.from(whole).toString('latin1').replace('<f4', '<c8'), 'latin1');
    expect(() => decodeNpy(complex, 'a.npy')).toThrow('its elements are <c8');
  });

  test.each<[string, [string, string], string]>([
    ['of a version to come', ['\x01\x00v', '\x04\x00v'], 'its version 4 is not known'],
    ['whose shape is none', ['(4,)', '(-4)'], 'its header is damaged'],
    ['in Fortran order', ['False', 'True '], 'it is in Fortran order'],
    ['of records', ["'<f4'", '[   ]'], 'its elements are ['],
  ])('refuses an array %s', (_, [from, to], why) => {
    const text = Buffer.from(encodeNpy({ shape: [4], data: new Float32Array(4) })).toString('latin1');
    expect(() => decodeNpy(Buffer.from(text.replace(from, to), 'latin1'), 'a.npy')).toThrow(why);
  });

  test('refuses data that do not fill the shape', () => {
    expect(() => encodeNpy({ shape: [2, 2], data: new Float32Array(3) })).toThrow('shape 2×2 does not have 3 elements');
  });
});
