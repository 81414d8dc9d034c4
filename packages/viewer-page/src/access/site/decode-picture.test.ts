import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { decodePicture } from './decode-picture.js';

test.each([8, 16] as const)('values of %i bits come back to the bit', (depth) => {
  const full = 2 ** depth - 1;
  const values = Array.from({ length: 18 }, (_, i) => Math.round((i * full) / 17));
  const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  const { height, width, rgb } = decodePicture(encode({ height: 2, width: 3, channels: 3, depth, data }), 'signal.png');
  expect([height, width]).toEqual([2, 3]);
  expect(rgb).toEqual(Float32Array.from(values, (value) => value / full));
});

test('what is no RGB picture is refused by its name', () => {
  const grey = encode({ height: 1, width: 2, channels: 1, data: Uint8Array.of(1, 2) });
  const cut = encode({ height: 1, width: 2, channels: 3, data: new Uint8Array(6) }).subarray(0, 40);
  for (const bytes of [grey, cut, Uint8Array.of(1, 2, 3)]) {
    expect(() => decodePicture(bytes, 'frames/0/signal.png')).toThrow('frames/0/signal.png is no RGB picture');
  }
});
