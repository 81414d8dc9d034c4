import { availableParallelism } from 'node:os';
import { counted, type Inr, sizeOf, whole } from '@xinc/core';
import { formatDuration } from '@xinc/core/formats';
import { neuronCount } from '@xinc/core/trace';
import type { CommandContext } from '../context.js';

/**
 * Nanoseconds that one value of a map costs a processor in one pass over all maps, about: 0.5 to 2 by its speed in kernels
 * (a frame of the default NeRV, 52,432 maps of 128×256, takes 0.9 to 3.5 s on two), some twenty in JavaScript.
 */
const PER_VALUE = { kernels: 1.5, javascript: 20 };
/** Nanoseconds that one weight of a network of pixels costs a processor at one pixel, about. */
const PER_WEIGHT = 0.1;
/** All analyses together need totals first, and compare with them in a second pass. */
const PASSES = 2;
/** Seconds below which nothing is said beforehand. */
const PATIENCE = 30;

/** Seconds that tracing takes here, about: by the number of neurons, pixels and frames together. */
export function secondsToTrace(inr: Inr, frames: number, processors: number = availableParallelism()): number {
  const pixels = inr.signal.height * inr.signal.width;
  const perPlace = inr.layers.reduce(
    (sum, hook) => sum + neuronCount(inr, hook) * (hook.kind === 'custom' ? PER_VALUE.javascript : PER_VALUE.kernels),
    0,
  );
  const weights = inr.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const perPixel = perPlace + (inr.sampling === 'pixels' ? weights * PER_WEIGHT : 0);
  return (PASSES * perPixel * pixels * frames * 1e-9) / processors;
}

/** What is said of tracing that takes long, before it begins, with what makes it less; nothing of what takes seconds. */
export function tracingForecast(inr: Inr, frames: number): string | undefined {
  const seconds = secondsToTrace(inr, frames);
  if (seconds < PATIENCE) return undefined;
  const { height, width, kind } = inr.signal;
  const count = `${whole(neuronsOf(inr))} neurons × ${height}×${width} pixels`;
  const work = kind === 'video' ? `${count} × ${counted(frames, 'frame')}` : count;
  const less =
    frames > 1
      ? '--frames of xinc analyze takes fewer frames, --size a smaller picture'
      : '--size takes a smaller picture';
  return `Tracing ${work} takes about ${formatDuration(seconds)}; ${less}.`;
}

/** @param frames that are to be analysed, if the signal has so many */
export function tellForecast(inr: Inr, frames: number, { display }: CommandContext): void {
  const forecast = tracingForecast(inr, Math.min(frames, inr.signal.frames));
  if (forecast !== undefined) display.line(`  ${forecast}`);
}

function neuronsOf(inr: Inr): number {
  return inr.layers.reduce((sum, hook) => sum + neuronCount(inr, hook), 0);
}
