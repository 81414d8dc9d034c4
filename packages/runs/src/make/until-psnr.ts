import { counted, describePsnr, whole } from '@xinc/core';
import type { RunManifest } from '../folder/manifest.js';

/** What training waits for, said before it begins. */
export const untilWords = (untilPsnr: number, steps: number): string =>
  `until the whole signal has ${describePsnr(untilPsnr)}, in at most ${counted(steps, 'step')}, whose schedule the learning rate follows`;

/** Steps that a finished run was trained for. */
export const stepsTaken = ({ steps, step, untilPsnr }: NonNullable<RunManifest['training']>): number =>
  untilPsnr === undefined ? steps : step;

/**
 * Whether a finished run has the PSNR at which its training was to end; `undefined` for one that was to end at none.
 * One that ended before all steps were done has it by definition.
 */
export function reachedPsnr({ training, metrics }: RunManifest): boolean | undefined {
  if (training?.untilPsnr === undefined) return undefined;
  return training.step < training.steps || (metrics?.psnr ?? Number.NaN) >= training.untilPsnr;
}

/**
 * How the training of a finished run ended, where it was to end at a PSNR, in words that follow `It was trained`: `until it had 27.00 dB, after 213 of
 * 1,000 planned steps`, `for all 1,000 steps, which did not reach 27.00 dB`.
 */
export function endedWords(manifest: RunManifest): string | undefined {
  const { training } = manifest;
  if (training?.untilPsnr === undefined) return undefined;
  const wanted = describePsnr(training.untilPsnr);
  return reachedPsnr(manifest)
    ? `until it had ${wanted}, after ${whole(training.step)} of ${counted(training.steps, 'planned step')}`
    : `for all ${counted(training.steps, 'step')}, which did not reach ${wanted}`;
}
