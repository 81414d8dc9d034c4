import { shapesOf, type TrainingProgram } from '@xinc/core';
import { type GraphNode, type InputNode, traceProgram } from '@xinc/core/graph';
import { type AdamMoments, adamUpdate } from './adam.js';
import { type HoistedGraph, hoist } from './passes/hoist.js';
import { gradientsOf, outputNamed } from './program.js';

/** What Adam keeps of a parameter. */
export const STATE_PARTS = [
  'parameter',
  'firstMoment',
  'secondMoment',
] as const satisfies (keyof AdamMoments<unknown>)[];
export type StatePart = (typeof STATE_PARTS)[number];

/** Inputs of the step beside the program's. */
export const STEP_SIZE = 'adam:stepSize';
export const EPSILON = 'adam:epsilon';

/** The step's input that holds part of a parameter's state; the parameter itself goes by the program's name. */
export function stateInput(part: StatePart, parameter: string): string {
  return part === 'parameter' ? parameter : `adam:${part}:${parameter}`;
}

/** The step's output that holds it after the update. */
export function stateOutput(part: StatePart, parameter: string): string {
  return `adam:next:${part}:${parameter}`;
}

/**
 * A training step as one graph: the output `loss`, and the state after Adam's update for every parameter. It comes cut
 * in two, so that what no parameter takes part in can be computed once per batch.
 */
export function traceTrainingStep(spec: TrainingProgram): HoistedGraph {
  const traced = traceProgram(spec.program, {
    ...shapesOf(spec.parameters),
    ...shapesOf(spec.fixed),
    ...spec.batch,
  });
  const { graph, inputs } = traced;
  const parameters = Object.keys(spec.parameters);
  const gradients = gradientsOf(traced, 'loss', parameters);
  const scalars = { stepSize: graph.input(STEP_SIZE, []), epsilon: graph.input(EPSILON, []) };
  const changing = new Set<InputNode>(Object.values(scalars));
  const outputs: Record<string, GraphNode> = { loss: outputNamed(traced.outputs, 'loss') };
  parameters.forEach((name, i) => {
    const stateOf = (part: StatePart) => graph.input(stateInput(part, name), inputs[name].shape);
    const before = {
      parameter: stateOf('parameter'),
      firstMoment: stateOf('firstMoment'),
      secondMoment: stateOf('secondMoment'),
    };
    const after = adamUpdate(graph.ops, before, gradients[i], scalars, spec.optimizer);
    for (const part of STATE_PARTS) {
      changing.add(before[part]);
      outputs[stateOutput(part, name)] = after[part];
    }
  });
  return hoist(graph, outputs, (input) => changing.has(input));
}
