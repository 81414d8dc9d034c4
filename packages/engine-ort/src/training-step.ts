import { shapesOf, type TrainingProgram } from '@xinc/core';
import {
  Graph,
  type GraphNode,
  type InputNode,
  mapValues,
  type NamedNodes,
  type Optimizer,
  traceProgram,
} from '@xinc/core/graph';
import { keepNaN } from './onednn/keep-nan.js';
import { ownGradientRules } from './onednn/own-operations.js';
import { type HoistedGraph, hoist } from './passes/hoist.js';
import { joinBiases } from './passes/join-biases.js';
import { gradientsOf, outputNamed } from './program.js';

/** A parameter, or what the optimiser remembers of it under the name `part`. */
export interface StatePlace {
  readonly parameter: string;
  readonly part?: string;
}

/** The step's input for a number that changes from step to step. */
export const scalarInput = (name: string): string => `optimizer:scalar:${name}`;

/** The step's input that holds a part of the state; the parameter itself goes by the program's name. */
export function stateInput({ parameter, part }: StatePlace): string {
  return part === undefined ? parameter : `optimizer:${part}:${parameter}`;
}

/** The output that holds it after the update. */
export function stateOutput({ parameter, part }: StatePlace): string {
  return part === undefined ? `optimizer:next:${parameter}` : `optimizer:next:${part}:${parameter}`;
}

/** Every part of the state, parameters first. */
export function placesOf({ parameters }: Optimizer): StatePlace[] {
  const names = Object.keys(parameters);
  return [
    ...names.map((parameter) => ({ parameter })),
    ...names.flatMap((parameter) => Object.keys(parameters[parameter].memory).map((part) => ({ parameter, part }))),
  ];
}

/**
 * A training step as one graph: the output `loss`, and what the optimiser's update changes of the state. It comes cut
 * in two, so that what no parameter takes part in can be computed once per batch.
 */
export function traceTrainingStep(
  spec: TrainingProgram,
  optimizer: Optimizer,
  library: 'ort' | 'onednn' = 'ort',
): HoistedGraph {
  const traced = traceProgram(spec.program, {
    ...shapesOf(spec.parameters),
    ...shapesOf(spec.fixed),
    ...spec.batch,
  });
  const { graph, inputs } = traced;
  const parameters = Object.keys(spec.parameters);
  const loss = outputNamed(traced.outputs, 'loss');
  // oneDNN has biases in its products, and some gradients as operations of their own.
  const isOrt = library === 'ort';
  const isTrained = ({ name }: InputNode) => Object.hasOwn(spec.parameters, name);
  const outputs: Record<string, GraphNode> = isOrt ? joinBiases(graph, { loss }, isTrained) : { loss };
  const rules = isOrt ? undefined : ownGradientRules(graph);
  const gradients = gradientsOf({ ...traced, outputs }, 'loss', parameters, rules);
  if (!isOrt)
    outputs.loss = keepNaN(
      graph,
      loss,
      parameters.map((name) => inputs[name]),
    );
  const scalars = Object.fromEntries(optimizer.scalarNames.map((name) => [name, graph.input(scalarInput(name), [])]));
  const changing = new Set<InputNode>(Object.values(scalars));
  parameters.forEach((name, i) => {
    const rule = optimizer.parameters[name];
    const before = {
      parameter: inputs[name],
      memory: mapValues(rule.memory, ({ shape }, part) => graph.input(stateInput({ parameter: name, part }), shape)),
    };
    for (const input of [before.parameter, ...Object.values(before.memory)]) changing.add(input);
    const after = rule.update(graph.ops, before, gradients[i], scalars);
    outputs[stateOutput({ parameter: name })] = after.parameter;
    for (const [part, node] of Object.entries(after.memory)) outputs[stateOutput({ parameter: name, part })] = node;
  });
  return hoist(graph, outputs, (input) => changing.has(input));
}

/** How the optimiser's bases are made anew: two graphs, and what is done between them. */
export interface TracedRenewal {
  /** What each basis is made of, under the output of its basis, and what is kept in the bases, out of them, under the output of its part. */
  readonly before: NamedNodes;
  /** The names among these that bases are made of. */
  readonly bases: readonly string[];
  /** What is kept in the bases, in the new ones. Its inputs are these, and what was kept, under the names of `before`. */
  readonly after: NamedNodes;
}

/** `null` where the optimiser has no bases. */
export function traceRenewal({ parameters }: Optimizer): TracedRenewal | null {
  const [first, second] = [new Graph(), new Graph()];
  const before: Record<string, GraphNode> = {};
  const after: Record<string, GraphNode> = {};
  const bases: string[] = [];
  for (const [parameter, { memory, renewal }] of Object.entries(parameters)) {
    if (!renewal) continue;
    const outputOf = (part: string) => stateOutput({ parameter, part });
    const inputsOf = (graph: Graph) =>
      mapValues(memory, ({ shape }, part) => graph.input(stateInput({ parameter, part }), shape));
    const old = inputsOf(first);
    for (const [part, matrix] of Object.entries(renewal.matrices<GraphNode>(first.ops, old))) {
      bases.push(outputOf(part));
      before[outputOf(part)] = matrix;
    }
    const out = renewal.turnedOut<GraphNode>(first.ops, old);
    for (const [part, value] of Object.entries(out)) before[outputOf(part)] = value;
    const kept = mapValues(out, ({ shape }, part) => second.input(outputOf(part), shape));
    const turned = renewal.turnedIn<GraphNode>(second.ops, inputsOf(second), kept);
    for (const [part, value] of Object.entries(turned)) after[outputOf(part)] = value;
  }
  return bases.length > 0 ? { before, bases, after } : null;
}
