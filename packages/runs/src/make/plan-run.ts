import { type SignalShape, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { mostPixelsOfStep } from '@xinc/core/trace';
import type { SignalLabels, SourceSignal } from '@xinc/signals';
import { chooseModel } from './choose-model.js';
import { fastSettings } from './fast-settings.js';
import { modelConfig } from './model-config.js';
import type { RunPlan } from './prepare-run.js';

/** What a run is to be, whose network is trained. */
export interface RunWishes {
  /** The folder. */
  readonly out: string;
  readonly signal: SourceSignal;
  /** The user's annotation. */
  readonly labels?: SignalLabels | null;
  /** The name of a model; `ffn` for an image and `nerv` for a video, unless given. */
  readonly model?: string;
  /** Settings of the model; its defaults, unless given. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The seed of all randomness; 0, unless given. */
  readonly seed?: number;
  /** Training steps; the model's, unless given. */
  readonly steps?: number;
  /** PSNR of the whole signal in dB at which training ends before all steps are done (`TrainOptions.untilPsnr`). */
  readonly untilPsnr?: number;
  /** Whether the network is trained as its model says that it is in a fraction of the time (`InrPlugin.fast`). */
  readonly fast?: boolean;
}

/**
 * Settles what a run is made with. A model that leaves its batch open trains on fewer pixels at a step where its layers are so wide
 * that they would take much memory: `plan.training.batch` says how many.
 * @throws XincError `invalid-option`, `unsupported`, `not-found`
 */
export function planRun(registry: Registry, wishes: RunWishes): RunPlan & Required<Pick<RunPlan, 'training'>> {
  const { signal, labels = null, settings = {}, seed = 0, steps, untilPsnr } = wishes;
  const network = planNetwork(registry, wishes, signal.shape);
  const { inr } = network;
  const { training } = inr;
  if (steps !== undefined && !(Number.isSafeInteger(steps) && steps >= 1)) {
    throw new XincError('invalid-option', `${steps} is no number of training steps`, { subject: 'steps' });
  }
  if (untilPsnr !== undefined && !(Number.isFinite(untilPsnr) && untilPsnr > 0)) {
    throw new XincError('invalid-option', `${untilPsnr} is no PSNR that training could end at`, {
      setting: 'untilPsnr',
      hint: 'Give dB, such as 30.',
    });
  }
  const batch = 'batch' in settings ? training.batch : Math.min(training.batch, mostPixelsOfStep(inr));
  return {
    out: wishes.out,
    input: { signal, labels },
    ...network,
    seed,
    training: {
      steps: steps ?? training.steps,
      learningRate: training.learningRate,
      batch,
      ...(untilPsnr !== undefined && { untilPsnr }),
    },
  };
}

/**
 * The network of a run, without weights.
 * @param signal what it is to represent
 * @throws XincError `invalid-option`, `unsupported`, `not-found`; `plugin` where the model fails
 */
export function planNetwork(
  registry: Registry,
  { model: name, settings: given = {}, fast = false, steps }: Pick<RunWishes, 'model' | 'settings' | 'fast' | 'steps'>,
  signal: SignalShape,
): Pick<RunPlan, 'model' | 'config' | 'inr'> {
  const model = chooseModel(registry, name, signal.kind);
  const settings = fast ? fastSettings(model.plugin, given, steps) : given;
  const config = modelConfig(model.plugin, settings);
  return { model, config, inr: model.plugin.build(config, signal) };
}
