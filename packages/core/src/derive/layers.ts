import { reachable } from '../graph/graph.js';
import type { GraphNode, OperationNode } from '../graph/nodes.js';
import { sameShape, sizeOf } from '../ndarray.js';
import { isPointwise, isSingle, MOST_OPERATIONS, type Pointwise } from './pointwise.js';
import { type Axes, findWay, IMAGE, NoWay, requireNumberAtZero, type Step, type Way } from './way.js';

interface FoundLayer {
  /** What the layer reads: [rows, N] or [B, C, h, w]. */
  readonly input: GraphNode;
  readonly weight: GraphNode;
  readonly bias: GraphNode | undefined;
  /** The product with its bias, before any activation; of a dense layer [rows, out], where the rows may be on several axes. */
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

/** x [1, h, w, N] times W in a network of frames: neuron n is input n, as on pixels; its plane goes the way to the picture. */
export interface DensePlacesLayer extends FoundLayer {
  readonly kind: 'dense-places';
  readonly outFirst: boolean;
  readonly gate: GraphNode | undefined;
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

export type DerivedLayer = DensePixelsLayer | DensePictureLayer | DensePlacesLayer | ConvolutionLayer;

/** A layer that was found, or why its contributions cannot be told from the program. */
export type Finding = { readonly weight: GraphNode } & (
  | { readonly layer: DerivedLayer; readonly why?: undefined }
  | { readonly layer?: undefined; readonly why: string }
);

/** Why a product of values that no input changes is left out. */
export const READS_NO_INPUT = 'it reads parameters and constants alone, which no input changes';

/**
 * The layers of a program, in its order: every product of a value that depends on the input with a weight, which depends on
 * parameters and constants alone. Behind them, left out: products of such values alone whose result is the picture's or is
 * computed with as a value, and is no weight and no bias. docs/networks.md has the rules.
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
  const findings = products.map((product): Finding => {
    const weight = product.inputs.find((input) => !varying.has(input))!;
    try {
      return { weight, layer: derive(product) };
    } catch (error) {
      if (error instanceof NoWay) return { weight, why: error.message };
      throw error;
    }
  });
  return [...findings, ...withoutInput().map(({ inputs: [, weight] }) => ({ weight, why: READS_NO_INPUT }))];

  /** Products with a parameter that no input changes, and whose result is used as a value. */
  function withoutInput(): OperationNode[] {
    const learned = new Set<GraphNode>();
    for (const node of nodes) {
      const own = node.kind === 'operation' ? node.inputs.some((input) => learned.has(input)) : node.kind === 'input';
      if (own && !varying.has(node)) learned.add(node);
    }
    const biases = new Map(products.map(withBias).map(({ bias, preactivation }) => [preactivation, bias]));
    const isValueIn = (user: OperationNode, node: GraphNode) => {
      if (biases.get(user) === node) return false;
      return !isProduct(user) || (!varying.has(user) && user.inputs[0] === node);
    };
    const values = new Set<GraphNode>();
    for (const node of [...nodes].reverse()) {
      if (varying.has(node)) continue;
      const joins = (user: OperationNode) => isValueIn(user, node) && (varying.has(user) || values.has(user));
      if (node === output || (users.get(node) ?? []).some(joins)) values.add(node);
    }
    return nodes.filter(
      (node): node is OperationNode => isProduct(node) && values.has(node) && learned.has(node.inputs[1]),
    );
  }

  function derive(product: OperationNode): DerivedLayer {
    if (varying.has(product.inputs[1])) throw new NoWay('its weight comes before what it multiplies');
    const [input, weight] = product.inputs;
    const { bias, preactivation } = withBias(product);
    const dependents = dependentsOf(preactivation);
    const common = { input, weight, bias, preactivation };
    if (product.op === 'matMul') {
      if (product.shape.length !== 2 || product.attributes.transposeA) {
        throw new NoWay(`it multiplies arrays of ${product.inputs[0].shape.join('×')}, not rows of values`);
      }
      const outFirst = product.attributes.transposeB;
      if (sampling === 'pixels' && product.shape[0] !== output.shape[0]) {
        throw new NoWay('its values are one row for the whole frame, and there is no rule for what they do');
      }
      if (sampling === 'frames' && product.shape[0] === 1) return pictureLayer({ ...common, outFirst });
      const gate = gateOf(preactivation, dependents);
      const before = gate ? gate.product : preactivation;
      const found = { ...common, outFirst, gate: gate?.factor, activation: activationAfter(before) };
      if (sampling === 'pixels') return { ...found, kind: 'dense' };
      const start = found.activation?.to ?? before;
      const { place, way } = wayFromRows(start);
      // As on pixels: what follows f and stays at its pixel is left out.
      const moves = way.steps.some(({ kind }) => !STAYING.has(kind));
      return { ...found, kind: 'dense-places', ...place, way: moves ? way : { steps: [], picture: 0 } };
    }
    if (sampling === 'pixels') throw new NoWay('it is a convolution in a network of single pixels');
    const operation = product as ConvolutionLayer['operation'];
    const [, channels, height, width] = product.shape;
    const way = findWay({ start: preactivation, height, width, axes: IMAGE, output, channels, isRange });
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
    const way = findWay({ start: reshape, height, width, axes: IMAGE, output, channels: 0, isRange });
    return { ...found, kind: 'dense-picture', activation, channels, height, width, way };
  }

  /**
   * Where the rows of a dense layer's result lie in the picture, and their way there: [1, h, w, out]; or one axis of as many
   * rows as the picture has pixels, or as many as are seen as h×w next.
   */
  function wayFromRows(start: GraphNode): { readonly place: Place; readonly way: Way } {
    const { shape } = start;
    const found = (place: Place) => ({ place, way: findWay({ start, ...place, output, channels: 0, isRange }) });
    if (shape.length === 4 && shape[0] === 1) {
      return found({ height: shape[1], width: shape[2], axes: { rows: 1, columns: 2 } });
    }
    const lead = shape.slice(0, -1);
    const count = sizeOf(lead);
    const pixels = lead.indexOf(count);
    const [, , rows, columns] = output.shape;
    let problem = new NoWay(`its result is ${shape.join('×')}, and where these rows lie in the picture is not told`);
    if (pixels < 0 || count === 1) throw problem;
    for (const [height, width] of count === rows * columns ? [[rows, columns]] : seenAs(start, count)) {
      try {
        return found({ height, width, axes: { pixels } });
      } catch (error) {
        if (!(error instanceof NoWay)) throw error;
        problem = error;
      }
    }
    throw problem;
  }

  /** Rows and columns that an axis of so many rows is seen as behind a value: tokens that become a picture again. */
  function seenAs(start: GraphNode, count: number): readonly (readonly [height: number, width: number])[] {
    const dependents = dependentsOf(start);
    const pairs = new Map<string, readonly [number, number]>();
    for (const node of nodes) {
      if (node.kind !== 'operation' || node.op !== 'reshape' || !dependents.has(node)) continue;
      const [{ shape: from }] = node.inputs;
      if (!from.includes(count) || node.shape.includes(count)) continue;
      for (const [axis, height] of node.shape.slice(0, -1).entries()) {
        const width = node.shape[axis + 1];
        const outer = sizeOf(node.shape.slice(0, axis));
        const same = from.some((extent, before) => extent === count && sizeOf(from.slice(0, before)) === outer);
        if (same && height * width === count) pairs.set(`${height}×${width}`, [height, width]);
      }
    }
    return [...pairs.values()];
  }

  /** What is added to a product next, if it depends on weights alone: one number per output, or one for all; behind a
   * convolution also one per place. */
  function withBias(product: OperationNode): { bias: GraphNode | undefined; preactivation: GraphNode } {
    const z = withRowsApart(product);
    const next = users.get(z) ?? [];
    const [sum] = next;
    if (next.length === 1 && sum.op === 'add' && z !== output && sameShape(sum.shape, z.shape)) {
      const other = sum.inputs[0] === z ? sum.inputs[1] : sum.inputs[0];
      const fits = product.op !== 'matMul' || sizeOf(other.shape) === (other.shape.at(-1) ?? 1);
      if (!varying.has(other) && fits) return { bias: other, preactivation: sum };
    }
    return { bias: undefined, preactivation: z };
  }

  /** A product of rows that lie on several axes, [1, h, w, out], is written as one of a matrix, and reshaped. */
  function withRowsApart(product: OperationNode): GraphNode {
    const next = users.get(product) ?? [];
    const [apart] = next;
    const rows = product.op === 'matMul' && product.shape.length === 2 ? product.shape[0] : 1;
    if (rows === 1 || next.length !== 1 || apart.op !== 'reshape' || product === output) return product;
    return apart.shape.length > 2 && apart.shape.at(-1) === product.shape[1] ? apart : product;
  }

  /** z · g where g depends on the input, but not on z. */
  function gateOf(z: GraphNode, dependents: ReadonlySet<GraphNode>) {
    const next = users.get(z) ?? [];
    const [product] = next;
    if (next.length !== 1 || product.op !== 'mul' || z === output) return undefined;
    const factor = product.inputs[0] === z ? product.inputs[1] : product.inputs[0];
    if (isSingle(factor) || factor === z || dependents.has(factor) || !sameShape(product.shape, z.shape))
      return undefined;
    const rows = sizeOf(factor.shape.slice(0, -1));
    if (rows !== 1 && rows !== sizeOf(z.shape.slice(0, -1))) return undefined;
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
    if (inside.size > MOST_OPERATIONS)
      throw new NoWay(`the function behind it has more than ${MOST_OPERATIONS} operations`);
    const ends = [...inside].filter(leaves);
    if (ends.length !== 1 || ends[0] === z || isRange(ends[0])) return undefined;
    const f = { from: z, to: ends[0] };
    requireNumberAtZero(f);
    return f;
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

/** Where the rows of a value lie in a picture. */
interface Place {
  readonly height: number;
  readonly width: number;
  readonly axes: Axes;
}

/** Steps that leave a plane at its pixels. */
const STAYING: ReadonlySet<Step['kind']> = new Set(['function', 'sum', 'factor', 'choice'] as const);

function isProduct(node: GraphNode): node is OperationNode {
  return node.kind === 'operation' && (node.op === 'matMul' || node.op === 'conv2d' || node.op === 'convTranspose2d');
}

/** One side depends on the input, the other does not. */
function isLayer(node: GraphNode, varying: ReadonlySet<GraphNode>): boolean {
  if (node.kind !== 'operation') return false;
  return varying.has(node.inputs[0]) !== varying.has(node.inputs[1]);
}
