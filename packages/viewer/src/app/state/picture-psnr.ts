import { clampFrame, meanSquaredError, psnrOfError } from '@xinc/core';
import type { Picture } from '../access/access.js';

/** Peak signal-to-noise ratio of a picture, clamped to [0, 1] as on screen, dB; `null` where it is perfect (∞). */
export function picturePsnr(picture: Picture, signal: Picture): number | null {
  const psnr = psnrOfError(meanSquaredError(clampFrame(picture), signal));
  return psnr === Number.POSITIVE_INFINITY ? null : psnr;
}
