import { Graph, reachable } from '../graph/graph.js';
import type { GraphNode } from '../graph/nodes.js';
import type { Inr, ValuePlace } from '../inr.js';
import { sizeOf } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';
import { readable } from './readable.js';
import { recordCalls } from './record-calls.js';

/** What a network is without its layers: all that they are read off. */
export type InrProgram = Pick<Inr, 'signal' | 'sampling' | 'parameters' | 'inputs' | 'forward'>;

/** A forward pass run once on symbols. */
export interface TracedForward {
  readonly output: GraphNode;
  /** Values that the forward pass names itself. */
  readonly activations: Readonly<Record<string, GraphNode>>;
  /** Whether a node is a parameter. */
  isParameter(node: GraphNode): boolean;
  /**
   * Where a value is found again when the program runs.
   * @throws TypeError for a parameter or constant, whose values are known
   */
  placeOf(node: GraphNode): ValuePlace;
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
    Object.entries(arrays).map(([name, { shape }]) => [name, graph.input(`input:${name}`, shape)]),
  );
  const { ops, results } = recordCalls(graph.ops);
  const names = [...Object.keys(parameters), ...Object.keys(inputs)];
  const { output, activations = {} } = program.forward<GraphNode>(
    ops,
    readable(parameters, names),
    readable(inputs, names),
  );
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
    activations,
    isParameter,
    placeOf(wanted) {
      const input = Object.keys(inputs).find((name) => inputs[name] === wanted);
      if (input !== undefined) return { input };
      const call = positions.get(wanted);
      if (call === undefined) throw new TypeError('This value is given by no call of the forward pass');
      return { call, perPixel: program.sampling === 'pixels' && varying.has(wanted) };
    },
  };
}

export interface RecordedForward<T> {
  readonly output: T;
  /** By name: what the forward pass names itself, and what was asked for. */
  readonly activations: Readonly<Record<string, T>>;
}

/**
 * A forward pass with the values that `Inr.recorded` names beside those that it names itself.
 * @param parameters values of the parameters, by name
 * @param inputs values of the inputs, by name
 */
export function runForward<T>(
  inr: Pick<Inr, 'forward' | 'recorded'>,
  ops: Ops<T>,
  parameters: Readonly<Record<string, T>>,
  inputs: Readonly<Record<string, T>>,
): RecordedForward<T> {
  const places = Object.entries(inr.recorded ?? {});
  const { ops: recording, results } = places.length > 0 ? recordCalls(ops) : { ops, results: [] };
  const { output, activations } = inr.forward(recording, parameters, inputs);
  const found = places.map(([name, place]) => {
    if ('input' in place) return [name, inputs[place.input]];
    const value = results[place.call];
    return [name, place.perPixel ? asRows(ops, value) : value];
  });
  return { output, activations: { ...activations, ...Object.fromEntries(found) } };
}

/** A row for each pixel, however many axes the pixels lie on: [1, P, N] as [P, N]. */
function asRows<T>(ops: Ops<T>, value: T): T {
  const shape = ops.shapeOf(value);
  if (shape.length <= 2) return value;
  const columns = shape[shape.length - 1];
  return ops.reshape(value, [sizeOf(shape) / columns, columns]);
}
