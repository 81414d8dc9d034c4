import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ndarray } from '../ndarray.js';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';

const tensors = { weight: ndarray([2, 3], Float32Array.of(1, -2, 3, 4, 5, 6)), bias: ndarray([], Float32Array.of(7)) };
const bytes = encodeSafetensors({ tensors, metadata: { step: '12' } });

/** The file with its JSON header changed. */
function withHeader(
  change: (header: Record<string, { data_offsets: number[]; shape: number[]; dtype: string }>) => void,
) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  change(header);
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([start, json, bytes.subarray(8 + length)]);
}

describe('safetensors', () => {
  test('gives back tensors and metadata', () => {
    expect(decodeSafetensors(bytes, 'w')).toEqual({ tensors, metadata: { step: '12' } });
  });

  test('gives views of the file where that is asked for and they can lie there, and else copies', () => {
    const buffersOf = (file: Uint8Array, inPlace: boolean) =>
      Object.values(decodeSafetensors(file, 'w', { inPlace }).tensors).map(({ data }) => data.buffer);
    expect(buffersOf(bytes, true)).toEqual([bytes.buffer, bytes.buffer]);
    expect(buffersOf(bytes, true)[0]).toBe(bytes.buffer);
    for (const buffer of buffersOf(bytes, false)) expect(buffer).not.toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1), 'w', { inPlace: true })).toEqual({
      tensors,
      metadata: { step: '12' },
    });
  });

  test.each([
    ['[]', 'its header is no JSON object'],
    ['{', 'its header is not JSON'],
    ['{"__metadata__":{"step":12}}', 'its metadata are not texts'],
    ['{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}', "its entry 'w' is malformed"],
    ['{"w":{"dtype":"F32","shape":[-1],"data_offsets":[4,0]}}', "its entry 'w' is malformed"],
    ['{"w":{"dtype":"F32","shape":[0],"data_offsets":[0]}}', "its entry 'w' is malformed"],
    ['{"w":[]}', "its entry 'w' is malformed"],
  ])('refuses the header %s', (text, problem) => {
    const header = new TextEncoder().encode(text);
    const file = new Uint8Array(8 + header.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    expect(() => decodeSafetensors(file, 'w')).toThrow(`w is not a safetensors file that can be read: ${problem}`);
  });

  test('begins its numbers at a multiple of eight bytes, as readers that map the file want', () => {
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  test('refuses headers that lie, without taking the memory they ask for', () => {
    const huge = withHeader((header) => {
      header.weight.shape = [1e9, 3];
      header.weight.data_offsets = [0, 12e9];
    });
    expect(() => decodeSafetensors(huge, 'w')).toThrow("w is not a safetensors file that can be read: 'weight'");
    const half = withHeader((header) => {
      header.weight.dtype = 'F16';
    });
    expect(() => decodeSafetensors(half, 'w')).toThrow("'weight' is F16, not F32");
    expect(() => decodeSafetensors(bytes.subarray(0, bytes.length - 1), 'w')).toThrow('does not have its bytes');
    expect(() => decodeSafetensors(new Uint8Array(8).fill(255), 'w')).toThrow('its header is cut short');
  });

  test('refuses tensors that share their bytes, which would take more memory than the file', () => {
    const overlapping = withHeader((header) => {
      for (let i = 0; i < 1000; i++) header[`copy${i}`] = header.weight;
    });
    expect(() => decodeSafetensors(overlapping, 'w')).toThrow(
      'w is not a safetensors file that can be read: its tensors overlap',
    );
  });

  test('answers any bytes with tensors or a typed error', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          decodeSafetensors(changed, 'w');
        } catch (error) {
          expect(error).toMatchObject({ name: 'XincError', code: 'invalid-file' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
