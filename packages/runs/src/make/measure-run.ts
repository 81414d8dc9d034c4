import {
  countNanPixels,
  describePsnr,
  type Engine,
  type Inr,
  meanPsnr,
  throwIfAborted,
  whole,
  XincError,
} from '@xinc/core';
import { measureFrames, type Network } from '@xinc/core/trace';
import type { RunManifest } from '../folder/manifest.js';
import type { Run } from '../folder/run.js';
import { openWith } from '../open/open-network.js';
import { storedSignal } from '../stored/stored-signal.js';
import type { Work } from '../work.js';

type Metrics = NonNullable<RunManifest['metrics']>;

export interface MeasureOptions {
  readonly abort?: AbortSignal | undefined;
  /** Is told after each frame how many were compared. */
  readonly onFrame?: (compared: number) => void;
}

/** Compares the finished network's pictures with the signal; kept in run.json. */
export async function measureRun(run: Run, inr: Inr, engine: Engine, options: MeasureOptions = {}): Promise<Metrics> {
  const network = await openWith(run, inr, engine, { keepMemory: inr.signal.frames > 1 });
  try {
    return await measureNetwork(run, network, options);
  } finally {
    await network.dispose();
  }
}

/** The same as a task of its own, where there are frames to count. @throws XincError `cancelled` */
export async function compareRun(run: Run, inr: Inr, engine: Engine, { abort, progress }: Work = {}): Promise<Metrics> {
  const { frames } = inr.signal;
  if (frames === 1) return measureRun(run, inr, engine, { abort });
  progress?.begin('Comparing', 'frames');
  const onFrame = (compared: number) => progress?.update({ done: compared, total: frames });
  const metrics = await measureRun(run, inr, engine, { abort, onFrame });
  progress?.end(`Compared ${whole(frames)} frames: PSNR ${psnrWords(run.manifest)}`);
  return metrics;
}

/** The same of a network that is open. @throws XincError `cancelled` */
export async function measureNetwork(
  run: Run,
  network: Network,
  { abort, onFrame }: MeasureOptions = {},
): Promise<Metrics> {
  const framePsnr: number[] = [];
  const nanPixels: number[] = [];
  const { frames } = network.inr.signal;
  throwIfAborted(abort);
  for await (const measured of measureFrames(network, storedSignal(run))) {
    framePsnr.push(measured.psnr);
    nanPixels.push(measured.nanPixels);
    onFrame?.(framePsnr.length);
    if (framePsnr.length < frames) throwIfAborted(abort);
  }
  const metrics = {
    psnr: meanPsnr(framePsnr),
    framePsnr,
    ...(nanPixels.some((count) => count > 0) && { nanPixels }),
  };
  await run.update({ metrics });
  return metrics;
}

/** The PSNR of a run that was measured, in words: `36.19 dB`, `exact`, `not defined (12 of 64 pixels are NaN)`. */
export function psnrWords(manifest: RunManifest): string {
  const why = describeNan(manifest);
  return why === undefined ? describePsnr(manifest.metrics!.psnr) : `${describePsnr(Number.NaN)} (${why})`;
}

/** Why a run has no PSNR: `12 of 64 pixels are NaN`, `12 of 128 pixels are NaN, on 1 of 2 frames`; `undefined` if it has one. */
export function describeNan({ signal, metrics }: RunManifest): string | undefined {
  const counts = metrics?.nanPixels ?? [];
  const nan = counts.reduce((sum, count) => sum + count, 0);
  if (nan === 0) return undefined;
  const { frames, height, width } = signal;
  const touched = counts.filter((count) => count > 0).length;
  const on = frames > 1 ? `, on ${whole(touched)} of ${whole(frames)} frames` : '';
  return `${whole(nan)} of ${whole(frames * height * width)} pixels are NaN${on}`;
}

const OVERFLOWS = 'What it computes overflows: check the model and its settings (`set`) and the weights.';

/**
 * Refuses a network that draws nothing: weights that are numbers, and not one pixel of its first frame that is.
 * @param file the weights
 * @param network is of no more use afterwards
 * @param findAdvice what to do instead, if that is known; asked for only where it is refused
 * @throws XincError `numeric`
 */
export async function demandPicture(
  file: string,
  network: Network,
  findAdvice: () => Promise<string | undefined>,
): Promise<void> {
  const picture = await network.reconstruct(0).finally(() => network.dispose());
  const pixels = picture.height * picture.width;
  if (countNanPixels(picture) < pixels) return;
  const where = network.inr.signal.frames > 1 ? ' of its first frame' : '';
  throw new XincError(
    'numeric',
    `${file} draws no picture: all ${whole(pixels)} pixels${where} are NaN, although its weights are numbers`,
    { subject: file, hint: (await findAdvice()) ?? OVERFLOWS },
  );
}
