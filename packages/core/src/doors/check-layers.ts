import { READS_NO_INPUT } from '../derive/layers.js';
import { didYouMean } from '../did-you-mean.js';
import {
  activationsRead,
  type CustomHook,
  type DerivedHook,
  type Inr,
  type LayerHook,
  type Stage,
  type UntracedLayer,
} from '../inr.js';
import { formatShape, type Shape, sameShape } from '../ndarray.js';
import { applyActivation } from '../ops/activation.js';
import { Breach, isCount, isObject, requireThat, show } from './breach.js';
import type { DryRun } from './dry-run.js';
import { checkDistinct, checkFileName } from './names.js';

const ACTIVATIONS = Object.keys(applyActivation);
/** Every stage that kernels know; the compiler refuses one that is missing here. */
const STAGES = Object.keys({ box: 0, upsample: 0, activation: 0 } satisfies Record<Stage['kind'], 0>);
const KINDS = Object.keys({ dense: 0, conv: 0, derived: 0, custom: 0 } satisfies Record<LayerHook['kind'], 0>);
const CHANNELS = 3;

/**
 * What hooks are before the forward pass is known: kinds, ids, labels.
 * @param untraced layers that the network says cannot be traced
 */
export function checkLayerNames(layers: unknown, untraced: unknown): asserts layers is readonly LayerHook[] {
  requireThat(Array.isArray(layers), `layers is ${show(layers)}, not a list`);
  checkUntraced(untraced ?? []);
  if (layers.length === 0) throw noLayers((untraced ?? []) as readonly UntracedLayer[]);
  for (const hook of layers as readonly unknown[]) {
    requireThat(isObject(hook), `a layer is ${show(hook)}`);
    checkFileName("a layer's id", hook.id);
    requireThat(
      KINDS.includes(hook.kind as string),
      `layer '${hook.id}' is of kind ${show(hook.kind)}`,
      `There are ${KINDS.join(', ')}.`,
    );
    const labelled = typeof hook.label === 'string' && hook.label.length > 0;
    requireThat(labelled, `layer '${hook.id}' has the label ${show(hook.label)}`, 'Give it a text for people.');
  }
  checkDistinct(
    'layers',
    (layers as readonly LayerHook[]).map(({ id }) => id),
  );
}

function checkUntraced(untraced: unknown): void {
  const told = (layer: unknown) => isObject(layer) && typeof layer.id === 'string' && typeof layer.why === 'string';
  requireThat(
    Array.isArray(untraced) && untraced.every(told),
    `untraced is ${show(untraced)}`,
    'Give a list of { id, why }.',
  );
}

function noLayers(untraced: readonly UntracedLayer[]): Breach {
  const [first] = untraced;
  if (!first) return new Breach('it has no layer to trace', 'Give at least one hook in layers.');
  const without = untraced.every(({ why }) => why === READS_NO_INPUT);
  return new Breach(
    `it has no layer to trace; of ${untraced.length}, '${first.id}': ${first.why}`,
    without
      ? 'What is learned of each frame is looked up by an input: ops.gather(embedding, inputs.frame, 0).'
      : 'Trace a layer yourself, by a hook in layers.',
  );
}

/**
 * Whether hooks name parameters and activations that are there, in shapes that fit one another and the picture.
 * @param dry of `pixels` pixels, or of one frame
 */
export function checkLayers(inr: Inr, { activations }: DryRun, pixels: number): void {
  const shapes = new Map(inr.parameters.map(({ name, shape }) => [name, shape]));
  for (const hook of inr.layers) {
    const of = `layer '${hook.id}'`;
    const activation = (field: string, name: unknown) =>
      lookUp(of, field, name, new Map(Object.entries(activations)), 'activation');
    const parameter = (field: string, name: unknown) => lookUp(of, field, name, shapes, 'parameter');
    if (hook.kind === 'custom' || hook.kind === 'derived') {
      checkCustom(of, hook, activation);
      continue;
    }
    checkActivation(`${of} has activation`, hook.activation, true);
    const bias = parameter('bias', hook.bias);
    const [input, before] = [activation('input', hook.input), activation('preactivation', hook.preactivation)];
    const fits = (what: string, found: Shape, wanted: Shape, why: string) =>
      requireThat(
        sameShape(found, wanted),
        `${of}: its ${what} is ${formatShape(found)}, not ${formatShape(wanted)}`,
        `${why}.`,
      );
    if (hook.kind === 'dense') {
      const weight = parameter('weight', hook.weight);
      requireThat(weight.length === 2, `${of}: its weight '${hook.weight}' is ${formatShape(weight)}, not [out, in]`);
      const [outputs, inputs] = weight;
      const why = `'${hook.weight}' is ${formatShape(weight)}, [out, in]`;
      fits(`bias '${hook.bias}'`, bias, [outputs], why);
      fits(`input '${hook.input}'`, input, [pixels, inputs], `It has a row for each pixel, and ${why}`);
      fits(
        `preactivation '${hook.preactivation}'`,
        before,
        [pixels, outputs],
        `It has a row for each pixel, and ${why}`,
      );
      checkChannels(of, hook.channels, outputs);
      continue;
    }
    requireThat(
      inr.sampling === 'frames',
      `${of} is a convolution, and the network draws single pixels`,
      "Say sampling: 'frames'.",
    );
    const kernel = parameter('kernel', hook.kernel);
    const square = kernel.length === 4 && kernel[2] === kernel[3] && kernel[2] % 2 === 1;
    requireThat(square, `${of}: its kernel '${hook.kernel}' is ${formatShape(kernel)}, not [out, in, k, k] with odd k`);
    const [outputs, inputs] = kernel;
    const why = `'${hook.kernel}' is ${formatShape(kernel)}, [out, in, k, k]`;
    fits(`bias '${hook.bias}'`, bias, [outputs], why);
    requireThat(
      input.length === 4 && input[0] === 1 && input[1] === inputs,
      `${of}: its input '${hook.input}' is ${formatShape(input)} for one frame, not [1, ${inputs}, h, w]`,
      `${why}.`,
    );
    const [, , height, width] = input;
    fits(`preactivation '${hook.preactivation}'`, before, [1, outputs, height, width], why);
    const shuffles = isCount(hook.shuffle) && outputs % hook.shuffle ** 2 === 0;
    requireThat(shuffles, `${of}: ${outputs} channels do not shuffle by ${show(hook.shuffle)}`);
    checkPath(of, hook.path);
    checkEnd(of, hook.path, [height * hook.shuffle, width * hook.shuffle], [inr.signal.height, inr.signal.width]);
    checkChannels(of, hook.channels, outputs);
  }
}

function lookUp(
  of: string,
  field: string,
  name: unknown,
  among: ReadonlyMap<string, Shape>,
  what: 'parameter' | 'activation',
): Shape {
  const found = typeof name === 'string' ? among.get(name) : undefined;
  if (found) return found;
  const names = [...among.keys()];
  const near = typeof name === 'string' ? didYouMean(name, names) : '';
  throw new Breach(
    `${of} names ${show(name)} as its ${field}, and there is no such ${what}`,
    `${near}There ${names.length === 0 ? 'are none' : `are ${names.join(', ')}`}.`,
  );
}

function checkCustom(
  of: string,
  hook: Extract<LayerHook, { kind: 'custom' | 'derived' }>,
  activation: (field: string, name: unknown) => Shape,
): void {
  requireThat(isCount(hook.neurons), `${of} has ${show(hook.neurons)} neurons`, 'Give a whole number of at least 1.');
  const { width = 1 } = hook as Partial<CustomHook>;
  requireThat(isCount(width), `${of} has the width ${show(width)}`, 'Give a whole number of at least 1.');
  const made = hook.kind === 'derived' ? 'source' : 'trace';
  requireThat(typeof (hook as CustomHook & DerivedHook)[made] === 'function', `${of} has no function '${made}'`);
  const { inputs } = hook;
  requireThat(inputs === undefined || Array.isArray(inputs), `${of} has inputs: ${show(inputs)}, not a list of names`);
  for (const name of activationsRead(hook)) activation(name === hook.input ? 'input' : 'inputs', name);
  if (hook.kind === 'derived' && hook.preactivation !== undefined) {
    const shape = activation('preactivation', hook.preactivation);
    const fits =
      hook.outputs === undefined ||
      (shape.length === 4 && shape[1] === hook.outputs && hook.neurons % hook.outputs === 0);
    requireThat(
      fits,
      `${of} has the pre-activation ${formatShape(shape)}, ${show(hook.outputs)} outputs and ${hook.neurons} neurons`,
      'Its pre-activation is [B, outputs, h, w], and each output has as many neurons.',
    );
  }
  for (const field of ['completeness', 'switchOff'] as const) {
    const present = hook[field] === undefined || typeof hook[field] === 'function';
    requireThat(present, `${of} has ${field}: ${show(hook[field])}, not a function`);
  }
}

function checkActivation(what: string, activation: unknown, orNull: boolean): void {
  const known = (orNull && activation === null) || ACTIVATIONS.includes(activation as string);
  const near = typeof activation === 'string' ? didYouMean(activation, ACTIVATIONS) : '';
  requireThat(
    known,
    `${what} ${show(activation)}`,
    `${near}There are ${ACTIVATIONS.join(', ')}${orNull ? ', and null for none' : ''}.`,
  );
}

function checkPath(of: string, path: unknown): void {
  requireThat(Array.isArray(path), `${of} has path: ${show(path)}, not a list of stages`);
  for (const stage of path as readonly unknown[]) {
    requireThat(isObject(stage), `${of}: a stage of its path is ${show(stage)}`);
    requireThat(
      STAGES.includes(stage.kind as string),
      `${of}: a stage of its path is of kind ${show(stage.kind)}`,
      `There are ${STAGES.join(', ')}.`,
    );
    if (stage.kind === 'activation')
      checkActivation(`${of}: a stage of its path has activation`, stage.activation, false);
    if (stage.kind === 'upsample')
      requireThat(isCount(stage.scale), `${of}: a stage of its path upsamples by ${show(stage.scale)}`);
    if (stage.kind === 'box') {
      const odd = isCount(stage.size) && stage.size % 2 === 1;
      requireThat(odd, `${of}: a stage of its path is a box of size ${show(stage.size)}`, 'A size is odd.');
    }
  }
}

/** The way to the picture has to end at the picture's size. */
function checkEnd(of: string, path: readonly Stage[], start: Shape, picture: Shape): void {
  const scale = path.reduce((product, stage) => (stage.kind === 'upsample' ? product * stage.scale : product), 1);
  const end = start.map((extent) => extent * scale);
  requireThat(
    sameShape(end, picture),
    `${of}: its path ends at ${formatShape(end)}, and the picture is ${formatShape(picture)}`,
    'Shuffle and upsamplings of the path have to lead from its input to the picture.',
  );
}

function checkChannels(of: string, channels: unknown, outputs: number): void {
  if (channels === undefined) return;
  const named = Array.isArray(channels) && channels.every((name) => typeof name === 'string');
  requireThat(named, `${of} has channels: ${show(channels)}, not a list of names`);
  requireThat(
    channels.length === CHANNELS && outputs === CHANNELS,
    `${of} has ${channels.length} channels and ${outputs} outputs`,
    'Only a layer whose outputs are the three channels of the picture has channels.',
  );
}
