import { Graph, type GraphNode, reachable } from '../graph/graph.js';
import type { Inr } from '../inr.js';
import type { Ops } from '../ops/ops.js';
import { recordCalls } from './record-calls.js';

/** What a network is without its layers: all that they are read off. */
export type InrProgram = Pick<Inr, 'signal' | 'sampling' | 'parameters' | 'inputs' | 'forward'>;

/** A forward pass run once on symbols. */
export interface TracedForward {
  readonly output: GraphNode;
  /** Whether a node is a parameter. */
  isParameter(node: GraphNode): boolean;
  /**
   * The name under which `recordedValues` gives a node's value; a parameter has its own.
   * @throws TypeError for a constant
   */
  nameOf(node: GraphNode): string;
}

/** Rows of a traced network of pixels: more than one, so that none of its axes is taken for one of extent 1. */
const TRACED_PIXELS = 7;

export function traceForward(program: InrProgram): TracedForward {
  const graph = new Graph();
  const arrays =
    program.sampling === 'frames' ? program.inputs([0]) : program.inputs([0], new Uint32Array(TRACED_PIXELS));
  const node = (name: string, shape: readonly number[]) => [name, graph.input(name, shape)] as const;
  const parameters = Object.fromEntries(program.parameters.map(({ name, shape }) => node(name, shape)));
  const inputs = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape }]) => [name, graph.input(inputName(name), shape)]),
  );
  const { ops, results } = recordCalls(graph.ops);
  const { output } = program.forward<GraphNode>(ops, parameters, inputs);
  const positions = new Map<GraphNode, number>();
  results.forEach((result, position) => {
    if (!positions.has(result)) positions.set(result, position);
  });
  const isParameter = (candidate: GraphNode) => candidate.kind === 'input' && candidate.name in parameters;
  const varying = new Set<GraphNode>();
  for (const reached of reachable([output])) {
    const depends =
      reached.kind === 'operation' ? reached.inputs.some((input) => varying.has(input)) : reached.kind === 'input';
    if (depends && !isParameter(reached)) varying.add(reached);
  }
  return {
    output,
    isParameter,
    nameOf(wanted) {
      if (wanted.kind === 'input') return wanted.name;
      const position = positions.get(wanted);
      if (position === undefined) throw new TypeError('A value that no call of the forward pass gave has no name');
      return `${varying.has(wanted) ? CALL : WEIGHT}:${position}`;
    },
  };
}

const INPUT = 'input';
const CALL = 'call';
const WEIGHT = 'weight';
const inputName = (name: string): string => `${INPUT}:${name}`;

/** Whether a name of `nameOf` is that of a value made of parameters alone: it has no rows of pixels. */
export function isWeightName(name: string): boolean {
  return name.startsWith(`${WEIGHT}:`);
}

export interface RecordedForward<T> {
  readonly output: T;
  /** By name: what the forward pass names itself, and what was asked for. */
  readonly activations: Readonly<Record<string, T>>;
}

/**
 * A forward pass with the values of its calls and inputs by the names that `TracedForward.nameOf` gave.
 * @param wanted names; those of no call are left to the forward pass itself
 */
export function recordedValues<T>(
  program: Pick<InrProgram, 'forward'>,
  ops: Ops<T>,
  parameters: Readonly<Record<string, T>>,
  inputs: Readonly<Record<string, T>>,
  wanted: readonly string[],
): RecordedForward<T> {
  const { ops: recording, results } = recordCalls(ops);
  const forward = program.forward(recording, parameters, inputs);
  // What a plugin gives that is no result is for its door to tell.
  if (wanted.length === 0 || typeof forward !== 'object' || forward === null) return forward as RecordedForward<T>;
  const { output, activations } = forward;
  const recorded: Record<string, T> = { ...activations };
  for (const name of wanted) {
    const [, kind, rest] = /^(\w+):(.*)$/.exec(name) ?? [];
    if (kind === CALL || kind === WEIGHT) recorded[name] = results[Number(rest)];
    else if (kind === INPUT) recorded[name] = inputs[rest];
  }
  return { output, activations: recorded };
}
