import { loadKernels } from '@xinc/kernels';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../../test/memory-context.js';
import { gaborResponse } from './gabor-filter.js';

const kernels = await loadKernels();
const energy = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);

/** A wave of this length (pixels) along this direction (radians). */
const wave = (height: number, width: number, wavelength: number, direction: number) =>
  Float32Array.from({ length: height * width }, (_, p) => {
    const along = (p % width) * Math.cos(direction) + Math.floor(p / width) * Math.sin(direction);
    return Math.cos((2 * Math.PI * along) / wavelength);
  });

describe('gaborResponse', () => {
  it('answers waves of its own length and direction most', () => {
    const own = { wavelength: 8, orientation: Math.PI / 4 };
    const response = (wavelength: number, direction: number) =>
      energy(gaborResponse(kernels, wave(64, 64, wavelength, direction), 64, 64, own));
    const matched = response(8, Math.PI / 4);
    expect(response(8, -Math.PI / 4)).toBeLessThan(0.05 * matched);
    expect(response(8, 0)).toBeLessThan(0.5 * matched);
    expect(response(32, Math.PI / 4)).toBeLessThan(0.5 * matched);
    expect(response(3, Math.PI / 4)).toBeLessThan(0.5 * matched);
  });

  it('is the convolution with a Gaussian times a cosine', () => {
    const [height, width] = [40, 48];
    const filter = { wavelength: 4, orientation: 0.6 };
    const impulse = new Float32Array(height * width);
    impulse[20 * width + 24] = 1;
    const response = gaborResponse(kernels, impulse, height, width, filter);
    // Deviation for one octave of bandwidth: 0.56 wavelengths.
    const deviation = ((Math.sqrt(Math.log(2) / 2) * 3) / Math.PI) * 4;
    expect(deviation).toBeCloseTo(0.56 * 4, 1);
    for (const [dy, dx] of [
      [0, 0],
      [1, 2],
      [-3, 1],
      [4, -4],
    ]) {
      const carrier = Math.cos(((2 * Math.PI) / 4) * (dx * Math.cos(0.6) + dy * Math.sin(0.6)));
      const gaussian = Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2)) / (2 * Math.PI * deviation ** 2);
      expect(response[(20 + dy) * width + 24 + dx]).toBeCloseTo(gaussian * carrier, 3);
    }
  });

  it('wraps around: a shifted picture gives a shifted response', () => {
    const [height, width] = [9, 11];
    const original = noise(height * width, 5);
    const shift = (values: Float32Array, down: number, right: number) =>
      values.map((_, p) => {
        const [y, x] = [Math.floor(p / width), p % width];
        return values[((y + height - down) % height) * width + ((x + width - right) % width)];
      });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 10 }), (down, right) => {
        const filter = { wavelength: 8, orientation: Math.PI / 2 };
        const moved = gaborResponse(kernels, shift(original, down, right), height, width, filter);
        const expected = shift(gaborResponse(kernels, original, height, width, filter), down, right);
        for (let p = 0; p < moved.length; p++) expect(moved[p]).toBeCloseTo(expected[p], 5);
      }),
      { numRuns: 10 },
    );
  });
});
