import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodeFrame, encodePng } from './png.js';

it.each([8, 16] as const)('a frame comes back from a %i-bit PNG within half a step', async (bitDepth) => {
  const full = 2 ** bitDepth - 1;
  const frame = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([height, width]) =>
    fc
      .array(fc.float({ min: 0, max: 1, noNaN: true }), {
        minLength: height * width * 3,
        maxLength: height * width * 3,
      })
      .map((values) => ({ height, width, rgb: Float32Array.from(values) })),
  );
  await fc.assert(
    fc.asyncProperty(frame, async (original) => {
      const read = await decodeFrame('frame.png', await encodePng(original, { bitDepth }), original);
      expect([read.height, read.width]).toEqual([original.height, original.width]);
      for (let i = 0; i < read.rgb.length; i++) {
        expect(Math.abs(read.rgb[i] - original.rgb[i])).toBeLessThanOrEqual(0.5 / full + 1e-7);
      }
    }),
    { numRuns: 40 },
  );
});

it('a stored frame is stored again bit for bit', async () => {
  const rgb = Float32Array.from({ length: 4 * 5 * 3 }, (_, i) => i / 60);
  for (const bitDepth of [8, 16] as const) {
    const first = await encodePng({ height: 4, width: 5, rgb }, { bitDepth });
    const again = await encodePng(await decodeFrame('again.png', first, { height: 4, width: 5 }), { bitDepth });
    expect(again.equals(first)).toBe(true);
  }
});

it('a stored frame of another size is refused by its header, before it is decoded', async () => {
  const large = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const begun = performance.now();
  await expect(decodeFrame('frame.png', large.subarray(0, 2000), { height: 18, width: 26 })).rejects.toMatchObject({
    code: 'invalid-file',
    message: 'frame.png is 9000×9000, the run 18×26',
  });
  expect(performance.now() - begun).toBeLessThan(1000);
});

it('writes RGB of the depth asked for, 8 bits unless told, values clamped', async () => {
  const frame = { height: 1, width: 1, rgb: Float32Array.of(-0.5, 0.5, 7) };
  const png = await encodePng(frame);
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', channels: 3, depth: 'uchar' });
  expect(await sharp(await encodePng(frame, { bitDepth: 16 })).metadata()).toMatchObject({ depth: 'ushort' });
  expect([...(await sharp(png).raw().toBuffer())]).toEqual([0, 128, 255]);
});

it('refuses values that are not finite', async () => {
  await expect(encodePng({ height: 1, width: 1, rgb: Float32Array.of(0, Number.NaN, 0) })).rejects.toMatchObject({
    code: 'numeric',
    message: 'A picture value is NaN and cannot be written as PNG',
  });
});
