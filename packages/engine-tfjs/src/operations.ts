import { type OpAttributes, type OpName, type Shape, sameShape } from '@xinc/core';
import type { Convolve } from './convolution.js';
import { accurateErf } from './erf.js';
import type { Tensor, Tensor4D, TensorFlow } from './tensorflow.js';

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

  return {
    add: ([a, b]) => tf.add(a, b),
    sub: ([a, b]) => tf.sub(a, b),
    mul: ([a, b]) => tf.mul(a, b),
    div: ([a, b]) => tf.div(a, b),
    // Broadcast first: the library's gradients of these two do not sum over broadcast axes.
    maximum: ([a, b], _, shape) => tf.maximum(fit(a, shape), fit(b, shape)),
    minimum: ([a, b], _, shape) => tf.minimum(fit(a, shape), fit(b, shape)),
    greater: ([a, b]) => withoutGradient(() => tf.cast(tf.greater(a, b), 'float32')),

    neg: ([x]) => tf.neg(x),
    abs: ([x]) => abs(x),
    sign: ([x]) => tf.sign(x),
    exp: ([x]) => tf.exp(x),
    log: ([x]) => tf.log(x),
    sqrt: ([x]) => tf.sqrt(x),
    square: ([x]) => tf.square(x),
    sin: ([x]) => tf.sin(x),
    cos: ([x]) => tf.cos(x),
    tanh: ([x]) => tf.tanh(x),
    sigmoid: ([x]) => tf.sigmoid(x),
    erf: ([x]) => erf(x),
    relu: ([x]) => tf.relu(x),
    leakyRelu: ([x], { slope }) => tf.leakyRelu(x, slope),
    // x·Φ(x) with Φ(x) = (1 + erf(x/√2)) / 2. The library's erf will do here, in one operation for twenty.
    gelu: ([x]) => tf.mul(x, tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5)),
    silu: ([x]) => tf.mul(x, tf.sigmoid(x)),

    matMul: ([a, b], { transposeA, transposeB }) => tf.matMul(a, b, transposeA, transposeB),
    conv2d([x, kernel], { padding }) {
      const channelsLast = tf.transpose(x as Tensor4D, [0, 2, 3, 1]);
      const taps = tf.transpose(kernel as Tensor4D, [2, 3, 1, 0]);
      return tf.transpose(convolve(channelsLast, taps, padding), [0, 3, 1, 2]);
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

    sum: ([x], { axes, keepDims }) => tf.sum(x, [...axes], keepDims),
    mean: ([x], { axes, keepDims }) => tf.mean(x, [...axes], keepDims),
  };
}
