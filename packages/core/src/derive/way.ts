import { type GraphNode, type OperationNode, reachable } from '../graph/graph.js';
import { type Shape, sizeOf } from '../ndarray.js';
import type { ResizeMethod } from '../ops/resize.js';
import type { Window } from './plane.js';
import { isPointwise, isSingle, type Pointwise } from './pointwise.js';

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
  | {
      readonly kind: 'crop';
      readonly of: number;
      readonly top: number;
      readonly left: number;
      readonly height: number;
      readonly width: number;
    };

export interface Way {
  readonly steps: readonly Step[];
  /** The plane that is the picture's. */
  readonly picture: number;
}

/** Why there is no way: the operation that has no rule, and where it stands. */
export class NoWay extends Error {}

/** Which axes of a value are rows and columns; one axis for both where they lie behind each other. */
type Axes = { readonly rows: number; readonly columns: number } | { readonly pixels: number };

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
  /** What depends on the layer through means over the picture alone: held at its value. */
  const held = new Set<GraphNode>();

  const push = (step: Step): number => steps.push(step);
  /** The number of a value's plane. */
  const planeOf = (node: GraphNode): number => {
    const known = planes.get(node);
    if (known !== undefined) return known;
    const { base } = onTheWay.get(node)!;
    const of = planeOf(base);
    const made = isRange(node) ? of : push({ kind: 'function', of, f: { from: base, to: node } });
    planes.set(node, made);
    return made;
  };
  const isDirect = (node: GraphNode): boolean => onTheWay.get(node)?.base === start && planes.get(start) === 0;

  for (const node of reachable([output])) {
    if (node.kind !== 'operation' || node === start || node.id < start.id) continue;
    const carried = node.inputs.filter((input) => onTheWay.has(input));
    if (carried.length === 0) {
      if (node.inputs.some((input) => held.has(input))) held.add(node);
      continue;
    }
    if (node.op === 'sum' || node.op === 'mean') {
      held.add(node);
      continue;
    }
    const first = onTheWay.get(carried[0])!;
    const bases = new Set(carried.map((input) => onTheWay.get(input)!.base));
    if (isPointwise(node) && bases.size === 1 && node.inputs.every((input) => onTheWay.has(input) || isSingle(input))) {
      onTheWay.set(node, { ...first, base: first.base });
      continue;
    }
    const { plane, ...extent } = apply(node, first);
    planes.set(node, plane);
    onTheWay.set(node, { ...extent, base: node });
  }
  if (!onTheWay.has(output)) throw new NoWay('it reaches the picture through means over the picture only');
  return { steps, picture: planeOf(output) };

  function apply(node: OperationNode, from: OnTheWay): { plane: number; axes: Axes; height: number; width: number } {
    const stays = (plane: number) => ({ plane, axes: from.axes, height: from.height, width: from.width });
    /** An operation on values side by side: it may add leading axes, but repeats no pixels. */
    const beside = (made: () => number) => {
      const added = node.shape.length - carriedRank;
      const axes = moved(from.axes, (axis) => axis + added);
      if (pixelsOf(node.shape, axes) !== from.height * from.width) throw noRule(node, 'it repeats pixels');
      return { plane: made(), axes, height: from.height, width: from.width };
    };
    const carriedRank = node.inputs.find((input) => onTheWay.has(input))!.shape.length;
    const image = (plane: number) => ({ plane, axes: IMAGE, height: node.shape[2], width: node.shape[3] });
    const [x, y] = node.inputs;
    const factor = (carried: GraphNode, by: GraphNode, divide: boolean): Step => {
      return { kind: 'factor', of: planeOf(carried), by, divide, axes: from.axes, rank: node.shape.length };
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
      case 'depthToSpace': {
        requireImage(node, from);
        const scale = node.attributes.block;
        if (scale === 1) return image(planeOf(x));
        const direct = isDirect(x) && x.shape[1] === channels;
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
        const rank = x.shape.length;
        const { transposeA } = node.attributes;
        if (onTheWay.has(y)) throw noRule(node, 'its second operand depends on the layer');
        if (isPixelAxis(from.axes, transposeA ? rank - 2 : rank - 1)) throw noRule(node, 'it adds up pixels');
        if (transposeA) throw noRule(node, 'it exchanges axes');
        return stays(planeOf(x));
      }
      default:
        throw noRule(node, 'there is no rule for it');
    }
  }

  function sumOf(parts: readonly number[]): number {
    return parts.length === 1 ? parts[0] : push({ kind: 'sum', of: parts.map((plane) => ({ plane, sign: 1 })) });
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

function noRule(node: OperationNode, why: string): NoWay {
  return new NoWay(`of '${node.op}' (${node.shape.join('×')}) on its way to the picture, ${why}`);
}
