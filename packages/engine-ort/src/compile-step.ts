import { type Shapes, shapesOf, type TrainingProgram } from '@xinc/core';
import { type Graph, mapValues, type NamedNodes, type Optimizer, reachable } from '@xinc/core/graph';
import type { EmittedModel } from './emit.js';
import { hasOwnOperations } from './onednn/own-operations.js';
import type { HoistedGraph } from './passes/hoist.js';
import { optimizeForOneDnn, optimizeStep } from './passes/optimize-step.js';
import { describeProgram, lower } from './program.js';
import type { Runtime, Session } from './runtime/client.js';
import { traceTrainingStep } from './training-step.js';

/** A compiled part of a training, with the inputs it reads and the shapes it gives. */
export interface StepPart {
  readonly session: Session;
  readonly inputs: readonly string[];
  readonly outputs: Shapes;
}

/** A training step in the two halves of `traceTrainingStep`. */
export interface CompiledStep {
  /** What depends on no parameter, by ONNX Runtime; `null` where that is nothing. */
  readonly prelude: StepPart | null;
  /** The rest, by ONNX Runtime or oneDNN. */
  readonly main: StepPart;
  /** Which of the two, where the machine has both. */
  readonly description?: string;
}

/** @throws XincError `shape` for a program that does not fit; `unsupported` if ONNX Runtime refuses it. */
export async function compileStep(
  runtime: Runtime,
  spec: TrainingProgram,
  optimizer: Optimizer,
): Promise<CompiledStep> {
  const inputs = { ...shapesOf(spec.parameters), ...shapesOf(spec.fixed), ...spec.batch };
  const half = (graph: Graph, outputs: NamedNodes, what: string) =>
    compilePart(runtime, lower(graph, outputs, { training: true }), outputs, describeProgram(what, inputs));
  const preludeOf = async ({ graph, prelude }: HoistedGraph) =>
    Object.keys(prelude).length === 0 ? null : half(graph, prelude, 'the preparation of a batch');

  const planned = await planByOneDnn(runtime, spec, optimizer, describeProgram('the training step', inputs));
  if ('main' in planned) {
    const { traced, main, description } = planned;
    return { prelude: await preludeOf(traced), main, description };
  }
  const traced = traceTrainingStep(spec, optimizer);
  const { graph } = traced;
  return {
    prelude: await preludeOf(traced),
    main: await half(graph, optimizeStep(graph, traced.main), 'the training step'),
    ...planned,
  };
}

export async function compilePart(
  runtime: Runtime,
  model: EmittedModel,
  outputs: NamedNodes,
  what: string,
): Promise<StepPart> {
  return {
    session: await runtime.createSession(model, what, 'keep'),
    inputs: model.inputs.map(({ name }) => name),
    outputs: mapValues(outputs, ({ shape }) => shape),
  };
}

/** What oneDNN computes of a step, or, where it is there, why it does not. */
type PlannedStep =
  | { readonly traced: HoistedGraph; readonly main: StepPart; readonly description: string }
  | { readonly description?: string };

async function planByOneDnn(
  runtime: Runtime,
  spec: TrainingProgram,
  optimizer: Optimizer,
  what: string,
): Promise<PlannedStep> {
  if (!('version' in runtime.oneDnn)) return {};
  const name = `oneDNN ${runtime.oneDnn.version}`;
  const traced = traceTrainingStep(spec, optimizer, 'onednn');
  const outputs = optimizeForOneDnn(traced.graph, traced.main);
  const session = hasOwnOperations(traced.prelude)
    ? { missing: 'a gradient is the same at every step' }
    : await runtime.planSession(outputs, what);
  if ('missing' in session) {
    return { description: `steps by ONNX Runtime, as ${name} cannot compute them: ${session.missing}` };
  }
  const inputs = reachable(Object.values(outputs)).flatMap((node) => (node.kind === 'input' ? [node.name] : []));
  const main = { session, inputs, outputs: mapValues(outputs, ({ shape }) => shape) };
  return { traced, main, description: `steps by ${name}` };
}
