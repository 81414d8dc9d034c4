import { formatShape, isXincError, type Shape, XincError } from '@xinc/core';
import type { OpAttributes, OpBackend, OpName } from '@xinc/core/graph';
import { upload } from './arrays.js';
import type { Operations } from './operations.js';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** Programs on tensors: every operation is computed when it is called. */
export function eagerBackend(tf: TensorFlow, operations: Operations): OpBackend<Tensor> {
  return {
    constant: (value) => upload(tf, value),
    shapeOf: (x) => x.shape,
    apply: (op, inputs, attributes, shape) => applyOperation(operations, op, inputs, attributes, shape),
  };
}

/** @throws XincError `unsupported` naming the operation and its input shapes, where TensorFlow.js refuses or runs out of memory. */
export function applyOperation<K extends OpName>(
  operations: Operations,
  op: K,
  inputs: readonly Tensor[],
  attributes: OpAttributes[K],
  shape: Shape,
): Tensor {
  return explain(`run ${op}(${inputs.map((x) => formatShape(x.shape)).join(', ')})`, () =>
    operations[op](inputs, attributes, shape),
  );
}

/** Runs `compute` and says what could not be done if TensorFlow.js throws. */
export function explain<R>(what: string, compute: () => R): R {
  try {
    return compute();
  } catch (cause) {
    if (isXincError(cause)) throw cause;
    throw new XincError(
      'unsupported',
      `TensorFlow.js cannot ${what}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
  }
}
