import {
  type Arrays,
  type Engine,
  type Inr,
  meanPsnr,
  meanSquaredError,
  psnrOfError,
  type Signal,
  throwIfAborted,
} from '@xinc/core';
import { clampFrame, createNetwork } from '@xinc/core/trace';

/** Some frames of a video, evenly spread; all, if it has no more. */
export function spreadFrames(frames: number, most: number): number[] {
  const count = Math.min(frames, most);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * frames) / count));
}

/**
 * How well a network draws frames of a signal.
 * @returns PSNR over the frames, dB, as it is measured of a run (`meanPsnr`)
 */
export async function likeness(
  inr: Inr,
  weights: Arrays,
  signal: Signal,
  frames: readonly number[],
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<number> {
  const network = createNetwork(inr, weights, engine);
  try {
    const framePsnr: number[] = [];
    for (const frame of frames) {
      throwIfAborted(abort);
      framePsnr.push(
        psnrOfError(meanSquaredError(clampFrame(await network.reconstruct(frame)), await signal.frame(frame))),
      );
    }
    return meanPsnr(framePsnr);
  } finally {
    await network.dispose();
  }
}

/** dB from which a network is taken for one of the signal: one that was trained on it for a while draws it better. */
export const ALIKE = 15;

/** A PSNR to compare with others: a picture that is not a number anywhere is the worst there is. */
export const rankOf = (psnr: number): number => (Number.isNaN(psnr) ? Number.NEGATIVE_INFINITY : psnr);
