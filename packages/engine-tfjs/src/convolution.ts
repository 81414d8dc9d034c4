import type { Tensor4D, TensorFlow } from './tensorflow.js';

/** Cross-correlation of x [N,H,W,C] with kernel [k,l,C,O], stride 1, `padding` zeros on all four sides → [N,H',W',O]. */
export type Convolve = (x: Tensor4D, kernel: Tensor4D, padding: number) => Tensor4D;

type Padding4D = [[number, number], [number, number], [number, number], [number, number]];

const around = (vertical: number, horizontal: number): Padding4D => [
  [0, 0],
  [vertical, vertical],
  [horizontal, horizontal],
  [0, 0],
];

/** The library's convolution and gradient. The native backend's gradient knows no explicit padding: x is padded first. */
export function libraryConvolution(tf: TensorFlow): Convolve {
  return (x, kernel, padding) => tf.conv2d(tf.pad(x, around(padding, padding)), kernel, 1, 'valid');
}

/**
 * The same with both gradients written as convolutions: on the plain JavaScript backend the library's forward kernel runs
 * at about 1 GFLOP/s, its two backpropagation kernels at about 0.03.
 */
export function forwardOnlyConvolution(tf: TensorFlow): Convolve {
  // Paddings are given per side: with a single number tfjs 4.22 takes the kernel's height for its width.
  const correlate = (x: Tensor4D, kernel: Tensor4D, vertical: number, horizontal: number): Tensor4D =>
    tf.conv2d(x, kernel, 1, around(vertical, horizontal));

  return (x, kernel, padding) => {
    const [height, width] = kernel.shape;
    // The input's gradient pads by k − 1 − p, which has to be at least 0; zeros beyond that are put on beforehand.
    const excess = Math.max(0, padding - Math.min(height, width) + 1);
    const inner = padding - excess;
    const convolve = tf.customGrad((...args) => {
      const [image, taps, save] = args as [Tensor4D, Tensor4D, (tensors: Tensor4D[]) => void];
      save([image, taps]);
      return {
        value: correlate(image, taps, inner, inner),
        gradFunc: (dy, saved) => {
          const [x, k] = saved as Tensor4D[];
          const dz = dy as Tensor4D;
          // ∂x = ∂z ⋆ flip(K) with in and out swapped: [N,H',W',O] with [k,l,O,C].
          const flipped = tf.transpose(tf.reverse(k, [0, 1]), [0, 1, 3, 2]);
          const dx = correlate(dz, flipped, height - 1 - inner, width - 1 - inner);
          // ∂K = x ⋆ ∂z, summed over images: x as C images of N channels, ∂z as a kernel [H',W',N,O] → [C,k,l,O].
          const images = tf.transpose(x, [3, 1, 2, 0]);
          const dk = tf.transpose(correlate(images, tf.transpose(dz, [1, 2, 0, 3]), inner, inner), [1, 2, 0, 3]);
          return [dx, dk];
        },
      };
    });
    return convolve(excess > 0 ? tf.pad(x, around(excess, excess)) : x, kernel) as Tensor4D;
  };
}
