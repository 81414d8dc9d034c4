import { formatShape, type Shapes, XincError } from '@xinc/core';
import {
  differentiate,
  type GradientRules,
  type Graph,
  type GraphNode,
  type NamedNodes,
  type TracedProgram,
} from '@xinc/core/graph';
import { type Emission, type EmittedModel, emitModel } from './emit.js';
import { fuseBiases } from './passes/fuse-biases.js';

/** The last step of every compilation: optimise and write as ONNX. */
export function lower(graph: Graph, outputs: NamedNodes, emission?: Emission): EmittedModel {
  return emitModel(fuseBiases(graph, outputs), emission);
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
export function gradientsOf(
  traced: TracedProgram,
  loss: string,
  wrt: readonly string[],
  rules?: GradientRules,
): GraphNode[] {
  const inputs = wrt.map((name) => {
    const node = traced.inputs[name];
    if (node) return node;
    throw new XincError('not-found', `The program has no input '${name}' to differentiate by`, {
      subject: name,
      hint: `It takes: ${Object.keys(traced.inputs).join(', ')}.`,
    });
  });
  return differentiate(traced.graph, outputNamed(traced.outputs, loss), inputs, rules);
}

/** For messages: `the training step (weight 104×208, bias 104, … )`. */
export function describeProgram(what: string, inputs: Shapes): string {
  const shown = Object.entries(inputs).map(([name, shape]) => `${name} ${formatShape(shape)}`);
  const more = shown.length > MOST_NAMED ? [`… ${shown.length - MOST_NAMED} more`] : [];
  return `${what} (${[...shown.slice(0, MOST_NAMED), ...more].join(', ')})`;
}

const MOST_NAMED = 6;
