import { type NdArray, type Shape, sameShape, scalar, sizeOf } from '../ndarray.js';
import type { OpName } from '../ops/ops.js';
import { broadcastShapes } from '../ops/shapes.js';
import type { ConstantNode, GraphNode, MakesNodes, Operation } from './nodes.js';

/** A node of the same shape and value that costs less, or `undefined`. */
type Simplification<K extends OpName> = (graph: MakesNodes, node: Operation<K>) => GraphNode | undefined;

/**
 * Identities applied while a graph is built. They are what makes generated gradients as small as those written by
 * hand: the gradient of a mean square, say, comes out as one multiplication by 2/n.
 */
const simplifications: { readonly [K in OpName]?: Simplification<K> } = {
  add: (graph, node) => foldScalars(graph, node, (a, b) => a + b) ?? unless(node, 0) ?? implicitBroadcast(graph, node),
  sub: (graph, node) => foldScalars(graph, node, (a, b) => a - b) ?? implicitBroadcast(graph, node),
  mul: (graph, node) =>
    foldScalars(graph, node, (a, b) => a * b) ??
    unless(node, 1) ??
    implicitBroadcast(graph, node) ??
    joinFactors(graph, node),
  div: (graph, node) => foldScalars(graph, node, (a, b) => a / b) ?? implicitBroadcast(graph, node),

  // −(−x) = x
  neg(graph, { inputs: [x] }) {
    if (isScalar(x)) return graph.ops.constant(-x.value.data[0]);
    return x.kind === 'operation' && x.op === 'neg' ? x.inputs[0] : undefined;
  },

  reshape(graph, { inputs: [x], shape }) {
    if (sameShape(x.shape, shape)) return x;
    if (x.kind === 'constant') return graph.constant({ shape, data: x.value.data } satisfies NdArray);
    if (x.kind === 'operation' && x.op === 'reshape') return graph.ops.reshape(x.inputs[0], shape);
    return pixelShuffle(graph, x, shape);
  },

  // (xᵖ)ᵠ = xᵖ∘ᵠ
  transpose(graph, { inputs: [x], attributes: { permutation } }) {
    if (permutation.every((axis, i) => axis === i)) return x;
    if (x.kind !== 'operation' || x.op !== 'transpose') return undefined;
    const inner = x.attributes.permutation;
    return graph.ops.transpose(
      x.inputs[0],
      permutation.map((axis) => inner[axis]),
    );
  },

  broadcastTo: sameElements,
  slice: sameElements,
  pad: sameElements,
  concat: sameElements,
  sum: sameElements,
  mean: sameElements,
  max: sameElements,
};

/**
 * A pixel shuffle in three steps: [n, c·b², h, w] seen as [n, c, b, b, h, w], its axes exchanged to [n, c, h, b, w, b], seen as
 * [n, c, h·b, w·b].
 */
function pixelShuffle(graph: MakesNodes, turned: GraphNode, shape: Shape): GraphNode | undefined {
  if (turned.kind !== 'operation' || turned.op !== 'transpose') return undefined;
  const [split] = turned.inputs;
  if (String(turned.attributes.permutation) !== '0,1,4,2,5,3') return undefined;
  if (split.kind !== 'operation' || split.op !== 'reshape') return undefined;
  const [n, c, block, across, h, w] = split.shape;
  const [x] = split.inputs;
  const shuffles =
    block === across && sameShape(x.shape, [n, c * block ** 2, h, w]) && sameShape(shape, [n, c, h * block, w * block]);
  return shuffles ? graph.ops.depthToSpace(x, block) : undefined;
}

export function simplify<K extends OpName>(graph: MakesNodes, node: Operation<K>): GraphNode | undefined {
  const rule = simplifications[node.op] as Simplification<K> | undefined;
  return rule?.(graph, node);
}

/** These operations repeat, choose or add up elements: where as many come out as go in, only the shape can change. */
function sameElements(graph: MakesNodes, { inputs: [x], shape }: Operation<OpName>): GraphNode | undefined {
  return sizeOf(x.shape) === sizeOf(shape) ? graph.ops.reshape(x, shape) : undefined;
}

function isScalar(node: GraphNode): node is ConstantNode {
  return node.kind === 'constant' && node.shape.length === 0;
}

function foldScalars(
  graph: MakesNodes,
  { inputs: [a, b] }: Operation<OpName>,
  evaluate: (a: number, b: number) => number,
): GraphNode | undefined {
  return isScalar(a) && isScalar(b) ? graph.constant(scalar(evaluate(a.value.data[0], b.value.data[0]))) : undefined;
}

/** x + 0 = x, x · 1 = x, where that leaves the shape. */
function unless({ inputs: [a, b], shape }: Operation<OpName>, neutral: number): GraphNode | undefined {
  const isNeutral = (node: GraphNode) =>
    node.kind === 'constant' && node.value.data.length === 1 && node.value.data[0] === neutral;
  if (isNeutral(b) && sameShape(a.shape, shape)) return a;
  return isNeutral(a) && sameShape(b.shape, shape) ? b : undefined;
}

/** A broadcast operand of an elementwise operation need not be spread out first, if the other one has the shape. */
function implicitBroadcast(graph: MakesNodes, node: Operation<OpName>): GraphNode | undefined {
  const spread = node.inputs.findIndex((input) => input.kind === 'operation' && input.op === 'broadcastTo');
  if (spread < 0) return undefined;
  const inputs = node.inputs.map((input, i) => (i === spread ? (input as Operation<'broadcastTo'>).inputs[0] : input));
  const shape = broadcastShapes('broadcastTo', inputs[0].shape, inputs[1].shape);
  return sameShape(shape, node.shape) ? graph.operation(node.op, inputs, node.attributes, node.shape) : undefined;
}

/** c·(d·x) = (c·d)·x for single numbers c and d. */
function joinFactors(graph: MakesNodes, { inputs, shape }: Operation<OpName>): GraphNode | undefined {
  const isFactor = (node: GraphNode): node is ConstantNode => node.kind === 'constant' && node.value.data.length === 1;
  const [factor, product] = isFactor(inputs[0]) ? [inputs[0], inputs[1]] : [inputs[1], inputs[0]];
  if (!isFactor(factor) || product.kind !== 'operation' || product.op !== 'mul') return undefined;
  const [c, x] = isFactor(product.inputs[0])
    ? [product.inputs[0], product.inputs[1]]
    : [product.inputs[1], product.inputs[0]];
  if (!isFactor(c) || !sameShape(x.shape, shape)) return undefined;
  return graph.ops.mul(x, factor.value.data[0] * c.value.data[0]);
}
