import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame } from '@xinc/core/trace';
import type { Picture } from '../access/access.js';

/**
 * Peak signal-to-noise ratio of a picture, clamped to [0, 1] as on screen, dB: ∞ where it is perfect, NaN where it has NaN;
 * `undefined` while one of the two is not there.
 */
export function picturePsnr(picture: Picture | undefined, signal: Picture | undefined): number | undefined {
  if (!picture || picture.rgb.length !== signal?.rgb.length) return undefined;
  return psnrOfError(meanSquaredError(clampFrame(picture), signal));
}
