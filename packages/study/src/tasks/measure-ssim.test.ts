import { randomStream } from '@xinc/core';
import { expect, test } from 'vitest';
import { frameSsim } from './measure-ssim.js';

const [height, width] = [16, 20];

/** A slope with a pattern, in three colours, and noise of that deviation. */
function picture(noise: number) {
  const random = randomStream(1, 'noise');
  const rgb = new Float32Array(3 * height * width);
  for (let i = 0; i < rgb.length; i++) {
    const [y, x] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    const value = 0.2 + (0.5 * x) / width + 0.1 * Math.sin(y) + 0.05 * (i % 3) + noise * (random.uniform() - 0.5);
    rgb[i] = Math.min(1, Math.max(0, value));
  }
  return { height, width, rgb };
}

test('a picture is like itself, and less like itself with noise, either way round', () => {
  expect(frameSsim(picture(0), picture(0))).toBeCloseTo(1, 12);
  const [little, much] = [frameSsim(picture(0), picture(0.1)), frameSsim(picture(0), picture(0.5))];
  expect(little).toBeLessThan(0.99);
  expect(much).toBeLessThan(little - 0.1);
  expect(frameSsim(picture(0.5), picture(0))).toBeCloseTo(much, 12);
});

test('it is what the definition gives, with a Gaussian window of 11 pixels where that fits', () => {
  const [one, other] = [picture(0), picture(0.3)];
  expect(frameSsim(one, other)).toBeCloseTo(reference(greyOf(one.rgb), greyOf(other.rgb)), 2);
});

/** Grey levels of 8 bits, by the weights of BT.601. */
function greyOf(rgb: Float32Array): Float64Array {
  const at = (i: number) => Math.round(255 * rgb[i]);
  return Float64Array.from(
    { length: height * width },
    (_, p) => 0.298936 * at(3 * p) + 0.587043 * at(3 * p + 1) + 0.114021 * at(3 * p + 2),
  );
}

/** Equation 13 of Wang et al. 2004, the mean over windows inside the picture. */
function reference(a: Float64Array, b: Float64Array): number {
  const [size, sigma, c1, c2] = [11, 1.5, (0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const half = (size - 1) / 2;
  let [sum, count] = [0, 0];
  for (let y = half; y < height - half; y++) {
    for (let x = half; x < width - half; x++) {
      let [weights, ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
      for (let dy = -half; dy <= half; dy++) {
        for (let dx = -half; dx <= half; dx++) {
          const w = Math.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
          const [va, vb] = [a[(y + dy) * width + x + dx], b[(y + dy) * width + x + dx]];
          weights += w;
          ma += w * va;
          mb += w * vb;
          aa += w * va * va;
          bb += w * vb * vb;
          ab += w * va * vb;
        }
      }
      [ma, mb] = [ma / weights, mb / weights];
      const [sa, sb, sab] = [aa / weights - ma * ma, bb / weights - mb * mb, ab / weights - ma * mb];
      sum += ((2 * ma * mb + c1) * (2 * sab + c2)) / ((ma * ma + mb * mb + c1) * (sa + sb + c2));
      count++;
    }
  }
  return sum / count;
}
