import type { Program, Shapes } from '../engine.js';
import type { NdArray, Shape } from '../ndarray.js';
import { createOps, type OpBackend } from '../ops/create-ops.js';
import type { OpAttributes, OpName, Ops } from '../ops/ops.js';
import type { ConstantNode, GraphNode, InputNode, MakesNodes, NamedNodes, Operation, OperationNode } from './nodes.js';
import { simplify } from './simplify.js';

/**
 * An append-only graph of tensor operations. Equal operations on equal inputs are one node (common subexpressions
 * never arise) and `simplify` is asked before a node is made. What nothing refers to is simply never visited.
 */
export class Graph implements MakesNodes {
  readonly #interned = new Map<string, GraphNode>();
  readonly #constants = new Map<NdArray, ConstantNode>();
  #count = 0;

  /** The tensor language over this graph's nodes. */
  readonly ops: Ops<GraphNode> = createOps<GraphNode>({
    constant: (value) => this.constant(value),
    shapeOf: (node) => node.shape,
    apply: (op, inputs, attributes, shape) => this.operation<OpName>(op, inputs, attributes, shape),
  } satisfies OpBackend<GraphNode>);

  input(name: string, shape: Shape): InputNode {
    return this.#intern(`input ${name}`, (id) => ({ kind: 'input', id, name, shape }));
  }

  constant(value: NdArray): ConstantNode {
    if (value.data.length === 1) {
      // −0 and 0 print alike but are different constants.
      const text = Object.is(value.data[0], -0) ? '-0' : String(value.data[0]);
      return this.#intern(`constant ${value.shape.length} ${text}`, (id) => constantNode(id, value));
    }
    let node = this.#constants.get(value);
    if (!node) {
      node = constantNode(this.#count++, value);
      this.#constants.set(value, node);
    }
    return node;
  }

  /** An operation of `shape` as it stands; `ops` infers and checks the shape before. */
  operation<K extends OpName>(
    op: K,
    inputs: readonly GraphNode[],
    attributes: OpAttributes[K],
    shape: Shape,
  ): GraphNode {
    const draft: Operation<K> = { kind: 'operation', id: this.#count, op, inputs, attributes, shape };
    const simpler = simplify(this, draft);
    if (simpler) return simpler;
    const key = `${op}(${inputs.map((input) => input.id)})${JSON.stringify(attributes)}`;
    return this.#intern<GraphNode>(key, (id) => ({ ...draft, id }) as OperationNode);
  }

  #intern<N extends GraphNode>(key: string, make: (id: number) => N): N {
    const known = this.#interned.get(key);
    if (known) return known as N;
    const node = make(this.#count++);
    this.#interned.set(key, node);
    return node;
  }
}

function constantNode(id: number, value: NdArray): ConstantNode {
  return { kind: 'constant', id, value, shape: value.shape };
}

/** A program run once on symbols: its inputs and outputs as nodes of a new graph. */
export interface TracedProgram {
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, InputNode>>;
  readonly outputs: NamedNodes;
}

/** @throws XincError `shape` from the first operation whose operands do not fit. */
export function traceProgram(program: Program, shapes: Shapes): TracedProgram {
  const graph = new Graph();
  const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, shape)]));
  return { graph, inputs, outputs: program<GraphNode>(graph.ops, inputs) };
}

/** Everything the outputs are computed from, themselves included, inputs before their users. */
export function reachable(outputs: Iterable<GraphNode>): GraphNode[] {
  const seen = new Set<GraphNode>();
  const pending = [...outputs];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'operation') pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/**
 * The outputs with nodes exchanged, inputs first: `replace` sees each node and, of an operation, the new inputs, and
 * says what stands in its place; `undefined` keeps it.
 */
export function rewrite(
  graph: Graph,
  outputs: NamedNodes,
  replace: (node: GraphNode, inputs: readonly GraphNode[]) => GraphNode | undefined,
): NamedNodes {
  const replaced = new Map<GraphNode, GraphNode>();
  const current = (node: GraphNode) => replaced.get(node) ?? node;
  for (const node of reachable(Object.values(outputs))) {
    const inputs = node.kind === 'operation' ? node.inputs.map(current) : [];
    const replacement =
      replace(node, inputs) ??
      (node.kind === 'operation' ? graph.operation(node.op, inputs, node.attributes, node.shape) : node);
    replaced.set(node, replacement);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, current(node)]));
}

/** How many operations and outputs read each node. */
export function countUses(outputs: NamedNodes): Map<GraphNode, number> {
  const uses = new Map<GraphNode, number>();
  const count = (node: GraphNode) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of reachable(Object.values(outputs))) {
    if (node.kind === 'operation') node.inputs.forEach(count);
  }
  Object.values(outputs).forEach(count);
  return uses;
}
