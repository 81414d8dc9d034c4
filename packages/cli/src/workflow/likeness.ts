import {
  type Arrays,
  clampFrame,
  createNetwork,
  type Engine,
  type Inr,
  meanSquaredError,
  psnrOfError,
  type Signal,
  throwIfAborted,
} from '@xinc/core';

/** Some frames of a video, evenly spread; all, if it has no more. */
export function spreadFrames(frames: number, most: number): number[] {
  const count = Math.min(frames, most);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * frames) / count));
}

/**
 * How well a network draws frames of a signal.
 * @returns the mean of the frames' PSNR, dB: infinite if each is exact, NaN if a picture is not a number somewhere
 */
export async function likeness(
  inr: Inr,
  weights: Arrays,
  signal: Signal,
  frames: readonly number[],
  engine: Engine,
  abort: AbortSignal,
): Promise<number> {
  const network = createNetwork(inr, weights, engine);
  try {
    let sum = 0;
    for (const frame of frames) {
      throwIfAborted(abort);
      sum += psnrOfError(meanSquaredError(clampFrame(await network.reconstruct(frame)), await signal.frame(frame)));
    }
    return sum / frames.length;
  } finally {
    await network.dispose();
  }
}

/** A PSNR to compare with others: a picture that is not a number anywhere is the worst there is. */
export const rankOf = (psnr: number): number => (Number.isNaN(psnr) ? Number.NEGATIVE_INFINITY : psnr);
