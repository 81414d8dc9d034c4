import { freemem, platform, totalmem } from 'node:os';
import { type Inr, whole, XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { trainingBytes } from '@xinc/core/trace';
import { isTrained, type RunPlan } from './prepare-run.js';

/**
 * Refuses a training that the machine has no memory for, before anything is written; a run that is trained already needs none.
 * @param available bytes that this process may still take
 * @throws XincError `unsupported`, with the largest batch that fits, if halving it helps
 */
export async function checkMemory(
  { out, inr, training }: Pick<RunPlan, 'out' | 'inr'> & Required<Pick<RunPlan, 'training'>>,
  available: number = availableBytes(),
): Promise<void> {
  if (await isTrained(out)) return;
  const { batch } = training;
  const bytes = trainingBytes(inr, batch);
  if (bytes <= available) return;
  const unit = inr.sampling === 'pixels' ? 'pixels' : 'frames';
  const fitting = fittingBatch(inr, batch, available);
  throw new XincError(
    'unsupported',
    `Training takes about ${formatBytes(bytes)} of memory, and ${formatBytes(available)} are free`,
    {
      hint:
        fitting === undefined
          ? 'A smaller picture (`size`) takes less, and so does a smaller network (`set`).'
          : `\`set: batch=${fitting}\` sees ${whole(fitting)} ${fitting === 1 ? unit.slice(0, -1) : unit} at a step, and takes less; so does a smaller picture (\`size\`).`,
    },
  );
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

/**
 * Bytes that a process may still take: what the machine can give, or as much as its container may have where that is less. macOS counts
 * as free only what nothing was ever kept in, so that all of its memory is taken there.
 */
function availableBytes(): number {
  const machine = platform() === 'darwin' ? totalmem() : freemem();
  const container = process.constrainedMemory();
  return container > 0 ? Math.min(machine, container) : machine;
}
