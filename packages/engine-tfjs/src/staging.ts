import { type Program, type Shape, type Shapes, XincError } from '@xinc/core';
import { createOps, mapValues, type OpBackend } from '@xinc/core/graph';
import { upload } from './arrays.js';
import { applyOperation } from './eager.js';
import type { Operations } from './operations.js';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** A value of a program that is run in two stages: its tensor, unless that is for the other stage to know. */
interface Staged {
  readonly shape: Shape;
  readonly tensor: Tensor | undefined;
}

/**
 * What the n-th call of a program (of `constant` or of an operation) leaves to the second stage: to compute its result,
 * to use the tensor that is there, or nothing, where only calls of the first stage read it.
 */
type Remaining = 'compute' | 'nothing' | Tensor;

/** What a program computes without its parameters, such as a network's input features, and what is left to compute. */
export interface FirstStage {
  readonly inputs: Readonly<Record<string, Staged>>;
  readonly calls: readonly Remaining[];
}

/**
 * Runs a program on the inputs that are `known`, leaving out whatever needs the `unknown` ones. A program is a pure
 * function of static shapes, so it makes the same calls every time, and results are kept by the number of the call.
 * Call inside `tf.tidy`; of what is computed and of `known`, `tensorsOf` the result are all that the second stage reads.
 */
export function firstStage(
  tf: TensorFlow,
  operations: Operations,
  program: Program,
  loss: string,
  known: Readonly<Record<string, Tensor>>,
  unknown: Shapes,
): FirstStage {
  const results: Staged[] = [];
  const read = new Set<Tensor>();
  const record = (shape: Shape, tensor?: Tensor): Staged => {
    const result = { shape, tensor };
    results.push(result);
    return result;
  };
  const backend: OpBackend<Staged> = {
    constant: (value) => record(value.shape, upload(tf, value)),
    shapeOf: (x) => x.shape,
    apply(op, inputs, attributes, shape) {
      const tensors = inputs.flatMap(({ tensor }) => tensor ?? []);
      if (tensors.length === inputs.length) {
        return record(shape, applyOperation(operations, op, tensors, attributes, shape));
      }
      for (const tensor of tensors) read.add(tensor);
      return record(shape);
    },
  };
  const inputs = { ...stage(known), ...mapValues(unknown, (shape) => ({ shape, tensor: undefined })) };
  const { tensor } = program(createOps(backend), inputs)[loss];
  if (tensor) read.add(tensor);

  const ifRead = (tensor: Tensor | undefined): Tensor | undefined => (tensor && read.has(tensor) ? tensor : undefined);
  return {
    inputs: mapValues(inputs, ({ shape, tensor }) => ({ shape, tensor: ifRead(tensor) })),
    calls: results.map(({ tensor }) => (tensor ? (ifRead(tensor) ?? 'nothing') : 'compute')),
  };
}

/** The tensors that the second stage reads. */
export function tensorsOf({ inputs, calls }: FirstStage): Tensor[] {
  const results = calls.filter((call): call is Tensor => typeof call !== 'string');
  return [...results, ...Object.values(inputs).flatMap(({ tensor }) => tensor ?? [])];
}

/**
 * The program's output `loss`, from what the first stage computed and the inputs it did not know.
 * @throws XincError `plugin` if the program makes other calls than in the first stage.
 */
export function secondStage(
  first: FirstStage,
  operations: Operations,
  program: Program,
  loss: string,
  inputs: Readonly<Record<string, Tensor>>,
): Tensor {
  let calls = 0;
  const next = (shape: Shape, compute: () => Tensor): Staged => {
    const remaining = first.calls[calls++];
    if (remaining === 'compute') return { shape, tensor: compute() };
    return { shape, tensor: remaining === 'nothing' ? undefined : remaining };
  };
  const backend: OpBackend<Staged> = {
    constant: ({ shape }) => next(shape, impure),
    shapeOf: (x) => x.shape,
    apply: (op, inputs, attributes, shape) =>
      next(shape, () => {
        const tensors = inputs.map(({ tensor }) => tensor ?? impure());
        return applyOperation(operations, op, tensors, attributes, shape);
      }),
  };
  const { tensor } = program(createOps(backend), { ...first.inputs, ...stage(inputs) })[loss];
  return tensor && calls === first.calls.length ? tensor : impure();
}

function stage(tensors: Readonly<Record<string, Tensor>>): Record<string, Staged> {
  return mapValues(tensors, (tensor) => ({ shape: tensor.shape, tensor }));
}

function impure(): never {
  throw new XincError('plugin', 'The program does not make the same calls on every run', {
    hint: 'A program has to be a pure function of its inputs.',
  });
}
