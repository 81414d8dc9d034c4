import type { Inr, LayerHook } from './inr.js';
import { neuronCount } from './trace/layer-source.js';

/** Pixels evaluated at once: enough to keep an engine busy, and some ten megabytes of activations. */
const PIXELS = 8192;
/** Pixels that training sees at once, at most: some hundred megabytes of activations, which gradients need all of. */
const PIXELS_OF_STEP = 65_536;
/** The widest layer for which there are so many; for wider ones fewer, so that activations take no more memory. */
const WIDTH = 512;

/** How many pixels of a network of pixels (`sampling: 'pixels'`) are evaluated and traced at once. */
export function pixelsAtOnce(inr: Inr): number {
  return Math.min(inr.signal.height * inr.signal.width, fewerForWide(inr, PIXELS));
}

/** How many pixels a step of training can see at once in bounded memory; as many as one likes of frames. */
export function mostPixelsOfStep(inr: Inr): number {
  return inr.sampling === 'frames' ? Number.POSITIVE_INFINITY : fewerForWide(inr, PIXELS_OF_STEP);
}

function fewerForWide(inr: Inr, pixels: number): number {
  const widest = inr.layers.reduce((most, hook) => Math.max(most, widthOf(inr, hook)), 1);
  return widest <= WIDTH ? pixels : Math.max(1, Math.floor((pixels * WIDTH) / widest));
}

/** Values that a pixel has in what a layer reads. */
function widthOf(inr: Inr, hook: LayerHook): number {
  return (hook.kind === 'custom' ? hook.width : undefined) ?? neuronCount(inr, hook);
}
