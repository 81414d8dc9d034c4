import { type Shape, sameShape } from '@xinc/core';
import {
  createOps,
  hasUnitSteps,
  type OpAttributes,
  type OpName,
  type Pair,
  resizeMatrix,
  type Sides,
  sampleByTaps,
} from '@xinc/core/graph';
import { upload } from './arrays.js';
import type { Convolve } from './convolution.js';
import { accurateErf } from './erf.js';
import type { Tensor, Tensor1D, Tensor4D, TensorFlow } from './tensorflow.js';

/** One TensorFlow.js rule per operation: input tensors, attributes and the result's shape → the result, always a new tensor. */
export type Operations = {
  readonly [K in OpName]: (inputs: readonly Tensor[], attributes: OpAttributes[K], shape: Shape) => Tensor;
};

/**
 * The rules. Gradients come from TensorFlow.js's own tape, except where its convention is not XINC's: abs′(0) = 0,
 * and `greater` has a zero gradient instead of none. At a tie, `maximum` and `minimum` pass the gradient to the first
 * input.
 */
export function operations(tf: TensorFlow, convolve: Convolve): Operations {
  // Multiplying by ones, not `tf.broadcastTo`: the gradient of that is missing beyond rank 4, and a loop before.
  const broadcast = (x: Tensor, shape: Shape): Tensor => tf.mul(x, tf.ones([...shape]));
  const fit = (x: Tensor, shape: Shape): Tensor => (sameShape(x.shape, shape) ? x : broadcast(x, shape));
  const reshape = (x: Tensor, shape: Shape): Tensor => tf.reshape(x, [...shape]);
  /** Computed off the tape: a gradient that arrives here goes no further. */
  const withoutGradient = (compute: () => Tensor): Tensor =>
    tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
  const erf = accurateErf(tf);
  const abs = tf.customGrad((...args) => {
    const [x, save] = args as [Tensor, (tensors: Tensor[]) => void];
    save([x]);
    return { value: tf.abs(x), gradFunc: (dy, [saved]) => tf.mul(dy, tf.sign(saved)) };
  });

  /** Zeros around a picture's rows and columns; less than none cuts them off. */
  const frame = (x: Tensor4D, [top, left, bottom, right]: Sides): Tensor4D => {
    const [n, c, h, w] = x.shape;
    const cut = (side: number) => Math.max(0, -side);
    const add = (side: number) => Math.max(0, side);
    const kept = tf.slice4d(
      x,
      [0, 0, cut(top), cut(left)],
      [n, c, h - cut(top) - cut(bottom), w - cut(left) - cut(right)],
    );
    return tf.pad4d(kept, [
      [0, 0],
      [0, 0],
      [add(top), add(bottom)],
      [add(left), add(right)],
    ]);
  };
  /** Zeros between the pixels, so that they lie `steps` apart. */
  const spread = (x: Tensor4D, [down, across]: Pair): Tensor4D => {
    if (down === 1 && across === 1) return x;
    const [n, c, h, w] = x.shape;
    const cells = tf.pad(tf.reshape(x, [n * c, h, 1, w, 1]), [
      [0, 0],
      [0, 0],
      [0, down - 1],
      [0, 0],
      [0, across - 1],
    ]);
    return frame(tf.reshape(cells, [n, c, h * down, w * across]) as Tensor4D, [0, 0, 1 - down, 1 - across]);
  };
  /** Every pixel that lies `steps` after the one before. */
  const everyNth = (x: Tensor4D, [down, across]: Pair): Tensor4D => {
    if (down === 1 && across === 1) return x;
    const [n, c, h, w] = x.shape;
    const [rows, columns] = [Math.ceil(h / down), Math.ceil(w / across)];
    const whole = frame(x, [0, 0, rows * down - h, columns * across - w]);
    const cells = tf.reshape(whole, [n * c, rows, down, columns, across]);
    return tf.reshape(tf.slice(cells, [0, 0, 0, 0, 0], [n * c, rows, 1, columns, 1]), [
      n,
      c,
      rows,
      columns,
    ]) as Tensor4D;
  };
  /** A convolution of unit steps; all others are made of it, by spreading the kernel's taps and leaving results out. */
  const correlate = (x: Tensor4D, kernel: Tensor4D, attributes: OpAttributes['conv2d']): Tensor4D => {
    const { padding, stride, dilation, groups } = attributes;
    const even = padding.every((side) => side === padding[0]);
    if (hasUnitSteps(attributes) && even) {
      const channelsLast = tf.transpose(x, [0, 2, 3, 1]);
      const taps = tf.transpose(kernel, [2, 3, 1, 0]);
      return tf.transpose(convolve(channelsLast, taps, padding[0]), [0, 3, 1, 2]);
    }
    const image = frame(x, padding);
    const taps = spread(kernel, dilation);
    const [n] = image.shape;
    const [o, c] = taps.shape;
    const parts = Array.from({ length: groups }, (_, group) =>
      correlate(
        tf.slice4d(image, [0, group * c, 0, 0], [n, c, -1, -1]),
        tf.slice4d(taps, [(group * o) / groups, 0, 0, 0], [o / groups, c, -1, -1]),
        { padding: [0, 0, 0, 0], stride: [1, 1], dilation: [1, 1], groups: 1 },
      ),
    );
    return everyNth(tf.concat(parts, 1) as Tensor4D, stride);
  };

  const comparison = (compare: (a: Tensor, b: Tensor) => Tensor) => {
    return ([a, b]: readonly Tensor[]) => withoutGradient(() => tf.cast(compare(a, b), 'float32'));
  };
  const wholeNumbers = (indices: Tensor): Tensor => tf.cast(indices, 'int32');
  /** x [outer, extent, inner] at the indices [count] → [outer, count, inner]. */
  const lookUp = (x: Tensor, indices: Tensor): Tensor => tf.gather(x, indices as Tensor1D, 1);
  /** The adjoint: updates [outer, count, inner] → [outer, size, inner]. */
  const addUp = (updates: Tensor, indices: Tensor, size: number): Tensor => {
    const [outer, count, inner] = updates.shape;
    const rows = tf.reshape(tf.transpose(updates, [1, 0, 2]), [count, outer * inner]);
    const sums = tf.scatterND(tf.reshape(indices, [count, 1]), rows, [size, outer * inner]);
    return tf.transpose(tf.reshape(sums, [size, outer, inner]), [1, 0, 2]);
  };
  // The library's gradient of `gather` compares every place with every index.
  const gather = (x: Tensor, indices: Tensor): Tensor =>
    tf.customGrad((...args) => {
      const [values, save] = args as [Tensor, (tensors: Tensor[]) => void];
      save([indices]);
      const [, extent] = values.shape;
      return { value: lookUp(values, indices), gradFunc: (dy, [saved]) => addUp(dy, saved, extent) };
    })(x);
  const scatterAdd = (updates: Tensor, indices: Tensor, size: number): Tensor =>
    tf.customGrad((...args) => {
      const [values, save] = args as [Tensor, (tensors: Tensor[]) => void];
      save([indices]);
      return { value: addUp(values, indices, size), gradFunc: (dy, [saved]) => lookUp(dy, saved) };
    })(updates);
  const flat = (x: Tensor, axis: number, axes: number): Tensor => {
    const extents = (from: number, to?: number) => x.shape.slice(from, to).reduce((product, n) => product * n, 1);
    return tf.reshape(x, [extents(0, axis), extents(axis, axis + axes), extents(axis + axes)]);
  };
  const largest = (axes: readonly number[], keepDims: boolean) =>
    tf.customGrad((...args) => {
      const [x, save] = args as [Tensor, (tensors: Tensor[]) => void];
      const kept = tf.max(x, [...axes], true);
      save([x, kept]);
      return {
        value: keepDims ? tf.clone(kept) : tf.max(x, [...axes], false),
        gradFunc: (dy, [values, tops]) => {
          const mask = tf.cast(tf.equal(values, tops), 'float32');
          return tf.mul(mask, tf.div(tf.reshape(dy, tops.shape), tf.sum(mask, [...axes], true)));
        },
      };
    });

  const rules: Operations = {
    add: ([a, b]) => tf.add(a, b),
    sub: ([a, b]) => tf.sub(a, b),
    mul: ([a, b]) => tf.mul(a, b),
    div: ([a, b]) => tf.div(a, b),
    // Broadcast first: the library's gradients of these two do not sum over broadcast axes.
    maximum: ([a, b], _, shape) => tf.maximum(fit(a, shape), fit(b, shape)),
    minimum: ([a, b], _, shape) => tf.minimum(fit(a, shape), fit(b, shape)),
    greater: comparison(tf.greater),
    greaterEqual: comparison(tf.greaterEqual),
    equal: comparison(tf.equal),
    where: ([condition, a, b], _, shape) =>
      tf.where(
        withoutGradient(() => tf.notEqual(fit(condition, shape), 0)),
        fit(a, shape),
        fit(b, shape),
      ),

    neg: ([x]) => tf.neg(x),
    abs: ([x]) => abs(x),
    sign: ([x]) => tf.sign(x),
    floor: ([x]) => tf.floor(x),
    round: ([x]) => tf.round(x),
    exp: ([x]) => tf.exp(x),
    log: ([x]) => tf.log(x),
    sqrt: ([x]) => tf.sqrt(x),
    square: ([x]) => tf.square(x),
    sin: ([x]) => tf.sin(x),
    cos: ([x]) => tf.cos(x),
    atan: ([x]) => tf.atan(x),
    tanh: ([x]) => tf.tanh(x),
    sigmoid: ([x]) => tf.sigmoid(x),
    erf: ([x]) => erf(x),
    relu: ([x]) => tf.relu(x),
    leakyRelu: ([x], { slope }) => tf.leakyRelu(x, slope),
    pow: ([x], { exponent }) => tf.pow(x, exponent),
    // x·Φ(x) with Φ(x) = (1 + erf(x/√2)) / 2. The library's erf will do here, in one operation for twenty.
    gelu: ([x]) => tf.mul(x, tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5)),
    silu: ([x]) => tf.mul(x, tf.sigmoid(x)),
    softplus: ([x]) => tf.softplus(x),
    softmax([x], { axis }) {
      const shifted = tf.exp(
        tf.sub(
          x,
          withoutGradient(() => tf.max(x, axis, true)),
        ),
      );
      return tf.div(shifted, tf.sum(shifted, axis, true));
    },

    matMul: ([a, b], { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB),
    conv2d: ([x, kernel], attributes) => correlate(x as Tensor4D, kernel as Tensor4D, attributes),
    convTranspose2d([x, kernel], { padding: [top, left, bottom, right], stride, dilation, groups, outputPadding }) {
      const [, , k, l] = kernel.shape;
      const reach = [(k - 1) * dilation[0], (l - 1) * dilation[1]];
      const apart = spread(x as Tensor4D, stride);
      const [n, c] = apart.shape;
      const around = frame(apart, [
        reach[0] - top,
        reach[1] - left,
        reach[0] - bottom + outputPadding[0],
        reach[1] - right + outputPadding[1],
      ]);
      const parts = Array.from({ length: groups }, (_, group) => {
        const size = c / groups;
        const image = tf.slice4d(around, [0, group * size, 0, 0], [n, size, -1, -1]);
        const taps = tf.slice4d(kernel as Tensor4D, [group * size, 0, 0, 0], [size, -1, -1, -1]);
        const turned = tf.transpose(tf.reverse(taps, [2, 3]), [1, 0, 2, 3]);
        return correlate(image, turned, { padding: [0, 0, 0, 0], stride: [1, 1], dilation, groups: 1 });
      });
      return tf.concat(parts, 1);
    },
    averagePool([x], { size, stride, padding }) {
      const [n, c, h, w] = x.shape;
      const window = tf.fill([1, 1, ...size], 1 / (size[0] * size[1])) as Tensor4D;
      const planes = tf.reshape(x, [n * c, 1, h, w]) as Tensor4D;
      const pooled = correlate(planes, window, { padding, stride, dilation: [1, 1], groups: 1 });
      return tf.reshape(pooled, [n, c, ...pooled.shape.slice(2)]);
    },
    maxPool([x], { size, stride, dilation, padding }, [, , height, width]) {
      const [, , h, w] = x.shape;
      const [top, left, bottom, right] = padding;
      const outside = [
        [0, 0],
        [0, 0],
        [top, bottom],
        [left, right],
      ] as [[number, number], [number, number], [number, number], [number, number]];
      const around = padding.every((side) => side === 0)
        ? (x as Tensor4D)
        : tf.pad4d(x as Tensor4D, outside, Number.NEGATIVE_INFINITY);
      const [rows, columns] = [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1];
      const taps = Array.from({ length: size[0] * size[1] }, (_, tap) => {
        const [down, across] = [Math.floor(tap / size[1]) * dilation[0], (tap % size[1]) * dilation[1]];
        return everyNth(
          frame(around, [-down, -across, down + rows - (h + top + bottom), across + columns - (w + left + right)]),
          stride,
        );
      });
      return taps.reduce<Tensor>((top, tap) => tf.maximum(top, tap), taps[0]);
    },

    reshape: ([x], { shape }) => reshape(x, shape),
    transpose: ([x], { permutation }) => tf.transpose(x, [...permutation]),
    concat: (parts, { axis }) => tf.concat([...parts], axis),
    // The library refuses to slice or pad a scalar; there is nothing to do for one.
    slice: ([x], { begin, size }) => (x.rank === 0 ? tf.clone(x) : tf.slice(x, [...begin], [...size])),
    pad: ([x], { padding }) =>
      x.rank === 0
        ? tf.clone(x)
        : tf.pad(
            x,
            padding.map(([before, after]) => [before, after]),
          ),
    broadcastTo: ([x], { shape }) => broadcast(x, shape),
    depthToSpace([x], { block }, shape) {
      const [n, c, h, w] = x.shape;
      // [N, C, dy, dx, H, W] → [N, C, H, dy, W, dx]
      const cells = tf.reshape(x, [n, c / block ** 2, block, block, h, w]);
      return reshape(tf.transpose(cells, [0, 1, 4, 2, 5, 3]), shape);
    },
    spaceToDepth([x], { block }, shape) {
      const [n, c, h, w] = x.shape;
      // [N, C, H, dy, W, dx] → [N, C, dy, dx, H, W]
      const cells = tf.reshape(x, [n, c, h / block, block, w / block, block]);
      return reshape(tf.transpose(cells, [0, 1, 3, 5, 2, 4]), shape);
    },
    upsampleNearest([x], { scale }, shape) {
      const [n, c, h, w] = x.shape;
      return reshape(broadcast(tf.reshape(x, [n, c, h, 1, w, 1]), [n, c, h, scale, w, scale]), shape);
    },

    // y = A x Bᵀ
    resize([x], { height, width, method }) {
      const [n, c, h, w] = x.shape;
      const matrix = (from: number, to: number, scale?: number) => {
        const { shape, data } = resizeMatrix(from, to, method, scale);
        return tf.tensor2d(data, [shape[0], shape[1]]);
      };
      const wide = tf.matMul(tf.reshape(x, [n * c * h, w]), matrix(w, width, method.scales?.[1]), false, true);
      const turned = tf.reshape(tf.transpose(tf.reshape(wide, [n * c, h, width]), [0, 2, 1]), [n * c * width, h]);
      const both = tf.matMul(turned, matrix(h, height, method.scales?.[0]), false, true);
      return tf.reshape(tf.transpose(tf.reshape(both, [n * c, width, height]), [0, 2, 1]), [n, c, height, width]);
    },

    sum: ([x], { axes, keepDims }) => tf.sum(x, [...axes], keepDims),
    mean: ([x], { axes, keepDims }) => tf.mean(x, [...axes], keepDims),
    max: ([x], { axes, keepDims }) => (axes.length === 0 ? tf.clone(x) : largest(axes, keepDims)(x)),

    gather: ([x, indices], { axis }, shape) =>
      reshape(gather(flat(x, axis, 1), reshape(wholeNumbers(indices), [indices.size])), shape),
    scatterAdd: ([updates, indices], { axis, size }, shape) =>
      reshape(
        scatterAdd(flat(updates, axis, indices.rank), reshape(wholeNumbers(indices), [indices.size]), size),
        shape,
      ),
    gridSample: ([x, grid], sampling) => sampleByTaps(ops, x, grid, sampling),
  };
  /** The language itself, for an operation that is made of others. */
  const ops = createOps<Tensor>({
    constant: (value) => upload(tf, value),
    shapeOf: (x) => x.shape,
    apply: (op, inputs, attributes, shape) => rules[op](inputs, attributes, shape),
  });
  return rules;
}
