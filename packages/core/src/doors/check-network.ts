import type { Arrays } from '../engine.js';
import type { CheckpointLayout, Inr, ParameterEncoder } from '../inr.js';
import type { SignalShape } from '../signal.js';
import { Breach, isObject, requireThat, show } from './breach.js';
import { checkLayerNames, checkLayers } from './check-layers.js';
import { checkParameterSpecs } from './check-parameters.js';
import { checkTraining } from './check-training.js';
import { dryRun, sameInputs } from './dry-run.js';

/** Pixels of the dry run: a number that is no extent of a small network by chance. */
const DRY_PIXELS = 7;

/**
 * Checks a network that a model built, before anything is trained: names, kinds, shapes, and by a run over shapes alone
 * that its parts fit one another and the signal.
 * @param guard the network with each of its functions naming itself in what it throws
 * @returns what `guard` made
 * @throws Breach
 */
export function checkNetwork(built: unknown, signal: SignalShape, guard: (inr: Inr) => Inr): Inr {
  requireThat(isObject(built), `it gave ${show(built)}`, 'Give a network.');
  for (const field of ['kind', 'frames', 'height', 'width'] as const) {
    const found = isObject(built.signal) ? built.signal[field] : undefined;
    requireThat(
      found === signal[field],
      `the network is of a signal with ${field} ${show(found)}, not ${show(signal[field])}`,
      'Give the signal on as it was given.',
    );
  }
  const { sampling } = built;
  requireThat(
    sampling === 'pixels' || sampling === 'frames',
    `sampling is ${show(sampling)}`,
    "There are 'pixels' and 'frames'.",
  );
  checkParameterSpecs(built.parameters);
  checkLayerNames(built.layers, built.untraced);
  for (const name of ['inputs', 'forward']) {
    requireThat(typeof built[name] === 'function', `the network has no function '${name}'`);
  }
  checkTraining(built.training);
  checkLayouts(built as unknown as Inr);
  const inr = guard(built as unknown as Inr);
  const area = signal.height * signal.width;
  const count = Math.min(DRY_PIXELS, area);
  const pixels = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * area) / count));
  const inputsOf = (frame: number) => (sampling === 'pixels' ? inr.inputs([frame], pixels) : inr.inputs([frame]));
  const inputs = inputsOf(0);
  checkFramesDiffer(signal, inputs, inputsOf);
  const output = sampling === 'pixels' ? [count, 3] : [1, 3, signal.height, signal.width];
  checkLayers(inr, dryRun(inr, inputs, output), sampling === 'pixels' ? count : area);
  return inr;
}

/** A network of a video has to tell its frames apart, or it would draw one of them for all. */
function checkFramesDiffer({ frames }: SignalShape, first: Arrays, inputsOf: (frame: number) => Arrays): void {
  if (frames === 1) return;
  for (const frame of new Set([1, frames - 1])) {
    requireThat(
      !sameInputs(first, inputsOf(frame)),
      `inputs gives the same for the frames 0 and ${frame} of a video`,
      "Let it depend on the frame, or leave 'video' out of the signals of the model.",
    );
  }
}

/** Names of parameters in the layouts of published state dicts. */
function checkLayouts({ checkpoints, parameters }: Inr): void {
  if (checkpoints === undefined) return;
  requireThat(Array.isArray(checkpoints), `checkpoints is ${show(checkpoints)}, not a list`);
  for (const layout of checkpoints) checkLayout(layout, new Set(parameters.map(({ name }) => name)));
}

/** @param parameters names that there are, where these are known */
export function checkLayout(layout: unknown, parameters?: ReadonlySet<string>): asserts layout is CheckpointLayout {
  requireThat(
    isObject(layout) && typeof layout.name === 'string' && isObject(layout.names),
    `a layout of checkpoints is ${show(layout)}`,
    'Give a name, and names by parameter.',
  );
  const { stated } = layout;
  requireThat(
    stated === undefined || (Array.isArray(stated) && stated.every((name) => typeof name === 'string')),
    `the layout '${layout.name}' has stated: ${show(stated)}`,
    'Give a list of names.',
  );
  for (const [parameter, name] of Object.entries(layout.names)) {
    requireThat(typeof name === 'string', `the layout '${layout.name}' names '${parameter}' ${show(name)}`);
    if (parameters?.has(parameter) ?? true) continue;
    throw new Breach(`the layout '${layout.name}' names '${parameter}', which is no parameter`);
  }
  const { around = {} } = layout;
  requireThat(isObject(around), `the layout '${layout.name}' has around: ${show(around)}`, 'Give names by parameter.');
  for (const [parameter, names] of Object.entries(around)) {
    const texts = Array.isArray(names) && names.every((name) => typeof name === 'string');
    requireThat(texts, `the layout '${layout.name}' names '${parameter}' ${show(names)}`, 'Give a list of names.');
    if (parameters?.has(parameter) ?? true) continue;
    throw new Breach(`the layout '${layout.name}' names '${parameter}', which is no parameter`);
  }
}

/** @throws Breach */
export function checkEncoder(encoder: unknown): asserts encoder is ParameterEncoder {
  requireThat(
    isObject(encoder) && typeof encoder.parameter === 'string' && isObject(encoder.weights),
    `an encoder of a parameter is ${show(encoder)}`,
    'Give the name of a parameter, and shapes by the names of weights.',
  );
  requireThat(typeof encoder.encode === 'function', "an encoder of a parameter has no function 'encode'");
}
