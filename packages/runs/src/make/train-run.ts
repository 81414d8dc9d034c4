import { describePsnr, type Engine, type Inr, isXincError, sizeOf, whole, XincError } from '@xinc/core';
import { formatBytes, formatDuration, MOST_TENSOR_BYTES } from '@xinc/core/formats';
import { checkParameters, train, trainingBytes, trainingMemory } from '@xinc/core/trace';
import { RUN_FILES } from '../folder/files.js';
import type { Run, TrainingLogEntry } from '../folder/run.js';
import { MeasuredRate } from '../measured-rate.js';
import { storedSignal } from '../stored/stored-signal.js';
import type { Work } from '../work.js';
import { TrainingForecast, trainingForecast } from './forecast-training.js';
import { compareRun, measureRun, psnrWords } from './measure-run.js';
import { optimizerWords } from './optimizer-words.js';
import { endedWords, stepsTaken, untilWords } from './until-psnr.js';

/** Lines of training.jsonl, about: enough for a curve, whatever the number of steps. */
const LOG_LINES = 1000;
/** Milliseconds between writes of the log. */
const LOG_INTERVAL = 2000;

/**
 * Trains a run's network, from where it stopped if it was begun; does nothing if it is done.
 * @param stateInterval milliseconds between checkpoints
 * @throws XincError `conflict` if another process trains it, and as `train` does
 */
export function trainRun(run: Run, inr: Inr, engine: Engine, work: Work = {}, stateInterval?: number): Promise<void> {
  return run.exclusively(() => trainToTheEnd(run, inr, engine, work, stateInterval));
}

async function trainToTheEnd(
  run: Run,
  inr: Inr,
  engine: Engine,
  { progress, abort }: Work,
  stateInterval: number | undefined,
): Promise<void> {
  if (await run.has(RUN_FILES.weights)) {
    const { training } = run.manifest;
    progress?.line(`Training: done before, ${training ? stepsTaken(training) : 0} steps`);
    await run.removeTrainingState();
    if (!run.manifest.metrics) await compareRun(run, inr, engine, { abort, progress });
    return;
  }
  let planned = run.manifest.training!;
  const state = await run.trainingState(inr);
  if (state) checkParameters(inr, { ...state.fixed, ...state.trainer.parameters }, run.file(RUN_FILES.trainingState));
  const begun = state?.trainer.step ?? 0;
  const before = (await run.trainingLog()).filter(({ step }) => step <= begun);
  const secondsBefore = state ? planned.seconds : 0;
  if (state) progress?.line(`Training goes on after step ${begun} of ${planned.steps}`);
  const otherwise = optimizerWords(inr.training, planned.steps);
  if (otherwise !== undefined) progress?.line(`Training: ${otherwise}`);
  const { untilPsnr } = planned;
  if (untilPsnr !== undefined) progress?.line(`Training: ${untilWords(untilPsnr, planned.steps)}`);
  await run.resetTrainingLog(before);

  const start = performance.now();
  const seconds = () => secondsBefore + (performance.now() - start) / 1000;
  const every = Math.max(1, Math.ceil(planned.steps / LOG_LINES));
  let unwritten: TrainingLogEntry[] = [];
  let writing: Promise<void> = Promise.resolve();
  let written = performance.now();
  const writeLog = () => {
    const entries = unwritten;
    unwritten = [];
    written = performance.now();
    writing = writing.then(() => (entries.length > 0 ? run.appendTrainingLog(entries) : undefined));
    // Met at the next state that is saved, or at the end.
    writing.catch(() => {});
  };
  let reached = begun;
  const forecast = new TrainingForecast({
    steps: planned.steps,
    signal: sizeOfSignal(inr) / planned.batch,
    sampling: inr.sampling,
  });
  const bytes = trainingBytes(inr, planned.batch);
  let told = false;
  let latest: TrainingLogEntry | undefined;
  progress?.begin('Training', 'steps');
  const weights = await train({
    inr,
    signal: storedSignal(run),
    engine,
    seed: run.manifest.seed,
    steps: planned.steps,
    batch: planned.batch,
    learningRate: planned.learningRate,
    ...(untilPsnr !== undefined && { untilPsnr }),
    abort,
    ...(state && { state }),
    ...(stateInterval !== undefined && { stateInterval }),
    onTrainer({ description }) {
      if (description !== undefined) progress?.line(`Training: ${description}`);
      planned = { ...planned, engine: enginesOf(planned.engine, begun, engine, description) };
    },
    onStep(step) {
      reached = step.step;
      latest = { step: step.step, loss: step.loss, psnr: step.psnr, seconds: Number(seconds().toFixed(3)) };
      if (step.step % every === 0 || step.step === step.steps || step.step === 1) unwritten.push(latest);
      if (performance.now() - written > LOG_INTERVAL) writeLog();
      const taken = (performance.now() - start) / 1000;
      const left = forecast.left(step.step, taken);
      if (left !== undefined && !told) {
        told = true;
        const text = trainingForecast(taken + left, bytes, step.step - begun, untilPsnr);
        if (text !== undefined) progress?.line(`  ${text}`);
      }
      progress?.update({
        done: step.step,
        total: step.steps,
        note: describePsnr(step.psnr),
        ...(left !== undefined && { left }),
      });
    },
    async onState(saved) {
      writeLog();
      await writing;
      await run.writeTrainingState(saved);
      await run.update({ training: { ...planned, step: saved.trainer.step, seconds: Number(seconds().toFixed(3)) } });
    },
  }).catch((error) => {
    if (isXincError(error, 'cancelled')) {
      progress?.line(`Stopped after step ${reached} of ${planned.steps}; repeat the command to go on from there.`);
    }
    throw error;
  });
  // The step that ended it is the last of the curve.
  if (reached < planned.steps && latest && reached % every !== 0 && reached > 1) unwritten.push(latest);
  writeLog();
  await writing;
  // Before the weights, which say that the run is finished: whoever finds them knows after how many steps.
  await run.update({ training: { ...planned, step: reached, seconds: Number(seconds().toFixed(3)) } });
  await run.writeWeights(weights);
  await run.removeTrainingState();
  const rate = new MeasuredRate();
  const measured = performance.now();
  const { frames } = inr.signal;
  await measureRun(run, inr, engine, {
    abort,
    onFrame(compared) {
      if (frames === 1) return;
      const ofOne = rate.secondsOfOne(compared, (performance.now() - measured) / 1000, () => true);
      progress?.update({
        done: reached,
        total: reached,
        note: `${whole(compared)} of ${whole(frames)} frames compared`,
        ...(ofOne !== undefined && { left: ofOne * (frames - compared) }),
      });
    },
  });
  const ended = endedWords(run.manifest);
  progress?.end(
    `Trained ${reached} steps in ${formatDuration(seconds())}: PSNR ${psnrWords(run.manifest)}${ended === undefined ? '' : `; ${ended}`}`,
  );
}

/** What computes a run's training, with what did before where that was another. */
function enginesOf(before: string, begun: number, engine: Engine, steps: string | undefined): string {
  const now = steps === undefined ? engine.description : `${engine.description}; ${steps}`;
  if (begun === 0) return now;
  return before.endsWith(now) ? before : `${before}; after step ${begun}: ${now}`;
}

/** Pixels or frames of the signal, as a batch counts them. */
function sizeOfSignal({ sampling, signal: { frames, height, width } }: Inr): number {
  return sampling === 'pixels' ? frames * height * width : frames;
}

/**
 * Refuses a network whose training could not be saved: its weights, and what its optimiser remembers of each.
 * @throws XincError `unsupported`
 */
export function checkTrainable(inr: Inr): void {
  const remembered = Object.values(trainingMemory(inr)).flatMap((shapes) => Object.values(shapes));
  const shapes = [...inr.parameters.map(({ shape }) => shape), ...remembered];
  const bytes = shapes.reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
  if (bytes <= MOST_TENSOR_BYTES) return;
  throw new XincError('unsupported', `The network is too large: saving its training takes ${formatBytes(bytes)}`, {
    hint: `At most ${formatBytes(MOST_TENSOR_BYTES)} can be saved: its settings can make it narrower or shallower.`,
  });
}
