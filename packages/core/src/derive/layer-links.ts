import { shapesOf } from '../arrays.js';
import { traceProgram } from '../graph/graph.js';
import type { GraphNode, OperationNode } from '../graph/nodes.js';
import type { Inr } from '../inr.js';
import { type Shape, sizeOf } from '../ndarray.js';
import { evaluationProgram } from '../network.js';
import { BINARY, type OpName, UNARY } from '../ops/ops.js';

/** Outputs of one layer that another one reads, with no other weight between them. */
export interface LayerLink {
  /** Ids. */
  readonly from: string;
  readonly to: string;
  /** Pairs: output `outputs[i]` of `from` reaches the channel `inputs[i]` that `to` reads (its neuron; of a convolution, its input channel). */
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** A channel of a layer's pre-activation. */
interface Source {
  readonly layer: string;
  readonly output: number;
}

/** For each channel of a value, what reaches it. */
type Sources = readonly ReadonlySet<Source>[];

/** Files of strangers do not decide how much is looked at: steps from one layer back to another, and what reaches channels, of all values. */
const MOST_STEPS = 1000;
const MOST_SOURCES = 4_000_000;

/** Ends the search. */
class TooMuch extends Error {}

const NOTHING: ReadonlySet<Source> = new Set();
/** Operations on planes [N, C, H, W], which keep channels apart. */
const OF_PLANES: readonly OpName[] = ['averagePool', 'maxPool', 'upsampleNearest', 'resize', 'gridSample'];
const ELEMENTWISE: ReadonlySet<OpName> = new Set([...BINARY, ...UNARY, 'where', 'leakyRelu', 'pow']);

/**
 * Which outputs of dense layers and convolutions are read by which neurons of others, told by the network's program: through activations, sums,
 * products, concatenations, slices, shuffles and the like, which keep channels apart, and never through another weight, nor through an operation
 * that mixes channels (a product, a mean over them), whose ways are left out.
 * @returns `null` where the program is too long, or joins too much, to be followed
 * @throws whatever the network's program throws
 */
export function layerLinks(inr: Inr): LayerLink[] | null {
  try {
    return followed(inr);
  } catch (error) {
    if (error instanceof TooMuch) return null;
    throw error;
  }
}

function followed(inr: Inr): LayerLink[] {
  const hooks = inr.layers.filter((hook) => hook.kind === 'dense' || hook.kind === 'conv');
  const parameters = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
  // Several pixels, so that none of their axes is taken for one of extent 1.
  const inputs = inr.sampling === 'frames' ? inr.inputs([0]) : inr.inputs([0], new Uint32Array(7));
  const { outputs } = traceProgram(evaluationProgram(inr), { ...parameters, ...shapesOf(inputs) });
  const axisOf = (kind: 'dense' | 'conv', { shape }: GraphNode) => (kind === 'dense' ? shape.length - 1 : 1);

  const begins = new Map<GraphNode, { readonly axis: number; readonly sources: Sources }>();
  for (const hook of hooks) {
    const node = outputs[hook.preactivation];
    const axis = axisOf(hook.kind, node);
    const sources = Array.from({ length: node.shape[axis] }, (_, output) => new Set([{ layer: hook.id, output }]));
    begins.set(node, { axis, sources });
    // What is recorded of pixels that lie on several axes is a reshaped copy.
    if (node.kind === 'operation' && node.op === 'reshape') {
      const [inner] = node.inputs;
      const same = axisBefore(inner.shape, node.shape, axis);
      if (same !== undefined) begins.set(inner, { axis: same, sources });
    }
  }

  const known = new Map<string, Sources>();
  let [steps, reached] = [0, 0];
  function sourcesOf(node: GraphNode, axis: number): Sources {
    const key = `${node.id} ${axis}`;
    const present = known.get(key);
    if (present) return present;
    if (++steps > MOST_STEPS) throw new TooMuch();
    const found = find(node, axis);
    steps--;
    reached += found.reduce((sum, { size }) => sum + 1 + size, 0);
    if (reached > MOST_SOURCES) throw new TooMuch();
    known.set(key, found);
    return found;
  }
  function find(node: GraphNode, axis: number): Sources {
    const begin = begins.get(node);
    if (begin?.axis === axis) return begin.sources;
    const none = Array.from({ length: node.shape[axis] }, () => NOTHING);
    return begin || node.kind !== 'operation' ? none : (through(node, axis, sourcesOf) ?? none);
  }

  return hooks.flatMap((to) => {
    const node = outputs[to.input];
    const pairs = new Map<string, { outputs: number[]; inputs: number[] }>();
    for (const [input, sources] of sourcesOf(node, axisOf(to.kind, node)).entries()) {
      for (const { layer, output } of sources) {
        const link = pairs.get(layer) ?? { outputs: [], inputs: [] };
        pairs.set(layer, link);
        link.outputs.push(output);
        link.inputs.push(input);
      }
    }
    return [...pairs].map(([from, link]) => ({ from, to: to.id, ...link }));
  });
}

/** What reaches the channels of an operation's result, by what reaches those of its operands; `undefined` where it mixes them. */
function through(
  node: OperationNode,
  axis: number,
  sourcesOf: (node: GraphNode, axis: number) => Sources,
): Sources | undefined {
  const { op, inputs, shape } = node;
  const extent = shape[axis];
  if (ELEMENTWISE.has(op) || op === 'broadcastTo') {
    return union(
      extent,
      inputs.flatMap((input) => {
        const own = axis - (shape.length - input.shape.length);
        if (own < 0) return [];
        const sources = sourcesOf(input, own);
        return [sources.length === extent ? sources : Array.from({ length: extent }, () => sources[0])];
      }),
    );
  }
  const [first] = inputs;
  if (OF_PLANES.includes(op)) return axis === 1 ? sourcesOf(first, 1) : undefined;
  switch (node.op) {
    case 'softmax':
      return node.attributes.axis === axis ? undefined : sourcesOf(first, axis);
    case 'reshape': {
      const before = axisBefore(first.shape, shape, axis);
      return before === undefined ? undefined : sourcesOf(first, before);
    }
    case 'transpose':
      return sourcesOf(first, node.attributes.permutation[axis]);
    case 'concat':
      if (node.attributes.axis === axis) return inputs.flatMap((input) => sourcesOf(input, axis));
      return union(
        extent,
        inputs.map((input) => sourcesOf(input, axis)),
      );
    case 'slice': {
      const begin = node.attributes.begin[axis];
      return sourcesOf(first, axis).slice(begin, begin + extent);
    }
    case 'pad':
      return first.shape[axis] === extent ? sourcesOf(first, axis) : undefined;
    case 'depthToSpace': {
      if (axis !== 1) return undefined;
      const sources = sourcesOf(first, 1);
      const square = node.attributes.block ** 2;
      return Array.from({ length: extent }, (_, c) => unionOf(sources.slice(c * square, (c + 1) * square)));
    }
    case 'spaceToDepth': {
      if (axis !== 1) return undefined;
      const sources = sourcesOf(first, 1);
      return Array.from({ length: extent }, (_, c) => sources[Math.floor(c / node.attributes.block ** 2)]);
    }
    default:
      return undefined;
  }
}

/** The axis of a value before it was reshaped, if one of the same extent was at the same place. */
function axisBefore(before: Shape, after: Shape, axis: number): number | undefined {
  const inside = sizeOf(after.slice(axis + 1));
  const found = before.findIndex((extent, i) => extent === after[axis] && sizeOf(before.slice(i + 1)) === inside);
  return found < 0 ? undefined : found;
}

function unionOf(sets: Sources): ReadonlySet<Source> {
  const filled = sets.filter(({ size }) => size > 0);
  return filled.length <= 1 ? (filled[0] ?? NOTHING) : new Set(filled.flatMap((set) => [...set]));
}

const union = (extent: number, parts: readonly Sources[]): Sources =>
  Array.from({ length: extent }, (_, channel) => unionOf(parts.map((part) => part[channel])));
