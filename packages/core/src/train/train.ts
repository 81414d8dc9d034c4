import { shapesOf } from '../arrays.js';
import type { Arrays, Engine, PreparedBatch, Trainer, TrainerState } from '../engine.js';
import { throwIfAborted, XincError } from '../errors.js';
import type { Inr } from '../inr.js';
import { psnrOfError } from '../psnr.js';
import type { Signal } from '../signal.js';
import { type Batches, createBatches } from './batches.js';
import { initializeParameters } from './initialize.js';
import { lossProgram } from './loss-program.js';
import { createPsnrCheck, type PsnrCheck } from './psnr-check.js';

/** Milliseconds between saved states. */
const STATE_INTERVAL = 20_000;
/** Saving takes at most one part in so many of the time. */
const MOST_SAVING = 50;

export interface TrainOptions {
  readonly inr: Inr;
  readonly signal: Signal;
  readonly engine: Engine;
  readonly seed?: number;
  /** Steps in all, those of `state` included; the model's default if absent. */
  readonly steps?: number;
  /** Pixels or frames per step; the model's default if absent. */
  readonly batch?: number;
  readonly learningRate?: number;
  /**
   * Stops before all steps are done once the whole signal has this PSNR, dB: at the first check where it does, of at most 200, evenly over the steps. The
   * learning rate follows the schedule of all steps nonetheless. Where it is never reached, all steps are done.
   */
  readonly untilPsnr?: number;
  /** Goes on from here, exactly as if training had never stopped. */
  readonly state?: TrainingState;
  /** Before the first step. */
  readonly onTrainer?: (trainer: Pick<Trainer, 'description'>) => void;
  /** After every step. */
  readonly onStep?: (step: TrainingStep) => void;
  /** Now and then, and when aborted: what it takes to go on. */
  readonly onState?: (state: TrainingState) => Promise<void>;
  /** Milliseconds between calls of `onState`, 20,000 if absent; more where a call takes more than a fiftieth of that. */
  readonly stateInterval?: number;
  /** Stops after the step under way, and the check of `untilPsnr` after it. `train` then throws `cancelled`, the state having been given to `onState`. */
  readonly abort?: AbortSignal;
}

export interface TrainingStep {
  /** Steps completed. */
  readonly step: number;
  readonly steps: number;
  /** Mean squared error of the step's batch, before the update. */
  readonly loss: number;
  /** PSNR of the step's batch, dB. */
  readonly psnr: number;
}

export interface TrainingState {
  /** What is not trained: drawn once. */
  readonly fixed: Arrays;
  readonly trainer: TrainerState;
}

/**
 * Fits a network to a signal: the network's optimiser on the mean squared error.
 * @returns all parameters, fixed ones included
 * @throws XincError `numeric` when the loss is not finite any more, `cancelled` when aborted
 */
export async function train(options: TrainOptions): Promise<Arrays> {
  const { inr, signal, engine, seed = 0, untilPsnr, abort } = options;
  const defaults = inr.training;
  const { steps = defaults.steps, batch = defaults.batch, learningRate = defaults.learningRate } = options;
  const initial = options.state ? null : initializeParameters(inr.parameters, seed);
  const select = (trainable: boolean) =>
    Object.fromEntries(
      inr.parameters.filter((spec) => spec.trainable === trainable).map(({ name }) => [name, initial![name]]),
    );
  const fixed = options.state?.fixed ?? select(false);
  const batches = createBatches(inr, signal, batch, seed, fixed);
  const first = await batches.batch(options.state?.trainer.step ?? 0);
  throwIfAborted(abort);
  const trainer = await engine.compileTraining({
    program: lossProgram(inr),
    parameters: options.state?.trainer.parameters ?? select(true),
    fixed,
    batch: shapesOf(first),
    optimizer: defaults.optimizer,
    ...(options.state && { state: options.state.trainer }),
  });
  options.onTrainer?.(trainer);
  const weightsOf = async () => ({ ...fixed, ...(await trainer.state()).parameters });
  let check: PsnrCheck | undefined;
  try {
    if (untilPsnr !== undefined) check = createPsnrCheck(options, untilPsnr, steps, await weightsOf());
    const save = async () => options.onState?.({ fixed, trainer: await trainer.state() });
    const prepared = prepareBatches(trainer, batches, first);
    let saved = performance.now();
    // Whole milliseconds of the last save.
    let took = 0;
    for (let step = options.state?.trainer.step ?? 0; step < steps; step++) {
      if (abort?.aborted) {
        await save();
        throwIfAborted(abort);
      }
      const current = await prepared.next(step, step + 1 < steps);
      const loss = await trainer.step(current, learningRate * defaults.schedule(step / steps));
      if (!Number.isFinite(loss)) {
        throw diverged(`the loss is ${loss} at step ${step + 1}`);
      }
      const psnr = psnrOfError(loss);
      options.onStep?.({ step: step + 1, steps, loss, psnr });
      // The last step ends the training whatever it reached.
      if (check?.isDue(step + 1, psnr) && step + 1 < steps) {
        const weights = await weightsOf();
        if (await check.isReached(weights)) return weights;
      }
      const begun = performance.now();
      if (begun - saved > Math.max(options.stateInterval ?? STATE_INTERVAL, MOST_SAVING * took)) {
        await save();
        saved = performance.now();
        took = Math.floor(saved - begun);
      }
    }
    const { parameters } = await trainer.state();
    // The loss of a step is that of the weights before it.
    const broken = Object.keys(parameters).find((name) => !parameters[name].data.every(Number.isFinite));
    if (broken !== undefined) throw diverged(`'${broken}' is not finite after step ${steps}`);
    return { ...fixed, ...parameters };
  } finally {
    await check?.dispose();
    await trainer.dispose();
  }
}

const diverged = (how: string): XincError =>
  new XincError('numeric', `Training diverged: ${how}`, { hint: 'Try a smaller learning rate or another seed.' });

/** Uploads batches; the next one while the engine works on the present one. */
function prepareBatches(trainer: Trainer, batches: Batches, first: Arrays) {
  let coming: Promise<PreparedBatch> = trainer.prepare(first);
  let previous: PreparedBatch | undefined;
  return {
    async next(step: number, more: boolean): Promise<PreparedBatch> {
      const present = await coming;
      if (batches.constant) return present;
      previous?.dispose();
      previous = present;
      if (more) {
        coming = batches.batch(step + 1).then((batch) => trainer.prepare(batch));
        // A failure is met when the batch is asked for, which an abort may prevent.
        coming.catch(() => {});
      }
      return present;
    },
  };
}
