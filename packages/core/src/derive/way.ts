import { reachable } from '../graph/graph.js';
import type { GraphNode, OperationNode } from '../graph/nodes.js';
import { type Shape, sizeOf } from '../ndarray.js';
import type { GridSampling } from '../ops/grid-sampling.js';
import type { ResizeMethod } from '../ops/resize.js';
import type { Window } from './plane.js';
import { compilePointwise, isPointwise, isSingle, MOST_OPERATIONS, nodesOf, type Pointwise } from './pointwise.js';

/** A step of a contribution's way to the picture. Planes are numbered: 0 is the layer's own, step i makes plane i + 1. */
export type Step =
  /** f(u) − f(0) */
  | { readonly kind: 'function'; readonly of: number; readonly f: Pointwise }
  | { readonly kind: 'sum'; readonly of: readonly { readonly plane: number; readonly sign: 1 | -1 }[] }
  /** The plane of output o lies on sub-pixel o mod s² of each s×s cell. */
  | { readonly kind: 'scatter'; readonly of: number; readonly scale: number }
  | { readonly kind: 'upsample'; readonly of: number; readonly scale: number }
  | {
      readonly kind: 'resize';
      readonly of: number;
      readonly height: number;
      readonly width: number;
      readonly method: ResizeMethod;
    }
  /** The mean over a window's k·l taps, zeros outside; always ÷ k·l. */
  | {
      readonly kind: 'mean';
      readonly of: number;
      readonly window: Window;
      readonly height: number;
      readonly width: number;
    }
  /** A transposed convolution with a kernel of ones, ÷ (k·l / stride²). */
  | {
      readonly kind: 'spread';
      readonly of: number;
      readonly window: Window;
      readonly height: number;
      readonly width: number;
    }
  /** Times, or divided by, a value that is held: its mean over channels at each pixel. */
  | {
      readonly kind: 'factor';
      readonly of: number;
      readonly by: GraphNode;
      readonly divide: boolean;
      /** Rows and columns of what the product gives, which `by` is spread out to. */
      readonly axes: Axes;
      readonly rank: number;
    }
  /** The pixels that win a max pooling, held: each tap's plane times the share of channels in which it is the largest. */
  | {
      readonly kind: 'winner';
      readonly of: number;
      /** What is pooled. */
      readonly by: GraphNode;
      readonly window: Window;
      readonly height: number;
      readonly width: number;
    }
  /** Times the share of channels in which a condition is held to be so; with `otherwise`, in which it is not. */
  | {
      readonly kind: 'choice';
      readonly of: number;
      readonly by: GraphNode;
      readonly otherwise: boolean;
      readonly axes: Axes;
      readonly rank: number;
    }
  /** Looked up at the places of a grid that is held. */
  | {
      readonly kind: 'sample';
      readonly of: number;
      /** The grid. */
      readonly by: GraphNode;
      readonly sampling: GridSampling;
      readonly height: number;
      readonly width: number;
    }
  /** Rows and columns that are chosen once for all: mirrored borders, every second pixel. */
  | {
      readonly kind: 'take';
      readonly of: number;
      readonly rows: readonly number[];
      readonly columns: readonly number[];
    }
  /** Pixels mixed by a matrix that is held, [to, from] or with `transposed` [from, to]: its mean over leading axes. */
  | {
      readonly kind: 'mix';
      readonly of: number;
      readonly by: GraphNode;
      readonly transposed: boolean;
    }
  | {
      readonly kind: 'crop';
      readonly of: number;
      readonly top: number;
      readonly left: number;
      readonly height: number;
      readonly width: number;
    };

/** The value that a step holds as it is in the picture, if it holds one. */
export function heldBy(step: Step): GraphNode | undefined {
  return 'by' in step ? step.by : undefined;
}

export interface Way {
  readonly steps: readonly Step[];
  /** The plane that is the picture's. */
  readonly picture: number;
}

/** Why there is no way: the operation that has no rule, and where it stands. */
export class NoWay extends Error {}

/**
 * A contribution passes f as f(u) − f(0), which is no number where f(0) is infinite or NaN: `log(u)`, `1 / u`.
 * @throws NoWay naming the operation that f ends with
 */
export function requireNumberAtZero(f: Pointwise): void {
  const atZero = Math.fround(compilePointwise(f)(0));
  if (Number.isFinite(atZero)) return;
  const { op } = f.to as OperationNode;
  throw new NoWay(
    `a function that follows it ends with '${op}' and is ${atZero} at 0, so that f(u) − f(0) is no number`,
  );
}

/** Which axes of a value are rows and columns; one axis for both where they lie behind each other. */
export type Axes = { readonly rows: number; readonly columns: number } | { readonly pixels: number };

/** A value on the way: a plane of its own, or a pointwise function of the one that `base` has. */
interface OnTheWay {
  readonly base: GraphNode;
  readonly axes: Axes;
  readonly height: number;
  readonly width: number;
}

export interface WayOptions {
  /** Where the contribution starts, with its plane's extents; a pointwise function of the layer's result. */
  readonly start: GraphNode;
  readonly height: number;
  readonly width: number;
  /** Where rows and columns are in `start`. */
  readonly axes: Axes;
  readonly output: GraphNode;
  /**
   * Values that are pointwise functions of this one stand directly behind the layer: the shuffle of their channels scatters.
   */
  readonly channels: number;
  /** Whether no layer comes after a value: a function that gives it is the range of the picture, no activation. */
  isRange(node: GraphNode): boolean;
}

/**
 * What the operations after a layer do to a plane of its contributions; the table of docs/networks.md.
 * @throws NoWay naming the operation without a rule
 */
export function findWay({ start, height, width, axes, output, channels, isRange }: WayOptions): Way {
  const steps: Step[] = [];
  const planes = new Map<GraphNode, number>([[start, 0]]);
  const onTheWay = new Map<GraphNode, OnTheWay>([[start, { base: start, axes, height, width }]]);
  /** What depends on the layer only through values that no plane passes: held as it is in the picture. */
  const held = new Set<GraphNode>();
  const leads = leadingTo(output, start);

  const push = (step: Step): number => steps.push(step);
  /** The number of a value's plane. */
  const planeOf = (node: GraphNode): number => {
    const known = planes.get(node);
    if (known !== undefined) return known;
    const { base } = onTheWay.get(node)!;
    const of = planeOf(base);
    const f = { from: base, to: node };
    const made = isRange(node) ? of : push({ kind: 'function', of, f });
    if (made !== of && nodesOf(f).length > MOST_OPERATIONS) {
      throw new NoWay(`a function on its way to the picture has more than ${MOST_OPERATIONS} operations`);
    }
    if (made !== of) requireNumberAtZero(f);
    planes.set(node, made);
    return made;
  };
  const isDirect = (node: GraphNode): boolean => onTheWay.get(node)?.base === start && planes.get(start) === 0;

  for (const node of reachable([output])) {
    if (node.kind !== 'operation' || node === start || node.id < start.id) continue;
    const carried = carriersOf(node).filter((input) => onTheWay.has(input));
    if (carried.length === 0 || !leads.has(node) || isStatistic(node, onTheWay.get(carried[0])!, output, start)) {
      if (node.inputs.some((input) => held.has(input) || onTheWay.has(input))) held.add(node);
      continue;
    }
    const first = onTheWay.get(carried[0])!;
    const bases = new Set(carried.map((input) => onTheWay.get(input)!.base));
    if (isPointwise(node) && bases.size === 1 && node.inputs.every((input) => onTheWay.has(input) || isSingle(input))) {
      onTheWay.set(node, { ...first, base: first.base });
      continue;
    }
    if (isChoice(node) && !(node.op === 'where' && node.inputs.slice(1).some((input) => onTheWay.has(input)))) {
      held.add(node);
      continue;
    }
    const { plane, ...extent } = apply(node, first);
    planes.set(node, plane);
    onTheWay.set(node, { ...extent, base: node });
  }
  if (!onTheWay.has(output))
    throw new NoWay('it reaches the picture only through means, weights or places that are held');
  const drawn = onTheWay.get(output)!;
  if (output.shape.length === 4 && JSON.stringify(drawn.axes) !== JSON.stringify(IMAGE)) {
    throw new NoWay('rows and columns of the picture are exchanged behind it');
  }
  return { steps, picture: planeOf(output) };

  function apply(node: OperationNode, from: OnTheWay): { plane: number; axes: Axes; height: number; width: number } {
    const stays = (plane: number) => ({ plane, axes: from.axes, height: from.height, width: from.width });
    /** An operation on values side by side: it may add leading axes, but repeats no pixels. */
    const beside = (made: () => number) => {
      const sides = node.inputs.flatMap((input) => onTheWay.get(input) ?? []);
      if (sides.some(({ height, width }) => height !== from.height || width !== from.width)) {
        throw noRule(node, 'its operands on the way have not the same rows and columns');
      }
      const added = node.shape.length - carriedRank;
      const axes = moved(from.axes, (axis) => axis + added);
      if (pixelsOf(node.shape, axes) !== from.height * from.width) throw noRule(node, 'it repeats pixels');
      return { plane: made(), axes, height: from.height, width: from.width };
    };
    const carriedRank = carriersOf(node).find((input) => onTheWay.has(input))!.shape.length;
    const image = (plane: number) => ({ plane, axes: IMAGE, height: node.shape[2], width: node.shape[3] });
    const [x, y] = node.inputs;
    /** Rows and columns of an operand, among the axes of the result, which may have more. */
    const axesOf = (carried: GraphNode): Axes =>
      moved(onTheWay.get(carried)!.axes, (axis) => axis + node.shape.length - carried.shape.length);
    const factor = (carried: GraphNode, by: GraphNode, divide: boolean): Step => {
      return { kind: 'factor', of: planeOf(carried), by, divide, axes: axesOf(carried), rank: node.shape.length };
    };
    switch (node.op) {
      case 'add':
      case 'sub': {
        const of = node.inputs.flatMap((input, i) => {
          const sign: 1 | -1 = node.op === 'sub' && i === 1 ? -1 : 1;
          return onTheWay.has(input) ? [{ plane: planeOf(input), sign }] : [];
        });
        return beside(() => (of.length === 1 && of[0].sign === 1 ? of[0].plane : push({ kind: 'sum', of })));
      }
      case 'mul': {
        const parts = [
          [x, y],
          [y, x],
        ].filter(([carried]) => onTheWay.has(carried));
        return beside(() => sumOf(parts.map(([carried, by]) => push(factor(carried, by, false)))));
      }
      case 'div': {
        if (!onTheWay.has(x)) throw noRule(node, 'the layer stands below the fraction line');
        return beside(() => push(factor(x, y, true)));
      }
      case 'conv2d': {
        if (onTheWay.has(y)) throw noRule(node, 'its kernel depends on the layer');
        requireImage(node, from);
        const [, , k, l] = y.shape;
        const [, , rows, columns] = node.shape;
        const { stride, dilation, padding } = node.attributes;
        const window = { size: [k, l], stride, dilation, padding } as const;
        if (k === 1 && l === 1 && stride.every((step) => step === 1) && padding.every((side) => side === 0)) {
          return image(planeOf(x));
        }
        return image(push({ kind: 'mean', of: planeOf(x), window, height: rows, width: columns }));
      }
      case 'convTranspose2d': {
        if (onTheWay.has(y)) throw noRule(node, 'its kernel depends on the layer');
        requireImage(node, from);
        const [, , k, l] = y.shape;
        const { stride, dilation, padding } = node.attributes;
        const window = { size: [k, l], stride, dilation, padding } as const;
        return image(push({ kind: 'spread', of: planeOf(x), window, height: node.shape[2], width: node.shape[3] }));
      }
      case 'averagePool': {
        requireImage(node, from);
        const { size, stride, padding } = node.attributes;
        const window = { size, stride, dilation: [1, 1], padding } as const;
        return image(push({ kind: 'mean', of: planeOf(x), window, height: node.shape[2], width: node.shape[3] }));
      }
      case 'maxPool': {
        requireImage(node, from);
        const window = node.attributes;
        return image(
          push({ kind: 'winner', of: planeOf(x), by: x, window, height: node.shape[2], width: node.shape[3] }),
        );
      }
      case 'where': {
        const [, a, b] = node.inputs;
        const parts = [
          { value: a, otherwise: false },
          { value: b, otherwise: true },
        ].filter(({ value }) => onTheWay.has(value));
        const rank = node.shape.length;
        return beside(() =>
          sumOf(
            parts.map(({ value, otherwise }) =>
              push({ kind: 'choice', of: planeOf(value), by: x, otherwise, axes: axesOf(value), rank }),
            ),
          ),
        );
      }
      case 'gridSample': {
        requireImage(node, from);
        const [, , height, width] = node.shape;
        return image(push({ kind: 'sample', of: planeOf(x), by: y, sampling: node.attributes, height, width }));
      }
      case 'gather':
        return taken(node, from);
      case 'depthToSpace': {
        requireImage(node, from);
        const scale = node.attributes.block;
        if (scale === 1) return image(planeOf(x));
        const direct = isDirect(x) && x.shape[1] === channels;
        if (!direct && x.shape[1] === channels && isDirect(unmoved(x))) {
          throw noRule(node, 'its channels are put in another order before');
        }
        return image(push({ kind: direct ? 'scatter' : 'upsample', of: planeOf(x), scale }));
      }
      case 'upsampleNearest': {
        requireImage(node, from);
        return image(push({ kind: 'upsample', of: planeOf(x), scale: node.attributes.scale }));
      }
      case 'resize': {
        requireImage(node, from);
        return image(push({ kind: 'resize', of: planeOf(x), ...node.attributes }));
      }
      case 'concat': {
        if (isPixelAxis(from.axes, node.attributes.axis)) throw noRule(node, 'it joins pixels, not channels');
        return stays(sumOf(node.inputs.filter((input) => onTheWay.has(input)).map(planeOf)));
      }
      case 'slice':
      case 'pad':
        return framed(node, from);
      case 'broadcastTo': {
        const added = node.shape.length - x.shape.length;
        const axes = moved(from.axes, (axis) => axis + added);
        if (pixelsOf(node.shape, axes) !== pixelsOf(x.shape, from.axes)) throw noRule(node, 'it repeats pixels');
        return { ...stays(planeOf(x)), axes };
      }
      case 'transpose':
        return { ...stays(planeOf(x)), axes: moved(from.axes, (axis) => node.attributes.permutation.indexOf(axis)) };
      case 'reshape': {
        const axes = reshapedAxes(x.shape, node.shape, from);
        if (!axes) throw noRule(node, 'rows and columns are no axes of what it gives');
        return { ...stays(planeOf(x)), axes };
      }
      case 'matMul': {
        const parts = [x, y].flatMap((carried, operand) => {
          const before = onTheWay.get(carried);
          return before ? [multiplied(node, carried, before, operand)] : [];
        });
        const [{ axes }, ...others] = parts;
        if (others.some((other) => JSON.stringify(other.axes) !== JSON.stringify(axes))) {
          throw noRule(node, 'rows and columns of its two operands are not the same axes');
        }
        return { ...stays(sumOf(parts.map(({ plane }) => plane()))), axes };
      }
      // A part of the channels added up: the sum of the parts.
      case 'sum':
      case 'mean': {
        const { axes, keepDims } = node.attributes;
        const before = (axis: number) => (keepDims ? 0 : axes.filter((other) => other < axis).length);
        return { ...stays(planeOf(x)), axes: moved(from.axes, (axis) => axis - before(axis)) };
      }
      default:
        throw noRule(node, 'there is no rule for it');
    }
  }

  function sumOf(parts: readonly number[]): number {
    return parts.length === 1 ? parts[0] : push({ kind: 'sum', of: parts.map((plane) => ({ plane, sign: 1 })) });
  }

  /** The product with a weight or a held value: along channels the plane's, along pixels a mix of them. */
  function multiplied(
    { inputs, attributes, shape }: OperationNode & { op: 'matMul' },
    carried: GraphNode,
    { axes }: OnTheWay,
    operand: number,
  ): { readonly axes: Axes; plane(): number } {
    const rank = shape.length;
    const transposed = operand === 0 ? attributes.transposeA : attributes.transposeB;
    const isFirst = operand === 0;
    // Which axis of the operand is added up, and where its other one is in the result.
    const inner = isFirst !== transposed ? rank - 1 : rank - 2;
    const outer = isFirst ? rank - 2 : rank - 1;
    if (!isPixelAxis(axes, inner)) {
      return { axes: moved(axes, (axis) => (axis >= rank - 2 ? outer : axis)), plane: () => planeOf(carried) };
    }
    const other = inputs[1 - operand];
    const place = isFirst ? rank - 1 : rank - 2;
    if (!('pixels' in axes)) throw noRule({ op: 'matMul', shape }, 'it mixes rows or columns');
    if (shape[place] !== carried.shape[inner])
      throw noRule({ op: 'matMul', shape }, 'it gives another number of pixels');
    // y = x·M reads M as [from, to], y = M·x as [to, from].
    const flipped = isFirst ? !attributes.transposeB : attributes.transposeA;
    return {
      axes: { pixels: place },
      plane: () => push({ kind: 'mix', of: planeOf(carried), by: other, transposed: flipped }),
    };
  }

  /** Looked up along channels: the plane's. Along rows or columns: those that are chosen, if they are so once for all. */
  function taken(node: OperationNode & { op: 'gather' }, from: OnTheWay) {
    const [x, indices] = node.inputs;
    const { axis } = node.attributes;
    const { height, width } = from;
    if (!isPixelAxis(from.axes, axis)) {
      const added = indices.shape.length - 1;
      const axes = moved(from.axes, (other) => (other > axis ? other + added : other));
      return { plane: planeOf(x), axes, height, width };
    }
    if ('pixels' in from.axes) throw noRule(node, 'it looks up pixels that lie behind each other');
    if (indices.kind !== 'constant' || indices.shape.length !== 1) {
      throw noRule(node, 'which pixels it looks up is not known before the network runs');
    }
    const chosen = [...indices.value.data];
    const all = (extent: number) => Array.from({ length: extent }, (_, i) => i);
    const byRow = axis === from.axes.rows;
    const rows = byRow ? chosen : all(height);
    const columns = byRow ? all(width) : chosen;
    const plane = push({ kind: 'take', of: planeOf(x), rows, columns });
    return { plane, axes: from.axes, height: rows.length, width: columns.length };
  }

  /** A cut or a border: along rows and columns the plane's, along channels none. */
  function framed(node: OperationNode & { op: 'slice' | 'pad' }, from: OnTheWay) {
    const [x] = node.inputs;
    const before = (axis: number) =>
      node.op === 'slice' ? node.attributes.begin[axis] : -node.attributes.padding[axis][0];
    const same = (axis: number) => node.shape[axis] === x.shape[axis];
    if ('pixels' in from.axes) {
      if (!same(from.axes.pixels)) throw noRule(node, 'it cuts pixels that lie behind each other');
      return { plane: planeOf(x), axes: from.axes, height: from.height, width: from.width };
    }
    const { rows, columns } = from.axes;
    const [height, width] = [node.shape[rows], node.shape[columns]];
    const plane =
      same(rows) && same(columns)
        ? planeOf(x)
        : push({ kind: 'crop', of: planeOf(x), top: before(rows), left: before(columns), height, width });
    return { plane, axes: from.axes, height, width };
  }
}

/** Inputs that a plane passes an operation from; what comes in by the others is held. */
function carriersOf(node: OperationNode): readonly GraphNode[] {
  const [x] = node.inputs;
  switch (node.op) {
    case 'softmax':
    case 'max':
      return [];
    case 'gather':
    case 'gridSample':
      return [x];
    default:
      return node.inputs;
  }
}

/** What tells cases apart: of several values, or with one that is not on the way. */
function isChoice({ op }: OperationNode): boolean {
  return op === 'where' || op === 'greater' || op === 'greaterEqual' || op === 'equal';
}

/** Values between `start` and the output from which a plane can get there. */
function leadingTo(output: GraphNode, start: GraphNode): ReadonlySet<GraphNode> {
  const leads = new Set<GraphNode>([output]);
  for (const node of reachable([output]).reverse()) {
    if (node.kind !== 'operation' || node.id < start.id || !leads.has(node)) continue;
    for (const input of carriersOf(node)) leads.add(input);
  }
  return leads;
}

/**
 * Whether a sum or mean is of the picture as a whole, or is taken of channels to normalise them: something on the way is
 * divided by what is made of it, multiplied with it, or centred.
 */
function isStatistic(node: OperationNode, from: OnTheWay, output: GraphNode, start: GraphNode): boolean {
  if (node.op !== 'sum' && node.op !== 'mean') return false;
  if (node.attributes.axes.some((axis) => isPixelAxis(from.axes, axis))) return true;
  const own = new Set<GraphNode>([node]);
  const carried = new Set<GraphNode>([start]);
  for (const later of reachable([output])) {
    if (later.kind !== 'operation') continue;
    if (later.inputs.some((input) => carried.has(input))) carried.add(later);
    const isOwn = (input: GraphNode) => own.has(input);
    if (!later.inputs.some(isOwn)) continue;
    const meets = later.inputs.some((input) => carried.has(input) && !isOwn(input));
    if (meets && (later.op === 'sub' || later.op === 'div' || later.op === 'mul')) return true;
    own.add(later);
  }
  return false;
}

/** [B, C, h, w] */
export const IMAGE: Axes = { rows: 2, columns: 3 };

function requireImage(node: OperationNode, { axes }: OnTheWay): void {
  if ('pixels' in axes || axes.rows !== 2 || axes.columns !== 3) throw noRule(node, 'rows and columns are other axes');
}

function moved(axes: Axes, to: (axis: number) => number): Axes {
  return 'pixels' in axes ? { pixels: to(axes.pixels) } : { rows: to(axes.rows), columns: to(axes.columns) };
}

function isPixelAxis(axes: Axes, axis: number): boolean {
  return 'pixels' in axes ? axes.pixels === axis : axes.rows === axis || axes.columns === axis;
}

function pixelsOf(shape: Shape, axes: Axes): number {
  return 'pixels' in axes ? shape[axes.pixels] : shape[axes.rows] * shape[axes.columns];
}

/** Where rows and columns are after a reshape that does not cut through them. */
function reshapedAxes(from: Shape, to: Shape, { axes, height, width }: OnTheWay): Axes | undefined {
  const firstAxis = 'pixels' in axes ? axes.pixels : axes.rows;
  if (!('pixels' in axes) && axes.columns !== axes.rows + 1) return undefined;
  const outer = sizeOf(from.slice(0, firstAxis));
  for (let axis = 0; axis < to.length; axis++) {
    if (sizeOf(to.slice(0, axis)) !== outer) continue;
    if (to[axis] === height && to[axis + 1] === width) return { rows: axis, columns: axis + 1 };
    if (to[axis] === height * width) return { pixels: axis };
  }
  return undefined;
}

function noRule(node: Pick<OperationNode, 'op' | 'shape'>, why: string): NoWay {
  return new NoWay(`of '${node.op}' (${node.shape.join('×')}) on its way to the picture, ${why}`);
}

/** What a value is, before its axes were cut and exchanged. */
function unmoved(node: GraphNode): GraphNode {
  return node.kind === 'operation' && (node.op === 'reshape' || node.op === 'transpose')
    ? unmoved(node.inputs[0])
    : node;
}
