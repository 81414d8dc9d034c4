import { type Shapes, shapesOf, type TrainingProgram } from '@xinc/core';
import { type Graph, mapValues, type NamedNodes, type Optimizer, reachable } from '@xinc/core/graph';
import { type EmittedModel, emitModel } from './emit.js';
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
  const compiler: Compiler = { runtime, made: [] };
  try {
    return await compileParts(compiler, spec, optimizer);
  } catch (error) {
    await Promise.allSettled(compiler.made.map((session) => session.release()));
    throw error;
  }
}

/** A runtime, and what was made in it so far. */
interface Compiler {
  readonly runtime: Runtime;
  readonly made: Session[];
}

async function compileParts(compiler: Compiler, spec: TrainingProgram, optimizer: Optimizer): Promise<CompiledStep> {
  const inputs = { ...shapesOf(spec.parameters), ...shapesOf(spec.fixed), ...spec.batch };
  const half = (graph: Graph, outputs: NamedNodes, what: string) =>
    compilePart(compiler, lower(graph, outputs, { training: true }), outputs, describeProgram(what, inputs));
  const preludeOf = async ({ graph, prelude }: HoistedGraph) =>
    Object.keys(prelude).length === 0 ? null : half(graph, prelude, 'the preparation of a batch');

  const planned = await planByOneDnn(compiler, spec, optimizer, describeProgram('the training step', inputs));
  if ('main' in planned) {
    const { traced, ...parts } = planned;
    return { prelude: await preludeOf(traced), ...parts };
  }
  const traced = traceTrainingStep(spec, optimizer);
  const { graph } = traced;
  return {
    prelude: await preludeOf(traced),
    main: await half(graph, optimizeStep(graph, traced.main), 'the training step'),
    renewal: await compileRenewal(compiler, optimizer),
    ...planned,
  };
}

const RENEWAL = "the optimiser's new bases";

async function compileRenewal(compiler: Compiler, optimizer: Optimizer): Promise<CompiledRenewal | null> {
  const traced = traceRenewal(optimizer);
  if (!traced) return null;
  const { before, after, bases } = traced;
  const compile = (outputs: NamedNodes) => compilePart(compiler, emitModel(outputs), outputs, RENEWAL);
  return { before: await compile(before), after: await compile(after), bases };
}

async function compilePart(
  { runtime, made }: Compiler,
  model: EmittedModel,
  outputs: NamedNodes,
  what: string,
): Promise<StepPart> {
  const session = await runtime.createSession(model, what, 'keep');
  made.push(session);
  return {
    session,
    inputs: model.inputs.map(({ name }) => name),
    outputs: mapValues(outputs, ({ shape }) => shape),
  };
}

/** What oneDNN computes of a training, or, where it is there, why it does not. */
type PlannedStep =
  | (Pick<CompiledStep, 'main' | 'renewal'> & { readonly traced: HoistedGraph; readonly description: string })
  | { readonly description?: string };

async function planByOneDnn(
  compiler: Compiler,
  spec: TrainingProgram,
  optimizer: Optimizer,
  what: string,
): Promise<PlannedStep> {
  const { oneDnn } = compiler.runtime;
  if (!('version' in oneDnn)) return {};
  const name = `oneDNN ${oneDnn.version}`;
  const without = (why: string): PlannedStep => ({
    description: `steps by ONNX Runtime, as ${name} cannot compute them: ${why}`,
  });
  const traced = traceTrainingStep(spec, optimizer, 'onednn');
  if (hasOwnOperations(traced.prelude)) return without('a gradient is the same at every step');
  const main = await planPart(compiler, optimizeForOneDnn(traced.graph, traced.main), what);
  if ('missing' in main) return without(main.missing);
  const renewal = await planRenewal(compiler, optimizer);
  if (!renewal || 'before' in renewal) return { traced, main, renewal, description: `steps by ${name}` };
  const description = `steps by ${name}, new bases by ONNX Runtime: ${renewal.missing}`;
  return { traced, main, renewal: await compileRenewal(compiler, optimizer), description };
}

/** What oneDNN lacks for a graph. */
interface Missing {
  readonly missing: string;
}

async function planRenewal(compiler: Compiler, optimizer: Optimizer): Promise<CompiledRenewal | Missing | null> {
  const traced = traceRenewal(optimizer);
  if (!traced) return null;
  const before = await planPart(compiler, traced.before, RENEWAL);
  if ('missing' in before) return before;
  const after = await planPart(compiler, traced.after, RENEWAL);
  if ('missing' in after) {
    await before.session.release();
    return after;
  }
  return { before, after, bases: traced.bases };
}

async function planPart({ runtime, made }: Compiler, outputs: NamedNodes, what: string): Promise<StepPart | Missing> {
  const session = await runtime.planSession(outputs, what);
  if ('missing' in session) return session;
  made.push(session);
  const inputs = reachable(Object.values(outputs)).flatMap((node) => (node.kind === 'input' ? [node.name] : []));
  return { session, inputs, outputs: mapValues(outputs, ({ shape }) => shape) };
}
