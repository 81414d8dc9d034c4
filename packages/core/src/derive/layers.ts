import { type GraphNode, type OperationNode, reachable } from '../graph/graph.js';
import { sizeOf } from '../ndarray.js';
import { isPointwise, isSingle, type Pointwise } from './pointwise.js';
import { findWay, NoWay, type Way } from './way.js';

interface FoundLayer {
  /** What the layer reads: [P, N], [B, N] or [B, C, h, w]. */
  readonly input: GraphNode;
  readonly weight: GraphNode;
  readonly bias: GraphNode | undefined;
  /** The product with its bias, before any activation. */
  readonly preactivation: GraphNode;
  /** What follows it value by value; nothing after the last layer. */
  readonly activation: Pointwise | undefined;
}

/** x [P, N] times W: neuron n is input n; what follows f stays at its pixel. */
export interface DensePixelsLayer extends FoundLayer {
  readonly kind: 'dense';
  /** The weight is [out, N]; else [N, out]. */
  readonly outFirst: boolean;
  /** What the result is multiplied with next, [P, out]. */
  readonly gate: GraphNode | undefined;
}

/** x [B, N] times W, [B, C·h·w] seen as [B, C, h, w]: neuron n is input n, its plane the sum over the channels. */
export interface DensePictureLayer extends FoundLayer {
  readonly kind: 'dense-picture';
  readonly outFirst: boolean;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly way: Way;
}

/** Each kernel (in → out) is a neuron. */
export interface ConvolutionLayer extends FoundLayer {
  readonly kind: 'conv';
  readonly transposed: boolean;
  readonly operation: OperationNode & { readonly op: 'conv2d' | 'convTranspose2d' };
  readonly way: Way;
}

export type DerivedLayer = DensePixelsLayer | DensePictureLayer | ConvolutionLayer;

/** A layer that was found, or why its contributions cannot be told from the program. */
export type Finding = { readonly weight: GraphNode } & (
  | { readonly layer: DerivedLayer; readonly why?: undefined }
  | { readonly layer?: undefined; readonly why: string }
);

/**
 * The layers of a program, in its order: every product of a value that depends on the input with a weight, which depends on
 * parameters and constants alone. docs/networks.md has the rules.
 * @param varies the inputs that are no parameters
 */
export function findLayers(
  output: GraphNode,
  varies: (input: GraphNode) => boolean,
  sampling: 'pixels' | 'frames',
): Finding[] {
  const nodes = reachable([output]);
  const varying = new Set<GraphNode>();
  const users = new Map<GraphNode, OperationNode[]>();
  for (const node of nodes) {
    if (node.kind === 'input' && varies(node)) varying.add(node);
    if (node.kind !== 'operation') continue;
    if (node.inputs.some((input) => varying.has(input))) varying.add(node);
    for (const input of new Set(node.inputs)) users.set(input, [...(users.get(input) ?? []), node]);
  }
  const products = nodes.filter((node): node is OperationNode => isProduct(node) && isLayer(node, varying));
  return products.map((product) => {
    const weight = product.inputs.find((input) => !varying.has(input))!;
    try {
      return { weight, layer: derive(product) };
    } catch (error) {
      if (error instanceof NoWay) return { weight, why: error.message };
      throw error;
    }
  });

  function derive(product: OperationNode): DerivedLayer {
    if (varying.has(product.inputs[1])) throw new NoWay('its weight comes before what it multiplies');
    const [input, weight] = product.inputs;
    const channelAxis = product.op === 'matMul' ? product.shape.length - 1 : 1;
    const { bias, preactivation } = withBias(product, channelAxis);
    const dependents = dependentsOf(preactivation);
    const common = { input, weight, bias, preactivation };
    if (product.op === 'matMul') {
      if (product.shape.length !== 2 || product.attributes.transposeA) {
        throw new NoWay(`it multiplies arrays of ${product.inputs[0].shape.join('×')}, not rows of values`);
      }
      const outFirst = product.attributes.transposeB;
      if (sampling === 'pixels') {
        const gate = gateOf(preactivation, dependents);
        const before = gate ? gate.product : preactivation;
        return { ...common, kind: 'dense', outFirst, gate: gate?.factor, activation: activationAfter(before) };
      }
      return pictureLayer({ ...common, outFirst });
    }
    if (sampling === 'pixels') throw new NoWay('it is a convolution in a network of single pixels');
    const operation = product as ConvolutionLayer['operation'];
    const [, channels, height, width] = product.shape;
    const way = findWay({ start: preactivation, height, width, output, channels, isRange });
    const transposed = product.op === 'convTranspose2d';
    return { ...common, kind: 'conv', transposed, operation, activation: undefined, way };
  }

  /** The reshape that makes a picture of a dense layer's values, before or behind functions of them. */
  function pictureLayer(found: Omit<FoundLayer, 'activation'> & { outFirst: boolean }): DensePictureLayer {
    const activation = activationAfter(found.preactivation);
    const values = activation?.to ?? found.preactivation;
    const next = users.get(values) ?? [];
    const [reshape] = next;
    if (next.length !== 1 || reshape.op !== 'reshape' || reshape.shape.length !== 4) {
      throw new NoWay('its values are not seen as a picture [C, h, w] next, and there is no rule for what they do');
    }
    const [, channels, height, width] = reshape.shape;
    const way = findWay({ start: reshape, height, width, output, channels: 0, isRange });
    return { ...found, kind: 'dense-picture', activation, channels, height, width, way };
  }

  /** The weight-only value that is added to a product next, if it is one number per output, or one for all. */
  function withBias(product: OperationNode, channelAxis: number) {
    const next = users.get(product) ?? [];
    const [sum] = next;
    if (next.length === 1 && sum.op === 'add' && product !== output) {
      const other = sum.inputs[0] === product ? sum.inputs[1] : sum.inputs[0];
      const outputs = product.shape[channelAxis];
      const axis = channelAxis - product.shape.length + other.shape.length;
      const perOutput = sizeOf(other.shape) === outputs && (other.shape[axis] ?? 1) === outputs;
      if (!varying.has(other) && (perOutput || sizeOf(other.shape) === 1)) {
        return { bias: other, preactivation: sum as GraphNode };
      }
    }
    return { bias: undefined, preactivation: product as GraphNode };
  }

  /** z · g where g depends on the input, but not on z. */
  function gateOf(z: GraphNode, dependents: ReadonlySet<GraphNode>) {
    const next = users.get(z) ?? [];
    const [product] = next;
    if (next.length !== 1 || product.op !== 'mul' || z === output) return undefined;
    const factor = product.inputs[0] === z ? product.inputs[1] : product.inputs[0];
    if (isSingle(factor) || factor === z || dependents.has(factor)) return undefined;
    return { product: product as GraphNode, factor };
  }

  /** The largest part of the program that is a function of `z` alone, value by value, if it has one end. */
  function activationAfter(z: GraphNode): Pointwise | undefined {
    const inside = new Set<GraphNode>([z]);
    for (const node of nodes) {
      if (!isPointwise(node) || node.id <= z.id) continue;
      const own = node.inputs.some((input) => inside.has(input));
      if (own && node.inputs.every((input) => inside.has(input) || isSingle(input))) inside.add(node);
    }
    const leaves = (node: GraphNode) => node === output || (users.get(node) ?? []).some((user) => !inside.has(user));
    const ends = [...inside].filter(leaves);
    return ends.length === 1 && ends[0] !== z && !isRange(ends[0]) ? { from: z, to: ends[0] } : undefined;
  }

  function isRange(node: GraphNode): boolean {
    const dependents = dependentsOf(node);
    return !products.some((product) => dependents.has(product));
  }

  function dependentsOf(node: GraphNode): Set<GraphNode> {
    const dependents = new Set<GraphNode>([node]);
    for (const other of nodes) {
      if (other.kind === 'operation' && other.inputs.some((input) => dependents.has(input))) dependents.add(other);
    }
    dependents.delete(node);
    return dependents;
  }
}

function isProduct(node: GraphNode): boolean {
  return node.kind === 'operation' && (node.op === 'matMul' || node.op === 'conv2d' || node.op === 'convTranspose2d');
}

/** One side depends on the input, the other does not. */
function isLayer(node: GraphNode, varying: ReadonlySet<GraphNode>): boolean {
  if (node.kind !== 'operation') return false;
  return varying.has(node.inputs[0]) !== varying.has(node.inputs[1]);
}
