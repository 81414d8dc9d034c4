import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { colours, picture } from '../../test/fixtures.js';
import { planFraming } from '../framing.js';
import type { Extent } from '../size.js';
import type { Pixels } from './pixels.js';
import { resample } from './resample.js';

function resized(pixels: Pixels, output: Extent) {
  return resample(pixels, planFraming('p.png', pixels, { size: output }));
}

/** The sampled, normalised Lanczos3 sum written as its definition, one axis: what `resample` must equal. */
function definition(samples: readonly number[], to: number): number[] {
  const scale = samples.length / to;
  const stretch = Math.max(1, scale);
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  return Array.from({ length: to }, (_, i) => {
    const weights = samples.map((_, j) => {
      const x = (j + 0.5 - (i + 0.5) * scale) / stretch;
      return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
    });
    const sum = weights.reduce((a, b) => a + b);
    return samples.reduce((value, sample, j) => value + (weights[j] / sum) * sample, 0);
  });
}

const side = fc.integer({ min: 1, max: 40 });

describe('resample', () => {
  it('is the Lanczos3 sum along both axes, clamped', async () => {
    const sample = fc.integer({ min: 0, max: 255 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { minLength: 1, maxLength: 30 }),
        side,
        fc.boolean(),
        async (samples, to, upright) => {
          const values = Uint8Array.from(samples.flatMap((v) => [v, v, v]));
          const [height, width] = upright ? [samples.length, 1] : [1, samples.length];
          const output = upright ? { height: to, width: 1 } : { height: 1, width: to };
          const { rgb } = await resized({ height, width, channels: 3, values }, output);
          const expected = definition(
            samples.map((v) => v / 255),
            to,
          );
          for (let i = 0; i < to; i++) {
            for (let c = 0; c < 3; c++) {
              expect(rgb[i * 3 + c]).toBeCloseTo(Math.min(1, Math.max(0, expected[i])), 5);
            }
          }
        },
      ),
    );
  });

  it('leaves a flat colour flat at every size', async () => {
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        side,
        side,
        fc.integer({ min: 0, max: 65_535 }),
        async (h, w, height, width, value) => {
          const values = new Uint16Array(h * w * 3).fill(value);
          const { rgb } = await resized({ height: h, width: w, channels: 3, values }, { height, width });
          for (const v of rgb) expect(v).toBeCloseTo(value / 65_535, 5);
        },
      ),
    );
  });

  it('keeps pixel centres where they were: a ramp stays the same ramp', async () => {
    const ramp = Uint16Array.from({ length: 64 * 3 }, (_, i) => 1000 * Math.floor(i / 3));
    for (const width of [20, 48, 100, 128, 640]) {
      const { rgb } = await resized({ height: 1, width: 64, channels: 3, values: ramp }, { height: 1, width });
      for (let x = Math.floor(width * 0.3); x < width * 0.7; x++) {
        const centre = ((x + 0.5) * 64) / width - 0.5;
        expect(rgb[x * 3]).toBeCloseTo((1000 * centre) / 65_535, 3);
      }
    }
  });

  it('agrees with libvips when shrinking, up to its rounding', async () => {
    const values = colours(90, 140);
    const output = { height: 32, width: 48 };
    const { rgb } = await resized({ height: 90, width: 140, channels: 3, values }, output);
    const theirs = await sharp(await picture(90, 140, values).png().toBuffer())
      .resize(48, 32, { fit: 'fill', kernel: 'lanczos3' })
      .raw()
      .toBuffer();
    const error = rgb.map((v, i) => Math.abs(v * 255 - theirs[i]));
    expect(error.reduce((a, b) => a + b) / error.length).toBeLessThan(2);
  });

  it('crops before it resamples: nothing outside the region shines through', async () => {
    const values = new Uint8Array(20 * 20 * 3).fill(255);
    for (let y = 5; y < 15; y++) values.fill(102, (y * 20 + 5) * 3, (y * 20 + 15) * 3);
    const framing = planFraming(
      'p.png',
      { height: 20, width: 20 },
      { crop: { height: 10, width: 10 }, size: { longest: 3 } },
    );
    const { rgb } = await resample({ height: 20, width: 20, channels: 3, values }, framing);
    for (const v of rgb) expect(v).toBeCloseTo(0.4, 5);
  });
});
