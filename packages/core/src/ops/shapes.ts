import { XincError } from '../errors.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../ndarray.js';
import type { OpAttributes, OpName } from './ops.js';

/** The shape of an operation's result, from the shapes of its inputs. */
export type InferShape<K extends OpName> = (inputs: readonly Shape[], attributes: OpAttributes[K]) => Shape;

/**
 * NumPy broadcasting of two shapes.
 * @throws XincError `shape` where an axis differs and neither extent is 1.
 */
export function broadcastShapes(op: OpName, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) refuse(op, [a, b], `shapes do not broadcast${channelAdvice(a, b)}`);
    return m === 1 ? n : m;
  });
}

/** What to do where one of two shapes is [C] and the other [N, C, H, W]. */
function channelAdvice(a: Shape, b: Shape): string {
  const [values, picture] = a.length < b.length ? [a, b] : [b, a];
  return values.length === 1 && picture.length === 4 && values[0] === picture[1]
    ? '; for a value of each channel use perChannel(ops, values, shape) of @xinc/core'
    : '';
}

/** The sum over these axes has this shape. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));
}

function refuse(op: OpName, shapes: readonly Shape[], why: string): never {
  throw new XincError('shape', `${op}(${shapes.map(formatShape).join(', ')}): ${why}`);
}

function requireAxis(op: OpName, shapes: readonly Shape[], axis: number, rank: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank) refuse(op, shapes, `there is no axis ${axis}`);
}

const elementwise =
  (op: OpName) =>
  ([a, b]: readonly Shape[]): Shape =>
    broadcastShapes(op, a, b);
const same = ([x]: readonly Shape[]): Shape => x;

const nchw = (op: OpName, shape: Shape): readonly [number, number, number, number] =>
  shape.length === 4
    ? (shape as unknown as [number, number, number, number])
    : refuse(op, [shape], 'wants [N, C, H, W]');

/** Places of a window of `taps` taps among `extent` pixels. */
const windows = (extent: number, taps: number, stride: number, dilation: number): number =>
  Math.floor((extent - (taps - 1) * dilation - 1) / stride) + 1;

const reduce =
  (op: 'sum' | 'mean' | 'max') =>
  ([x]: readonly Shape[], { axes, keepDims }: OpAttributes['sum']): Shape => {
    if (axes.some((axis) => axis < 0 || axis >= x.length) || new Set(axes).size !== axes.length) {
      refuse(op, [x], `axes ${axes.join(', ')} are not distinct axes of it`);
    }
    return reducedShape(x, axes, keepDims);
  };

/** Shape rules, one per operation. */
export const inferShape: { readonly [K in OpName]: InferShape<K> } = {
  add: elementwise('add'),
  sub: elementwise('sub'),
  mul: elementwise('mul'),
  div: elementwise('div'),
  maximum: elementwise('maximum'),
  minimum: elementwise('minimum'),
  greater: elementwise('greater'),
  greaterEqual: elementwise('greaterEqual'),
  equal: elementwise('equal'),
  where: ([condition, a, b]) => broadcastShapes('where', condition, broadcastShapes('where', a, b)),
  neg: same,
  abs: same,
  sign: same,
  floor: same,
  round: same,
  exp: same,
  log: same,
  sqrt: same,
  square: same,
  sin: same,
  cos: same,
  atan: same,
  tanh: same,
  sigmoid: same,
  erf: same,
  relu: same,
  leakyRelu: same,
  pow: same,
  gelu: same,
  silu: same,
  softplus: same,
  softmax([x], { axis }) {
    requireAxis('softmax', [x], axis, x.length);
    return x;
  },

  matMul([a, b], { transposeA, transposeB }) {
    if (a.length < 2 || a.length !== b.length) refuse('matMul', [a, b], 'both want the same rank, at least 2');
    const lead = a.slice(0, -2);
    if (!sameShape(lead, b.slice(0, -2))) refuse('matMul', [a, b], 'leading axes differ');
    const [rows, inner] = transposeA ? [a[a.length - 1], a[a.length - 2]] : [a[a.length - 2], a[a.length - 1]];
    const [inner2, columns] = transposeB ? [b[b.length - 1], b[b.length - 2]] : [b[b.length - 2], b[b.length - 1]];
    if (inner !== inner2) refuse('matMul', [a, b], `inner extents ${inner} and ${inner2} differ`);
    return [...lead, rows, columns];
  },

  conv2d([x, kernel], { padding: [top, left, bottom, right], stride, dilation, groups }) {
    const [n, c, h, w] = nchw('conv2d', x);
    const [o, kc, kh, kw] = nchw('conv2d', kernel);
    if (c !== kc * groups) refuse('conv2d', [x, kernel], `${c} input channels, but the kernel takes ${kc * groups}`);
    if (o % groups !== 0) refuse('conv2d', [x, kernel], `${o} output channels are not a multiple of ${groups} groups`);
    const oh = windows(h + top + bottom, kh, stride[0], dilation[0]);
    const ow = windows(w + left + right, kw, stride[1], dilation[1]);
    if (oh < 1 || ow < 1) refuse('conv2d', [x, kernel], 'the kernel is larger than the padded input');
    return [n, o, oh, ow];
  },

  convTranspose2d([x, kernel], { padding: [top, left, bottom, right], stride, dilation, groups, outputPadding }) {
    const [n, c, h, w] = nchw('convTranspose2d', x);
    const [kc, o, kh, kw] = nchw('convTranspose2d', kernel);
    if (c !== kc) refuse('convTranspose2d', [x, kernel], `${c} input channels, but the kernel takes ${kc}`);
    if (c % groups !== 0) {
      refuse('convTranspose2d', [x, kernel], `${c} input channels are not a multiple of ${groups} groups`);
    }
    const oh = (h - 1) * stride[0] + (kh - 1) * dilation[0] + 1 - top - bottom + outputPadding[0];
    const ow = (w - 1) * stride[1] + (kw - 1) * dilation[1] + 1 - left - right + outputPadding[1];
    if (oh < 1 || ow < 1) refuse('convTranspose2d', [x, kernel], 'the padding cuts off all of the output');
    return [n, o * groups, oh, ow];
  },

  averagePool([x], { size, stride, padding: [top, left, bottom, right] }) {
    const [n, c, h, w] = nchw('averagePool', x);
    const oh = windows(h + top + bottom, size[0], stride[0], 1);
    const ow = windows(w + left + right, size[1], stride[1], 1);
    if (top >= size[0] || bottom >= size[0] || left >= size[1] || right >= size[1]) {
      refuse('averagePool', [x], `padding that holds a whole window of ${size.join('×')} pixels`);
    }
    if (oh < 1 || ow < 1) refuse('averagePool', [x], `${size.join('×')} pixels are more than the padded input has`);
    return [n, c, oh, ow];
  },

  maxPool([x], { size, stride, dilation, padding: [top, left, bottom, right] }) {
    const [n, c, h, w] = nchw('maxPool', x);
    const oh = windows(h + top + bottom, size[0], stride[0], dilation[0]);
    const ow = windows(w + left + right, size[1], stride[1], dilation[1]);
    // A window with no pixel in it has no largest one.
    const isEmpty = (padding: number, axis: number, extent: number) =>
      padding >= size[axis] || (padding > 0 && dilation[axis] > extent);
    if (isEmpty(Math.max(top, bottom), 0, h) || isEmpty(Math.max(left, right), 1, w)) {
      refuse('maxPool', [x], `padding that holds a whole window of ${size.join('×')} pixels`);
    }
    if (oh < 1 || ow < 1) refuse('maxPool', [x], `${size.join('×')} pixels are more than the padded input has`);
    return [n, c, oh, ow];
  },

  reshape([x], { shape }) {
    if (shape.includes(-1)) {
      refuse('reshape', [x, shape], '-1 is not worked out here: give every extent, from ops.shapeOf(x)');
    }
    if (sizeOf(x) !== sizeOf(shape)) refuse('reshape', [x, shape], 'element counts differ');
    return shape;
  },

  transpose([x], { permutation }) {
    if (permutation.length !== x.length || [...permutation].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
      refuse('transpose', [x], `${permutation.join(', ')} is not a permutation of its axes`);
    }
    return permutation.map((axis) => x[axis]);
  },

  concat(parts, { axis }) {
    const [first, ...others] = parts;
    if (!first || axis < 0 || axis >= first.length) refuse('concat', parts, `there is no axis ${axis}`);
    const rest = (s: Shape) => s.map((extent, i) => (i === axis ? 0 : extent));
    if (others.some((other) => !sameShape(rest(other), rest(first))))
      refuse('concat', parts, `shapes differ beside axis ${axis}`);
    return first.map((extent, i) => (i === axis ? parts.reduce((total, part) => total + part[axis], 0) : extent));
  },

  slice([x], { begin, size }) {
    const inside = x.every((extent, i) => begin[i] >= 0 && size[i] >= 1 && begin[i] + size[i] <= extent);
    if (begin.length !== x.length || size.length !== x.length || !inside) {
      refuse('slice', [x], `begin ${begin.join(', ')} with size ${size.join(', ')} is not inside it`);
    }
    return size;
  },

  pad([x], { padding }) {
    if (padding.length !== x.length || padding.some(([before, after]) => before < 0 || after < 0)) {
      refuse('pad', [x], 'wants a pair of counts of at least 0 for each axis');
    }
    return x.map((extent, i) => extent + padding[i][0] + padding[i][1]);
  },

  broadcastTo([x], { shape }) {
    if (!sameShape(broadcastShapes('broadcastTo', x, shape), shape))
      refuse('broadcastTo', [x, shape], 'shapes do not broadcast');
    return shape;
  },

  depthToSpace([x], { block }) {
    const [n, c, h, w] = nchw('depthToSpace', x);
    if (c % block ** 2 !== 0) refuse('depthToSpace', [x], `${c} channels are not a multiple of ${block}²`);
    return [n, c / block ** 2, h * block, w * block];
  },

  spaceToDepth([x], { block }) {
    const [n, c, h, w] = nchw('spaceToDepth', x);
    if (h % block !== 0 || w % block !== 0)
      refuse('spaceToDepth', [x], `height and width are not multiples of ${block}`);
    return [n, c * block ** 2, h / block, w / block];
  },

  upsampleNearest([x], { scale }) {
    const [n, c, h, w] = nchw('upsampleNearest', x);
    return [n, c, h * scale, w * scale];
  },

  resize([x], { height, width }) {
    const [n, c] = nchw('resize', x);
    if (height < 1 || width < 1) refuse('resize', [x], `${height}×${width} is no size`);
    return [n, c, height, width];
  },

  gather([x, indices], { axis }) {
    requireAxis('gather', [x, indices], axis, x.length);
    return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
  },

  scatterAdd([updates, indices], { axis, size }) {
    requireAxis('scatterAdd', [updates, indices], axis, updates.length - indices.length + 1);
    if (!sameShape(updates.slice(axis, axis + indices.length), indices)) {
      refuse('scatterAdd', [updates, indices], `from axis ${axis} on there is no index for each`);
    }
    return [...updates.slice(0, axis), size, ...updates.slice(axis + indices.length)];
  },

  gridSample([x, grid]) {
    const [n, c] = nchw('gridSample', x);
    if (grid.length !== 4 || grid[3] !== 2) refuse('gridSample', [x, grid], 'the grid is not [N, h, w, 2]');
    if (grid[0] !== n) refuse('gridSample', [x, grid], `${n} images, but ${grid[0]} grids`);
    return [n, c, grid[1], grid[2]];
  },

  sum: reduce('sum'),
  mean: reduce('mean'),
  max: reduce('max'),
};
