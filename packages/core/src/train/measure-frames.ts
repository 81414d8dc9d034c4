import type { Arrays } from '../engine.js';
import { clampFrame, type Network } from '../network.js';
import { oneAhead } from '../one-ahead.js';
import { countNanPixels, meanSquaredError, psnrOfError } from '../psnr.js';
import type { Signal } from '../signal.js';

/** How well a network draws a frame of its signal. */
export interface MeasuredFrame {
  /** Of the picture, clamped to [0, 1], against the frame, in dB: ∞ for an exact picture, NaN where a pixel is NaN. */
  readonly psnr: number;
  /** The number of such pixels. */
  readonly nanPixels: number;
}

/**
 * How well a network draws each frame of its signal, in their order; the next one is drawn while one is compared.
 * @param parameters in place of the network's own
 */
export async function* measureFrames(
  network: Network,
  signal: Signal,
  parameters?: Arrays,
): AsyncGenerator<MeasuredFrame> {
  const frames = Array.from({ length: signal.shape.frames }, (_, frame) => frame);
  for await (const [frame, drawn] of oneAhead(frames, (frame) => network.reconstruct(frame, parameters))) {
    const picture = clampFrame(drawn);
    yield {
      psnr: psnrOfError(meanSquaredError(picture, await signal.frame(frame))),
      nanPixels: countNanPixels(picture),
    };
  }
}
