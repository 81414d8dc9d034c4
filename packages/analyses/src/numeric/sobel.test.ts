import { describe, expect, it } from 'vitest';
import { sobelMagnitude } from './sobel.js';

const picture = (height: number, width: number, value: (y: number, x: number) => number) =>
  Float32Array.from({ length: height * width }, (_, p) => value(Math.floor(p / width), p % width));

describe('sobelMagnitude', () => {
  it('is zero on a flat picture, borders included', () => {
    expect([
      ...sobelMagnitude(
        picture(3, 4, () => 0.7),
        3,
        4,
      ),
    ]).toEqual(new Array(12).fill(0));
  });

  it('is eight times the slope of a ramp, whatever its direction', () => {
    const [height, width] = [5, 6];
    const across = sobelMagnitude(
      picture(height, width, (_, x) => 0.25 * x),
      height,
      width,
    );
    const slanted = sobelMagnitude(
      picture(height, width, (y, x) => 0.3 * y - 0.4 * x),
      height,
      width,
    );
    const inner = 2 * width + 3;
    expect(across[inner]).toBeCloseTo(2, 6);
    expect(slanted[inner]).toBeCloseTo(4, 5);
    // The border is repeated outward, so half the slope is left there.
    expect(across[0]).toBeCloseTo(1, 6);
  });
});
