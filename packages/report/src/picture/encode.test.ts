import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeFrame } from './encode.js';

test('a pixel of which one channel is NaN is black, whatever its others are', async () => {
  const rgb = Float32Array.of(Number.NaN, 1, 0.5, 1, 1, 1, 0, Number.POSITIVE_INFINITY, 1);
  const { png, undefinedPixels } = await encodeFrame({ height: 1, width: 3, rgb });
  expect([...(await sharp(png).raw().toBuffer())]).toEqual([0, 0, 0, 255, 255, 255, 0, 0, 0]);
  expect(undefinedPixels).toBe(2);
});
