import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panopticPng } from '../../../test/panoptic.js';
import { pngFile } from '../../../test/png-file.js';
import { idColor, MAX_ID, readSegmentIds } from './segment-ids.js';

const ids = fc.oneof(fc.integer({ min: 0, max: MAX_ID }), fc.constantFrom(0, 1, 255, 256, 65_535, 65_536, MAX_ID));
const map = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })).chain(([height, width]) =>
  fc.record({
    height: fc.constant(height),
    width: fc.constant(width),
    values: fc.array(ids, { minLength: height * width, maxLength: height * width }),
  }),
);

describe('segment ids', () => {
  it('are R + 256·G + 65536·B of every pixel, for all ids', async () => {
    await fc.assert(
      fc.asyncProperty(map, async ({ height, width, values }) => {
        const read = await readSegmentIds('ids.png', await panopticPng(height, width, values).toBuffer());
        expect(read).toEqual({ height, width, values: Uint32Array.from(values) });
      }),
      { numRuns: 150 },
    );
  });

  it('are the same in a palette PNG and in a grey one of the same colours', async () => {
    const palette = [
      [0, 0, 0],
      [7, 0, 200],
      [1, 2, 3],
    ] as const;
    const png = pngFile({ height: 1, width: 4, depth: 2, colorType: 3, samples: [2, 0, 1, 2], palette });
    const code = 1 + 2 * 256 + 3 * 65_536;
    expect([...(await readSegmentIds('p.png', png)).values]).toEqual([code, 0, 7 + 200 * 65_536, code]);
    const grey = pngFile({ height: 1, width: 2, depth: 8, colorType: 0, samples: [0, 9] });
    expect([...(await readSegmentIds('g.png', grey)).values]).toEqual([0, 9 * (1 + 256 + 65_536)]);
  });

  it('are not touched by gamma, colour profiles or transparency', async () => {
    const extra = { gAMA: Buffer.from([0, 0, 0x40, 0]), tRNS: Buffer.from([0, 1, 0, 2, 0, 3]) };
    const png = pngFile({ height: 1, width: 2, depth: 8, colorType: 2, samples: [1, 2, 3, 200, 100, 50], extra });
    expect([...(await readSegmentIds('gamma.png', png)).values]).toEqual([
      1 + 512 + 3 * 65_536,
      200 + 25_600 + 50 * 65_536,
    ]);
  });

  it('have their colours', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(idColor(id).slice(at, at + 2), 16));
        expect(r + 256 * g + 65_536 * b).toBe(id);
      }),
    );
  });

  it.each([
    ['an alpha channel', { colorType: 6, depth: 8, samples: [1, 2, 3, 4] }],
    ['16 bits per channel', { colorType: 2, depth: 16, samples: [1, 2, 3] }],
  ] as const)('of a PNG with %s are refused', async (what, { colorType, depth, samples }) => {
    const png = pngFile({ height: 1, width: 1, depth, colorType, samples: [...samples] });
    await expect(readSegmentIds('x.png', png)).rejects.toThrow(
      `x.png: has ${what}, but ids are coded as 8-bit RGB. Save it as an RGB PNG of ids, R + 256·G + 65536·B.`,
    );
  });

  it('of damaged data give an error or ids, nothing else', async () => {
    const whole = await panopticPng(
      8,
      8,
      Array.from({ length: 64 }, (_, i) => i * 259),
    ).toBuffer();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(whole);
        bytes[at] ^= change;
        const result = await readSegmentIds('damaged.png', bytes).catch((error) => error);
        expect(result.name === 'XincError' || result.values instanceof Uint32Array).toBe(true);
      }),
    );
  });
});
