import type { Activation } from '../layer.js';

/** How assembly/activation.ts numbers the activations; 0 is none. */
export const ACTIVATION_CODES: Readonly<Record<Activation, number>> = {
  relu: 1,
  leakyRelu: 2,
  gelu: 3,
  silu: 4,
  sine: 5,
  tanh: 6,
  sigmoid: 7,
};

/** What a zero becomes: the value of a plane between the sub-pixels that a kernel reaches. */
export function activationOfZero(activation: Activation | null): number {
  return activation === 'sigmoid' ? 0.5 : 0;
}
