import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { decodePicture } from './decode-picture.js';

const PATH = 'frames/0/signal.png';
const size = { height: 2, width: 3 };
const rgb = (data: Uint8Array | Uint16Array, depth: 8 | 16 = 8) => encode({ ...size, channels: 3, depth, data });

test.each([8, 16] as const)('values of %i bits come back to the bit', (depth) => {
  const full = 2 ** depth - 1;
  const values = Array.from({ length: 18 }, (_, i) => Math.round((i * full) / 17));
  const png = rgb(depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values), depth);
  expect(decodePicture(png, size, PATH)).toEqual(Float32Array.from(values, (value) => value / full));
});

test.each([
  ['grey', encode({ ...size, channels: 1, data: new Uint8Array(6) })],
  ['of another size', encode({ height: 3, width: 2, channels: 3, data: new Uint8Array(18) })],
  ['no PNG', Uint8Array.of(1, 2, 3)],
])('a picture that is %s is refused, before it is decoded', (_, png) => {
  expect(() => decodePicture(png, size, PATH)).toThrow(`${PATH} is no RGB picture of 2×3`);
});

test('a picture that is cut short, or of which a bit was changed, is damaged', () => {
  const png = rgb(Uint8Array.from({ length: 18 }, (_, i) => 13 * i));
  // The pixels come after the header of 33 bytes and that of their chunk.
  const changed = png.slice();
  changed[33 + 8 + 6] ^= 1;
  for (const broken of [png.subarray(0, png.length - 20), changed]) {
    expect(() => decodePicture(broken, size, PATH)).toThrow(`${PATH} is damaged`);
  }
});
