import { createOps, formatShape, type Program, type Shape, type Shapes, XincError } from '@xinc/core';

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

/** @throws XincError `not-found` unless all of `names` are among the program's `outputs` (or inputs). */
export function requireNames(what: 'output' | 'input', names: readonly string[], among: Shapes): void {
  const missing = names.find((name) => !Object.hasOwn(among, name));
  if (missing === undefined) return;
  throw new XincError('not-found', `The program has no ${what} '${missing}'`, {
    subject: missing,
    hint: `It has: ${Object.keys(among).join(', ')}.`,
  });
}

/** @throws XincError unless the output `loss` exists and is a scalar. */
export function requireScalar(loss: string, outputs: Shapes): void {
  requireNames('output', [loss], outputs);
  if (outputs[loss].length === 0) return;
  throw new XincError('shape', `The output '${loss}' to differentiate is ${formatShape(outputs[loss])}, not a scalar`, {
    subject: loss,
  });
}
