import { type Shapes, shapesOf, type TrainingProgram } from '@xinc/core';
import { type Graph, mapValues, type NamedNodes, type Optimizer, reachable } from '@xinc/core/graph';
import { type EmittedModel, emitModel } from './emit.js';
import { MissingOperation } from './onednn/missing-operation.js';
import { hasOwnOperations } from './onednn/own-operations.js';
import type { HoistedGraph } from './passes/hoist.js';
import { optimizeForOneDnn, optimizeStep } from './passes/optimize-step.js';
import { describeProgram, lower } from './program.js';
import type { Runtime, Session } from './runtime/client.js';
import { traceRenewal, traceTrainingStep } from './training-step.js';

/** A compiled part of a training, with the inputs it reads and the shapes it gives. */
export interface StepPart {
  readonly session: Session;
  readonly inputs: readonly string[];
  readonly outputs: Shapes;
}

/** How bases are made anew: the two graphs of `traceRenewal`. */
export interface CompiledRenewal {
  readonly before: StepPart;
  readonly after: StepPart;
  /** Names among the outputs of `before` that bases are made of. */
  readonly bases: readonly string[];
}

/** A training step in the two halves of `traceTrainingStep`. */
export interface CompiledStep {
  /** What depends on no parameter, by ONNX Runtime; `null` where that is nothing. */
  readonly prelude: StepPart | null;
  /** The rest. */
  readonly main: StepPart;
  /** `null` where the optimiser has no bases. */
  readonly renewal: CompiledRenewal | null;
  /** Which library computes it, where the machine has both. */
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
    const { traced, ...parts } = planned;
    return { prelude: await preludeOf(traced), ...parts };
  }
  const traced = traceTrainingStep(spec, optimizer);
  const { graph } = traced;
  return {
    prelude: await preludeOf(traced),
    main: await half(graph, optimizeStep(graph, traced.main), 'the training step'),
    renewal: await compileRenewal(optimizer, (outputs) => compilePart(runtime, emitModel(outputs), outputs, RENEWAL)),
    ...planned,
  };
}

const RENEWAL = "the optimiser's new bases";

async function compileRenewal(
  optimizer: Optimizer,
  compile: (outputs: NamedNodes) => Promise<StepPart>,
): Promise<CompiledRenewal | null> {
  const traced = traceRenewal(optimizer);
  if (!traced) return null;
  const { before, after, bases } = traced;
  return { before: await compile(before), after: await compile(after), bases };
}

async function compilePart(
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

/** What oneDNN computes of a training, or, where it is there, why it does not. */
type PlannedStep =
  | (Pick<CompiledStep, 'main' | 'renewal'> & { readonly traced: HoistedGraph; readonly description: string })
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
  try {
    if (hasOwnOperations(traced.prelude)) throw new MissingOperation('a gradient is the same at every step');
    const main = await planPart(runtime, optimizeForOneDnn(traced.graph, traced.main), what);
    const renewal = await compileRenewal(optimizer, (outputs) => planPart(runtime, outputs, RENEWAL));
    return { traced, main, renewal, description: `steps by ${name}` };
  } catch (error) {
    if (!(error instanceof MissingOperation)) throw error;
    return { description: `steps by ONNX Runtime, as ${name} cannot compute them: ${error.message}` };
  }
}

/** @throws MissingOperation */
async function planPart(runtime: Runtime, outputs: NamedNodes, what: string): Promise<StepPart> {
  const session = await runtime.planSession(outputs, what);
  if ('missing' in session) throw new MissingOperation(session.missing);
  const inputs = reachable(Object.values(outputs)).flatMap((node) => (node.kind === 'input' ? [node.name] : []));
  return { session, inputs, outputs: mapValues(outputs, ({ shape }) => shape) };
}
