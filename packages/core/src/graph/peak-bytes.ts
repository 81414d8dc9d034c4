import { sizeOf } from '../ndarray.js';
import type { OpName } from '../ops/ops.js';
import { reachable } from './graph.js';
import type { GraphNode, NamedNodes } from './nodes.js';

/** Bytes of a value. */
const BYTES = 4;

/** Operations whose result is another view of their first input. */
const VIEWS: ReadonlySet<OpName> = new Set(['reshape']);

/**
 * Bytes of the values that are alive at once, at most, where a graph is computed in the order in which it was written and each value is
 * given back after its last reader; inputs and constants are others' and are not counted. What a value's operation needs beside it, and
 * what an engine's allocator leaves unused, is not in it.
 */
export function peakBytes(outputs: NamedNodes): number {
  const order = reachable(Object.values(outputs));
  const held = new Map<GraphNode, GraphNode>();
  /** What holds a node's values: itself, or what it is a view of. */
  const holder = (node: GraphNode): GraphNode => held.get(node) ?? node;
  for (const node of order) {
    if (node.kind === 'operation' && VIEWS.has(node.op)) held.set(node, holder(node.inputs[0]));
  }
  const lastRead = new Map<GraphNode, number>();
  order.forEach((node, place) => {
    if (node.kind === 'operation') for (const input of node.inputs) lastRead.set(holder(input), place);
  });
  for (const node of Object.values(outputs)) lastRead.set(holder(node), order.length);
  const ending: GraphNode[][] = order.map(() => []);
  for (const [node, place] of lastRead) if (place < order.length && isOwn(node)) ending[place].push(node);

  let alive = 0;
  let most = 0;
  order.forEach((node, place) => {
    if (isOwn(node) && !held.has(node)) alive += bytesOf(node);
    most = Math.max(most, alive);
    for (const ended of ending[place]) alive -= bytesOf(ended);
  });
  return most;
}

const isOwn = (node: GraphNode): boolean => node.kind === 'operation';

const bytesOf = ({ shape }: GraphNode): number => BYTES * sizeOf(shape);
