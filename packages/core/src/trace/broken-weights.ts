import { type RecordedForward, runForward } from '../derive/program.js';
import type { Arrays } from '../engine.js';
import type { Inr, LayerHook } from '../inr.js';
import type { Shape } from '../ndarray.js';
import { createOps } from '../ops/create-ops.js';

/** What a value of the forward pass is, for telling what it depends on: its shape, and the parameters it was made of. */
interface Traced {
  readonly shape: Shape;
  readonly parameters: ReadonlySet<string>;
}

/** What depends on weights that are not finite, with the reasons. */
interface Broken {
  /** Layers whose contributions depend on such weights, by id. */
  readonly layers: ReadonlyMap<string, string>;
  /** Why the picture does; `undefined` if it does not. */
  readonly picture: string | undefined;
}

/** This is read off the program, not off its values: an activation may turn NaN into a number. */
export function findBroken(inr: Inr, parameters: Arrays): Broken {
  const broken = new Map<string, string>();
  for (const [name, { data }] of Object.entries(parameters)) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) broken.set(name, `the weights '${name}' hold ${data[at]} at position ${at}`);
  }
  if (broken.size === 0) return { layers: broken, picture: undefined };
  const { output, activations } = traced(inr, parameters);
  const reasonAmong = (names: Iterable<string>) =>
    [...names].map((name) => broken.get(name)).find((why) => why !== undefined);
  const layers = new Map<string, string>();
  for (const hook of inr.layers) {
    const reason = reasonAmong(weightsOf(hook, parameters, activations));
    if (reason !== undefined) layers.set(hook.id, reason);
  }
  return { layers, picture: reasonAmong(output.parameters) };
}

/** Names of the parameters that a layer's contributions depend on, its own first. */
function weightsOf(hook: LayerHook, parameters: Arrays, activations: Readonly<Record<string, Traced>>): string[] {
  // What it computes its maps from, only its plugin knows.
  if (hook.kind === 'custom' || hook.kind === 'derived') return Object.keys(parameters);
  const own = hook.kind === 'dense' ? [hook.weight, hook.bias] : [hook.kernel, hook.bias];
  return [...own, ...activations[hook.input].parameters];
}

/** The picture and the activations that hooks name. */
function traced(inr: Inr, parameters: Arrays): RecordedForward<Traced> {
  const ops = createOps<Traced>({
    constant: ({ shape }) => ({ shape, parameters: new Set() }),
    shapeOf: ({ shape }) => shape,
    apply: (_op, inputs, _attributes, shape) => ({
      shape,
      parameters: new Set(inputs.flatMap((input) => [...input.parameters])),
    }),
  });
  const named = (arrays: Arrays, names: (name: string) => readonly string[]) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, { shape }]) => [name, { shape, parameters: new Set(names(name)) }]),
    );
  const inputs = inr.sampling === 'frames' ? inr.inputs([0]) : inr.inputs([0], Uint32Array.of(0));
  return runForward(
    inr,
    ops,
    named(parameters, (name) => [name]),
    named(inputs, () => []),
  );
}
