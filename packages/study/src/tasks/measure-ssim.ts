import { type Frame, throwIfAborted } from '@xinc/core';
import { clampFrame, type Network } from '@xinc/core/trace';
import { type Run, storedSignal } from '@xinc/runs';
import { ssim } from 'ssim.js';

/** Pixels of the window in which structures are compared. */
const WINDOW = 11;

/**
 * Structural similarity of a network's pictures with its signal (Wang et al. 2004, on grey levels of 8 bits, by ssim.js), the mean over
 * frames: 1 for the same picture.
 * @returns `null` where pictures are smaller than the window, or hold NaN
 */
export async function measureSsim(run: Run, network: Network, abort?: AbortSignal): Promise<number | null> {
  const signal = storedSignal(run);
  const { frames, height, width } = signal.shape;
  if (Math.min(height, width) < WINDOW) return null;
  let sum = 0;
  for (let frame = 0; frame < frames; frame++) {
    throwIfAborted(abort);
    const drawn = clampFrame(await network.reconstruct(frame));
    if (drawn.rgb.some(Number.isNaN)) return null;
    sum += frameSsim(await signal.frame(frame), drawn);
  }
  return sum / frames;
}

/** Structural similarity of two pictures of one size, each side at least the window's. */
export function frameSsim(one: Frame, other: Frame): number {
  return ssim(imageOf(one), imageOf(other), { ssim: 'fast', windowSize: WINDOW }).mssim;
}

/** RGBA of 8 bits. */
function imageOf({ height, width, rgb }: Frame): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  for (let p = 0; p < height * width; p++) {
    for (let c = 0; c < 3; c++) data[4 * p + c] = 255 * rgb[3 * p + c];
  }
  return { width, height, data };
}
