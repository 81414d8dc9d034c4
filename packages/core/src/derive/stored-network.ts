import type { Arrays, Shapes } from '../engine.js';
import { readProgram, type StoredProgram, storeProgram } from '../graph/stored-program.js';
import type { Inr, LayerHook, UntracedLayer, ValuePlace } from '../inr.js';
import { type NdArray, type Shape, sizeOf } from '../ndarray.js';
import { evaluationProgram, OUTPUT } from '../network.js';
import { pixelsAtOnce } from '../pixels-at-once.js';
import type { SignalShape } from '../signal.js';
import { deriveHooks, type LayerName } from './derive-hooks.js';

/**
 * A network as JSON, without its weights: its program, and what its layers are called. Read again, its layers are read off the program
 * as the plugin did it, so that whoever has no plugin, such as a page, traces it all the same.
 */
export interface StoredNetwork {
  readonly signal: SignalShape;
  readonly sampling: Inr['sampling'];
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  /** Shapes of the inputs for one evaluation: of `pixelsAtOnce` pixels, or of a frame. */
  readonly inputs: Shapes;
  /** The inputs that have a row for each pixel. */
  readonly perPixel: readonly string[];
  readonly program: StoredProgram;
  /** What the products with weights are called, in the order of the program; `null` for those that are not shown. */
  readonly names: readonly (LayerName | null)[];
}

/**
 * A network as data.
 * @returns the network; arrays that its program knows, to be kept beside it; and the layers that are lost, since the program does not
 *   tell them: those that a plugin traces by itself
 */
export function storeNetwork(inr: Inr): {
  readonly network: StoredNetwork;
  readonly constants: Arrays;
  readonly lost: readonly UntracedLayer[];
} {
  const derived = deriveHooks(inr, { name: (_, position) => ({ id: String(position) }) });
  const names: (LayerName | null)[] = [];
  const kept = new Set<string>();
  for (const hook of derived.layers) {
    const own = inr.layers.find(
      (layer) => sameLayer(layer, inr.recorded, hook, derived.recorded) && !kept.has(layer.id),
    );
    names[Number(hook.id)] = own ? nameOf(own) : null;
    if (own) kept.add(own.id);
  }
  // Places of products that are not traced at all are not in the list.
  const dense = Array.from(names, (name) => name ?? null);
  const stored = storeAt(inr, pixelsAtOnce(inr), dense);
  const read = readLayers(stored.network, stored.constants);
  const agrees = (layer: LayerHook) =>
    read.layers.some((other) => other.id === layer.id && other.kind === layer.kind && other.reading === layer.reading);
  const lost = inr.layers.filter((layer) => !kept.has(layer.id) || !agrees(layer)).map(({ id }) => id);
  const network = { ...stored.network, names: dense.map((name) => (name && lost.includes(name.id) ? null : name)) };
  // Fewer layers may be evaluated more pixels at a time.
  const atOnce = pixelsAtOnce(readNetwork(network, stored.constants, () => ({})));
  const same = inr.sampling === 'frames' || atOnce === pixelsAtOnce(inr);
  return {
    ...(same ? { network, constants: stored.constants } : storeAt(inr, atOnce, network.names)),
    lost: lost.map((id) => ({
      id,
      why: 'its plugin traces it by itself, which needs the program that has the plugin',
    })),
  };
}

function storeAt(inr: Inr, pixels: number, names: StoredNetwork['names']) {
  const { signal, sampling } = inr;
  const inputsOf = (count: number) =>
    sampling === 'frames' ? inr.inputs([0]) : inr.inputs([0], new Uint32Array(count));
  const shapes = (arrays: Arrays) =>
    Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]));
  const inputs = shapes(inputsOf(pixels));
  const more = shapes(inputsOf(pixels + 1));
  const parameters = inr.parameters.map(({ name, shape }) => ({ name, shape }));
  const { program, constants } = storeProgram(
    evaluationProgram(inr),
    { ...Object.fromEntries(parameters.map(({ name, shape }) => [name, shape])), ...inputs },
    [OUTPUT],
  );
  const perPixel = Object.keys(inputs).filter((name) => sizeOf(more[name]) > sizeOf(inputs[name]));
  return { network: { signal, sampling, parameters, inputs, perPixel, program, names }, constants };
}

/**
 * The network that was stored; it is not for training.
 * @param inputsOf the inputs of a frame: of all its pixels, or of the frame; nothing where they are not there yet and shapes alone are
 *   asked for
 */
export function readNetwork(
  stored: StoredNetwork,
  constants: Arrays,
  inputsOf: (frame: number) => Arrays | undefined,
): Inr {
  const program = readProgram(stored.program, constants);
  const unlearned = { kind: 'constant', value: 0 } as const;
  const outline = {
    signal: stored.signal,
    sampling: stored.sampling,
    parameters: stored.parameters.map((parameter) => ({ ...parameter, init: unlearned, trainable: false })),
    inputs: ([frame]: readonly number[], pixels?: Uint32Array): Arrays => {
      const given = inputsOf(frame);
      return Object.fromEntries(
        Object.entries(stored.inputs).map(([name, shape]) => [
          name,
          given?.[name]
            ? evaluated(given[name], shape, stored.perPixel.includes(name) ? pixels : undefined)
            : zeros(shape),
        ]),
      );
    },
    forward: ((ops, parameters, inputs) => {
      const values = [
        ...stored.parameters.map(({ name }) => [name, parameters[name]]),
        ...Object.keys(stored.inputs).map((name) => [name, inputs[name]]),
      ];
      return { output: program(ops, Object.fromEntries(values))[OUTPUT] };
    }) satisfies Inr['forward'] as Inr['forward'],
  };
  const { layers, recorded } = deriveHooks(outline, { name: (_, position) => stored.names[position] ?? null });
  return { ...outline, layers, recorded, training: NO_TRAINING };
}

const NO_TRAINING: Inr['training'] = {
  optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 0,
  schedule: () => 0,
  steps: 0,
  batch: 1,
};

const readLayers = (network: StoredNetwork, constants: Arrays) => readNetwork(network, constants, () => undefined);

/** Rows of some pixels, as many as the program takes; the rest stays zero, and what comes of it is cut off. */
function evaluated(whole: NdArray, shape: Shape, pixels: Uint32Array | undefined): NdArray {
  if (!pixels) return whole;
  const values = sizeOf(shape) / shape[0];
  const data = new Float32Array(sizeOf(shape));
  for (const [row, pixel] of pixels.subarray(0, shape[0]).entries()) {
    data.set(whole.data.subarray(pixel * values, (pixel + 1) * values), row * values);
  }
  return { shape, data };
}

const zeros = (shape: Shape): NdArray => ({ shape, data: new Float32Array(sizeOf(shape)) });

function nameOf({ id, label, ...hook }: LayerHook): LayerName {
  const channels = 'channels' in hook ? hook.channels : undefined;
  return { id, label, ...(channels && { channels }) };
}

type Recorded = Readonly<Record<string, ValuePlace>> | undefined;

/** Whether two hooks of one program are the same layer, whatever they call it. */
function sameLayer(a: LayerHook, ofA: Recorded, b: LayerHook, ofB: Recorded): boolean {
  return outlineOf(a, ofA) === outlineOf(b, ofB);
}

/** All that a hook says but names, with the places of the values that it reads. */
function outlineOf(hook: LayerHook, recorded: Recorded): string {
  const { id, label, ...rest } = hook;
  const place = (name: string | undefined) => (name === undefined ? undefined : (recorded?.[name] ?? name));
  const inputs = 'inputs' in hook ? hook.inputs : undefined;
  const preactivation = 'preactivation' in hook ? hook.preactivation : undefined;
  return JSON.stringify(
    Object.entries({
      ...rest,
      channels: undefined,
      input: place(hook.input),
      inputs: inputs?.map(place),
      preactivation: place(preactivation),
    }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
