import type { Activation, Ops } from '@xinc/core';

/** The kernels' leaky ReLU has this slope, PyTorch's default. */
const LEAKY_SLOPE = 0.01;

/** The activations by name, in the tensor language. */
export const applyActivation: { readonly [K in Activation]: <T>(ops: Ops<T>, x: T) => T } = {
  relu: (ops, x) => ops.relu(x),
  leakyRelu: (ops, x) => ops.leakyRelu(x, LEAKY_SLOPE),
  gelu: (ops, x) => ops.gelu(x),
  silu: (ops, x) => ops.silu(x),
  sine: (ops, x) => ops.sin(x),
  tanh: (ops, x) => ops.tanh(x),
  sigmoid: (ops, x) => ops.sigmoid(x),
};
