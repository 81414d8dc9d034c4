import type { Activation } from '../layer.js';

/** How assembly/activation.ts numbers the activations; 0 ends a list of them. */
export const ACTIVATION_CODES: Readonly<Record<Activation | 'sigmoidLessHalf', number>> = {
  relu: 1,
  leakyRelu: 2,
  gelu: 3,
  silu: 4,
  sine: 5,
  tanh: 6,
  sigmoid: 7,
  sigmoidLessHalf: 8,
  'leakyRelu0.1': 9,
  'leakyRelu0.2': 10,
};
