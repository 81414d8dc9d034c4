import type { Inr } from '@xinc/core';
import { formatBytes, formatDuration } from '@xinc/core/formats';
import { MeasuredRate } from '../measured-rate.js';

/** Steps that are measured before a forecast: as many as lie between two at which an optimiser makes its bases anew. */
const MEASURED = 10;
/** Seconds after which fewer are enough: one. */
const LONG = 5;
/** Seconds below which nothing is said beforehand. */
const PATIENCE = 30;
/**
 * What drawing and comparing take of a step with as many pixels, about, since a step goes forward, and back to its inputs and its weights: measured, 0.35 to 0.45 for
 * networks of pixels, and 0.4 to 0.8 for those of frames with two frames a step, which are drawn one at a time, and by ONNX Runtime where steps go by oneDNN, too.
 */
const DRAWING: Readonly<Record<Inr['sampling'], number>> = { pixels: 0.4, frames: 0.6 };

/** What a training is, as far as its time depends on it. */
export interface TrainingWork {
  /** Steps in all. */
  readonly steps: number;
  /** Steps' worth of pixels in the signal: all of it is drawn at the end, to be compared. */
  readonly signal: number;
  readonly sampling: Inr['sampling'];
}

/** How long a training takes, by its first steps in this process; the very first, in which memory is taken, is not counted. */
export class TrainingForecast {
  readonly #work: TrainingWork;
  readonly #rate = new MeasuredRate();

  constructor(work: TrainingWork) {
    this.#work = work;
  }

  /**
   * Told after each step.
   * @param step steps that are done
   * @param at seconds since the training began in this process
   * @returns seconds until the picture is measured as well; `undefined` while too few steps were measured
   */
  left(step: number, at: number): number | undefined {
    const ofOne = this.#rate.secondsOfOne(step, at, (count, seconds) => count >= MEASURED || seconds >= LONG);
    if (ofOne === undefined) return undefined;
    const { steps, signal, sampling } = this.#work;
    return ofOne * (steps - step + DRAWING[sampling] * signal);
  }
}

/**
 * What is said of a training once its first steps were measured.
 * @param seconds that it takes in this process
 * @param steps that were done when it was said
 * @param untilPsnr the PSNR that ends it, dB, where one does
 */
export function trainingForecast(
  seconds: number,
  bytes: number,
  steps: number,
  untilPsnr?: number,
): string | undefined {
  if (seconds < PATIENCE) return undefined;
  const less = untilPsnr === undefined ? '' : `; less if it has ${untilPsnr} dB before`;
  return `Training takes about ${formatDuration(seconds)} and ${formatBytes(bytes)} of memory, by its first ${steps} steps${less}.`;
}
