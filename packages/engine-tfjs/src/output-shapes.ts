import { formatShape, type Program, type Shape, type Shapes, XincError } from '@xinc/core';
import { createOps } from '@xinc/core/graph';

/**
 * The shapes of a program's outputs, found by running it on shapes alone: an eager engine's way to refuse a wrong program
 * when it is compiled.
 * @throws XincError `shape` from the operation whose inputs do not fit.
 */
export function outputShapes(program: Program, inputs: Shapes): Record<string, Shape> {
  const ops = createOps<Shape>({
    constant: (value) => value.shape,
    shapeOf: (shape) => shape,
    apply: (_op, _inputs, _attributes, shape) => shape,
  });
  return program(ops, inputs);
}

/** @throws XincError `not-found` unless the program gives all outputs `named`, listing what it does give. */
export function requireOutputs(named: readonly string[], outputs: Shapes): void {
  const missing = named.find((name) => !Object.hasOwn(outputs, name));
  if (missing === undefined) return;
  throw new XincError('not-found', `The program has no output '${missing}'`, {
    subject: missing,
    hint: `It gives: ${Object.keys(outputs).join(', ')}.`,
  });
}

/** @throws XincError `not-found` unless the program takes all inputs in `wrt`, listing what it does take. */
export function requireInputs(wrt: readonly string[], inputs: Shapes): void {
  const missing = wrt.find((name) => !Object.hasOwn(inputs, name));
  if (missing === undefined) return;
  throw new XincError('not-found', `The program has no input '${missing}' to differentiate by`, {
    subject: missing,
    hint: `It takes: ${Object.keys(inputs).join(', ')}.`,
  });
}

/** @throws XincError unless the output `loss` exists (`not-found`) and is a scalar (`shape`). */
export function requireScalar(loss: string, outputs: Shapes): void {
  requireOutputs([loss], outputs);
  if (outputs[loss].length === 0) return;
  throw new XincError('shape', `The loss to differentiate has shape ${formatShape(outputs[loss])}, not scalar`, {
    subject: loss,
    hint: 'Reduce it with mean or sum.',
  });
}
