/** The TensorFlow.js module: of `@tensorflow/tfjs`, or of `@tensorflow/tfjs-node`, which re-exports it. */
export type TensorFlow = typeof import('@tensorflow/tfjs');
export type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';
