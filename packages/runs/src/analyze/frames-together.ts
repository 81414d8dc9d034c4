import type { SignalShape } from '@xinc/core';

/** Pixels of a video that groups are found on, about: what it takes does not grow with the video. */
const PIXELS = 2 ** 20;
/** However large or small its frames are, at least and at most so many are read for it. */
const [LEAST, MOST] = [4, 64];

/**
 * The frames of a video that groups are found on together, evenly spread over all of it: they follow from its shape alone, so that
 * a group is the same thing whichever frames are analysed, and in which order.
 * @returns in ascending order; `undefined` for a picture
 */
export function framesTogether({ frames, height, width }: SignalShape): readonly number[] | undefined {
  if (frames < 2) return undefined;
  return spreadFrames(frames, Math.min(MOST, Math.max(LEAST, Math.floor(PIXELS / (height * width)))));
}

/** At most `count` of so many frames, from the first to the last, in ascending order. */
export function spreadFrames(frames: number, count: number): number[] {
  const chosen = Math.min(frames, count);
  const spread = Array.from({ length: chosen }, (_, i) => Math.round((i * (frames - 1)) / Math.max(1, chosen - 1)));
  return [...new Set(spread)];
}
