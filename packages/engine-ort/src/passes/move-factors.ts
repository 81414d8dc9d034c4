import { sizeOf } from '@xinc/core';
import type { OpName } from '@xinc/core/graph';
import {
  countUses,
  type Graph,
  type GraphNode,
  type NamedNodes,
  type OperationNode,
  reachable,
} from '@xinc/core/graph';

/** factor · node */
interface Scaled {
  readonly node: GraphNode;
  readonly factor: number;
}

/** What op(f·x, g·y, …) is in terms of op(x, y, …): this many times as much. `undefined`: no multiple of it. */
type FactorRule = (...factors: number[]) => number | undefined;

const linear: FactorRule = (f) => f;
const bilinear: FactorRule = (f, g) => f * g;

/** The operations that let factors through. */
const factorRules: { readonly [K in OpName]?: FactorRule } = {
  neg: linear,
  square: (f) => f * f,
  mul: bilinear,
  matMul: bilinear,
  conv2d: bilinear,
  convTranspose2d: bilinear,
  averagePool: linear,
  resize: linear,
  concat: (first, ...others) => (others.every((f) => f === first) ? first : undefined),
  reshape: linear,
  transpose: linear,
  slice: linear,
  pad: linear,
  broadcastTo: linear,
  depthToSpace: linear,
  spaceToDepth: linear,
  upsampleNearest: linear,
  sum: linear,
  mean: linear,
  scatterAdd: linear,
};

/** A factor beyond this, or below its inverse, stays where it is, so that no value leaves float32 on the way. */
const LARGEST_FACTOR = 2 ** 30;

/**
 * Moves multiplications by constants from large tensors to small ones: along linear operations until a value is needed as
 * it is, and there into the kernel, matrix or bias that makes it. The 2/n of a mean square, the ½ of GELU's slope then
 * cost nothing, where each had been a pass over the feature maps.
 */
export function moveFactors(graph: Graph, outputs: NamedNodes): NamedNodes {
  const nodes = reachable(Object.values(outputs));
  const needed = neededAsTheyAre(nodes, outputs);
  const uses = countUses(outputs);
  const scaled = new Map<GraphNode, Scaled>();
  /** New nodes that one other reads: changed instead of multiplied, they are not made twice. */
  const exclusive = new Set<GraphNode>();

  for (const node of nodes) {
    const result: Scaled = node.kind === 'operation' ? rescale(node) : { node, factor: 1 };
    scaled.set(node, result);
    if (uses.get(node) === 1 && !constantFactor(node)) exclusive.add(result.node);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, scaled.get(node)!.node]));

  function rescale(node: OperationNode): Scaled {
    const constant = constantFactor(node);
    if (constant) {
      const { node: x, factor } = scaled.get(constant.node)!;
      const product = factor * constant.factor;
      return needed.has(node) || !moves(product)
        ? { node: timesOperand(x, product), factor: 1 }
        : { node: x, factor: product };
    }
    const operands = node.inputs.map((input) => scaled.get(input)!);
    const factor = factorRules[node.op]?.(...operands.map(({ factor }) => factor));
    if (factor === undefined || !moves(factor)) {
      const whole = operands.map(({ node, factor }) => timesOperand(node, factor));
      return { node: remake(node, whole), factor: 1 };
    }
    const base = remake(
      node,
      operands.map(({ node }) => node),
    );
    return needed.has(node) ? { node: times(base, factor), factor: 1 } : { node: base, factor };
  }

  /** factor · node, where nothing else reads `node` as it is. */
  function times(node: GraphNode, factor: number): GraphNode {
    if (factor === 1 || node.kind !== 'operation' || cost(node) >= sizeOf(node.shape))
      return graph.ops.mul(node, factor);
    if (node.op === 'conv2d' || node.op === 'matMul') {
      const small = smaller(node.inputs);
      return remake(
        node,
        node.inputs.map((input) => (input === small ? graph.ops.mul(input, factor) : input)),
      );
    }
    return remake(
      node,
      node.inputs.map((input) => timesOperand(input, factor)),
    );
  }

  function timesOperand(node: GraphNode, factor: number): GraphNode {
    return exclusive.has(node) ? times(node, factor) : graph.ops.mul(node, factor);
  }

  /** Elements that `times` multiplies. */
  function cost(node: OperationNode): number {
    const ofOperand = (input: GraphNode) =>
      input.kind === 'operation' && exclusive.has(input) ? cost(input) : sizeOf(input.shape);
    const inside = () => {
      if (node.op === 'conv2d' || node.op === 'matMul') return sizeOf(smaller(node.inputs).shape);
      if (node.op === 'add' || node.op === 'sub' || node.op === 'reshape') {
        return node.inputs.reduce((sum, input) => sum + ofOperand(input), 0);
      }
      return Number.POSITIVE_INFINITY;
    };
    return Math.min(sizeOf(node.shape), inside());
  }

  function remake({ op, attributes, shape }: OperationNode, inputs: readonly GraphNode[]): GraphNode {
    return graph.operation<OpName>(op, inputs, attributes, shape);
  }
}

function smaller([a, b]: readonly GraphNode[]): GraphNode {
  return sizeOf(a.shape) < sizeOf(b.shape) ? a : b;
}

/** Whether a factor may be taken together with others without leaving float32. */
export function moves(factor: number): boolean {
  const size = Math.abs(factor);
  return size <= LARGEST_FACTOR && size >= 1 / LARGEST_FACTOR;
}

/** The product of a single number and something of the product's shape. */
function constantFactor(node: GraphNode): Scaled | undefined {
  if (node.kind !== 'operation' || node.op !== 'mul') return undefined;
  const number = node.inputs.findIndex((input) => input.kind === 'constant' && input.value.data.length === 1);
  const [constant, other] = [node.inputs[number], node.inputs[1 - number]];
  if (constant?.kind !== 'constant' || other.shape.length !== node.shape.length) return undefined;
  return { node: other, factor: constant.value.data[0] };
}

/** Outputs, and what an operation reads that lets no factor through. */
function neededAsTheyAre(nodes: readonly GraphNode[], outputs: NamedNodes): Set<GraphNode> {
  const needed = new Set<GraphNode>(Object.values(outputs));
  for (const node of nodes) {
    if (node.kind === 'operation' && !factorRules[node.op]) for (const input of node.inputs) needed.add(input);
  }
  return needed;
}
