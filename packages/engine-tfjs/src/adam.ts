import type { AdamOptions } from '@xinc/core';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** A trained parameter θ with Adam's running means m of its gradient and v of the gradient's square. */
export interface Moments<T extends Tensor = Tensor> {
  readonly parameter: T;
  readonly first: T;
  readonly second: T;
}

/**
 * One Adam update with the order of operations of PyTorch, its bias corrections computed in double precision from the
 * number of the step, 1 for the first: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 *
 * `tf.train.adam` has the same formula but accumulates β₁ᵗ and β₂ᵗ in float32 (1−β₂ is off by 2e-5 relative at the first
 * step) and takes no learning rate per step.
 */
export function adamUpdate(
  tf: TensorFlow,
  { parameter, first, second }: Moments,
  gradient: Tensor,
  { beta1, beta2, epsilon }: AdamOptions,
  step: number,
  learningRate: number,
): Moments {
  const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
  const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
  const change = tf.mul(tf.div(m, denominator), learningRate / (1 - beta1 ** step));
  return { parameter: tf.sub(parameter, change), first: m, second: v };
}
