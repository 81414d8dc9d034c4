import { listed } from './words.js';

/** What an analysis left out, and why. */
export interface Omission {
  /** The id of the layer that was left out; absent where it was something else. */
  readonly layer?: string;
  /** The frames of a video on which that layer was left out; absent where it was on all that were analysed. */
  readonly frames?: readonly number[];
  /** Why, with a full stop. Where no layer is named, a sentence that says what was left out as well. */
  readonly why: string;
}

/**
 * Omissions as people read them, a sentence for each reason:
 * `layer1 on frames 0 and 3 and layer2 were left out: the contributions to a pixel are NaN.`
 */
export function omissionSentences(omissions: readonly Omission[]): string[] {
  /** Reasons, with the layers that were left out for each; a sentence that names no layer stands for itself. */
  const reasons = new Map<string, string[]>();
  for (const { layer, frames, why } of omissions) {
    const named = reasons.get(why) ?? [];
    reasons.set(why, named);
    if (layer !== undefined) named.push(frames === undefined ? layer : `${layer} on ${frameList(frames)}`);
  }
  return [...reasons].map(([why, layers]) =>
    layers.length === 0 ? why : `${listed(layers)} ${layers.length === 1 ? 'was' : 'were'} left out: ${why}`,
  );
}

const frameList = (frames: readonly number[]): string =>
  `${frames.length === 1 ? 'frame' : 'frames'} ${listed(frames.map(String))}`;
