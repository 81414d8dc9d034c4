import { type NdArray, ndarray, type Shape, sameShape, sizeOf } from '../ndarray.js';
import { type ConvolutionAttributes, hasUnitSteps, type Pair } from './convolution.js';
import { gridSampleGradient } from './grid-sample.js';
import { oneTapKernels } from './one-tap-kernels.js';
import type { OpAttributes, OpName, Ops } from './ops.js';
import { resizeMatrix } from './resize.js';
import { reducedShape } from './shapes.js';

/** What a rule sees: y = op(inputs) and ȳ = ∂loss/∂y, over any engine's values. */
interface Backward<T, K extends OpName> {
  readonly ops: Ops<T>;
  readonly inputs: readonly T[];
  /** y */
  readonly output: T;
  /** ȳ, with the shape of y. */
  readonly gradient: T;
  readonly attributes: OpAttributes[K];
}

/** ∂loss/∂input for each input, with that input's shape; `null` where it is zero everywhere. */
export type GradientRule<K extends OpName> = <T>(backward: Backward<T, K>) => readonly (T | null)[];

export type GradientRules = { readonly [K in OpName]: GradientRule<K> };

/**
 * Reverse-mode rules, one per operation. Where a function has a corner, the convention is
 *
 * - relu′(0) = 0, abs′(0) = 0, leakyRelu′(0) = slope;
 * - `maximum` and `minimum` give the whole gradient of a tie to their first argument;
 * - of the largest values of a `maxPool` the first in rows has its gradient, those of `max` share it evenly;
 * - `sign`, `floor`, `round` and comparisons have gradient zero everywhere.
 */
export const gradientRules: GradientRules = {
  // (a + b)′ = a′ + b′
  add: ({ ops, inputs: [a, b], gradient }) => [sumTo(ops, gradient, a), sumTo(ops, gradient, b)],
  sub: ({ ops, inputs: [a, b], gradient }) => [sumTo(ops, gradient, a), sumTo(ops, ops.neg(gradient), b)],
  // (ab)′ = a′b + ab′
  mul: ({ ops, inputs: [a, b], gradient }) => [
    sumTo(ops, ops.mul(gradient, b), a),
    sumTo(ops, ops.mul(gradient, a), b),
  ],
  // (a/b)′ = a′/b − (a/b)·b′/b
  div: ({ ops, inputs: [a, b], output, gradient }) => {
    const quotient = ops.div(gradient, b);
    return [sumTo(ops, quotient, a), sumTo(ops, ops.neg(ops.mul(quotient, output)), b)];
  },
  maximum: ({ ops, inputs: [a, b], gradient }) => select(ops, gradient, a, b, ops.greater(b, a)),
  minimum: ({ ops, inputs: [a, b], gradient }) => select(ops, gradient, a, b, ops.greater(a, b)),
  greater: () => [null, null],
  greaterEqual: () => [null, null],
  equal: () => [null, null],
  where: ({ ops, inputs: [condition, a, b], gradient }) => [
    null,
    sumTo(ops, ops.where(condition, gradient, 0), a),
    sumTo(ops, ops.where(condition, 0, gradient), b),
  ],

  neg: ({ ops, gradient }) => [ops.neg(gradient)],
  abs: ({ ops, inputs: [x], gradient }) => [ops.mul(gradient, ops.sign(x))],
  sign: () => [null],
  floor: () => [null],
  round: () => [null],
  // (eˣ)′ = eˣ
  exp: ({ ops, output, gradient }) => [ops.mul(gradient, output)],
  // (ln x)′ = 1/x
  log: ({ ops, inputs: [x], gradient }) => [ops.div(gradient, x)],
  // (√x)′ = 1/(2√x)
  sqrt: ({ ops, output, gradient }) => [ops.mul(ops.div(gradient, output), 0.5)],
  // (x²)′ = 2x
  square: ({ ops, inputs: [x], gradient }) => [ops.mul(gradient, ops.mul(x, 2))],
  sin: ({ ops, inputs: [x], gradient }) => [ops.mul(gradient, ops.cos(x))],
  cos: ({ ops, inputs: [x], gradient }) => [ops.neg(ops.mul(gradient, ops.sin(x)))],
  // atan′ = 1/(1 + x²)
  atan: ({ ops, inputs: [x], gradient }) => [ops.div(gradient, ops.add(ops.square(x), 1))],
  // tanh′ = 1 − tanh²
  tanh: ({ ops, output, gradient }) => [ops.mul(gradient, ops.sub(1, ops.square(output)))],
  // σ′ = σ(1 − σ)
  sigmoid: ({ ops, output, gradient }) => [ops.mul(gradient, ops.mul(output, ops.sub(1, output)))],
  // erf′ = 2/√π · exp(−x²)
  erf: ({ ops, inputs: [x], gradient }) => [ops.mul(gradient, erfSlope(ops, x))],
  // relu′ = [x > 0] = [relu(x) > 0]; read off the output, x itself need not be kept.
  relu: ({ ops, output, gradient }) => [ops.mul(gradient, ops.greater(output, 0))],
  leakyRelu: ({ ops, inputs: [x], gradient, attributes: { slope } }) => {
    const positive = ops.greater(x, 0);
    return [ops.mul(gradient, ops.add(positive, ops.mul(ops.sub(1, positive), slope)))];
  },
  // (xᵉ)′ = e·xᵉ⁻¹
  pow: ({ ops, inputs: [x], gradient, attributes: { exponent } }) => [
    ops.mul(gradient, ops.mul(ops.pow(x, exponent - 1), exponent)),
  ],
  // (x·Φ(x))′ = Φ(x) + x·φ(x); with w = x/√2 that is ½ · (erf w + w · 2/√π · exp(−w²) + 1). The 1 comes last: far left of 0, where erf w is −1,
  // the slope is then 0, and not a number of 10⁻²⁰ or less, whose products are soon too small for processors to be quick with.
  gelu: ({ ops, inputs: [x], gradient }) => {
    const w = ops.mul(x, Math.SQRT1_2);
    const doubled = ops.add(ops.add(ops.erf(w), ops.mul(w, erfSlope(ops, w))), 1);
    return [ops.mul(ops.mul(gradient, 0.5), doubled)];
  },
  // (x·σ)′ = σ + xσ(1 − σ) = σ + y(1 − σ)
  silu: ({ ops, inputs: [x], output, gradient }) => {
    const sigmoid = ops.sigmoid(x);
    return [ops.mul(gradient, ops.add(sigmoid, ops.mul(output, ops.sub(1, sigmoid))))];
  },
  // log(1 + eˣ)′ = σ
  softplus: ({ ops, inputs: [x], gradient }) => [ops.mul(gradient, ops.sigmoid(x))],
  // ∂y_i/∂x_j = y_i·([i = j] − y_j)
  softmax: ({ ops, output, gradient, attributes: { axis } }) => {
    const product = ops.mul(gradient, output);
    return [ops.sub(product, ops.mul(output, ops.sum(product, { axes: [axis], keepDims: true })))];
  },

  // Y = AB: Ā = ȲBᵀ, B̄ = AᵀȲ; a transposed operand has its gradient transposed, (XZ)ᵀ = ZᵀXᵀ.
  matMul: ({ ops, inputs: [a, b], gradient, attributes: { transposeA, transposeB } }) => [
    transposeA
      ? ops.matMul(b, gradient, { transposeA: transposeB, transposeB: true })
      : ops.matMul(gradient, b, { transposeB: !transposeB }),
    transposeB
      ? ops.matMul(gradient, a, { transposeA: true, transposeB: transposeA })
      : ops.matMul(a, gradient, { transposeA: !transposeA }),
  ],
  conv2d: ({ ops, inputs: [x, kernel], gradient, attributes }) => {
    const padding = evenPadding(attributes);
    if (padding === undefined) {
      return [
        spreadGradient(ops, gradient, kernel, attributes, ops.shapeOf(x)),
        tapGradient(ops, x, gradient, attributes, ops.shapeOf(kernel)),
      ];
    }
    return [
      convolutionInputGradient(ops, gradient, kernel, padding),
      convolutionKernelGradient(ops, x, gradient, ops.shapeOf(kernel), padding),
    ];
  },
  // The adjoint of a convolution has that convolution for its gradient, and the same products for that of its kernel.
  convTranspose2d: ({ ops, inputs: [x, kernel], gradient, attributes: { outputPadding: _, ...attributes } }) => [
    ops.conv2d(gradient, kernel, attributes),
    tapGradient(ops, gradient, x, attributes, ops.shapeOf(kernel)),
  ],
  // A convolution of each channel with 1/(k·l).
  averagePool: ({ ops, inputs: [x], gradient, attributes: { size, stride, padding } }) => {
    const shape = ops.shapeOf(x);
    const [, channels] = shape;
    const kernel = ops.broadcastTo(ops.constant(1 / (size[0] * size[1])), [channels, 1, ...size]);
    return [spreadGradient(ops, gradient, kernel, { padding, stride, dilation: [1, 1], groups: channels }, shape)];
  },
  maxPool: ({ ops, inputs: [x], output, gradient, attributes }) => [
    maxPoolGradient(ops, x, output, gradient, attributes),
  ],

  // Layout: the gradient takes the way back.
  reshape: ({ ops, inputs: [x], gradient }) => [ops.reshape(gradient, ops.shapeOf(x))],
  transpose: ({ ops, gradient, attributes: { permutation } }) => [
    ops.transpose(
      gradient,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  concat: ({ ops, inputs, gradient, attributes: { axis } }) => {
    let offset = 0;
    return inputs.map((part) => {
      const size = ops.shapeOf(part);
      const begin = size.map((_, i) => (i === axis ? offset : 0));
      offset += size[axis];
      return ops.slice(gradient, begin, size);
    });
  },
  slice: ({ ops, inputs: [x], gradient, attributes: { begin, size } }) => [
    ops.pad(
      gradient,
      ops.shapeOf(x).map((extent, i) => [begin[i], extent - begin[i] - size[i]] as const),
    ),
  ],
  pad: ({ ops, inputs: [x], gradient, attributes: { padding } }) => [
    ops.slice(
      gradient,
      padding.map(([before]) => before),
      ops.shapeOf(x),
    ),
  ],
  broadcastTo: ({ ops, inputs: [x], gradient }) => [sumTo(ops, gradient, x)],
  depthToSpace: ({ ops, gradient, attributes: { block } }) => [ops.spaceToDepth(gradient, block)],
  spaceToDepth: ({ ops, gradient, attributes: { block } }) => [ops.depthToSpace(gradient, block)],
  // Each pixel was copied to an s×s cell: gather the cell's pixels on an axis of their own and add them up.
  upsampleNearest: ({ ops, inputs: [x], gradient, attributes: { scale } }) => {
    const [n, c, h, w] = ops.shapeOf(x);
    return [ops.sum(ops.reshape(ops.spaceToDepth(gradient, scale), [n, c, scale ** 2, h, w]), { axes: [2] })];
  },

  // y = A x Bᵀ: x̄ = Aᵀ ȳ B
  resize: ({ ops, inputs: [x], gradient, attributes: { height, width, method } }) => {
    const [n, c, h, w] = ops.shapeOf(x);
    const rows = ops.constant(resizeMatrix(h, height, method, method.scales?.[0]));
    const columns = ops.constant(resizeMatrix(w, width, method, method.scales?.[1]));
    const narrow = ops.matMul(ops.reshape(gradient, [n * c * height, width]), columns);
    const turned = ops.reshape(ops.transpose(ops.reshape(narrow, [n * c, height, w]), [0, 2, 1]), [n * c * w, height]);
    const both = ops.reshape(ops.matMul(turned, rows), [n * c, w, h]);
    return [ops.reshape(ops.transpose(both, [0, 2, 1]), [n, c, h, w])];
  },

  sum: ({ ops, inputs: [x], gradient, attributes: { axes } }) => [spread(ops, gradient, ops.shapeOf(x), axes)],
  mean: ({ ops, inputs: [x], output, gradient, attributes: { axes } }) => {
    const shape = ops.shapeOf(x);
    const share = sizeOf(ops.shapeOf(output)) / sizeOf(shape);
    return [spread(ops, ops.mul(gradient, share), shape, axes)];
  },
  max: ({ ops, inputs: [x], output, gradient, attributes: { axes } }) => {
    const shape = ops.shapeOf(x);
    const largest = ops.equal(x, spread(ops, output, shape, axes));
    const each = ops.div(gradient, ops.reshape(ops.sum(largest, { axes }), ops.shapeOf(gradient)));
    return [ops.mul(largest, spread(ops, each, shape, axes))];
  },

  gather: ({ ops, inputs: [x, indices], gradient, attributes: { axis } }) => [
    ops.scatterAdd(gradient, indices, axis, ops.shapeOf(x)[axis]),
    null,
  ],
  scatterAdd: ({ ops, inputs: [, indices], gradient, attributes: { axis } }) => [
    ops.gather(gradient, indices, axis),
    null,
  ],
  gridSample: ({ ops, inputs: [x, grid], gradient, attributes }) =>
    gridSampleGradient(ops, x, grid, gradient, attributes),
};

/** 2/√π · exp(−x²), with the factor moved into the exponent: one pass over the elements less. */
function erfSlope<T>(ops: Ops<T>, x: T): T {
  return ops.exp(ops.sub(Math.log(2 / Math.sqrt(Math.PI)), ops.square(x)));
}

/** Undoes broadcasting: adds up the axes along which `like` was repeated. */
function sumTo<T>(ops: Ops<T>, gradient: T, like: T): T {
  const [from, to] = [ops.shapeOf(gradient), ops.shapeOf(like)];
  if (sameShape(from, to)) return gradient;
  const added = from.length - to.length;
  const axes = from.map((_, axis) => axis).filter((axis) => axis < added || to[axis - added] !== from[axis]);
  return ops.reshape(ops.sum(gradient, { axes }), to);
}

/** Undoes a reduction: repeats the gradient along the axes that were added up. */
function spread<T>(ops: Ops<T>, gradient: T, shape: Shape, axes: readonly number[]): T {
  return ops.broadcastTo(ops.reshape(gradient, reducedShape(shape, axes, true)), shape);
}

/** The gradient of a choice between two values, `second` being 1 where the second was taken and 0 elsewhere. */
function select<T>(ops: Ops<T>, gradient: T, a: T, b: T, second: T): readonly T[] {
  return [sumTo(ops, ops.mul(gradient, ops.sub(1, second)), a), sumTo(ops, ops.mul(gradient, second), b)];
}

/** The zeros around a convolution of unit steps, if they are as many on every side. */
function evenPadding(attributes: ConvolutionAttributes): number | undefined {
  const [top, ...others] = attributes.padding;
  return hasUnitSteps(attributes) && others.every((side) => side === top) ? top : undefined;
}

/** x̄ of any convolution: what each output gave its window goes back there, by the transposed convolution. */
function spreadGradient<T>(ops: Ops<T>, gradient: T, kernel: T, attributes: ConvolutionAttributes, shape: Shape): T {
  const { padding, stride, dilation } = attributes;
  const [, , height, width] = ops.shapeOf(gradient);
  const [, , k, l] = ops.shapeOf(kernel);
  // Rows and columns that no window reached, since the stride steps over them.
  const rows = shape[2] - ((height - 1) * stride[0] + (k - 1) * dilation[0] + 1 - padding[0] - padding[2]);
  const columns = shape[3] - ((width - 1) * stride[1] + (l - 1) * dilation[1] + 1 - padding[1] - padding[3]);
  return ops.convTranspose2d(gradient, kernel, { ...attributes, outputPadding: [rows, columns] });
}

/** x̄ of a max pooling, tap by tap: where a window has its largest value for the first time, its gradient goes there. */
function maxPoolGradient<T>(
  ops: Ops<T>,
  x: T,
  output: T,
  gradient: T,
  { size, stride, dilation, padding: [top, left] }: OpAttributes['maxPool'],
): T {
  const [n, c, height, width] = ops.shapeOf(x);
  const [, , oh, ow] = ops.shapeOf(output);
  const taps = size[0] * size[1];
  let open = ops.broadcastTo(ops.constant(1), [n, c, oh, ow]);
  let sum: T | undefined;
  for (let tap = 0; tap < taps; tap++) {
    const rows = placesOfTap(Math.floor(tap / size[1]) * dilation[0] - top, oh, stride[0], height);
    const columns = placesOfTap((tap % size[1]) * dilation[1] - left, ow, stride[1], width);
    const inside = ops.mul(
      ops.reshape(ops.constant(rows.inside), [1, 1, oh, 1]),
      ops.reshape(ops.constant(columns.inside), [1, 1, 1, ow]),
    );
    const [down, across] = [ops.constant(rows.indices), ops.constant(columns.indices)];
    const value = ops.gather(ops.gather(x, down, 2), across, 3);
    const wins = ops.mul(ops.mul(ops.equal(value, output), inside), open);
    open = ops.sub(open, wins);
    const back = ops.scatterAdd(ops.scatterAdd(ops.mul(gradient, wins), across, 3, width), down, 2, height);
    sum = sum === undefined ? back : ops.add(sum, back);
  }
  return sum!;
}

/** Where a tap reads along one axis for each of `places` windows, and 1 where that is inside, else 0. */
function placesOfTap(offset: number, places: number, stride: number, extent: number) {
  const at = Array.from({ length: places }, (_, place) => place * stride + offset);
  return {
    indices: ndarray(
      [places],
      Float32Array.from(at, (index) => Math.min(Math.max(index, 0), extent - 1)),
    ),
    inside: ndarray(
      [places],
      Float32Array.from(at, (index) => Number(index >= 0 && index < extent)),
    ),
  };
}

/**
 * K̄[o, c, i, j] = Σ_{n,v} ȳ[n, o, v] · x[n, c, s·v + d·(i, j) − p]: a convolution of x with ȳ, images and channels
 * exchanged, in which stride and dilation change places.
 * @param kernel its shape [O, C/groups, k, l]
 */
function tapGradient<T>(
  ops: Ops<T>,
  x: T,
  gradient: T,
  { padding, stride, dilation, groups }: ConvolutionAttributes,
  kernel: Shape,
): T {
  const [o, c, k, l] = kernel;
  const channels = (value: T, group: number, count: number) => {
    const [n, , height, width] = ops.shapeOf(value);
    const part = ops.slice(value, [0, group * count, 0, 0], [n, count, height, width]);
    return ops.transpose(part, [1, 0, 2, 3]);
  };
  const parts = Array.from({ length: groups }, (_, group) => {
    const images = channels(x, group, c);
    const windows = channels(gradient, group, o / groups);
    const products = ops.conv2d(images, windows, { padding, stride: dilation, dilation: stride });
    // Beyond the kernel's last tap there is room where the stride leaves a rest.
    return ops.transpose(ops.slice(products, [0, 0, 0, 0], [c, o / groups, k, l]), [1, 0, 2, 3]);
  });
  return ops.concat(parts, 0);
}

/**
 * x̄[c, y, x] = Σ_{o,i,j} ȳ[o, y + p − i, x + p − j] · kernel[o, c, i, j]: a convolution of ȳ [N, O, oh, ow] with the
 * kernel [O, C, k, l] turned by 180° and its channels exchanged.
 */
function convolutionInputGradient<T>(ops: Ops<T>, gradient: T, kernel: T, padding: number): T {
  const [o, c, k, l] = ops.shapeOf(kernel);
  // Reversing the taps by a product with the exchange matrix is the fastest way there is to do it in a tensor library.
  const taps = ops.transpose(ops.reshape(kernel, [o, c, k * l]), [1, 0, 2]);
  const turned = ops.matMul(ops.reshape(taps, [c * o, k * l]), ops.constant(exchangeMatrix(k * l)));
  return convolveFramed(ops, gradient, ops.reshape(turned, [c, o, k, l]), [k - 1 - padding, l - 1 - padding]);
}

/**
 * K̄[o, c, i, j] = Σ_{n,y,x} ȳ[n, o, y, x] · x[n, c, y + i − p, x + j − p]: a matrix product over all pixels between ȳ and x, one of
 * them shifted by every tap; it is the side with fewer channels.
 */
function convolutionKernelGradient<T>(ops: Ops<T>, x: T, gradient: T, kernel: Shape, padding: number): T {
  const [o, c, k, l] = kernel;
  if (c <= o) return shiftedProducts(ops, x, gradient, { taps: [k, l], frame: [padding, padding], reversed: false });
  // Seen from x, ȳ is shifted the other way round: the last tap reads its first rows.
  const frame = [k - 1 - padding, l - 1 - padding] as const;
  return ops.transpose(shiftedProducts(ops, gradient, x, { taps: [k, l], frame, reversed: true }), [1, 0, 2, 3]);
}

/** Up to how many bytes all shifts of an image are made at once whatever its size. */
const SHIFTS_BYTES = 2 ** 25;

/** Which shifts of an image are wanted. */
interface Shifts {
  /** [k, l]: tap (i, j) reads from row i and column j on. */
  readonly taps: Pair;
  /** Rows above and below, columns left and right, that are zeros; less than none are cut off. */
  readonly frame: Pair;
  /** Whether the first tap reads from the far end. */
  readonly reversed: boolean;
}

/**
 * fixed [N, F, h, w] against shifted [N, S, H, W], which has h + k − 1 rows and w + l − 1 columns with its frame → [F, S, k, l]. The
 * shifts are put side by side by a convolution of each channel with kernels that are 1 at one tap, which ONNX Runtime is faster at than at
 * slices; of large images those of some channels at a time: of as many as 2·l copies of the image take, or of one.
 */
function shiftedProducts<T>(ops: Ops<T>, shifted: T, fixed: T, { taps: [k, l], frame, reversed }: Shifts): T {
  const [n, f, h, w] = ops.shapeOf(fixed);
  const [, s, height, width] = ops.shapeOf(shifted);
  const taps = k * l;
  const pixels = ops.reshape(fixed, [n, f, h * w]);
  const most = 4 * n * s * taps * h * w > SHIFTS_BYTES ? Math.max(1, Math.floor((2 * s) / k)) : s;
  const products: T[] = [];
  for (let first = 0; first < s; first += most) {
    const count = Math.min(most, s - first);
    const channels = ops.slice(shifted, [0, first, 0, 0], [n, count, height, width]);
    // Of one tap without a frame there is nothing to shift.
    const shifts =
      taps === 1 && h === height && w === width
        ? channels
        : convolveFramed(ops, channels, ops.constant(oneTapKernels(count, [k, l], reversed)), frame, count);
    const product = ops.matMul(pixels, ops.reshape(shifts, [n, count * taps, h * w]), { transposeB: true });
    products.push(ops.sum(product, { axes: [0] }));
  }
  return ops.reshape(ops.concat(products, 1), [f, s, k, l]);
}

/** A convolution with zeros around the image, as many above as below and left as right; less than none cuts rows and columns off. */
function convolveFramed<T>(ops: Ops<T>, x: T, kernel: T, [rows, columns]: Pair, groups = 1): T {
  const [n, c, h, w] = ops.shapeOf(x);
  const cut = (amount: number) => Math.max(0, -amount);
  const kept = ops.slice(x, [0, 0, cut(rows), cut(columns)], [n, c, h - 2 * cut(rows), w - 2 * cut(columns)]);
  const [down, across] = [Math.max(0, rows), Math.max(0, columns)];
  return ops.conv2d(kept, kernel, { padding: [down, across, down, across], groups });
}

const exchangeMatrices = new Map<number, NdArray>();

/** Ones on the anti-diagonal; the same array each time, so that a graph holds it once. */
function exchangeMatrix(size: number): NdArray {
  let matrix = exchangeMatrices.get(size);
  if (!matrix) {
    matrix = ndarray([size, size]);
    for (let i = 0; i < size; i++) matrix.data[i * size + size - 1 - i] = 1;
    exchangeMatrices.set(size, matrix);
  }
  return matrix;
}
