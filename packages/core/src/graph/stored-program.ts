import type { Arrays, Program, Shapes } from '../engine.js';
import type { JsonNumber } from '../formats/json.js';
import { type Shape, sizeOf } from '../ndarray.js';
import type { OpAttributes, OpName } from '../ops/ops.js';
import { callOperation } from './call-operation.js';
import { reachable, traceProgram } from './graph.js';
import type { GraphNode } from './nodes.js';

/** A node of a stored program. Operations read nodes before them, by their places in the list. */
export type StoredNode =
  | { readonly input: string }
  /** One number, in each place of `shape`. */
  | { readonly number: JsonNumber; readonly shape: Shape }
  /** The name of an array that is kept beside the program. */
  | { readonly constant: string }
  | { readonly op: OpName; readonly of: readonly number[]; readonly with?: OpAttributes[OpName] };

/** A program for fixed shapes of its inputs as JSON: read again, it makes the same calls, in the order of the graph. */
export interface StoredProgram {
  readonly nodes: readonly StoredNode[];
  /** Places of the outputs among the nodes, by name. */
  readonly outputs: Readonly<Record<string, number>>;
}

/**
 * @param inputs shapes of the program's inputs
 * @param outputs those of its outputs that are kept
 * @returns the program, and arrays that it knows when it is built, to be kept beside it
 */
export function storeProgram(
  program: Program,
  inputs: Shapes,
  outputs: readonly string[],
): { readonly program: StoredProgram; readonly constants: Arrays } {
  const traced = traceProgram(program, inputs).outputs;
  const nodes = reachable(outputs.map((name) => traced[name]));
  const places = new Map(nodes.map((node, place) => [node, place]));
  const constants: Record<string, Arrays[string]> = {};
  const store = (node: GraphNode, place: number): StoredNode => {
    if (node.kind === 'input') return { input: node.name };
    if (node.kind === 'constant') {
      const [first] = node.value.data;
      if (!Object.is(first, -0) && node.value.data.every((value) => Object.is(value, first))) {
        return { number: Number.isFinite(first) ? first : (String(first) as JsonNumber), shape: node.shape };
      }
      const name = `constant${place}`;
      constants[name] = node.value;
      return { constant: name };
    }
    const of = node.inputs.map((input) => places.get(input)!);
    const attributes: OpAttributes[OpName] = node.attributes;
    return { op: node.op, of, ...(Object.keys(attributes).length > 0 && { with: attributes }) };
  };
  return {
    program: {
      nodes: nodes.map(store),
      outputs: Object.fromEntries(outputs.map((name) => [name, places.get(traced[name])!])),
    },
    constants,
  };
}

/** The program that was stored. */
export function readProgram({ nodes, outputs }: StoredProgram, constants: Arrays): Program {
  const arrays = nodes.map((node) => {
    if ('constant' in node) return constants[node.constant];
    if (!('number' in node)) return undefined;
    const data = new Float32Array(sizeOf(node.shape)).fill(Number(node.number));
    return { shape: node.shape, data };
  });
  return (ops, inputs) => {
    const values: (typeof inputs)[string][] = [];
    for (const [place, node] of nodes.entries()) {
      const array = arrays[place];
      if (array) values.push(ops.constant(array));
      else if ('input' in node) values.push(inputs[node.input]);
      else if ('op' in node) {
        const operands = node.of.map((at) => values[at]);
        values.push(callOperation(ops, node.op, operands, (node.with ?? {}) as never));
      }
    }
    return Object.fromEntries(Object.entries(outputs).map(([name, place]) => [name, values[place]]));
  };
}
