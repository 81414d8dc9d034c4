import { type Arrays, formatShape, type Shapes, sameShape, sizeOf, XincError } from '@xinc/core';
import type { Graph, GraphNode, NamedNodes, TracedProgram } from '@xinc/core/graph';
import { differentiate } from '@xinc/core/graph';
import { type EmittedModel, emitModel } from './emit.js';
import { fuseBiases } from './passes/fuse-biases.js';

/** The last step of every compilation: optimise and write as ONNX. */
export function lower(graph: Graph, outputs: NamedNodes): EmittedModel {
  return emitModel(fuseBiases(graph, outputs));
}

/** @throws XincError `not-found` listing what the program does give. */
export function outputNamed(outputs: NamedNodes, name: string): GraphNode {
  const node = outputs[name];
  if (node) return node;
  throw new XincError('not-found', `The program has no output '${name}'`, {
    subject: name,
    hint: `It gives: ${Object.keys(outputs).join(', ')}.`,
  });
}

/** ∂loss/∂input for the named inputs. */
export function gradientsOf(traced: TracedProgram, loss: string, wrt: readonly string[]): GraphNode[] {
  const inputs = wrt.map((name) => {
    const node = traced.inputs[name];
    if (node) return node;
    throw new XincError('not-found', `The program has no input '${name}' to differentiate by`, {
      subject: name,
      hint: `It takes: ${Object.keys(traced.inputs).join(', ')}.`,
    });
  });
  return differentiate(traced.graph, outputNamed(traced.outputs, loss), inputs);
}

/** @throws XincError `shape` naming an array that is missing or has another shape than the program was compiled for. */
export function checkArrays(arrays: Arrays, shapes: Shapes): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const array = arrays[name];
    if (!array) {
      throw new XincError('shape', `The input '${name}' (${formatShape(shape)}) is missing`, { subject: name });
    }
    if (!sameShape(array.shape, shape) || array.data.length !== sizeOf(shape)) {
      const found = sameShape(array.shape, shape) ? `${array.data.length} elements` : formatShape(array.shape);
      throw new XincError(
        'shape',
        `The input '${name}' is ${found}, but the program was compiled for ${formatShape(shape)}`,
        {
          subject: name,
        },
      );
    }
  }
}

export function shapesOf(arrays: Arrays): Shapes {
  return Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]));
}

/** For messages: `the training step (weight 104×208, bias 104, … )`. */
export function describeProgram(what: string, inputs: Shapes): string {
  const shown = Object.entries(inputs).map(([name, shape]) => `${name} ${formatShape(shape)}`);
  const more = shown.length > MOST_NAMED ? [`… ${shown.length - MOST_NAMED} more`] : [];
  return `${what} (${[...shown.slice(0, MOST_NAMED), ...more].join(', ')})`;
}

const MOST_NAMED = 6;
