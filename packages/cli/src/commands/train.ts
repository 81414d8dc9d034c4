import { basename, extname, join } from 'node:path';
import { type Engine, type SignalShape, whole } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import {
  asked,
  checkMemory,
  checkTrainable,
  chooseModel,
  DEFAULT_FRAMES,
  inputNotes,
  isLabelled,
  planRun,
  prepareRun,
  psnrWords,
  type Run,
  type RunPlan,
  stepsTaken,
  trainedWords,
  trainRun,
} from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { type DecodedSettings, decodeSettings } from '../decode-settings.js';
import { parsePsnr, parseWhole } from '../settings.js';
import { nextCommand } from '../terminal/next-command.js';
import { withOptions } from '../terminal/options.js';
import { checkEngineChoice, startEngine } from '../workflow/engine.js';
import { tellForecast } from '../workflow/forecast.js';
import { type InputOptions, openInput } from '../workflow/open-input.js';
import { type Accompanied, type AccompaniedOptions, besideViewer } from '../workflow/open-viewer.js';
import { loadPlugins } from '../workflow/plugins.js';
import { workOf } from '../workflow/work.js';

export interface TrainCommandOptions extends InputOptions, AccompaniedOptions {
  readonly model?: string;
  readonly steps?: string;
  readonly untilPsnr?: string;
  readonly fast?: boolean;
  readonly seed: string;
  readonly set?: readonly string[];
  readonly out?: string;
}

/** Reads the input, checks all options, and makes the run or finds the one that is there. Nothing is written before. */
async function planTraining(
  path: string,
  options: TrainCommandOptions,
  settings: DecodedSettings,
  registry: Registry,
  context: CommandContext,
): Promise<ReturnType<typeof planRun>> {
  // What is quickly checked comes first: a video takes a while to read.
  const seed = parseWhole(options.seed, '--seed', 0, 2 ** 31 - 1);
  const steps = options.steps === undefined ? undefined : parseWhole(options.steps, '--steps', 1);
  const untilPsnr = options.untilPsnr === undefined ? undefined : parsePsnr(options.untilPsnr, '--until-psnr');
  checkEngineChoice(registry, options);
  const { model: wanted } = options;
  const chosen = wanted === undefined ? undefined : asked('model', () => registry.get('inr', wanted));
  const input = await openInput(path, options, context, chosen?.plugin.signals);
  const { plugin } = chooseModel(registry, wanted, input.signal.shape.kind);
  const { name } = plugin;
  const plan = planRun(registry, {
    ...input,
    model: name,
    settings: settings.ofModel(plugin),
    seed,
    out: options.out ?? defaultFolder(path, name),
    ...(steps !== undefined && { steps }),
    ...(untilPsnr !== undefined && { untilPsnr }),
    ...(options.fast && { fast: true }),
  });
  const { batch } = plan.inr.training;
  if (plan.training.batch < batch && plan.training.batch < input.signal.shape.height * input.signal.shape.width) {
    context.display.line(
      `  training sees ${whole(plan.training.batch)} random pixels at a step, since wide layers take much memory; --set batch=${batch} makes it as many as with narrow ones`,
    );
  }
  return plan;
}

/** `street.jpg`, `ffn` → `xinc-runs/street-ffn` */
export function defaultFolder(path: string, model: string): string {
  return join('xinc-runs', `${basename(path, extname(path))}-${model}`);
}

/** Milliseconds between checkpoints while the page shows the newest one. */
const FOLLOWED_INTERVAL = 2000;

/**
 * Trains a run made of an input.
 * @param check called before anything is written, with the signal's shape and whether the run has labels; may throw
 */
export async function trainInput(
  path: string,
  options: TrainCommandOptions,
  settings: DecodedSettings,
  registry: Registry,
  context: CommandContext,
  { keep, show }: Accompanied,
  check?: (signal: SignalShape, labelled: boolean) => void,
): Promise<{ run: Run; engine: Engine; plan: RunPlan }> {
  const plan = await planTraining(path, options, settings, registry, context);
  checkTrainable(plan.inr);
  await checkMemory(plan, workOf(context));
  tellForecast(plan.inr, DEFAULT_FRAMES, context);
  check?.(plan.input.signal.shape, plan.input.labels !== null || (await isLabelled(plan.out)));
  const engine = keep(await startEngine(registry, options, context));
  const run = await prepareRun(plan, engine.description, workOf(context));
  // Its frames are in the run.
  plan.input.signal.release?.();
  context.display.line(`Run: ${run.path}`);
  await show(run.path);
  await trainRun(run, plan.inr, engine, workOf(context), options.view ? FOLLOWED_INTERVAL : undefined);
  return { run, engine, plan };
}

export async function trainCommand(path: string, options: TrainCommandOptions, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const models = registry.all('inr').map(({ plugin }) => plugin);
  const settings = decodeSettings(options.set, { models, analyses: [] });
  await besideViewer(options, registry, context, async (accompanied) => {
    const { run, engine, plan } = await trainInput(path, options, settings, registry, context, accompanied);
    const { training, metrics } = run.manifest;
    const psnr = metrics?.psnr;
    const trained = trainedWords(plan.inr.training, run.manifest);
    context.result(
      {
        run: run.path,
        model: run.manifest.model.name,
        engine: engine.description,
        steps: training && stepsTaken(training),
        ...(trained !== undefined && { trained }),
        psnr,
        notes: (await inputNotes(run)).map((note) => withOptions(note)),
      },
      `${run.path}: PSNR ${psnrWords(run.manifest)}\nNext: ${nextCommand(['analyze', run.path], context.options)}`,
    );
  });
}
