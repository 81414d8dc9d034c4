import type { Arrays } from '../engine.js';
import { clampFrame, type Network } from '../network.js';
import { countNanPixels, meanSquaredError, psnrOfError } from '../psnr.js';
import type { Signal } from '../signal.js';

/**
 * How well a network draws a frame of its signal: its picture, clamped to [0, 1], against the frame.
 * @param parameters in place of the network's own
 * @returns PSNR in dB, ∞ for an exact picture and NaN where a pixel is NaN, and the number of such pixels
 */
export async function measureFrame(
  network: Network,
  signal: Signal,
  frame: number,
  parameters?: Arrays,
): Promise<{ readonly psnr: number; readonly nanPixels: number }> {
  const picture = clampFrame(await network.reconstruct(frame, parameters));
  return {
    psnr: psnrOfError(meanSquaredError(picture, await signal.frame(frame))),
    nanPixels: countNanPixels(picture),
  };
}
