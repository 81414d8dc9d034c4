import { freemem, platform, totalmem } from 'node:os';
import { type Inr, whole, XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { trainingBytes } from '@xinc/core/trace';
import type { Work } from '../work.js';
import { isTrained, type RunPlan } from './prepare-run.js';

/** Bytes of memory. */
export interface Memory {
  /** What a process can have here at the most. */
  readonly all: number;
  /** What is free at the moment. */
  readonly free: number;
}

/**
 * Refuses a training that takes more memory than the machine has, before anything is written; says so of one that takes more than is
 * free. A run that is trained already needs none.
 * @throws XincError `unsupported`, with the largest batch that fits, if halving it helps
 */
export async function checkMemory(
  { out, inr, training }: Pick<RunPlan, 'out' | 'inr'> & Required<Pick<RunPlan, 'training'>>,
  { progress }: Work = {},
  { all, free }: Memory = machineMemory(),
): Promise<void> {
  if (await isTrained(out)) return;
  const { batch } = training;
  const bytes = trainingBytes(inr, batch);
  if (bytes <= Math.min(all, free)) return;
  const takes = `Training takes about ${formatBytes(bytes)} of memory`;
  if (bytes <= all) {
    progress?.line(`  ${takes}, and ${formatBytes(free)} are free`);
    return;
  }
  const unit = inr.sampling === 'pixels' ? 'pixels' : 'frames';
  const fitting = fittingBatch(inr, batch, all);
  throw new XincError('unsupported', `${takes}, and there are ${formatBytes(all)}`, {
    hint:
      fitting === undefined
        ? 'A smaller picture (`size`) takes less, and so does a smaller network (`set`).'
        : `\`set: batch=${fitting}\` sees ${whole(fitting)} ${fitting === 1 ? unit.slice(0, -1) : unit} at a step, and takes less; so does a smaller picture (\`size\`).`,
  });
}

/** The batch halved until its training fits; `undefined` where a single pixel or frame does not. */
function fittingBatch(inr: Inr, batch: number, available: number): number | undefined {
  const { frames, height, width } = inr.signal;
  const all = inr.sampling === 'pixels' ? height * width : frames;
  for (let size = Math.floor(Math.min(batch, all) / 2); size >= 1; size = Math.floor(size / 2)) {
    if (trainingBytes(inr, size) <= available) return size;
  }
  return undefined;
}

/** A container may have less than the machine; where it has no limit, that is told as a number beyond all memory. */
function machineMemory(): Memory {
  const container = process.constrainedMemory();
  const all = container > 0 ? Math.min(totalmem(), container) : totalmem();
  // macOS counts as free only what holds nothing, and most of it holds files that were read.
  return { all, free: platform() === 'darwin' ? all : Math.min(all, freemem()) };
}
