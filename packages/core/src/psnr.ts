import type { Frame } from './signal.js';

/** Peak signal-to-noise ratio, dB, of a mean squared error of values in [0, 1]. */
export function psnrOfError(meanSquaredError: number): number {
  return -10 * Math.log10(meanSquaredError);
}

/** Mean squared error of two frames of one size over pixels and channels. */
export function meanSquaredError(a: Frame, b: Frame): number {
  let sum = 0;
  for (let i = 0; i < a.rgb.length; i++) sum += (a.rgb[i] - b.rgb[i]) ** 2;
  return sum / a.rgb.length;
}
