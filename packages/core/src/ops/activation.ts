import type { Activation } from '@xinc/kernels';
import type { Ops } from './ops.js';

/** The activations by name, in the tensor language: what the kernels apply to contributions (see `Activation`). */
export const applyActivation: { readonly [K in Activation]: <T>(ops: Ops<T>, x: T) => T } = {
  relu: (ops, x) => ops.relu(x),
  leakyRelu: (ops, x) => ops.leakyRelu(x, 0.01),
  'leakyRelu0.1': (ops, x) => ops.leakyRelu(x, 0.1),
  'leakyRelu0.2': (ops, x) => ops.leakyRelu(x, 0.2),
  gelu: (ops, x) => ops.gelu(x),
  silu: (ops, x) => ops.silu(x),
  sine: (ops, x) => ops.sin(x),
  tanh: (ops, x) => ops.tanh(x),
  sigmoid: (ops, x) => ops.sigmoid(x),
};
