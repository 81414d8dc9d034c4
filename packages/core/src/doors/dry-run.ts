import { runForward } from '../derive/program.js';
import { readable } from '../derive/readable.js';
import type { Arrays } from '../engine.js';
import type { Inr } from '../inr.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../ndarray.js';
import { createOps } from '../ops/create-ops.js';
import { Breach, isObject, requireThat, show } from './breach.js';

/** A value of the forward pass, of which the dry run knows the shape, and whether a trained parameter is in it. */
class DryValue {
  constructor(
    readonly shape: Shape,
    readonly trained: boolean,
  ) {}
}

/** Shapes of what the forward pass gives on a tiny input. */
export interface DryRun {
  readonly activations: Readonly<Record<string, Shape>>;
}

const ops = createOps<DryValue>({
  constant: ({ shape }) => new DryValue(shape, false),
  shapeOf(value) {
    if (value instanceof DryValue) return value.shape;
    throw new Breach(
      `an operation was given ${show(value)}, which is no value of the program`,
      'Make arrays of numbers values with ops.constant.',
    );
  },
  apply: (_op, inputs, _attributes, shape) =>
    new DryValue(
      shape,
      inputs.some(({ trained }) => trained),
    ),
});

/** Runs a network's forward pass over shapes alone: it takes no time, whatever the network's size. */
export function dryRun(inr: Inr, inputs: Arrays, output: Shape): DryRun {
  const values: Record<string, DryValue> = {};
  for (const { name, shape, trainable } of inr.parameters) values[name] = new DryValue(shape, trainable);
  for (const [name, { shape }] of Object.entries(inputs)) values[name] = new DryValue(shape, false);
  const all = readable(values, Object.keys(values));
  let given: unknown;
  const forward: Inr['forward'] = (...operands) => {
    const result = inr.forward(...operands);
    given = result;
    // What is no result is told below.
    return isObject(result) ? result : ({ output: undefined } as never);
  };
  const result = runForward({ ...inr, forward }, ops, all, all);
  requireThat(isObject(given), `forward gives ${show(given)}`, 'Give { output, activations }.');
  requireThat(
    given.activations === undefined || isObject(given.activations),
    `forward gives the activations ${show(given.activations)}`,
    'Give values by name.',
  );
  requireThat(
    result.output instanceof DryValue,
    `forward gives the output ${show(result.output)}, which is no value of the program`,
  );
  requireThat(
    sameShape(result.output.shape, output),
    `forward gives an output of ${formatShape(result.output.shape)}, not ${formatShape(output)}`,
    inr.sampling === 'pixels' ? 'The output is [pixels, 3].' : 'The output is [frames, 3, height, width].',
  );
  requireThat(result.output.trained, 'the output of forward depends on no parameter that is trained');
  const { activations } = result;
  for (const [name, value] of Object.entries(activations)) {
    requireThat(
      value instanceof DryValue,
      `forward gives the activation '${name}' as ${show(value)}, which is no value of the program`,
    );
    requireThat(
      name !== 'output' || value === result.output,
      "one of the activations of forward is called 'output', as the picture is",
      'Give it another name.',
    );
  }
  return {
    activations: Object.fromEntries(
      Object.entries(activations as Record<string, DryValue>).map(([name, { shape }]) => [name, shape]),
    ),
  };
}

/** The inputs of a network for some pixels or frames. */
export function checkInputs(inr: Inr, inputs: unknown): asserts inputs is Arrays {
  requireThat(isObject(inputs), `it gave ${show(inputs)}`, 'Give arrays by name.');
  const parameters = new Set(inr.parameters.map(({ name }) => name));
  for (const [name, array] of Object.entries(inputs)) {
    requireThat(!parameters.has(name), `its input '${name}' has the name of a parameter`, 'Give it another.');
    requireThat(
      name !== 'target',
      "an input is called 'target', as what training compares with is",
      'Give it another name.',
    );
    requireThat(
      isObject(array) && Array.isArray(array.shape) && array.data instanceof Float32Array,
      `its input '${name}' is ${show(array)}`,
      'Give an array of float32 numbers: ndarray(shape, data).',
    );
    const { shape, data } = array as { shape: Shape; data: Float32Array };
    requireThat(
      data.length === sizeOf(shape),
      `its input '${name}' has the shape ${formatShape(shape)} and ${data.length} values`,
    );
    requireThat(data.every(Number.isFinite), `its input '${name}' holds values that are no numbers`);
  }
}

/** Whether two frames have the same inputs, so that the network cannot tell them apart. */
export function sameInputs(a: Arrays, b: Arrays): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) =>
        b[name] !== undefined &&
        sameShape(a[name].shape, b[name].shape) &&
        a[name].data.every((value, i) => value === b[name].data[i]),
    )
  );
}
