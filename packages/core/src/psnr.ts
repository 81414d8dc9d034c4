import type { Frame } from './signal.js';

/** Peak signal-to-noise ratio, dB, of a mean squared error of values in [0, 1]: ∞ for none, NaN for NaN. */
export function psnrOfError(meanSquaredError: number): number {
  return -10 * Math.log10(meanSquaredError);
}

/** PSNR of a video, dB, of those of its frames: the mean over the frames that are not exact, as the field reports it. ∞ where all are, NaN where one is NaN. */
export function meanPsnr(framePsnr: readonly number[]): number {
  const inexact = framePsnr.filter((psnr) => psnr !== Number.POSITIVE_INFINITY);
  return inexact.length > 0
    ? inexact.reduce((sum, value) => sum + value, 0) / inexact.length
    : Number.POSITIVE_INFINITY;
}

/** Mean squared error of two frames of one size over pixels and channels; NaN where a value of one of them is. */
export function meanSquaredError(a: Frame, b: Frame): number {
  let sum = 0;
  for (let i = 0; i < a.rgb.length; i++) sum += (a.rgb[i] - b.rgb[i]) ** 2;
  return sum / a.rgb.length;
}

/** Pixels of which a channel is NaN. */
export function countNanPixels({ rgb }: Frame): number {
  let count = 0;
  for (let i = 0; i < rgb.length; i += 3) if (Number.isNaN(rgb[i] + rgb[i + 1] + rgb[i + 2])) count++;
  return count;
}

/** A PSNR in words: `36.19 dB`, `exact` where nothing differs (∞), `not defined` where the picture has NaN. */
export function describePsnr(psnr: number): string {
  if (Number.isNaN(psnr)) return 'not defined';
  return psnr === Number.POSITIVE_INFINITY ? 'exact' : `${psnr.toFixed(2)} dB`;
}
